/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_mail.c -- the queue of mails: what goes out now, in which words, and what became of it.
 *
 *     due --mail_claim--> sending --mail_done--> sent
 *      ^                     |  |
 *      |                     |  '- refused for good, or tried MAIL_TRIES times --> failed
 *      |                     '- may pass: after 1, 2, 4 ... 60 minutes --.
 *      '-- nobody said what became of it (LEASE) ------------------------'
 *
 * Invariants
 *   1. A mail is claimed in one transaction and its end is told in another; between them lies the network, and no lock.  A
 *      crash between leaves `sending`, which is due again when the lease ends: at least once, and its Message-ID is the same.
 *   2. What is gathered for a person goes as one mail; one alone goes as it is.
 *   3. A dead server spends the tries of the one mail that met it; mail_defer puts off the others without counting.
 *
 * Not here: SMTP and MIME (channel/mail_out.c).
 */
#include "service/notice_mail.h"
#include "base/text.h"
#include "base/str.h"
#include "engine/work.h"
#include "gen/names.h"

#define LEASE (2 * USEC_MINUTE)
#define PAUSE_MIN USEC_MINUTE
#define PAUSE_MAX USEC_HOUR
#define DEFER (30 * USEC_SECOND)

struct row {
        int64_t id, about, person, contact, tries;
        struct str template, audience, why, reader, address, language, zone, entity, facts;
        bool gather, taken;
};

/* ---- claiming ---- */

static struct str
keep(struct work *w, struct str s)
{
        return (struct str){arena_strndup(w->ctx->arena, s.n ? s.p : "", s.n), s.n};
}

/* Of rows (id, about, person, contact, tries, template, audience, why, reader, address, language, zone, entity, facts, gather). */
static bool
read_rows(struct work *w, struct rows *rows, struct row **list, size_t *n)
{
        while (rows && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *list, *n) = (struct row){
                        .id = rows_int(rows, 0), .about = rows_int(rows, 1), .person = rows_int(rows, 2), .contact = rows_int(rows, 3),
                        .tries = rows_int(rows, 4), .template = keep(w, rows_text(rows, 5)), .audience = keep(w, rows_text(rows, 6)),
                        .why = keep(w, rows_text(rows, 7)), .reader = keep(w, rows_text(rows, 8)), .address = keep(w, rows_text(rows, 9)),
                        .language = keep(w, rows_text(rows, 10)), .zone = keep(w, rows_text(rows, 11)),
                        .entity = keep(w, rows_text(rows, 12)), .facts = keep(w, rows_text(rows, 13)), .gather = rows_int(rows, 14) != 0};
        return rows && rows_close(rows);
}

/* What else waits to be gathered for the same person. */
static bool
claim_others(struct work *w, const struct row *first, struct row **list, size_t *n)
{
        return read_rows(w,
                         sql_query(w->ctx, w->conn,
                                   SQL("update notice_delivery set state = 'sending', tries = tries + 1, next_at = $2 where channel = 'mail' "
                                       "and state = 'due' and gather = 1 and next_at <= $1 and address = $3 and audience = $4 "
                                       "returning id, about, person, contact, tries, template, audience, why, reader, address, language, "
                                       "zone, entity, facts, gather"),
                                   "iitt", w->now, w->now + LEASE, first->address, first->audience),
                         list, n);
}

static bool
claim_rows(struct work *w, int max, struct row **list, size_t *n)
{
        size_t first;

        if (!read_rows(w,
                       sql_query(w->ctx, w->conn,
                                 SQL("update notice_delivery set state = 'sending', tries = tries + 1, next_at = $2 where channel = 'mail' "
                                     "and state in ('due', 'sending') and next_at <= $1 and id in (select id from notice_delivery "
                                     "where next_at <= $1 and channel = 'mail' and state in ('due', 'sending') order by next_at, id "
                                     "limit $3) returning id, about, person, contact, tries, template, audience, why, reader, address, language, "
                                     "zone, entity, facts, gather"),
                                 "iii", w->now, w->now + LEASE, (int64_t)max),
                       list, n))
                return false;
        first = *n;
        for (size_t i = 0; i < first; i++)
                if ((*list)[i].gather && !claim_others(w, &(*list)[i], list, n))
                        return false;
        return true;
}

/* ---- words ---- */

struct words {
        struct work *w;
        const char *url;
        struct notice_reader to;
        enum audience audience;
};

/* Where the record is seen; NULL when the server's own address is not known. */
static const char *
link_to(const struct words *x, const struct row *r, const struct json *facts)
{
        struct arena *a = x->w->ctx->arena;
        const char *number = str_c(a, json_get_text(facts, "number"));

        if (*x->url == '\0')
                return NULL;
        if (x->audience == AUDIENCE_CUSTOMER)
                return str_is(r->entity, ENTITY_TECHNICAL_REQUEST) ? arena_printf(a, "%s/p/r/%s", x->url, number) : arena_printf(a, "%s/p", x->url);
        if (*number)
                return arena_printf(a, "%s/c/%s", x->url, number);
        return arena_printf(a, "%s/e/%s/%lld", x->url, str_c(a, r->entity), (long long)r->about);
}

static const char *
pick(const struct label *l, enum lang lang)
{
        return lang == LANG_EN ? l->en : l->zh;
}

static const struct wording *
wording(const struct words *x, struct str template)
{
        const struct template *t = template_get(x->w->model->templates, template);

        return t && t->by[x->audience].subject.en ? &t->by[x->audience] : NULL;
}

static struct words
words_for(struct work *w, const struct row *r, const char *url)
{
        return (struct words){w, url, {str_is(r->language, "en") ? LANG_EN : LANG_ZH, str_c(w->ctx->arena, r->zone)},
                              str_is(r->audience, "staff") ? AUDIENCE_STAFF : AUDIENCE_CUSTOMER};
}

static bool
word_one(struct words *x, const struct row *r, struct mail *m)
{
        const struct wording *frame = wording(x, STR("mail_frame"));
        struct notice_said said;
        const struct json *facts = notice_facts_read(x->w, r->facts);
        struct notice_extra extra = {.reader = str_c(x->w->ctx->arena, r->reader), .link = link_to(x, r, facts),
                                     .why = notice_why(x->w->model, r->why, x->to.lang)};

        if (!frame || !notice_say(x->w, r->template, x->audience, facts, x->to, &said))
                return false;
        m->about = r->about;
        m->subject = said.subject;
        extra.text = said.text.p;
        m->text = notice_fill(x->w, pick(&frame->text, x->to.lang), facts, x->to, &extra);
        return true;
}

static bool
word_many(struct words *x, const struct row *rows, size_t n, struct mail *m)
{
        const struct wording *frame = wording(x, STR("summary"));
        struct notice_extra extra = {.reader = str_c(x->w->ctx->arena, rows->reader), .count = m->id_count};
        struct buf lines = {0};

        if (!frame)
                return false;
        for (size_t i = 0; i < n; i++) {
                bool mine = rows[i].taken && rows[i].gather && str_eq(rows[i].address, rows->address);
                const struct json *facts = mine ? notice_facts_read(x->w, rows[i].facts) : NULL;
                const char *link = mine ? link_to(x, &rows[i], facts) : NULL;
                struct notice_said said;
                if (!mine || !notice_say(x->w, rows[i].template, x->audience, facts, x->to, &said))
                        continue;
                buf_text(&lines, lines.n ? "\n- " : "- ");
                buf_str(&lines, said.subject);
                for (size_t k = 0; k < said.also_count; k++)
                        buf_printf(&lines, "\n- %.*s", (int)said.also[k].n, said.also[k].p);
                if (link)
                        buf_printf(&lines, "\n  %s", link);
        }
        extra.text = arena_strndup(x->w->ctx->arena, lines.n ? lines.p : "", lines.n);
        extra.link = *x->url ? arena_printf(x->w->ctx->arena, "%s/%s", x->url, x->audience == AUDIENCE_CUSTOMER ? "p" : "inbox") : NULL;
        buf_free(&lines);
        m->subject = notice_fill(x->w, pick(&frame->subject, x->to.lang), notice_facts_read(x->w, STR_NONE), x->to, &extra);
        m->text = notice_fill(x->w, pick(&frame->text, x->to.lang), notice_facts_read(x->w, STR_NONE), x->to, &extra);
        return true;
}

/* The mail of rows[0], with what is gathered for the same address. */
static void
make_mail(struct work *w, struct row *rows, size_t n, const char *url, struct mail *m)
{
        struct words x = words_for(w, rows, url);

        *m = (struct mail){.address = str_c(w->ctx->arena, rows->address), .name = str_c(w->ctx->arena, rows->reader),
                           .lang = x.to.lang, .tries = rows->tries, .first = rows->id};
        for (size_t i = 0; i < n; i++) {
                bool mine = i == 0 || (rows->gather && rows[i].gather && !rows[i].taken && str_eq(rows[i].address, rows->address) &&
                                       str_eq(rows[i].audience, rows->audience));
                if (!mine)
                        continue;
                rows[i].taken = true;
                *ARENA_PUSH(w->ctx->arena, m->ids, m->id_count) = rows[i].id;
        }
        m->worded = m->id_count == 1 ? word_one(&x, rows, m) : word_many(&x, rows, n, m);
}

bool
mail_claim(struct work *w, int max, const char *url, struct mail **ret, size_t *ret_count)
{
        struct row *rows = NULL;
        size_t n = 0;

        *ret = NULL;
        *ret_count = 0;
        if (!claim_rows(w, max, &rows, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!rows[i].taken)
                        make_mail(w, &rows[i], n - i, url, ARENA_PUSH(w->ctx->arena, *ret, *ret_count));
        return true;
}

/* ---- what became of it ---- */

static usec
pause_after(int64_t tries)
{
        usec pause = PAUSE_MIN << (tries > 1 ? (tries < 8 ? tries - 1 : 7) : 0);

        return pause < PAUSE_MAX ? pause : PAUSE_MAX;
}

static bool
end_one(struct work *w, const struct mail *m, int64_t id, enum mail_end end, const char *error)
{
        bool over = end == MAIL_NEVER || (end == MAIL_LATER && m->tries >= MAIL_TRIES);
        char text[500];

        text_copy(text, sizeof text, error);
        if (end == MAIL_SENT)
                return sql_run(w->ctx, w->conn,
                               SQL("update notice_delivery set state = 'sent', sent_at = $2, next_at = null, error = null where id = $1 and "
                                   "state = 'sending'"),
                               "ii", id, w->now);
        if (over)
                return sql_run(w->ctx, w->conn,
                               SQL("update notice_delivery set state = 'failed', next_at = null, error = $2 where id = $1 and state = 'sending'"),
                               "is", id, text);
        if (end == MAIL_DEFERRED)
                return sql_run(w->ctx, w->conn,
                               SQL("update notice_delivery set state = 'due', tries = tries - 1, next_at = $2, error = $3 where id = $1 and "
                                   "state = 'sending'"),
                               "iis", id, w->now + DEFER, text);
        return sql_run(w->ctx, w->conn,
                       SQL("update notice_delivery set state = 'due', next_at = $2, error = $3 where id = $1 and state = 'sending'"), "iis", id,
                       w->now + pause_after(m->tries), text);
}

bool
mail_done(struct work *w, const struct mail *m, enum mail_end end, const char *error)
{
        for (int64_t i = 0; i < m->id_count; i++)
                if (!end_one(w, m, m->ids[i], end, error))
                        return false;
        return true;
}

bool
mail_resume(struct work *w)
{
        return sql_run(w->ctx, w->conn,
                       SQL("update notice_delivery set next_at = $1 where channel = 'mail' and state = 'sending' and next_at > $1"), "i", w->now);
}

bool
mail_first(struct ctx *ctx, struct conn *c, usec *ret)
{
        if (sql_one_int(ctx, c, ret, SQL("select next_at from notice_delivery where next_at is not null order by next_at limit 1"), ""))
                return true;
        *ret = USEC_NONE;
        return !ctx_failed(ctx);
}
