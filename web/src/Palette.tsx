// SPDX-License-Identifier: Apache-2.0
//
// Palette.tsx -- one line that does everything by name (Ctrl/⌘ K): what this page offers, where one can go, what was open
// last, what the server finds. Loaded when it is first asked for.
//
// React Aria moves through the list while the focus stays in the line, and leaves Enter to an input method that composes.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Autocomplete, Dialog, Header, Input, Menu, MenuItem, MenuSection, Modal, ModalOverlay, SearchField } from 'react-aria-components';
import { useLocation } from 'wouter';
import { api } from './core/api';
import { mayCreate, useUser } from './core/auth';
import { inside, useText, type MessageId, type Text } from './core/i18n';
import { keyOf, keyWords, offered, type Action } from './core/keys';
import { visits } from './core/recent';
import { useSettled } from './core/settled';
import { useIndex, type Hit, type ModelIndex } from './model/entity';
import { partLabel, partsOf } from './model/Siblings';
import type { Me } from './core/auth';

interface Item {
  id: string;
  label: string;
  /** what it is, in small words at its end */
  hint?: string;
  key?: string;
  run(): void;
}
interface Section {
  name: 'case' | 'list' | 'found' | 'recent' | 'go' | 'app';
  items: Item[];
}
const AT_MOST = 7;

/** Every word of the question stands in the label. */
const fits = (label: string, q: string) => q.toLowerCase().split(/\s+/).every((w) => label.toLowerCase().includes(w));
const ofAction = (a: Action): Item => ({ id: a.id, label: a.label, key: keyOf(a), run: a.run });

/** Every list that the person may read, and every form to make something new. */
function places(index: ModelIndex, me: Me, text: Text, go: (path: string) => void): Item[] {
  const parts = partsOf(index, me).flatMap((p) => p.entities.map((e) => ({ e, part: partLabel(p.name, index, text) })));
  return [
    ...parts.map(({ e, part }): Item => ({ id: `list.${e.name}`, label: text.pick(e.plural), hint: part, run: () => go(`/e/${e.name}`) })),
    ...parts.filter(({ e }) => mayCreate(me, e.name)).map(({ e, part }): Item => ({
      id: `new.${e.name}`, label: text.t('list.new', { what: inside(text.pick(e.label)) }), hint: part, run: () => go(`/e/${e.name}/new`),
    })),
  ];
}


export default function Palette({ start, onClose }: { start: string; onClose(): void }) {
  const text = useText();
  const { t, pick } = text;
  const me = useUser();
  const index = useIndex().data;
  const [, go] = useLocation();
  const [q, setQ] = useState(start);
  const asked = useSettled(q.trim(), 200);
  const [actions] = useState(offered);
  const found = useQuery({
    queryKey: ['list', 'palette', asked], enabled: asked.length > 1, retry: false, placeholderData: (before) => before,
    queryFn: async ({ signal }) => ((await api.GET('/search', { params: { query: { q: asked, limit: 6 } }, signal })).data as unknown as { items: Hit[] }).items,
  });
  const go_to = useMemo(() => (index ? places(index, me, text, go) : []), [index, me, text, go]);

  const words = q.trim();
  const sections = useMemo((): Section[] => {
    const keep = (items: Item[], n = AT_MOST) => items.filter((i) => fits(i.label, words)).slice(0, n);
    const of = (group: string) => keep(actions.filter((a) => (a.group ?? 'app') === group && !a.hidden).map(ofAction), words ? AT_MOST : 9);
    const path = (h: Hit) => `/e/${h.entity}/${h.id}`;
    const direct: Item[] = /^[a-z]{2,5}-\d/i.test(words)
      ? [{ id: 'open', label: t('palette.open', { ref: words.toUpperCase() }), run: () => go(`/c/${encodeURIComponent(words.toUpperCase())}`) }] : [];
    const hits = ((words.length > 1 && found.data as Hit[] | undefined) || []).map((h): Item => ({
      id: path(h), label: [h.number, h.title].filter(Boolean).join(' ') || `#${h.id}`,
      hint: pick(index?.entities.find((e) => e.name === h.entity)?.label, h.entity), run: () => go(path(h)),
    }));
    const last = visits(me.id).map((v): Item => ({ id: `recent ${v.path}`, label: v.title, run: () => go(v.path) }));
    const all: Item[] = words ? [{ id: 'search', label: t('palette.search', { q: words }), run: () => go(`/search?q=${encodeURIComponent(words)}`) }] : [];
    return ([
      { name: 'case', items: of('case') }, { name: 'list', items: of('list') },
      { name: 'found', items: [...direct, ...hits] }, { name: 'recent', items: keep(last, words ? 4 : 6) },
      { name: 'go', items: [...of('go'), ...keep(go_to, words ? AT_MOST : 5)] }, { name: 'app', items: [...of('app'), ...all] },
    ] satisfies Section[]).filter((s) => s.items.length > 0);
  }, [words, actions, found.data, go_to, index, me.id, t, pick, go]);

  const act = (id: string) => {
    const item = sections.flatMap((s) => s.items).find((i) => i.id === id);
    onClose();
    // After the dialog has given the focus back, so that what opens next takes it.
    if (item) setTimeout(item.run, 0);
  };
  return (
    <ModalOverlay className="shade" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal palette">
        <Dialog className="dialog" aria-label={t('palette.title')}>
          {/* Esc leaves, whether or not something was typed. */}
          <div onKeyDownCapture={(e) => { if (e.key === 'Escape' && !e.nativeEvent.isComposing) { e.stopPropagation(); onClose(); } }}>
          <Autocomplete inputValue={q} onInputChange={setQ}>
            <SearchField aria-label={t('palette.title')} autoFocus>
              <Input className="palette-q" placeholder={t('palette.hint')} />
            </SearchField>
            <div className="palette-list" tabIndex={0} role="group" aria-label={t('palette.title')}>
            <Menu className="options" items={sections} onAction={(id) => act(String(id))} aria-label={t('palette.title')}
              renderEmptyState={() => <p className="option muted">{t('state.no_match')}</p>}>
              {(s: Section) => (
                <MenuSection id={s.name}>
                  <Header>{t(`palette.${s.name}` as MessageId)}</Header>
                  {s.items.map((i) => (
                    <MenuItem key={i.id} id={i.id} className="option" textValue={i.label}>
                      <span className="palette-label">{i.label}</span>
                      {i.hint && <span className="palette-hint">{i.hint}</span>}
                      {i.key && <kbd>{keyWords(i.key)}</kbd>}
                    </MenuItem>
                  ))}
                </MenuSection>
              )}
            </Menu>
            </div>
          </Autocomplete>
          </div>
          <p className="palette-foot" aria-hidden="true"><kbd>↑↓</kbd> {t('palette.move')} <kbd>Enter</kbd> {t('palette.take')} <kbd>Esc</kbd> {t('act.close')}</p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
