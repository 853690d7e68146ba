/* SPDX-License-Identifier: Apache-2.0
 *
 * model.c -- the Model at run time: its type rows, looking things up by name, and where sources come from.
 *
 * The row of a type says how it is stored and what its limits count; everything that depends on a type and is no
 * code stands there.  Sources are the embedded models/, rules/ and notices/, in the order of their paths, then a site's own.
 *
 * Not here: reading sources (load.c), values of a type (bind.c).
 */
#include "model/load.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/embed.h"

#define NO_MIN INT64_MIN
#define NO_MAX INT64_MAX
static const struct type_row type_rows[TYPE_COUNT] = {
        [TYPE_TEXT] = {"text", STORE_TEXT, LIMIT_CHARS, NO_MIN, 200},
        [TYPE_LONGTEXT] = {"longtext", STORE_TEXT, LIMIT_CHARS, NO_MIN, 20000},
        [TYPE_MARKDOWN] = {"markdown", STORE_TEXT, LIMIT_CHARS, NO_MIN, 100000},
        [TYPE_PHONE] = {"phone", STORE_TEXT, LIMIT_CHARS, NO_MIN, 40},
        [TYPE_EMAIL] = {"email", STORE_TEXT, LIMIT_CHARS, NO_MIN, 254},
        [TYPE_ADDRESS] = {"address", STORE_TEXT, LIMIT_CHARS, NO_MIN, 500},
        [TYPE_SERIAL] = {"serial", STORE_TEXT, LIMIT_CHARS, NO_MIN, 100},
        [TYPE_BARCODE] = {"barcode", STORE_TEXT, LIMIT_CHARS, NO_MIN, 200},
        [TYPE_INT] = {"int", STORE_INT, LIMIT_VALUE, NO_MIN, NO_MAX},
        [TYPE_RATING] = {"rating", STORE_INT, LIMIT_VALUE, 1, 5},
        [TYPE_SCORE] = {"score", STORE_INT, LIMIT_VALUE, 0, 10},
        [TYPE_DECIMAL] = {"decimal", STORE_INT, LIMIT_SCALED, NO_MIN, NO_MAX},
        [TYPE_MONEY] = {"money", STORE_INT, LIMIT_SCALED, NO_MIN, NO_MAX},
        [TYPE_PERCENT] = {"percent", STORE_INT, LIMIT_SCALED, NO_MIN, NO_MAX},
        [TYPE_DURATION] = {"duration", STORE_INT, LIMIT_VALUE, 0, NO_MAX},
        [TYPE_BOOL] = {"bool", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_ENUM] = {"enum", STORE_TEXT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_MULTI_ENUM] = {"multi_enum", STORE_JSON, LIMIT_ITEMS, NO_MIN, 200},
        [TYPE_DATE] = {"date", STORE_TEXT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_DATETIME] = {"datetime", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_PERIOD] = {"period", STORE_JSON, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_LINK] = {"link", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_PERSON] = {"person", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_TEAM] = {"team", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_MULTI_LINK] = {"multi_link", STORE_JSON, LIMIT_ITEMS, NO_MIN, 500},
        [TYPE_FILE] = {"file", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_IMAGE] = {"image", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_AUDIO] = {"audio", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_SIGNATURE] = {"signature", STORE_INT, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_GEO] = {"geo", STORE_JSON, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_CHECKLIST] = {"checklist", STORE_JSON, LIMIT_ITEMS, NO_MIN, 200},
        [TYPE_READINGS] = {"readings", STORE_JSON, LIMIT_ITEMS, NO_MIN, 200},
        [TYPE_JSON] = {"json", STORE_JSON, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_FORMULA] = {"formula", STORE_NONE, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_CLOCK] = {"clock", STORE_NONE, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_REF] = {"ref", STORE_NONE, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_STATE] = {"state", STORE_NONE, LIMIT_NONE, NO_MIN, NO_MAX},
        [TYPE_BYTES] = {"bytes", STORE_BYTES, LIMIT_NONE, NO_MIN, NO_MAX},
};

const struct type_row *
type_row(enum field_type t)
{
        return &type_rows[t];
}

const char *
type_name(enum field_type t)
{
        return type_rows[t].name;
}

enum field_storage
type_storage(enum field_type t)
{
        return type_rows[t].storage;
}

const char *
stage_name(enum stage s)
{
        static const char *const names[] = {"", "accept", "handle", "close"};

        return names[s];
}

const char *
state_kind_name(enum state_kind k)
{
        static const char *const names[] = {"open", "waiting", "closed"};

        return names[k];
}

/* ---- names that are taken ---- */

/* Words that one of the engines reserves, or that read badly unquoted. */
bool
sql_reserved(struct str word)
{
        static const char words[] =
                " all alter analyse analyze and any array as asc asymmetric authorization begin between binary both by case "
                "cast check collate collation column commit concurrently constraint create cross current_date "
                "current_role current_time current_timestamp current_user default deferrable delete desc distinct do "
                "drop else end escape except exists false fetch for foreign freeze from full glob grant group having "
                "ilike in index initially inner insert intersect into is isnull join lateral leading left like limit "
                "localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing "
                "primary references returning right rollback rowid select session_user set similar some symmetric "
                "table tablesample then to trailing transaction true union unique update user using values variadic "
                "verbose when where window with ";
        char padded[48];

        if (word.n > 40)
                return false;
        snprintf(padded, sizeof padded, " %.*s ", (int)word.n, word.p);
        return strstr(words, padded) != NULL;
}

#define SYSTEM_FIELD(n, t, s)                                                                                \
        {.name = n, .index = -1, .type = t, .storage = s, .label = {n, n}, .help = {"", ""}, .group = "",     \
         .computed = true, .read = ROLE_ALL, .json_key = {"\"" n "\":", sizeof n + 2}}
/* `of`: r every record and case, c cases, n what has numbers, s what has states, k children. */
static const struct {
        char of;
        struct field f;
} system_fields[] = {
        {'r', SYSTEM_FIELD("id", TYPE_INT, STORE_INT)},
        {'r', SYSTEM_FIELD("version", TYPE_INT, STORE_INT)},
        {'r', SYSTEM_FIELD("created_at", TYPE_DATETIME, STORE_INT)},
        {'r', SYSTEM_FIELD("created_by", TYPE_PERSON, STORE_INT)},
        {'r', SYSTEM_FIELD("updated_at", TYPE_DATETIME, STORE_INT)},
        {'r', SYSTEM_FIELD("updated_by", TYPE_PERSON, STORE_INT)},
        {'c', SYSTEM_FIELD("entity", TYPE_TEXT, STORE_TEXT)},
        {'c', SYSTEM_FIELD("stage", TYPE_TEXT, STORE_TEXT)},
        {'n', SYSTEM_FIELD("number", TYPE_TEXT, STORE_TEXT)},
        {'s', SYSTEM_FIELD("state", TYPE_TEXT, STORE_TEXT)},
        {'k', SYSTEM_FIELD("case_id", TYPE_INT, STORE_INT)},
};

static bool
has_system_field(const struct entity *e, char of)
{
        switch (of) {
        case 'c':
                return e->kind == KIND_CASE;
        case 'n':
                return e->kind == KIND_CASE || e->number;
        case 's':
                return e->kind == KIND_CASE || e->state_count;
        case 'k':
                return e->kind == KIND_CHILD;
        default:
                return e->kind != KIND_SYSTEM;
        }
}

const struct field *
system_field(const struct entity *e, struct str name)
{
        for (size_t i = 0; i < sizeof system_fields / sizeof *system_fields; i++)
                if (str_is(name, system_fields[i].f.name))
                        return has_system_field(e, system_fields[i].of) && !entity_field_str(e, name) ? &system_fields[i].f : NULL;
        return NULL;
}

/* ---- looking up ---- */

const struct entity *
model_entity_str(const struct model *m, struct str name)
{
        return map_get(&m->entity_map, name);
}

const struct entity *
model_entity(const struct model *m, const char *name)
{
        return model_entity_str(m, str_of(name));
}

const struct field *
entity_field_str(const struct entity *e, struct str name)
{
        return map_get(&e->field_map, name);
}

const struct field *
entity_field(const struct entity *e, const char *name)
{
        return entity_field_str(e, str_of(name));
}

const struct state *
entity_state_str(const struct entity *e, struct str name)
{
        return map_get(&e->state_map, name);
}

const struct state *
entity_state(const struct entity *e, const char *name)
{
        return entity_state_str(e, str_of(name));
}

const struct transition *
entity_transition_str(const struct entity *e, struct str name)
{
        return map_get(&e->transition_map, name);
}

static const struct role role_system = {.name = "system", .label = {"System", "系统"}, .bit = ROLE_SYSTEM};

const struct role *
model_role(const struct model *m, const char *name)
{
        return strcmp(name, "system") == 0 ? &role_system : map_get_c(&m->role_map, name);
}

const char *
model_role_names(struct arena *a, const struct model *m, role_mask mask)
{
        const char *text = "";

        for (size_t i = 0; i < m->role_count; i++)
                if (mask & m->roles[i].bit)
                        text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", m->roles[i].name);
        if (mask & ROLE_SYSTEM)
                text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", role_system.name);
        return *text ? text : "nobody";
}

/* ---- sources ---- */

struct sources {
        struct ctx *ctx;
        struct source *v;
        size_t n;
};

static bool
is_yaml(const char *path)
{
        size_t n = strlen(path);

        return n > 5 && strcmp(path + n - 5, ".yaml") == 0;
}

static void
embedded_add(struct sources *s, const char *kind)
{
        size_t count = 0;
        const struct embedded *files = embed_under(arena_printf(s->ctx->arena, "%s/", kind), &count);

        for (size_t i = 0; i < count; i++)
                if (is_yaml(files[i].path))
                        *ARENA_PUSH(s->ctx->arena, s->v, s->n) =
                                (struct source){files[i].path, {files[i].data, files[i].size}, kind, false};
}

/* The whole file; one that is larger than yaml_read takes is cut, so that it is refused there. */
static bool
file_read(struct ctx *ctx, const char *path, struct str *ret)
{
        FILE *f = fopen(path, "rb");
        struct stat st;

        if (f == NULL)
                return fail(ctx, E_IO, path, path, strerror(errno));
        size_t room = fstat(fileno(f), &st) == 0 && st.st_size <= YAML_MAX_BYTES ? (size_t)st.st_size : YAML_MAX_BYTES + 1;
        char *text = arena_zalloc(ctx->arena, room + 1);
        size_t n = fread(text, 1, room, f);
        bool bad = ferror(f);
        int error = errno;
        fclose(f);
        *ret = (struct str){text, n};
        return !bad || fail(ctx, E_IO, path, path, strerror(error));
}

static int
yaml_entry(const struct dirent *d)
{
        return d->d_name[0] != '.' && is_yaml(d->d_name);
}

/* dir/kind/ *.yaml in the order of their names; a folder that is not there holds none. */
static bool
folder_add(struct sources *s, const char *dir, const char *kind, bool site)
{
        struct ctx *ctx = s->ctx;
        const char *folder = arena_printf(ctx->arena, "%s/%s", dir, kind);
        struct dirent **entries;
        int count = scandir(folder, &entries, yaml_entry, alphasort);
        bool good = true;

        if (count < 0)
                return errno == ENOENT || fail(ctx, E_IO, folder, folder, strerror(errno));
        for (int i = 0; i < count; i++) {
                struct source src = {.path = arena_printf(ctx->arena, "%s/%s", folder, entries[i]->d_name), .kind = kind,
                                     .site = site};
                good = file_read(ctx, src.path, &src.text) && good;
                *ARENA_PUSH(ctx->arena, s->v, s->n) = src;
                free(entries[i]);
        }
        free(entries);
        return good;
}

static bool
dir_add(struct sources *s, const char *dir, bool site)
{
        struct stat st;

        if (stat(dir, &st) != 0)
                return fail(s->ctx, E_IO, dir, dir, strerror(errno));
        if (!S_ISDIR(st.st_mode))
                return fail(s->ctx, E_IO, dir, dir, "it is no directory");
        bool models = folder_add(s, dir, "models", site), rules = folder_add(s, dir, "rules", site);
        return folder_add(s, dir, "notices", site) && models && rules;
}

bool
model_sources(struct ctx *ctx, const char *site, struct source **ret, size_t *ret_count)
{
        struct sources s = {.ctx = ctx};

        embedded_add(&s, "models");
        embedded_add(&s, "rules");
        embedded_add(&s, "notices");
        if (site && !dir_add(&s, site, true))
                return false;
        *ret = s.v;
        *ret_count = s.n;
        return true;
}

bool
model_sources_dir(struct ctx *ctx, const char *dir, struct source **ret, size_t *ret_count)
{
        struct sources s = {.ctx = ctx};

        if (!dir_add(&s, dir, false))
                return false;
        *ret = s.v;
        *ret_count = s.n;
        return true;
}
