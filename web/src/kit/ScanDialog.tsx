// SPDX-License-Identifier: Apache-2.0
//
// ScanDialog.tsx -- the camera in a dialog over a form. Loaded when somebody scans.
import { useText } from '../core/i18n';
import { Camera } from './Camera';
import { InfoDialog } from './Dialog';

/** Its keys are no keys of the form that it stands over. */
export default function ScanDialog({ onClose, onRead }: { onClose(): void; onRead(code: string): void }) {
  const { t } = useText();
  return <div onKeyDown={(e) => e.stopPropagation()}><InfoDialog title={t('scan.button')} onClose={onClose}><Camera onRead={onRead} /></InfoDialog></div>;
}
