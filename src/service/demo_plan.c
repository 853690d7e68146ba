/* SPDX-License-Identifier: Apache-2.0
 *
 * demo_plan.c -- which requests there will be: their story, their people, their steps and when each is taken.
 *
 *     way of lives.yaml --> story of stories.yaml that fits --> unit of that product line and language
 *                                                                 --> customer, contact, contract, teams,
 * people
 *           --> steps, parts spelled out --> times: back from today (an open one) or anywhere in ninety days
 *
 * Invariants
 *   1. Steps of one life follow each other; what people do to a fault that is not critical, they do by day
 * where the customer is.
 *   2. A life that follows a host (`host`) has the same customer, unit and story.
 */
#include "base/zone.h"
#include "gen/names.h"
#include "service/demo_play.h"

enum { HISTORY_DAYS = 88, TRIES = 12, PARTS_DEPTH = 4 };
enum { STRIDE = 7919 }; /* a prime: a walk in another order than the file's */

/* ---- finding records by what stands in their rows ---- */

/* The record that a field of a row names: `site: <site.hz_west>`. */
static const struct thing *
thing_in(const struct demo *d, const struct node *row, const char *field)
{
        const struct node *v = yaml_get(row, field);
        struct str name, key;

        if (v == NULL || v->text.n < 3 || v->text.p[0] != '<')
                return NULL;
        name = str_cut((struct str){v->text.p + 1, v->text.n - 2}, '.', &key);
        for (size_t i = 0; i < d->thing_count; i++)
                if (str_is(name, d->things[i].entity) && str_eq(key, d->things[i].key))
                        return &d->things[i];
        return NULL;
}

struct search { /* records of an entity of which some fields stand so in the row */
        const char *entity;
        struct {
                const char *field, *text;
        } like[2];
};

static bool
is_like(const struct thing *t, const struct search *s)
{
        if (strcmp(t->entity, s->entity) != 0)
                return false;
        for (int i = 0; i < 2 && s->like[i].field != NULL; i++) {
                const struct node *v = yaml_get(t->row, s->like[i].field);
                if (v == NULL || !yaml_is(v, s->like[i].text))
                        return false;
        }
        return true;
}

static const struct thing *
pick(struct demo *d, const struct search *s)
{
        int64_t n = 0, at;

        for (size_t i = 0; i < d->thing_count; i++)
                n += is_like(&d->things[i], s);
        at = dice_roll(d, n);
        for (size_t i = 0; i < d->thing_count; i++)
                if (is_like(&d->things[i], s) && at-- == 0)
                        return &d->things[i];
        return NULL;
}

static const char *
text_in(const struct node *row, const char *field, const char *otherwise)
{
        const struct node *v = yaml_get(row, field);

        return v != NULL ? v->text.p : otherwise;
}

/* ---- the cast ---- */

static void
cast(struct life *l, struct arena *a, const char *as, const struct thing *t)
{
        names_id(&l->names, as, t != NULL ? t->id : 0);
        names_text(&l->names, arena_printf(a, "%s_name", as), str_of(t != NULL ? t->name : ""));
}

static const char *
reference(struct demo *d, const struct thing *t)
{
        return arena_printf(d->keep, "<%s.%s>", t->entity, t->key.p);
}

static void
cast_team(struct demo *d, struct life *l, const struct thing *team, const char *as, const char *job)
{
        cast(l, d->keep, arena_printf(d->keep, "%s_team", as), team);
        if (team != NULL)
                cast(l, d->keep, as,
                     pick(d, &(struct search){ENTITY_USER, {{"team", reference(d, team)}, {"_job", job}}}));
}

static const struct thing *
region_team(struct demo *d, const struct thing *account, const char *kind)
{
        return pick(d, &(struct search){ENTITY_TEAM,
                                        {{"region", text_in(account->row, "region", "")}, {"kind", kind}}});
}

static void
cast_staff(struct demo *d, struct life *l, const struct thing *account, const struct thing *product)
{
        const struct thing *hotline = region_team(d, account, "hotline");

        cast_team(d, l, hotline, "agent", "agent");
        cast_team(d, l, hotline, "hotline", "hotline");
        cast_team(d, l, hotline, "duty", "duty");
        cast_team(d, l, region_team(d, account, "t1"), "t1", "t1");
        cast_team(d, l, region_team(d, account, "partner"), "partner", "partner");
        cast_team(d, l, thing_in(d, product->row, "t2_team"), "t2", "t2");
        cast_team(d, l, thing_in(d, product->row, "t3_team"), "t3", "t3");
        cast(l, d->keep, "manager", thing_in(d, account->row, "service_manager"));
}

static void
cast_customer(struct demo *d, struct life *l, const struct thing *account)
{
        const char *of = reference(d, account);
        const struct thing *login = pick(d, &(struct search){ENTITY_USER, {{"account", of}}});

        cast(l, d->keep, "account", account);
        cast(l, d->keep, "contact", pick(d, &(struct search){ENTITY_CONTACT, {{"account", of}}}));
        cast(l, d->keep, "customer", login);
        names_text(&l->names, "zone", str_of(text_in(account->row, "zone", "Asia/Shanghai")));
}

static void
cast_unit(struct demo *d, struct life *l, const struct thing *unit)
{
        const struct thing *site = thing_in(d, unit->row, "site"),
                           *product = thing_in(d, unit->row, "product");
        const struct thing *line = thing_in(d, unit->row, "contract_line");
        const struct thing *account = thing_in(d, site->row, "account");

        cast(l, d->keep, "unit", unit);
        cast(l, d->keep, "site", site);
        cast(l, d->keep, "product", product);
        cast(l, d->keep, "version", thing_in(d, unit->row, "product_version"));
        cast(l, d->keep, "line", line);
        names_text(&l->names, "entitlement",
                   str_of(line != NULL ? text_in(line->row, "_entitlement", "standard")
                                       : text_in(unit->row, "_entitlement", "standard_warranty")));
        cast_customer(d, l, account);
        cast_staff(d, l, account, product);
}

static bool
unit_fits(struct demo *d, const struct thing *unit, const struct node *story)
{
        const struct thing *product = thing_in(d, unit->row, "product"),
                           *site = thing_in(d, unit->row, "site");
        const struct thing *account = site != NULL ? thing_in(d, site->row, "account") : NULL;

        return product != NULL && account != NULL &&
               strcmp(text_in(product->row, "_line", ""), text_in(story, "line", "")) == 0 &&
               strcmp(text_in(account->row, "language", ""), text_in(story, "lang", "")) == 0;
}

/* One of those with the fewest requests. */
static const struct thing *
find_unit(struct demo *d, const struct node *story)
{
        size_t first = (size_t)dice_roll(d, (int64_t)d->thing_count);
        struct thing *best = NULL;

        for (size_t i = 0; i < d->thing_count; i++) {
                struct thing *t = &d->things[(first + i * STRIDE) % d->thing_count];
                if (strcmp(t->entity, ENTITY_INSTALLED_UNIT) == 0 && (best == NULL || t->used < best->used) &&
                    unit_fits(d, t, story))
                        best = t;
        }
        if (best != NULL)
                best->used++;
        return best;
}

/* ---- the story ---- */

static bool
story_fits(const struct node *story, const struct node *way)
{
        const struct node *of = yaml_get(way, "of");

        for (const struct node *o = of != NULL ? of->child : NULL; o != NULL; o = o->next)
                if (strcmp(text_in(story, "of", ""), o->text.p) == 0)
                        return true;
        return false;
}

/* Stories come in turn, so that each is told before one is told again. */
static const struct node *
next_story(struct demo *d, const struct node *way, int *told)
{
        const struct node *best = NULL;
        size_t i = 0, at = 0, first = (size_t)dice_roll(d, (int64_t)d->stories->count);

        for (int pass = 0; pass < 2; pass++) {
                i = 0;
                for (const struct node *s = d->stories->child; s != NULL; s = s->next, i++) {
                        bool turn = pass == 0 ? i >= first : i < first;
                        if (turn && story_fits(s, way) && (best == NULL || told[i] < told[at]))
                                best = s, at = i;
                }
        }
        if (best != NULL)
                told[at]++;
        return best;
}

static void
tell(struct life *l, const struct node *story)
{
        for (const struct node *part = story->child; part != NULL; part = part->next)
                names_node(&l->names, part->key.p, part);
}

/* ---- steps and times ---- */

static bool add_steps(struct demo *d, struct life *l, const struct node *list, int depth);

/* "accept" or "accept +3 h", or the name of a part. */
static bool
add_entry(struct demo *d, struct life *l, const struct node *entry, int depth)
{
        struct str span, name = str_trim(str_cut(entry->text, '+', &span));
        const char *key = str_c(d->keep, name);
        const struct node *part = yaml_get(yaml_get(d->lives, "parts"), key);
        const struct node *how = yaml_get(yaml_get(d->lives, "steps"), key);
        struct step s = {.how = how};

        if (part != NULL && depth < PARTS_DEPTH)
                return add_steps(d, l, part, depth + 1);
        if (how == NULL)
                return fail(&d->ctx, E_MODEL, place_text(d->ctx.arena, entry->place),
                            "there is no such step");
        if (span.p == NULL)
                span = yaml_get(how, "in") != NULL ? yaml_get(how, "in")->text : STR("20 min");
        if (!demo_span(d, span, &s.wait))
                return false;
        *ARENA_PUSH(d->keep, l->steps, l->count) = s;
        return true;
}

static bool
add_steps(struct demo *d, struct life *l, const struct node *list, int depth)
{
        for (const struct node *entry = list->child; entry != NULL; entry = entry->next)
                if (!add_entry(d, l, entry, depth))
                        return false;
        return true;
}

/* Critical faults are worked on at once. */
static void
set_pace(struct demo *d, struct life *l, const char *of)
{
        int percent = strcmp(of, "critical") == 0 ? 25 : strcmp(of, "major") == 0 ? 60 : 100;

        for (size_t i = 0; i < l->count; i++)
                l->steps[i].wait = i == 0 ? 0 : dice_around(d, l->steps[i].wait) * percent / 100;
}

/* The same time when it is between the hours, else some minutes after the next opening. */
static usec
by_day(struct demo *d, const struct zone *z, usec t, int from, int to)
{
        struct civil c = zone_civil(z, t);
        usec day = t;

        if (c.hour >= from && c.hour < to)
                return t;
        if (c.hour >= to)
                day += USEC_DAY;
        c = zone_civil(z, day);
        c.hour = from;
        c.minute = 5;
        return zone_instant(z, c) + dice_roll(d, 50) * USEC_MINUTE;
}

static void
set_times(struct demo *d, struct life *l, const struct zone *z, usec start, bool critical)
{
        usec t = start;

        for (size_t i = 0; i < l->count; i++) {
                t += l->steps[i].wait;
                if (yaml_get(l->steps[i].how, "hours") != NULL)
                        t = by_day(d, z, t, 9, 17);
                else if (!critical)
                        t = by_day(d, z, t, 7, 22);
                l->steps[i].at = t;
        }
}

static usec
total_wait(const struct life *l)
{
        usec t = 0;

        for (size_t i = 0; i < l->count; i++)
                t += l->steps[i].wait;
        return t;
}

/* When an open life's last step lies behind today, it began that much earlier. */
static void
end_by(struct demo *d, struct life *l, const struct zone *z, usec start, usec end, bool critical)
{
        for (int i = 0; i < TRIES; i++) {
                set_times(d, l, z, start, critical);
                usec over = l->steps[l->count - 1].at - end;
                if (over <= 0)
                        return;
                start -= over + USEC_MINUTE;
        }
}

static usec
host_start(struct demo *d, const struct life *l)
{
        const struct node *after = yaml_get(l->way, "after"), *ended = yaml_get(l->way, "after_end");
        usec span = USEC_HOUR;

        if (after != NULL || ended != NULL)
                demo_span(d, after != NULL ? after->text : ended->text, &span);
        return (ended != NULL ? l->host->steps[l->host->count - 1].at : l->host->steps[0].at) +
               dice_around(d, span);
}

static bool
schedule(struct demo *d, struct life *l, const char *of)
{
        bool critical = strcmp(of, "critical") == 0;
        const struct node *open = yaml_get(l->way, "open");
        struct str zone;

        if (!demo_text(d, &l->names, STR("<zone>"), &zone))
                return false;
        const struct zone *z = zone_get(str_c(d->ctx.arena, zone));
        usec total, span = 4 * USEC_HOUR, start;
        if (z == NULL)
                z = zone_get("UTC");
        set_pace(d, l, of);
        total = total_wait(l);
        if (l->host != NULL) {
                set_times(d, l, z, host_start(d, l), critical);
        } else if (open != NULL) {
                if (!demo_span(d, open->text, &span))
                        return false;
                span = 5 * USEC_MINUTE + dice_around(d, span);
                end_by(d, l, z, d->today - total - span, d->today - span, critical);
        } else {
                start = d->today - total - dice_roll(d, HISTORY_DAYS * USEC_DAY - total);
                end_by(d, l, z, start, d->today - USEC_MINUTE, critical);
        }
        return l->count > 0;
}

/* ---- the plan ---- */

static const struct life *
find_host(struct demo *d, struct life **lives, size_t count, const struct node *way)
{
        const char *host = text_in(way, "host", "");
        size_t first = count > 0 ? (size_t)dice_roll(d, (int64_t)count) : 0;

        for (size_t i = 0; i < count; i++)
                if (strcmp(lives[(first + i) % count]->way->key.p, host) == 0)
                        return lives[(first + i) % count];
        return NULL;
}

static bool
fail_way(struct demo *d, const struct node *way, const char *sentence)
{
        return fail(&d->ctx, E_MODEL, place_text(d->ctx.arena, way->place), sentence);
}

static bool
plan_life(struct demo *d, struct life *l, int *told)
{
        const struct node *story = NULL;
        const struct thing *unit = NULL;

        if (l->host != NULL) {
                names_init(&l->names, d->keep, &l->host->names);
        } else {
                names_init(&l->names, d->keep, &d->world);
                story = next_story(d, l->way, told);
                if (story == NULL || (unit = find_unit(d, story)) == NULL)
                        return fail_way(d, l->way, "no story, or no unit for the story, fits");
                tell(l, story);
                cast_unit(d, l, unit);
        }
        names_id(&l->names, "host", 0);
        return add_steps(d, l, yaml_get(l->way, "steps"), 0) &&
               schedule(d, l, story != NULL ? text_in(story, "of", "") : "major");
}

bool
demo_plan(struct demo *d, struct life ***ret, size_t *ret_count)
{
        int *told = ARENA_ARRAY(d->keep, int, d->stories->count);
        int64_t count;

        *ret = NULL, *ret_count = 0;
        for (const struct node *way = yaml_get(d->lives, "lives")->child; way != NULL; way = way->next) {
                if (yaml_get(way, "count") == NULL || !yaml_int(yaml_get(way, "count"), &count))
                        return fail_way(d, way, "count is missing");
                for (int64_t i = 0; i < count; i++) {
                        struct life *l = ARENA_NEW(d->keep, struct life);
                        l->way = way;
                        l->host = yaml_get(way, "host") != NULL ? find_host(d, *ret, *ret_count, way) : NULL;
                        if (!plan_life(d, l, told))
                                return false;
                        *ARENA_PUSH(d->keep, *ret, *ret_count) = l;
                }
        }
        return true;
}
