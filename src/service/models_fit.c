/* SPDX-License-Identifier: Apache-2.0
 *
 * models_fit.c -- would stored data still be right under another Model?
 *
 * Only what differs between the Model in force and the next one is asked about, each by a count over its table:
 *
 *     an entity goes that has records              a state goes in which records are
 *     a field's type or scale changes under values an option, or an item of a checklist, goes that values use
 *     a field becomes required that records lack   a hidden column comes back under another type
 *     a new entity wants a table that is not its own           a field becomes unique that records have alike
 *     a link is to lead to another entity than values do
 *
 * A field or a transition that goes is no loss: the column is hidden, the transition was never data.  Nor is what asks for
 * less: an index or a search that goes, a field that is not unique or required any more (plan.c), a link that may lead to any
 * kind of case where it led to one.
 *
 * Invariants
 *   1. Nothing is written.  Every reason is told, not only the first.
 *   2. Tables are asked only when both Models, or the catalog, say that they are there.
 */
#include "service/models.h"
#include "model/bind.h"
#include "model/yaml.h"

struct fit {
        struct work *w;
        const struct patches *history;
        bool good;
};

/* ---- telling ---- */

static void
refuse_fit(struct fit *f, const char *field, const char *en, const char *zh)
{
        fail(f->w->ctx, E_MODEL, field, ctx_both(f->w->ctx, en, zh));
        f->good = false;
}
#define SAY(f, ...) arena_printf((f)->w->ctx->arena, __VA_ARGS__)

/* How many rows of a table meet a condition; -1 when it cannot be asked.  Names come from checked Models. */
static int64_t
rows_where(struct fit *f, const struct entity *e, const struct field *field, const char *condition, const struct val *v)
{
        bool own = field != NULL && e->kind == KIND_CASE && !e->abstract && !field->shared;
        bool shared = e->kind == KIND_CASE && !own;
        const char *sql = arena_printf(f->w->ctx->arena, "select count(*) from \"%s\" where %s%s", shared ? "cases" : e->table,
                                       condition, shared && !e->abstract ? " and entity = $1" : " and $1 = $1");
        struct val args[2] = {VAL_OF_TEXT(str_of(e->name)), v ? *v : VAL_OF_NULL};
        struct rows *r = sql_query_vals(f->w->ctx, f->w->conn, sql, args, v ? 2 : 1);
        int64_t n = r && rows_next(r) ? rows_int(r, 0) : -1;

        if (!r || !rows_close(r))
                f->good = false;
        return n;
}

static bool
column_is_there(struct fit *f, const char *table, const char *column)
{
        struct db_column *all;
        size_t n;

        if (!db_columns(f->w->ctx, f->w->conn, table, &all, &n)) {
                f->good = false;
                return false;
        }
        for (size_t i = 0; i < n; i++)
                if (strcmp(all[i].name, column) == 0)
                        return true;
        return false;
}

static const char *
table_of(const struct entity *e, const struct field *field)
{
        return e->kind == KIND_CASE && (e->abstract || field->shared) ? "cases" : e->table;
}

static int64_t
values_of(struct fit *f, const struct entity *e, const struct field *field)
{
        if (field->storage == STORE_NONE || !column_is_there(f, table_of(e, field), field->name))
                return 0;
        return rows_where(f, e, field, SAY(f, "\"%s\" is not null", field->name), NULL);
}

/* ---- fields ---- */

/* Lines and long texts read each other's values. */
static bool
reads_as(enum field_type was, enum field_type is)
{
        bool wide = is == TYPE_LONGTEXT || is == TYPE_MARKDOWN;

        return was == is || (wide && (was == TYPE_TEXT || was == TYPE_LONGTEXT || was == TYPE_MARKDOWN || was == TYPE_ENUM)) ||
               (is == TYPE_TEXT && was == TYPE_ENUM);
}

static void
fit_type(struct fit *f, const struct entity *e, const struct field *was, const struct field *is)
{
        int64_t n = reads_as(was->type, is->type) && was->scale == is->scale ? 0 : values_of(f, e, was);

        if (n > 0)
                refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                           SAY(f, "The field \"%s\" of \"%s\" was of type %s and is to be %s, but %lld records have a value. Keep "
                                  "the field and add one with another name.", is->name, e->name, type_name(was->type),
                               type_name(is->type), (long long)n),
                           SAY(f, "“%2$s”的字段“%1$s”原为 %3$s 类型，现要改为 %4$s，但已有 %5$lld 条记录填了值。请保留该字段，用新名称另加字段。",
                               is->name, e->name, type_name(was->type), type_name(is->type), (long long)n));
}

/* Values of a link that lead elsewhere than to the entity; lists of links are not taken apart. */
static int64_t
values_beside(struct fit *f, const struct entity *e, const struct field *field, const struct entity *to)
{
        const char *table = to->kind == KIND_CASE ? "cases" : to->table, *own = table_of(e, field);
        struct val name = VAL_OF_TEXT(str_of(to->name));
        bool one_kind = to->kind == KIND_CASE && !to->abstract, there = false;

        if (!column_is_there(f, own, field->name))
                return 0;
        if (!db_table_exists(f->w->ctx, f->w->conn, table, &there))
                f->good = false;
        if (!there || field->storage != STORE_INT)
                return values_of(f, e, field);
        return rows_where(f, e, field,
                          SAY(f, "\"%s\" is not null and not exists (select 1 from \"%s\" as x where x.id = \"%s\".\"%s\"%s)",
                              field->name, table, own, field->name, one_kind ? " and x.entity = $2" : ""),
                          one_kind ? &name : NULL);
}

static void
fit_target(struct fit *f, const struct entity *e, const struct field *was, const struct field *is)
{
        if (was->type != is->type || !was->to || !is->to || strcmp(was->to->name, is->to->name) == 0 ||
            (is->to->abstract && was->to->kind == KIND_CASE))
                return;
        int64_t n = values_beside(f, e, is, is->to);
        if (n > 0)
                refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                           SAY(f, "The field \"%s\" of \"%s\" led to \"%s\" and is to lead to \"%s\", but %lld records have a value that "
                                  "does not. Keep the field and add one with another name.", is->name, e->name, was->to->name,
                               is->to->name, (long long)n),
                           SAY(f, "“%2$s”的字段“%1$s”原指向“%3$s”，现要指向“%4$s”，但有 %5$lld 条记录的值不属于它。请保留该字段，用新名称另加字段。",
                               is->name, e->name, was->to->name, is->to->name, (long long)n));
}

static bool
has_option(const struct field *field, const char *name)
{
        for (size_t i = 0; i < field->option_count; i++)
                if (strcmp(field->options[i].name, name) == 0)
                        return true;
        return false;
}

static void
fit_options(struct fit *f, const struct entity *e, const struct field *was, const struct field *is)
{
        bool many = is->type == TYPE_MULTI_ENUM;

        if (was->type != is->type || (is->type != TYPE_ENUM && !many))
                return;
        for (size_t i = 0; i < was->option_count; i++) {
                const char *o = was->options[i].name;
                struct val v = VAL_OF_TEXT(str_of(many ? SAY(f, "%%\"%s\"%%", o) : o));
                if (has_option(is, o))
                        continue;
                int64_t n = rows_where(f, e, is, SAY(f, "\"%s\" %s $2", is->name, many ? "like" : "="), &v);
                if (n > 0)
                        refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                                   SAY(f, "The option \"%s\" of the field \"%s\" is used by %lld records; it must stay.", o,
                                       is->name, (long long)n),
                                   SAY(f, "字段“%2$s”的选项“%1$s”已被 %3$lld 条记录使用，必须保留。", o, is->name, (long long)n));
        }
}

/* An item that goes and is in records: what was ticked off would be of nothing. */
static void
fit_items(struct fit *f, const struct entity *e, const struct field *was, const struct field *is)
{
        if (was->type != is->type)
                return;
        for (size_t i = 0; i < was->item_count; i++) {
                const char *name = was->items[i].name;
                struct val v = VAL_OF_TEXT(str_of(SAY(f, "%%{\"item\":\"%s\",%%", name)));
                bool stays = false;
                for (size_t j = 0; j < is->item_count; j++)
                        stays |= strcmp(is->items[j].name, name) == 0;
                int64_t n = stays ? 0 : rows_where(f, e, is, SAY(f, "\"%s\" like $2", is->name), &v);
                if (n > 0)
                        refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                                   SAY(f, "The item \"%s\" of the checklist \"%s\" is in %lld records; it must stay.", name, is->name,
                                       (long long)n),
                                   SAY(f, "检查单“%2$s”的检查项“%1$s”已被 %3$lld 条记录使用，必须保留。", name, is->name, (long long)n));
        }
}

static void
fit_required(struct fit *f, const struct entity *e, const struct field *was, const struct field *is)
{
        int64_t n;

        if (!is->required || is->computed || is->when || is->storage == STORE_NONE || (was && was->required))
                return;
        if (was != NULL || column_is_there(f, table_of(e, is), is->name))
                n = rows_where(f, e, is, SAY(f, "\"%s\" is null", is->name), NULL);
        else
                n = rows_where(f, e, NULL, "1 = 1", NULL);
        if (n > 0)
                refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                           SAY(f, "The field \"%s\" cannot be required: %lld records of \"%s\" are without it. Let a transition need "
                                  "it (`needs`) instead.", is->name, (long long)n, e->name),
                           SAY(f, "字段“%1$s”不能设为必填：“%3$s”已有 %2$lld 条记录没有该值。请改为在流转步骤中要求（`needs`）。", is->name,
                               (long long)n, e->name));
}

/* A field that was away: its column may hold what an earlier version of a patch meant by the name. */
static void
fit_returning(struct fit *f, const struct entity *e, const struct field *is)
{
        const char *was = "";
        int64_t n = values_of(f, e, is);

        for (size_t i = 0; n > 0 && *was == '\0' && i < f->history->count; i++)
                was = patch_field_type(f->w->ctx, &f->history->v[i], e->name, is->name);
        if (n > 0 && *was != '\0' && strcmp(was, type_name(is->type)) != 0)
                refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                           SAY(f, "The column of \"%s\" is still there with %lld values of type %s; the field cannot come back as "
                                  "%s. Give it another name.", is->name, (long long)n, was, type_name(is->type)),
                           SAY(f, "“%1$s”的数据列仍在，存有 %2$lld 个 %3$s 类型的值，不能以 %4$s 类型恢复。请换一个名称。", is->name,
                               (long long)n, was, type_name(is->type)));
}

static void
fit_fields(struct fit *f, const struct entity *was, const struct entity *is)
{
        for (size_t i = is->shared_count; i < is->field_count; i++) {
                const struct field *next = &is->fields[i], *before = entity_field(was, next->name);
                if (before != NULL) {
                        fit_type(f, is, before, next);
                        fit_target(f, is, before, next);
                        fit_options(f, is, before, next);
                        fit_items(f, is, before, next);
                } else {
                        fit_returning(f, is, next);
                }
                fit_required(f, is, before, next);
        }
}

/* ---- unique fields ---- */

enum { EXAMPLES = 3, COUNTED = 100 };

static bool
was_unique(const struct entity *was, const char *index)
{
        for (size_t i = 0; i < was->index_count; i++)
                if (strcmp(was->indexes[i].name, index) == 0)
                        return was->indexes[i].unique;
        return false;
}

/* A column that is still to be added holds nothing that could be alike. */
static bool
columns_are_there(struct fit *f, const struct entity *e, const struct index_decl *d)
{
        for (size_t i = 0; i < d->count; i++)
                if (!column_is_there(f, table_of(e, d->fields[i]), d->fields[i]->name))
                        return false;
        return true;
}

/* select "a", "b", min(id), max(id) … of those that stand more than once; on `cases` for kinds of all sorts, as the index does. */
static const char *
alike_sql(struct fit *f, const struct entity *e, const struct index_decl *d)
{
        const char *names = "", *filled = "";

        for (size_t i = 0; i < d->count; i++) {
                names = SAY(f, "%s%s\"%s\"", names, i ? ", " : "", d->fields[i]->name);
                filled = SAY(f, "%s%s\"%s\" is not null", filled, i ? " and " : "", d->fields[i]->name);
        }
        return SAY(f, "select %s, min(id), max(id) from \"%s\" where %s group by %s having count(*) > 1 order by count(*) desc, %s limit %d",
                   names, table_of(e, d->fields[0]), filled, names, names, COUNTED + 1);
}

/* "A12" (17, 40) */
static const char *
alike_example(struct fit *f, const struct index_decl *d, struct rows *r)
{
        struct jw out = {0};
        const char *text;

        for (size_t i = 0; i < d->count; i++) {
                if (i)
                        jw_raw(&out, STR(" + "));
                bind_write_column(d->fields[i], r, (int)i, &out);
        }
        text = SAY(f, "%s (id %lld, %lld)", str_c(f->w->ctx->arena, jw_view(&out)), (long long)rows_int(r, (int)d->count),
                   (long long)rows_int(r, (int)d->count + 1));
        jw_free(&out);
        return text;
}

static void
fit_index(struct fit *f, const struct entity *e, const struct index_decl *d)
{
        struct rows *r = sql_query_vals(f->w->ctx, f->w->conn, alike_sql(f, e, d), NULL, 0);
        const char *some = "", *names = "";
        int64_t n = 0;

        for (; r && rows_next(r); n++)
                if (n < EXAMPLES)
                        some = SAY(f, "%s%s%s", some, n ? ", " : "", alike_example(f, d, r));
        if (!r || !rows_close(r)) {
                f->good = false;
                return;
        }
        for (size_t i = 0; i < d->count; i++)
                names = SAY(f, "%s%s%s", names, i ? " + " : "", d->fields[i]->name);
        if (n > 0)
                refuse_fit(f, place_text(f->w->ctx->arena, d->fields[0]->place),
                           SAY(f, "\"%s\" of \"%s\" cannot be unique: %s%lld values stand in more than one record, such as %s. "
                                  "Make them differ first.", names, e->name, n > COUNTED ? "more than " : "",
                               (long long)(n > COUNTED ? COUNTED : n), some),
                           SAY(f, "“%2$s”的“%1$s”不能设为唯一：有%3$s %4$lld 个值出现在多条记录中，例如 %5$s。请先更正这些记录。", names, e->name,
                               n > COUNTED ? "超过" : "", (long long)(n > COUNTED ? COUNTED : n), some));
}

static void
fit_unique(struct fit *f, const struct entity *was, const struct entity *is)
{
        for (size_t i = 0; i < is->index_count; i++) {
                const struct index_decl *d = &is->indexes[i];
                if (d->unique && d->fields[0]->index >= 0 && !was_unique(was, d->name) && columns_are_there(f, is, d))
                        fit_index(f, is, d);
        }
}

/* ---- entities ---- */

static void
fit_states(struct fit *f, const struct entity *was, const struct entity *is)
{
        for (size_t i = 0; i < was->state_count; i++) {
                const char *name = was->states[i].name;
                struct val v = VAL_OF_TEXT(str_of(name));
                int64_t n = entity_state(is, name) ? 0 : rows_where(f, was, NULL, "state = $2", &v);
                if (n > 0)
                        refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                                   SAY(f, "The state \"%s\" of \"%s\" cannot go: %lld records are in it. Lead them out by a "
                                          "transition first.", name, is->name, (long long)n),
                                   SAY(f, "“%2$s”的状态“%1$s”不能删除：有 %3$lld 条记录处于该状态。请先通过流转步骤将其移出。", name, is->name,
                                       (long long)n));
        }
        if (was->state_count == 0 && is->state_count > 0 && rows_where(f, was, NULL, "1 = 1", NULL) > 0)
                refuse_fit(f, place_text(f->w->ctx->arena, is->place), SAY(f, "\"%s\" has records without a state; it cannot be given a lifecycle.", is->name),
                           SAY(f, "“%s”已有不带状态的记录，不能再加生命周期。", is->name));
}

static void
fit_gone(struct fit *f, const struct entity *was)
{
        int64_t n = rows_where(f, was, NULL, "1 = 1", NULL);

        if (n > 0)
                refuse_fit(f, was->name,
                           SAY(f, "\"%s\" cannot go: it has %lld records. Take away its grants to create instead.", was->name,
                               (long long)n),
                           SAY(f, "“%s”不能移除：已有 %lld 条记录。可改为取消其新建权限。", was->name, (long long)n));
}

static void
fit_changed(struct fit *f, const struct entity *was, const struct entity *is)
{
        if (was->kind != is->kind || strcmp(was->table, is->table) != 0) {
                if (rows_where(f, was, NULL, "1 = 1", NULL) > 0)
                        refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                                   SAY(f, "The kind and the table of \"%s\" cannot change: it has records.", is->name),
                                   SAY(f, "“%s”的类别与数据表不能更改：已有记录。", is->name));
                return;
        }
        fit_fields(f, was, is);
        fit_unique(f, was, is);
        fit_states(f, was, is);
}

/* Its table may be there from an earlier life; otherwise it belongs to the engine. */
static void
fit_new(struct fit *f, const struct entity *is)
{
        struct patch_head head;
        bool there, known = false;
        struct ctx scratch;

        if (!db_table_exists(f->w->ctx, f->w->conn, is->table, &there)) {
                f->good = false;
                return;
        }
        ctx_init(&scratch, f->w->ctx->arena);
        for (size_t i = 0; there && !known && i < f->history->count; i++)
                known = patch_head(&scratch, f->history->v[i].text, "patch", &head) && !head.extends &&
                        strcmp(head.entity, is->name) == 0;
        if (there && !known)
                refuse_fit(f, place_text(f->w->ctx->arena, is->place),
                           SAY(f, "The table \"%s\" is there already and belongs to the server; give another with `table:`.",
                               is->table),
                           SAY(f, "数据表“%s”已存在且属于服务器，请用 `table:` 另取名称。", is->table));
        for (size_t i = is->shared_count; known && i < is->field_count; i++)
                fit_returning(f, is, &is->fields[i]);
}

bool
models_fit(struct work *w, const struct model *old, const struct model *next, const struct patches *history)
{
        struct fit f = {.w = w, .history = history, .good = true};

        for (size_t i = 0; i < old->entity_count; i++) {
                const struct entity *was = &old->entities[i], *is = model_entity(next, was->name);
                if (is == NULL)
                        fit_gone(&f, was);
                else if (was->kind != KIND_SYSTEM)
                        fit_changed(&f, was, is);
        }
        for (size_t i = 0; i < next->entity_count; i++)
                if (model_entity(old, next->entities[i].name) == NULL)
                        fit_new(&f, &next->entities[i]);
        return f.good;
}
