/* SPDX-License-Identifier: Apache-2.0
 *
 * measure.c -- what a value must be beyond its type.
 *
 * GS1 numbers (GTIN-8, -12, -13, -14, GSIN, SSCC) end in a digit that makes the sum of all, weighted 3 and 1 in turn from the
 * right, a multiple of ten (GS1 General Specifications, 7.9).  A digit that was read or typed wrong is found so.
 *
 * A reading outside its limits is not refused: it is what was measured.  But it says why, or what was done about it.
 *
 * A checklist with declared items holds, of them, those that somebody has looked at: what is not in it is not done.  Items of
 * one's own words may stand beside them.  Which must be done is asked by a transition that needs the list (engine/life.c), not
 * when it is kept: one ticks off while one works.
 *
 * Not here: the attributes (load_fields.c), types (bind.c).
 */
#include "model/measure.h"
#include "base/text.h"

static bool
gs1_length(size_t n)
{
        return n == 8 || (n >= 12 && n <= 14) || n == 17 || n == 18;
}

/* The digit that must stand last. */
static char
gs1_digit(struct str s)
{
        int sum = 0;

        for (size_t i = 0; i + 1 < s.n; i++)
                sum += (s.p[i] - '0') * ((s.n - 2 - i) % 2 == 0 ? 3 : 1);
        return (char)('0' + (10 - sum % 10) % 10);
}

bool
measure_check_digit(struct ctx *ctx, const struct field *f, const char *pointer, struct str value)
{
        bool digits = gs1_length(value.n);

        if (!f->check_gs1 || value.n == 0)
                return true;
        for (size_t i = 0; digits && i < value.n; i++)
                digits = value.p[i] >= '0' && value.p[i] <= '9';
        if (!digits)
                return fail(ctx, E_BAD_FORMAT, pointer, str_c(ctx->arena, value),
                            ctx_both(ctx, "a GS1 number of 8, 12, 13, 14, 17 or 18 digits", "8、12、13、14、17 或 18 位的 GS1 编码"));
        return value.p[value.n - 1] == gs1_digit(value) ||
               fail(ctx, E_CHECK_DIGIT, pointer, str_c(ctx->arena, value), arena_printf(ctx->arena, "%c", gs1_digit(value)));
}

static const struct measure *
measure_of(const struct field *f, struct str name)
{
        for (size_t i = 0; i < f->measure_count; i++)
                if (str_is(name, f->measures[i].name))
                        return &f->measures[i];
        return NULL;
}

/* "207 – 253 V", "≤ 40 °C" */
static const char *
limits_text(struct arena *a, const struct measure *m)
{
        const char *unit = m->unit ? arena_printf(a, " %s", m->unit) : "";

        if (m->has_min && m->has_max)
                return arena_printf(a, "%.12g – %.12g%s", m->min, m->max, unit);
        return m->has_min ? arena_printf(a, "≥ %.12g%s", m->min, unit) : arena_printf(a, "≤ %.12g%s", m->max, unit);
}

bool
measure_reading(struct ctx *ctx, const struct field *f, const char *pointer, const struct json *name,
                const struct json *value, const struct json *reason, struct str *unit)
{
        const struct measure *m = measure_of(f, name->text);

        if (m == NULL)
                return true;
        if (m->unit && unit->n == 0)
                *unit = str_of(m->unit);
        if (m->unit && !str_is(*unit, m->unit))
                return fail(ctx, E_NOT_ALLOWED_VALUE, pointer, str_c(ctx->arena, *unit), m->unit);
        if ((!m->has_min || value->d >= m->min) && (!m->has_max || value->d <= m->max))
                return true;
        return (reason && reason->type == JSON_TEXT && str_trim(reason->text).n > 0) ||
               fail(ctx, E_OUT_OF_LIMITS, pointer, ctx_both(ctx, m->label.en, m->label.zh),
                    arena_printf(ctx->arena, "%.12g", value->d), limits_text(ctx->arena, m));
}

bool
measure_item(struct ctx *ctx, const struct field *f, const char *pointer, struct str name)
{
        const char *all = "";

        for (size_t i = 0; i < f->item_count; i++) {
                if (str_is(name, f->items[i].name))
                        return true;
                all = arena_printf(ctx->arena, "%s%s%s", all, i ? ", " : "", f->items[i].name);
        }
        return fail(ctx, E_NOT_ALLOWED_VALUE, pointer, str_c(ctx->arena, name), all);
}

static bool
is_done(const struct json *list, const char *item)
{
        for (const struct json *m = list ? list->child : NULL; m; m = m->next) {
                const struct json *done = json_get(m, "done");
                if (str_is(json_get_text(m, "item"), item))
                        return done && done->type == JSON_TRUE;
        }
        return false;
}

const char *
measure_undone(struct ctx *ctx, const struct field *f, const struct val *v)
{
        const struct json *list = NULL;
        const char *en = "", *zh = "";

        if (v->type == VAL_TEXT && f->item_count > 0)
                list = json_parse(ctx, arena_strndup(ctx->arena, v->s.p, v->s.n), v->s.n, 2000);
        for (size_t i = 0; i < f->item_count; i++) {
                const struct check_item *item = &f->items[i];
                if (!item->required || is_done(list, item->name))
                        continue;
                en = arena_printf(ctx->arena, "%s%s%s", en, *en ? ", " : "", item->label.en);
                zh = arena_printf(ctx->arena, "%s%s%s", zh, *zh ? "、" : "", item->label.zh ? item->label.zh : item->label.en);
        }
        return *en ? ctx_both(ctx, en, zh) : NULL;
}
