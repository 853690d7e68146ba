/* SPDX-License-Identifier: Apache-2.0
 *
 * entitlement_gather.c -- the facts that rule B asks for, from the tables; and the explanation as JSON.
 *
 *     question (who, what, where, when) --> unit, contact and site fill in what is not given
 *                                       --> lines: the unit's own, or the customer's by product and site
 *
 * A line covers the units that point to it, or its product, or its site, or the product at that site (models/contract_line.yaml).
 * What is only half known (a line for a product, a request without one) does not match.  The date is the customer's.
 */
#include "service/entitlement.h"
#include "base/zone.h"
#include "service/service.h"

/* ---- facts ---- */

static int64_t
date_of(const struct record *r, const char *field)
{
        int64_t day;

        return service_is_set(r, field) && date_parse(record_text(r, field), &day) ? day : DAY_NONE;
}

static void
fill(int64_t *to, const struct record *from, const char *field)
{
        if (*to == 0)
                *to = record_int(from, field);
}

static bool
state_is(const struct record *r, const char *name)
{
        return r->state != NULL && strcmp(r->state->name, name) == 0;
}

static bool
gather_unit(struct work *w, struct entitlement_question *q, struct entitlement_facts *f, int64_t *ret_line)
{
        struct record *u = store_load(w, model_entity(w->model, ENTITY_INSTALLED_UNIT), q->unit);

        if (u == NULL)
                return false;
        fill(&q->account, u, FIELD_INSTALLED_UNIT_ACCOUNT);
        fill(&q->site, u, FIELD_INSTALLED_UNIT_SITE);
        fill(&q->product, u, FIELD_INSTALLED_UNIT_PRODUCT);
        f->installed_on = date_of(u, FIELD_INSTALLED_UNIT_INSTALLED_ON);
        f->warranty_to = date_of(u, FIELD_INSTALLED_UNIT_WARRANTY_TO);
        f->illegal = state_is(u, STATE_INSTALLED_UNIT_LOST);
        f->accepted = !state_is(u, STATE_INSTALLED_UNIT_SHIPPED) && !state_is(u, STATE_INSTALLED_UNIT_INSTALLED);
        *ret_line = record_int(u, FIELD_INSTALLED_UNIT_CONTRACT_LINE);
        return true;
}

static bool
gather_caller(struct work *w, struct entitlement_question *q, struct entitlement_facts *f)
{
        struct record *c = store_load(w, model_entity(w->model, ENTITY_CONTACT), q->contact);

        if (c == NULL)
                return false;
        fill(&q->account, c, FIELD_CONTACT_ACCOUNT);
        f->caller = q->verified || record_int(c, FIELD_CONTACT_AUTHORISED) != 0 ? CALLER_AUTHORISED : CALLER_OTHER;
        return true;
}

static bool
gather_site(struct work *w, struct entitlement_question *q)
{
        struct record *site = store_load(w, model_entity(w->model, ENTITY_SITE), q->site);

        if (site == NULL)
                return false;
        fill(&q->account, site, FIELD_SITE_ACCOUNT);
        return true;
}

/* The customer's calendar, and the date of `at` where the customer is. */
static bool
gather_account(struct work *w, const struct entitlement_question *q, struct entitlement_facts *f)
{
        const struct zone *zone = NULL;
        struct record *a = NULL;
        struct civil local;

        if (q->account != 0 && (a = store_load(w, model_entity(w->model, ENTITY_ACCOUNT), q->account)) == NULL)
                return false;
        f->account = q->account;
        if (a != NULL && service_is_set(a, FIELD_ACCOUNT_CALENDAR))
                f->calendar = str_c(w->ctx->arena, record_text(a, FIELD_ACCOUNT_CALENDAR));
        if (a != NULL && service_is_set(a, FIELD_ACCOUNT_ZONE))
                zone = zone_get(str_c(w->ctx->arena, record_text(a, FIELD_ACCOUNT_ZONE)));
        local = zone ? zone_civil(zone, q->at) : time_civil(q->at);
        local.hour = local.minute = local.second = local.micro = 0;
        f->day = time_of_civil(local) / USEC_DAY;
        return true;
}

/* ---- lines ---- */

static int64_t
later(int64_t a, int64_t b)
{
        return a > b ? a : b;
}

static int64_t
earlier(int64_t a, int64_t b)
{
        return a < b ? a : b;
}

static int64_t
row_date(struct rows *rows, int col, int64_t otherwise)
{
        int64_t day;

        return date_parse(rows_text(rows, col), &day) ? day : otherwise;
}

static int64_t
row_quota(struct rows *rows, int col)
{
        return rows_null(rows, col) ? -1 : rows_int(rows, col);
}

static const char *
row_text(struct work *w, struct rows *rows, int col)
{
        return str_c(w->ctx->arena, rows_text(rows, col));
}

static void
read_line(struct work *w, struct rows *rows, struct entitlement_line *l)
{
        *l = (struct entitlement_line){
                .id = rows_int(rows, 0),
                .contract = rows_int(rows, 1),
                .code = row_text(w, rows, 2),
                .name = row_text(w, rows, 3),
                .tier = row_text(w, rows, 4),
                .calendar = row_text(w, rows, 5),
                .contract_state = row_text(w, rows, 6),
                .active = rows_int(rows, 7) != 0,
                .from = later(row_date(rows, 8, INT64_MIN), row_date(rows, 10, INT64_MIN)),
                .to = earlier(row_date(rows, 9, INT64_MAX - ENTITLEMENT_GRACE_DAYS), row_date(rows, 11, INT64_MAX - ENTITLEMENT_GRACE_DAYS)),
                .visit_quota = row_quota(rows, 12),
                .visits = rows_int(rows, 13),
                .incident_quota = row_quota(rows, 14),
                .sla_set = row_text(w, rows, 15),
                .ola_override = row_text(w, rows, 16),
        };
}

static bool
gather_lines(struct work *w, const struct entitlement_question *q, int64_t unit_line, struct entitlement_facts *f)
{
        struct rows *rows = sql_query(
                w->ctx, w->conn,
                SQL("select l.id, l.contract, k.code, coalesce(l.name, ''), l.tier, coalesce(k.calendar, ''), k.state, l.active, "
                    "l.starts_on, l.ends_on, k.starts_on, k.ends_on, l.visit_quota, coalesce(l.visits_used, 0), k.incident_quota, "
                    "coalesce(k.sla_set, ''), coalesce(k.ola_override, '') "
                    "from contract_line l join contract k on k.id = l.contract where l.id = $1 or (l.account = $2 and "
                    "(l.product is not null or l.site is not null) and (l.product is null or l.product = $3) and "
                    "(l.site is null or l.site = $4)) order by l.id"),
                "iiii", unit_line, q->account, q->product, q->site);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct entitlement_line *l = ARENA_PUSH(w->ctx->arena, f->lines, f->line_count);
                read_line(w, rows, l);
                l->by_unit = l->id == unit_line;
        }
        return rows_close(rows);
}

/* Requests already served under the line's contract; asked only where a quota was agreed. */
static bool
gather_incidents(struct work *w, const struct entitlement_question *q, struct entitlement_line *l)
{
        if (l->incident_quota < 0)
                return true;
        return sql_one_int(w->ctx, w->conn, &l->incidents,
                           SQL("select count(*) from cases c join technical_request t on t.id = c.id join contract_line l "
                               "on l.id = t.contract_line where c.account = $1 and l.contract = $2 and c.id <> $3 and "
                               "t.authorised_at is not null and c.state not in ('invalid', 'cancelled')"),
                           "iii", q->account, l->contract, q->request);
}

bool
entitlement_gather(struct work *w, const struct entitlement_question *asked, struct entitlement_facts *f)
{
        struct entitlement_question q = *asked;
        int64_t line = 0;

        *f = (struct entitlement_facts){.unit = q.unit, .installed_on = DAY_NONE, .warranty_to = DAY_NONE, .accepted = true,
                                        .onsite = q.onsite, .calendar = ""};
        if ((q.unit != 0 && !gather_unit(w, &q, f, &line)) || (q.contact != 0 && !gather_caller(w, &q, f)) ||
            (q.site != 0 && q.account == 0 && !gather_site(w, &q)) || !gather_account(w, &q, f) || !gather_lines(w, &q, line, f))
                return false;
        for (size_t i = 0; i < f->line_count; i++)
                if (!gather_incidents(w, &q, &f->lines[i]))
                        return false;
        return true;
}

/* Called back, or logged in at the portal: whom we gave a login we know. */
static bool
is_verified(const struct record *r)
{
        return record_int(r, FIELD_TECHNICAL_REQUEST_CALLER_VERIFIED) != 0 || record_is(r, FIELD_CASE_CHANNEL, "portal");
}

void
entitlement_question_of(const struct record *r, struct entitlement_question *q)
{
        *q = (struct entitlement_question){
                .account = record_int(r, FIELD_CASE_ACCOUNT),
                .contact = record_int(r, FIELD_CASE_CONTACT),
                .unit = record_int(r, FIELD_CASE_UNIT),
                .site = record_int(r, FIELD_CASE_SITE),
                .product = record_int(r, FIELD_CASE_PRODUCT),
                .request = r->id,
                .at = record_int(r, FIELD_CASE_REPORTED_AT),
                .verified = is_verified(r),
                .onsite = record_is(r, FIELD_TECHNICAL_REQUEST_SERVICE_MODE, "onsite"),
        };
}

/* ---- the explanation ---- */

static void
json_day(struct jw *out, const char *key, int64_t day)
{
        char text[TIME_TEXT_MAX];

        jw_key(out, key);
        if (day == DAY_NONE || day < -719162 || day > 2932896) {
                jw_null(out);
                return;
        }
        date_format(day, text);
        jw_text(out, text);
}

static void
json_quota(struct jw *out, const char *key, int64_t quota, int64_t used)
{
        if (quota < 0)
                return;
        jw_key(out, key), jw_open(out, '{');
        jw_key(out, "agreed"), jw_int(out, quota);
        jw_key(out, "used"), jw_int(out, used);
        jw_close(out, '}');
}

static void
json_line(struct jw *out, const struct entitlement_line *l)
{
        static const char *const status[] = {"not_yet", "expired", "suspended", "grace", "in_force"};

        jw_open(out, '{');
        jw_key(out, "line"), jw_int(out, l->id);
        jw_key(out, "name"), jw_text(out, l->name);
        jw_key(out, "contract"), jw_int(out, l->contract);
        jw_key(out, "code"), jw_text(out, l->code);
        jw_key(out, "contract_state"), jw_text(out, l->contract_state);
        jw_key(out, "tier"), jw_text(out, l->tier);
        jw_key(out, "matched_by"), jw_text(out, l->by_unit ? "unit" : "scope");
        json_day(out, "from", l->from);
        json_day(out, "to", l->to);
        jw_key(out, "status"), jw_text(out, status[l->status]);
        json_quota(out, "incidents", l->incident_quota, l->incidents);
        json_quota(out, "visits", l->visit_quota, l->visits);
        jw_key(out, "counts"), jw_bool(out, l->counts);
        jw_close(out, '}');
}

static void
json_facts(struct jw *out, const struct entitlement_facts *f)
{
        static const char *const callers[] = {"nobody", "authorised", "other"};

        jw_key(out, "facts"), jw_open(out, '{');
        json_day(out, "on", f->day);
        jw_key(out, "account"), f->account ? jw_int(out, f->account) : jw_null(out);
        jw_key(out, "unit"), f->unit ? jw_int(out, f->unit) : jw_null(out);
        json_day(out, "installed_on", f->installed_on);
        json_day(out, "warranty_to", f->warranty_to);
        jw_key(out, "illegal_source"), jw_bool(out, f->illegal);
        jw_key(out, "caller"), jw_text(out, callers[f->caller]);
        jw_key(out, "lines"), jw_open(out, '[');
        for (size_t i = 0; i < f->line_count; i++)
                json_line(out, &f->lines[i]);
        jw_close(out, ']');
        jw_close(out, '}');
}

static void
json_terms(struct jw *out, const struct entitlement *e)
{
        jw_key(out, "terms"), jw_open(out, '[');
        for (size_t i = 0; i < e->term_count; i++) {
                jw_open(out, '{');
                jw_key(out, "line"), e->terms[i].line ? jw_int(out, e->terms[i].line) : jw_null(out);
                jw_key(out, "tier"), jw_text(out, e->terms[i].tier);
                jw_key(out, "calendar"), *e->terms[i].calendar ? jw_text(out, e->terms[i].calendar) : jw_null(out);
                jw_close(out, '}');
        }
        jw_close(out, ']');
}

void
entitlement_json(struct work *w, const struct entitlement_facts *f, const struct entitlement *e, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "outcome"), jw_str(out, e->outcome);
        jw_key(out, "rule"), jw_str(out, e->rule);
        jw_key(out, "table"), jw_text(out, "entitlement");
        jw_key(out, "row"), jw_text(out, e->row);
        jw_key(out, "service_tier"), jw_text(out, e->service_tier);
        jw_key(out, "contract_line"), e->line ? jw_int(out, e->line) : jw_null(out);
        jw_key(out, "inputs"), jw_open(out, '{');
        for (size_t i = 0; i < ENTITLEMENT_INPUTS; i++) {
                jw_key(out, e->inputs[i].name);
                jw_str(out, e->inputs[i].value);
        }
        jw_close(out, '}');
        json_facts(out, f);
        json_terms(out, e);
        jw_close(out, '}');
}
