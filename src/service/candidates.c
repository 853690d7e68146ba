/* SPDX-License-Identifier: Apache-2.0
 *
 * candidates.c -- ranking people for a request, and saying why (domain.md 6.1; rules/dispatch.yaml).
 *
 *     facts of a person --each factor, one row of the table--> points and a sentence --sum--> order
 *     ties: who has been given nothing for longest, then who came first to the house
 *
 * Invariants
 *   1. Pure and deterministic: the same facts and tables give the same order and the same words.
 *   2. Every point has its sentence in both languages; the points of the sentences add up to the score.
 *   3. Who is left out is listed with the reason; nobody vanishes.
 *
 * Not here: gathering the facts (candidates_gather.c), offering (dispatch.c, tier.c).
 */
#include "service/candidates.h"
#include <stdlib.h>
#include "model/rules.h"

/* ---- one factor ---- */

struct scoring {
        struct arena *a;
        const struct rule_table *table;
        const struct candidates *c;
};

static void
add_reason(struct arena *a, struct candidate *p, const char *en, const char *zh)
{
        *ARENA_PUSH(a, p->why, p->why_count) = (struct reason){en, zh};
}

/* The row of a factor: adds its points, leaves out; with the sentence when it says anything. */
static void
apply(const struct scoring *s, struct candidate *p, const char *factor, const char *value, int64_t n, const char *en, const char *zh)
{
        const struct rule_input in[] = {{"factor", str_of(factor)},
                                        {"value", str_of(value)},
                                        {"n", str_of(arena_printf(s->a, "%lld", (long long)n))},
                                        {"way", s->c->way},
                                        {"severity", s->c->severity}};
        int row = s->table != NULL ? rules_decide(s->table, in, 5) : -1;
        int64_t points = 0;

        if (row >= 0 && str_is(rules_output(s->table, row, "out"), "true")) {
                p->out = true;
                add_reason(s->a, p, en, zh);
                return;
        }
        if (row < 0 || !str_to_int(rules_output(s->table, row, "points"), &points) || points == 0)
                return;
        p->score += points;
        add_reason(s->a, p, arena_printf(s->a, "%s (%+lld)", en, (long long)points),
                   arena_printf(s->a, "%s（%+lld）", zh, (long long)points));
}

static void
score_skill(const struct scoring *s, struct candidate *p)
{
        const char *line = str_c(s->a, s->c->line);

        apply(s, p, "skill", "", p->skill, arena_printf(s->a, "Skill in %s: level %lld", line, (long long)p->skill),
              arena_printf(s->a, "%s 技能等级 %lld", line, (long long)p->skill));
        if (p->expired)
                apply(s, p, "expired", "yes", 0, arena_printf(s->a, "Certificate for %s has run out", line),
                      arena_printf(s->a, "%s 证书已过期", line));
}

static void
score_region(const struct scoring *s, struct candidate *p)
{
        static const struct {
                const char *value, *en, *zh;
        } SAYS[] = {[REGION_UNKNOWN] = {"unknown", "Region not known", "区域未知"},
                    [REGION_OTHER] = {"other", "In another region", "不在同一区域"},
                    [REGION_NEAR] = {"near", "In a neighbouring region", "相邻区域"},
                    [REGION_SAME] = {"same", "In the region of the site", "与局点同区域"}};

        apply(s, p, "region", SAYS[p->region].value, 0, SAYS[p->region].en, SAYS[p->region].zh);
}

static void
score_duty(const struct scoring *s, struct candidate *p)
{
        static const struct {
                const char *value, *en, *zh;
        } SAYS[] = {[DUTY_UNKNOWN] = {"none", "No roster of the team", "团队无值班表"},
                    [DUTY_OFF] = {"off", "Not on duty by the roster", "按值班表当前不在岗"},
                    [DUTY_CALL] = {"call", "On call by the roster", "按值班表待命中"},
                    [DUTY_ON] = {"on", "On duty by the roster", "按值班表在岗"}};

        apply(s, p, "duty", SAYS[p->duty].value, 0, SAYS[p->duty].en, SAYS[p->duty].zh);
        if (p->paged)
                apply(s, p, "paged", "yes", 0, "Acknowledged the page of this request", "已确认本请求的呼叫");
}

/* Left out only when no role of the person does it. */
static void
score_roles(const struct scoring *s, struct candidate *p)
{
        size_t out = 0;

        for (size_t i = 0; i < p->role_count; i++) {
                const struct rule_input in[] = {{"factor", STR("role")}, {"value", str_of(p->roles[i])}, {"way", s->c->way},
                                                {"severity", s->c->severity}};
                int row = s->table != NULL ? rules_decide(s->table, in, 4) : -1;
                out += row >= 0 && str_is(rules_output(s->table, row, "out"), "true");
        }
        if (out == 0 || out < p->role_count)
                return;
        p->out = true;
        add_reason(s->a, p, "The role does not do this way of service", "该角色不承担此服务方式");
}

static void
score(const struct scoring *s, struct candidate *p)
{
        score_skill(s, p);
        score_region(s, p);
        score_duty(s, p);
        apply(s, p, "load", "", p->load, arena_printf(s->a, "%lld in hand", (long long)p->load),
              arena_printf(s->a, "手上有 %lld 单", (long long)p->load));
        score_roles(s, p);
        if (p->away) {
                p->out = true;
                add_reason(s->a, p, "Away (leave, training or swap)", "缺勤（休假、培训或换班）");
        }
        if (p->offered) {
                p->out = true;
                add_reason(s->a, p, "It was offered before and not taken", "已派过，未接单");
        }
}

/* ---- the order ---- */

static int
by_rank(const void *a, const void *b)
{
        const struct candidate *x = a, *y = b;

        if (x->out != y->out)
                return x->out ? 1 : -1;
        if (x->score != y->score && !x->out)
                return x->score > y->score ? -1 : 1;
        if (x->last != y->last && !x->out)
                return x->last < y->last ? -1 : 1;     /* USEC_NONE is the least of all */
        return x->id < y->id ? -1 : x->id > y->id;
}

static int64_t
policy(const struct model *m, struct str severity, const char *output, int64_t preset)
{
        const struct rule_table *t = rules_table(m->rules, "dispatch_policy");
        struct rule_input in = {"severity", severity};
        int row = t != NULL ? rules_decide(t, &in, 1) : -1;
        int64_t n;

        return row >= 0 && str_to_int(rules_output(t, row, output), &n) && n > 0 ? n : preset;
}

int64_t
candidates_offers(const struct model *m, struct str severity)
{
        return policy(m, severity, "offers", 2);
}

void
candidates_rank(struct arena *a, const struct model *m, struct candidates *c)
{
        struct scoring s = {a, rules_table(m->rules, "dispatch"), c};

        c->full_at = policy(m, c->severity, "full_at", 4);
        c->fit = 0;
        for (size_t i = 0; i < c->count; i++) {
                struct candidate *p = &c->list[i];
                p->score = 0;
                p->out = false;
                p->why = NULL;
                p->why_count = 0;
                score(&s, p);
                c->fit += !p->out;
        }
        if (c->count > 0)
                qsort(c->list, c->count, sizeof *c->list, by_rank);
}

/* ---- as JSON ---- */

static void
write_why(const struct candidate *p, struct jw *out)
{
        jw_key(out, "why"), jw_open(out, '[');
        for (size_t i = 0; i < p->why_count; i++) {
                jw_open(out, '{');
                jw_key(out, "en"), jw_text(out, p->why[i].en);
                jw_key(out, "zh"), jw_text(out, p->why[i].zh);
                jw_close(out, '}');
        }
        jw_close(out, ']');
}

static void
write_fit(const struct candidates *c, const struct candidate *p, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "user"), jw_int(out, p->id);
        jw_key(out, "name"), jw_text(out, p->name);
        jw_key(out, "team"), p->team ? jw_int(out, p->team) : jw_null(out);
        jw_key(out, "team_name"), jw_text(out, p->team_name);
        jw_key(out, "tier"), jw_int(out, p->tier);
        jw_key(out, "score"), jw_int(out, p->score);
        jw_key(out, "on_duty"), p->duty == DUTY_UNKNOWN ? jw_null(out) : jw_bool(out, p->duty == DUTY_ON);
        jw_key(out, "on_call"), jw_bool(out, p->on_call);
        jw_key(out, "load"), jw_int(out, p->load);
        jw_key(out, "free"), jw_bool(out, p->load < c->full_at);
        jw_key(out, "skill_level"), jw_int(out, p->skill);
        jw_key(out, "region_match"), jw_bool(out, p->region == REGION_SAME);
        write_why(p, out);
        jw_close(out, '}');
}

static void
write_policy(const struct candidates *c, struct jw *out)
{
        jw_key(out, "policy"), jw_open(out, '{');
        jw_key(out, "rules"), jw_text(out, "dispatch");
        jw_key(out, "tier"), jw_int(out, c->tier);
        jw_key(out, "team"), c->team ? jw_int(out, c->team) : jw_null(out);
        jw_key(out, "service_mode"), jw_str(out, c->way);
        jw_key(out, "severity"), c->severity.n ? jw_str(out, c->severity) : jw_null(out);
        jw_key(out, "line"), c->line.n ? jw_str(out, c->line) : jw_null(out);
        jw_key(out, "region"), c->region ? jw_int(out, c->region) : jw_null(out);
        jw_key(out, "full_at"), jw_int(out, c->full_at);
        jw_close(out, '}');
}

void
candidates_json(const struct candidates *c, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "candidates"), jw_open(out, '[');
        for (size_t i = 0; i < c->fit; i++)
                write_fit(c, &c->list[i], out);
        jw_close(out, ']');
        jw_key(out, "excluded"), jw_open(out, '[');
        for (size_t i = c->fit; i < c->count; i++) {
                jw_open(out, '{');
                jw_key(out, "user"), jw_int(out, c->list[i].id);
                jw_key(out, "name"), jw_text(out, c->list[i].name);
                write_why(&c->list[i], out);
                jw_close(out, '}');
        }
        jw_close(out, ']');
        write_policy(c, out);
        jw_close(out, '}');
}

struct str
candidates_explain(struct arena *a, const struct candidates *c, int64_t person)
{
        struct jw jw = {0};
        struct str text = STR_NONE;

        for (size_t i = 0; i < c->count; i++) {
                const struct candidate *p = &c->list[i];
                if (p->id != person)
                        continue;
                jw_open(&jw, '{');
                jw_key(&jw, "user"), jw_int(&jw, p->id);
                jw_key(&jw, "name"), jw_text(&jw, p->name);
                jw_key(&jw, "rank"), p->out ? jw_null(&jw) : jw_int(&jw, (int64_t)i + 1);
                jw_key(&jw, "of"), jw_int(&jw, (int64_t)c->fit);
                jw_key(&jw, "score"), jw_int(&jw, p->score);
                write_why(p, &jw);
                jw_close(&jw, '}');
                text = (struct str){arena_strndup(a, jw.b.p, jw.b.n), jw.b.n};
        }
        jw_free(&jw);
        return text;
}
