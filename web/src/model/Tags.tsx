// SPDX-License-Identifier: Apache-2.0
//
// Tags.tsx -- the tags of a case: words of one's own by which colleagues find it again. Putting one on and taking one off are
// taken back by the toast; `#` begins one.
import { useRef, useState } from 'react';
import { Problem } from '../core/api';
import { mayCreate, mayRead, useUser } from '../core/auth';
import { useText } from '../core/i18n';
import { useActions } from '../core/keys';
import { toast } from '../core/toast';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';
import { Tag } from '../kit/Tag';
import { useChange, useChildren } from './data';
import type { Entity, Row } from './entity';

export function Tags({ entity, row }: { entity: Entity; row: Row }) {
  const me = useUser();
  return mayRead(me, 'tag') ? <Line entity={entity} row={row} may={mayCreate(me, 'tag')} /> : null;
}

function Line({ entity, row, may }: { entity: Entity; row: Row; may: boolean }) {
  const { t, pick } = useText();
  const change = useChange(entity.name);
  const tags = useChildren(entity.name, row.id, 'tag', true).data ?? [];
  const [adding, setAdding] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  useActions([{ id: 'case.tag', label: t('tags.add'), key: '#', group: 'case', when: may && !adding, run: () => setAdding(true) }]);

  const on = (name: string) => change.addChild(row.id, 'tag', { name });
  const off = (id: number) => change.removeChild(row.id, 'tag', id);
  const failed = (e: unknown) => void toast(e instanceof Problem ? [pick(e.detail) || e.message, ...e.errors.map((x) => pick(x.text))].filter(Boolean).join(' ') : String(e), { bad: true });
  const told = (words: string, back: () => Promise<unknown>) =>
    void toast(words, { acts: [{ label: t('toast.undo'), run: () => void back().then(() => toast(t('toast.undone')), failed) }] });
  const close = () => {
    setAdding(false);
    requestAnimationFrame(() => opener.current?.focus());
  };
  const add = (name: string) => {
    if (name) void on(name).then((made) => told(t('tags.added', { name }), () => off(made.id)), failed);
    close();
  };
  const remove = (tag: Row) => void off(tag.id).then(() => {
    told(t('tags.removed', { name: String(tag.name) }), () => on(String(tag.name)));
    opener.current?.focus();
  }, failed);
  return (
    <section className="tags-line" aria-label={t('tags.title')}>
      {tags.map((x) => (
        <Tag key={x.id}>
          {String(x.name)}
          {may && <button type="button" className="tag-off" aria-label={t('tags.remove', { name: String(x.name) })} onClick={() => remove(x)}><Icon name="x" /></button>}
        </Tag>
      ))}
      {may && (adding ? (
        <form onSubmit={(e) => { e.preventDefault(); add(String(new FormData(e.currentTarget).get('tag')).trim()); }}>
          <input className="inp" name="tag" maxLength={60} autoFocus autoComplete="off" aria-label={t('tags.new')} placeholder={t('tags.new')}
            onKeyDown={(e) => {
              if (e.nativeEvent.isComposing || e.key !== 'Escape') return;
              e.stopPropagation();
              close();
            }} onBlur={(e) => { if (!e.target.value.trim()) setAdding(false); }} />
        </form>
      ) : <Button small look="quiet" ref={opener} onClick={() => setAdding(true)}><Icon name="plus" />{t('tags.add')}</Button>)}
    </section>
  );
}
