// SPDX-License-Identifier: Apache-2.0
//
// Photos.tsx -- photos and files: the button that takes them, and small pictures of those that wait to be sent.
import { useEffect, useRef, useState } from 'react';
import type { KeptFile } from '../core/files';
import { bytesText } from '../core/format';
import { useText } from '../core/i18n';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';

/** A picture is drawn small by the browser; one that would take hundreds of megabytes to decode is named only. */
const DRAWN_MAX = 12 << 20;

export function FileButton({ label, busy, onPick }: { label: string; busy?: boolean; onPick(files: File[]): void }) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input ref={picker} type="file" multiple hidden aria-hidden="true" tabIndex={-1} onChange={(e) => {
        onPick([...(e.target.files ?? [])]);
        e.target.value = '';
      }} />
      <Button busy={busy} onClick={() => picker.current?.click()}><Icon name="clip" />{label}</Button>
    </>
  );
}

export function Files({ files, onDrop }: { files: KeptFile[]; onDrop(id: number): void }) {
  const { t, lang } = useText();
  if (!files.length) return null;
  return (
    <ul className="photos">
      {files.map((f) => (
        <li key={f.id}>
          <Thumb file={f} />
          <span className="name">{f.name} <span className="muted">{bytesText(f.bytes.size, lang)}</span></span>
          <button type="button" className="icon-btn" aria-label={t('portal.drop_file', { name: f.name })} onClick={() => onDrop(f.id)}><Icon name="x" /></button>
        </li>
      ))}
    </ul>
  );
}

function Thumb({ file }: { file: KeptFile }) {
  const [address, setAddress] = useState('');
  const drawn = /^image\/(png|jpeg|webp|gif|avif)$/.test(file.bytes.type) && file.bytes.size <= DRAWN_MAX;
  useEffect(() => {
    if (!drawn) return;
    const made = URL.createObjectURL(file.bytes);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file, drawn]);
  return address ? <img src={address} alt="" width="56" height="56" decoding="async" /> : <Icon name="clip" />;
}
