/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_take.c -- notices from the outbox to deliveries.
 *
 *     due --taken: UPDATE ... RETURNING--> sent, its deliveries written in the same transaction
 *      ^                |
 *      |                | failed: undone to the savepoint
 *      '-- put back, after 2 s, 4 s ... an hour --'-- the 12th time, or no such template --> failed, with the error
 *
 * Invariants
 *   1. A row is taken and its deliveries are written in one transaction: after a crash both are there or neither, so each
 *      person's inbox has each notice exactly once.  Nothing here touches the network.
 *   2. Two servers cannot both take a row: whoever comes second finds that it is no longer due.
 *   3. What one act tells of one case and of what stands under it is taken together, also where `max` would part it, so that a
 *      person hears of it once (notice_tell.c).  A row that is put back comes alone.
 */
#include <stdlib.h>
#include "base/log.h"
#include "base/text.h"
#include "engine/access.h"
#include "engine/store.h"
#include "gen/names.h"
#include "service/notices.h"

#define PAUSE_MIN (2 * USEC_SECOND)
#define PAUSE_MAX USEC_HOUR

struct taken {                         /* a row of the outbox */
        int64_t id, about, tries;
        int64_t act, family;           /* by which act; the case at the top */
        usec at;
        struct str data;
        bool done, back;               /* looked at; put back */
};

/* ---- one row ---- */

static bool
find_event(struct work *w, struct notice_cause *c)
{
        struct rows *rows = sql_query(w->ctx, w->conn, SQL("select actor, entity from events where case_id = $1 and seq = $2"), "ii",
                                      c->about, c->event);

        if (rows && rows_next(rows)) {
                c->actor = rows_int(rows, 0);
                c->entity = str_c(w->ctx->arena, rows_text(rows, 1));
        }
        return rows && rows_close(rows);
}

static bool
read_cause(struct work *w, const struct taken *t, struct notice_cause *c)
{
        struct str text = {arena_strndup(w->ctx->arena, t->data.p, t->data.n), t->data.n};
        const struct json *data = json_parse(w->ctx, (char *)text.p, text.n, 1000), *event;
        struct str name, entity;

        if (data == NULL)
                return false;
        *c = (struct notice_cause){.id = t->id, .about = t->about, .at = t->at, .to = json_get_text(data, "to"),
                                   .data = json_get(data, "data"), .event = 0};
        event = json_get(data, "event");
        c->event = event && event->type == JSON_INT ? event->i : 0;
        name = json_get_text(data, "template");
        c->t = template_get(w->model->templates, name);
        if (c->t == NULL)
                return fail(w->ctx, E_NOT_ALLOWED_VALUE, "template", str_c(w->ctx->arena, name), "the templates of notices/");
        if (!find_event(w, c))
                return false;
        entity = json_get_text(data, "entity");
        if (entity.n)
                c->entity = str_c(w->ctx->arena, entity);
        return true;
}

static struct record *
load_about(struct work *w, const struct notice_cause *c)
{
        const struct entity *e = c->entity ? model_entity(w->model, c->entity) : NULL;

        return e && e->kind == KIND_RECORD ? store_load(w, e, c->about) : store_load_case(w, c->about);
}

/* A record that has gone needs no notice. */
static bool
resolve(struct work *w, const struct taken *t, struct tellings *ret)
{
        struct notice_cause *c = ARENA_NEW(w->ctx->arena, struct notice_cause);
        struct record *r;

        if (!read_cause(w, t, c))
                return false;
        if (!(r = load_about(w, c))) {
                bool gone = w->ctx->errors == NULL || w->ctx->errors->code == E_NOT_FOUND;
                return gone ? (ctx_clear(w->ctx), true) : false;
        }
        return notice_gather(w, c, r, ret);
}

/* ---- what belongs together ---- */

/* The case above all others: one act tells of a request and of what stands under it. */
static bool
find_family(struct work *w, struct taken *t)
{
        int64_t up = t->about;

        for (int depth = 0; up != 0 && depth < 20; depth++) {
                t->family = up;
                if (!sql_one_int(w->ctx, w->conn, &up, SQL("select coalesce(parent, 0) from cases where id = $1"), "i", t->family))
                        break;
        }
        return !ctx_failed(w->ctx);
}

static int64_t
act_of(struct work *w, struct str data)
{
        const struct json *v = json_get(notice_facts_read(w, data), "act");

        return v && v->type == JSON_INT ? v->i : 0;
}

static bool
is_together(const struct taken *a, const struct taken *b)
{
        return a->act != 0 && a->act == b->act && a->at == b->at && a->family == b->family;
}

/* ---- taking ---- */

static int
by_age(const void *a, const void *b)
{
        const struct taken *x = a, *y = b;

        if (x->at != y->at)
                return x->at < y->at ? -1 : 1;
        if (x->act != y->act)
                return x->act < y->act ? -1 : 1;
        return x->id < y->id ? -1 : x->id > y->id;
}

/* Which rows are of one act and of one case; most stand alone, and are not asked about. */
static bool
sort_rows(struct work *w, struct taken *list, size_t n)
{
        for (size_t i = 0; i < n; i++)
                list[i].act = act_of(w, list[i].data);
        if (n > 1)
                qsort(list, n, sizeof *list, by_age);
        for (size_t i = 0; i < n; i++) {
                bool twin = (i > 0 && list[i - 1].act == list[i].act) || (i + 1 < n && list[i + 1].act == list[i].act);
                if (twin && list[i].act != 0 && !find_family(w, &list[i]))
                        return false;
        }
        return true;
}

static bool
read_rows(struct work *w, struct rows *rows, struct taken **list, size_t *n, usec *ret_last)
{
        while (rows && rows_next(rows)) {
                struct str data = rows_text(rows, 4);
                *ARENA_PUSH(w->ctx->arena, *list, *n) =
                        (struct taken){.id = rows_int(rows, 0), .about = rows_int(rows, 1), .tries = rows_int(rows, 2), .at = rows_int(rows, 3),
                                       .data = {arena_strndup(w->ctx->arena, data.n ? data.p : "", data.n), data.n}};
                if (rows_int(rows, 5) > *ret_last)
                        *ret_last = rows_int(rows, 5);
        }
        return rows && rows_close(rows);
}

/* Where the number cuts an act in two, its other half comes too: the rows of an act are due at one instant. */
static bool
take_rows(struct work *w, int max, struct taken **ret, size_t *ret_count)
{
        usec last = 0;

        *ret = NULL;
        *ret_count = 0;
        if (!read_rows(w,
                       sql_query(w->ctx, w->conn,
                                 SQL("update outbox set state = 'sent', sent_at = $1 where state = 'due' and id in (select id from "
                                     "outbox where state = 'due' and next_at <= $1 and kind = 'notice' order by next_at, id limit $2) "
                                     "returning id, about, tries, created_at, data, next_at"),
                                 "ii", w->now, (int64_t)max),
                       ret, ret_count, &last))
                return false;
        if (max > 1 && *ret_count == (size_t)max &&
            !read_rows(w,
                       sql_query(w->ctx, w->conn,
                                 SQL("update outbox set state = 'sent', sent_at = $1 where state = 'due' and kind = 'notice' and next_at = $2 "
                                     "returning id, about, tries, created_at, data, next_at"),
                                 "ii", w->now, last),
                       ret, ret_count, &last))
                return false;
        return sort_rows(w, *ret, *ret_count);
}

static bool
is_fatal(const struct work *w, int max)
{
        for (const struct error *e = w->ctx->errors; e; e = e->next)
                if (e->code == E_DB_AWAY || e->code == E_DB_FULL || e->code == E_DB_IN_DOUBT || (e->code == E_DB_RETRY && max > 1))
                        return true;
        return !tx_open(w->conn);
}

static bool
put_back(struct work *w, const struct taken *t)
{
        const char *why = w->ctx->errors ? w->ctx->errors->en : "it gave no reason";
        bool hopeless = t->tries + 1 >= OUTBOX_TRIES || (w->ctx->errors && w->ctx->errors->code == E_NOT_ALLOWED_VALUE);
        usec pause = PAUSE_MIN << t->tries;
        char error[500];

        text_copy(error, sizeof error, why);
        log_warn("notice failed", "outbox", arena_printf(w->ctx->arena, "%lld", (long long)t->id), "error", why, NULL);
        ctx_clear(w->ctx);
        return sql_run(w->ctx, w->conn,
                       SQL("update outbox set state = $2, sent_at = null, tries = $3, next_at = $4, error = $5 where id = $1"), "isiis", t->id,
                       hopeless ? "failed" : "due", t->tries + 1, w->now + (pause < PAUSE_MAX ? pause : PAUSE_MAX), error);
}

/* One row: what it says to whom, or back with it. */
static bool
take_one(struct work *w, struct taken *t, int max, struct tellings *ret)
{
        size_t before = ret->count;

        t->done = true;
        if (!tx_savepoint(w->ctx, w->conn))
                return false;
        if (resolve(w, t, ret) && tx_release(w->ctx, w->conn))
                return true;
        if (!tx_open(w->conn))
                return false;
        tx_undo(w->conn);
        ret->count = before;
        t->back = true;
        return !is_fatal(w, max) && put_back(w, t);
}

/* list[0] and what belongs to it. */
static bool
take_together(struct work *w, struct taken *list, size_t n, int max)
{
        struct tellings all = {0};

        for (size_t i = 0; i < n; i++)
                if (i == 0 || (!list[i].done && is_together(&list[0], &list[i])))
                        if (!take_one(w, &list[i], max, &all))
                                return false;
        if (!tx_savepoint(w->ctx, w->conn))
                return false;
        if (notice_tell(w, &all) && tx_release(w->ctx, w->conn))
                return true;
        if (!tx_open(w->conn))
                return false;
        tx_undo(w->conn);
        if (is_fatal(w, max))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!list[i].back && (i == 0 || (list[i].done && is_together(&list[0], &list[i]))) && !put_back(w, &list[i]))
                        return false;
        return true;
}

bool
notice_take_due(struct work *w, int max, int *ret_taken)
{
        struct taken *list;
        size_t n;

        *ret_taken = 0;
        if (!take_rows(w, max, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!list[i].done && !take_together(w, &list[i], n - i, max))
                        return false;
        *ret_taken = (int)n;
        return true;
}

bool
notice_first(struct ctx *ctx, struct conn *c, usec *ret)
{
        if (sql_one_int(ctx, c, ret, SQL("select next_at from outbox where state = 'due' and kind = 'notice' order by next_at limit 1"), ""))
                return true;
        *ret = USEC_NONE;
        return !ctx_failed(ctx);
}
