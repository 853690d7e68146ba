/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_inbox.c -- what a person sees: the own inbox, and who was told what of a record.
 *
 * The inbox is the rows of notice_delivery with channel inbox; nobody reads another's.  Words are made when they are read, in
 * both languages and the reader's time zone; a template that a site has taken away since leaves subject and text empty.
 */
#include "engine/access.h"
#include "engine/actor.h"
#include "service/notices.h"

/* ---- what both lists write ---- */

static void
put_both(struct jw *out, const char *key, struct str en, struct str zh)
{
        jw_key(out, key), jw_open(out, '{');
        jw_key(out, "en"), jw_str(out, en);
        jw_key(out, "zh"), jw_str(out, zh);
        jw_close(out, '}');
}

void
notice_put_words(struct work *w, struct str template, struct str audience, const struct json *facts, const char *zone, bool with_text, struct jw *out)
{
        enum audience a = str_is(audience, "staff") ? AUDIENCE_STAFF : AUDIENCE_CUSTOMER;
        struct notice_said en, zh;

        if (!notice_say(w, template, a, facts, (struct notice_reader){LANG_EN, zone}, &en) ||
            !notice_say(w, template, a, facts, (struct notice_reader){LANG_ZH, zone}, &zh))
                return;
        put_both(out, "subject", en.subject, zh.subject);
        if (with_text)
                put_both(out, "text", en.text, zh.text);
}

void
notice_put_why(struct work *w, struct str why, struct jw *out)
{
        jw_key(out, "why"), jw_str(out, why);
        put_both(out, "why_text", str_of(notice_why(w->model, why, LANG_EN)), str_of(notice_why(w->model, why, LANG_ZH)));
}

static void
put_time(struct jw *out, const char *key, const struct rows *rows, int col)
{
        jw_key(out, key);
        if (rows_null(rows, col))
                jw_null(out);
        else
                jw_time(out, rows_int(rows, col));
}

static void
put_text(struct jw *out, const char *key, const struct rows *rows, int col)
{
        jw_key(out, key);
        if (rows_null(rows, col))
                jw_null(out);
        else
                jw_str(out, rows_text(rows, col));
}

/* ---- the inbox ---- */

static void
put_item(struct work *w, struct rows *rows, const char *zone, struct jw *out)
{
        const struct json *facts = notice_facts_read(w, rows_text(rows, 10));

        jw_open(out, '{');
        jw_key(out, "id"), jw_int(out, rows_int(rows, 0));
        jw_key(out, "at"), jw_time(out, rows_int(rows, 1));
        put_time(out, "read_at", rows, 2);
        jw_key(out, "about"), jw_int(out, rows_int(rows, 3));
        jw_key(out, "entity"), jw_str(out, rows_text(rows, 4));
        jw_key(out, "number"), jw_str(out, json_get_text(facts, "number"));
        jw_key(out, "template"), jw_str(out, rows_text(rows, 5));
        jw_key(out, "kind"), jw_str(out, rows_text(rows, 6));
        jw_key(out, "critical"), jw_bool(out, rows_int(rows, 9) != 0);
        notice_put_why(w, rows_text(rows, 8), out);
        notice_put_words(w, rows_text(rows, 5), rows_text(rows, 7), facts, zone, true, out);
        jw_close(out, '}');
}

bool
inbox_json(struct work *w, bool unread_only, usec before, int64_t before_id, int limit, struct jw *out)
{
        const char *zone = actor_zone(w, w->actor->id, w->ctx->arena);
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id, at, read_at, about, entity, template, kind, audience, why, critical, facts "
                                          "from notice_delivery where person = $1 and channel = 'inbox' and (at < $2 or (at = $2 and id < $3)) "
                                          "and ($4 = 0 or unread is not null) order by at desc, id desc limit $5"),
                                      "iiiii", w->actor->id, before, before_id, (int64_t)unread_only, (int64_t)limit);
        int64_t last = 0, n = 0;
        usec last_at = 0;

        jw_open(out, '{');
        jw_key(out, "items"), jw_open(out, '[');
        for (; rows && rows_next(rows); n++) {
                last = rows_int(rows, 0);
                last_at = rows_int(rows, 1);
                put_item(w, rows, zone, out);
        }
        jw_close(out, ']');
        jw_key(out, "next");
        if (n == limit)
                jw_text(out, arena_printf(w->ctx->arena, "%lld-%lld", (long long)last_at, (long long)last));
        else
                jw_null(out);
        jw_close(out, '}');
        return rows && rows_close(rows);
}

bool
inbox_unread(struct work *w, int64_t *ret)
{
        return sql_one_int(w->ctx, w->conn, ret,
                           SQL("select count(*) from (select 1 as one from notice_delivery where unread = $1 limit $2) few"), "ii",
                           w->actor->id, (int64_t)INBOX_COUNT_MAX);
}

bool
inbox_read(struct work *w, int64_t id, usec until, int64_t *ret_count)
{
        int64_t one;

        if (id != 0 && !sql_one_int(w->ctx, w->conn, &one,
                                    SQL("select 1 from notice_delivery where id = $1 and person = $2 and channel = 'inbox'"), "ii", id,
                                    w->actor->id))
                return !ctx_failed(w->ctx) && fail(w->ctx, E_NOT_FOUND, "", "notice", arena_printf(w->ctx->arena, "%lld", (long long)id));
        if (!(id != 0 ? sql_run(w->ctx, w->conn,
                                SQL("update notice_delivery set unread = null, read_at = $3 where id = $1 and unread = $2"), "iii", id,
                                w->actor->id, w->now)
                      : sql_run(w->ctx, w->conn,
                                SQL("update notice_delivery set unread = null, read_at = $2 where unread = $1 and at <= $3"), "iii",
                                w->actor->id, w->now, until)) ||
            !sql_flush(w->ctx, w->conn))
                return false;
        *ret_count = conn_changes(w->conn);
        return true;
}

/* ---- the trail ---- */

static void
put_told(struct work *w, struct rows *rows, const char *zone, bool staff, struct jw *out)
{
        const struct json *facts = notice_facts_read(w, rows_text(rows, 15));

        jw_open(out, '{');
        jw_key(out, "id"), jw_int(out, rows_int(rows, 0));
        jw_key(out, "at"), jw_time(out, rows_int(rows, 1));
        put_text(out, "reader", rows, 2);
        jw_key(out, "audience"), jw_str(out, rows_text(rows, 3));
        jw_key(out, "channel"), jw_str(out, rows_text(rows, 4));
        put_text(out, "address", rows, 5);
        jw_key(out, "template"), jw_str(out, rows_text(rows, 6));
        notice_put_why(w, rows_text(rows, 7), out);
        jw_key(out, "state"), jw_str(out, rows_text(rows, 8));
        put_text(out, "reason", rows, 9);
        put_time(out, "next_at", rows, 10);
        put_time(out, "sent_at", rows, 11);
        put_time(out, "read_at", rows, 12);
        jw_key(out, "tries"), jw_int(out, rows_int(rows, 13));
        if (staff)
                put_text(out, "error", rows, 14);
        if (json_get(facts, "notice"))         /* the accident notice that was sent by it */
                jw_key(out, "notice"), jw_str(out, json_get_text(facts, "notice"));
        notice_put_words(w, rows_text(rows, 6), rows_text(rows, 3), facts, zone, false, out);
        jw_close(out, '}');
}

/* Notices that nobody has taken yet, or that could not be taken: a template that is not there, a fault of ours. */
static bool
put_untaken(struct work *w, const struct record *r, struct jw *out)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select created_at, state, tries, next_at, error, data from outbox where about = $1 and "
                                          "kind = 'notice' and state in ('due', 'failed') order by created_at, id limit 100"),
                                      "i", r->id);

        while (rows && rows_next(rows)) {
                jw_open(out, '{');
                jw_key(out, "at"), jw_time(out, rows_int(rows, 0));
                jw_key(out, "channel"), jw_text(out, "none");
                jw_key(out, "state"), jw_str(out, rows_text(rows, 1));
                jw_key(out, "tries"), jw_int(out, rows_int(rows, 2));
                put_time(out, "next_at", rows, 3);
                put_text(out, "error", rows, 4);
                jw_key(out, "template"), jw_str(out, json_get_text(notice_facts_read(w, rows_text(rows, 5)), "template"));
                jw_close(out, '}');
        }
        return rows && rows_close(rows);
}

bool
notice_trail_json(struct work *w, const struct record *r, struct jw *out)
{
        bool staff = access_is_staff(w);
        const char *zone = actor_zone(w, w->actor->id, w->ctx->arena);
        struct rows *rows;

        if (ctx_failed(w->ctx))
                return false;
        rows = sql_query(w->ctx, w->conn,
                         SQL("select id, at, reader, audience, channel, address, template, why, state, reason, next_at, sent_at, read_at, "
                             "tries, error, facts from notice_delivery where about = $1 and ($2 = 1 or person = $3 or "
                             "(contact = $4 and contact <> 0)) order by at desc, id desc limit 200"),
                         "iiii", r->id, (int64_t)staff, w->actor->id, w->actor->contact);
        jw_open(out, '{');
        jw_key(out, "items"), jw_open(out, '[');
        while (rows && rows_next(rows))
                put_told(w, rows, zone, staff, out);
        if (!rows || !rows_close(rows) || (staff && !put_untaken(w, r, out)))
                return false;
        jw_close(out, ']');
        jw_close(out, '}');
        return true;
}
