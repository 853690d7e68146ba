// SPDX-License-Identifier: Apache-2.0
//
// Scan.tsx -- reads the label of a unit with the camera, where the browser has a BarcodeDetector.
//
// A label may hold a link to /p/u/SERIAL, the bare serial number, or "SN: …"; all three give the serial number.
import { useEffect, useRef, useState } from 'react';
import { useText } from '../core/i18n';
import { PlainDialog } from '../kit/plain/Dialog';

declare class BarcodeDetector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

export function serialOf(code: string): string {
  const link = /\/p\/u\/([^/?#\s]+)/.exec(code)?.[1];
  if (link) return decodeURIComponent(link);
  return (/\bS\/?N[:：\s]\s*([\w-]+)/i.exec(code)?.[1] ?? code).trim().slice(0, 80);
}

export function ScanDialog({ onClose, onRead }: { onClose(): void; onRead(serial: string): void }) {
  const { t } = useText();
  const video = useRef<HTMLVideoElement>(null);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let over = false;
    let timer = 0;
    const look = async (reader: BarcodeDetector) => {
      const codes = video.current && video.current.readyState >= 2 ? await reader.detect(video.current).catch(() => []) : [];
      if (over) return;
      if (codes[0]?.rawValue) onRead(serialOf(codes[0].rawValue));
      else timer = window.setTimeout(() => void look(reader), 200);
    };
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(async (s) => {
      stream = s;
      if (over || !video.current) return s.getTracks().forEach((x) => x.stop());
      video.current.srcObject = s;
      await video.current.play();
      void look(new BarcodeDetector());
    }).catch(() => setRefused(true));
    return () => {
      over = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((x) => x.stop());
    };
    // The camera is opened once; what to do with a code does not change meanwhile.
  }, []);
  return (
    <PlainDialog title={t('portal.scan')} onClose={onClose}>
      {refused ? <p role="alert">{t('portal.no_camera')}</p> : <video ref={video} className="camera" muted playsInline aria-label={t('portal.camera')} />}
    </PlainDialog>
  );
}
