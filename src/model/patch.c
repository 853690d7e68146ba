/* SPDX-License-Identifier: Apache-2.0
 *
 * patch.c -- patches of the Model as rows, and what a text says at its top.
 *
 *     publish --patch_insert--> version 1 .. n, each a row          remove --patch_insert--> a row that says so
 *
 * Invariants
 *   1. Rows are inserted only.  `revision` is the key and counts without a gap, so that of two who publish at once one meets
 *      the other's row.
 *   2. A text that is read back is the text that was checked, byte for byte.
 *   3. Reading never fails because of what a text says: a text that cannot be read is judged by who loads it
 *      (service/models.c).
 *
 * Not here: checking a text against the rest of the Model, tables, the Model in force (service/models.c).
 */
#include "model/patch.h"
#include "base/text.h"
#include "model/yaml.h"

static void
row_read(struct arena *a, const struct rows *r, bool text, struct patch *p)
{
        *p = (struct patch){.revision = rows_int(r, 0),
                            .name = str_c(a, rows_text(r, 1)),
                            .version = rows_int(r, 2),
                            .removed = str_is(rows_text(r, 3), "remove"),
                            .note = str_c(a, rows_text(r, 4)),
                            .author = rows_int(r, 5),
                            .at = rows_int(r, 6),
                            .program = str_c(a, rows_text(r, 7))};
        if (text)
                p->text = (struct str){arena_strndup(a, rows_text(r, 8).p, rows_text(r, 8).n), rows_text(r, 8).n};
}

static bool
rows_take(struct ctx *ctx, struct rows *r, bool text, struct patches *ret)
{
        *ret = (struct patches){0};
        while (r && rows_next(r)) {
                struct patch *p = ARENA_PUSH(ctx->arena, ret->v, ret->count);
                row_read(ctx->arena, r, text, p);
                if (p->revision > ret->revision)
                        ret->revision = p->revision;
        }
        return r && rows_close(r);
}

bool
patches_read(struct ctx *ctx, struct conn *c, struct patches *ret)
{
        bool there;

        *ret = (struct patches){0};
        if (!db_table_exists(ctx, c, "model_patches", &there))
                return false;
        return !there || rows_take(ctx,
                                   sql_query(ctx, c,
                                             SQL("SELECT p.revision, p.name, p.version, p.deed, p.note, p.author, p.at, "
                                                 "p.program, p.source FROM model_patches p "
                                                 "JOIN (SELECT name, max(revision) AS newest, min(revision) AS first "
                                                 "FROM model_patches GROUP BY name) n ON n.newest = p.revision "
                                                 "ORDER BY n.first"),
                                             ""),
                                   true, ret);
}

bool
patches_history(struct ctx *ctx, struct conn *c, const char *name, bool texts, struct patches *ret)
{
        return rows_take(ctx,
                         sql_query(ctx, c,
                                   SQL("SELECT revision, name, version, deed, note, author, at, program, "
                                       "CASE WHEN $2 = 1 THEN source ELSE '' END FROM model_patches "
                                       "WHERE CAST($1 AS text) IS NULL OR name = $1 ORDER BY revision DESC LIMIT 1000"),
                                   "si", name, (int64_t)texts),
                         texts, ret);
}

bool
patches_revision(struct ctx *ctx, struct conn *c, int64_t *ret)
{
        return sql_one_int(ctx, c, ret, SQL("SELECT coalesce(max(revision), 0) FROM model_patches"), "");
}

bool
patch_insert(struct ctx *ctx, struct conn *c, const struct patch *p)
{
        return sql_run(ctx, c,
                       SQL("INSERT INTO model_patches (revision, name, version, deed, source, note, author, at, program) "
                           "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
                       "isisssiis", p->revision, p->name, p->version, p->removed ? "remove" : "publish",
                       str_c(ctx->arena, p->text), p->note, p->author, p->at, p->program);
}

struct patch *
patches_named(const struct patches *p, const char *name)
{
        for (size_t i = 0; i < p->count; i++)
                if (strcmp(p->v[i].name, name) == 0)
                        return &p->v[i];
        return NULL;
}

bool
patch_name_check(struct ctx *ctx, struct str name)
{
        bool good = name.n > 0 && name.n <= PATCH_NAME_MAX && name.p[0] >= 'a' && name.p[0] <= 'z';

        for (size_t i = 0; good && i < name.n; i++)
                good = strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", name.p[i]) != NULL && name.p[i] != '\0';
        return good || fail(ctx, E_BAD_FORMAT, "name", str_c(ctx->arena, name),
                            ctx_both(ctx, "a name of at most 60 characters: a-z, 0-9, _ and -, a letter first",
                                     "名称（最多 60 个字符：a-z、0-9、_、-，以字母开头）"));
}

const char *
patch_path(struct arena *a, const char *name)
{
        return arena_printf(a, "%s.yaml", name);
}

bool
patch_head(struct ctx *ctx, struct str text, const char *path, struct patch_head *ret)
{
        const struct node *root = yaml_read(ctx, ctx->arena, text, path), *name;

        if (root == NULL)
                return false;
        name = yaml_get(root, "entity");
        *ret = (struct patch_head){.extends = name == NULL};
        if (name == NULL)
                name = yaml_get(root, "extend");
        if (name == NULL || name->type != NODE_TEXT || name->text.n == 0)
                return fail(ctx, E_MODEL, place_text(ctx->arena, root->place),
                            ctx_both(ctx, "A patch says at its top `entity:` (a new process) or `extend:` (an addition to one); "
                                          "roles and rules are no part of it.",
                                     "补丁的第一层必须有 `entity:`（新流程）或 `extend:`（对已有流程的补充）；角色与规则不在补丁中。"));
        ret->entity = name->text.p;
        ret->place = name->place;
        return true;
}

const char *
patch_field_type(struct ctx *ctx, const struct patch *p, const char *entity, const char *field)
{
        struct ctx scratch;
        const struct node *root, *type;

        ctx_init(&scratch, ctx->arena);
        root = yaml_read(&scratch, ctx->arena, p->text, "patch");
        if (root == NULL || (!yaml_is(yaml_get(root, "entity"), entity) && !yaml_is(yaml_get(root, "extend"), entity)))
                return "";
        type = yaml_get(yaml_get(yaml_get(root, "fields"), field), "type");
        return type != NULL && type->type == NODE_TEXT ? type->text.p : "";
}
