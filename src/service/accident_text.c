/* SPDX-License-Identifier: Apache-2.0
 *
 * accident_text.c -- drafts of accident notices: the text of rules/accident_notice.yaml with what the request knows.
 *
 *     "Since {since}. Impact: {impact}"   -->   "Since 2026-11-21 09:30. Impact: (to be filled in)"
 *
 * What the request does not know stays as a gap for who drafts; accident_has_gap finds it.
 */
#include "base/zone.h"
#include "model/rules.h"
#include "service/accident.h"

#define GAP_EN "(to be filled in)"
#define GAP_ZH "（待填写）"

bool
accident_has_gap(struct str text)
{
        return text.p != NULL && (memmem(text.p, text.n, GAP_EN, strlen(GAP_EN)) != NULL ||
                                  memmem(text.p, text.n, GAP_ZH, strlen(GAP_ZH)) != NULL);
}

/* In the customer's zone, as people write it. */
static bool
local_time(struct work *w, const struct record *r, usec t, struct str *ret)
{
        int64_t id = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *a = id != 0 ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id) : NULL;
        const struct zone *z = a != NULL ? zone_get(str_c(w->ctx->arena, record_text(a, FIELD_ACCOUNT_ZONE))) : NULL;
        struct civil c = zone_civil(z != NULL ? z : zone_get("UTC"), t);

        *ret = str_of(arena_printf(w->ctx->arena, "%04d-%02d-%02d %02d:%02d%s", c.year, c.month, c.day, c.hour, c.minute,
                                   z != NULL ? "" : " UTC"));
        return !ctx_failed(w->ctx);
}

static bool
value_of(struct work *w, const struct record *r, struct str name, struct str *ret)
{
        const struct field *f = entity_field_str(r->e, name);
        usec occurred = record_int(r, FIELD_TECHNICAL_REQUEST_OCCURRED_AT);

        *ret = STR_NONE;
        if (str_is(name, "since"))
                return local_time(w, r, occurred != 0 ? occurred : record_int(r, FIELD_CASE_REPORTED_AT), ret);
        if (str_is(name, "restored"))
                return !service_is_set(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT) ||
                       local_time(w, r, record_int(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT), ret);
        if (str_is(name, "site")) {
                int64_t site = record_int(r, FIELD_CASE_SITE);
                *ret = site != 0 ? str_of(store_label(w, model_entity(w->model, ENTITY_SITE), site)) : STR_NONE;
        } else if (f != NULL && r->v[f->index].type == VAL_TEXT) {
                *ret = str_trim(r->v[f->index].s);
        }
        return true;
}

static bool
fill(struct work *w, const struct record *r, struct str pattern, const char *gap, struct str *ret)
{
        struct buf b = {0};
        bool ok = true;

        while (pattern.n > 0 && ok) {
                struct str behind, before = str_cut(pattern, '{', &behind), rest, name, value;
                buf_str(&b, before);
                if (behind.p == NULL)
                        break;
                name = str_cut(behind, '}', &rest);
                ok = value_of(w, r, name, &value);
                value.n > 0 ? buf_str(&b, value) : buf_text(&b, gap);
                pattern = rest.p != NULL ? rest : STR_NONE;
        }
        *ret = (struct str){arena_strndup(w->ctx->arena, buf_c(&b), b.n), b.n};
        buf_free(&b);
        return ok;
}

bool
accident_draft(struct work *w, const struct record *request, struct record *notice)
{
        const struct rule_table *t = rules_table(w->model->rules, "accident_notice");
        struct rule_input in = {"kind", record_text(notice, FIELD_ACCIDENT_NOTICE_KIND)};
        int row = t != NULL ? rules_decide(t, &in, 1) : -1;
        struct str en, zh;

        if (row < 0)
                return true;
        if (!fill(w, request, rules_output(t, row, "en"), GAP_EN, &en) || !fill(w, request, rules_output(t, row, "zh"), GAP_ZH, &zh))
                return false;
        record_set_text(notice, FIELD_ACCIDENT_NOTICE_TEXT_EN, en);
        record_set_text(notice, FIELD_ACCIDENT_NOTICE_TEXT_ZH, zh);
        return true;
}
