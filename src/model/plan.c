/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.c -- tables and columns: what the model wants against what the catalog has.
 *
 * The model is first laid out as tables (`struct want`): names, columns, key, indexes.  Then each is compared with the
 * catalog, and only what is missing becomes a statement:
 *
 *     kind       table            key                 columns before the fields
 *     (engine)   id_blocks        name                next_value
 *     case       cases            id                  entity number state stage + the system columns, + shared fields
 *     a case     its own          id                  its own fields only
 *     record     its own          id                  the system columns, number and state when it has them
 *     child      its own          case_id, id         version and the four stamps, state when it has states
 *     system     its own          as `key` says
 *
 * Fields may be NULL in the database: `required` is checked in C, so that a column can be added to a table with rows.
 * An index whose first field may be empty leaves those rows out: nobody looks for them by it, and a new case, which has
 * neither handler nor team nor parent, is not entered there.
 *
 * Invariants
 *   1. Planning twice without applying gives the same; planning after applying gives nothing.
 *   2. No table and no column is dropped, renamed or retyped.  An index is made anew where it is to be unique and is not, or
 *      the other way round; one of ours (idx_...) that the model does not ask for any more is dropped, for a unique one
 *      would go on refusing values.  It stays while one of its columns is hidden: there it forbids nothing, and it is right
 *      when the field comes back.  Indexes of other names are not ours.
 *   3. A statement reads the same on both engines but for the blob's type and, on SQLite, WITHOUT ROWID of composite keys
 *      and `integer` of a single number that is the key.
 *   4. All names come from the checked model and are quoted.
 *
 * Not here: what the engine writes into the tables.
 */
#include "model/plan.h"
#include "model/load.h"

struct column {
        const char *name, *type;
        bool not_null;
};
struct index {
        const char *name, *columns;    /* columns: `"a", "b"` */
        const char *filled;            /* rows without this column are left out; NULL: all rows */
        bool unique;
};
struct want {                          /* a table as the model wants it */
        const char *name;
        struct column *columns;
        size_t column_count;
        struct words key;
        struct index *indexes;
        size_t index_count;
};
struct planner {
        struct ctx *ctx;
        struct arena *a;
        struct conn *c;
        const struct model *m;
        struct plan *plan;
        struct want *wants;
        size_t want_count;
};

/* ---- what the model wants ---- */

static void
column_add(struct planner *p, struct want *t, const char *name, const char *type, bool not_null)
{
        *ARENA_PUSH(p->a, t->columns, t->column_count) = (struct column){name, type, not_null};
}

static void
key_add(struct planner *p, struct want *t, const char *name)
{
        *ARENA_PUSH(p->a, t->key.v, t->key.n) = name;
}

static struct want *
want_add(struct planner *p, const char *name)
{
        struct want *t = &p->wants[p->want_count++];

        t->name = name;
        return t;
}

static const char *
column_type(struct planner *p, const struct field *f)
{
        switch (f->storage) {
        case STORE_INT:
                return "bigint";
        case STORE_BYTES:
                return db_blob_type(conn_engine(p->c));
        default:
                return "text";
        }
}

static bool
has_column(const struct want *t, const char *name)
{
        for (size_t i = 0; i < t->column_count; i++)
                if (strcmp(t->columns[i].name, name) == 0)
                        return true;
        return false;
}

static bool
in_key(const struct entity *e, const struct field *f)
{
        for (size_t i = 0; i < e->key_count; i++)
                if (e->key[i] == f)
                        return true;
        return false;
}

static void
fields_add(struct planner *p, struct want *t, const struct entity *e, size_t from)
{
        for (size_t i = from; i < e->field_count; i++) {
                const struct field *f = &e->fields[i];
                if (f->storage != STORE_NONE && !has_column(t, f->name))
                        column_add(p, t, f->name, column_type(p, f), in_key(e, f));
        }
}

/* The columns that every row of a case, record or child has. */
static void
stamps_add(struct planner *p, struct want *t, bool events)
{
        column_add(p, t, "version", "bigint", true);
        if (events) {
                column_add(p, t, "event_count", "bigint", true);
                column_add(p, t, "event_hash", db_blob_type(conn_engine(p->c)), false);
        }
        column_add(p, t, "created_at", "bigint", true);
        column_add(p, t, "created_by", "bigint", false);
        column_add(p, t, "updated_at", "bigint", true);
        column_add(p, t, "updated_by", "bigint", false);
}

static void
index_add(struct planner *p, struct want *t, const char *name, const char *columns, const char *filled, bool unique)
{
        for (size_t i = 0; i < t->index_count; i++)
                if (strcmp(t->indexes[i].name, name) == 0) {
                        t->indexes[i].unique |= unique;
                        return;
                }
        *ARENA_PUSH(p->a, t->indexes, t->index_count) = (struct index){name, columns, filled, unique};
}

/* The first field of an index, when it may be empty. */
static const char *
filled_field(const struct entity *e, const struct index_decl *d)
{
        const struct field *f = d->fields[0];

        return e->kind == KIND_SYSTEM || f->index < 0 || f->required ? NULL : f->name;
}

/* An index whose fields are shared stands on `cases`, whatever kind of case declares it. */
static void
indexes_add(struct planner *p, struct want *own, struct want *cases, const struct entity *e)
{
        for (size_t i = 0; i < e->index_count; i++) {
                const struct index_decl *d = &e->indexes[i];
                bool shared = e->kind == KIND_CASE && (d->fields[0]->shared || d->fields[0]->index < 0);
                const char *columns = "";
                for (size_t j = 0; j < d->count; j++)
                        columns = arena_printf(p->a, "%s%s\"%s\"", columns, j ? ", " : "", d->fields[j]->name);
                index_add(p, shared ? cases : own, d->name, columns, filled_field(e, d), d->unique);
        }
}

static void
want_cases(struct planner *p, struct want *t, const struct entity *e)
{
        column_add(p, t, "id", "bigint", true);
        column_add(p, t, "entity", "text", true);
        column_add(p, t, "number", "text", false);
        column_add(p, t, "state", "text", false);
        column_add(p, t, "stage", "text", false);
        stamps_add(p, t, true);
        fields_add(p, t, e, 0);
        key_add(p, t, "id");
        index_add(p, t, "idx_cases_number", "\"number\"", NULL, true);
}

static void
want_record(struct planner *p, struct want *t, const struct entity *e)
{
        column_add(p, t, "id", "bigint", true);
        if (e->number)
                column_add(p, t, "number", "text", false);
        if (e->state_count)
                column_add(p, t, "state", "text", false);
        stamps_add(p, t, true);
        fields_add(p, t, e, 0);
        key_add(p, t, "id");
        if (e->number)
                index_add(p, t, arena_printf(p->a, "idx_%s_number", e->table), "\"number\"", NULL, true);
}

static void
want_child(struct planner *p, struct want *t, const struct entity *e)
{
        column_add(p, t, "case_id", "bigint", true);
        column_add(p, t, "id", "bigint", true);
        if (e->state_count)
                column_add(p, t, "state", "text", false);
        stamps_add(p, t, false);
        fields_add(p, t, e, 0);
        key_add(p, t, "case_id");
        key_add(p, t, "id");
}

static void
want_system(struct planner *p, struct want *t, const struct entity *e)
{
        fields_add(p, t, e, 0);
        for (size_t i = 0; i < e->key_count; i++)
                key_add(p, t, e->key[i]->name);
}

static void
want_entity(struct planner *p, struct want *cases, struct want *t, const struct entity *e)
{
        switch (e->kind) {
        case KIND_CASE:
                if (e->abstract) {
                        want_cases(p, t, e);
                        break;
                }
                column_add(p, t, "id", "bigint", true);
                fields_add(p, t, e, e->shared_count);
                key_add(p, t, "id");
                break;
        case KIND_RECORD:
                want_record(p, t, e);
                break;
        case KIND_CHILD:
                want_child(p, t, e);
                break;
        case KIND_SYSTEM:
                want_system(p, t, e);
        }
        indexes_add(p, t, cases ? cases : t, e);
}

/* All tables, id_blocks first, then cases, then in the order of the entities. */
static void
wants_make(struct planner *p)
{
        const struct entity *shared = p->m->case_entity;
        size_t cases = 0;

        p->wants = ARENA_ARRAY(p->a, struct want, p->m->entity_count + 2);
        struct want *ids = want_add(p, "id_blocks");
        column_add(p, ids, "name", "text", true);
        column_add(p, ids, "next_value", "bigint", true);
        key_add(p, ids, "name");
        if (shared) {
                cases = p->want_count;
                want_entity(p, NULL, want_add(p, shared->table), shared);
        }
        for (size_t i = 0; i < p->m->entity_count; i++) {
                const struct entity *e = &p->m->entities[i];
                if (e == shared)
                        continue;
                struct want *t = want_add(p, e->table);
                want_entity(p, cases ? &p->wants[cases] : NULL, t, e);
        }
}

/* ---- against what there is ---- */

static void
statement(struct planner *p, const char *sql)
{
        *ARENA_PUSH(p->a, p->plan->statements, p->plan->count) = sql;
}

/* SQLite keeps rows by a key of its own unless the key is a single INTEGER: then an id finds its row at once. */
static const char *
type_here(const struct planner *p, const struct want *t, const struct column *c)
{
        bool is_key = t->key.n == 1 && strcmp(t->key.v[0], c->name) == 0 && strcmp(c->type, "bigint") == 0;

        return is_key && conn_engine(p->c) == DB_SQLITE ? "integer" : c->type;
}

static void
create_table(struct planner *p, const struct want *t)
{
        struct buf b = {0};

        buf_printf(&b, "CREATE TABLE \"%s\" (", t->name);
        for (size_t i = 0; i < t->column_count; i++)
                buf_printf(&b, "\"%s\" %s%s, ", t->columns[i].name, type_here(p, t, &t->columns[i]), t->columns[i].not_null ? " NOT NULL" : "");
        buf_text(&b, "PRIMARY KEY (");
        for (size_t i = 0; i < t->key.n; i++)
                buf_printf(&b, "%s\"%s\"", i ? ", " : "", t->key.v[i]);
        buf_text(&b, "))");
        if (t->key.n > 1 && conn_engine(p->c) == DB_SQLITE)
                buf_text(&b, " WITHOUT ROWID");
        statement(p, arena_strdup(p->a, buf_c(&b)));
        buf_free(&b);
}

static const struct db_column *
column_there(const struct db_column *there, size_t count, const char *name)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(there[i].name, name) == 0)
                        return &there[i];
        return NULL;
}

static bool
refuse(struct planner *p, const struct want *t, const char *column, const char *why)
{
        return fail(p->ctx, E_DB_SCHEMA, "", arena_printf(p->a, "the column %s.%s %s", t->name, column, why));
}

/* One wanted column: there with the right type, added, or refused. */
static bool
compare_column(struct planner *p, const struct want *t, const struct column *want, const struct db_column *there)
{
        if (there == NULL && want->not_null)
                return refuse(p, t, want->name, "is missing, and it may not be NULL in rows that exist");
        if (there == NULL) {
                statement(p, arena_printf(p->a, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", t->name, want->name, want->type));
                return true;
        }
        /* catalogs write a byte string's type in their own way; db_columns calls both "blob" */
        const char *type = strcmp(want->type, db_blob_type(conn_engine(p->c))) == 0 ? "blob" : want->type;
        if (strcmp(there->type, type) != 0 && strcmp(there->type, type_here(p, t, want)) != 0)
                return refuse(p, t, want->name,
                              arena_printf(p->a, "is of type %s, but the model needs %s; keep the old field and add one with "
                                                 "another name", there->type, want->type));
        if (there->not_null && !want->not_null)
                return refuse(p, t, want->name, "is NOT NULL, but the model lets it be empty");
        return true;
}

static bool
compare_hidden(struct planner *p, const struct want *t, const struct db_column *there)
{
        if (has_column(t, there->name))
                return true;
        if (there->not_null)
                return refuse(p, t, there->name, "is NOT NULL, but the model does not know it: rows could not be added");
        *ARENA_PUSH(p->a, p->plan->hidden, p->plan->hidden_count) = arena_printf(p->a, "%s.%s", t->name, there->name);
        return true;
}

static bool
compare_columns(struct planner *p, const struct want *t)
{
        struct db_column *there;
        size_t count;
        bool good = true;

        if (!db_columns(p->ctx, p->c, t->name, &there, &count))
                return false;
        for (size_t i = 0; i < t->column_count; i++)
                good &= compare_column(p, t, &t->columns[i], column_there(there, count, t->columns[i].name));
        for (size_t i = 0; i < count; i++)
                good &= compare_hidden(p, t, &there[i]);
        return good;
}

static void
create_index(struct planner *p, const struct want *t, const struct index *x)
{
        const char *only = x->filled ? arena_printf(p->a, " WHERE \"%s\" IS NOT NULL", x->filled) : "";

        statement(p, arena_printf(p->a, "CREATE %sINDEX \"%s\" ON \"%s\" (%s)%s", x->unique ? "UNIQUE " : "", x->name,
                                  t->name, x->columns, only));
}

static bool
compare_indexes(struct planner *p, const struct want *t)
{
        for (size_t i = 0; i < t->index_count; i++) {
                const struct index *x = &t->indexes[i];
                bool there;
                bool unique = x->unique;
                if (!db_index_exists(p->ctx, p->c, x->name, &there) || (there && !db_index_unique(p->ctx, p->c, x->name, &unique)))
                        return false;
                if (there && unique != x->unique)
                        statement(p, arena_printf(p->a, "DROP INDEX \"%s\"", x->name));
                if (!there || unique != x->unique)
                        create_index(p, t, x);
        }
        return true;
}

static bool
is_wanted(const struct want *t, const struct db_index *there)
{
        for (size_t i = 0; i < t->index_count; i++)
                if (strcmp(t->indexes[i].name, there->name) == 0)
                        return true;
        for (size_t i = 0; i < there->column_count; i++)
                if (!has_column(t, there->columns[i]))
                        return true;
        return strncmp(there->name, "idx_", 4) != 0;
}

/* What was an index, or unique, and is not any more. */
static bool
drop_indexes(struct planner *p, const struct want *t)
{
        struct db_index *there;
        size_t count;

        if (!db_indexes(p->ctx, p->c, t->name, &there, &count))
                return false;
        for (size_t i = 0; i < count; i++)
                if (!is_wanted(t, &there[i])) {
                        statement(p, arena_printf(p->a, "DROP INDEX \"%s\"", there[i].name));
                        p->plan->idle += !there[i].unique;
                }
        return true;
}

static bool
compare_table(struct planner *p, const struct want *t)
{
        bool there;

        if (!db_table_exists(p->ctx, p->c, t->name, &there))
                return false;
        if (!there)
                create_table(p, t);
        else if (!compare_columns(p, t) || !drop_indexes(p, t))
                return false;
        return compare_indexes(p, t);
}

bool
plan_make(struct ctx *ctx, const struct model *m, struct conn *c, struct plan *ret)
{
        struct planner p = {.ctx = ctx, .a = ctx->arena, .c = c, .m = m, .plan = ret};
        bool good = true;

        *ret = (struct plan){0};
        wants_make(&p);
        for (size_t i = 0; i < p.want_count; i++)
                good &= compare_table(&p, &p.wants[i]);
        return good;
}

bool
plan_apply(struct ctx *ctx, struct conn *c, const struct plan *p)
{
        if (!tx_begin(ctx, c))
                return false;
        for (size_t i = 0; i < p->count; i++)
                if (!sql_script(ctx, c, p->statements[i])) {
                        tx_rollback(c);
                        return false;
                }
        return tx_commit(ctx, c);
}
