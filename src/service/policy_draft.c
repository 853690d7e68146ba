/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_draft.c -- a file or text that somebody wants to try: a rule table, a code list, or a calendar.
 *
 *     rules: NAME ...       tried in the place of that table                       (policies_try)
 *     codes: NAME ...
 *     calendar: CODE        tried for every promise that runs on that calendar; the rest is what a calendar version says:
 *     timezone: ...         timezone, hours, holidays, special_hours, complete
 */
#include "base/zone.h"
#include "engine/calendar_store.h"
#include "model/yaml.h"
#include "service/policies.h"

enum { DEFINITION_NODES = 100000 };

static void
free_calendar(void *c)
{
        calendar_free(c);
}

/* The keys beside `calendar` as the JSON that a version holds. */
static struct json *
definition_of(struct work *w, const struct node *root)
{
        struct jw out = {0};
        struct json *v;
        size_t n;
        char *text;

        jw_open(&out, '{');
        for (const struct node *m = root->child; m != NULL; m = m->next)
                if (!str_is(m->key, "calendar")) {
                        jw_key_str(&out, m->key);
                        yaml_json(m, &out);
                }
        jw_close(&out, '}');
        n = out.b.n;
        text = arena_strndup(w->ctx->arena, out.b.p, n);
        jw_free(&out);
        v = json_parse(w->ctx, text, n, DEFINITION_NODES);
        return v;
}

static bool
keys_known(struct work *w, const struct node *root)
{
        static const char *const known[] = {"calendar", "timezone", "hours", "holidays", "special_hours", NULL};
        bool ok = true;

        for (const struct node *m = root->child; m != NULL; m = m->next) {
                size_t i = 0;
                while (known[i] && !str_is(m->key, known[i]))
                        i++;
                if (!known[i])
                        ok = fail(w->ctx, E_UNKNOWN_FIELD, place_text(w->ctx->arena, m->key_place), str_c(w->ctx->arena, m->key),
                                  "calendar, timezone, hours, holidays, special_hours");
        }
        return ok;
}

static bool
code_known(struct work *w, const struct node *code)
{
        int64_t there = 0;

        if (code->type == NODE_TEXT &&
            !sql_one_int(w->ctx, w->conn, &there, SQL("select count(*) from calendar where code = $1"), "t", code->text))
                return false;
        return there > 0 || fail(w->ctx, E_NOT_ALLOWED_VALUE, place_text(w->ctx->arena, code->place),
                                 code->type == NODE_TEXT ? str_c(w->ctx->arena, code->text) : "", "the code of a calendar of this database");
}

/* A fault of the definition gets the file's place in front: its own fields are days and hours. */
static bool
in_file(struct work *w, const struct node *root)
{
        for (struct error *e = w->ctx->errors; e != NULL; e = e->next)
                e->field = arena_printf(w->ctx->arena, "%s:%d:%d%s%s", root->place.file, root->place.line, root->place.column,
                                        *e->field ? " " : "", e->field);
        return false;
}

static bool
draft_of_calendar(struct work *w, const struct node *root, struct policy_draft *ret)
{
        const struct node *code = yaml_get(root, "calendar"), *zone = yaml_get(root, "timezone");
        struct json *definition;
        usec due;

        if (!keys_known(w, root) || !code_known(w, code))
                return false;
        if (zone == NULL || zone->type != NODE_TEXT || zone_get(zone->text.p) == NULL)
                return fail(w->ctx, E_BAD_FORMAT, place_text(w->ctx->arena, zone ? zone->place : root->place),
                            zone && zone->type == NODE_TEXT ? zone->text.p : "", "an IANA time zone such as Asia/Shanghai");
        definition = definition_of(w, root);
        ret->calendar = definition ? calendar_from_json(w->ctx, definition) : NULL;
        if (ret->calendar == NULL)
                return in_file(w, root);
        arena_defer(w->ctx->arena, free_calendar, (void *)ret->calendar);
        ret->name = ret->calendar_code = str_c(w->ctx->arena, code->text);
        ret->rules = w->model->rules;
        return calendar_add(w->ctx, ret->calendar, w->now, USEC_SECOND, &due) || in_file(w, root);
}

bool
policies_draft(struct work *w, struct str text, const char *path, const char *wanted, struct policy_draft *ret)
{
        const struct node *root = yaml_read(w->ctx, w->ctx->arena, text, path), *name;
        struct policy_trial t = {.text = text, .path = path, .at = w->now};
        const char *place;

        *ret = (struct policy_draft){0};
        if (root == NULL)
                return false;
        if (yaml_get(root, "calendar") != NULL && wanted == NULL)
                return draft_of_calendar(w, root, ret);
        name = yaml_get(root, "rules") ? yaml_get(root, "rules") : yaml_get(root, "codes");
        t.name = wanted ? wanted : name && name->type == NODE_TEXT ? name->text.p : NULL;
        if (t.name == NULL)
                return fail(w->ctx, E_RULE, place_text(w->ctx->arena, root->place),
                            ctx_both(w->ctx, "A policy begins with rules: NAME, codes: NAME or calendar: CODE.",
                                     "策略文件须以 rules: 名称、codes: 名称 或 calendar: 编码 开头。"));
        if (!rules_exists(w->model->rules, t.name, &place))
                return fail(w->ctx, E_NOT_ALLOWED_VALUE, name ? place_text(w->ctx->arena, name->place) : "rules", t.name,
                            rules_names(w->ctx->arena, w->model->rules));
        ret->name = t.name;
        return policies_try(w, &t, &ret->rules);
}
