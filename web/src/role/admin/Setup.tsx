// SPDX-License-Identifier: Apache-2.0
//
// Setup.tsx -- the first start in five steps. What is answered is kept by the server after each step, so that an interrupted
// start goes on where it was; with the last step all of it comes into force.
import './admin.css';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { call, Problem } from '../../core/api';
import { useText, type MessageId } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner, Loading, ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { Field } from '../../kit/Field';
import { OutsideBar } from '../../kit/LanguageSwitch';
import { RadioRow } from '../../kit/RadioRow';
import { faultAt, SelectField, TextField, useDeed, WhenField } from './parts';

const STEPS = ['organisation', 'calendar', 'administrator', 'data', 'mail'] as const;
type Step = (typeof STEPS)[number];
type Value = Record<string, string>;
type State = { [S in Step]: Value | null } & { mail_server: boolean; calendars: { code: string; name: string; zone: string }[] };
const ZONES = ['Asia/Shanghai', 'Asia/Hong_Kong', 'Asia/Singapore', 'Asia/Tokyo', 'Asia/Dubai', 'Europe/Berlin', 'Europe/London', 'Africa/Johannesburg', 'America/New_York', 'America/Sao_Paulo', 'UTC'];

export default function Setup() {
  const { t } = useText();
  // A reload keeps the code, closing the tab forgets it.
  const [code] = useState(() => location.hash.slice(1));
  const [state, setState] = useState<State | null>(null);
  const [wrong, setWrong] = useState<Problem | null>(null);
  useTitle(t('setup.title'));
  useEffect(() => {
    call<State>('POST', '/setup', { body: { code } }).then(setState, setWrong);
  }, [code]);
  return (
    <div className="login setup">
      <OutsideBar />
      <main>
        <div className="card">
          <h1>{t('setup.title')}</h1>
          {wrong && <Banner tone="bad"><p>{wrong.status === 404 ? t('setup.no_code') : t('problem.other')}</p></Banner>}
          {!wrong && (state ? <Steps code={code} state={state} onState={setState} /> : <Loading />)}
        </div>
      </main>
    </div>
  );
}

function Steps({ code, state, onState }: { code: string; state: State; onState(s: State): void }) {
  const { t } = useText();
  const [, go] = useLocation();
  const firstOpen = STEPS.findIndex((s) => !state[s]);
  const [at, setAt] = useState(firstOpen < 0 ? STEPS.length - 1 : firstOpen);
  const head = useRef<HTMLHeadingElement>(null);
  const moved = useRef(false);
  const deed = useDeed();
  const step = STEPS[at];
  useEffect(() => {
    if (moved.current) head.current?.focus();
  }, [at]);
  const to = (n: number) => {
    moved.current = true;
    deed.clear();
    setAt(n);
  };
  const save = (value: Value) => deed.run('save', async () => {
    onState(await call<State>('POST', '/setup/save', { body: { code, step, value } }));
    if (at < STEPS.length - 1) return to(at + 1);
    await call('POST', '/setup/finish', { body: { code } });
    go('/login', { replace: true });
  });
  return (
    <>
      <ol className="steps">{STEPS.map((s, i) => <li key={s} className={state[s] && i !== at ? 'done' : undefined} aria-current={i === at ? 'step' : undefined}>{t(`setup.step.${s}` as MessageId)}</li>)}</ol>
      <h2 ref={head} tabIndex={-1}>{t('setup.step_n', { n: at + 1, what: t(`setup.step.${step}` as MessageId) })}</h2>
      <p className="muted">{t(`setup.about.${step}` as MessageId)}</p>
      <StepForm key={step} step={step} state={state} problem={deed.problem} busy={!!deed.busy} last={at === STEPS.length - 1}
        onSave={save} onBack={at > 0 ? () => to(at - 1) : undefined} />
    </>
  );
}

const START: Record<Step, Value> = {
  organisation: { name: '', zone: '', language: '' },
  calendar: { code: '5x9' },
  administrator: { login: 'admin', name: '', password: '' },
  data: { choice: 'empty' },
  mail: { choice: 'later' },
};

function StepForm({ step, state, problem, busy, last, onSave, onBack }: {
  step: Step; state: State; problem: Problem | null; busy: boolean; last: boolean; onSave(v: Value): void; onBack?: () => void;
}) {
  const { t, lang, pick } = useText();
  const [value, setValue] = useState<Value>(() => ({
    ...START[step], ...(step === 'organisation' ? { zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'Asia/Shanghai', language: lang } : {}), ...state[step],
  }));
  const box = useRef<HTMLFormElement>(null);
  const set = (n: string) => (v: string) => setValue((x) => ({ ...x, [n]: v }));
  const err = (n: string) => faultAt(problem, n, pick);
  const loose = problem && !problem.errors.some((e) => e.pointer && e.pointer.slice(1) in { ...value, name: 1, days: 1, from: 1, to: 1 }) ? problem : null;
  useEffect(() => {
    if (problem) box.current?.querySelector<HTMLElement>('.field.bad input, .field.bad select')?.focus();
  }, [problem]);
  const made = step === 'calendar' && value.code !== '24x7' && !state.calendars.some((c) => c.code === value.code);
  return (
    <form ref={box} className="setup-form" noValidate onSubmit={(e) => { e.preventDefault(); onSave(value); }}>
      {loose && <ProblemBanner problem={loose} />}
      {step === 'organisation' && (
        <>
          <TextField label={t('setup.name')} name="name" value={value.name} onChange={set('name')} error={err('name')} required autoFocus autoComplete="organization" />
          <TextField label={t('setup.zone')} name="zone" list="zones" value={value.zone} onChange={set('zone')} error={err('zone')} required />
          <datalist id="zones">{ZONES.map((z) => <option key={z} value={z} />)}</datalist>
          <Field label={t('setup.language')} group name="language" error={err('language')}>{(w) => <RadioRow wiring={w} value={value.language} onChange={set('language')} options={[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} />}</Field>
        </>
      )}
      {step === 'calendar' && (
        <>
          <SelectField label={t('setup.calendar')} name="calendar" value={made ? '' : value.code} onChange={(v) => setValue(v ? { code: v } : { code: '', name: '', days: 'mon-fri', from: '09:00', to: '18:00' })}
            none={t('setup.calendar_own')} options={[...state.calendars.map((c): [string, string] => [c.code, `${c.code} – ${c.name}`]), ['24x7', t('setup.calendar_always')]]} />
          {made && (
            <div className="fields">
              <TextField label={t('setup.calendar_code')} name="code" value={value.code} onChange={set('code')} error={err('code')} required />
              <TextField label={t('setup.calendar_name')} name="name" value={value.name ?? ''} onChange={set('name')} error={err('name')} required />
              <SelectField label={t('setup.calendar_days')} name="days" value={value.days ?? ''} onChange={set('days')} error={err('days')}
                options={[['mon-fri', t('setup.mon_fri')], ['mon-sat', t('setup.mon_sat')], ['mon-sun', t('setup.mon_sun')]]} />
              <WhenField clock label={t('setup.from')} name="from" value={value.from ?? ''} onChange={set('from')} error={err('from')} />
              <WhenField clock label={t('setup.to')} name="to" value={value.to ?? ''} onChange={set('to')} error={err('to')} />
            </div>
          )}
        </>
      )}
      {step === 'administrator' && (
        <>
          <TextField label={t('setup.admin_name')} name="name" value={value.name} onChange={set('name')} error={err('name')} required autoComplete="name" />
          <TextField label={t('setup.admin_login')} name="login" value={value.login} onChange={set('login')} error={err('login')} required autoComplete="username" />
          <TextField label={t('setup.admin_password')} help={t('admin.people.password_rule')} name="password" type="password" value={value.password} onChange={set('password')} error={err('password')} required autoComplete="new-password" />
        </>
      )}
      {step === 'data' && (
        <Field label={t('setup.data')} group name="choice" error={err('choice')}>{(w) => <RadioRow wiring={w} value={value.choice} onChange={set('choice')} options={[{ value: 'empty', label: t('setup.data_empty') }, { value: 'demo', label: t('setup.data_demo') }]} />}</Field>
      )}
      {step === 'mail' && (
        <>
          <Banner tone={state.mail_server ? 'info' : 'warn'}><p>{t(state.mail_server ? 'setup.mail_there' : 'setup.mail_not')}</p></Banner>
          {!state.mail_server && <pre className="yaml" tabIndex={0}>{'mail-server = smtps://mail.example.com:465\nmail-from = OpenITR <itr@example.com>\nurl = https://itr.example.com\n'}</pre>}
        </>
      )}
      <div className="actions">
        {onBack && <Button onClick={onBack}>{t('setup.back')}</Button>}
        <Button type="submit" look="primary" busy={busy}>{t(last ? 'setup.finish' : 'setup.next')}</Button>
        {busy && last && state.data?.choice === 'demo' && <span role="status" className="muted">{t('setup.demo_busy')}</span>}
      </div>
    </form>
  );
}
