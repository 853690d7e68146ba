// SPDX-License-Identifier: Apache-2.0
//
// FileBox.tsx -- the control of a file, photo, recording or signature: what is chosen or drawn becomes an attachment of the case,
// and the field holds its id. A record that is not made yet has nowhere to keep it.
import { createContext, useContext, useEffect, useRef, useState, type PointerEvent } from 'react';
import { call, fileAddress, Problem, seg } from '../core/api';
import { useText } from '../core/i18n';
import { Button } from '../kit/Button';
import type { Wiring } from '../kit/Field';
import type { Row } from './entity';

/** The case whose fields are being filled in. */
export const Keeper = createContext<{ entity: string; id: number } | null>(null);

interface Props {
  type: string;
  w: Wiring;
  value: number | null;
  onChange(id: number | null): void;
}

const ACCEPT: Record<string, string | undefined> = { image: 'image/*', audio: 'audio/*', file: undefined };

export function FileBox({ type, w, value, onChange }: Props) {
  const { t } = useText();
  const keeper = useContext(Keeper);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  if (!keeper) return <p className="muted">{t('file.later')}</p>;
  const put = async (file: Blob | undefined, name: string) => {
    if (!file) return;
    setBusy(true);
    setFault('');
    try {
      const made = await call<Row>('POST', `/${seg(keeper.entity)}/${keeper.id}/attachment`, { query: { name, visibility: 'internal' }, file });
      onChange(made.id);
    } catch (e) {
      setFault(e instanceof Problem ? e.message : String(e));
    }
    setBusy(false);
  };
  const address = value == null ? '' : fileAddress(`/${seg(keeper.entity)}/${keeper.id}/attachment/${value}/content`);
  return (
    <div role="group" className="rows" aria-labelledby={w.labelId} aria-describedby={w['aria-describedby']}>
      {value != null && (type === 'image' || type === 'signature' ? <img className="thumb" src={address} alt={t('file.picture')} /> : <a href={address} download>{t('file.there', { id: value })}</a>)}
      {type === 'signature' ? <Pad busy={busy} onDone={(b) => void put(b, 'signature.png')} /> : (
        <label className="btn normal file-btn" aria-busy={busy || undefined}>
          <input type="file" className="hidden-label" accept={ACCEPT[type]} capture={type === 'image' ? 'environment' : undefined} disabled={busy}
            onChange={(e) => { const f = e.target.files?.[0]; void put(f, f?.name || 'file'); e.target.value = ''; }} />
          {t(value == null ? 'import.choose' : 'file.other')}
        </label>
      )}
      {value != null && <Button small look="quiet" onClick={() => onChange(null)}>{t('file.remove')}</Button>}
      {fault && <p className="error">{fault}</p>}
    </div>
  );
}

/** A pad to sign on with finger, pen or mouse; who cannot, signs by typing the name. */
function Pad({ busy, onDone }: { busy: boolean; onDone(picture: Blob): void }) {
  const { t } = useText();
  const pad = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  const [name, setName] = useState('');
  const pen = useRef(false);
  const brush = () => pad.current?.getContext('2d') ?? null;
  const at = (e: PointerEvent) => {
    const box = pad.current!.getBoundingClientRect();
    return [(e.clientX - box.left) * (pad.current!.width / box.width), (e.clientY - box.top) * (pad.current!.height / box.height)] as const;
  };
  const wipe = () => {
    const c = brush(), p = pad.current;
    if (!c || !p) return;
    c.fillStyle = getComputedStyle(p).backgroundColor;
    c.fillRect(0, 0, p.width, p.height);
    setDrawn(false);
  };
  useEffect(wipe, []);
  const ink = (c: CanvasRenderingContext2D) => {
    c.strokeStyle = c.fillStyle = getComputedStyle(pad.current!).color;
    c.lineWidth = 3;
    c.lineCap = c.lineJoin = 'round';
  };
  const done = () => {
    const c = brush(), p = pad.current;
    if (!c || !p) return;
    if (!drawn) {
      ink(c);
      c.font = '40px cursive';
      c.fillText(name.trim(), 20, p.height / 2 + 12, p.width - 40);
    }
    p.toBlob((b) => b && onDone(b), 'image/png');
  };
  return (
    <>
      <canvas ref={pad} className="pad" width={600} height={180} role="img" aria-label={t('file.pad')}
        onPointerDown={(e) => {
          const c = brush();
          if (!c) return;
          pen.current = true;
          e.currentTarget.setPointerCapture(e.pointerId);
          ink(c);
          c.beginPath();
          c.moveTo(...at(e));
        }}
        onPointerMove={(e) => {
          const c = brush();
          if (!pen.current || !c) return;
          c.lineTo(...at(e));
          c.stroke();
          setDrawn(true);
        }}
        onPointerUp={() => { pen.current = false; }} />
      <input className="inp" aria-label={t('file.sign_name')} placeholder={t('file.sign_name')} value={name} onChange={(e) => setName(e.target.value)} />
      <div className="pair">
        <Button small busy={busy} why={drawn || name.trim() ? undefined : t('file.sign_first')} onClick={done}>{t('file.sign')}</Button>
        <Button small look="quiet" onClick={wipe}>{t('file.wipe')}</Button>
      </div>
    </>
  );
}
