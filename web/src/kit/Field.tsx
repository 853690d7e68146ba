// SPDX-License-Identifier: Apache-2.0
//
// Field.tsx -- a labelled control with its help and its error, for every kind of control.
//
// The control is drawn by a function that gets the ids to wire up, so that label, help and error always belong to it.
import { useId, type ReactNode } from 'react';
import type { FieldError } from '../core/api';
import { useText } from '../core/i18n';

export interface Wiring {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
  'aria-required'?: true;
  /** of the label's text, for groups and RAC controls */
  labelId: string;
}

interface Props {
  label: string;
  help?: string;
  /** in words, or as the server told it */
  error?: string | FieldError;
  required?: boolean;
  /** a group of controls (radio, checkboxes): the label names the group */
  group?: boolean;
  wide?: boolean;
  /** the field's name in the model, for tests and for people who read the page's source */
  name?: string;
  children(w: Wiring): ReactNode;
}

export function Field({ label, help, error, required, group, wide, name, children }: Props) {
  const { t, pick } = useText();
  const wrong = !error || typeof error === 'string' ? error : error.code === 'needs' ? t('form.needed') : pick(error.text) || t('form.bad_value');
  const id = useId();
  const labelId = id + 'l';
  const described = [help && id + 'h', wrong && id + 'e'].filter(Boolean).join(' ') || undefined;
  const wiring: Wiring = {
    id, labelId,
    'aria-describedby': described,
    'aria-invalid': wrong ? true : undefined,
    'aria-required': required || undefined,
  };
  const caption = (
    <>
      {label}
      {required && <span className="must">{t('form.required')}</span>}
    </>
  );
  return (
    <div className={'field' + (wide ? ' wide' : '') + (wrong ? ' bad' : '')} data-field={name}>
      {group ? <span className="label" id={labelId}>{caption}</span> : <label htmlFor={id} id={labelId}>{caption}</label>}
      {children(wiring)}
      {help && <p className="help" id={id + 'h'}>{help}</p>}
      {wrong && <p className="error" id={id + 'e'}>{wrong}</p>}
    </div>
  );
}
