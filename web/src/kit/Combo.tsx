// SPDX-License-Identifier: Apache-2.0
//
// Combo.tsx -- one record out of many: a combobox that asks the server while one types (250 ms after the last key).
//
// React Aria guards Enter and arrows while an input method composes.  Typing something that is not chosen changes
// nothing; clearing the text clears the value.
import { useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Button, ComboBox, Input, ListBox, ListBoxItem, Popover } from 'react-aria-components';
import { useText } from '../core/i18n';
import { useSettled } from '../core/settled';
import type { Wiring } from './Field';
import { Icon } from './Icon';

export interface Pick {
  id: number;
  label: string;
}

interface Props {
  value: number | null;
  /** the value's words, when known */
  label?: string;
  onChange(id: number | null, label: string): void;
  /** the cache key and the question */
  source: string;
  find(q: string, signal: AbortSignal): Promise<Pick[]>;
  wiring: Wiring;
}

export function Combo({ value, label, onChange, source, find, wiring }: Props) {
  const { t } = useText();
  const words = value == null ? '' : label ?? `#${value}`;
  const [text, setText] = useState(words);
  const [open, setOpen] = useState(false);
  const shown = useRef(words);
  // The value was changed from outside (reset, preset): show its words.
  if (shown.current !== words) {
    shown.current = words;
    if (text !== words) setText(words);
  }
  // The chosen record's own words are no question; then the first rows are offered.
  const q = useSettled(text === words ? '' : text.trim(), 250);
  const found = useQuery({
    queryKey: ['pick', source, q], queryFn: ({ signal }) => find(q, signal), enabled: open, staleTime: 30_000,
    placeholderData: (before) => before,
  });
  const items = (found.data ?? []).map((p) => ({ id: p.id, label: p.label || `#${p.id}` }));
  // What is chosen must stand among the items: by it React Aria restores the text when one leaves without choosing anew.
  if (value != null && !items.some((i) => i.id === value)) items.push({ id: value, label: words });
  return (
    <ComboBox
      className="combo"
      aria-labelledby={wiring.labelId}
      aria-describedby={wiring['aria-describedby']}
      isInvalid={wiring['aria-invalid']}
      items={items}
      inputValue={text}
      selectedKey={value}
      allowsEmptyCollection
      menuTrigger="focus"
      onOpenChange={setOpen}
      onInputChange={(v) => {
        setText(v);
        if (v === '' && value != null) onChange(null, '');
      }}
      onSelectionChange={(key) => {
        // Typing tells null; only an emptied text clears the value.
        const one = items.find((i) => i.id === key);
        if (!one) return;
        shown.current = one.label;
        setText(one.label);
        onChange(one.id, one.label);
      }}
    >
      {/* What was typed and not chosen goes first; the next Esc is the list's, then the dialog's. */}
      <div className="combo-box" onKeyDownCapture={(e) => {
        if (e.key !== 'Escape' || e.nativeEvent.isComposing || text === words) return;
        e.stopPropagation();
        setText(words);
      }}>
        <Input className="inp" id={wiring.id} aria-required={wiring['aria-required']} />
        <Button className="combo-open" aria-label={t('form.open_list')}><Icon name="down" /></Button>
      </div>
      <Popover className="pop">
        <ListBox<Pick> className="options" renderEmptyState={() => (
          <span className="option muted">{found.isFetching ? t('state.loading') : found.isError ? t('state.failed') : t('state.no_match')}</span>
        )}>
          {(o) => <ListBoxItem id={o.id} textValue={o.label} className="option">{o.label}</ListBoxItem>}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
