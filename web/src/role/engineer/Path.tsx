// SPDX-License-Identifier: Apache-2.0
//
// Path.tsx -- the ten steps of a technical request (domain.md 6.1), where it stands, and what that step needs and puts out.
//
// `activity` says what is being done; several activities may be one step.  What was passed over is told apart from what was
// done: the timeline knows which activities there were.
import { useText } from '../../core/i18n';
import { Icon } from '../../kit/Icon';
import { empty } from '../../model/Cell';
import { useTimeline } from '../../model/data';
import type { Entity, Row } from '../../model/entity';

interface Step {
  name: 'register' | 'entitle' | 'dispatch' | 'verify' | 'cases' | 'locate' | 'prepare' | 'deliver' | 'confirm' | 'close';
  activities: string[];
  /** what one works from, and what the step leaves behind: names of fields */
  needs: string[];
  gives: string[];
}
const STEPS: Step[] = [
  { name: 'register', activities: ['register'], needs: ['symptom'], gives: ['account', 'contact', 'unit'] },
  { name: 'entitle', activities: ['authorise'], needs: ['account', 'unit'], gives: ['severity', 'entitlement', 'service_tier'] },
  { name: 'dispatch', activities: ['dispatch'], needs: ['severity'], gives: ['team', 'service_mode', 'first_contact'] },
  { name: 'verify', activities: ['verify', 'info_request'], needs: ['first_contact', 'symptom'], gives: ['impact', 'product_version', 'tried_actions'] },
  { name: 'cases', activities: ['case_search'], needs: ['symptom', 'product'], gives: ['articles_checked'] },
  { name: 'locate', activities: ['locate'], needs: ['topology', 'logs'], gives: ['cause_analysis'] },
  { name: 'prepare', activities: ['prepare'], needs: ['cause_analysis'], gives: ['workaround', 'solution'] },
  { name: 'deliver', activities: ['deliver', 'complete'], needs: ['solution', 'side_effects'], gives: ['restored_at', 'root_cause', 'resolution_code', 'new_risk_check'] },
  { name: 'confirm', activities: ['interact'], needs: ['resolved_at'], gives: ['confirmed_at'] },
  { name: 'close', activities: ['close'], needs: ['callback_outcome'], gives: ['knowledge_action', 'opportunity_asked'] },
];

/** Which step the request is in; STEPS.length: all are done; -1: not known. */
function stepOf(entity: Entity, row: Row): number {
  const index = STEPS.findIndex((s) => s.activities.includes(String(row.activity)));
  if (entity.state.get(String(row.state))?.final) return row.state === 'closed' ? STEPS.length : Math.max(index, 0);
  // A solved request waits to be confirmed, and then for its call-back: the step is ahead of the activity's word.
  return row.state === 'callback' ? 9 : row.state === 'resolved' ? 8 : index;
}

export function Path({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useText();
  const events = useTimeline(entity.name, row.id, true).data ?? [];
  const at = stepOf(entity, row);
  if (at < 0) return null;
  const were = new Set(events.flatMap((e) => (e.data?.changes?.activity ?? []).map(String)));
  return (
    <ol className="steps" aria-label={t('record.path')}>
      {STEPS.map((s, i) => {
        const passed = i < at && (were.size === 0 || s.activities.some((a) => were.has(a)));
        return (
          <li key={s.name} className={passed ? 'done' : i < at ? 'skipped' : undefined} aria-current={i === at ? 'step' : undefined}>
            {passed && <Icon name="check" />}<span>{t(`case.step.${s.name}`)}</span>
            {i < at && !passed && <span className="hidden-label"> {t('case.skipped')}</span>}
          </li>
        );
      })}
    </ol>
  );
}

/** What the current step works from and leaves behind, and which of it is there. */
export function StepFacts({ entity, row }: { entity: Entity; row: Row }) {
  const { t, pick } = useText();
  const now = entity.state.get(String(row.state))?.final ? undefined : STEPS[stepOf(entity, row)];
  if (!now) return null;
  const field = (name: string) => {
    const f = entity.field.get(name);
    const there = !empty(row[name]);
    return f && <li key={name} className={there ? 'is-there' : 'is-missing'}>{there ? <Icon name="check" /> : <Icon name="open" />}{pick(f.label)}<span className="hidden-label"> {t(there ? 'case.there' : 'case.missing')}</span></li>;
  };
  return (
    <div className="step-facts">
      <span className="muted">{t('case.needs')}</span><ul>{now.needs.map(field)}</ul>
      <span className="muted">{t('case.gives')}</span><ul>{now.gives.map(field)}</ul>
    </div>
  );
}
