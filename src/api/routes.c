/* SPDX-License-Identifier: Apache-2.0
 *
 * routes.c -- every route, one row each.  Earlier rows win, so words stand before {names}.
 *
 * To add one: write its handler (handlers.h), add its row.  Reads of one case or list are READ_INLINE; what may take
 * longer than a millisecond is READ_POOL; what changes anything is WRITE.
 */
#include "api/handlers.h"

#define API "/api/v1"

const struct route ROUTES[] = {
        /* method         pattern                                  handler            mode         flags          kind */
        {METHOD_POST, API "/login", login_run, WORKER, ROUTE_PUBLIC, REQUEST_LOGIN, 4096},
        {METHOD_POST, API "/logout", logout_run, WRITE, 0, REQUEST_LOGIN, 4096},
        {METHOD_GET, API "/me", me_get, READ_INLINE, 0, REQUEST_READ, 0},
        {METHOD_GET, API "/me/tokens", me_tokens_list, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_POST, API "/me/tokens", me_tokens_create, WRITE, 0, REQUEST_WRITE, 4096},
        {METHOD_DELETE, API "/me/tokens/{id}", me_tokens_revoke, WRITE, 0, REQUEST_WRITE, 4096},
        {METHOD_GET, API "/me/tasks", my_tasks, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/me/notices", inbox_list, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_POST, API "/me/notices/read", inbox_read_all, WRITE, 0, REQUEST_WRITE, 4096},
        {METHOD_POST, API "/me/notices/{id}/read", inbox_read_one, WRITE, 0, REQUEST_WRITE, 4096},
        {METHOD_GET, API "/me/notice_preferences", notice_preferences_get, READ_INLINE, 0, REQUEST_READ, 0},
        {METHOD_PATCH, API "/me/notice_preferences", notice_preferences_patch, WRITE, 0, REQUEST_WRITE, 8192},
        {METHOD_POST, API "/me/password", password_run, WORKER, 0, REQUEST_LOGIN, 4096},
        {METHOD_GET, API "/me/settings", settings_get, READ_INLINE, 0, REQUEST_READ, 0},
        {METHOD_PUT, API "/me/settings", settings_put, WRITE, 0, REQUEST_WRITE, 20 << 10},
        {METHOD_GET, API "/drafts/{entity}/{id}/{field}", draft_get, READ_INLINE, 0, REQUEST_READ, 0},
        {METHOD_PUT, API "/drafts/{entity}/{id}/{field}", draft_put, WRITE, 0, REQUEST_WRITE, 400 << 10},
        {METHOD_DELETE, API "/drafts/{entity}/{id}/{field}", draft_remove, WRITE, 0, REQUEST_WRITE, 0},
        {METHOD_POST, API "/presence", presence_beat, WRITE, 0, REQUEST_WRITE, 4096},
        {METHOD_GET, API "/model", model_index, READ_INLINE, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/access/explain", access_explain, READ_POOL, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/admin/audit", audit_search, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/admin/health", admin_health, READ_POOL, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/admin/tokens", admin_tokens, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_DELETE, API "/admin/tokens/{id}", admin_token_revoke, WRITE, 0, REQUEST_WRITE, 4096},
        {METHOD_GET, API "/admin/sessions", admin_sessions, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_DELETE, API "/admin/sessions/{id}", admin_session_end, WRITE, 0, REQUEST_WRITE, 4096},
        {METHOD_GET, API "/admin/users/{id}/login", admin_user_login, READ_POOL, 0, REQUEST_READ, 0},
        {METHOD_POST, API "/admin/users/{id}/password", admin_user_password, WORKER, 0, REQUEST_LOGIN, 4096},
        {METHOD_POST, API "/admin/users/{id}/invite", admin_user_invite, WRITE, 0, REQUEST_WRITE, 4096},
        {METHOD_POST, API "/invite", invite_open, READ_POOL, ROUTE_PUBLIC, REQUEST_LOGIN, 4096},
        {METHOD_POST, API "/invite/password", invite_accept, WORKER, ROUTE_PUBLIC, REQUEST_LOGIN, 4096},
        {METHOD_POST, API "/model/check", model_check, READ_POOL, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/model/patches", model_patches, READ_POOL, 0, REQUEST_OTHER, 0},
        {METHOD_POST, API "/model/patches", model_patch_publish, WRITE, ROUTE_ONCE, REQUEST_WRITE, 0},
        {METHOD_GET, API "/model/patches/{name}", model_patch_versions, READ_POOL, 0, REQUEST_OTHER, 0},
        {METHOD_POST, API "/model/patches/{name}/remove", model_patch_remove, WRITE, ROUTE_ONCE, REQUEST_WRITE, 0},
        {METHOD_GET, API "/model/{entity}/source", model_source, READ_POOL, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/model/{entity}", model_entity_page, READ_INLINE, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/rules", rules_index, READ_INLINE, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/rules/{name}/versions", policy_versions, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/rules/{name}/text", policy_text, READ_POOL, 0, REQUEST_READ, 0},
        {METHOD_GET, API "/rules/{name}/diff", policy_diff, READ_POOL, 0, REQUEST_READ, 0},
        {METHOD_POST, API "/rules/{name}/check", policy_check, READ_POOL, 0, REQUEST_READ, 256 << 10},
        {METHOD_POST, API "/rules/{name}/test", policy_test, READ_POOL, 0, REQUEST_READ, 256 << 10},
        {METHOD_POST, API "/rules/{name}/simulate", policy_simulate, WORKER, 0, REQUEST_OTHER, 256 << 10},
        {METHOD_POST, API "/policy/simulate", policy_simulate_text, WORKER, 0, REQUEST_OTHER, 256 << 10},
        {METHOD_GET, API "/rules/{name}", rules_page, READ_INLINE, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/events", live_subscribe, READ_INLINE, 0, REQUEST_OTHER, 0},
        {METHOD_GET, API "/search", resource_search, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/report/facts", report_facts, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/login_event", login_event_list, READ_POOL, 0, REQUEST_LIST, 0},

        {METHOD_POST, API "/test/clock", test_clock_turn, READ_INLINE, ROUTE_PUBLIC | ROUTE_PLAIN, REQUEST_OTHER, 1024},
        {METHOD_POST, API "/entitlement/check", entitlement_check, READ_POOL, 0, REQUEST_READ, 4096},
        {METHOD_GET, API "/technical_request/{id}/entitlement", entitlement_of_request, READ_INLINE, 0, REQUEST_READ, 0},
        {METHOD_GET, API "/technical_request/{id}/candidates", request_candidates, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/team/{id}/on_duty", team_on_duty, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/calendar/{id}/calendar.ics", calendar_feed, READ_INLINE, 0, REQUEST_FILE, 0},
        {METHOD_GET, API "/{entity}", resource_list, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_POST, API "/{entity}", resource_create, WRITE, ROUTE_ONCE, REQUEST_WRITE, 0},
        {METHOD_POST, API "/{entity}/bulk", bulk_run, WRITE, ROUTE_ONCE, REQUEST_WRITE, 0},
        {METHOD_POST, API "/{entity}/import", import_post, WRITE, ROUTE_ONCE, REQUEST_WRITE, 5 << 20},
        {METHOD_GET, API "/{entity}/pick", resource_pick, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/{entity}/stats", resource_stats, READ_POOL, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/{entity}/{id}", resource_read, READ_INLINE, 0, REQUEST_READ, 0},
        {METHOD_PATCH, API "/{entity}/{id}", resource_update, WRITE, 0, REQUEST_WRITE, 0},
        {METHOD_DELETE, API "/{entity}/{id}", resource_remove, WRITE, 0, REQUEST_WRITE, 0},
        {METHOD_GET, API "/{entity}/{id}/timeline", resource_timeline, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/{entity}/{id}/clocks", resource_clocks, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_GET, API "/{entity}/{id}/notices", resource_notices, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_POST, API "/{entity}/{id}/attachment", upload_prepare, UPLOAD, 0, REQUEST_FILE, 0},
        {METHOD_GET, API "/{entity}/{id}/attachment/{child}/content", download_run, READ_INLINE, 0, REQUEST_FILE, 0},
        {METHOD_GET, API "/{entity}/{id}/{child}", child_list, READ_INLINE, 0, REQUEST_LIST, 0},
        {METHOD_POST, API "/{entity}/{id}/{what}", child_or_transition, WRITE, ROUTE_ONCE, REQUEST_WRITE, 0},
        {METHOD_GET, API "/{entity}/{id}/{child}/{child id}", child_read, READ_INLINE, 0, REQUEST_READ, 0},
        {METHOD_PATCH, API "/{entity}/{id}/{child}/{child id}", child_update, WRITE, 0, REQUEST_WRITE, 0},
        {METHOD_DELETE, API "/{entity}/{id}/{child}/{child id}", child_remove, WRITE, 0, REQUEST_WRITE, 0},

        {METHOD_GET, "/p/new", portal_new_page, READ_INLINE, ROUTE_PUBLIC, REQUEST_FILE, 0},
        {METHOD_POST, "/p/new", portal_new_send, WORKER, ROUTE_PUBLIC | ROUTE_FORM, REQUEST_WRITE, 128 << 10},
        {METHOD_GET, "/p/login", portal_login_page, READ_INLINE, ROUTE_PUBLIC | ROUTE_PLAIN, REQUEST_FILE, 0},
        {METHOD_POST, "/p/login", portal_login_send, WORKER, ROUTE_PUBLIC | ROUTE_FORM, REQUEST_LOGIN, 8192},

        {METHOD_GET, "/health", health_run, READ_INLINE, ROUTE_PUBLIC, REQUEST_OTHER, 0},
        {METHOD_GET, "/metrics", metrics_run, READ_INLINE, ROUTE_PUBLIC | ROUTE_PLAIN, REQUEST_OTHER, 0},
        {METHOD_GET, "/openapi.json", openapi_page, READ_INLINE, ROUTE_PUBLIC | ROUTE_PLAIN, REQUEST_OTHER, 0},
};
const size_t ROUTE_COUNT = sizeof ROUTES / sizeof *ROUTES;

const struct route PAGES = {METHOD_GET, "/", static_run, READ_INLINE, ROUTE_PUBLIC | ROUTE_PLAIN, REQUEST_FILE, 0};
