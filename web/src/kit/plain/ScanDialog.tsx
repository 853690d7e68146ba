// SPDX-License-Identifier: Apache-2.0
//
// plain/ScanDialog.tsx -- the camera in a dialog without a library, for the portal; its twin is kit/ScanDialog.tsx.
import { useText } from '../../core/i18n';
import { Camera } from '../Camera';
import { PlainDialog } from './Dialog';

export function ScanDialog({ onClose, onRead }: { onClose(): void; onRead(code: string): void }) {
  const { t } = useText();
  return <PlainDialog title={t('scan.button')} onClose={onClose}><Camera onRead={onRead} /></PlainDialog>;
}
