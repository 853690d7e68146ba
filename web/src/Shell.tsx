// SPDX-License-Identifier: Apache-2.0
//
// Shell.tsx -- what stands around every page: top bar, rail, and the one live stream.
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { logout, mayRead, useUser } from './core/auth';
import { useText } from './core/i18n';
import { useActions, type Action } from './core/keys';
import { loadSettings } from './core/settings';
import { useSessionOver } from './core/session';
import { useTick } from './core/tick';
import { useUrgent } from './core/urgent';
import { Bell } from './inbox/Bell';
import { Icon } from './kit/Icon';
import { Menu } from './kit/Menu';
import { LanguageSwitch } from './kit/LanguageSwitch';
import { Toasts } from './kit/Toasts';
import { LiveLine } from './kit/LiveLine';
import { useAhead } from './model/ahead';
import { useIndex } from './model/entity';
import { partLabel, partsOf } from './model/Siblings';

// Palette and sheet are loaded when they are first asked for.
const Palette = lazy(() => import('./Palette'));
const KeySheet = lazy(() => import('./Keys'));
const LoginOver = lazy(() => import('./LoginOver'));
const Preferences = lazy(() => import('./Preferences'));

/** So long before its end a session is told of. */
const WARN_MS = 120_000;

/** How many parts the phone's bottom bar shows after Work and before "more". */
const THUMBS = 3;

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useText();
  const main = useRef<HTMLElement>(null);
  const ahead = useAhead();
  const [place] = useLocation();
  // Another page begins at its top.
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [place]);
  const me = useUser();
  const [over, setOver] = useState<'' | 'palette' | 'keys' | 'pref'>('');
  useEffect(() => void loadSettings(me.id), [me.id]);
  useActions([
    { id: 'app.palette', label: t('palette.show'), key: 'Mod+K', hidden: true, run: () => setOver('palette') },
    { id: 'app.keys', label: t('keys.show'), key: '?', run: () => setOver('keys') },
    { id: 'app.pref', label: t('pref.title'), run: () => setOver('pref') },
    ...usePlaces(),
  ]);
  const ended = useSessionOver();
  const ends = me.session_ends ? Date.parse(me.session_ends) : Infinity;
  const [later, setLater] = useState(0);
  const soon = useTick((now) => (ends - now <= WARN_MS ? 1 : 0)) === 1 && later !== ends;
  const close = () => setOver('');
  return (
    <>
      <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t('shell.skip')}</a>
      <TopBar onKeys={() => setOver('keys')} onPalette={() => setOver('palette')} onPref={() => setOver('pref')} />
      <div className="body">
        <Rail />
        <main id="main" ref={main} tabIndex={-1} {...ahead}>
          <LiveLine />
          {children}
        </main>
      </div>
      <Toasts />
      <p className="hidden-label" role="alert">{useUrgent()}</p>
      <Suspense>
        {over === 'palette' && <Palette start={searchWords()} onClose={close} />}
        {over === 'keys' && <KeySheet onClose={close} />}
        {over === 'pref' && <Preferences onClose={close} onKeys={() => setOver('keys')} />}
        {(ended || soon) && <LoginOver key={String(ended)} ends={ended ? undefined : ends} onLater={() => setLater(ends)} />}
      </Suspense>
    </>
  );
}

/** g, then a letter: the places that there are for this person. */
function usePlaces(): Action[] {
  const { t, pick } = useText();
  const me = useUser();
  const index = useIndex().data;
  const [, go] = useLocation();
  const requests = index?.entities.find((e) => e.name === 'technical_request');
  const place = (letter: string, label: string, to: string, when = true): Action =>
    ({ id: `go.${letter}`, label, key: `g ${letter}`, group: 'go', when, run: () => go(to) });
  return [
    place('w', t('nav.work'), '/my'),
    { ...place('r', pick(requests?.plural), '/e/technical_request', !!requests && mayRead(me, 'technical_request')), hidden: true },
    place('n', t('go.notices'), '/inbox'),
    place('a', t('go.admin'), '/admin', me.roles.includes('administrator')),
  ];
}

/** What stands in the search line is the palette's question. */
const searchWords = () => document.querySelector<HTMLInputElement>('.top .q')?.value.trim() ?? '';

function TopBar({ onKeys, onPalette, onPref }: { onKeys(): void; onPalette(): void; onPref(): void }) {
  const text = useText();
  const { t, pick } = text;
  const me = useUser();
  const cache = useQueryClient();
  const index = useIndex().data;
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const [place] = useLocation();
  const [q, setQ] = useState(place === '/search' ? search.get('q') ?? '' : '');
  const roles = me.roles.map((r) => pick(index?.roles[r]?.label, r)).join(t('list.comma'));
  return (
    <header className="top">
      <Link href="/" className="product">OpenITR</Link>
      <form role="search" onSubmit={(e) => { e.preventDefault(); if (q.trim()) go(`/search?q=${encodeURIComponent(q.trim())}`); }}>
        <input type="search" className="q" aria-label={t('shell.search')} placeholder={t('shell.search_hint')}
          value={q} onChange={(e) => setQ(e.target.value)} />
      </form>
      <span className="spring" />
      <button type="button" className="phone-search" aria-label={t('palette.show')} onClick={onPalette}><Icon name="search" /></button>
      <Bell />
      {me.hotline && <a className="hotline" href={`tel:${me.hotline.replace(/[^+\d]/g, '')}`}>{t('shell.hotline', { number: me.hotline })}</a>}
      <Menu className="help-btn" label={t('shell.help')} entries={[
        ...(me.hotline ? [{ id: 'call', label: t('shell.hotline', { number: me.hotline }), act: () => location.assign(`tel:${me.hotline!.replace(/[^+\d]/g, '')}`) }] : []),
        { id: 'search', label: t('palette.show'), act: onPalette },
        { id: 'keys', label: t('keys.show'), act: onKeys },
      ]}>
        <Icon name="help" /><span className="wide-words">{t('shell.help')}</span>
      </Menu>
      <LanguageSwitch />
      <Menu className="top-btn" entries={[
        { id: 'pref', label: t('pref.title'), act: onPref },
        { id: 'out', label: t('shell.log_out'), act: () => void logout(cache) },
      ]}>
        <Icon name="user" /><span className="who">{me.name}</span> <span className="roles">{roles}</span>
      </Menu>
    </header>
  );
}

function Rail() {
  const text = useText();
  const { t } = text;
  const me = useUser();
  const index = useIndex().data;
  const [place, go] = useLocation();
  const parts = index ? partsOf(index, me) : [];
  const here = place.split('/')[1] === 'e' ? place.split('/')[2] : '';
  // Administrators have screens of their own; all other parts begin with their first list.
  const own = (part: string) => (part === 'admin' && me.roles.includes('administrator') ? '/admin' : '');
  const links = parts.map((p) => ({
    ...p, label: partLabel(p.name, index!, text), href: own(p.name) || `/e/${p.entities[0].name}`,
    on: p.entities.some((e) => e.name === here) || (!!own(p.name) && /^\/admin(\/|$)/.test(place)),
  }));
  const rest = links.slice(THUMBS);
  return (
    <nav className="rail" aria-label={t('shell.main_nav')}>
      <Link href="/my" aria-current={place === '/my' ? 'page' : undefined}>{t('nav.work')}</Link>
      {links.map((p, i) => (
        <Link key={p.name} href={p.href} aria-current={p.on ? 'page' : undefined} className={i >= THUMBS ? 'wide-only' : undefined}>
          {p.label}
        </Link>
      ))}
      {rest.length > 0 && (
        <Menu className="rail-more" entries={rest.map((p) => ({ id: p.name, label: p.label, act: () => go(p.href) }))}>
          {t('shell.more')}
        </Menu>
      )}
    </nav>
  );
}
