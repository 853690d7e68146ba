// SPDX-License-Identifier: Apache-2.0
//
// LiveLine.tsx -- the page's live stream, and one line when it is lost for longer than a blink, or the network is away.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { serverTime } from '../core/clock';
import { useText } from '../core/i18n';
import { startLive } from '../core/live';

function watchNetwork(changed: () => void) {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
}

/** Has this computer a network at all? */
export const useOnline = () => useSyncExternalStore(watchNetwork, () => navigator.onLine);

export function LiveLine() {
  const { t, clock } = useText();
  const cache = useQueryClient();
  const online = useOnline();
  const [since, setSince] = useState<string | null>(null);
  useEffect(() => {
    let timer = 0;
    let up = true;
    const stop = startLive(cache, (now) => {
      if (now === up) return;
      up = now;
      clearTimeout(timer);
      const at = new Date(serverTime()).toISOString();
      if (now) setSince(null);
      else timer = window.setTimeout(() => setSince(at), 3000);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [cache]);
  if (!online) return <p className="live-line" role="status">{t('shell.offline')}</p>;
  if (!since) return null;
  return <p className="live-line" role="status">{t('shell.stale', { at: clock(since) })}</p>;
}
