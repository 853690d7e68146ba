/* SPDX-License-Identifier: Apache-2.0
 *
 * base_data.c -- units and contracts (domain.md 6.11, 6.16).
 *
 * Warranty starts on the installation report's date, or on day 90 after shipment, whichever comes first (P6).
 */
#include "base/clock.h"
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

bool
base_contract_complete(struct work *w, struct record *r, const struct json *input)
{
        int64_t lines = 0, bare = 0;

        if (str_eq(record_text(r, FIELD_CONTRACT_STARTS_ON), record_text(r, FIELD_CONTRACT_ENDS_ON)) ||
            strcmp(record_text(r, FIELD_CONTRACT_STARTS_ON).p, record_text(r, FIELD_CONTRACT_ENDS_ON).p) > 0)
                return refuse(w, FIELD_CONTRACT_ENDS_ON, "The contract ends before it starts", "合同结束日期早于开始日期");
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
