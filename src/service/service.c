/* SPDX-License-Identifier: Apache-2.0
 *
 * service.c -- what several verbs need: finding and making the cases around a request, priority.
 *
 * Verbs act through the engine alone (store.h, life.h), so that whatever they do to other records is checked, told in
 * timelines and undone with the rest when the transaction fails.
 */
#include "service/service.h"
#include <string.h>
#include "model/rules.h"

static bool
children(struct work *w, const char *entity, int64_t parent, int64_t **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id from cases where parent = $1 and entity = $2 order by id"), "is",
                                      parent, entity);

        *ret = NULL;
        *ret_count = 0;
        if (rows == NULL)
                return false;
        while (rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = rows_int(rows, 0);
        return rows_close(rows);
}

bool
service_each_open(struct work *w, const char *entity, const struct record *parent,
                  bool (*each)(struct work *w, struct record *child, const void *arg), const void *arg)
{
        int64_t *ids;
        size_t n;

        if (!children(w, entity, parent->id, &ids, &n))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct record *child = store_load_case(w, ids[i]);
                if (child == NULL || (!child->state->final && !each(w, child, arg)))
                        return false;
        }
        return true;
}

struct str
service_scope_target(const struct work *w, const struct record *r)
{
        const struct rule_table *t = rules_table(w->model->rules, "scope");
        struct rule_input in = {"category", record_text(r, FIELD_TECHNICAL_REQUEST_SCOPE_CATEGORY)};
        int row = t != NULL && in.value.n > 0 ? rules_decide(t, &in, 1) : -1;

        return row >= 0 ? rules_output(t, row, "target") : STR_NONE;
}

static bool
end_escalation(struct work *w, struct record *e, const void *outcome)
{
        record_set_text(e, FIELD_TECHNICAL_ESCALATION_OUTCOME, str_of(outcome));
        return life_step(w, e, MOVE_TECHNICAL_ESCALATION_END);
}

bool
service_end_escalations(struct work *w, const struct record *request, const char *outcome)
{
        return service_each_open(w, ENTITY_TECHNICAL_ESCALATION, request, end_escalation, outcome);
}

struct record *
service_parent(struct work *w, const struct record *r)
{
        int64_t id = record_int(r, FIELD_CASE_PARENT);
        struct record *p = id != 0 ? store_load_case(w, id) : NULL;

        if (p == NULL && !ctx_failed(w->ctx))
                refuse(w, FIELD_CASE_PARENT, "It belongs to no request", "未关联上级请求");
        return p;
}

static void
copy_field(struct record *to, const struct record *from, const char *field)
{
        record_set(to, field, *record_get(from, field));
}

struct record *
service_case_under(struct work *w, const char *entity, const struct record *parent)
{
        static const char *const same[] = {FIELD_CASE_TITLE,   FIELD_CASE_ACCOUNT,  FIELD_CASE_SITE,
                                           FIELD_CASE_CONTACT, FIELD_CASE_UNIT,     FIELD_CASE_PRODUCT,
                                           FIELD_CASE_CHANNEL, FIELD_CASE_SEVERITY, FIELD_CASE_PRIORITY,
                                           FIELD_CASE_OWNER,   FIELD_CASE_RESTRICTED};
        struct record *r = record_new(w, model_entity(w->model, entity));

        for (size_t i = 0; i < sizeof same / sizeof *same; i++)
                copy_field(r, parent, same[i]);
        record_set_int(r, FIELD_CASE_PARENT, parent->id);
        return r;
}

bool
service_message(struct work *w, struct record *on, const char *visibility, struct str body)
{
        struct record *m = record_new(w, model_entity(w->model, ENTITY_MESSAGE));

        m->parent = on;
        m->case_id = on->id;
        record_set_text(m, FIELD_MESSAGE_VISIBILITY, str_of(visibility));
        record_set_text(m, FIELD_MESSAGE_DIRECTION, STR("out"));
        record_set_text(m, FIELD_MESSAGE_BODY, body);
        return store_insert(w, m, "create");
}

bool
service_task(struct work *w, struct record *on, const char *title, int64_t assignee, usec due)
{
        struct record *t = record_new(w, model_entity(w->model, ENTITY_TASK));

        t->parent = on;
        t->case_id = on->id;
        record_set_text(t, FIELD_TASK_TITLE, str_of(title));
        if (assignee != 0)
                record_set_int(t, FIELD_TASK_ASSIGNEE, assignee);
        record_set_int(t, FIELD_TASK_DUE_AT, due);
        return store_insert(w, t, "create");
}

bool
service_link(struct work *w, struct record *from, const char *kind, int64_t other)
{
        struct record *l = record_new(w, model_entity(w->model, ENTITY_CASE_LINK));

        l->parent = from;
        l->case_id = from->id;
        record_set_text(l, FIELD_CASE_LINK_KIND, str_of(kind));
        record_set_int(l, FIELD_CASE_LINK_OTHER, other);
        return store_insert(w, l, "create");
}

int64_t *
service_ids(struct work *w, struct str list, size_t *ret_count)
{
        int64_t *ids = NULL;
        struct json *v;

        *ret_count = 0;
        if (list.n == 0 || (v = json_parse(w->ctx, arena_strndup(w->ctx->arena, list.p, list.n), list.n, 2000)) == NULL)
                return NULL;
        for (const struct json *i = v->child; i != NULL; i = i->next)
                if (i->type == JSON_INT)
                        *ARENA_PUSH(w->ctx->arena, ids, *ret_count) = i->i;
        return ids;
}

bool
service_has_role(const struct work *w, const char *role)
{
        const struct role *r = model_role(w->model, role);

        return r != NULL && (w->actor->roles & r->bit);
}

/* ---- priority (domain.md 4.2) ---- */

static bool
account_facts(struct work *w, const struct record *r, struct str *grade, bool *guarantee)
{
        int64_t id = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *a;

        *grade = STR("D");
        *guarantee = false;
        if (id == 0)
                return true;
        a = store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id);
        if (a == NULL)
                return !ctx_failed(w->ctx);
        if (service_is_set(a, FIELD_ACCOUNT_GRADE))
                *grade = record_text(a, FIELD_ACCOUNT_GRADE);
        *guarantee = service_is_set(a, FIELD_ACCOUNT_GUARANTEE_FROM) && service_is_set(a, FIELD_ACCOUNT_GUARANTEE_UNTIL) &&
                     record_int(a, FIELD_ACCOUNT_GUARANTEE_FROM) <= w->now &&
                     w->now < record_int(a, FIELD_ACCOUNT_GUARANTEE_UNTIL);
        return true;
}

/* Another fault on the same unit within 30 days. */
static bool
repeated(struct work *w, const struct record *r, bool *ret)
{
        int64_t unit = record_int(r, FIELD_CASE_UNIT), one;

        *ret = record_int(r, FIELD_TECHNICAL_REQUEST_REPEAT_FAULT) != 0;
        if (*ret || unit == 0 || record_is(r, FIELD_TECHNICAL_REQUEST_KIND, "consultation"))
                return true;
        *ret = sql_one_int(w->ctx, w->conn, &one,
                           SQL("select c.id from cases c join technical_request t on t.id = c.id where c.unit = $1 and "
                               "c.reported_at >= $2 and c.id <> $3 and c.state not in ('invalid', 'cancelled') and "
                               "coalesce(t.kind, 'fault') = 'fault' limit 1"),
                           "iii", unit, record_int(r, FIELD_CASE_REPORTED_AT) - 30 * USEC_DAY, r->id);
        return !ctx_failed(w->ctx);
}

static struct str
truth(bool b)
{
        return b ? STR("true") : STR("false");
}

enum { BASE_INPUTS = 3, STEP_INPUTS = 4 };

/* A decision of two tables, with what went into them. */
struct priority {
        struct rule_input base_in[BASE_INPUTS], step_in[STEP_INPUTS];
        const struct rule_table *base, *step;
        int base_row, step_row;        /* -1: none fits */
        bool repeat;
};

static int
decide(const struct rule_table *t, const struct rule_input *in, size_t n)
{
        return t != NULL ? rules_decide(t, in, n) : -1;
}

static struct str
decided(const struct rule_table *t, int row)
{
        return row >= 0 ? rules_output(t, row, FIELD_CASE_PRIORITY) : STR_NONE;
}

/* The severity must be known. */
static bool
priority_decide(struct work *w, const struct record *r, struct priority *p)
{
        struct str grade;
        bool guarantee;

        *p = (struct priority){.base = rules_table(w->model->rules, "priority"), .step = rules_table(w->model->rules, "priority_step")};
        if (!account_facts(w, r, &grade, &guarantee) || !repeated(w, r, &p->repeat))
                return false;
        p->base_in[0] = (struct rule_input){"severity", record_text(r, FIELD_CASE_SEVERITY)};
        p->base_in[1] = (struct rule_input){"grade", grade};
        p->base_in[2] = (struct rule_input){"interrupted", truth(record_int(r, FIELD_TECHNICAL_REQUEST_INTERRUPTED))};
        p->base_row = decide(p->base, p->base_in, BASE_INPUTS);
        p->step_in[0] = (struct rule_input){"base", decided(p->base, p->base_row)};
        p->step_in[1] = (struct rule_input){"repeat", truth(p->repeat)};
        p->step_in[2] = (struct rule_input){"guarantee", truth(guarantee)};
        p->step_in[3] = (struct rule_input){"reopened", truth(record_int(r, FIELD_TECHNICAL_REQUEST_REOPEN_COUNT))};
        p->step_row = decide(p->step, p->step_in, STEP_INPUTS);
        return true;
}

bool
service_priority(struct work *w, struct record *r)
{
        struct priority p;
        struct str priority;

        if (record_text(r, FIELD_CASE_SEVERITY).n == 0)
                return true;
        if (!priority_decide(w, r, &p))
                return false;
        if (p.repeat)
                record_set_int(r, FIELD_TECHNICAL_REQUEST_REPEAT_FAULT, 1);
        priority = decided(p.step, p.step_row);
        if (priority.n == 0)
                return fail(w->ctx, E_INTERNAL, "priority", "rules/priority.yaml has no row for this request");
        record_set_text(r, FIELD_CASE_PRIORITY, priority);
        return true;
}

static void
write_step(const char *name, const struct rule_table *t, int row, const struct rule_input *in, size_t n, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "table"), jw_text(out, name);
        jw_key(out, "row"), jw_text(out, row >= 0 ? rules_row_place(t, row) : NULL);
        jw_key(out, "inputs"), jw_open(out, '{');
        for (size_t i = 0; i < n; i++) {
                jw_key(out, in[i].name);
                jw_str(out, in[i].value);
        }
        jw_close(out, '}');
        jw_key(out, "output"), jw_str(out, decided(t, row));
        jw_close(out, '}');
}

bool
service_priority_json(struct work *w, const struct record *r, struct jw *out)
{
        struct str kept = record_text(r, FIELD_CASE_PRIORITY), now = STR_NONE;
        bool known = record_text(r, FIELD_CASE_SEVERITY).n > 0;
        struct priority p = {0};

        if (known && !priority_decide(w, r, &p))
                return false;
        if (known)
                now = decided(p.step, p.step_row);
        jw_open(out, '{');
        jw_key(out, "kept"), kept.n ? jw_str(out, kept) : jw_null(out);
        jw_key(out, "now"), now.n ? jw_str(out, now) : jw_null(out);
        jw_key(out, "differs"), jw_bool(out, !str_eq(kept, now));
        jw_key(out, "steps"), jw_open(out, '[');
        if (known) {
                write_step("priority", p.base, p.base_row, p.base_in, BASE_INPUTS, out);
                write_step("priority_step", p.step, p.step_row, p.step_in, STEP_INPUTS, out);
        }
        jw_close(out, ']');
        jw_close(out, '}');
        return true;
}
