// SPDX-License-Identifier: Apache-2.0
//
// Conflict.tsx -- two people changed the same fields: what was, what the other made of it, what I typed; to be chosen field
// by field. Loaded when it happens.
import { useMemo, useState } from 'react';
import type { Values } from '../core/draft';
import { useText } from '../core/i18n';
import { bothTexts, type Clash } from '../core/merge';
import { Button } from '../kit/Button';
import { WideDialog } from '../kit/Dialog';
import { plain } from './Cell';
import { useNames } from './data';
import type { Entity, Row } from './entity';
import { nameOf } from './List';

type Choice = 'theirs' | 'mine' | 'both';
const isText = (entity: Entity, c: Clash) => ['longtext', 'markdown'].includes(entity.field.get(c.name)?.type ?? '');

interface Props {
  entity: Entity;
  theirs: Row;
  clashes: Clash[];
  onChoose(values: Values): void;
  onTheirs(): void;
  onBack(): void;
}

export default function Conflict({ entity, theirs, clashes, onChoose, onTheirs, onBack }: Props) {
  const text = useText();
  const { t } = text;
  // A text is added to, never overwritten, unless the person says so; what is one value or the other must be chosen.
  const [choices, setChoices] = useState<Record<string, Choice>>(() =>
    Object.fromEntries(clashes.filter((c) => isText(entity, c)).map((c) => [c.name, 'both'])));
  const by = Number(theirs.updated_by) || 0;
  const name = useNames(useMemo(() => new Map(by ? [['user', new Set([by])]] : []), [by]))('user', by) ?? t('talk.someone');
  const who = t('conflict.who', { name, at: text.clock(String(theirs.updated_at ?? '')) });
  const open = clashes.filter((c) => !choices[c.name]);
  const words = (c: Clash, v: unknown) => plain(entity.field.get(c.name), v, text, theirs);
  const valueOf = (c: Clash) => (choices[c.name] === 'theirs' ? c.theirs : choices[c.name] === 'both' ? bothTexts(c) : c.mine);
  const save = () => onChoose(Object.fromEntries(clashes.filter((c) => choices[c.name] !== 'theirs').map((c) => [c.name, valueOf(c)])));

  const cell = (c: Clash, choice: Choice, words: string, label: string) => (
    <td data-label={label}>
      <label className="choice-cell">
        <input type="radio" name={`conflict-${c.name}`} checked={choices[c.name] === choice} onChange={() => setChoices({ ...choices, [c.name]: choice })} />
        <span className="prose">{words}</span>
      </label>
    </td>
  );
  return (
    <WideDialog title={t('conflict.title')} onClose={onBack} foot={
      <>
        <Button look="primary" why={open.length ? t('conflict.choose', { fields: open.map((c) => nameOf(entity, c.name, text)).join(t('list.comma')) }) : undefined} onClick={save}>
          {t('conflict.save')}
        </Button>
        <Button onClick={onTheirs}>{t('conflict.theirs')}</Button>
        <Button onClick={onBack}>{t('conflict.back')}</Button>
      </>
    }>
      <p>{t('conflict.lead', { name, n: clashes.length })}</p>
      <table className="conflict">
        <thead><tr><th scope="col">{t('conflict.field')}</th><th scope="col">{t('conflict.was')}</th><th scope="col">{who}</th><th scope="col">{t('conflict.mine')}</th></tr></thead>
        <tbody>
          {clashes.map((c) => (
            <tr key={c.name} data-clash={c.name}>
              <th scope="row">
                {nameOf(entity, c.name, text)}
                {isText(entity, c) && (
                  <label className="choice-cell">
                    <input type="radio" name={`conflict-${c.name}`} checked={choices[c.name] === 'both'} onChange={() => setChoices({ ...choices, [c.name]: 'both' })} />
                    <span>{t('conflict.both')}</span>
                  </label>
                )}
              </th>
              <td data-label={t('conflict.was')}><span className="prose">{words(c, c.base)}</span></td>
              {cell(c, 'theirs', words(c, c.theirs), who)}
              {cell(c, 'mine', words(c, c.mine), t('conflict.mine'))}
            </tr>
          ))}
        </tbody>
      </table>
    </WideDialog>
  );
}
