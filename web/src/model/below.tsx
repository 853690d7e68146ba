// SPDX-License-Identifier: Apache-2.0
//
// below.tsx -- "1 new below": a message that comes in while one reads further up says so, and waits to be asked for; the page
// never jumps by itself.  It counts as seen when its place has been in sight.
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useText } from '../core/i18n';
import { useActions } from '../core/keys';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';

const KEY = 'b';

/** `keys`: the messages of others that are shown, each an `li` with this `data-key`; null: not read yet. */
export function useBelow(list: RefObject<HTMLElement | null>, keys: string[] | null): ReactNode {
  const { t } = useText();
  const known = useRef<Set<string> | null>(null);
  const [fresh, setFresh] = useState<string[]>([]);
  const all = keys?.join(' ') ?? '';
  const element = (key: string) => list.current?.querySelector<HTMLElement>(`li[data-key="${key}"]`) ?? null;

  useEffect(() => {
    if (!keys) return;
    const before = known.current;
    known.current = new Set([...(before ?? []), ...keys]);
    const came = before ? keys.filter((k) => !before.has(k)) : [];
    setFresh((f) => (came.length || f.some((k) => !keys.includes(k)) ? [...f.filter((k) => keys.includes(k)), ...came] : f));
  }, [all]);
  useEffect(() => {
    if (!fresh.length) return;
    // What stands under the bar at the lower edge is not in sight yet.
    const watch = new IntersectionObserver((found) => {
      const seen = found.filter((x) => x.isIntersecting).map((x) => (x.target as HTMLElement).dataset.key);
      if (seen.length) setFresh((f) => f.filter((k) => !seen.includes(k)));
    }, { rootMargin: '0px 0px -96px 0px' });
    fresh.forEach((k) => { const li = element(k); if (li) watch.observe(li); });
    return () => watch.disconnect();
  }, [fresh]);
  // Only what lies below: who has scrolled past it has seen its place.
  const below = fresh.filter((k) => (element(k)?.getBoundingClientRect().top ?? 0) > 0);
  const show = () => {
    const li = element(below[0]);
    li?.scrollIntoView({ block: 'center' });
    li?.focus({ preventScroll: true });
  };
  useActions([{ id: 'talk.below', label: t('below.show'), key: KEY, group: 'case', when: below.length > 0, run: show }]);
  return (
    <div className="below" role="status">
      {below.length > 0 && <Button small look="primary" onClick={show}><Icon name="down" />{t('below.n', { n: below.length })}<kbd>{KEY.toUpperCase()}</kbd></Button>}
    </div>
  );
}
