/* SPDX-License-Identifier: Apache-2.0
 *
 * handlers.h -- every handler that routes.c names; the types stand in route.h.
 */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H
#include "api/route.h"

/* login.c */
handler login_run, logout_run, password_run;
/* me.c */
handler me_get, me_tokens_list, me_tokens_create, me_tokens_revoke, login_event_list;
struct me_session {                    /* what `me` says beside the actor */
        const char *zone, *csrf;
        const char *hotline;           /* NULL: none */
        usec ends_at;                  /* 0: not by itself */
};
void me_write(struct work *w, struct jw *out, const struct me_session *s);
/* mine.c */
handler my_tasks;
handler snooze_list, snooze_put, snooze_remove;
/* resource.c */
handler resource_list, resource_create, resource_read, resource_update, resource_remove, resource_pick;
handler resource_timeline, resource_search, resource_stats, resource_count;
/* promised.c */
handler resource_timers;
handler attempts_of_request;
handler resource_clocks, entitlement_of_request, priority_of_request, entitlement_check, calendar_feed;
/* people.c: rosters, dispatch */
handler team_on_duty, request_candidates;
/* notices.c */
handler inbox_list, inbox_read_all, inbox_read_one, notice_preferences_get, notice_preferences_patch, resource_notices, deliveries_list,
        accident_preview;
/* webhooks.c */
handler webhook_secret_run, webhook_ping_run, webhook_log, webhook_replay_run;
/* operations.c */
handler report_facts, report_time, report_clocks, test_clock_turn;
/* policies.c: versions of rule tables */
handler policy_versions, policy_text, policy_diff, policy_check, policy_test, policy_simulate, policy_simulate_text;
/* child.c */
handler child_list, child_read, child_or_transition, child_update, child_remove;
/* bulk.c */
handler bulk_run;
/* import.c */
handler import_post;
/* upload.c, download.c */
handler upload_prepare, download_run;
/* own.c */
handler draft_list, draft_get, draft_put, draft_remove, settings_get, settings_put;
/* presence.c */
handler presence_beat;
/* live.c */
handler live_subscribe;
/* pages.c: what is made from the Model once */
handler model_index, model_entity_page, rules_index, rules_page, openapi_page;
/* explain.c, audit.c, users.c, invite.c: for administrators */
handler access_explain, audit_search, admin_health;
handler admin_tokens, admin_token_revoke, admin_sessions, admin_session_end, admin_user_login, admin_user_password;
handler admin_user_invite, invite_open, invite_accept;
/* setup.c: the first start */
handler setup_open, setup_store, setup_end;
/* login.c: what a new password must be; false with the reason at `field`. */
bool password_check(struct ctx *ctx, const char *field, struct str password, const char *login);
/* models.c: the administrator changes the Model */
handler model_check, model_patches, model_patch_publish, model_patch_versions, model_patch_remove, model_source;
/* metrics.c */
handler metrics_run, health_run;
/* statics.c */
handler static_run;
const char *page_policy(struct request *q);            /* Content-Security-Policy of a page */
/* portal.c: plain forms, and the reading of one (text members; NULL with an error) */
handler portal_new_page, portal_new_send, portal_login_page, portal_login_send;
const struct json *form_parse(struct request *q);

/* resource.c, for the others: the path's entity (E_NO_ROUTE), its record (E_NOT_FOUND) */
const struct entity *path_entity(struct request *q, struct work *w);
struct record *path_record(struct request *q, struct work *w);
/* The version of If-Match; false with E_IF_MATCH. */
bool wanted_version(struct request *q, struct work *w, int64_t *ret);
/* After E_STALE: keeps the record as it is for the answer.  Returns false, for `return`. */
bool stale_with_current(struct request *q, struct work *w, const struct entity *e, int64_t id);
/* fields, labels, can of the query. */
struct read_options;
bool read_options_of(struct request *q, struct work *w, const struct entity *e, struct read_options *ret);
/* The record as the answer, with its ETag. */
void answer_record(struct request *q, struct work *w, const struct record *r, const struct read_options *o);
/* Does a change of this entity change who may do what? */
bool concerns_rights(const struct entity *e);
#endif
