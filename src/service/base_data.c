/* SPDX-License-Identifier: Apache-2.0
 *
 * base_data.c -- units and contracts (domain.md 6.11, 6.16).
 *
 * Zones of customers, sites, regions and people exist; a contract does not end before it starts, and an extension takes the
 * lines along that ended with it.  Warranty starts on the installation report's date, or on day 90 after shipment, whichever comes first (P6).
 */
#include "base/clock.h"
#include "base/zone.h"
#include "service/hooks.h"
#include "service/service.h"

enum { WARRANTY_LATEST_START = 90, MONTHS_PRESET = 12 };

static bool
date_days(const struct record *r, const char *field, int64_t *ret)
{
        return service_is_set(r, field) && date_parse(record_text(r, field), ret);
}

static void
set_date(struct work *w, struct record *r, const char *field, int64_t days)
{
        char text[TIME_TEXT_MAX];

        if (service_is_set(r, field))
                return;
        date_format(days, text);
        record_set_text(r, field, str_of(arena_strdup(w->ctx->arena, text)));
}

static int64_t
add_months(int64_t days, int months)
{
        struct civil c = time_civil(days * USEC_DAY);
        int m = c.year * 12 + c.month - 1 + months;
        static const int length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

        c.year = m / 12;
        c.month = m % 12 + 1;
        if (c.day > length[c.month - 1])
                c.day = length[c.month - 1];
        if (c.month == 2 && c.day == 29 && (c.year % 4 != 0 || (c.year % 100 == 0 && c.year % 400 != 0)))
                c.day = 28;
        return time_of_civil(c) / USEC_DAY;
}

static bool
warranty_months(struct work *w, const struct record *r, int *ret)
{
        struct record *p = store_load(w, model_entity(w->model, ENTITY_PRODUCT), record_int(r, FIELD_INSTALLED_UNIT_PRODUCT));

        *ret = MONTHS_PRESET;
        if (p != NULL && service_is_set(p, FIELD_PRODUCT_WARRANTY_MONTHS))
                *ret = (int)record_int(p, FIELD_PRODUCT_WARRANTY_MONTHS);
        return !ctx_failed(w->ctx);
}

bool
base_warranty_start(struct work *w, struct record *r, const struct json *input)
{
        int64_t installed = 0, shipped = 0, start;
        bool has_installed = date_days(r, FIELD_INSTALLED_UNIT_INSTALLED_ON, &installed);
        bool has_shipped = date_days(r, FIELD_INSTALLED_UNIT_SHIPPED_ON, &shipped);
        int months;

        if (!has_installed && !has_shipped)
                return true;
        start = has_installed ? installed : shipped + WARRANTY_LATEST_START;
        if (has_installed && has_shipped && shipped + WARRANTY_LATEST_START < start)
                start = shipped + WARRANTY_LATEST_START;
        if (!warranty_months(w, r, &months))
                return false;
        set_date(w, r, FIELD_INSTALLED_UNIT_WARRANTY_FROM, start);
        set_date(w, r, FIELD_INSTALLED_UNIT_WARRANTY_TO, add_months(start, months));
        return true;
}

/* ---- contracts ---- */

bool
base_contract_fits(struct work *w, struct record *r, const struct json *input)
{
        int64_t from, to;

        return !date_days(r, FIELD_CONTRACT_STARTS_ON, &from) || !date_days(r, FIELD_CONTRACT_ENDS_ON, &to) || from <= to ||
               refuse(w, FIELD_CONTRACT_ENDS_ON, "The contract ends before it starts", "合同结束日期早于开始日期");
}

/* Lines that ended with the contract end with it again; those that ended earlier had their reason. */
static bool
extend_lines(struct work *w, const struct record *r, struct str before)
{
        struct rows *rows = sql_query(w->ctx, w->conn, SQL("select id from contract_line where contract = $1 and ends_on = $2 order by id"),
                                      "it", r->id, before);
        int64_t *ids = NULL;
        size_t n = 0;

        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, ids, n) = rows_int(rows, 0);
        if (rows == NULL || !rows_close(rows))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct record *l = store_load(w, model_entity(w->model, ENTITY_CONTRACT_LINE), ids[i]);
                if (l == NULL)
                        return false;
                record_set(l, FIELD_CONTRACT_LINE_ENDS_ON, *record_get(r, FIELD_CONTRACT_ENDS_ON));
                if (!store_save(w, l, "update"))
                        return false;
        }
        return true;
}

bool
base_contract_extend(struct work *w, struct record *r, const struct json *input)
{
        const char *f = FIELD_CONTRACT_ENDS_ON;
        const struct val *old = &r->old[entity_field(r->e, f)->index];
        int64_t before = 0, to = 0;

        if (!base_contract_fits(w, r, input))
                return false;
        if (old->type == VAL_TEXT && date_parse(old->s, &before) && date_days(r, f, &to) && to <= before)
                return refuse(w, f, "The new end must lie behind the present one", "新的结束日期须晚于当前结束日期");
        if ((to + 1) * USEC_DAY <= w->now)
                return refuse(w, f, "The new end has gone by already", "新的结束日期已过");
        return old->type != VAL_TEXT || extend_lines(w, r, old->s);
}

bool
base_contract_complete(struct work *w, struct record *r, const struct json *input)
{
        int64_t lines = 0, bare = 0;

        if (!base_contract_fits(w, r, input))
                return false;
        if (!sql_one_int(w->ctx, w->conn, &lines, SQL("select count(*) from contract_line where contract = $1"), "i", r->id) ||
            !sql_one_int(w->ctx, w->conn, &bare,
                         SQL("select count(*) from contract_line l where l.contract = $1 and (l.service_product is null or "
                             "(l.product is null and l.site is null and not exists "
                             "(select 1 from installed_unit u where u.contract_line = l.id)))"),
                         "i", r->id))
                return false;
        if (lines == 0)
                return refuse(w, "", "The contract has no line", "合同没有服务条目");
        return bare == 0 || refuse(w, "", "Each line needs a service product and a unit, product or site",
                                   "每个条目须有服务产品，并覆盖设备、产品或局点");
}

/* Of a record with a field `zone`: by it days are told and hours read. */
bool
base_zone_known(struct work *w, struct record *r, const struct json *input)
{
        const char *f = FIELD_ACCOUNT_ZONE;
        struct str zone = record_text(r, f);

        return zone.n == 0 || zone_get(str_c(w->ctx->arena, zone)) != NULL ||
               fail(w->ctx, E_BAD_FORMAT, f, str_c(w->ctx->arena, zone), "an IANA time zone such as Asia/Shanghai");
}

/* ---- lines of a contract ---- */

static const int64_t *
link_or_null(const struct record *r, const char *field)
{
        return service_is_set(r, field) ? &record_get(r, field)->i : NULL;
}

/* Another line of the contract that covers the same with the same service on some of these days; 0: none. */
static bool
line_beside(struct work *w, const struct record *r, int64_t *ret)
{
        *ret = 0;
        return sql_one_int(w->ctx, w->conn, ret,
                           SQL("select line_no from contract_line where contract = $1 and service_product = $2 and "
                               "product is not distinct from $3 and site is not distinct from $4 and starts_on <= $5 and "
                               "ends_on >= $6 and active = 1 and id <> $7 order by line_no limit 1"),
                           "iiIItti", record_int(r, FIELD_CONTRACT_LINE_CONTRACT), record_int(r, FIELD_CONTRACT_LINE_SERVICE_PRODUCT),
                           link_or_null(r, FIELD_CONTRACT_LINE_PRODUCT), link_or_null(r, FIELD_CONTRACT_LINE_SITE),
                           record_text(r, FIELD_CONTRACT_LINE_ENDS_ON), record_text(r, FIELD_CONTRACT_LINE_STARTS_ON), r->id) ||
               !ctx_failed(w->ctx);
}

/* A line covers some days, and what it covers is not promised twice in one contract: else nobody could say which quota is used.
 * (Lines that cover their units one by one, without product and site, may stand side by side.) */
bool
base_line_fits(struct work *w, struct record *r, const struct json *input)
{
        struct arena *a = w->ctx->arena;
        int64_t other;

        if (!service_is_set(r, FIELD_CONTRACT_LINE_STARTS_ON) || !service_is_set(r, FIELD_CONTRACT_LINE_ENDS_ON))
                return true;
        if (strcmp(str_c(a, record_text(r, FIELD_CONTRACT_LINE_STARTS_ON)), str_c(a, record_text(r, FIELD_CONTRACT_LINE_ENDS_ON))) > 0)
                return refuse(w, FIELD_CONTRACT_LINE_ENDS_ON, "The line ends before it starts", "条目结束日期早于开始日期");
        if (record_int(r, FIELD_CONTRACT_LINE_ACTIVE) == 0 ||
            (!service_is_set(r, FIELD_CONTRACT_LINE_PRODUCT) && !service_is_set(r, FIELD_CONTRACT_LINE_SITE)))
                return true;
        if (!line_beside(w, r, &other))
                return false;
        return other == 0 || refuse(w, FIELD_CONTRACT_LINE_STARTS_ON,
                                    arena_printf(a, "Line %lld of the contract covers the same with the same service on some of these days",
                                                 (long long)other),
                                    arena_printf(a, "合同第%lld行在部分日期已以同一服务覆盖相同范围", (long long)other));
}
