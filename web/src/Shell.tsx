// SPDX-License-Identifier: Apache-2.0
//
// Shell.tsx -- what stands around every page: top bar, rail, and the one live stream.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { logout, useUser } from './core/auth';
import { useText } from './core/i18n';
import { Icon } from './kit/Icon';
import { Menu } from './kit/Menu';
import { LanguageSwitch } from './kit/LanguageSwitch';
import { LiveLine } from './kit/LiveLine';
import { useIndex } from './model/entity';
import { partLabel, partsOf } from './model/Siblings';

/** How many parts the phone's bottom bar shows before "more". */
const THUMBS = 4;

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useText();
  const main = useRef<HTMLElement>(null);
  const [place] = useLocation();
  // Another page begins at its top.
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [place]);
  return (
    <>
      <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t('shell.skip')}</a>
      <TopBar />
      <div className="body">
        <Rail />
        <main id="main" ref={main} tabIndex={-1}>
          <LiveLine />
          {children}
        </main>
      </div>
    </>
  );
}

function TopBar() {
  const text = useText();
  const { t, pick } = text;
  const me = useUser();
  const cache = useQueryClient();
  const index = useIndex().data;
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const [place] = useLocation();
  const [q, setQ] = useState(place === '/search' ? search.get('q') ?? '' : '');
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        box.current?.focus();
      }
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  const roles = me.roles.map((r) => pick(index?.roles[r]?.label, r)).join(t('list.comma'));
  return (
    <header className="top">
      <Link href="/" className="product">OpenITR</Link>
      <form role="search" onSubmit={(e) => { e.preventDefault(); if (q.trim()) go(`/search?q=${encodeURIComponent(q.trim())}`); }}>
        <input ref={box} type="search" className="q" aria-label={t('shell.search')} placeholder={t('shell.search_hint')}
          value={q} onChange={(e) => setQ(e.target.value)} />
      </form>
      <span className="spring" />
      <LanguageSwitch />
      <Menu className="top-btn" entries={[
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
  const links = parts.map((p) => ({ ...p, label: partLabel(p.name, index!, text), on: p.entities.some((e) => e.name === here) }));
  const rest = links.slice(THUMBS);
  return (
    <nav className="rail" aria-label={t('shell.main_nav')}>
      {links.map((p, i) => (
        <Link key={p.name} href={`/e/${p.entities[0].name}`} aria-current={p.on ? 'page' : undefined} className={i >= THUMBS ? 'wide-only' : undefined}>
          {p.label}
        </Link>
      ))}
      {rest.length > 0 && (
        <Menu className="rail-more" entries={rest.map((p) => ({ id: p.name, label: p.label, act: () => go(`/e/${p.entities[0].name}`) }))}>
          {t('shell.more')}
        </Menu>
      )}
    </nav>
  );
}
