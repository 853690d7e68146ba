// SPDX-License-Identifier: Apache-2.0
//
// views.ts -- which cases stand in which view of My work (S4), as filters over cases of every kind.
//
// What waits to be accepted depends on the role: engineers take what came to their team, the hotline what came from
// customers, managers what was escalated to them.
import type { MessageId } from '../../core/i18n';

export interface WorkView {
  name: string;
  label: MessageId;
  filter: string;
  /** do tasks stand in it? */
  tasks?: boolean;
}
const OPEN = 'state.kind!=closed';

export function viewsOf(powers: string[]): WorkView[] {
  const is = (...names: string[]) => names.some((n) => powers.includes(n));
  const accept = [`(team==mine;handler==null;stage==accept;${OPEN})`, `(handler==me;stage==accept;${OPEN})`, '(entity==technical_escalation;team==mine;state==requested)'];
  if (is('agents', 'duty_manager')) accept.push('(entity==technical_request;state=in=(draft,registered,authorised))', '(entity==hand_over;state==sent)');
  if (is('managers', 'executive_sponsor')) accept.push('(entity==management_escalation;state==raised)');
  const escalated = [`(entity==technical_escalation;${OPEN};(handler==me,(team==mine;handler==null)))`, `(entity==management_escalation;${OPEN};handler==me)`];
  if (is('managers', 'executive_sponsor')) escalated.push('(entity==management_escalation;state==raised)');
  return [
    { name: 'mine', label: 'my.view.mine', filter: `handler==me;${OPEN}`, tasks: true },
    { name: 'team', label: 'my.view.team', filter: `team==mine;${OPEN}` },
    { name: 'accept', label: 'my.view.accept', filter: accept.join(',') },
    { name: 'waiting', label: 'my.view.waiting', filter: 'handler==me;state.kind==waiting' },
    { name: 'escalated', label: 'my.view.escalated', filter: escalated.join(',') },
    ...(is('agents', 'managers') ? [{ name: 'owned', label: 'my.view.owned' as const, filter: `owner==me;${OPEN}` }] : []),
  ];
}

/** Whose first page My work is. */
export const ENGINEERS = ['t1_engineer', 't2_expert', 't3_rd', 'hotline_engineer', 'partner_engineer'];

/** One view, narrowed by what the reader asks. */
export function filterOf(view: WorkView, { severity, late, q }: { severity: string; late: boolean; q: string }): string {
  const words = `'*${q.replace(/['\\*]/g, ' ')}*'`;
  return [`(${view.filter})`, severity && `severity==${severity}`, late && 'due=lt=now', q && `(title=like=${words},number=like=${words})`].filter(Boolean).join(';');
}

/** The filter of an address, as a saved view keeps it; of a view alone it is the view's own, so that it is counted once. */
export function askedBy(views: WorkView[], query: URLSearchParams): string {
  const view = views.find((v) => v.name === query.get('view')) ?? views[0];
  const asks = { severity: query.get('severity') ?? '', late: query.get('late') === '1', q: query.get('q')?.trim() ?? '' };
  return asks.severity || asks.late || asks.q ? filterOf(view, asks) : view.filter;
}
