/* SPDX-License-Identifier: Apache-2.0
 *
 * ics.c -- iCalendar (RFC 5545): whole days, out and in.
 *
 *     lines --unfold--> NAME;PARAMS:VALUE --BEGIN:VEVENT ... END:VEVENT--> days from DTSTART up to, not with, DTEND
 *
 * Written: CRLF line ends, lines folded at 75 bytes between characters, texts escaped.  Each day is an event of its own with a
 * UID made from calendar and date, so that a subscriber's copy follows changes.  Days off carry the category HOLIDAY,
 * make-up workdays WORK with their hours in the description.
 *
 * Read: what a published holiday calendar holds.  Events with a time of day or a repetition rule are counted and passed over:
 * half days and rules are entered by hand, rather than guessed.
 */
#include "channel/ics.h"
#include <stdio.h>

enum { FOLD = 75, EVENT_DAYS_MAX = 366 };

/* ---- writing ---- */

/* One content line, folded. */
static void
put_line(struct buf *out, struct str line)
{
        size_t room = FOLD;

        while (line.n > room) {
                size_t n = room;
                while (n > 1 && ((unsigned char)line.p[n] & 0xC0) == 0x80)
                        n--;
                buf_add(out, line.p, n);
                buf_text(out, "\r\n ");
                line = (struct str){line.p + n, line.n - n};
                room = FOLD - 1;
        }
        buf_str(out, line);
        buf_text(out, "\r\n");
}

static void
put_text(struct buf *out, const char *name, struct str value)
{
        struct buf line = {0};

        buf_printf(&line, "%s:", name);
        for (size_t i = 0; i < value.n; i++) {
                if (strchr("\\;,", value.p[i]) != NULL && value.p[i] != '\0')
                        buf_char(&line, '\\');
                if (value.p[i] == '\n')
                        buf_text(&line, "\\n");
                else if ((unsigned char)value.p[i] >= ' ')
                        buf_char(&line, value.p[i]);
        }
        put_line(out, buf_view(&line));
        buf_free(&line);
}

static void
compact_date(int64_t day, char out[TIME_TEXT_MAX])
{
        struct civil c = time_civil(day * USEC_DAY);

        snprintf(out, TIME_TEXT_MAX, "%04d%02d%02d", c.year, c.month, c.day);
}

static void
put_event(struct buf *out, const struct ics_head *head, struct str date, const struct json *hours)
{
        char first[TIME_TEXT_MAX], next[TIME_TEXT_MAX];
        struct civil now = time_civil(head->now);
        int64_t day;
        struct jw text = {0};

        if (!date_parse(date, &day))
                return;
        compact_date(day, first);
        compact_date(day + 1, next);
        buf_printf(out, "BEGIN:VEVENT\r\nUID:%s-%.*s@openitr\r\n", first, (int)head->code.n, head->code.p);
        buf_printf(out, "DTSTAMP:%04d%02d%02dT%02d%02d%02dZ\r\n", now.year, now.month, now.day, now.hour, now.minute, now.second);
        buf_printf(out, "DTSTART;VALUE=DATE:%s\r\nDTEND;VALUE=DATE:%s\r\n", first, next);
        put_text(out, "SUMMARY", hours ? STR("Working day 上班") : STR("Day off 放假"));
        buf_text(out, hours ? "CATEGORIES:WORK\r\n" : "CATEGORIES:HOLIDAY\r\n");
        if (hours != NULL) {
                jw_json(&text, hours);
                put_text(out, "DESCRIPTION", jw_view(&text));
        }
        buf_text(out, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
        jw_free(&text);
}

void
ics_write(struct buf *out, const struct ics_head *head, const struct json *definition)
{
        const struct json *off = json_get(definition, "holidays"), *special = json_get(definition, "special_hours");

        buf_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//OpenITR//calendar//EN\r\nCALSCALE:GREGORIAN\r\n");
        put_text(out, "X-WR-CALNAME", head->name);
        put_text(out, "X-WR-TIMEZONE", json_get_text(definition, "timezone"));
        for (const struct json *d = off ? off->child : NULL; d != NULL; d = d->next)
                put_event(out, head, d->text, NULL);
        for (const struct json *d = special ? special->child : NULL; d != NULL; d = d->next)
                put_event(out, head, d->key, d);
        buf_text(out, "END:VCALENDAR\r\n");
}

/* ---- reading ---- */

struct event {
        bool open, timed, repeats, work;
        int64_t from, to;              /* to: the day behind the last one; from INT64_MIN: none said */
        struct str name;
};
struct reading {
        struct ctx *ctx;
        const char *name;
        int line;
        struct event e;
        struct ics_day **list;
        size_t *count;
        int64_t *passed_over;
};

static bool
bad(struct reading *r, struct str value, const char *wanted)
{
        return fail(r->ctx, E_BAD_FORMAT, arena_printf(r->ctx->arena, "%s:%d", r->name, r->line), str_c(r->ctx->arena, value), wanted);
}

/* 20261001 */
static bool
parse_day(struct str s, int64_t *ret)
{
        char text[11];

        if (s.n < 8)
                return false;
        snprintf(text, sizeof text, "%.4s-%.2s-%.2s", s.p, s.p + 4, s.p + 6);
        return date_parse(str_of(text), ret);
}

static struct str
unescape(struct reading *r, struct str s)
{
        char *p = arena_alloc(r->ctx->arena, s.n + 1);
        size_t n = 0;

        for (size_t i = 0; i < s.n; i++) {
                bool escaped = s.p[i] == '\\' && i + 1 < s.n;
                char c = s.p[i += escaped];
                p[n++] = escaped && (c == 'n' || c == 'N') ? ' ' : c;
        }
        p[n] = '\0';
        return (struct str){p, n};
}

static bool
end_event(struct reading *r)
{
        struct event *e = &r->e;

        e->open = false;
        if (e->timed || e->repeats) {
                ++*r->passed_over;
                return true;
        }
        if (e->from == INT64_MIN)
                return bad(r, e->name, "an event: it has no DTSTART");
        if (e->to == INT64_MIN)
                e->to = e->from + 1;
        if (e->to <= e->from || e->to - e->from > EVENT_DAYS_MAX)
                return bad(r, e->name, "an event of 1 to 366 days");
        for (int64_t day = e->from; day < e->to; day++)
                *ARENA_PUSH(r->ctx->arena, *r->list, *r->count) = (struct ics_day){day, e->name, e->work};
        return true;
}

static bool
take_day(struct reading *r, struct str value, int64_t *ret)
{
        if (value.n > 8) {             /* with a time of day */
                r->e.timed = true;
                return true;
        }
        return parse_day(value, ret) || bad(r, value, "a date such as 20261001");
}

static bool
take_line(struct reading *r, struct str line)
{
        struct str value, name = str_cut(line, ':', &value), params;

        name = str_cut(name, ';', &params);
        if (str_is(line, "BEGIN:VEVENT"))
                r->e = (struct event){.open = true, .from = INT64_MIN, .to = INT64_MIN, .name = STR("")};
        else if (str_is(line, "END:VEVENT"))
                return !r->e.open || end_event(r);
        else if (!r->e.open)
                return true;
        else if (str_is(name, "DTSTART"))
                return take_day(r, value, &r->e.from);
        else if (str_is(name, "DTEND"))
                return take_day(r, value, &r->e.to);
        else if (str_is(name, "RRULE") || str_is(name, "DURATION"))
                r->e.repeats = true;
        else if (str_is(name, "SUMMARY"))
                r->e.name = unescape(r, value);
        else if (str_is(name, "CATEGORIES"))
                r->e.work = str_is(value, "WORK");
        return true;
}

/* The next content line with its folded parts joined; the lines' number is that of its beginning. */
static bool
next_line(struct reading *r, struct str *text, int *number, struct str *ret)
{
        struct buf line = {0};

        if (text->n == 0)
                return false;
        r->line = ++*number;
        for (;;) {
                struct str part = str_cut(*text, '\n', text);
                if (part.n > 0 && part.p[part.n - 1] == '\r')
                        part.n--;
                buf_str(&line, part);
                if (text->n == 0 || (text->p[0] != ' ' && text->p[0] != '\t'))
                        break;
                text->p++, text->n--;
                ++*number;
        }
        *ret = (struct str){arena_strndup(r->ctx->arena, line.p ? line.p : "", line.n), line.n};
        buf_free(&line);
        return true;
}

bool
ics_read(struct ctx *ctx, const char *name, struct str text, struct ics_day **ret, size_t *ret_count, int64_t *passed_over)
{
        struct reading r = {.ctx = ctx, .name = name, .list = ret, .count = ret_count, .passed_over = passed_over};
        struct str line;
        int number = 0;

        *ret = NULL;
        *ret_count = 0;
        *passed_over = 0;
        if (!str_starts(text, STR("BEGIN:VCALENDAR")))
                return bad(&r, (struct str){text.p, text.n < 20 ? text.n : 20}, "iCalendar: it begins with BEGIN:VCALENDAR");
        while (next_line(&r, &text, &number, &line))
                if (!take_line(&r, line))
                        return false;
        return !r.e.open || bad(&r, STR("VEVENT"), "a whole event: END:VEVENT is missing");
}
