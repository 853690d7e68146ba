/* SPDX-License-Identifier: Apache-2.0
 *
 * scenario_read.c -- a page of scenarios from YAML, each fault named by its place.
 *
 *     about      what the page is on
 *     zone       of wall-clock times; a scenario may have its own
 *     calendars  name -> {timezone, hours, holidays, special_hours} (calendar_json.c); "always" is there already
 *     clocks     name -> {start, stop, resume, cancel, again, waits, measure}
 *     scenarios  [{name, situation, elsewhere, source, zone, promise, timeline, expect}]
 *
 * A line of the timeline is `TIME what [, as of TIME]`, where what is one of
 *
 *     WORD                            an event that some clock starts, stops, resumes or is cancelled by
 *     waits for REASON | goes on
 *     promises CLOCK BUDGET CALENDAR
 *     exempts [CLOCK] TIME to TIME
 *     false wait since TIME
 *
 * Invariants
 *   1. All faults of a page are reported, and then nothing of it is run.
 *   2. A wall-clock time that its zone skips or repeats is refused: such a moment is written with its offset.
 */
#include "engine/scenario.h"
#include <stdio.h>

struct reader {
        struct ctx *ctx;
        struct scenario_file *f;
        const struct zone *zone;       /* of the page */
};

static bool
fault(struct reader *r, const struct node *n, const char *sentence)
{
        return fail(r->ctx, E_YAML, place_text(r->ctx->arena, n->place), sentence);
}

static bool
fault_of(struct reader *r, const struct node *n, const char *sentence, struct str about)
{
        return fault(r, n, arena_printf(r->ctx->arena, "%s: \"%.*s\"", sentence, (int)about.n, about.p));
}

static bool
only_keys(struct reader *r, const struct node *map, const char *const *keys, const char *what)
{
        if (map->type != NODE_MAP)
                return fault(r, map, arena_printf(r->ctx->arena, "%s is a map", what));
        for (const struct node *n = map->child; n != NULL; n = n->next) {
                size_t i = 0;
                while (keys[i] != NULL && !str_is(n->key, keys[i]))
                        i++;
                if (keys[i] == NULL)
                        return fault_of(r, n, "this key has no meaning here", n->key);
        }
        return true;
}

/* ---- words ---- */

struct str
scenario_word(struct str *s)
{
        struct str rest, word = str_cut(str_trim(*s), ' ', &rest);

        *s = rest.p != NULL ? str_trim(rest) : STR_NONE;
        return word;
}

static bool
take_words(struct str *s, const char *words)
{
        struct str w = str_of(words);

        if (!str_starts(*s, w) || (s->n > w.n && s->p[w.n] != ' '))
                return false;
        *s = str_trim((struct str){s->p + w.n, s->n - w.n});
        return true;
}

bool
scenario_says(const struct node *n, struct str word)
{
        if (n == NULL || n->type == NODE_MAP)
                return false;
        if (n->type == NODE_TEXT)
                return str_eq(n->text, word);
        for (const struct node *c = n->child; c != NULL; c = c->next)
                if (str_eq(c->text, word))
                        return true;
        return false;
}

const struct scenario_clock *
scenario_clock_named(const struct scenario_file *f, struct str name)
{
        for (size_t i = 0; i < f->clock_count; i++)
                if (str_is(name, f->clocks[i].name))
                        return &f->clocks[i];
        return NULL;
}

/* ---- times ---- */

static const char *const WEEKDAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static int
weekday_of(int64_t day)
{
        return (int)(((day + 3) % 7 + 7) % 7);
}

static bool
same_minute(const struct zone *z, usec t, const struct civil *c)
{
        struct civil got = zone_civil(z, t);

        return got.day == c->day && got.hour == c->hour && got.minute == c->minute && got.second == c->second;
}

/* The one instant of a wall-clock time. */
static const char *
wall_instant(const struct zone *z, struct civil c, usec *ret)
{
        usec early, late, as_utc = time_of_civil(c);

        *ret = zone_instant(z, c);
        if (!same_minute(z, *ret, &c))
                return "the zone skips this time";
        early = as_utc - zone_offset(z, *ret - USEC_DAY) * USEC_SECOND;
        late = as_utc - zone_offset(z, *ret + USEC_DAY) * USEC_SECOND;
        if (early != late && same_minute(z, early, &c) && same_minute(z, late, &c))
                return "the zone repeats this time: write it with its offset";
        return NULL;
}

static bool
two_digits(struct str s, int *ret)
{
        if (s.n != 2 || s.p[0] < '0' || s.p[0] > '9' || s.p[1] < '0' || s.p[1] > '9')
                return false;
        *ret = (s.p[0] - '0') * 10 + s.p[1] - '0';
        return true;
}

/* "09:00" or "09:00:30". */
static bool
day_time(struct str s, struct civil *c)
{
        struct str rest, seconds, hour = str_cut(s, ':', &rest), minute = str_cut(rest, ':', &seconds);

        return two_digits(hour, &c->hour) && two_digits(minute, &c->minute) &&
               (seconds.p == NULL || two_digits(seconds, &c->second));
}

const char *
scenario_time(struct ctx *ctx, const struct zone *zone, struct str *s, usec *ret)
{
        struct str word = scenario_word(s), clock;
        struct civil c;
        int weekday = -1;
        int64_t day;

        for (int i = 0; i < 7; i++)
                if (str_is(word, WEEKDAYS[i]))
                        weekday = i;
        if (weekday >= 0)
                word = scenario_word(s);
        if (weekday < 0 && word.n > 10)
                return time_parse(word, ret) ? NULL : "a time such as 2026-03-29T02:30:00+02:00 is needed";
        if (!date_parse(word, &day))
                return "a time such as Mon 2026-03-02 09:00 is needed";
        if (weekday >= 0 && weekday != weekday_of(day))
                return arena_printf(ctx->arena, "that day is a %s", WEEKDAYS[weekday_of(day)]);
        c = time_civil(day * USEC_DAY);
        clock = scenario_word(s);
        if (!day_time(clock, &c) || !civil_valid(c))
                return "a time of day such as 09:00 is needed";
        return wall_instant(zone, c, ret);
}

const char *
scenario_time_text(struct arena *a, const struct zone *zone, usec t)
{
        struct civil c;
        const char *day;

        if (t == USEC_NONE)
                return "none";
        c = zone_civil(zone, t);
        day = WEEKDAYS[weekday_of(time_of_civil((struct civil){c.year, c.month, c.day, 0, 0, 0, 0}) / USEC_DAY)];
        if (c.second == 0 && c.micro == 0)
                return arena_printf(a, "%s %04d-%02d-%02d %02d:%02d", day, c.year, c.month, c.day, c.hour, c.minute);
        return arena_printf(a, "%s %04d-%02d-%02d %02d:%02d:%02d.%06d", day, c.year, c.month, c.day, c.hour, c.minute, c.second,
                            c.micro);
}

static usec
unit_of(char c)
{
        return c == 'h' ? USEC_HOUR : c == 'm' ? USEC_MINUTE : c == 's' ? USEC_SECOND : 0;
}

bool
scenario_duration(struct str s, usec *ret)
{
        bool minus = s.n > 0 && s.p[0] == '-';
        int64_t number = -1;

        *ret = 0;
        for (size_t i = minus; i < s.n; i++) {
                if (s.p[i] >= '0' && s.p[i] <= '9') {
                        number = (number < 0 ? 0 : number) * 10 + s.p[i] - '0';
                        if (number > 1000000)
                                return false;
                } else if (number >= 0 && unit_of(s.p[i]) != 0) {
                        *ret += number * unit_of(s.p[i]);
                        number = -1;
                } else {
                        return false;
                }
        }
        if (minus)
                *ret = -*ret;
        return s.n > (size_t)minus && number < 0 && *ret < 1000000 * USEC_HOUR && *ret > -1000000 * USEC_HOUR;
}

const char *
scenario_duration_text(struct arena *a, usec d)
{
        usec u = d < 0 ? -d : d;
        const char *text = d < 0 ? "-" : "";

        if (u / USEC_HOUR > 0 || u == 0)
                text = arena_printf(a, "%s%dh", text, (int)(u / USEC_HOUR));
        if (u / USEC_MINUTE % 60 > 0)
                text = arena_printf(a, "%s%dm", text, (int)(u / USEC_MINUTE % 60));
        if (u % USEC_SECOND != 0)
                return arena_printf(a, "%s%.6fs", text, (double)(u % USEC_MINUTE) / (double)USEC_SECOND);
        return u % USEC_MINUTE > 0 ? arena_printf(a, "%s%ds", text, (int)(u % USEC_MINUTE / USEC_SECOND)) : text;
}

/* ---- lines of the timeline ---- */

struct line {                          /* what is being read */
        struct reader *r;
        const struct node *node;
        const struct zone *zone;
        struct str rest;
};

static bool
line_time(struct line *l, usec *ret)
{
        const char *why = scenario_time(l->r->ctx, l->zone, &l->rest, ret);

        return why == NULL || fault(l->r, l->node, why);
}

static bool
calendar_named(struct reader *r, const struct node *n, struct str name, const struct calendar **ret)
{
        *ret = NULL;
        if (str_is(name, "always"))
                return true;
        *ret = map_get(&r->f->calendars, name);
        return *ret != NULL || fault_of(r, n, "there is no calendar", name);
}

/* "8h office". */
static bool
read_promise(struct reader *r, const struct node *n, struct str s, struct clock_promise *ret)
{
        struct str budget = scenario_word(&s), calendar = scenario_word(&s);

        if (!scenario_duration(budget, &ret->budget) || ret->budget <= 0 || calendar.n == 0 || s.n > 0)
                return fault(r, n, "a promise is a time and a calendar, such as 8h office");
        ret->row = arena_printf(r->ctx->arena, "%s %.*s", scenario_duration_text(r->ctx->arena, ret->budget), (int)calendar.n,
                                calendar.p);
        return calendar_named(r, n, calendar, &ret->calendar);
}

static bool
read_clock_name(struct line *l, struct str name, const struct scenario_clock **ret)
{
        *ret = scenario_clock_named(l->r->f, name);
        return *ret != NULL || fault_of(l->r, l->node, "there is no clock", name);
}

static bool
read_exemption(struct line *l, struct scenario_entry *e)
{
        struct str ahead = l->rest, first = scenario_word(&ahead);

        e->verb = SCENARIO_EXEMPTS;
        if (scenario_clock_named(l->r->f, first) != NULL) {
                e->clock = scenario_clock_named(l->r->f, first);
                l->rest = ahead;
        }
        if (!line_time(l, &e->from))
                return false;
        if (!take_words(&l->rest, "to"))
                return fault(l->r, l->node, "an exemption is from TIME to TIME");
        if (!line_time(l, &e->to))
                return false;
        return e->from < e->to || fault(l->r, l->node, "an exemption ends after it begins");
}

/* Does any clock know the word (as an event, or as a reason to wait)? */
static bool
word_known(const struct scenario_file *f, struct str word, bool reason)
{
        for (size_t i = 0; i < f->clock_count; i++) {
                const struct scenario_clock *c = &f->clocks[i];
                if (reason ? scenario_says(c->waits, word)
                           : scenario_says(c->start, word) || scenario_says(c->stop, word) || scenario_says(c->resume, word) ||
                                     scenario_says(c->again, word) || scenario_says(c->cancel, word))
                        return true;
        }
        return false;
}

static bool
read_what(struct line *l, struct scenario_entry *e)
{
        if (take_words(&l->rest, "goes on"))
                return e->verb = SCENARIO_GOES_ON, true;
        if (take_words(&l->rest, "exempts"))
                return read_exemption(l, e);
        if (take_words(&l->rest, "false wait since"))
                return e->verb = SCENARIO_FALSE_WAIT, line_time(l, &e->from);
        if (take_words(&l->rest, "promises")) {
                e->verb = SCENARIO_PROMISES;
                if (!read_clock_name(l, scenario_word(&l->rest), &e->clock))
                        return false;
                return read_promise(l->r, l->node, l->rest, &e->promise) && (l->rest = STR_NONE, true);
        }
        if (take_words(&l->rest, "waits for"))
                e->verb = SCENARIO_WAITS;
        e->word = scenario_word(&l->rest);
        if (e->verb == SCENARIO_WORD && !word_known(l->r->f, e->word, false))
                return fault_of(l->r, l->node, "no clock knows the event", e->word);
        return e->word.n > 0 || fault(l->r, l->node, "what happened is missing");
}

/* "..., as of TIME" at the end of the line. */
static bool
read_dated(struct line *l, struct scenario_entry *e)
{
        struct str as_of;

        e->dated = e->at;
        str_cut(l->rest, ',', &as_of);
        if (as_of.p == NULL)
                return true;
        l->rest = (struct str){l->rest.p, (size_t)(as_of.p - 1 - l->rest.p)};
        as_of = str_trim(as_of);
        if (!take_words(&as_of, "as of"))
                return fault(l->r, l->node, "behind the comma stands as of TIME");
        struct line behind = {l->r, l->node, l->zone, as_of};
        if (!line_time(&behind, &e->dated))
                return false;
        if (e->dated > e->at)
                return fault(l->r, l->node, "nothing can be known before it happens");
        return behind.rest.n == 0 || fault(l->r, l->node, "too many words");
}

static bool
read_entry(struct reader *r, const struct scenario *s, const struct node *n, struct scenario_entry *e)
{
        struct line l = {r, n, s->zone, n->text};

        if (n->type != NODE_TEXT)
                return fault(r, n, "a line of the timeline is a text");
        if (!line_time(&l, &e->at) || !read_dated(&l, e))
                return false;
        l.rest = str_trim(l.rest);
        if (!read_what(&l, e))
                return false;
        e->promise.since = e->dated;
        return l.rest.n == 0 || fault_of(r, n, "too many words", l.rest);
}

/* ---- scenarios ---- */

static const struct node *
needed(struct reader *r, const struct node *map, const char *key, enum node_type type)
{
        const struct node *n = yaml_get(map, key);

        if (n != NULL && n->type == type && (type != NODE_TEXT || n->text.n > 0))
                return n;
        fault(r, n ? n : map, arena_printf(r->ctx->arena, "\"%s\" is needed", key));
        return NULL;
}

static bool
read_zone(struct reader *r, const struct node *n, const struct zone **ret)
{
        if (n == NULL)
                return true;
        *ret = n->type == NODE_TEXT ? zone_get(str_c(r->ctx->arena, n->text)) : NULL;
        return *ret != NULL || fault(r, n, "a zone such as Asia/Shanghai is needed");
}

/* What was promised before anything happened; the one clock promised is the one that expectations are about. */
static bool
read_promises(struct reader *r, struct scenario *s, const struct node *map)
{
        if (map == NULL)
                return true;
        if (map->type != NODE_MAP)
                return fault(r, map, "promises are a map of clocks");
        for (const struct node *n = map->child; n != NULL; n = n->next) {
                struct line l = {r, n, s->zone, n->text};
                struct scenario_entry *e = ARENA_PUSH(r->ctx->arena, s->entries, s->entry_count);
                e->verb = SCENARIO_PROMISES;
                if (!read_clock_name(&l, n->key, &e->clock) || !read_promise(r, n, n->text, &e->promise))
                        return false;
                s->clock = map->count == 1 ? e->clock : NULL;
        }
        return true;
}

/* Is there a wait for each one that proved false? */
static bool
false_waits_began(struct reader *r, const struct scenario *s, const struct node *list)
{
        for (size_t i = 0; i < s->entry_count; i++) {
                size_t k = 0;
                if (s->entries[i].verb != SCENARIO_FALSE_WAIT)
                        continue;
                while (k < i && (s->entries[k].verb != SCENARIO_WAITS || s->entries[k].dated != s->entries[i].from))
                        k++;
                if (k == i)
                        return fault(r, list, "no wait began when the false one did");
        }
        return true;
}

static bool
read_timeline(struct reader *r, struct scenario *s, const struct node *list)
{
        size_t before = s->entry_count;

        for (const struct node *n = list->child; n != NULL; n = n->next) {
                struct scenario_entry *e = ARENA_PUSH(r->ctx->arena, s->entries, s->entry_count);
                if (!read_entry(r, s, n, e))
                        return false;
                if (n != list->child && e->at < e[-1].at)
                        return fault(r, n, "the lines must stand in order of time");
        }
        if (!false_waits_began(r, s, list))
                return false;
        for (size_t i = 0; i < before && before < s->entry_count; i++)
                s->entries[i].at = s->entries[i].dated = s->entries[i].promise.since = s->entries[before].at;
        return before < s->entry_count || fault(r, list, "nothing happens");
}

static bool
name_is_new(struct reader *r, const struct node *n)
{
        for (size_t i = 0; i + 1 < r->f->scenario_count; i++)
                if (str_is(n->text, r->f->scenarios[i].name))
                        return fault_of(r, n, "there is already a scenario of this name", n->text);
        return true;
}

static bool
read_scenario(struct reader *r, const struct node *map)
{
        static const char *const KEYS[] = {"name",    "situation", "elsewhere", "source", "zone",
                                           "promise", "timeline",  "expect",    NULL};
        struct scenario *s = ARENA_PUSH(r->ctx->arena, r->f->scenarios, r->f->scenario_count);
        const struct node *name, *timeline;

        s->zone = r->zone;
        s->place = map->place;
        s->name = "";
        if (!only_keys(r, map, KEYS, "a scenario") || !needed(r, map, "situation", NODE_TEXT) ||
            !needed(r, map, "elsewhere", NODE_TEXT) || (name = needed(r, map, "name", NODE_TEXT)) == NULL ||
            (timeline = needed(r, map, "timeline", NODE_LIST)) == NULL ||
            (s->expect = needed(r, map, "expect", NODE_LIST)) == NULL)
                return false;
        if (!name_is_new(r, name))
                return false;
        s->name = str_c(r->ctx->arena, name->text);
        if (s->expect->count == 0)
                return fault(r, s->expect, "nothing is expected");
        return read_zone(r, yaml_get(map, "zone"), &s->zone) && read_promises(r, s, yaml_get(map, "promise")) &&
               read_timeline(r, s, timeline);
}

/* ---- the page ---- */

static void
free_calendar(void *c)
{
        calendar_free(c);
}

static bool
read_calendar(struct reader *r, const struct node *n)
{
        struct jw w = {0};
        struct calendar *c = NULL;
        struct json *v;

        yaml_json(n, &w);
        v = json_parse(r->ctx, arena_strndup(r->ctx->arena, w.b.p, w.b.n), w.b.n, YAML_MAX_NODES);
        jw_free(&w);
        if (v != NULL)
                c = calendar_from_json(r->ctx, v);
        if (c == NULL)
                return fail_because(r->ctx, E_YAML, place_text(r->ctx->arena, n->place), "this is no calendar");
        arena_defer(r->ctx->arena, free_calendar, c);
        map_put(&r->f->calendars, n->key, c);
        return true;
}

static bool
read_clock(struct reader *r, const struct node *n)
{
        static const char *const KEYS[] = {"start", "stop", "resume", "cancel", "again", "waits", "measure", NULL};
        struct scenario_clock *c = ARENA_PUSH(r->ctx->arena, r->f->clocks, r->f->clock_count);
        const struct node *measure;

        c->name = str_c(r->ctx->arena, n->key);
        if (!only_keys(r, n, KEYS, "a clock"))
                return false;
        c->start = yaml_get(n, "start");
        c->stop = yaml_get(n, "stop");
        c->resume = yaml_get(n, "resume");
        c->cancel = yaml_get(n, "cancel");
        c->again = yaml_get(n, "again");
        c->waits = yaml_get(n, "waits");
        measure = yaml_get(n, "measure");
        if (c->start == NULL || c->stop == NULL)
                return fault(r, n, "a clock needs start and stop");
        return measure == NULL || calendar_named(r, measure, measure->text, &c->measure);
}

static bool
read_each(struct reader *r, const struct node *n, enum node_type type, bool (*read)(struct reader *, const struct node *))
{
        bool good = true;

        if (n == NULL)
                return true;
        if (n->type != type)
                return fault(r, n, type == NODE_MAP ? "a map is needed" : "a list is needed");
        for (const struct node *c = n->child; c != NULL; c = c->next)
                good = read(r, c) && good;
        return good;
}

struct scenario_file *
scenario_read(struct ctx *ctx, struct str text, const char *path)
{
        static const char *const KEYS[] = {"about", "zone", "calendars", "clocks", "scenarios", NULL};
        struct reader r = {ctx, ARENA_NEW(ctx->arena, struct scenario_file), zone_get("UTC")};
        const struct node *page = yaml_read(ctx, ctx->arena, text, path);

        if (page == NULL)
                return NULL;
        map_init(&r.f->calendars, ctx->arena);
        if (!only_keys(&r, page, KEYS, "a page") || !read_zone(&r, yaml_get(page, "zone"), &r.zone) ||
            !read_each(&r, yaml_get(page, "calendars"), NODE_MAP, read_calendar) ||
            !read_each(&r, yaml_get(page, "clocks"), NODE_MAP, read_clock) ||
            !read_each(&r, needed(&r, page, "scenarios", NODE_LIST), NODE_LIST, read_scenario))
                return NULL;
        return ctx_failed(ctx) ? NULL : r.f;
}
