// SPDX-License-Identifier: Apache-2.0
//
// Choice.tsx -- one of a closed list: a select (React Aria). RadioRow.tsx is for few choices.
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import { useText } from '../core/i18n';
import type { Wiring } from './Field';
import { Icon } from './Icon';
import type { Option } from './RadioRow';

interface Props {
  options: Option[];
  value: string;
  onChange(value: string): void;
  /** the words for "nothing chosen"; absent: something must be chosen */
  none?: string;
  wiring?: Partial<Wiring>;
  label?: string;
  className?: string;
}

export function Choice({ options, value, onChange, none, wiring, label, className }: Props) {
  const { t } = useText();
  const all = none === undefined ? options : [{ value: '', label: none }, ...options];
  return (
    <Select
      className={'choice' + (className ? ' ' + className : '')}
      selectedKey={all.some((o) => o.value === value) ? 'k' + value : null}
      onSelectionChange={(key) => onChange(String(key).slice(1))}
      aria-label={label}
      aria-labelledby={wiring?.labelId}
      aria-describedby={wiring?.['aria-describedby']}
      isInvalid={wiring?.['aria-invalid']}
      placeholder={t('form.choose')}
    >
      <Button className="btn normal select" id={wiring?.id}>
        <SelectValue />
        <Icon name="down" />
      </Button>
      <Popover className="pop">
        <ListBox className="options" items={all.map((o) => ({ ...o, id: 'k' + o.value }))}>
          {(o) => <ListBoxItem id={o.id} textValue={o.label} className="option">{o.label}</ListBoxItem>}
        </ListBox>
      </Popover>
    </Select>
  );
}
