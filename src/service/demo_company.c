/* SPDX-License-Identifier: Apache-2.0
 *
 * demo_company.c -- the records of demo/company.yaml and demo/customers.yaml.
 *
 *     as:     {site: service_data}                who makes the records of an entity; else the system
 *     since:  {bulletin: 10}                      so many days ago; else on the day that the company was founded
 *     make:   {site: {hz_west: {name: ...}}}      entity: key: fields
 *     moves:  - {all: contract, by: ..., do: sign}    then transitions, of all records of an entity or of
 * `one`
 *
 * A record is known by "entity.key", its name by "name of entity.key".  With _count it is made so often, and
 * knows which one it is by <n>; only the first one gets the key.  Keys that begin with _ are the demo's own
 * and are kept in the row for demo_plan.c.
 */
#include <stdio.h>
#include "base/embed.h"
#include "base/secret.h"
#include "engine/actor.h"
#include "engine/life.h"
#include "engine/store.h"
#include "gen/names.h"
#include "service/demo.h"
#include "service/demo_play.h"

enum { FOUNDED = 100 }; /* days ago */

/* ---- people ---- */

static const char *
id_text(struct demo *d, int64_t id)
{
        return arena_printf(d->ctx.arena, "%lld", (long long)id);
}

bool
demo_act(struct demo *d, int64_t person, usec at)
{
        const struct actor *a = &ACTOR_SYSTEM;

        d->w.now = at;
        d->w.actor = &ACTOR_SYSTEM;
        if (person != 0 && (a = map_get_c(&d->actors, id_text(d, person))) == NULL) {
                a = actor_load(&d->w, person, d->keep);
                if (a == NULL)
                        return fail(&d->ctx, E_NOT_FOUND, "demo", "person", id_text(d, person));
                map_set(&d->actors, str_of(id_text(d, person)), (void *)a);
        }
        d->w.actor = a;
        return true;
}

static const struct demo_login *
login_of(struct str key)
{
        size_t n;
        const struct demo_login *l = demo_logins(&n);

        for (size_t i = 0; i < n; i++)
                if (str_is(key, l[i].login))
                        return &l[i];
        return NULL;
}

/* The key of a person is the login.  Who can be logged in by name has name and first role in the table of
 * demo.c. */
static void
name_person(struct demo *d, struct names *n, struct str key)
{
        const struct demo_login *l = login_of(key);

        names_text(n, "login", key);
        if (l != NULL) {
                names_text(n, "login_name", str_of(l->name));
                names_text(n, "login_role", str_of(l->role));
        }
}

static bool
set_password(struct demo *d, int64_t person, const char *password)
{
        char hash[SECRET_HASH_MAX];

        if (!password_hash(str_of(password), hash))
                return fail(&d->ctx, E_INTERNAL, "", "the password could not be hashed");
        return sql_run(
                &d->ctx, d->w.conn,
                SQL("insert into credentials (person, hash, changed_at, must_change) values ($1, $2, $3, 0)"),
                "isi", person, hash, d->w.now);
}

/* ---- records ---- */

static struct str
display_name(const struct record *r)
{
        const struct field *f = entity_field(r->e, "name");

        if (f == NULL)
                f = entity_field(r->e, FIELD_INSTALLED_UNIT_SERIAL);
        return f != NULL && r->v[f->index].type == VAL_TEXT ? r->v[f->index].s : STR("");
}

static void
remember(struct demo *d, const struct record *r, const struct node *row, bool first)
{
        const char *full = arena_printf(d->keep, "%s.%s", r->e->name, row->key.p);

        *ARENA_PUSH(d->keep, d->things, d->thing_count) =
                (struct thing){r->e->name, row->key, r->id, str_c(d->keep, display_name(r)), row, 0};
        if (!first)
                return;
        names_id(&d->world, full, r->id);
        names_text(&d->world, arena_printf(d->keep, "name of %s", full), display_name(r));
}

const struct thing *
demo_thing(const struct demo *d, const char *entity, struct str key)
{
        for (size_t i = 0; i < d->thing_count; i++)
                if (strcmp(d->things[i].entity, entity) == 0 && str_eq(d->things[i].key, key))
                        return &d->things[i];
        return NULL;
}

static struct record *
make_record(struct demo *d, const struct entity *e, const struct names *n, const struct node *row)
{
        const struct json *body = demo_json(d, n, row);

        return body != NULL ? store_create(&d->w, e, body) : NULL;
}

/* Everybody has the one password, so that one can be any of the two who must differ. */
static struct record *
make_person(struct demo *d, const struct entity *e, const struct names *n, const struct node *row)
{
        struct record *r = make_record(d, e, n, row);
        size_t count;

        return r != NULL && set_password(d, r->id, demo_logins(&count)->password) ? r : NULL;
}

static bool
make_row(struct demo *d, const struct entity *e, const struct node *row)
{
        bool person = strcmp(e->name, ENTITY_USER) == 0;
        const struct node *language = yaml_get(row, "language");
        int64_t count = 1;

        if (yaml_get(row, "_count") != NULL)
                yaml_int(yaml_get(row, "_count"), &count);
        for (int64_t i = 1; i <= count; i++) {
                struct names n;
                names_init(&n, d->ctx.arena, &d->world);
                names_id(&n, "n", i);
                names_id(&n, "seq", (int64_t)d->thing_count);
                if (language != NULL)
                        names_node(&n, "lang", language);
                name_person(d, &n, row->key);
                struct record *r = person ? make_person(d, e, &n, row) : make_record(d, e, &n, row);
                if (r == NULL)
                        return fail_because(&d->ctx, E_MODEL, place_text(d->ctx.arena, row->place),
                                            "it could not be made", "无法创建");
                remember(d, r, row, i == 1);
        }
        return true;
}

static int64_t
person_named(const struct demo *d, const struct node *login)
{
        const struct thing *t = login != NULL ? demo_thing(d, ENTITY_USER, login->text) : NULL;

        return t != NULL ? t->id : 0;
}

static bool
make_section(struct demo *d, const struct node *file, const struct node *section)
{
        const struct entity *e = model_entity(d->w.model, section->key.p);
        const struct node *as = yaml_get(file, "as"), *since = yaml_get(yaml_get(file, "since"), section->key.p);
        int64_t days = FOUNDED;

        if (e == NULL)
                return fail(&d->ctx, E_MODEL, place_text(d->ctx.arena, section->place),
                            "there is no such entity");
        if (since != NULL)
                yaml_int(since, &days);
        if (!demo_act(d, person_named(d, yaml_get(as, section->key.p)), d->today - days * USEC_DAY))
                return false;
        for (const struct node *row = section->child; row != NULL; row = row->next)
                if (!make_row(d, e, row))
                        return false;
        return true;
}

/* ---- moves ---- */

static bool
is_moved(const struct thing *t, const struct node *move)
{
        const struct node *all = yaml_get(move, "all"), *one = yaml_get(move, "one");
        struct str key, entity = str_cut(one != NULL ? one->text : all->text, '.', &key);

        return str_is(entity, t->entity) && (one == NULL || str_eq(key, t->key));
}

static bool
move_thing(struct demo *d, const struct thing *t, const struct node *move)
{
        struct record *r = store_get(&d->w, model_entity(d->w.model, t->entity), t->id);
        const struct json *body = demo_json(d, &d->world, yaml_get(move, "with"));

        if (r == NULL || body == NULL || !life_transition(&d->w, r, yaml_get(move, "do")->text, body, 0))
                return fail_because(&d->ctx, E_MODEL, place_text(d->ctx.arena, move->place),
                                    arena_printf(d->ctx.arena, "%s.%s could not move", t->entity, t->key.p));
        return true;
}

static bool
make_move(struct demo *d, const struct node *move)
{
        int64_t days = FOUNDED;

        if (yaml_get(move, "days_ago") != NULL)
                yaml_int(yaml_get(move, "days_ago"), &days);
        if (!demo_act(d, person_named(d, yaml_get(move, "by")), d->today - days * USEC_DAY))
                return false;
        for (size_t i = 0; i < d->thing_count; i++)
                if (is_moved(&d->things[i], move) && !move_thing(d, &d->things[i], move))
                        return false;
        return true;
}

/* ---- the file ---- */

struct node *
demo_file(struct demo *d, const char *path)
{
        const struct embedded *f = embed_get(path);

        if (f == NULL) {
                fail(&d->ctx, E_NOT_FOUND, path, "file", path);
                return NULL;
        }
        return yaml_read(&d->ctx, d->keep, (struct str){f->data, f->size}, path);
}

bool
demo_company(struct demo *d, const char *path)
{
        const struct node *file = demo_file(d, path), *make, *moves;

        if (file == NULL)
                return false;
        make = yaml_get(file, "make");
        moves = yaml_get(file, "moves");
        for (const struct node *s = make != NULL ? make->child : NULL; s != NULL; s = s->next)
                if (!make_section(d, file, s))
                        return false;
        for (const struct node *m = moves != NULL ? moves->child : NULL; m != NULL; m = m->next)
                if (!make_move(d, m))
                        return false;
        return true;
}
