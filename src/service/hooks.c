/* SPDX-License-Identifier: Apache-2.0
 *
 * hooks.c -- the table that joins names in models/ to verbs in C: guard and effect stand as a pair in one row.
 */
#include "service/hooks.h"
#include <stddef.h>
#include "gen/names.h"
#include "service/accident.h"
#include "service/calendar_days.h"
#include "service/exemption.h"
#include "service/management.h"
#include "service/review.h"
#include "service/paging.h"
#include "service/rosters.h"
#include "service/timers.h"
#include "service/users.h"
#include "service/watch.h"
#include "service/webhooks.h"

const struct hook SERVICE_HOOKS[] = {
        {HOOK_REGISTER_REQUEST, NULL, intake_register},
        {HOOK_CLASSIFY, intake_classify_check, intake_classify},
        {HOOK_URGE, intake_urge_check, intake_urge},
        {HOOK_RAISE_SEVERITY, intake_raise_check, intake_raise},
        {HOOK_LOWER_SEVERITY, intake_lower_check, intake_lower},
        {HOOK_MERGE, NULL, intake_merge},
        {HOOK_HAND_OVER, handover_check, handover_make},
        {HOOK_TAKE_BACK, NULL, handover_take_back},
        {HOOK_HAND_OVER_ANSWERED, NULL, handover_answered},
        {HOOK_HAND_OVER_RETURNED, NULL, handover_returned},
        {HOOK_DISPATCH, NULL, dispatch_make},
        {HOOK_DISPATCH_BY_RULE, NULL, dispatch_by_rule},
        {HOOK_ORDER_DECLINED, NULL, dispatch_declined},
        {HOOK_ACCEPT_ORDERS, NULL, dispatch_accept},
        {HOOK_CHECK_IN, NULL, dispatch_check_in},
        {HOOK_FINISH_ORDER, NULL, dispatch_finish},
        {HOOK_ACKNOWLEDGE_PAGE, paging_acknowledge_check, paging_acknowledge},
        {HOOK_ACCIDENT_APPROVE, NULL, accident_approve},
        {HOOK_ACCIDENT_SEND, NULL, accident_send},
        {HOOK_ACCIDENT_DROP, NULL, accident_drop},
        {HOOK_ESCALATE, escalation_check, escalation_make},
        {HOOK_REASSIGN, escalation_reassign_check, NULL},
        {HOOK_TRANSFER, escalation_transfer_check, NULL},
        {HOOK_ESCALATION_ACCEPT, escalation_accept_check, escalation_accept},
        {HOOK_ESCALATION_ASK, NULL, escalation_ask},
        {HOOK_ESCALATION_DONE, NULL, escalation_done},
        {HOOK_PAUSE, wait_check, wait_begin},
        {HOOK_CHANGE_WAIT, wait_change_check, wait_turn},
        {HOOK_VOID_WAIT, NULL, wait_void},
        {HOOK_EXEMPTION_DECIDE, NULL, exemption_decide},
        {HOOK_REVIEW_DONE, NULL, review_done},
        {HOOK_RESUME, NULL, NULL},
        {HOOK_SEND_RCA, recovery_rca_check, recovery_rca},
        {HOOK_RESTORE, recovery_restore_check, recovery_restore},
        {HOOK_RESOLVE_REQUEST, NULL, recovery_resolve},
        {HOOK_REOPEN, NULL, recovery_reopen},
        {HOOK_PLAN_CALLBACK, NULL, closing_plan_callback},
        {HOOK_CALLBACK_ATTEMPT, closing_attempt_check, closing_attempt},
        {HOOK_CALLBACK_ANSWER, NULL, closing_answer},
        {HOOK_CALLBACK_NO_ANSWER, NULL, closing_no_answer},
        {HOOK_CLOSE_REQUEST, NULL, closing_close},
        {HOOK_ASK_MANAGEMENT, NULL, management_ask},
        {HOOK_RAISE_MANAGEMENT, NULL, management_raise},
        {HOOK_WARRANTY_START, NULL, base_warranty_start},
        {HOOK_CONTRACT_COMPLETE, NULL, base_contract_complete},
        {HOOK_CONTRACT_EXTEND, NULL, base_contract_extend},
        {HOOK_PROMISE_ANEW, NULL, promise_anew},
        {HOOK_BULLETIN_MATCH, NULL, bulletin_match},
        {HOOK_BULLETIN_NOTIFY, NULL, bulletin_notify},
        {HOOK_BULLETIN_CLOSE, NULL, bulletin_close},
        {HOOK_BULLETIN_END, NULL, bulletin_end},
        {HOOK_NOTICE_EXEMPT, bulletin_exempt_check, NULL},
        {HOOK_CHANGE_APPROVE, change_approve_check, NULL},
        {HOOK_CHANGE_AUTHORISE, NULL, change_authorise},
        {HOOK_CHANGE_WINDOW, NULL, change_window},
        {HOOK_PUBLISH_CALENDAR, calendars_publish_check, calendars_publish},
        {HOOK_CHECK_RULES, NULL, policies_check},
        {HOOK_REVISE_RULES, NULL, policies_revise},
        {HOOK_PUBLISH_RULES, policies_publish_check, policies_publish},
        {HOOK_TAKE_OUT_RULES, NULL, policies_take_out_done},
        {HOOK_WITHDRAW_RULES, policies_withdraw_check, policies_withdraw},
        {HOOK_WEBHOOK_READY, webhooks_ready, NULL},
};
const size_t SERVICE_HOOK_COUNT = sizeof SERVICE_HOOKS / sizeof *SERVICE_HOOKS;

const struct record_hook SERVICE_RECORD_HOOKS[] = {
        {ENTITY_TECHNICAL_REQUEST, intake_before_create, NULL, wait_change, follow_saved},
        {ENTITY_MESSAGE, conversation_before_create, conversation_after_create, NULL, progress_message_saved},
        {ENTITY_CONTACT_ATTEMPT, attempts_before, NULL, NULL, NULL},
        {ENTITY_TASK, closing_task_tick, NULL, closing_task_tick, NULL},
        {ENTITY_CALENDAR, calendars_zone, NULL, calendars_zone, calendar_days_calendar_saved},
        {ENTITY_HOLIDAY, NULL, NULL, NULL, calendar_days_holiday_saved},
        {ENTITY_CALENDAR_VERSION, calendars_before, NULL, calendars_before, NULL},
        {ENTITY_RULE_VERSION, policies_before, NULL, policies_change, NULL},
        {ENTITY_CONTRACT, promise_tables_named, NULL, promise_tables_named, NULL},
        {ENTITY_CONTRACT, base_contract_fits, NULL, base_contract_fits, NULL},
        {ENTITY_CONTRACT_LINE, base_line_fits, NULL, base_line_fits, NULL},
        {ENTITY_ACCOUNT, base_zone_known, NULL, base_zone_known, NULL},
        {ENTITY_SITE, base_zone_known, NULL, base_zone_known, NULL},
        {ENTITY_REGION, base_zone_known, NULL, base_zone_known, NULL},
        {ENTITY_USER, base_zone_known, NULL, base_zone_known, NULL},
        {ENTITY_CONTRACT, calendars_named, NULL, calendars_named, renewal_saved},
        {ENTITY_ACCOUNT, calendars_named, NULL, calendars_named, NULL},
        {ENTITY_TECHNICAL_REQUEST, NULL, NULL, intake_change, wait_saved},
        {ENTITY_TECHNICAL_REQUEST, NULL, NULL, NULL, accident_saved},
        {ENTITY_TECHNICAL_REQUEST, NULL, NULL, NULL, progress_saved},
        {ENTITY_TECHNICAL_REQUEST, NULL, NULL, NULL, management_request_saved},
        {ENTITY_MANAGEMENT_ESCALATION, NULL, NULL, NULL, management_saved},
        {ENTITY_MESSAGE, NULL, NULL, NULL, management_message_saved},
        {ENTITY_TECHNICAL_REQUEST, NULL, NULL, NULL, paging_saved},
        {ENTITY_WORK_ORDER, dispatch_before_order, dispatch_after_order, NULL, NULL},
        {ENTITY_ROSTER, rosters_before, NULL, rosters_before, rosters_saved},
        {ENTITY_ROSTER_SHIFT, rosters_shift_before, NULL, rosters_shift_before, rosters_shift_saved},
        {ENTITY_USER, NULL, NULL, NULL, rosters_user_saved},
        {ENTITY_ROSTER_ABSENCE, rosters_absence_before, NULL, rosters_absence_before, rosters_absence_saved},
        {ENTITY_EXEMPTION, exemption_before, NULL, NULL, exemption_saved},
        {NULL, NULL, NULL, NULL, exemption_case_saved},
        {ENTITY_USER, NULL, NULL, users_keep_administrator, NULL},
        {ENTITY_WEBHOOK, webhooks_before, NULL, webhooks_before, NULL},
        {NULL, NULL, NULL, NULL, webhooks_saved},
        {NULL, NULL, NULL, NULL, watch_saved},
};
const size_t SERVICE_RECORD_HOOK_COUNT = sizeof SERVICE_RECORD_HOOKS / sizeof *SERVICE_RECORD_HOOKS;
