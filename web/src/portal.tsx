// SPDX-License-Identifier: Apache-2.0
//
// portal.tsx -- the second entry, /p: customers report faults and follow them (ui.md S1, S2). Phone first, small, no React
// Aria. Without a session every address leads to /p/login and back; staff are sent on to their own app.
import './tokens.css';
import './app.css';
import './portal/portal.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense, useEffect, useRef, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import type { Problem } from './core/api';
import { isCustomer, ME, PersonProvider, useMe, useUser, watchSession } from './core/auth';
import { newCache } from './core/cache';
import { firstLang, Languages, lazyPage, needTexts, setLang, useText, type MessageId } from './core/i18n';
import { followSystem } from './core/theme';
import { Loading, ProblemBanner } from './kit/Banner';
import { Button } from './kit/Button';
import { Guard } from './kit/Guard';
import { Icon } from './kit/Icon';
import { LanguageSwitch } from './kit/LanguageSwitch';
import { LiveLine } from './kit/LiveLine';
import { Bell } from './inbox/Bell';
import { LoginPage, takeTyped } from './Login';
import { OPEN } from './portal/data';
import { HomePage } from './portal/Home';
import { takeOver } from './portal/handin';
import { callAddress } from './portal/words';

const ReportPage = lazy(() => import('./portal/Report').then((m) => ({ default: m.ReportPage })));
const RequestPage = lazy(() => import('./portal/Request').then((m) => ({ default: m.RequestPage })));
const UnitsPage = lazy(() => import('./portal/Things').then((m) => ({ default: m.UnitsPage })));
const ContractsPage = lazy(() => import('./portal/Things').then((m) => ({ default: m.ContractsPage })));
const BulletinsPage = lazy(() => import('./portal/Care').then((m) => ({ default: m.BulletinsPage })));
const ChangesPage = lazy(() => import('./portal/Care').then((m) => ({ default: m.ChangesPage })));
const PartsPage = lazy(() => import('./portal/Care').then((m) => ({ default: m.PartsPage })));
const KnowPage = lazy(() => import('./portal/Know').then((m) => ({ default: m.KnowPage })));
const ArticlePage = lazy(() => import('./portal/Know').then((m) => ({ default: m.ArticlePage })));
const OtherPage = lazy(() => import('./portal/Other').then((m) => ({ default: m.OtherPage })));
const OtherLinks = lazy(() => import('./portal/Other').then((m) => ({ default: m.OtherLinks })));
const NoticesPage = lazyPage('inbox', () => import('./portal/Notices'));
const MePage = lazy(() => import('./portal/Me').then((m) => ({ default: m.MePage })));

function Portal() {
  const me = useMe();
  const [place] = useLocation();
  const { t } = useText();
  if (me.error) return <main className="page"><ProblemBanner problem={me.error as Problem} action={<Button onClick={() => me.refetch()}>{t('act.retry')}</Button>} /></main>;
  if (me.data === undefined) return <main><Loading /></main>;
  if (me.data && !isCustomer(me.data)) return <ToStaff />;
  if (place === '/p/login') return <LoginPage home="/p" />;
  if (me.data === null) {
    const asked = location.pathname + location.search;
    return <Redirect to={asked === '/p' ? '/p/login' : `/p/login?next=${encodeURIComponent(asked)}`} replace />;
  }
  return (
    <PersonProvider value={me.data}><Around key={me.data.id}>
      <Guard key={place}>
        <Suspense fallback={<Loading />}><Switch>
          <Route path="/p"><HomePage /></Route>
          <Route path="/p/new"><ReportPage /></Route>
          <Route path="/p/u/:serial">{(p) => <Redirect to={`/p/new?serial=${p.serial}`} replace />}</Route>
          <Route path="/p/r/:ref">{(p) => <RequestPage reference={decodeURIComponent(p.ref)} />}</Route>
          <Route path="/p/units"><UnitsPage /></Route>
          <Route path="/p/contracts"><ContractsPage /></Route>
          <Route path="/p/bulletins"><BulletinsPage /></Route>
          <Route path="/p/changes"><ChangesPage /></Route>
          <Route path="/p/parts"><PartsPage /></Route>
          <Route path="/p/know"><KnowPage /></Route>
          <Route path="/p/know/:ref">{(p) => <ArticlePage reference={decodeURIComponent(p.ref)} />}</Route>
          <Route path="/p/o/:entity">{(p) => <OtherPage name={decodeURIComponent(p.entity)} />}</Route>
          <Route path="/p/notices"><NoticesPage /></Route>
          <Route path="/p/me"><MePage /></Route>
          <Route><div className="page nothing"><h1>{t('shell.no_page')}</h1><Link className="btn" href="/p">{t('portal.nav.requests')}</Link></div></Route>
        </Switch></Suspense>
      </Guard>
    </Around></PersonProvider>
  );
}

/** The staff's app is another page: it is loaded, not routed to. */
function ToStaff() {
  useEffect(() => {
    location.replace('/');
  }, []);
  return <main><Loading /></main>;
}

const PARTS: { path: string; word: MessageId; also?: RegExp }[] = [
  { path: '/p', word: 'portal.nav.requests', also: /^\/p\/(r\/|new|parts|bulletins|changes|contracts)/ },
  { path: '/p/units', word: 'portal.nav.units' },
  { path: '/p/know', word: 'portal.nav.know', also: /^\/p\/know\// },
  { path: '/p/me', word: 'portal.nav.me', also: /^\/p\/notices/ },
];

function Around({ children }: { children: ReactNode }) {
  const { t } = useText();
  const me = useUser();
  const [place] = useLocation();
  const main = useRef<HTMLElement>(null);
  // Another page begins at its top.
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [place]);
  return (
    <div className="portal">
      <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t('shell.skip')}</a>
      <header className="top">
        <Link href="/p" className="product">{t('portal.title')}</Link>
        <span className="spring" />
        <span className="who-wide">{me.name}</span>
        {me.hotline && <a className="top-btn call" href={callAddress(me.hotline)} aria-label={t('shell.hotline', { number: me.hotline })}><Icon name="phone" /><span className="wide-words">{me.hotline}</span></a>}
        <Bell href="/p/notices" />
        <LanguageSwitch />
      </header>
      <nav className="tabs" aria-label={t('shell.main_nav')}>
        {PARTS.map((p) => (
          <Link key={p.path} href={p.path} aria-current={place === p.path || p.also?.test(place) ? 'page' : undefined}>{t(p.word)}</Link>
        ))}
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <LiveLine />
        <Suspense><OtherLinks /></Suspense>
        {children}
      </main>
    </div>
  );
}

const cache = newCache();
watchSession(cache);
// Both answers are under way (core/first.ts). Read at once, they are there when the first page is drawn, which is then drawn once.
void cache.prefetchQuery(ME);
if (location.pathname === '/p') void cache.prefetchQuery(OPEN);
followSystem(true);

needTexts('portal');
void setLang(firstLang(), false).then(() => {
  const root = document.getElementById('root')!;
  // The plain form that the server put here may have been written in before this program arrived.
  takeOver(root);
  takeTyped(root);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <Languages><Portal /></Languages>
      </QueryClientProvider>
    </StrictMode>,
  );
});
