/* SPDX-License-Identifier: Apache-2.0
 *
 * hooks.h -- everything that a model may `call`, by name; and what runs around creations.
 *
 * The contract of each hook stands at the top of the model that calls it (models/technical_request.yaml ...).
 */
#ifndef SERVICE_HOOKS_H
#define SERVICE_HOOKS_H
#include "engine/engine.h"
extern const struct hook SERVICE_HOOKS[];
extern const size_t SERVICE_HOOK_COUNT;
extern const struct record_hook SERVICE_RECORD_HOOKS[];
extern const size_t SERVICE_RECORD_HOOK_COUNT;

#define HOOK_CHECK(name) bool name(struct work *w, const struct record *r)
#define HOOK_EFFECT(name) bool name(struct work *w, struct record *r, const struct json *input)

/* intake.c */
HOOK_EFFECT(intake_before_create);
HOOK_EFFECT(intake_change);
HOOK_EFFECT(intake_register);
HOOK_CHECK(intake_classify_check);
HOOK_EFFECT(intake_classify);
HOOK_CHECK(intake_urge_check);
HOOK_EFFECT(intake_urge);
HOOK_CHECK(intake_raise_check);
HOOK_EFFECT(intake_raise);
HOOK_CHECK(intake_lower_check);
HOOK_EFFECT(intake_lower);
/* Which severity the resolve clock looks at: the one set, and one step less once a workaround runs (domain.md 4.1). */
void intake_severity_counts(struct record *r);
HOOK_EFFECT(intake_merge);
/* handover.c */
HOOK_CHECK(handover_check);
HOOK_EFFECT(handover_make);
HOOK_EFFECT(handover_take_back);
HOOK_EFFECT(handover_answered);
HOOK_EFFECT(handover_returned);
/* dispatch.c */
HOOK_EFFECT(dispatch_make);
HOOK_EFFECT(dispatch_by_rule);
HOOK_EFFECT(dispatch_declined);
HOOK_EFFECT(dispatch_before_order);
HOOK_EFFECT(dispatch_after_order);
HOOK_EFFECT(dispatch_accept);
HOOK_EFFECT(dispatch_check_in);
HOOK_EFFECT(dispatch_finish);
/* escalation.c */
HOOK_CHECK(escalation_check);
HOOK_EFFECT(escalation_make);
HOOK_CHECK(escalation_reassign_check);
HOOK_CHECK(escalation_transfer_check);
HOOK_CHECK(escalation_accept_check);
HOOK_EFFECT(escalation_accept);
HOOK_EFFECT(escalation_ask);
HOOK_EFFECT(escalation_done);
/* attempts.c */
HOOK_EFFECT(attempts_before);
/* wait.c */
HOOK_CHECK(wait_check);
HOOK_CHECK(wait_change_check);
HOOK_EFFECT(wait_begin);
HOOK_EFFECT(wait_turn);
HOOK_EFFECT(wait_change);
HOOK_EFFECT(wait_void);
bool wait_saved(struct work *w, struct record *r);
/* accident.c */
HOOK_EFFECT(accident_approve);
HOOK_EFFECT(accident_send);
HOOK_EFFECT(accident_drop);
/* paging.c */
HOOK_CHECK(paging_acknowledge_check);
HOOK_EFFECT(paging_acknowledge);
/* recovery.c */
HOOK_CHECK(recovery_rca_check);
HOOK_EFFECT(recovery_rca);
HOOK_CHECK(recovery_restore_check);
HOOK_EFFECT(recovery_restore);
HOOK_EFFECT(recovery_resolve);
HOOK_EFFECT(recovery_reopen);
/* closing.c */
HOOK_EFFECT(closing_plan_callback);
HOOK_CHECK(closing_attempt_check);
HOOK_EFFECT(closing_attempt);
HOOK_EFFECT(closing_answer);
HOOK_EFFECT(closing_no_answer);
HOOK_EFFECT(closing_close);
bool closing_words(struct work *w, const struct record *r);
HOOK_EFFECT(closing_task_tick);
/* management.c */
HOOK_EFFECT(management_ask);
HOOK_EFFECT(management_raise);
/* base_data.c */
HOOK_EFFECT(base_warranty_start);
HOOK_EFFECT(base_contract_complete);
HOOK_EFFECT(base_contract_fits);
HOOK_EFFECT(base_contract_extend);
HOOK_EFFECT(base_zone_known);
HOOK_EFFECT(base_line_fits);
/* promise.c */
HOOK_EFFECT(promise_anew);
HOOK_EFFECT(promise_tables_named);
/* calendars.c */
HOOK_EFFECT(calendars_before);
HOOK_EFFECT(calendars_zone);
HOOK_EFFECT(calendars_named);
HOOK_CHECK(calendars_publish_check);
HOOK_EFFECT(calendars_publish);
/* policies.c */
HOOK_EFFECT(policies_before);
HOOK_EFFECT(policies_change);
HOOK_EFFECT(policies_check);
HOOK_EFFECT(policies_revise);
HOOK_CHECK(policies_publish_check);
HOOK_EFFECT(policies_publish);
HOOK_CHECK(policies_withdraw_check);
HOOK_EFFECT(policies_withdraw);
HOOK_EFFECT(policies_take_out_done);
/* conversation.c */
HOOK_EFFECT(conversation_before_create);
HOOK_EFFECT(conversation_after_create);
/* bulletin.c */
HOOK_EFFECT(bulletin_match);
HOOK_EFFECT(bulletin_notify);
HOOK_EFFECT(bulletin_close);
HOOK_EFFECT(bulletin_end);
HOOK_CHECK(bulletin_exempt_check);
/* change.c */
HOOK_CHECK(change_approve_check);
HOOK_EFFECT(change_authorise);
HOOK_EFFECT(change_window);
#endif
