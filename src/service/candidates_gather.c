/* SPDX-License-Identifier: Apache-2.0
 *
 * candidates_gather.c -- the facts that dispatch looks at, in a handful of queries however many people there are.
 *
 *     people and teams   users, team: who has an engineer's role, of the tier (or of the team that is asked for)
 *     skill              competence of the product, else of its line; a certificate that has run out does not count
 *     region             the person's, else the team's, against the site's, else the customer's
 *     duty               rosters in force now
 *     load               requests in hand: his own, those of his open work orders and escalations, each once
 *     idle               since a work order was last given to him, of the last 7 days
 */
#include "service/candidates.h"
#include "service/rosters.h"
#include "service/service.h"

enum { IDLE_DAYS = 7, FEW = 40 };

struct gathering {
        struct work *w;
        const struct record *request;
        int64_t product;
        struct candidates *c;
};

static struct candidate *
find(struct candidates *c, int64_t id)
{
        size_t low = 0, high = c->count;       /* by id, until they are ranked */

        while (low < high) {
                size_t middle = (low + high) / 2;
                if (c->list[middle].id < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < c->count && c->list[low].id == id ? &c->list[low] : NULL;
}

/* ---- what is needed ---- */

static bool
read_product(struct gathering *g)
{
        struct record *p = g->product ? store_load(g->w, model_entity(g->w->model, ENTITY_PRODUCT), g->product) : NULL;

        g->c->line = p != NULL ? record_text(p, FIELD_PRODUCT_LINE) : STR_NONE;
        return !ctx_failed(g->w->ctx);
}

static bool
read_region(struct gathering *g)
{
        struct work *w = g->w;
        int64_t id = record_int(g->request, FIELD_CASE_SITE);
        struct record *r = id ? store_load(w, model_entity(w->model, ENTITY_SITE), id) : NULL;

        if (r != NULL)
                g->c->region = record_int(r, FIELD_SITE_REGION);
        if (g->c->region != 0 || ctx_failed(w->ctx))
                return !ctx_failed(w->ctx);
        id = record_int(g->request, FIELD_CASE_ACCOUNT);
        r = id ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id) : NULL;
        g->c->region = r != NULL ? record_int(r, FIELD_ACCOUNT_REGION) : 0;
        return !ctx_failed(w->ctx);
}

static bool
read_need(struct gathering *g, const struct candidates_question *q)
{
        struct candidates *c = g->c;

        c->team = q->team;
        c->tier = q->tier ? q->tier : record_int(g->request, FIELD_CASE_TIER);
        c->tier = c->tier ? c->tier : 1;
        c->way = q->way.n ? q->way : record_text(g->request, FIELD_TECHNICAL_REQUEST_SERVICE_MODE);
        c->way = c->way.n ? c->way : STR("remote");
        c->severity = record_text(g->request, FIELD_CASE_SEVERITY);
        g->product = record_int(g->request, FIELD_CASE_PRODUCT);
        return read_product(g) && read_region(g);
}

/* ---- people ---- */

static role_mask
engineers(const struct model *m)
{
        for (size_t i = 0; i < m->group_count; i++)
                if (strcmp(m->groups[i].name, "engineers") == 0)
                        return m->groups[i].mask;
        return 0;
}

/* Is the role named in a multi_enum? */
static bool
names_role(struct work *w, struct str list, const char *role)
{
        const char *quoted = arena_printf(w->ctx->arena, "\"%s\"", role);

        return list.p != NULL && memmem(list.p, list.n, quoted, strlen(quoted)) != NULL;
}

/* The engineers' roles of the list, and the highest tier of them. */
static void
take_roles(struct work *w, struct str list, struct candidate *p)
{
        role_mask mask = engineers(w->model);

        for (size_t i = 0; i < w->model->role_count; i++) {
                const struct role *r = &w->model->roles[i];
                if (!(r->bit & mask) || !names_role(w, list, r->name))
                        continue;
                *ARENA_PUSH(w->ctx->arena, p->roles, p->role_count) = r->name;
                p->tier = r->tier > p->tier ? r->tier : p->tier;
        }
}

static const char *
keep_text(struct work *w, struct rows *rows, int col)
{
        return str_c(w->ctx->arena, rows_text(rows, col));
}

static void
take_person(struct gathering *g, struct rows *rows)
{
        struct candidates *c = g->c;
        struct candidate p = {.id = rows_int(rows, 0), .team = rows_int(rows, 3), .last = USEC_NONE};

        take_roles(g->w, rows_text(rows, 2), &p);
        if (p.role_count == 0)
                return;
        p.tier = rows_int(rows, 4) ? (int)rows_int(rows, 4) : p.tier;
        if (c->team != 0 ? rows_int(rows, 8) == 0 && p.team != c->team : p.tier != c->tier)
                return;
        p.name = keep_text(g->w, rows, 1);
        p.team_name = keep_text(g->w, rows, 6);
        p.region_id = rows_int(rows, 5) ? rows_int(rows, 5) : rows_int(rows, 7);
        *ARENA_PUSH(g->w->ctx->arena, c->list, c->count) = p;
}

static bool
read_people(struct gathering *g)
{
        struct rows *rows = sql_query(g->w->ctx, g->w->conn,
                                      SQL("select u.id, u.name, u.roles, u.team, u.tier, u.region, t.name, t.region, "
                                          "coalesce(m.id, 0) from users u left join team t on t.id = u.team "
                                          "left join membership m on m.person = u.id and m.team = $1 "
                                          "where u.active = 1 and u.account is null order by u.id"),
                                      "i", g->c->team);

        if (rows == NULL)
                return false;
        while (rows_next(rows))
                take_person(g, rows);
        return rows_close(rows);
}

/* ---- skill ---- */

/* Of the product beats of the line; of several the highest. */
static void
take_skill(struct gathering *g, struct candidate *p, int64_t level, int64_t product, struct str until, struct str today,
           bool *of_product)
{
        bool mine = product != 0 && product == g->product;

        if (product != 0 && !mine)
                return;
        if (until.n > 0 && strncmp(until.p, today.p, 10) < 0) {
                p->expired = true;
                return;
        }
        if (mine && !*of_product)
                p->skill = 0;
        if (mine || !*of_product)
                p->skill = level > p->skill ? level : p->skill;
        *of_product |= mine;
}

static bool
read_skills(struct gathering *g)
{
        char today[TIME_TEXT_MAX];
        bool of_product = false;
        struct candidate *before = NULL;
        struct rows *rows;

        if (g->c->line.n == 0 && g->product == 0)
                return true;
        date_format(g->w->now / USEC_DAY, today);
        rows = sql_query(g->w->ctx, g->w->conn,
                         SQL("select person, level, product, valid_until from competence where line = $1 or product = $2 "
                             "order by person, id"),
                         "ti", g->c->line.p ? g->c->line : STR(""), g->product);
        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct candidate *p = find(g->c, rows_int(rows, 0));
                if (p != before)
                        of_product = false;
                before = p;
                if (p != NULL)
                        take_skill(g, p, rows_int(rows, 1), rows_int(rows, 2), rows_text(rows, 3), str_of(today), &of_product);
        }
        for (size_t i = 0; i < g->c->count; i++)
                if (g->c->list[i].skill > 0)
                        g->c->list[i].expired = false;
        return rows_close(rows);
}

/* ---- region ---- */

static bool
parent_of(struct work *w, int64_t region, int64_t *ret)
{
        *ret = 0;
        return region == 0 || sql_one_int(w->ctx, w->conn, ret, SQL("select parent from region where id = $1"), "i", region) ||
               !ctx_failed(w->ctx);
}

static bool
read_regions(struct gathering *g)
{
        struct candidates *c = g->c;
        int64_t parent, known = -1, mine = 0;

        if (!parent_of(g->w, c->region, &parent))
                return false;
        for (size_t i = 0; i < c->count; i++) {
                struct candidate *p = &c->list[i];
                if (p->region_id == 0 || c->region == 0)
                        continue;
                if (p->region_id != known && !parent_of(g->w, p->region_id, &mine))
                        return false;
                known = p->region_id;
                p->region = p->region_id == c->region ? REGION_SAME
                            : (parent != 0 && parent == mine) || parent == p->region_id || mine == c->region ? REGION_NEAR
                                                                                                           : REGION_OTHER;
        }
        return true;
}

/* ---- rosters ---- */

/* Somebody whose team has a roster of shifts in force is off unless it says otherwise. */
static void
off_by_team(struct gathering *g, const struct roster_one *one, int64_t today)
{
        for (size_t i = 0; i < g->c->count && !one->call; i++)
                if (g->c->list[i].team == one->team && one->r.from_day <= today && today <= one->r.to_day)
                        g->c->list[i].duty = DUTY_OFF;
}

static bool
read_duty(struct gathering *g)
{
        struct roster_book b;
        struct duty *list;
        usec now = g->w->now;
        size_t n;

        if (!rosters_load(g->w, 0, now, now + 1, &b))
                return false;
        for (size_t i = 0; i < b.count; i++)
                off_by_team(g, &b.list[i], now / USEC_DAY);
        rosters_duty(g->w, &b, now, now + 1, &list, &n);
        for (size_t i = 0; i < n; i++) {
                struct candidate *p = find(g->c, list[i].d.person);
                if (p == NULL)
                        continue;
                p->on_call |= list[i].roster->call;
                if (!list[i].roster->call)
                        p->duty = DUTY_ON;
                else if (p->duty != DUTY_ON)
                        p->duty = DUTY_CALL;
        }
        for (size_t i = 0; i < b.absence_count; i++) {
                struct candidate *p = find(g->c, b.absences[i].person);
                if (p != NULL && b.absences[i].from <= now && now < b.absences[i].to)
                        p->away = true;
        }
        return true;
}

/* ---- load and idleness ---- */

/* Of a team: by the index of handlers, one after the other. */
static bool
read_load_each(struct gathering *g)
{
        for (size_t i = 0; i < g->c->count; i++) {
                struct candidate *p = &g->c->list[i];
                if (!sql_one_int(g->w->ctx, g->w->conn, &p->load,
                                 SQL("select count(distinct case when entity = 'technical_request' then id else coalesce(parent, id) end) "
                                     "from cases where handler = $1 and state in ('dispatched', 'in_progress', 'waiting', 'offered', "
                                     "'accepted', 'under_way', 'working', 'requested', 'analysing', 'guidance_given', "
                                     "'solution_owned') and entity in ('technical_request', 'work_order', 'technical_escalation') "
                                     "and id <> $2 and coalesce(parent, 0) <> $2"),
                                 "ii", p->id, g->request->id) && ctx_failed(g->w->ctx))
                        return false;
        }
        return true;
}

/* Of a whole tier: all open cases once. */
static bool
read_load_all(struct gathering *g)
{
        struct rows *rows = sql_query(
                g->w->ctx, g->w->conn,
                SQL("select handler, count(distinct root) from ("
                    "select handler, id as root from cases where entity = 'technical_request' and "
                    "state in ('dispatched', 'in_progress', 'waiting') and id <> $1 union all "
                    "select handler, coalesce(parent, id) from cases where entity = 'work_order' and "
                    "state in ('offered', 'accepted', 'under_way', 'working') and coalesce(parent, 0) <> $1 union all "
                    "select handler, coalesce(parent, id) from cases where entity = 'technical_escalation' and "
                    "state in ('requested', 'accepted', 'analysing', 'guidance_given', 'solution_owned') "
                    "and coalesce(parent, 0) <> $1) x where handler is not null group by handler"),
                "i", g->request->id);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct candidate *p = find(g->c, rows_int(rows, 0));
                if (p != NULL)
                        p->load = rows_int(rows, 1);
        }
        return rows_close(rows);
}

static bool
read_load(struct gathering *g)
{
        return g->c->count <= FEW ? read_load_each(g) : read_load_all(g);
}

static bool
read_idle(struct gathering *g)
{
        struct rows *rows = sql_query(g->w->ctx, g->w->conn,
                                      SQL("select handler, max(created_at) from cases where entity = 'work_order' and "
                                          "reported_at >= $1 and handler is not null and coalesce(parent, 0) <> $2 group by handler"),
                                      "ii", g->w->now - IDLE_DAYS * USEC_DAY, g->request->id);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct candidate *p = find(g->c, rows_int(rows, 0));
                if (p != NULL)
                        p->last = rows_int(rows, 1);
        }
        return rows_close(rows);
}

/* ---- all of it ---- */

/* A work order asks for what its request asks for. */
static const struct record *
request_of(struct work *w, const struct record *r)
{
        int64_t parent = record_int(r, FIELD_CASE_PARENT);

        if (strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) == 0)
                return r;
        r = parent ? store_load_case(w, parent) : NULL;
        return r != NULL && strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) == 0 ? r : NULL;
}

static void
mark_people(struct gathering *g, const struct record *r)
{
        const struct field *f = entity_field(r->e, "offered_to");
        size_t n = 0;
        int64_t *ids = f != NULL && r->v[f->index].type == VAL_TEXT ? service_ids(g->w, r->v[f->index].s, &n) : NULL;

        struct candidate *paged = find(g->c, record_int(g->request, FIELD_TECHNICAL_REQUEST_PAGE_ACKNOWLEDGED_BY));

        for (size_t i = 0; i < n; i++) {
                struct candidate *p = find(g->c, ids[i]);
                if (p != NULL)
                        p->offered = true;
        }
        if (paged != NULL)
                paged->paged = true;
}

bool
candidates_of(struct work *w, const struct record *r, const struct candidates_question *q, struct candidates *ret)
{
        struct gathering g = {.w = w, .request = request_of(w, r), .c = ret};

        *ret = (struct candidates){0};
        if (g.request == NULL)
                return !ctx_failed(w->ctx);
        if (!read_need(&g, q) || !read_people(&g) || !read_skills(&g) || !read_regions(&g) || !read_duty(&g) ||
            !read_load(&g) || !read_idle(&g))
                return false;
        mark_people(&g, r);
        candidates_rank(w->ctx->arena, w->model, ret);
        return true;
}
