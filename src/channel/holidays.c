/* SPDX-License-Identifier: Apache-2.0
 *
 * holidays.c -- holiday files of the formats that are published (rule C7).
 *
 *     {"year", "days": [{"name", "date", "isOffDay"}]}          holiday-cn, from the State Council's notices       set CN
 *     {"holidays": {date: "en,zh,n"}, "workdays": {...}}         chinese-days                                      set CN
 *     country,date,start,end,name,type,substitute                date-holidays: public holidays are days off       set = country
 *     BEGIN:VCALENDAR                                            iCalendar: whole days                             set = file's name
 *
 * Invariants
 *   1. Reading a file again changes nothing.
 *   2. The computed days of date-holidays never change a row that is there, and add none to a year whose make-up workdays
 *      are known: that year's notice is complete.  So read the notices first.  Its bank holidays, and what does not last the whole day, are no days off: they are counted and passed over.
 *   3. A fault names the file and the place in it, and the file leaves nothing behind (the caller's transaction).
 */
#include "channel/holidays.h"
#include <ctype.h>
#include <stdio.h>
#include "channel/csv.h"
#include "channel/ics.h"

enum { NODES_MAX = 100000, BYTES_MAX = 16 << 20 };

struct reading {
        struct work *w;
        const char *path;
        struct holiday_counts *counts;
        int64_t *passed_over;
};

static bool
bad_file(struct reading *r, const char *sentence)
{
        return fail(r->w->ctx, E_IMPORT, r->path, sentence);
}

static bool
add(struct reading *r, struct holiday h, const char *place)
{
        return calendars_holiday(r->w, &h, r->counts) ||
               fail_because(r->w->ctx, E_IMPORT, arena_printf(r->w->ctx->arena, "%s:%s", r->path, place), "The holiday cannot be kept.");
}

/* ---- JSON ---- */

static bool
read_notice(struct reading *r, const struct json *days)
{
        for (const struct json *d = days->child; d != NULL; d = d->next) {
                const struct json *off = json_get(d, "isOffDay");
                struct holiday h = {.set = STR("CN"), .date = json_get_text(d, "date"), .name = json_get_text(d, "name")};
                if (off == NULL || (off->type != JSON_TRUE && off->type != JSON_FALSE))
                        return bad_file(r, "Each of `days` needs `name`, `date` and `isOffDay`.");
                h.work = off->type == JSON_FALSE;
                if (!add(r, h, str_c(r->w->ctx->arena, h.date)))
                        return false;
        }
        return true;
}

/* "New Year's Day,元旦,1": the second part is the name. */
static struct str
second_part(struct str s)
{
        struct str rest, first = str_cut(s, ',', &rest), second = str_cut(rest, ',', &rest);

        return second.n > 0 ? second : first;
}

static bool
read_dates(struct reading *r, const struct json *dates, bool work)
{
        for (const struct json *d = dates->child; d != NULL; d = d->next) {
                struct holiday h = {.set = STR("CN"), .date = d->key, .name = second_part(d->text), .work = work};
                if (!add(r, h, str_c(r->w->ctx->arena, d->key)))
                        return false;
        }
        return true;
}

static bool
read_json(struct reading *r, struct buf *text)
{
        struct json *v = json_parse(r->w->ctx, text->p, text->n, NODES_MAX);
        const struct json *days = json_get(v, "days"), *off = json_get(v, "holidays"), *work = json_get(v, "workdays");

        if (v == NULL)
                return fail_because(r->w->ctx, E_IMPORT, r->path, "The file cannot be read.");
        if (days != NULL && days->type == JSON_ARRAY)
                return read_notice(r, days);
        if (off != NULL && work != NULL && off->type == JSON_OBJECT && work->type == JSON_OBJECT)
                return read_dates(r, off, false) && read_dates(r, work, true);
        return bad_file(r, "The JSON is neither holiday-cn (`days`) nor chinese-days (`holidays` and `workdays`).");
}

/* ---- CSV ---- */

enum column { COUNTRY, DATE, START, END, NAME, TYPE, COLUMN_COUNT };

static bool
is_day_off(const struct str *f)
{
        usec from, to;

        return str_is(f[TYPE], "public") && (!time_parse(f[START], &from) || !time_parse(f[END], &to) || to - from >= 23 * USEC_HOUR);
}

/* Is the year's notice there?  It names make-up workdays, which no computed file does. */
static bool
is_noticed(struct reading *r, struct str set, struct str date, bool *ret)
{
        int64_t one;
        const char *year = arena_printf(r->w->ctx->arena, "%.*s-%%", date.n < 4 ? 0 : 4, date.p);

        *ret = sql_one_int(r->w->ctx, r->w->conn, &one,
                           SQL("select 1 from holiday where set_code = $1 and kind = 'work' and date like $2 limit 1"), "ts", set, year);
        return !ctx_failed(r->w->ctx);
}

static bool
read_record(struct reading *r, const struct csv *csv)
{
        struct arena *a = r->w->ctx->arena;
        struct holiday h = {.only_new = true};
        bool noticed;

        if (csv->count < COLUMN_COUNT)
                return bad_file(r, arena_printf(a, "Line %lld has fewer than %d columns.", (long long)csv->line, COLUMN_COUNT));
        if (!is_noticed(r, csv->fields[COUNTRY], csv->fields[DATE], &noticed))
                return false;
        if (noticed || !is_day_off(csv->fields)) {
                ++*r->passed_over;
                return true;
        }
        h.set = str_of(str_c(a, csv->fields[COUNTRY]));
        h.date = str_of(str_c(a, csv->fields[DATE]));
        h.name = str_of(str_c(a, csv->fields[NAME]));
        return add(r, h, arena_printf(a, "%lld", (long long)csv->line));
}

static bool
read_csv(struct reading *r, struct str text)
{
        struct inflate *in = inflate_memory(r->w->ctx, text, r->path);
        struct csv csv;
        bool ok;

        if (in == NULL)
                return false;
        csv_open(&csv, in, ',');
        ok = csv_next(r->w->ctx, &csv) && csv.count >= COLUMN_COUNT && str_is(csv.fields[COUNTRY], "country") &&
             str_is(csv.fields[TYPE], "type");
        if (!ok && !csv.failed)
                bad_file(r, "The file is no holiday file: it begins neither with {, nor with BEGIN:VCALENDAR, nor with country,date,start,end,name,type.");
        while (ok && csv_next(r->w->ctx, &csv))
                ok = read_record(r, &csv);
        ok = ok && !csv.failed;
        csv_close(&csv);
        inflate_close(in);
        return ok;
}

/* ---- iCalendar ---- */

/* "holidays/acme.ics.gz" -> "ACME". */
static struct str
set_of_path(struct reading *r)
{
        const char *slash = strrchr(r->path, '/'), *name = slash ? slash + 1 : r->path;
        size_t n = strcspn(name, ".");
        char *set = arena_strndup(r->w->ctx->arena, name, n > 20 ? 20 : n);

        for (char *p = set; *p; p++)
                *p = (char)toupper((unsigned char)*p);
        return str_of(set);
}

static bool
read_ics(struct reading *r, struct str text)
{
        struct str set = set_of_path(r);
        struct ics_day *days;
        int64_t passed_over;
        size_t n;

        if (!ics_read(r->w->ctx, r->path, text, &days, &n, &passed_over))
                return false;
        *r->passed_over += passed_over;
        for (size_t i = 0; i < n; i++) {
                char date[TIME_TEXT_MAX];
                date_format(days[i].day, date);
                struct holiday h = {.set = set, .date = str_of(arena_strdup(r->w->ctx->arena, date)), .name = days[i].name,
                                    .work = days[i].work};
                if (!add(r, h, date))
                        return false;
        }
        return true;
}

/* ---- a file ---- */

static bool
read_whole(struct reading *r, struct buf *text)
{
        struct inflate *in = inflate_open(r->w->ctx, r->path);
        ptrdiff_t n = 0;

        while (in != NULL && text->n <= BYTES_MAX && (n = inflate_read(r->w->ctx, in, buf_room(text, 65536), 65536)) > 0)
                text->n += (size_t)n;
        if (in == NULL || n < 0) {
                if (in != NULL)
                        inflate_close(in);
                return false;
        }
        inflate_close(in);
        return text->n <= BYTES_MAX || fail(r->w->ctx, E_TOO_MANY, r->path, "bytes", "16 MiB");
}

bool
holidays_import(struct work *w, const char *path, struct holiday_counts *counts, int64_t *passed_over)
{
        struct reading r = {w, path, counts, passed_over};
        struct buf text = {0};
        bool ok = read_whole(&r, &text);

        if (ok && text.n > 0 && text.p[0] == '{')
                ok = read_json(&r, &text);
        else if (ok && str_starts(buf_view(&text), STR("BEGIN:VCALENDAR")))
                ok = read_ics(&r, buf_view(&text));
        else if (ok)
                ok = read_csv(&r, buf_view(&text));
        buf_free(&text);
        return ok;
}
