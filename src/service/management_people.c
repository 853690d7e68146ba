/* SPDX-License-Identifier: Apache-2.0
 *
 * management_people.c -- who a level of management is (domain.md 8.4; rules/management_level.yaml).
 *
 *     duty_manager lead                                    a role, the team's lead: the notice finds them
 *     region_director/service_director product_director    a person of the records; behind "/" who is told instead
 *
 * Not here: finding the people of a role (the notice's audience), levels and their times (management.c).
 */
#include "service/management.h"
#include "service/service.h"

/* The head of the region, else of the one above it. */
static bool
region_head(struct work *w, int64_t region, int64_t *ret)
{
        *ret = 0;
        for (int depth = 0; region != 0 && *ret == 0 && depth < 8; depth++) {
                struct record *r = store_load(w, model_entity(w->model, ENTITY_REGION), region);
                if (r == NULL)
                        return false;
                *ret = record_int(r, FIELD_REGION_HEAD);
                region = record_int(r, FIELD_REGION_PARENT);
        }
        return true;
}

static bool
region_of(struct work *w, const struct record *r, int64_t *ret)
{
        int64_t site = record_int(r, FIELD_CASE_SITE), account = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *at = site ? store_load(w, model_entity(w->model, ENTITY_SITE), site) : NULL;

        *ret = at != NULL ? record_int(at, FIELD_SITE_REGION) : 0;
        if (*ret != 0 || account == 0 || ctx_failed(w->ctx))
                return !ctx_failed(w->ctx);
        at = store_load(w, model_entity(w->model, ENTITY_ACCOUNT), account);
        *ret = at != NULL ? record_int(at, FIELD_ACCOUNT_REGION) : 0;
        return at != NULL;
}

static bool
of_product(struct work *w, const struct record *r, const char *field, int64_t *ret)
{
        int64_t id = record_int(r, FIELD_CASE_PRODUCT);
        struct record *p = id ? store_load(w, model_entity(w->model, ENTITY_PRODUCT), id) : NULL;

        *ret = p != NULL ? record_int(p, field) : 0;
        return !ctx_failed(w->ctx);
}

static bool
third_line_lead(struct work *w, const struct record *r, int64_t *ret)
{
        int64_t team;
        struct record *t;

        *ret = 0;
        if (!of_product(w, r, FIELD_PRODUCT_T3_TEAM, &team) || team == 0)
                return !ctx_failed(w->ctx);
        t = store_load(w, model_entity(w->model, ENTITY_TEAM), team);
        *ret = t != NULL ? record_int(t, FIELD_TEAM_LEAD) : 0;
        return t != NULL;
}

/* Is the word one that the records answer?  Then the person, 0 when they name none. */
static bool
person_of(struct work *w, const struct record *r, struct str word, bool *ret_known, int64_t *ret)
{
        int64_t region;

        *ret = 0;
        *ret_known = true;
        if (str_is(word, "region_director"))
                return region_of(w, r, &region) && region_head(w, region, ret);
        if (str_is(word, "product_director"))
                return of_product(w, r, FIELD_PRODUCT_DIRECTOR, ret);
        if (str_is(word, "rd_director"))
                return of_product(w, r, FIELD_PRODUCT_RD_DIRECTOR, ret);
        if (str_is(word, "t3_lead"))
                return third_line_lead(w, r, ret);
        *ret_known = false;
        return true;
}

static void
add(struct work *w, const char *to, const char ***list, size_t *n)
{
        for (size_t i = 0; i < *n; i++)
                if (strcmp((*list)[i], to) == 0)
                        return;
        *ARENA_PUSH(w->ctx->arena, *list, *n) = to;
}

bool
management_people(struct work *w, const struct record *r, struct str to, const char ***ret, size_t *ret_count)
{
        *ret = NULL;
        *ret_count = 0;
        while (to.n > 0) {
                struct str one = str_cut(to, ' ', &to), instead, word = str_cut(one, '/', &instead);
                int64_t person;
                bool known;
                if (!person_of(w, r, word, &known, &person))
                        return false;
                if (person != 0)
                        add(w, arena_printf(w->ctx->arena, "person:%lld", (long long)person), ret, ret_count);
                else if (!known)
                        add(w, str_c(w->ctx->arena, word), ret, ret_count);
                else if (instead.n > 0)
                        add(w, str_c(w->ctx->arena, instead), ret, ret_count);
        }
        return true;
}
