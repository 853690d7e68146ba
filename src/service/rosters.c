/* SPDX-License-Identifier: Apache-2.0
 *
 * rosters.c -- the rosters of the database: loading them, and what they say (docs/rosters.md).
 *
 *     roster, roster_shift, roster_absence --rosters_load--> struct roster --roster_expand--> duty with names
 *
 * Not here: computing (engine/roster.c), what may be written (roster_check.c), dispatch and paging.
 */
#include "service/rosters.h"
#include <stdlib.h>
#include "service/service.h"

/* ---- loading ---- */

static int64_t
day_or(struct str date, int64_t otherwise)
{
        int64_t day;

        return date.n > 0 && date_parse(date, &day) ? day : otherwise;
}

static bool
load_rosters(struct work *w, int64_t team, struct roster_book *b)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id, team, kind, cover, name, zone, effective_from, effective_to, first_week "
                                          "from roster where state = 'published' and ($1 = 0 or team = $1) order by id"),
                                      "i", team);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct roster_one *one = ARENA_PUSH(w->ctx->arena, b->list, b->count);
                *one = (struct roster_one){.id = rows_int(rows, 0), .team = rows_int(rows, 1)};
                one->call = str_is(rows_text(rows, 2), "on_call");
                one->always = one->call || str_is(rows_text(rows, 3), "always");
                one->name = str_c(w->ctx->arena, rows_text(rows, 4));
                one->r.zone = zone_get(str_c(w->ctx->arena, rows_text(rows, 5)));
                one->r.from_day = day_or(rows_text(rows, 6), ROSTER_FIRST_DAY);
                one->r.to_day = day_or(rows_text(rows, 7), ROSTER_LAST_DAY);
                one->r.first_week = day_or(rows_text(rows, 8), one->r.from_day);
                if (one->r.zone == NULL)
                        one->r.zone = zone_get("UTC");
        }
        return rows_close(rows);
}

static usec
time_of(struct str s)
{
        struct str rest, hour = str_cut(s, ':', &rest);
        int64_t h = 0, m = 0;

        str_to_int(hour, &h);
        str_to_int(rest, &m);
        return h * USEC_HOUR + m * USEC_MINUTE;
}

static unsigned
days_of(struct str json)
{
        static const char *const names[7] = {"\"mon\"", "\"tue\"", "\"wed\"", "\"thu\"", "\"fri\"", "\"sat\"", "\"sun\""};
        unsigned days = 0;

        for (int i = 0; i < 7; i++)
                if (json.p != NULL && memmem(json.p, json.n, names[i], 5) != NULL)
                        days |= 1u << i;
        return days;
}

static struct roster_shift
read_shift(struct work *w, struct rows *rows)
{
        struct roster_shift s = {.id = rows_int(rows, 1), .days = days_of(rows_text(rows, 2))};

        s.start = time_of(rows_text(rows, 3));
        s.end = time_of(rows_text(rows, 4));
        if (s.end <= s.start)
                s.end += USEC_DAY;
        s.people = service_ids(w, rows_text(rows, 5), &s.count);
        s.weekly = str_is(rows_text(rows, 6), "weekly");
        s.at_once = (size_t)rows_int(rows, 7);
        s.from_day = day_or(rows_text(rows, 8), ROSTER_FIRST_DAY);
        s.to_day = day_or(rows_text(rows, 9), ROSTER_LAST_DAY);
        return s;
}

static struct roster_one *
book_find(struct roster_book *b, int64_t id)
{
        for (size_t i = 0; i < b->count; i++)
                if (b->list[i].id == id)
                        return &b->list[i];
        return NULL;
}

static bool
load_shifts(struct work *w, int64_t team, struct roster_book *b)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select s.roster, s.id, s.days, s.from_time, s.to_time, s.people, s.turns, s.at_once, "
                                          "s.since, s.until from roster_shift s join roster r on r.id = s.roster "
                                          "where r.state = 'published' and ($1 = 0 or r.team = $1) order by s.id"),
                                      "i", team);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct roster_one *one = book_find(b, rows_int(rows, 0));
                struct roster_shift *list;
                if (one == NULL)
                        continue;
                list = (struct roster_shift *)one->r.shifts;
                *ARENA_PUSH(w->ctx->arena, list, one->r.shift_count) = read_shift(w, rows);
                one->r.shifts = list;
        }
        return rows_close(rows);
}

static bool
load_absences(struct work *w, usec from, usec to, struct roster_book *b)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id, person, substitute, from_at, to_at, roster from roster_absence "
                                          "where to_at > $1 and from_at < $2 order by id"),
                                      "ii", from, to);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct roster_absence a = {rows_int(rows, 0), rows_int(rows, 1), rows_int(rows, 2), rows_int(rows, 3),
                                           rows_int(rows, 4)};
                int64_t only = rows_int(rows, 5);
                for (size_t i = 0; i < b->count; i++) {
                        struct roster_absence *list = (struct roster_absence *)b->list[i].r.absences;
                        if (only != 0 && only != b->list[i].id)
                                continue;
                        *ARENA_PUSH(w->ctx->arena, list, b->list[i].r.absence_count) = a;
                        b->list[i].r.absences = list;
                }
                if (only == 0)
                        *ARENA_PUSH(w->ctx->arena, b->absences, b->absence_count) = a;
        }
        return rows_close(rows);
}

/* Who is not active any more is away for good. */
static bool
load_inactive(struct work *w, struct roster_book *b)
{
        struct rows *rows = sql_query(w->ctx, w->conn, SQL("select id from users where active = 0 order by id"), "");

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct roster_absence gone = {.person = rows_int(rows, 0), .from = INT64_MIN, .to = INT64_MAX};
                for (size_t i = 0; i < b->count; i++) {
                        struct roster_absence *list = (struct roster_absence *)b->list[i].r.absences;
                        if (!rosters_names(&b->list[i], gone.person))
                                continue;
                        *ARENA_PUSH(w->ctx->arena, list, b->list[i].r.absence_count) = gone;
                        b->list[i].r.absences = list;
                }
        }
        return rows_close(rows);
}

bool
rosters_names(const struct roster_one *one, int64_t person)
{
        for (size_t i = 0; i < one->r.shift_count; i++)
                for (size_t k = 0; k < one->r.shifts[i].count; k++)
                        if (one->r.shifts[i].people[k] == person)
                                return true;
        return false;
}

bool
rosters_load(struct work *w, int64_t team, usec from, usec to, struct roster_book *ret)
{
        *ret = (struct roster_book){0};
        return load_rosters(w, team, ret) && load_shifts(w, team, ret) && load_absences(w, from, to, ret) &&
               load_inactive(w, ret);
}

/* ---- duty ---- */

static int
call_first(const void *a, const void *b)
{
        const struct duty *x = a, *y = b;

        if (x->roster->call != y->roster->call)
                return x->roster->call ? -1 : 1;
        if (x->d.start != y->d.start)
                return x->d.start < y->d.start ? -1 : 1;
        if (x->d.place != y->d.place)
                return x->d.place - y->d.place;
        if (x->d.shift != y->d.shift)
                return x->d.shift < y->d.shift ? -1 : 1;
        return x->d.person < y->d.person ? -1 : x->d.person > y->d.person;
}

void
rosters_duty(struct work *w, const struct roster_book *b, usec from, usec to, struct duty **ret, size_t *ret_count)
{
        *ret = NULL;
        *ret_count = 0;
        for (size_t i = 0; i < b->count; i++) {
                struct roster_duty *list;
                size_t n;
                roster_expand(w->ctx->arena, &b->list[i].r, from, to, &list, &n);
                for (size_t k = 0; k < n; k++)
                        *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = (struct duty){list[k], &b->list[i]};
        }
        if (*ret_count > 0)
                qsort(*ret, *ret_count, sizeof **ret, call_first);
}

bool
rosters_on_call(struct work *w, int64_t team, usec at, int64_t **ret, size_t *ret_count)
{
        struct roster_book b;
        struct duty *list;
        size_t n;

        *ret = NULL;
        *ret_count = 0;
        if (!rosters_load(w, team, at, at + 1, &b))
                return false;
        rosters_duty(w, &b, at, at + 1, &list, &n);
        for (size_t i = 0; i < n && list[i].roster->call; i++) {
                bool there = false;
                for (size_t k = 0; k < *ret_count; k++)
                        there |= (*ret)[k] == list[i].d.person;
                if (!there)
                        *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = list[i].d.person;
        }
        return true;
}

/* ---- as JSON ---- */

enum { LOOK_BACK = 8, LOOK_AHEAD = 15 };       /* days */

static bool
same_place(const struct duty *a, const struct duty *b)
{
        return a->roster == b->roster && a->d.person == b->d.person && a->d.shift == b->d.shift &&
               a->d.place == b->d.place && a->d.absence == b->d.absence;
}

/* Joins what goes on day after day: five nights of 24 hours are one duty. */
static size_t
join_days(struct duty *list, size_t n)
{
        size_t kept = 0;

        for (size_t i = 0; i < n; i++) {
                size_t k = kept;
                while (k > 0 && !(same_place(&list[k - 1], &list[i]) && list[k - 1].d.end == list[i].d.start))
                        k--;
                if (k > 0)
                        list[k - 1].d.end = list[i].d.end;
                else
                        list[kept++] = list[i];
        }
        return kept;
}

static bool
write_name(struct work *w, const char *key, int64_t person, struct jw *out)
{
        struct str name = STR_NONE;

        if (!sql_one_text(w->ctx, w->conn, &name, SQL("select name from users where id = $1"), "i", person) && ctx_failed(w->ctx))
                return false;
        jw_key(out, key), jw_str(out, name);
        return true;
}

static bool
write_duty(struct work *w, const struct duty *d, usec edge_from, usec edge_to, struct jw *out)
{
        bool ok;

        jw_open(out, '{');
        jw_key(out, "user"), jw_int(out, d->d.person);
        ok = write_name(w, "name", d->d.person, out);
        jw_key(out, "order"), jw_int(out, d->d.place + 1);
        jw_key(out, "from"), d->d.start > edge_from ? jw_time(out, d->d.start) : jw_null(out);
        jw_key(out, "to"), d->d.end < edge_to ? jw_time(out, d->d.end) : jw_null(out);
        jw_key(out, "roster"), jw_int(out, d->roster->id);
        jw_key(out, "roster_name"), jw_text(out, d->roster->name);
        jw_key(out, "shift"), jw_int(out, d->d.shift);
        jw_key(out, "absence"), d->d.absence ? jw_int(out, d->d.absence) : jw_null(out);
        jw_key(out, "instead_of"), d->d.instead_of ? jw_int(out, d->d.instead_of) : jw_null(out);
        if (d->d.instead_of != 0)
                ok = ok && write_name(w, "instead_of_name", d->d.instead_of, out);
        jw_close(out, '}');
        return ok;
}

struct window {
        const struct duty *list;
        size_t count;
        usec from, at, to;
};

/* The first beginning after the instant; USEC_NONE when there is none. */
static usec
next_start(const struct window *v, bool call)
{
        usec first = USEC_NONE;

        for (size_t i = 0; i < v->count; i++)
                if (v->list[i].roster->call == call && v->list[i].d.start > v->at &&
                    (first == USEC_NONE || v->list[i].d.start < first))
                        first = v->list[i].d.start;
        return first;
}

static bool
write_at(struct work *w, const struct window *v, bool call, usec t, struct jw *out)
{
        bool ok = true;

        jw_key(out, call ? "on_call" : "shift"), jw_open(out, '[');
        for (size_t i = 0; i < v->count; i++) {
                const struct duty *d = &v->list[i];
                if (t != USEC_NONE && d->roster->call == call && d->d.start <= t && t < d->d.end)
                        ok = ok && write_duty(w, d, v->from, v->to, out);
        }
        jw_close(out, ']');
        return ok;
}

bool
rosters_json(struct work *w, int64_t team, usec at, struct jw *out)
{
        struct window v = {.from = at - LOOK_BACK * USEC_DAY, .at = at, .to = at + LOOK_AHEAD * USEC_DAY};
        struct roster_book b;
        struct duty *list;
        bool ok;

        if (!rosters_load(w, team, v.from, v.to, &b))
                return false;
        rosters_duty(w, &b, v.from, v.to, &list, &v.count);
        v.count = join_days(list, v.count);
        v.list = list;
        jw_open(out, '{');
        jw_key(out, "team"), jw_int(out, team);
        jw_key(out, "at"), jw_time(out, at);
        jw_key(out, "rosters"), jw_int(out, (int64_t)b.count);
        ok = write_at(w, &v, false, at, out) && write_at(w, &v, true, at, out);
        jw_key(out, "next"), jw_open(out, '{');
        ok = ok && write_at(w, &v, false, next_start(&v, false), out) && write_at(w, &v, true, next_start(&v, true), out);
        jw_close(out, '}');
        jw_close(out, '}');
        return ok;
}
