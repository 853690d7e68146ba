/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_contracts.c -- tables that contracts name (SLA set, OLA override) stay such that the contract can be kept (C9).
 *
 * A contract is checked when it names a table (promise.c); the table, or the common ones behind it, may change later.  Then
 * every standard that a running contract names is asked again under the changed tables.
 *
 * Invariants
 *   1. A contract that cannot be kept by the tables in force either is no fault of the change.
 *   2. One fault for each standard, with one of the contracts that have it.
 */
#include "service/policies.h"
#include "service/promise.h"

struct standard {
        struct entitlement_term term;
        const char *contract;
};

static bool
read_standards(struct work *w, struct standard **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select sla_set, ola_override, tier, min(code) from contract where (sla_set is not null or "
                                          "ola_override is not null) and tier is not null and state not in ('renewed', 'ended', "
                                          "'terminated') group by sla_set, ola_override, tier order by 4"),
                                      "");

        *ret = NULL;
        *ret_count = 0;
        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) =
                        (struct standard){{.sla_set = str_c(w->ctx->arena, rows_text(rows, 0)),
                                           .ola_override = str_c(w->ctx->arena, rows_text(rows, 1)),
                                           .tier = str_c(w->ctx->arena, rows_text(rows, 2)),
                                           .calendar = ""},
                                          str_c(w->ctx->arena, rows_text(rows, 3))};
        return rows != NULL && rows_close(rows);
}

/* Can it be kept by these tables?  *ret_why: the first fault. */
static bool
is_kept(struct work *w, const struct rules *rules, const struct standard *s, struct error *ret_why)
{
        struct ctx own;
        bool kept;

        ctx_init(&own, w->ctx->arena);
        kept = promise_tables_check(&own, rules, s->term);
        if (!kept)
                *ret_why = *own.errors;
        return kept;
}

bool
policies_keep_contracts(struct work *w, const struct rules *trial, const char *path)
{
        struct standard *list;
        size_t n;
        bool ok = true;

        if (!read_standards(w, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct arena *a = w->ctx->arena;
                struct error why, before;
                if (is_kept(w, trial, &list[i], &why) || !is_kept(w, w->model->rules, &list[i], &before))
                        continue;
                ok = fail(w->ctx, E_RULE, arena_printf(a, "%s:1:1", path),
                          ctx_both(w->ctx, arena_printf(a, "Contract %s could no longer be kept (%s): %s", list[i].contract, why.field, why.en),
                                   arena_printf(a, "合同 %s 将无法履行（%s）：%s", list[i].contract, why.field, why.zh)));
        }
        return ok;
}
