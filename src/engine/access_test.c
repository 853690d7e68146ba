/* SPDX-License-Identifier: Apache-2.0
 *
 * access_test.c -- the rule of who may see and do what is said twice, for a row in hand and as SQL: here both answer
 * for every entity, every role and every deed, over rows that lie inside, beside and outside the actor's reach.
 */
#include "engine/test_engine.h"
#include "engine/filter.h"
#include "engine/sqltext.h"

enum { ME = 41, OTHER = 42, MY_TEAM = 51, OTHER_TEAM = 52, MY_ACCOUNT = 61, OTHER_ACCOUNT = 62, MY_CONTACT = 71,
       ROWS = 36 };

/* ---- rows ---- */

/* A small generator with a fixed seed: every run sees the same rows. */
static unsigned
dice(unsigned n)
{
        static uint64_t x = 88172645463325252u;

        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        return (unsigned)(x % n);
}

static struct val
one_of(int64_t a, int64_t b)
{
        unsigned d = dice(4);

        return d == 0 ? VAL_OF_NULL : VAL_OF_INT(d == 1 ? b : a);
}

/* Something that the columns will take; what it says does not matter here. */
static void
fill_required(struct test_engine *t, struct record *r)
{
        static int n;

        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                if (!f->required || r->v[i].type != VAL_NULL)
                        continue;
                if (f->storage == STORE_INT)
                        r->v[i] = VAL_OF_INT(f->has_max ? f->max : f->type == TYPE_BOOL ? 1 : 1000 + ++n);
                else if (f->options)
                        r->v[i] = VAL_OF_TEXT(str_of(f->storage == STORE_JSON
                                                             ? arena_printf(t->ctx->arena, "[\"%s\"]", f->options[0].name)
                                                             : f->options[0].name));
                else
                        r->v[i] = VAL_OF_TEXT(str_of(arena_printf(t->ctx->arena, "t%d", ++n)));
        }
}

static void
fill_scope(struct record *r)
{
        const struct entity *e = r->e;

        for (int i = 0; i < 4 && e->scope_own[i]; i++) {
                bool contact = e->scope_own[i]->to_name && strcmp(e->scope_own[i]->to_name, "contact") == 0;
                r->v[e->scope_own[i]->index] = contact ? one_of(OTHER, MY_CONTACT) : one_of(OTHER, ME);
        }
        if (e->scope_team)
                r->v[e->scope_team->index] = one_of(OTHER_TEAM, MY_TEAM);
        if (e->scope_account)
                r->v[e->scope_account->index] = one_of(OTHER_ACCOUNT, MY_ACCOUNT);
        if (entity_field(e, "restricted"))
                record_set_int(r, "restricted", dice(3) == 0);
}

/* NULL when the like of it is there already (a person belongs to a team once). */
static struct record *
add_row(struct test_engine *t, const struct entity *e)
{
        struct work w = test_as(t, "administrator", dice(6) == 0 ? ME : OTHER, 0, 0);
        struct record *r = record_new(&w, e);

        fill_scope(r);
        fill_required(t, r);
        test_must(t, tx_savepoint(t->ctx, t->conn));
        if (store_insert(&w, r, "create") && tx_release(t->ctx, t->conn))
                return r;
        tx_undo(t->conn);
        assert_int_equal(test_error(t), E_NOT_UNIQUE);
        return NULL;
}

/* ---- the two answers ---- */

static bool
sql_says(struct test_engine *t, struct work *w, const struct entity *e, enum deed deed, int64_t id)
{
        struct sql_text s = {0};
        struct rows *rows;
        bool yes;

        buf_printf(&s.text, "select 1 from %s where ", engine_sql(t->engine, e)->from);
        access_scope_sql(w, e, deed, &s);
        buf_text(&s.text, " and c.id = ");
        sql_text_value(w, &s, VAL_OF_INT(id));
        rows = sql_query_vals(t->ctx, t->conn, buf_c(&s.text), s.values, s.count);
        test_must(t, rows != NULL);
        yes = rows_next(rows);
        test_must(t, rows_close(rows));
        buf_free(&s.text);
        return yes;
}

/* Reading one by id and listing must show what access_row allows. */
static void
check_reads(struct test_engine *t, struct work *w, const struct record *r, bool may)
{
        struct read_options o = {0};
        struct jw jw = {0};
        int64_t version;
        char key[24];

        snprintf(key, sizeof key, "%lld", (long long)r->id);
        if (store_read_json(w, r->e, str_of(key), &o, &jw, &version) != may)
                fprintf(stderr, "%s %lld: reading says %s\n", r->e->name, (long long)r->id, may ? "no" : "yes");
        assert_int_equal(jw.b.n > 0, may);
        assert_int_equal(store_get(w, r->e, r->id) != NULL, may);
        ctx_clear(t->ctx);
        jw_free(&jw);
}

static void
check_row(struct test_engine *t, struct work *w, const char *role, const struct record *r, int *seen)
{
        for (enum deed deed = DEED_READ; deed <= DEED_ACT; deed++) {
                bool row = access_row(w, r, deed), sql = sql_says(t, w, r->e, deed, r->id);
                if (row != sql)
                        fprintf(stderr, "%s, deed %d, %s %lld: the row says %d, SQL says %d\n", role, deed, r->e->name,
                                (long long)r->id, row, sql);
                assert_int_equal(row, sql);
                seen[row]++;
                if (deed == DEED_READ)
                        check_reads(t, w, r, row);
        }
}

static void
check_entity(struct test_engine *t, const struct entity *e, int *seen)
{
        struct record *rows[ROWS];

        for (int i = 0; i < ROWS; i++)
                rows[i] = add_row(t, e);
        for (size_t i = 0; i < t->model->role_count; i++) {
                struct work w = test_as(t, t->model->roles[i].name, ME, MY_TEAM, MY_ACCOUNT);
                ((struct actor *)w.actor)->contact = MY_CONTACT;
                for (int k = 0; k < ROWS; k++)
                        if (rows[k])
                                check_row(t, &w, t->model->roles[i].name, rows[k], seen);
        }
}

static void
test_rows_and_sql_agree(void **state)
{
        struct test_engine *t = *state;
        int seen[2] = {0};

        for (size_t i = 0; i < t->model->entity_count; i++) {
                const struct entity *e = &t->model->entities[i];
                if (!e->abstract && (e->kind == KIND_CASE || e->kind == KIND_RECORD))
                        check_entity(t, e, seen);
        }
        assert_true(seen[false] > 1000 && seen[true] > 1000);  /* both happened, often */
}

static void
test_scopes_of_several_roles_add_up(void **state)
{
        struct test_engine *t = *state;
        const struct entity *e = test_entity(t, "sample");
        struct work expert = test_as(t, "t2_expert", ME, MY_TEAM, 0);
        struct work both = test_as(t, "t2_expert t1_engineer", ME, MY_TEAM, 0);
        struct record *r = test_sample(t, "{'title':'x'}");

        record_set_int(r, "team", MY_TEAM);
        assert_true(access_row(&expert, r, DEED_READ));
        assert_false(access_row(&expert, r, DEED_ACT));        /* t2_expert acts on its own */
        assert_true(access_row(&both, r, DEED_ACT));           /* t1_engineer on its team's */
        assert_int_equal(access_scope(expert.actor, e, DEED_ACT), SCOPE_OWN);
        assert_int_equal(access_scopes(both.actor, e, DEED_ACT), 1u << SCOPE_OWN | 1u << SCOPE_TEAM);
}

static void
test_nobody_without_a_grant(void **state)
{
        struct test_engine *t = *state;
        const struct entity *e = test_entity(t, "sample");
        struct work w = test_as(t, "vendor_contact", ME, MY_TEAM, MY_ACCOUNT);
        struct record *r = test_sample(t, "{'title':'x'}");

        r->created_by = ME;
        for (enum deed deed = DEED_READ; deed <= DEED_ACT; deed++) {
                assert_false(access_row(&w, r, deed));
                assert_false(sql_says(t, &w, e, deed, r->id));
        }
        assert_false(access_may_create(w.actor, e));
        assert_false(access_may_remove(w.actor, e));
        assert_false(access_is_staff(&w));
}

static void
test_field_rights(void **state)
{
        struct test_engine *t = *state;
        const struct entity *e = test_entity(t, "sample");
        const struct actor *t1 = test_actor(t, "t1_engineer", ME, 0, 0), *boss = test_actor(t, "duty_manager", ME, 0, 0);

        assert_false(access_field_read(t1, entity_field(e, "secret")));
        assert_false(access_field_write(t1, entity_field(e, "secret")));
        assert_true(access_field_write(boss, entity_field(e, "secret")));
        assert_true(access_field_write(t1, entity_field(e, "remark")));
        assert_true(access_field_read(boss, entity_field(e, "stamp")));
        assert_false(access_field_write(boss, entity_field(e, "stamp")));      /* computed */
        assert_true(access_field_read(&ACTOR_SYSTEM, entity_field(e, "secret")));
}

/* Rule A6: managers and the people of the record itself, nobody else, whatever their grants say. */
static void
test_restricted_records(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'hushed'}");
        struct work expert = test_as(t, "t2_expert", ME, MY_TEAM, 0), boss = test_as(t, "duty_manager", OTHER, 0, 0);

        assert_true(access_row(&expert, r, DEED_READ));
        record_set_int(r, "restricted", 1);
        test_must(t, store_save(&t->w, r, "test"));
        assert_false(access_row(&expert, r, DEED_READ));
        check_reads(t, &expert, r, false);
        check_reads(t, &boss, r, true);
        record_set_int(r, "handler", ME);
        test_must(t, store_save(&t->w, r, "test"));
        check_reads(t, &expert, r, true);
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_sql_agree),
        cmocka_unit_test(test_scopes_of_several_roles_add_up),
        cmocka_unit_test(test_nobody_without_a_grant),
        cmocka_unit_test(test_field_rights),
        cmocka_unit_test(test_restricted_records),
};
TEST_ENGINE_MAIN(tests)
