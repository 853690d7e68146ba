/* SPDX-License-Identifier: Apache-2.0
 *
 * policies.c -- versions of rule tables over HTTP, beside the records themselves (rule_version: create, check, publish ...).
 *
 *     GET  /rules/{name}/versions              newest first, the file as version 0
 *     GET  /rules/{name}/text?version=N        a version's text
 *     GET  /rules/{name}/diff?from=N&to=M      by lines
 *     POST /rules/{name}/check                 {"text"} or {"version"}, {"effective_from"}: every fault; changes nothing
 *     POST /rules/{name}/test                  {"given"} and {"text"} or {"version"}: which row is hit, and why not the ones before
 *     POST /rules/{name}/simulate              {"text"} or {"version"}, {"days"}, {"tier"}, {"list"}
 *     POST /policy/simulate                    the same; the text says which table or calendar it is
 *
 * A check answers 200 with its faults: finding them is what it is for.  Simulations run one at a time on a worker thread, so
 * that they never take the readers of everybody else.
 *
 * Not here: what is checked (service/policies.c), what is judged (service/simulate.c).
 */
#include <stdatomic.h>
#include "api/admin.h"
#include "api/server.h"
#include "engine/access.h"
#include "service/policies.h"
#include "service/simulate.h"

enum { TEXT_MAX = 60000, DAYS_MAX = 3660, LIST_MAX = 10000, SIMULATE_THREADS = 2 };
static struct {
        atomic_flag busy;              /* a simulation runs */
} policies = {ATOMIC_FLAG_INIT};

/* ---- who, and which table ---- */

static bool
staff_only(struct work *w)
{
        return access_is_staff(w) || fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given),
                                          ctx_both(w->ctx, "versions of rules are for staff", "规则版本仅限员工查看"));
}

static bool
owner_only(struct work *w)
{
        const struct role *a = model_role(w->model, "administrator"), *p = model_role(w->model, "process_owner");

        return ((a ? a->bit : 0) | (p ? p->bit : 0)) & w->actor->roles
                       ? true
                       : fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given),
                              ctx_both(w->ctx, "policies are tried by process owners and administrators", "策略试算仅限流程Owner与系统管理员"));
}

/* The table or list of the path; NULL with an error. */
static const char *
path_table(struct request *q, struct work *w)
{
        const char *name = str_c(q->arena, q->arg[0]), *file;

        if (!staff_only(w))
                return NULL;
        if (rules_exists(w->model->rules, name, &file))
                return name;
        fail(w->ctx, E_NOT_FOUND, "name", "rules", name);
        return NULL;
}

static bool
members_known(struct request *q, struct work *w, const char *const *known)
{
        const char *names = "";

        for (size_t i = 0; known[i]; i++)
                names = arena_printf(q->arena, "%s%s%s", names, i ? ", " : "", known[i]);
        for (const struct json *m = q->json ? q->json->child : NULL; m; m = m->next) {
                size_t i = 0;
                while (known[i] && !str_is(m->key, known[i]))
                        i++;
                if (!known[i])
                        return fail(w->ctx, E_UNKNOWN_FIELD, str_c(q->arena, m->key), str_c(q->arena, m->key), names);
        }
        return true;
}

/* The text that is meant: `text`, or that of `version`.  *ret_path: as faults name it. */
static bool
meant_text(struct request *q, struct work *w, const char *name, struct str *ret, const char **ret_path)
{
        int64_t version;

        *ret_path = name ? name : "policy";
        if (json_get(q->json, "version") == NULL)
                return body_text(q, "text", TEXT_MAX, ret);
        if (!body_int_or(q, "version", -1, &version))
                return false;
        if (version < 0)
                return fail(w->ctx, E_TOO_SMALL, "version", arena_printf(q->arena, "%lld", (long long)version), "0");
        *ret_path = arena_printf(q->arena, "%s v%lld", name, (long long)version);
        *ret = policies_text(w, name, version);
        return ret->p != NULL;
}

/* ---- looking ---- */

bool
policy_versions(struct request *q, struct work *w, struct response *r)
{
        const char *name = path_table(q, w);

        return name && policies_json(w, name, &q->out);
}

bool
policy_text(struct request *q, struct work *w, struct response *r)
{
        static const char *const known[] = {"version", NULL};
        const char *name = path_table(q, w);
        struct str text;
        int64_t version;

        if (!name || !request_params_known(q, known) || !request_param_int(q, "version", 0, INT32_MAX, 0, &version) ||
            (text = policies_text(w, name, version)).p == NULL)
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "name"), jw_text(&q->out, name);
        jw_key(&q->out, "version"), jw_int(&q->out, version);
        jw_key(&q->out, "text"), jw_str(&q->out, text);
        jw_close(&q->out, '}');
        return true;
}

bool
policy_diff(struct request *q, struct work *w, struct response *r)
{
        static const char *const known[] = {"from", "to", NULL};
        const char *name = path_table(q, w);
        struct str before, after;
        int64_t from, to;

        if (!name || !request_params_known(q, known) || !request_param_int(q, "from", 0, INT32_MAX, 0, &from) ||
            !request_param_int(q, "to", 0, INT32_MAX, 0, &to) || (before = policies_text(w, name, from)).p == NULL ||
            (after = policies_text(w, name, to)).p == NULL)
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "from"), jw_int(&q->out, from);
        jw_key(&q->out, "to"), jw_int(&q->out, to);
        jw_key(&q->out, "lines");
        policies_diff(w->ctx, before, after, &q->out);
        jw_close(&q->out, '}');
        return true;
}

/* ---- checking ---- */

/* "sla v3:12:5" -> line and column; null where the fault has no place in a text. */
static void
write_place(struct jw *out, struct arena *a, const char *field)
{
        struct str rest = str_of(field);
        int64_t at[2] = {0, 0};
        const char *colon = strchr(field, ':');

        if (colon) {
                struct str second, first = str_cut((struct str){colon + 1, rest.n - (size_t)(colon + 1 - field)}, ':', &second);
                if (str_to_int(first, &at[0]))
                        rest.n = (size_t)(colon - field);
                str_to_int(second, &at[1]);
        }
        jw_key(out, "file"), jw_str(out, rest);
        admin_write_id(out, "line", at[0]);
        admin_write_id(out, "column", at[1]);
}

static bool
is_finding(const struct error *e)
{
        return err_class(e->code) == CLASS_INVALID || e->code == E_CALENDAR_CLOSED;
}

static bool
write_findings(struct request *q, struct work *w)
{
        jw_open(&q->out, '{');
        jw_key(&q->out, "ok"), jw_bool(&q->out, !ctx_failed(w->ctx));
        jw_key(&q->out, "faults"), jw_open(&q->out, '[');
        for (const struct error *e = w->ctx->errors; e; e = e->next) {
                jw_open(&q->out, '{');
                write_place(&q->out, q->arena, e->field);
                jw_key(&q->out, "code"), jw_text(&q->out, err_name(e->code));
                admin_write_label(&q->out, "text", e->en, e->zh);
                jw_close(&q->out, '}');
        }
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        ctx_clear(w->ctx);
        return true;
}

bool
policy_check(struct request *q, struct work *w, struct response *r)
{
        static const char *const known[] = {"text", "version", "effective_from", NULL};
        const char *name = path_table(q, w);
        const struct json *from = json_get(q->json, "effective_from");
        struct policy_trial t = {.name = name, .at = w->now};

        if (!name || !members_known(q, w, known) || !meant_text(q, w, name, &t.text, &t.path))
                return false;
        if (from && from->type != JSON_NULL && !time_parse(from->text, &t.at))
                return fail(w->ctx, E_BAD_FORMAT, "effective_from", str_c(q->arena, from->text), "an RFC 3339 time");
        return policies_try(w, &t, NULL) || is_finding(w->ctx->errors) ? write_findings(q, w) : false;
}

/* ---- one question ---- */

bool
policy_test(struct request *q, struct work *w, struct response *r)
{
        static const char *const known[] = {"text", "version", "given", NULL};
        const char *name = path_table(q, w);
        const struct json *given = json_get(q->json, "given");
        const struct rules *rules = w->model->rules;
        struct policy_draft draft;
        struct rule_input *in;
        struct str text;
        const char *path;
        size_t n;

        if (!name || !members_known(q, w, known))
                return false;
        if (given == NULL || given->type != JSON_OBJECT)
                return fail(w->ctx, E_TYPE, "given", "an object", given ? json_type_name(given->type) : "nothing");
        if (json_get(q->json, "text") || json_get(q->json, "version")) {
                if (!meant_text(q, w, name, &text, &path) || !policies_draft(w, text, path, name, &draft))
                        return false;
                rules = draft.rules;
        }
        if (rules_table(rules, name) == NULL)
                return fail(w->ctx, E_CONFLICT, "name", ctx_both(w->ctx, "A code list has no rows to be hit.", "代码表没有可匹配的规则行。"));
        if (!rules_given(w->ctx, rules_table(rules, name), given, &in, &n))
                return false;
        rules_trace(rules_table(rules, name), in, n, &q->out);
        return true;
}

/* ---- simulation ---- */

static bool
wish_bounds(struct request *q, struct work *w, const char *name, int64_t min, int64_t max, int64_t v)
{
        if (v < min)
                return fail(w->ctx, E_TOO_SMALL, name, arena_printf(q->arena, "%lld", (long long)v),
                            arena_printf(q->arena, "%lld", (long long)min));
        return v <= max || fail(w->ctx, E_TOO_LARGE_VALUE, name, arena_printf(q->arena, "%lld", (long long)v),
                                arena_printf(q->arena, "%lld", (long long)max));
}

static bool
wish_read(struct request *q, struct work *w, struct simulate_wish *wish, int64_t *days)
{
        static const char *const tiers = "platinum, gold, silver, basic";
        const struct json *tier = json_get(q->json, "tier");
        int64_t list;

        if (!body_int_or(q, "days", 90, days) || !wish_bounds(q, w, "days", 1, DAYS_MAX, *days) ||
            !body_int_or(q, "list", SIMULATE_LIST, &list) || !wish_bounds(q, w, "list", 0, LIST_MAX, list))
                return false;
        if (tier && tier->type != JSON_NULL &&
            !(tier->type == JSON_TEXT && (str_is(tier->text, "platinum") || str_is(tier->text, "gold") || str_is(tier->text, "silver") ||
                                          str_is(tier->text, "basic"))))
                return fail(w->ctx, E_NOT_ALLOWED_VALUE, "tier", str_c(q->arena, tier->text), tiers);
        *wish = (struct simulate_wish){.db = q->server->o.db,
                                       .threads = SIMULATE_THREADS,
                                       .from = w->now - *days * USEC_DAY,
                                       .to = w->now,
                                       .tier = tier && tier->type == JSON_TEXT ? str_c(q->arena, tier->text) : NULL,
                                       .list_max = (size_t)list};
        return true;
}

static bool
simulate_and_answer(struct request *q, struct work *w, const struct simulate_head *h, const struct simulate_wish *wish)
{
        struct simulation s;
        bool ok;

        if (atomic_flag_test_and_set(&policies.busy))
                return fail(w->ctx, E_OVERLOAD, "");
        ok = simulate_run(w, wish, &s);
        atomic_flag_clear(&policies.busy);
        if (ok)
                simulate_json(h, wish, &s, &q->out);
        return ok;
}

static bool
simulate(struct request *q, struct work *w, const char *name)
{
        static const char *const known[] = {"text", "version", "days", "tier", "list", NULL};
        struct simulate_wish wish;
        struct simulate_head head;
        struct policy_draft draft;
        struct str text;

        if (!owner_only(w) || !members_known(q, w, known) || !wish_read(q, w, &wish, &head.days))
                return false;
        if (!name && json_get(q->json, "version"))
                return fail(w->ctx, E_UNKNOWN_FIELD, "version", "version", "text, days, tier, list");
        if (!meant_text(q, w, name, &text, &head.policy) || !policies_draft(w, text, head.policy, name, &draft))
                return false;
        wish.rules = draft.rules;
        wish.calendar_code = draft.calendar_code;
        wish.calendar = draft.calendar;
        return simulate_and_answer(q, w, &head, &wish);
}

bool
policy_simulate(struct request *q, struct work *w, struct response *r)
{
        const char *name = path_table(q, w);

        return name && simulate(q, w, name);
}

bool
policy_simulate_text(struct request *q, struct work *w, struct response *r)
{
        return simulate(q, w, NULL);
}
