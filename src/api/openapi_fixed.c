/* SPDX-License-Identifier: Apache-2.0
 *
 * openapi_fixed.c -- the part of the API's description that no Model changes: logging in, the model itself, search, events,
 * operations; the parameters, answers and schemas that all share.
 *
 * Rows of text; what is long is JSON as it will stand.
 */
#include "api/openapi.h"

static void
raw(struct jw *w, const char *key, const char *json)
{
        jw_key(w, key);
        jw_raw(w, str_of(json));
}

void
openapi_info(struct jw *w)
{
        oa_open(w, "info");
        oa_text(w, "title", "OpenITR");
        oa_text(w, "version", OPENITR_VERSION);
        oa_text(w, "summary", "Customer service: requests, complaints, spare parts, maintenance");
        oa_text(w, "description",
                "Made from the model in force. Times are RFC 3339 in UTC, ids integers, durations whole seconds. Errors are "
                "application/problem+json. A browser session sends X-CSRF-Token with every change.");
        raw(w, "license", "{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}");
        jw_close(w, '}');
        raw(w, "servers", "[{\"url\":\"/\"}]");
        raw(w, "security", "[{\"session\":[]},{\"token\":[]}]");
}

/* ---- paths ---- */

#define PATH_PARAM(name, type) \
        "{\"name\":\"" name "\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"" type "\"}}"
#define ENTITY_PARAM PATH_PARAM("entity", "string")
#define ID_PARAM PATH_PARAM("id", "string")
#define FIELD_PARAM PATH_PARAM("field", "string")

static const struct {
        const char *path, *method, *id, *summary, *tag;
        const char *more;              /* further members, with a leading comma */
        const char *status, *schema;   /* NULL: no content */
        const char *type;              /* NULL: application/json */
} ROWS[] = {
        {"/api/v1/login", "post", "login", "Log in with a password", "session",
         ",\"security\":[],\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
         "\"#/components/schemas/_login\"},\"example\":{\"login\":\"wang\",\"password\":\"correct horse battery\"}}}}",
         "200", "{\"type\":\"object\",\"properties\":{\"user\":{\"$ref\":\"#/components/schemas/_me\"},\"csrf\":{\"type\":\"string\"}}}",
         NULL},
        {"/api/v1/logout", "post", "logout", "End the session", "session", "", "204", NULL, NULL},
        {"/api/v1/me", "get", "me", "Who I am and what I may do", "session", "", "200",
         "{\"$ref\":\"#/components/schemas/_me\"}", NULL},
        {"/api/v1/me/tokens", "get", "list_tokens", "My API tokens", "session", "", "200",
         "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/_token\"}},"
         "\"next\":{\"type\":\"null\"}}}",
         NULL},
        {"/api/v1/me/tokens", "post", "create_token", "Make an API token; its secret is shown once", "session",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"name\"],"
         "\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":80},\"expires_at\":{\"type\":[\"string\",\"null\"],\"format\":"
         "\"date-time\"}}},\"example\":{\"name\":\"night report\"}}}}",
         "201", "{\"$ref\":\"#/components/schemas/_token\"}", NULL},
        {"/api/v1/me/tokens/{id}", "delete", "revoke_token", "Revoke an API token", "session",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "204", NULL, NULL},
        {"/api/v1/me/settings", "get", "get_settings", "How I like the browser app", "session", "", "200",
         "{\"type\":\"object\"}", NULL},
        {"/api/v1/me/settings", "put", "put_settings", "Keep how I like the browser app, whole, at most 16 KiB", "session",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"},"
         "\"example\":{\"keys\":{\"off\":true}}}}}",
         "204", NULL, NULL},
        {"/api/v1/drafts/{entity}/{id}", "get", "list_drafts", "What I typed on this record and did not send; `new` for the id: a "
         "record still to be made", "session",
         ",\"parameters\":[" ENTITY_PARAM "," ID_PARAM "]", "200",
         "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/_draft\"}}}}",
         NULL},
        {"/api/v1/drafts/{entity}/{id}/{field}", "get", "get_draft", "My draft of one text", "session",
         ",\"parameters\":[" ENTITY_PARAM "," ID_PARAM "," FIELD_PARAM "]", "200", "{\"$ref\":\"#/components/schemas/_draft\"}", NULL},
        {"/api/v1/drafts/{entity}/{id}/{field}", "put", "put_draft",
         "Keep a draft, at most 64 KiB; with `version`: refused (412) when another was kept meanwhile", "session",
         ",\"parameters\":[" ENTITY_PARAM "," ID_PARAM "," FIELD_PARAM "],\"requestBody\":{\"required\":true,\"content\":{"
         "\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\"},"
         "\"version\":{\"type\":\"integer\"}}},\"example\":{\"text\":\"We are locating the fault.\",\"version\":3}}}}",
         "200", "{\"$ref\":\"#/components/schemas/_draft\"}", NULL},
        {"/api/v1/drafts/{entity}/{id}/{field}", "delete", "drop_draft", "Forget a draft", "session",
         ",\"parameters\":[" ENTITY_PARAM "," ID_PARAM "," FIELD_PARAM "]", "204", NULL, NULL},
        {"/api/v1/presence", "post", "presence",
         "I have this record open (staff); to be said every 20 seconds. Answers who else has", "service",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"entity\","
         "\"id\",\"state\"],\"properties\":{\"entity\":{\"type\":\"string\"},\"id\":{\"type\":\"integer\"},\"state\":{\"enum\":[\"viewing\","
         "\"typing\",\"idle\",\"gone\"]}}},\"example\":{\"entity\":\"technical_request\",\"id\":17,\"state\":\"viewing\"}}}}",
         "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/me/tasks", "get", "my_tasks", "Open tasks that wait for me, or for somebody of my teams", "session", "", "200",
         "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}", NULL},
        {"/api/v1/me/snoozes", "get", "my_snoozes", "Rows of my work that I put aside, and what has come back and why", "session", "",
         "200", "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/_snooze\"}}}}",
         NULL},
        {"/api/v1/me/snoozes/{entity}/{id}", "put", "snooze", "Put a case or a task of mine aside until a time, at most 90 days ahead",
         "session",
         ",\"parameters\":[" ENTITY_PARAM "," ID_PARAM "],\"requestBody\":{\"required\":true,\"content\":{"
         "\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"until\"],\"properties\":{\"until\":{\"type\":\"string\","
         "\"format\":\"date-time\"}}},\"example\":{\"until\":\"2026-11-22T08:30:00Z\"}}}}",
         "204", NULL, NULL},
        {"/api/v1/me/snoozes/{entity}/{id}", "delete", "unsnooze", "Bring a row back", "session",
         ",\"parameters\":[" ENTITY_PARAM "," ID_PARAM "]", "204", NULL, NULL},
        {"/api/v1/case", "get", "list_case", "Cases of every kind together, as far as I may read them: what all cases have, and `entity`",
         "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/filter\"},{\"$ref\":\"#/components/parameters/sort\"},"
         "{\"$ref\":\"#/components/parameters/limit\"},{\"$ref\":\"#/components/parameters/cursor\"}]",
         "200", "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}", NULL},
        {"/api/v1/case/count", "post", "count_case", "How many cases of every kind each of several filters finds", "service",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
         "\"#/components/schemas/_filters\"},\"example\":{\"filters\":[\"handler==me\",\"team==mine\"]}}}}",
         "200", "{\"$ref\":\"#/components/schemas/_counts\"}", NULL},
        {"/api/v1/entitlement/check", "post", "check_entitlement", "Rule B for a question, without a request; changes nothing",
         "promises",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{"
         "\"account\":{\"type\":\"integer\"},\"contact\":{\"type\":\"integer\"},\"unit\":{\"type\":\"integer\"},\"site\":{\"type\":"
         "\"integer\"},\"product\":{\"type\":\"integer\"},\"date\":{\"type\":\"string\",\"format\":\"date\"},\"verified\":{\"type\":"
         "\"boolean\"},\"onsite\":{\"type\":\"boolean\"}}},\"example\":{\"unit\":17,\"date\":\"2026-10-01\"}}}}",
         "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/technical_request/{id}/attempts", "get", "attempts_of_request",
         "Attempts to reach the customer that stand: those since the last word from there", "promises",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "200",
         "{\"type\":\"object\",\"properties\":{\"since\":{\"type\":\"string\",\"format\":\"date-time\"},\"items\":{\"type\":\"array\","
         "\"items\":{\"type\":\"object\"}}}}",
         NULL},
        {"/api/v1/technical_request/{id}/entitlement", "get", "entitlement_of_request",
         "How entitlement was decided, and what the data say today", "promises",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/technical_request/{id}/candidates", "get", "candidates_of_request",
         "Who could take the request, ranked by rules/dispatch.yaml, with reasons; changes nothing", "people",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"},{\"name\":\"team\",\"in\":\"query\",\"schema\":{\"type\":"
         "\"integer\"}},{\"name\":\"tier\",\"in\":\"query\",\"schema\":{\"type\":\"integer\"}},{\"name\":\"mode\",\"in\":\"query\","
         "\"schema\":{\"type\":\"string\",\"enum\":[\"remote\",\"onsite\",\"parts\"]}}]",
         "200",
         "{\"type\":\"object\",\"properties\":{\"candidates\":{\"type\":\"array\",\"items\":{\"$ref\":"
         "\"#/components/schemas/_candidate\"}},\"excluded\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
         "\"user\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"why\":{\"type\":\"array\",\"items\":{\"$ref\":"
         "\"#/components/schemas/_text\"}}}}},\"policy\":{\"type\":\"object\"}}}",
         NULL},
        {"/api/v1/team/{id}/on_duty", "get", "on_duty", "Who of the team is on duty and on call, then and next, by which rows",
         "people",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"},{\"name\":\"at\",\"in\":\"query\",\"schema\":{\"type\":"
         "\"string\",\"format\":\"date-time\"}}]",
         "200",
         "{\"type\":\"object\",\"properties\":{\"team\":{\"type\":\"integer\"},\"at\":{\"type\":\"string\",\"format\":"
         "\"date-time\"},\"rosters\":{\"type\":\"integer\"},\"shift\":{\"type\":\"array\",\"items\":{\"$ref\":"
         "\"#/components/schemas/_duty\"}},\"on_call\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/_duty\"}},"
         "\"next\":{\"type\":\"object\"}}}",
         NULL},
        {"/api/v1/technical_request/{id}/priority", "get", "priority_of_request", "Which rows of which rule tables make the priority", "promises",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/calendar/{id}/calendar.ics", "get", "calendar_feed", "The days of the calendar's version in force", "promises",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "200", "{\"type\":\"string\"}", "text/calendar"},
        {"/api/v1/me/password", "post", "change_password", "Change my password; my other sessions end", "session",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"required\":[\"old\","
         "\"new\"],\"properties\":{\"old\":{\"type\":\"string\"},\"new\":{\"type\":\"string\",\"minLength\":8,\"maxLength\":200}}}}}}",
         "204", NULL, NULL},
        {"/api/v1/me/notices", "get", "list_my_notices", "My inbox, newest first (unread=true: what is unread)", "notices",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/limit\"},{\"$ref\":\"#/components/parameters/cursor\"}]", "200",
         "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":"
         "[\"string\",\"null\"]}}}",
         NULL},
        {"/api/v1/me/notices/read", "post", "read_all_notices", "Marks all my unread notices as read, those until a time if one is given",
         "notices", ",\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}}", "200", "{\"type\":\"object\",\"properties\":{\"read\":{\"type\":\"integer\"},\"unread\":{\"type\":\"integer\"}}}", NULL},
        {"/api/v1/me/notices/{id}/read", "post", "read_notice", "Marks one of my notices as read", "notices",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "200", "{\"type\":\"object\",\"properties\":{\"read\":{\"type\":\"integer\"},\"unread\":{\"type\":\"integer\"}}}", NULL},
        {"/api/v1/me/notice_preferences", "get", "my_notice_preferences", "How I am told of what", "notices", "", "200",
         "{\"type\":\"object\"}", NULL},
        {"/api/v1/me/notice_preferences", "patch", "change_notice_preferences", "Changes how I am told; what is fixed cannot be less",
         "notices", ",\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}}", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/accident_notice/{id}/preview", "get", "preview_accident_notice", "Who would be told by which way, before it is sent", "notices",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/deliveries", "get", "list_deliveries", "Who was told what, when and how, newest first (others than oneself: administrators, service and duty managers)", "notices",
         ",\"parameters\":[{\"name\":\"to\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"channel\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"state\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"kind\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"since\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"until\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"record\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},"
         "{\"$ref\":\"#/components/parameters/limit\"},{\"$ref\":\"#/components/parameters/cursor\"}]", "200",
         "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":"
         "[\"string\",\"null\"]}}}",
         NULL},
        {"/api/v1/webhook/{id}/secret", "post", "make_webhook_secret", "A new secret; it is shown in this answer alone", "notices",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "201",
         "{\"type\":\"object\",\"properties\":{\"secret\":{\"type\":\"string\"}}}", NULL},
        {"/api/v1/webhook/{id}/ping", "post", "ping_webhook", "A test call", "notices",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "202", "{\"type\":\"object\"}", NULL},
        {"/api/v1/webhook/{id}/deliveries", "get", "list_webhook_calls", "The calls of a webhook, newest first", "notices",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"},{\"$ref\":\"#/components/parameters/limit\"},{\"$ref\":"
         "\"#/components/parameters/cursor\"}]",
         "200", "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":"
                "[\"string\",\"null\"]}}}",
         NULL},
        {"/api/v1/webhook/{id}/deliveries/{child_id}/replay", "post", "replay_webhook_call", "One call again", "notices",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"},{\"$ref\":\"#/components/parameters/child_id\"}]", "202",
         "{\"type\":\"object\"}", NULL},
        {"/api/v1/report/clocks", "get", "report_clocks", "Promises kept and broken, raw and with exemptions, of cases closed in a period", "service",
         ",\"parameters\":[{\"name\":\"from\",\"in\":\"query\",\"schema\":{\"type\":\"string\",\"format\":\"date\"}},"
         "{\"name\":\"to\",\"in\":\"query\",\"schema\":{\"type\":\"string\",\"format\":\"date\"}}]",
         "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/login_event", "get", "list_login_events", "Tries to log in, newest first (administrator)", "session",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/limit\"},{\"$ref\":\"#/components/parameters/cursor\"}]", "200",
         "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":"
         "[\"string\",\"null\"]}}}",
         NULL},
        {"/api/v1/report/time", "get", "report_time", "What requests spend their time with: our own and each imported source", "service", "",
         "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/search", "get", "search", "Full text over cases and messages; any: some of the words are enough", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/q\"},{\"$ref\":\"#/components/parameters/pick_limit\"},{\"name\":\"any\",\"in\":\"query\",\"schema\":{\"type\":\"boolean\"}}]", "200",
         "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}", NULL},
        {"/api/v1/model", "get", "model", "The model in force: entities, roles, navigation", "service", "", "200",
         "{\"type\":\"object\"}", NULL},
        {"/api/v1/access/explain", "get", "explain_access", "May this person do this, and which line of the model says so? (administrator)", "service",
         ",\"parameters\":[{\"name\":\"user\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"entity\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"id\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"act\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/admin/audit", "get", "audit", "Who changed what when (administrator)", "service",
         ",\"parameters\":[{\"name\":\"person\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"entity\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"record\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"kind\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"from\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"until\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"limit\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}},{\"name\":\"cursor\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/admin/health", "get", "admin_health", "Servers, model and queues (administrator)", "service",
         "", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/admin/tokens", "get", "list_all_tokens", "API tokens of all people (administrator)", "service",
         "", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/admin/tokens/{id}", "delete", "revoke_any_token", "Revoke a token (administrator)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "204", NULL, NULL},
        {"/api/v1/admin/sessions", "get", "list_sessions", "Sessions that are open (administrator)", "service",
         "", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/admin/sessions/{name}", "delete", "end_session", "End a session (administrator)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}]", "204", NULL, NULL},
        {"/api/v1/admin/users/{id}/login", "get", "user_login", "How a person gets in (administrator)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/admin/users/{id}/password", "post", "set_password", "Set a password; sessions end (administrator)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}],\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"password\":{\"type\":\"string\"}}}}}}", "204", NULL, NULL},
        {"/api/v1/admin/users/{id}/invite", "post", "invite_user", "A link by which the person chooses a password (administrator)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/id\"}]", "201", "{\"type\":\"object\"}", NULL},
        {"/api/v1/invite", "post", "open_invite", "Who is an invitation for?", "service",
         ",\"security\":[],\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"token\":{\"type\":\"string\"}}}}}}", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/invite/password", "post", "accept_invite", "Choose a password by an invitation", "service",
         ",\"security\":[],\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"token\":{\"type\":\"string\"},\"password\":{\"type\":\"string\"}}}}}}", "204", NULL, NULL},
        {"/api/v1/model/check", "post", "check_model", "What a text would change in the model; changes nothing (administrator)", "service",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
         "\"#/components/schemas/_model_patch\"}}}}", "200",
         "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"},\"faults\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
         "\"plan\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"hidden\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
         "\"name\":{\"type\":\"string\"},\"version\":{\"type\":\"integer\"},\"revision\":{\"type\":\"integer\"},\"entity\":{\"type\":[\"object\","
         "\"null\"]}}}", NULL},
        {"/api/v1/model/patches", "get", "list_model_patches", "Patches of the model, and which stand aside (administrator)", "service", "",
         "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/model/patches", "post", "publish_model_patch", "Store a patch and put it in force (administrator)", "service",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
         "\"#/components/schemas/_model_patch\"}}}}", "201", "{\"type\":\"object\"}", NULL},
        {"/api/v1/model/patches/{name}", "get", "model_patch_versions", "All versions of a patch with their texts (administrator)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/model/patches/{name}/remove", "post", "remove_model_patch", "Take a patch out of force; columns stay (administrator)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/model/{name}/source", "get", "model_source", "The texts that make an entity (administrator)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/model/{name}", "get", "model_entity", "One entity of the model", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/rules", "get", "rules", "Names of rule tables and code lists", "service", "", "200", "{}", NULL},
        {"/api/v1/rules/{name}", "get", "rule", "A rule table or code list", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/rules/{name}/versions", "get", "rule_versions", "Versions of a rule table, newest first; the file is version 0",
         "rules", ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/rules/{name}/text", "get", "rule_text", "The text of a version",
         "rules",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"},{\"name\":\"version\",\"in\":\"query\",\"sche"
         "ma\":{\"type\":\"integer\",\"minimum\":0},\"description\":\"Number of a version; 0: the file\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/rules/{name}/diff", "get", "rule_diff", "Two versions compared by lines",
         "rules",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"},{\"name\":\"from\",\"in\":\"query\",\"schema\""
         ":{\"type\":\"integer\",\"minimum\":0},\"description\":\"Number of a version; 0: the file\"},{\"name\":\"to"
         "\",\"in\":\"query\",\"schema\":{\"type\":\"integer\",\"minimum\":0},\"description\":\"Number of a version;"
         " 0: the file\"}]", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/rules/{name}/check", "post", "check_rule", "Every fault of a text, with its line; changes nothing",
         "rules",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}],\"requestBody\":{\"required\":true,\"content"
         "\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},\""
         "version\":{\"type\":\"integer\"},\"effective_from\":{\"type\":\"string\"}}},\"example\":{\"version\":1}}}}"
         "", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/rules/{name}/test", "post", "test_rule", "Which row is hit, and why not the ones before it",
         "rules",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}],\"requestBody\":{\"required\":true,\"content"
         "\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"given\":{\"type\":\"object\"},"
         "\"text\":{\"type\":\"string\"},\"version\":{\"type\":\"integer\"}}},\"example\":{\"given\":{\"service_tier"
         "\":\"gold\",\"severity\":\"critical\"}}}}}", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/rules/{name}/simulate", "post", "simulate_rule", "A version or text tried on closed requests",
         "rules",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/name\"}],\"requestBody\":{\"required\":true,\"content"
         "\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},\""
         "version\":{\"type\":\"integer\"},\"days\":{\"type\":\"integer\"},\"tier\":{\"type\":\"string\"},\"list\":{"
         "\"type\":\"integer\"}}},\"example\":{\"version\":1,\"days\":90}}}}", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/policy/simulate", "post", "simulate_policy", "A rule table or calendar tried on closed requests",
         "rules",
         ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"p"
         "roperties\":{\"text\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"},\"tier\":{\"type\":\"string\"}"
         ",\"list\":{\"type\":\"integer\"}}},\"example\":{\"text\":\"calendar: 5x9\",\"days\":90}}}}", "200", "{\"type\":\"object\"}", NULL},
        {"/api/v1/events", "get", "events", "Live events (server-sent events)", "service",
         ",\"parameters\":[{\"$ref\":\"#/components/parameters/Last-Event-ID\"}]", "200", "{\"type\":\"string\"}", "text/event-stream"},
        {"/health", "get", "health", "Is the service well?", "service", ",\"security\":[]", "200",
         "{\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"string\"},\"database\":{\"type\":\"string\"}}}", NULL},
        {"/metrics", "get", "metrics", "Numbers for Prometheus", "service", ",\"security\":[]", "200", "{\"type\":\"string\"}",
         "text/plain"},
        {"/openapi.json", "get", "openapi", "This description", "service", ",\"security\":[]", "200", "{\"type\":\"object\"}", NULL},
};

static void
write_row(struct jw *w, size_t i)
{
        struct buf *b = &w->b;

        jw_key(w, ROWS[i].method);
        buf_printf(b, "{\"operationId\":\"%s\",\"summary\":\"%s\",\"tags\":[\"%s\"]%s,\"responses\":{\"%s\":{\"description\":\"Done\"",
                   ROWS[i].id, ROWS[i].summary, ROWS[i].tag, ROWS[i].more, ROWS[i].status);
        if (ROWS[i].schema)
                buf_printf(b, ",\"content\":{\"%s\":{\"schema\":%s}}", ROWS[i].type ? ROWS[i].type : "application/json",
                           ROWS[i].schema);
        buf_text(b, "},\"4XX\":{\"$ref\":\"#/components/responses/problem\"},"
                    "\"5XX\":{\"$ref\":\"#/components/responses/problem\"}}}");
        w->comma = true;
}

void
openapi_fixed_paths(struct jw *w)
{
        for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
                bool first = i == 0 || strcmp(ROWS[i].path, ROWS[i - 1].path) != 0;
                bool last = i + 1 == sizeof ROWS / sizeof *ROWS || strcmp(ROWS[i].path, ROWS[i + 1].path) != 0;
                if (first)
                        oa_open(w, ROWS[i].path);
                write_row(w, i);
                if (last)
                        jw_close(w, '}');
        }
}

/* ---- components ---- */

static const struct {
        const char *key, *name, *in, *schema, *description;
        bool required;
} PARAMETERS[] = {
        {"id", "id", "path", "{\"type\":\"string\"}", "The id, or the number of a case", true},
        {"child_id", "child_id", "path", "{\"type\":\"integer\"}", "The child's id", true},
        {"name", "name", "path", "{\"type\":\"string\"}", "A name of the model", true},
        {"filter", "filter", "query", "{\"type\":\"string\",\"examples\":[\"state==in_progress;handler==me\"]}",
         "field==value, !=, =lt=, =le=, =gt=, =ge=, =in=(a,b), =out=(a,b), =like=*text*, =contains=value; ';' is and, ',' is or",
         false},
        {"sort", "sort", "query", "{\"type\":\"string\",\"examples\":[\"-created_at,id\"]}", "Fields, '-' in front for descending",
         false},
        {"fields", "fields", "query", "{\"type\":\"string\"}", "Comma list of fields", false},
        {"limit", "limit", "query", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":200,\"default\":50}", "Rows at most", false},
        {"dry_run", "dry_run", "query", "{\"type\":\"boolean\"}", "Say what would happen, and change nothing", false},
        {"group", "group", "query", "{\"type\":\"string\"}", "state, or an enum or bool field", true},
        {"pick_limit", "limit", "query", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":50,\"default\":20}", "Rows at most", false},
        {"cursor", "cursor", "query", "{\"type\":\"string\"}", "`next` of the page before", false},
        {"count", "count", "query", "{\"type\":\"boolean\"}", "Count too; above 1000 it is \\\"1000+\\\"", false},
        {"labels", "labels", "query", "{\"type\":\"boolean\"}", "Add the labels of links", false},
        {"can", "can", "query", "{\"type\":\"boolean\"}", "Add what I may do", false},
        {"clocks", "clocks", "query", "{\"type\":\"boolean\"}", "Add the clocks of a case that have not ended, nearest first", false},
        {"after", "after", "query", "{\"type\":\"integer\"}", "Events behind this seq", false},
        {"q", "q", "query", "{\"type\":\"string\",\"maxLength\":1000}", "Words", false},
        {"file_name", "name", "query", "{\"type\":\"string\",\"maxLength\":200}", "The file's name", true},
        {"If-Match", "If-Match", "header", "{\"type\":\"string\",\"examples\":[\"\\\"3\\\"\"]}",
         "The version that was read; 412 when it is another now", false},
        {"If-None-Match", "If-None-Match", "header", "{\"type\":\"string\"}", "304 when it is still this version", false},
        {"Idempotency-Key", "Idempotency-Key", "header", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":100}",
         "Sent again with the same key, a request is answered as the first time", false},
        {"Last-Event-ID", "Last-Event-ID", "header", "{\"type\":\"string\"}", "The last event that was seen", false},
};

static void
write_parameters(struct jw *w)
{
        oa_open(w, "parameters");
        for (size_t i = 0; i < sizeof PARAMETERS / sizeof *PARAMETERS; i++) {
                oa_open(w, PARAMETERS[i].key);
                oa_text(w, "name", PARAMETERS[i].name);
                oa_text(w, "in", PARAMETERS[i].in);
                oa_text(w, "description", PARAMETERS[i].description);
                if (PARAMETERS[i].required) {
                        jw_key(w, "required");
                        jw_bool(w, true);
                }
                raw(w, "schema", PARAMETERS[i].schema);
                jw_close(w, '}');
        }
        jw_close(w, '}');
}

void
openapi_fixed_components(struct jw *w)
{
        raw(w, "securitySchemes",
            "{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"openitr_session\",\"description\":\"Of a browser; changes "
            "need X-CSRF-Token too\"},\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"An API token\"}}");
        raw(w, "responses",
            "{\"problem\":{\"description\":\"It was not done; the body says why\",\"content\":{\"application/problem+json\":{\"schema\":"
            "{\"$ref\":\"#/components/schemas/_problem\"},\"example\":{\"type\":\"https://openitr.org/problems/invalid\",\"title\":"
            "\"Some values are not allowed\",\"status\":422,\"code\":\"required\",\"detail\":{\"en\":\"A value is needed.\",\"zh\":"
            "\"必须填写。\"},\"request_id\":\"k3J9\",\"errors\":[{\"pointer\":\"/title\",\"code\":\"required\",\"text\":{\"en\":"
            "\"A value is needed.\",\"zh\":\"必须填写。\"}}]}}}}}");
        write_parameters(w);
}

static const struct {
        const char *name, *json;
} SCHEMAS[] = {
        {"_text", "{\"type\":\"object\",\"properties\":{\"en\":{\"type\":\"string\"},\"zh\":{\"type\":\"string\"}}}"},
        {"_problem",
         "{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"code\"],\"properties\":{\"type\":{\"type\":\"string\",\"format\":"
         "\"uri\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},\"code\":{\"type\":\"string\"},\"detail\":{\"$ref\":"
         "\"#/components/schemas/_text\"},\"request_id\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
         "\"properties\":{\"pointer\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},\"text\":{\"$ref\":"
         "\"#/components/schemas/_text\"}}}},\"current\":{\"type\":\"object\",\"description\":\"With 412: the record as it is\"}}}"},
        {"_login", "{\"type\":\"object\",\"required\":[\"login\",\"password\"],\"properties\":{\"login\":{\"type\":\"string\",\"maxLength\":80},"
                   "\"password\":{\"type\":\"string\",\"maxLength\":200}}}"},
        {"_me", "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"login\":{\"type\":\"string\"},\"name\":{\"type\":"
                "\"string\"},\"roles\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"tier\":{\"type\":[\"integer\",\"null\"]},"
                "\"team\":{\"type\":[\"integer\",\"null\"]},\"teams\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},\"account\":{\"type\":"
                "[\"integer\",\"null\"]},\"contact\":{\"type\":[\"integer\",\"null\"]},\"language\":{\"type\":\"string\"},\"zone\":{\"type\":"
                "\"string\"},\"csrf\":{\"type\":\"string\"},\"session_ends\":{\"type\":\"string\",\"format\":\"date-time\"},"
                "\"hotline\":{\"type\":\"string\"},\"unread_notices\":{\"type\":\"integer\"},\"grants\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\"}}}}"},
        {"_draft", "{\"type\":\"object\",\"properties\":{\"field\":{\"type\":\"string\"},\"text\":{\"type\":\"string\"},\"version\":{"
                   "\"type\":\"integer\"},\"saved_at\":{\"type\":\"string\",\"format\":\"date-time\"}}}"},
        {"_snooze", "{\"type\":\"object\",\"properties\":{\"entity\":{\"type\":\"string\"},\"id\":{\"type\":\"integer\"},\"until\":{"
                    "\"type\":\"string\",\"format\":\"date-time\"},\"set_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"due_at\":{"
                    "\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},\"back\":{\"enum\":[\"time\",\"late\",\"message\",null]}}}"},
        {"_token", "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"token\":{\"type\":"
                   "\"string\",\"description\":\"Only in the answer that made it\"},\"created_at\":{\"type\":\"string\",\"format\":"
                   "\"date-time\"},\"expires_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}}}"},
        {"_can", "{\"type\":\"object\",\"properties\":{\"fields\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\",\"enum\":"
                 "[\"r\",\"rw\"]}},\"transitions\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
                 "\"ok\":{\"type\":\"boolean\"},\"why\":{\"$ref\":\"#/components/schemas/_text\"}}}}}}"},
        {"_event", "{\"type\":\"object\",\"properties\":{\"seq\":{\"type\":\"integer\"},\"at\":{\"type\":\"string\",\"format\":\"date-time\"},"
                   "\"actor\":{\"type\":[\"integer\",\"null\"]},\"actor_name\":{\"type\":[\"string\",\"null\"]},\"kind\":{\"type\":\"string\"},"
                   "\"name\":{\"type\":\"string\"},\"from\":{\"type\":[\"string\",\"null\"]},\"to\":{\"type\":[\"string\",\"null\"]},\"data\":"
                   "{\"type\":\"object\"}}}"},
        {"_clocks", "{\"type\":\"array\",\"description\":\"Of a case, with clocks=true: those that have not ended, nearest first; seconds\","
                    "\"items\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"label\":{\"type\":\"object\"},"
                    "\"party\":{\"type\":\"string\"},\"state\":{\"type\":\"string\",\"enum\":[\"none\",\"running\",\"paused\",\"breached\"]},"
                    "\"started\":{\"type\":\"string\",\"format\":\"date-time\"},"
                    "\"due\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},"
                    "\"breached_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},"
                    "\"budget\":{\"type\":[\"integer\",\"null\"]},\"working\":{\"type\":\"boolean\"},\"used\":{\"type\":\"integer\"},"
                    "\"remaining\":{\"type\":[\"integer\",\"null\"]},\"paused_code\":{\"type\":[\"string\",\"null\"]}}}}"},
        {"_candidate",
         "{\"type\":\"object\",\"properties\":{\"user\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"team\":{\"type\":"
         "[\"integer\",\"null\"]},\"team_name\":{\"type\":\"string\"},\"tier\":{\"type\":\"integer\"},\"score\":{\"type\":"
         "\"integer\"},\"on_duty\":{\"type\":[\"boolean\",\"null\"],\"description\":\"null: no roster of the team\"},\"on_call\":"
         "{\"type\":\"boolean\"},\"load\":{\"type\":\"integer\"},\"free\":{\"type\":\"boolean\"},\"skill_level\":{\"type\":"
         "\"integer\"},\"region_match\":{\"type\":\"boolean\"},\"why\":{\"type\":\"array\",\"items\":{\"$ref\":"
         "\"#/components/schemas/_text\"}}}}"},
        {"_duty",
         "{\"type\":\"object\",\"properties\":{\"user\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},\"order\":{\"type\":"
         "\"integer\"},\"from\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},\"to\":{\"type\":[\"string\",\"null\"],"
         "\"format\":\"date-time\"},\"roster\":{\"type\":\"integer\"},\"roster_name\":{\"type\":\"string\"},\"shift\":{\"type\":"
         "\"integer\"},\"absence\":{\"type\":[\"integer\",\"null\"]},\"instead_of\":{\"type\":[\"integer\",\"null\"]}}}"},
        {"_choices", "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"label\":{\"type\":"
                     "\"string\"}}}}"},
        {"_import", "{\"type\":\"object\",\"required\":[\"csv\"],\"properties\":{\"csv\":{\"type\":\"string\",\"description\":\"CSV, at most 1000 "
                    "rows\"},\"separator\":{\"type\":\"string\",\"enum\":[\",\",\";\",\"\\t\",\"|\"]},\"columns\":{\"type\":\"object\","
                    "\"additionalProperties\":{\"type\":\"string\"},\"description\":\"heading to field\"},\"key\":{\"type\":\"string\"},"
                    "\"keep\":{\"type\":\"string\",\"enum\":[\"all\",\"rows\"]}}}"},
        {"_import_results",
         "{\"type\":\"object\",\"properties\":{\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"line\":{\"type\":"
         "\"integer\"},\"deed\":{\"type\":\"string\",\"enum\":[\"create\",\"update\",\"same\",\"refuse\"]},\"id\":{\"type\":\"integer\"},"
         "\"problem\":{\"$ref\":\"#/components/schemas/_problem\"}}}},\"create\":{\"type\":\"integer\"},\"update\":{\"type\":\"integer\"},"
         "\"same\":{\"type\":\"integer\"},\"refuse\":{\"type\":\"integer\"},\"dry_run\":{\"type\":\"boolean\"},\"kept\":{\"type\":\"boolean\"}}}"},
        {"_stats", "{\"type\":\"object\",\"properties\":{\"group\":{\"type\":\"string\"},\"groups\":{\"type\":\"array\",\"items\":{\"type\":"
                   "\"object\",\"properties\":{\"value\":{\"type\":[\"string\",\"null\"]},\"count\":{\"type\":[\"integer\",\"string\"]},"
                   "\"filter\":{\"type\":\"string\"}}}}}}"},
        {"_filters", "{\"type\":\"object\",\"required\":[\"filters\"],\"properties\":{\"filters\":{\"type\":\"array\",\"maxItems\":60,"
                     "\"items\":{\"type\":\"string\"}}}}"},
        {"_counts", "{\"type\":\"object\",\"properties\":{\"counts\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
                    "\"count\":{\"type\":[\"integer\",\"string\"]},\"problem\":{\"$ref\":\"#/components/schemas/_problem\"}}}}}}"},
        {"_model_patch",
         "{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\",\"description\":\"YAML: entity or "
         "extend\"},\"name\":{\"type\":\"string\",\"maxLength\":60},\"note\":{\"type\":\"string\",\"maxLength\":500},\"revision\":{\"type\":"
         "\"integer\",\"description\":\"The newest that was seen; refused with 412 when there is a newer one\"}}}"},
        {"_bulk", "{\"type\":\"object\",\"required\":[\"ids\",\"do\"],\"properties\":{\"ids\":{\"type\":\"array\",\"maxItems\":500,\"items\":"
                  "{\"type\":\"integer\"}},\"do\":{\"type\":\"string\",\"description\":\"update, delete or a transition\"},\"body\":"
                  "{\"type\":\"object\"}}}"},
        {"_bulk_results",
         "{\"type\":\"object\",\"properties\":{\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":"
         "\"integer\"},\"ok\":{\"type\":\"boolean\"},\"version\":{\"type\":\"integer\"},\"problem\":{\"$ref\":"
         "\"#/components/schemas/_problem\"}}}}}}"},
};

void
openapi_fixed_schemas(struct jw *w)
{
        for (size_t i = 0; i < sizeof SCHEMAS / sizeof *SCHEMAS; i++)
                raw(w, SCHEMAS[i].name, SCHEMAS[i].json);
}
