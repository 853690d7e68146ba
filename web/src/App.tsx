// SPDX-License-Identifier: Apache-2.0
//
// App.tsx -- which page of the staff's app stands at which address. Without a session every address leads to /login and
// back; a customer is sent on to the portal (portal.tsx), to the same request if one was asked for.
import { lazy, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import type { Problem } from './core/api';
import { isCustomer, PersonProvider, useMe, useUser } from './core/auth';
import { lazyPage, useText } from './core/i18n';
import { lazyPart } from './core/lazy';
import { Banner, Loading, ProblemBanner } from './kit/Banner';
import { Button } from './kit/Button';
import { Guard } from './kit/Guard';
import { LoginPage } from './Login';
import { useIndex } from './model/entity';
import { ListPage } from './model/List';
import { onAhead } from './model/registry';
import { CasePage, SearchPage } from './model/Search';
import { partsOf } from './model/Siblings';
import { ENGINEERS } from './role/engineer/views';
import { Shell } from './Shell';

// Forms and dialogs come with the first record that is opened; login and list do not wait for them.
const NewPage = lazy(() => import('./model/Form').then((m) => ({ default: m.NewPage })));
const Admin = lazyPage('admin', () => import('./role/admin/Admin'));
const Setup = lazyPage('admin', () => import('./role/admin/Setup'));
const Invite = lazyPage('admin', () => import('./role/admin/Invite'));
const MyPage = lazyPage('engineer', () => import('./role/engineer/My'));
const ImportPage = lazy(() => import('./model/Import').then((m) => ({ default: m.ImportPage })));
const HistoryPage = lazy(() => import('./model/History').then((m) => ({ default: m.HistoryPage })));
const InboxPage = lazyPage('inbox', () => import('./inbox/Inbox'));
const Deliveries = lazyPage('inbox', () => import('./inbox/Deliveries'));
const RecordPage = lazyPart(() => import('./model/Record').then((m) => ({ default: m.RecordPage })));
onAhead(RecordPage.preload);

export function App() {
  const me = useMe();
  const [place] = useLocation();
  const { t } = useText();
  if (place === '/setup') return <Suspense fallback={<Loading />}><Setup /></Suspense>;
  if (place === '/invite') return <Suspense fallback={<Loading />}><Invite /></Suspense>;
  if (me.error) return <main className="page"><ProblemBanner problem={me.error as Problem} action={<Button onClick={() => me.refetch()}>{t('act.retry')}</Button>} /></main>;
  if (me.data === undefined) return <main><Loading /></main>;
  if (me.data && isCustomer(me.data)) return <ToPortal />;
  if (place === '/login') return <LoginPage home="/" />;
  if (me.data === null) {
    const asked = location.pathname + location.search;
    return <Redirect to={asked === '/' ? '/login' : `/login?next=${encodeURIComponent(asked)}`} replace />;
  }
  return (
    <PersonProvider value={me.data}><Shell key={me.data.id}>
      <Guard key={place}>
        <Suspense fallback={<Loading />}><Switch>
          <Route path="/"><Home /></Route>
          <Route path="/my"><MyPage /></Route>
          <Route path="/inbox"><InboxPage /></Route>
          <Route path="/inbox/told"><Deliveries /></Route>
          <Route path="/admin/*?"><Admin /></Route>
          <Route path="/search"><SearchPage /></Route>
          <Route path="/c/:ref">{(p) => <CasePage reference={decodeURIComponent(p.ref)} page={(name, id) => <RecordPage name={name} id={id} />} />}</Route>
          <Route path="/e/:entity">{(p) => <ListPage name={p.entity} />}</Route>
          <Route path="/e/:entity/new">{(p) => <NewPage name={p.entity} />}</Route>
          <Route path="/e/:entity/import">{(p) => <ImportPage name={p.entity} />}</Route>
          <Route path="/e/:entity/:id/history">{(p) => <HistoryPage name={p.entity} id={decodeURIComponent(p.id)} />}</Route>
          <Route path="/e/:entity/:id">{(p) => <RecordPage name={p.entity} id={decodeURIComponent(p.id)} />}</Route>
          <Route><NotHere /></Route>
        </Switch></Suspense>
      </Guard>
    </Shell></PersonProvider>
  );
}

/** The portal is another page: it is loaded, not routed to. */
function ToPortal() {
  const asked = /^\/(?:e\/technical_request|c)\/([^/]+)$/.exec(location.pathname)?.[1];
  useEffect(() => {
    location.replace(asked && asked !== 'new' ? `/p/r/${asked}` : '/p');
  }, [asked]);
  return <main><Loading /></main>;
}

/** The first list of the person's first part. */
function Home() {
  const { t } = useText();
  const me = useUser();
  const index = useIndex();
  if (me.roles.some((r) => ENGINEERS.includes(r))) return <Redirect to="/my" replace />;
  if (index.error) return <ProblemBanner problem={index.error as Problem} />;
  if (!index.data) return <Loading />;
  const first = partsOf(index.data, me)[0]?.entities[0];
  if (!first) return <Banner><p>{t('shell.nothing_for_you')}</p></Banner>;
  return <Redirect to={`/e/${first.name}`} replace />;
}

function NotHere() {
  const { t } = useText();
  return <div className="page nothing"><h1>{t('shell.no_page')}</h1><p>{t('shell.no_page_text')}</p></div>;
}
