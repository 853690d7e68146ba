/* SPDX-License-Identifier: Apache-2.0
 *
 * bulletin.c -- a bulletin finds the units that it concerns and becomes one notice for each customer (domain.md 6.12).
 *
 *     bulletin: published --match--> matched --notify--> notified --close--> closed
 *                               |                  |                  \ supersede, withdraw: open notices end
 *     notice:                prepared ----------> notified -> acknowledged -> action_done | exempted
 *
 * Invariants
 *   1. A customer has at most one notice of a bulletin, however often it is matched.
 *   2. A notice is a copy: what a customer was told stays as it was told.
 *   3. A bulletin closes when every notice has its end.
 *
 * Not here: the mails (outbox), proof that the action helped (campaigns).
 */
#include <string.h>
#include "service/hooks.h"
#include "service/service.h"

enum { SERIALS_SHOWN = 100, UNITS_MAX = 100000, IDS_MAX = 1000 };

struct affected { /* the units of one customer */
        int64_t account, units;
        struct buf serials;
};

/* ---- matching ---- */

/* The versions that the bulletin names; none named means all. */
static bool
named_versions(struct work *w, const struct record *b, const struct json **ret)
{
        struct str text = record_text(b, FIELD_BULLETIN_VERSIONS);

        *ret = NULL;
        if (text.n == 0)
                return true;
        *ret = json_parse(w->ctx, arena_strndup(w->ctx->arena, text.p, text.n), text.n, IDS_MAX);
        return *ret != NULL;
}

static bool
concerns(const struct json *versions, int64_t version)
{
        if (versions == NULL)
                return true;
        for (const struct json *v = versions->child; v != NULL; v = v->next)
                if (v->i == version)
                        return true;
        return false;
}

static void
add_unit(struct affected *a, struct str serial)
{
        if (a->units++ < SERIALS_SHOWN) {
                if (a->serials.n > 0)
                        buf_add(&a->serials, ", ", 2);
                buf_add(&a->serials, serial.p, serial.n);
        }
}

static struct affected *
affected_units(struct work *w, const struct record *b, const struct json *versions, size_t *ret_count)
{
        struct affected *list = NULL;
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select account, serial, product_version from installed_unit where product = $1 and account is not "
                                          "null and state in ('installed', 'accepted', 'in_service', 'under_repair') "
                                          "order by account, serial limit $2"),
                                      "ii", record_int(b, FIELD_CASE_PRODUCT), (int64_t)UNITS_MAX);

        *ret_count = 0;
        while (rows != NULL && rows_next(rows)) {
                if (!concerns(versions, rows_int(rows, 2)))
                        continue;
                if (*ret_count == 0 || list[*ret_count - 1].account != rows_int(rows, 0))
                        *ARENA_PUSH(w->ctx->arena, list, *ret_count) = (struct affected){.account = rows_int(rows, 0)};
                add_unit(&list[*ret_count - 1], rows_text(rows, 1));
        }
        return rows != NULL && rows_close(rows) ? list : NULL;
}

static bool
ask_one(struct work *w, const char *sql, int64_t a, int64_t b, int64_t *ret)
{
        struct rows *rows = sql_query(w->ctx, w->conn, sql, "ii", a, b);

        *ret = 0;
        if (rows == NULL)
                return false;
        if (rows_next(rows))
                *ret = rows_int(rows, 0);
        return rows_close(rows);
}

static struct record *
notice_of(struct work *w, const struct record *b, const struct affected *a, int64_t contact)
{
        static const char *const same[][2] = {{FIELD_CASE_TITLE, FIELD_CASE_TITLE},
                                              {FIELD_CASE_PRODUCT, FIELD_CASE_PRODUCT},
                                              {FIELD_BULLETIN_NOTICE_GRADE, FIELD_BULLETIN_GRADE},
                                              {FIELD_BULLETIN_NOTICE_RISK, FIELD_BULLETIN_RISK},
                                              {FIELD_BULLETIN_NOTICE_ACTION, FIELD_BULLETIN_ACTION}};
        struct record *n = record_new(w, model_entity(w->model, ENTITY_BULLETIN_NOTICE));

        for (size_t i = 0; i < sizeof same / sizeof *same; i++)
                record_set(n, same[i][0], *record_get(b, same[i][1]));
        record_set_int(n, FIELD_BULLETIN_NOTICE_BULLETIN, b->id);
        record_set_text(n, FIELD_BULLETIN_NOTICE_BULLETIN_NO, str_of(b->number));
        record_set_int(n, FIELD_CASE_ACCOUNT, a->account);
        record_set_int(n, FIELD_BULLETIN_NOTICE_UNITS, a->units);
        record_set_text(n, FIELD_BULLETIN_NOTICE_UNIT_LIST, str_of(arena_strndup(w->ctx->arena, a->serials.p, a->serials.n)));
        if (contact != 0)
                record_set_int(n, FIELD_CASE_CONTACT, contact);
        return n;
}

static bool
prepare_notice(struct work *w, const struct record *b, const struct affected *a)
{
        int64_t there, contact;

        if (!ask_one(w, SQL("select n.id from bulletin_notice n join cases c on c.id = n.id where n.bulletin = $1 and c.account = $2"),
                     b->id, a->account, &there) ||
            !ask_one(w, SQL("select id from contact where account = $1 and active = $2 order by authorised desc, id limit 1"),
                     a->account, 1, &contact))
                return false;
        return there != 0 || store_insert(w, notice_of(w, b, a, contact), "create");
}

bool
bulletin_match(struct work *w, struct record *r, const struct json *input)
{
        const struct json *versions;
        struct affected *list;
        size_t n;
        int64_t units = 0;
        bool ok = true;

        if (!named_versions(w, r, &versions))
                return false;
        list = affected_units(w, r, versions, &n);
        if (ctx_failed(w->ctx))
                return false;
        for (size_t i = 0; i < n; i++) {
                units += list[i].units;
                ok = ok && prepare_notice(w, r, &list[i]);
                buf_free(&list[i].serials);
        }
        record_set_int(r, FIELD_BULLETIN_MATCHED_UNITS, units);
        record_set_int(r, FIELD_BULLETIN_MATCHED_ACCOUNTS, (int64_t)n);
        return ok;
}

/* ---- its notices ---- */

static bool
notices_in(struct work *w, const struct record *b, const char *state, int64_t **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select n.id from bulletin_notice n join cases c on c.id = n.id where n.bulletin = $1 and c.state = "
                                          "$2 order by n.id"),
                                      "is", b->id, state);

        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = rows_int(rows, 0);
        return rows != NULL && rows_close(rows);
}

static bool
each_step(struct work *w, const int64_t *ids, size_t n, const char *move)
{
        for (size_t i = 0; i < n; i++) {
                struct record *r = store_load_case(w, ids[i]);
                if (r == NULL || !life_step(w, r, move))
                        return false;
        }
        return true;
}

bool
bulletin_notify(struct work *w, struct record *r, const struct json *input)
{
        int64_t *ids = NULL;
        size_t n = 0;

        return notices_in(w, r, STATE_BULLETIN_NOTICE_PREPARED, &ids, &n) &&
               each_step(w, ids, n, MOVE_BULLETIN_NOTICE_NOTIFY);
}

static bool
open_notices(struct work *w, const struct record *b, int64_t **ret, size_t *ret_count)
{
        *ret = NULL;
        *ret_count = 0;
        return notices_in(w, b, STATE_BULLETIN_NOTICE_PREPARED, ret, ret_count) &&
               notices_in(w, b, STATE_BULLETIN_NOTICE_NOTIFIED, ret, ret_count) &&
               notices_in(w, b, STATE_BULLETIN_NOTICE_ACKNOWLEDGED, ret, ret_count);
}

bool
bulletin_end(struct work *w, struct record *r, const struct json *input)
{
        int64_t *ids;
        size_t n;

        return open_notices(w, r, &ids, &n) && each_step(w, ids, n, MOVE_BULLETIN_NOTICE_END);
}

bool
bulletin_close(struct work *w, struct record *r, const struct json *input)
{
        int64_t *ids;
        size_t n;

        if (!open_notices(w, r, &ids, &n))
                return false;
        return n == 0 || refuse(w, NULL, arena_printf(w->ctx->arena, "%zu customers have not acted yet", n),
                                arena_printf(w->ctx->arena, "还有%zu个客户未完成", n));
}

/* ---- a customer's word ---- */

/* A mandatory one is the approver's to exempt; our own planner may note what the customer signed. */
bool
bulletin_exempt_check(struct work *w, const struct record *r)
{
        return !record_is(r, FIELD_BULLETIN_NOTICE_GRADE, "mandatory") || service_has_role(w, "customer_approver") ||
               service_has_role(w, "maintenance_planner") ||
               refuse(w, FIELD_BULLETIN_NOTICE_EXEMPT_REASON, "A mandatory action is exempted by your company's approver only",
                      "强制措施只能由贵司授权人申请豁免");
}
