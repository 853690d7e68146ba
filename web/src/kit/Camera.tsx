// SPDX-License-Identifier: Apache-2.0
//
// Camera.tsx -- reads a label with the camera, where the browser can (scan.ts). Its dialogs are ScanDialog.tsx and
// plain/ScanDialog.tsx.
import { useEffect, useRef, useState } from 'react';
import { useText } from '../core/i18n';

declare class BarcodeDetector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

/** The picture, until a code is read. */
export function Camera({ onRead }: { onRead(code: string): void }) {
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
      if (codes[0]?.rawValue) onRead(codes[0].rawValue);
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
  return refused ? <p role="alert">{t('scan.no_camera')}</p> : <video ref={video} className="camera" muted playsInline aria-label={t('scan.camera')} />;
}
