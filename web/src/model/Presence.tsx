// SPDX-License-Identifier: Apache-2.0
//
// Presence.tsx -- who else has this record open: by name, and whether they write. Nothing is locked by it.
//
// This page says so itself every 20 seconds and when it changes; the others come by the live stream (core/live.ts), each
// with the instant until which it holds.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../core/api';
import { useUser } from '../core/auth';
import { serverTime } from '../core/clock';
import { useText } from '../core/i18n';
import { useTick } from '../core/tick';
import { heardPresent, type Present } from '../core/live';
import { myState } from '../core/typing';

const BEAT_MS = 20_000;
const NAMED = 9;
const NOBODY: Present['who'] = [];

/** Beats while the page shows the record. */
function useBeat(entity: string, id: number): void {
  const cache = useQueryClient();
  useEffect(() => {
    let said = 'gone', at = 0;
    const say = (state: string, last = false) => {
      said = state;
      at = Date.now();
      call<Present>('POST', '/presence', { body: { entity, id, state }, keepalive: last })
        .then((p) => heardPresent(cache, p)).catch(() => {});
    };
    const look = () => {
      const state = myState();
      if (state !== said || (state !== 'gone' && Date.now() - at >= BEAT_MS)) say(state);
    };
    look();
    const timer = setInterval(look, 1000);
    const again = () => said !== 'gone' && say(said);
    addEventListener('openitr-live', again);
    return () => {
      removeEventListener('openitr-live', again);
      clearInterval(timer);
      if (said !== 'gone') say('gone', true);
    };
  }, [cache, entity, id]);
}

/** The others who are there now. */
export function usePresent(entity: string, id: number): Present['who'] {
  const me = useUser();
  const list = useQuery<Present | null>({ queryKey: ['presence', entity, id], queryFn: () => null, enabled: false }).data?.who ?? NOBODY;
  useTick((now) => list.filter((p) => Date.parse(p.until) > now).length);
  return list.filter((p) => p.id !== me.id && Date.parse(p.until) > serverTime());
}

export function Presence({ entity, id }: { entity: string; id: number }) {
  const { t } = useText();
  useBeat(entity, id);
  const who = usePresent(entity, id);
  const name = (p: Present['who'][0]) => (p.state === 'viewing' ? p.name : t(p.state === 'typing' ? 'presence.typing' : 'presence.idle', { name: p.name }));
  return (
    <span className="presence" role="status">
      {who.length > 0 && t('presence.viewing', { names: who.slice(0, NAMED).map(name).join(t('list.comma')) })}
      {who.length > NAMED && ` +${who.length - NAMED}`}
    </span>
  );
}
