/* SPDX-License-Identifier: Apache-2.0
 *
 * life_test.c -- the lifecycle, and the tests that the models themselves make: every transition of every entity is
 * tried from every state by every role, and must be allowed or refused as the YAML says.
 *
 * What the YAML says is read here anew from its text (from, by, groups, any_open), not from the Model that the engine
 * uses, so that the reader of models is tested along.  Hooks are not part of it: the engine runs without them.
 */
#include "engine/test_engine.h"
#include "engine/clockfact.h"
#include "engine/life.h"
#include "model/cond.h"
#include "model/yaml.h"

enum { ME = 41, MY_TEAM = 51, MY_ACCOUNT = 61 };

/* ---- what the YAML says ---- */

struct book {                          /* the texts of the models, as trees */
        const struct node *files[128];
        size_t count;
        const struct node *roles;
};

static struct book
read_book(struct test_engine *t)
{
        struct book b = {0};
        struct source *sources;
        size_t n;

        test_must(t, model_sources(t->ctx, NULL, &sources, &n));
        for (size_t i = 0; i < n && b.count < 127; i++) {
                const struct node *top = yaml_read(t->ctx, t->ctx->arena, sources[i].text, sources[i].path);
                test_must(t, top != NULL);
                if (yaml_get(top, "roles"))
                        b.roles = yaml_get(top, "roles");
                if (yaml_get(top, "transitions"))
                        b.files[b.count++] = top;
        }
        b.files[b.count++] = yaml_read(t->ctx, t->ctx->arena, STR(TEST_SAMPLE), "sample.yaml");
        assert_non_null(b.roles);
        return b;
}

/* Does a text, or a list of texts, name this one? */
static bool
names_str(const struct node *n, struct str name)
{
        if (n == NULL)
                return false;
        if (n->type == NODE_TEXT)
                return str_eq(n->text, name);
        for (const struct node *c = n->child; c; c = c->next)
                if (str_eq(c->text, name))
                        return true;
        return false;
}

static bool
names(const struct node *n, const char *name)
{
        return names_str(n, str_of(name));
}

static bool
role_in(const struct book *b, const struct node *list, const char *role)
{
        const struct node *groups = yaml_get(yaml_get(b->roles, role), "groups");

        if (names(list, role))
                return true;
        for (const struct node *g = groups ? groups->child : NULL; g; g = g->next)
                if (names_str(list, g->text))
                        return true;
        return false;
}

static bool
yaml_allows_role(const struct book *b, const struct node *top, const struct node *transition, const char *role)
{
        const struct node *grants = yaml_get(top, "grants");

        if (role_in(b, yaml_get(transition, "by"), role))
                return true;
        for (const struct node *g = grants ? grants->child : NULL; g; g = g->next) {
                const struct node fake = {.type = NODE_TEXT, .text = g->key};
                if (role_in(b, &fake, role) && names_str(yaml_get(g, "transitions"), transition->key))
                        return true;
        }
        return false;
}

static bool
yaml_allows_state(const struct node *top, const struct node *transition, const char *state)
{
        const struct node *from = yaml_get(transition, "from");

        if (names(from, "any_open"))
                return !yaml_is(yaml_get(yaml_get(yaml_get(top, "states"), state), "final"), "true");
        return names(from, state);
}

/* ---- one try ---- */

/* All that is to be done, done. */
static const char *
filler_items(struct test_engine *t, const struct field *f)
{
        const char *all = "[";

        for (size_t i = 0; i < f->item_count; i++)
                all = arena_printf(t->ctx->arena, "%s%s{\"item\":\"%s\",\"done\":true}", all, i ? "," : "", f->items[i].name);
        return arena_printf(t->ctx->arena, "%s]", all);
}

static const char *
filler_text(struct test_engine *t, const struct field *f)
{
        static int n;

        if (f->options)
                return f->storage == STORE_JSON ? arena_printf(t->ctx->arena, "[\"%s\"]", f->options[0].name)
                                                : f->options[0].name;
        if (f->items)
                return filler_items(t, f);
        return f->type == TYPE_DATE ? "2026-01-01" : arena_printf(t->ctx->arena, "u%d", ++n);
}

static void
fill(struct test_engine *t, struct record *r, const struct field *f)
{
        struct val *v = &r->v[f->index];

        if (v->type == VAL_NULL)
                *v = f->storage == STORE_INT ? VAL_OF_INT(f->has_min ? f->min : 1) : VAL_OF_TEXT(str_of(filler_text(t, f)));
}

/* A record in this state within everybody's reach: the actor handles it, in his team, for his account. */
static struct record *
record_in(struct test_engine *t, const struct entity *e, const struct state *s)
{
        struct work w = test_as(t, "administrator", ME, MY_TEAM, MY_ACCOUNT);
        struct record *r = record_new(&w, e);

        for (size_t i = 0; i < e->field_count; i++)
                if (e->fields[i].required)
                        fill(t, r, &e->fields[i]);
        if (e->scope_own[0])
                r->v[e->scope_own[0]->index] = VAL_OF_INT(ME);
        if (e->scope_team)
                r->v[e->scope_team->index] = VAL_OF_INT(MY_TEAM);
        if (e->scope_account)
                r->v[e->scope_account->index] = VAL_OF_INT(MY_ACCOUNT);
        r->state = s;
        test_must(t, store_insert(&w, r, "create"));
        return r;
}

static struct record *
copy_of(struct test_engine *t, const struct record *r)
{
        struct record *c = ARENA_NEW(t->ctx->arena, struct record);

        *c = *r;
        c->v = ARENA_ARRAY(t->ctx->arena, struct val, r->e->field_count + 1);
        c->old = ARENA_ARRAY(t->ctx->arena, struct val, r->e->field_count + 1);
        memcpy(c->v, r->v, r->e->field_count * sizeof *r->v);
        memcpy(c->old, r->old, r->e->field_count * sizeof *r->v);
        return c;
}

struct tally {
        int taken, guarded, refused_role, refused_state, refused_scope;
};

/* The outcome that the YAML wants; the order of questions is scope, role, state. */
static enum err_code
expected(const struct book *b, struct work *w, const struct node *top, const struct node *transition, const struct record *r,
         const char *role)
{
        if (!access_row(w, r, DEED_ACT))
                return E_DENIED;
        if (!yaml_allows_role(b, top, transition, role))
                return E_TRANSITION_ROLE;
        if (!yaml_allows_state(top, transition, r->state->name))
                return E_TRANSITION_STATE;
        return E_COUNT;
}

static void
check_taken(struct test_engine *t, const struct record *r, const struct state *before, const struct transition *tr,
            const struct node *transition)
{
        const struct node *to = yaml_get(transition, "to");

        assert_string_equal(r->state->name, yaml_is(to, "same") ? before->name : str_c(t->ctx->arena, to->text));
        assert_true(r->event_count >= 2 && r->version == 2);
        for (size_t i = 0; i < tr->sets_count; i++)
                if (tr->sets[i].kind == PRESET_NULL)
                        assert_int_equal(r->v[tr->sets[i].field->index].type, VAL_NULL);
                else if (tr->sets[i].kind == PRESET_NOW)
                        assert_int_equal(r->v[tr->sets[i].field->index].i, t->w.now);
}

/* Tries it and compares; what was done is undone. */
static void
try(struct test_engine *t, const struct book *b, const struct node *top, const struct node *transition,
    const struct record *original, const char *role, struct tally *tally)
{
        struct work w = test_as(t, role, ME, MY_TEAM, MY_ACCOUNT);
        struct record *r = copy_of(t, original);
        const struct transition *tr = entity_transition_str(r->e, transition->key);
        enum err_code want = expected(b, &w, top, transition, r, role), got;
        bool ok, guard;

        assert_non_null(tr);
        for (size_t i = 0; i < tr->needs_count; i++)
                fill(t, r, tr->needs[i]);
        guard = tr->when == NULL || cond_holds(tr->when, r->v);
        test_must(t, tx_savepoint(t->ctx, t->conn));
        ok = life_transition(&w, r, transition->key, test_json(t, "{\"reason\":\"because\"}"), 0);
        got = ok ? E_COUNT : t->ctx->errors ? t->ctx->errors->code : E_INTERNAL;
        if (want == E_COUNT && !guard)
                want = E_HOOK;
        if (got != want) {
                fprintf(stderr, "%s: %s from %s by %s: wanted %s, got %s\n", r->e->name, tr->name, original->state->name,
                        role, want == E_COUNT ? "success" : err_name(want), got == E_COUNT ? "success" : err_name(got));
                ctx_print_errors(t->ctx, stderr);
        }
        assert_int_equal(got, want);
        if (ok)
                check_taken(t, r, original->state, tr, transition);
        tx_undo(t->conn);
        ctx_clear(t->ctx);
        tally->taken += want == E_COUNT;
        tally->guarded += want == E_HOOK;
        tally->refused_role += want == E_TRANSITION_ROLE;
        tally->refused_state += want == E_TRANSITION_STATE;
        tally->refused_scope += want == E_DENIED;
}

static void
try_entity(struct test_engine *t, const struct book *b, const struct node *top, struct tally *tally)
{
        const struct entity *e = model_entity_str(t->model, yaml_get(top, "entity")->text);

        assert_non_null(e);
        for (size_t s = 0; s < e->state_count; s++) {
                const struct record *r = record_in(t, e, &e->states[s]);
                for (const struct node *role = b->roles->child; role; role = role->next)
                        for (const struct node *n = yaml_get(top, "transitions")->child; n; n = n->next)
                                try(t, b, top, n, r, str_c(t->ctx->arena, role->key), tally);
        }
}

static void
test_every_transition_from_every_state_by_every_role(void **state)
{
        struct test_engine *t = *state;
        struct book b = read_book(t);
        struct tally tally = {0};

        for (size_t i = 0; i < b.count; i++)
                try_entity(t, &b, b.files[i], &tally);
        print_message("tried: %d taken, %d refused by the guard, %d by role, %d by state, %d by scope\n", tally.taken,
                      tally.guarded, tally.refused_role, tally.refused_state, tally.refused_scope);
        assert_true(tally.taken > 500 && tally.refused_role > 500 && tally.refused_state > 500);
}

/* `_can` offers exactly what the role may start here. */
static void
test_can_offers_what_may_be_taken(void **state)
{
        struct test_engine *t = *state;
        struct book b = read_book(t);

        for (size_t i = 0; i < b.count; i++) {
                const struct node *top = b.files[i];
                const struct entity *e = model_entity_str(t->model, yaml_get(top, "entity")->text);
                for (size_t s = 0; s < e->state_count; s++) {
                        struct work w = test_as(t, "duty_manager", ME, MY_TEAM, MY_ACCOUNT);
                        struct record *r = record_in(t, e, &e->states[s]);
                        struct jw jw = {0};
                        const struct json *offered;
                        size_t want = 0;
                        life_can_json(&w, r, &jw);
                        offered = json_get(test_json(t, str_c(t->ctx->arena, jw_view(&jw))), "transitions");
                        jw_free(&jw);
                        for (const struct node *n = yaml_get(top, "transitions")->child; n; n = n->next)
                                want += yaml_allows_role(&b, top, n, "duty_manager") &&
                                        yaml_allows_state(top, n, e->states[s].name);
                        assert_int_equal(offered->count, want);
                }
        }
}

/* ---- the order of questions, and the small print ---- */

static struct record *
mine(struct test_engine *t, const char *fields)
{
        struct record *r = test_sample(t, fields);

        record_set_int(r, "team", MY_TEAM);
        test_must(t, store_save(&t->w, r, "test"));
        return r;
}

/* The transition is refused with this code; everything it did is undone. */
static void
refused(struct test_engine *t, struct record *r, const char *name, const char *body, enum err_code code)
{
        struct work w = test_as(t, "t1_engineer", ME, MY_TEAM, 0);

        if (life_transition(&w, r, str_of(name), test_json(t, body), 0))
                fprintf(stderr, "%s %s was taken\n", name, body);
        assert_int_equal(test_error(t), code);
}

static void
taken(struct test_engine *t, struct record *r, const char *name, const char *body)
{
        struct work w = test_as(t, "t1_engineer", ME, MY_TEAM, 0);

        test_must(t, life_transition(&w, r, str_of(name), test_json(t, body), 0));
}

static void
test_needs_may_be_given_or_there(void **state)
{
        struct test_engine *t = *state;

        refused(t, mine(t, "{'title':'x'}"), "test", "{}", E_TRANSITION_NEEDS);
        refused(t, mine(t, "{'title':'x','colour':'red'}"), "test", "{\"colour\":null}", E_TRANSITION_NEEDS);
        taken(t, mine(t, "{'title':'x'}"), "test", "{\"colour\":\"blue\"}");
        taken(t, mine(t, "{'title':'x','colour':'red'}"), "test", "{}");
}

static void
test_only_its_own_fields_are_taken(void **state)
{
        struct test_engine *t = *state;

        refused(t, mine(t, "{'title':'x','colour':'red'}"), "test", "{\"amount\":1}", E_READ_ONLY);
        refused(t, mine(t, "{'title':'x','colour':'red'}"), "test", "{\"nothing\":1}", E_UNKNOWN_FIELD);
        refused(t, mine(t, "{'title':'x'}"), "test", "{\"colour\":\"pink\"}", E_NOT_ALLOWED_VALUE);
        refused(t, mine(t, "{'title':'x','colour':'red'}"), "test", "{\"title\":null}", E_REQUIRED);
        taken(t, mine(t, "{'title':'x','colour':'red','remark':'r'}"), "test", "{\"remark\":null}");
}

static void
test_the_guard_sees_the_given_fields(void **state)
{
        struct test_engine *t = *state;

        refused(t, mine(t, "{'title':'x','colour':'blue'}"), "drop", "{}", E_HOOK);
        refused(t, mine(t, "{'title':'x'}"), "drop", "{}", E_HOOK);
        taken(t, mine(t, "{'title':'x','colour':'red'}"), "drop", "{}");
}

static void
test_a_reason_must_say_something(void **state)
{
        struct test_engine *t = *state;
        struct record *r = mine(t, "{'title':'x','colour':'red'}");
        struct str data;

        taken(t, r, "test", "{}");
        refused(t, r, "repeat", "{}", E_TRANSITION_NEEDS);
        refused(t, r, "repeat", "{\"reason\":\"  \"}", E_TRANSITION_NEEDS);
        refused(t, r, "repeat", "{\"reason\":5}", E_TYPE);
        refused(t, r, "repeat", "{\"reason\":\"a\\u0000b\"}", E_UTF8);
        taken(t, r, "repeat", "{\"reason\":\"\\u4e2d \\\"quoted\\\"\"}");
        assert_int_equal(record_get(r, "stamp")->type, VAL_NULL);
        test_must(t, sql_one_text(t->ctx, t->conn, &data, "select data from events where case_id = $1 and seq = $2", "ii",
                                  r->id, r->event_count));
        assert_true(str_is(json_get_text(test_json(t, data.p), "reason"), "\xe4\xb8\xad \"quoted\""));
        assert_non_null(json_get(json_get(test_json(t, data.p), "changes"), "stamp"));
}

static void
test_a_note_becomes_an_internal_message(void **state)
{
        struct test_engine *t = *state;
        struct record *r = mine(t, "{'title':'x','colour':'red'}");
        struct str visibility;

        taken(t, r, "test", "{\"note\":\"looked at it\"}");
        test_must(t, sql_one_text(t->ctx, t->conn, &visibility, "select visibility from message where case_id = $1", "i", r->id));
        assert_true(str_is(visibility, "internal"));
}

static void
test_versions_and_unknown_names(void **state)
{
        struct test_engine *t = *state;
        struct work w = test_as(t, "t1_engineer", ME, MY_TEAM, 0);
        struct record *r = mine(t, "{'title':'x','colour':'red'}");

        assert_false(life_transition(&w, r, STR("test"), NULL, 1));
        assert_int_equal(test_error(t), E_STALE);
        refused(t, r, "explode", "{}", E_NO_ROUTE);
        refused(t, r, "repeat", "{\"reason\":\"x\"}", E_TRANSITION_STATE);
        test_must(t, life_transition(&w, r, STR("test"), NULL, 2));
}

static void
test_nobody_acts_outside_the_scope(void **state)
{
        struct test_engine *t = *state;
        struct work w = test_as(t, "t1_engineer", ME + 1, MY_TEAM + 1, 0);
        struct record *r = mine(t, "{'title':'x','colour':'red'}");

        assert_false(life_transition(&w, r, STR("test"), NULL, 0));
        assert_int_equal(test_error(t), E_DENIED);
}

/* ---- steps of the system ---- */

static void
test_a_step_asks_for_state_and_guard_alone(void **state)
{
        struct test_engine *t = *state;
        struct work w = test_as(t, "customer_contact", ME, 0, MY_ACCOUNT);
        struct record *r = mine(t, "{'title':'x','colour':'red'}");

        assert_false(life_step(&w, r, "repeat"));
        assert_int_equal(test_error(t), E_TRANSITION_STATE);
        test_must(t, life_step(&w, r, "test"));
        test_must(t, life_step(&w, r, "repeat"));      /* no reason asked */
        record_set_text(r, "colour", STR("blue"));
        assert_false(life_step(&w, r, "drop"));
        assert_int_equal(test_error(t), E_HOOK);
        record_set_text(r, "colour", STR("red"));
        test_must(t, life_step(&w, r, "drop"));
        assert_string_equal(r->state->name, "gone");
        assert_int_equal(r->updated_by, ME);           /* it stands under the actor's name */
}

/* ---- clocks ---- */

static const char *
facts(struct test_engine *t, const struct record *r)
{
        struct buf b = {0};
        const char *s;
        struct rows *rows = sql_query(t->ctx, t->conn, "select kind from clock_segments where case_id = $1 order by seq", "i", r->id);

        test_must(t, rows != NULL);
        while (rows_next(rows)) {
                buf_str(&b, rows_text(rows, 0));
                buf_char(&b, ' ');
        }
        test_must(t, rows_close(rows));
        s = arena_strdup(t->ctx->arena, buf_c(&b));
        buf_free(&b);
        return s;
}

static void
test_clock_facts_follow_the_states(void **state)
{
        struct test_engine *t = *state;
        struct record *r = mine(t, "{'title':'x','colour':'red'}");

        assert_string_equal(facts(t, r), "started ");
        taken(t, r, "test", "{}");
        assert_string_equal(facts(t, r), "started paused ");
        taken(t, r, "repeat", "{\"reason\":\"again\"}");
        assert_string_equal(facts(t, r), "started paused resumed ");
        taken(t, r, "test", "{}");
        taken(t, r, "drop", "{}");
        assert_string_equal(facts(t, r), "started paused resumed paused stopped ");
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_transition_from_every_state_by_every_role),
        cmocka_unit_test(test_can_offers_what_may_be_taken),
        cmocka_unit_test(test_needs_may_be_given_or_there),
        cmocka_unit_test(test_only_its_own_fields_are_taken),
        cmocka_unit_test(test_the_guard_sees_the_given_fields),
        cmocka_unit_test(test_a_reason_must_say_something),
        cmocka_unit_test(test_a_note_becomes_an_internal_message),
        cmocka_unit_test(test_versions_and_unknown_names),
        cmocka_unit_test(test_nobody_acts_outside_the_scope),
        cmocka_unit_test(test_a_step_asks_for_state_and_guard_alone),
        cmocka_unit_test(test_clock_facts_follow_the_states),
};
TEST_ENGINE_MAIN(tests)
