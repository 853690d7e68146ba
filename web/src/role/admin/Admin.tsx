// SPDX-License-Identifier: Apache-2.0
//
// Admin.tsx -- the administrator's part: people, rights, models, rules, webhooks, audit, health. Loaded when it is first gone to.
import './admin.css';
import { lazy, Suspense } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { useUser } from '../../core/auth';
import { useText, type MessageId } from '../../core/i18n';
import { Banner, Loading } from '../../kit/Banner';
import { Audit } from './Audit';
import { Health } from './Health';
import { People, PersonPage } from './People';
import { Rights } from './Rights';

const Models = lazy(() => import('./Models').then((m) => ({ default: m.Models })));
const Editor = lazy(() => import('./Editor').then((m) => ({ default: m.Editor })));
const Rules = lazy(() => import('./Rules').then((m) => ({ default: m.Rules })));
const DraftPage = lazy(() => import('./Policies').then((m) => ({ default: m.DraftPage })));
const RuleTable = lazy(() => import('./Rules').then((m) => ({ default: m.RuleTable })));
const Webhooks = lazy(() => import('./Webhooks').then((m) => ({ default: m.Webhooks })));
const NewWebhook = lazy(() => import('./Webhooks').then((m) => ({ default: m.NewWebhook })));
const WebhookPage = lazy(() => import('./Webhooks').then((m) => ({ default: m.WebhookPage })));

const PAGES = ['people', 'rights', 'models', 'rules', 'webhooks', 'audit', 'health'] as const;

export default function Admin() {
  const { t } = useText();
  const me = useUser();
  const [place] = useLocation();
  if (!me.roles.includes('administrator')) return <div className="page"><Banner tone="warn"><p>{t('admin.only')}</p></Banner></div>;
  const here = place.split('/')[2];
  return (
    <div className="page admin">
      <nav className="siblings" aria-label={t('admin.title')}>
        {PAGES.map((p) => <Link key={p} href={`/admin/${p}`} aria-current={p === here ? 'page' : undefined}>{t(`admin.page.${p}` as MessageId)}</Link>)}
        <Link href="/inbox/told">{t('admin.page.told')}</Link>
      </nav>
      <Suspense fallback={<Loading />}><Switch>
        <Route path="/admin"><Redirect to="/admin/people" replace /></Route>
        <Route path="/admin/people"><People /></Route>
        <Route path="/admin/people/:id">{(p) => <PersonPage key={p.id} id={p.id} />}</Route>
        <Route path="/admin/rights"><Rights /></Route>
        <Route path="/admin/models"><Models /></Route>
        <Route path="/admin/models/new"><Editor /></Route>
        <Route path="/admin/models/:name">{(p) => <Editor key={p.name} name={decodeURIComponent(p.name)} />}</Route>
        <Route path="/admin/rules"><Rules /></Route>
        <Route path="/admin/rules/:name/draft">{(p) => <DraftPage key={p.name} name={decodeURIComponent(p.name)} />}</Route>
        <Route path="/admin/rules/:name">{(p) => <RuleTable key={p.name} name={decodeURIComponent(p.name)} />}</Route>
        <Route path="/admin/webhooks"><Webhooks /></Route>
        <Route path="/admin/webhooks/new"><NewWebhook /></Route>
        <Route path="/admin/webhooks/:id">{(p) => <WebhookPage key={p.id} id={p.id} />}</Route>
        <Route path="/admin/audit"><Audit /></Route>
        <Route path="/admin/health"><Health /></Route>
        <Route><div className="nothing"><h1>{t('shell.no_page')}</h1></div></Route>
      </Switch></Suspense>
    </div>
  );
}
