/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping.c -- mappings of event logs, from YAML.
 *
 *     map: volvo                          the mapping's and the source's name
 *     entity: technical_request           what a case becomes
 *     columns: {case: ..., time: ..., state: ..., team: ...}
 *     time: {format: "%d/%m/%Y %H:%M", zone: America/Sao_Paulo}
 *     states: {Accepted: in_progress, Accepted/Wait: waiting, otherwise: same}
 *     ...                                 docs/import.md has all keys
 *
 * Keys of the file are rows of `keys`: a name and the function that reads it, so that an unknown key can be told
 * what is allowed.  Every name of ours (entity, state, field, tier, option) is checked against the Model here; names
 * of the log's columns are checked by the importer when the log is open.
 *
 * Invariants
 *   1. A mapping that was returned names only what the Model has, and has columns for case, time and state.
 *   2. All faults of a file are reported at once.
 */
#include "channel/mapping.h"
#include "model/rules.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "base/embed.h"
#include "gen/names.h"
#include "model/yaml.h"

static const char *const part_names[PART_COUNT] = {
        "case",    "time",    "state",  "substate", "team",     "tier",          "actor",   "account",
        "contact", "product", "impact", "urgency",  "priority", "reassignments", "reopens", "reported"};

const char *
part_name(enum part p)
{
        return part_names[p];
}

struct reading {
        struct ctx *ctx;
        struct arena *arena;
        const struct model *model;
        struct mapping *map;
        const struct node *severities, *priorities; /* read when the entity is known */
        bool failed;
};

static void
fault(struct reading *r, struct place at, const char *sentence)
{
        r->failed = true;
        fail(r->ctx, E_IMPORT, place_text(r->ctx->arena, at), arena_printf(r->ctx->arena, "%s.", sentence));
}

#define faultf(r, at, ...) fault((r), (at), arena_printf((r)->ctx->arena, __VA_ARGS__))

/* A text that is not empty; NULL with a fault. */
static const char *
text_of(struct reading *r, const struct node *n)
{
        if (n->type == NODE_TEXT && n->text.n && !yaml_null(n))
                return str_c(r->arena, n->text);
        faultf(r, n->place, "\"%s\" needs a text here, but has %s", str_c(r->ctx->arena, n->key),
               yaml_type_name(n));
        return NULL;
}

static bool
is_map(struct reading *r, const struct node *n)
{
        if (n->type == NODE_MAP)
                return true;
        faultf(r, n->place, "\"%s\" needs a map (name: value) here, but has %s", str_c(r->ctx->arena, n->key),
               yaml_type_name(n));
        return false;
}

/* ---- names and words ---- */

static void
read_name(struct reading *r, const struct node *n)
{
        const char *s = text_of(r, n);

        if (s == NULL)
                return;
        for (const char *p = s; *p; p++)
                if (!isalnum((unsigned char)*p) && !strchr("_-.", *p)) {
                        faultf(r, n->place,
                               "The name \"%s\" has the character '%c'; letters, digits, '_', '-' and '.' "
                               "are allowed",
                               s, *p);
                        return;
                }
        if (strlen(s) > 40)
                faultf(r, n->place, "The name \"%s\" is longer than 40 characters", s);
        r->map->name = s;
}

/* label and note are for people only. */
static void
read_nothing(struct reading *r, const struct node *n)
{
}

static void
read_entity(struct reading *r, const struct node *n)
{
        const char *s = text_of(r, n);
        const struct entity *e = s ? model_entity(r->model, s) : NULL;

        if (s && (e == NULL || e->kind != KIND_CASE || e->abstract || e->state_count == 0))
                faultf(r, n->place,
                       "There is no kind of case \"%s\"; a case with states such as technical_request is "
                       "needed",
                       s);
        else
                r->map->entity = e;
}

static void
read_separator(struct reading *r, const struct node *n)
{
        const char *s = text_of(r, n);

        if (s == NULL)
                return;
        if (strcmp(s, "tab") == 0 || strcmp(s, "\t") == 0)
                r->map->separator = '\t';
        else if (strlen(s) == 1 && strchr(",;|", *s))
                r->map->separator = *s;
        else
                faultf(r, n->place, "The separator \"%s\" is not allowed; allowed: \",\", \";\", \"|\", tab",
                       s);
}

static void
read_account(struct reading *r, const struct node *n)
{
        r->map->account = text_of(r, n);
}

static void
read_unknown(struct reading *r, const struct node *n)
{
        if (n->type != NODE_LIST) {
                faultf(r, n->place, "\"unknown\" needs a list such as [\"?\"], but has %s",
                       yaml_type_name(n));
                return;
        }
        r->map->unknown = ARENA_ARRAY(r->arena, struct str, n->count + 1);
        for (const struct node *v = n->child; v; v = v->next)
                if (v->type == NODE_TEXT)
                        r->map->unknown[r->map->unknown_count++] = v->text;
                else
                        faultf(r, v->place, "A text is needed here, but there is %s", yaml_type_name(v));
}

static int
part_of(struct str name)
{
        for (int i = 0; i < PART_COUNT; i++)
                if (str_is(name, part_names[i]))
                        return i;
        return -1;
}

/* Every {word} of a title must be a part. */
static void
read_title(struct reading *r, const struct node *n)
{
        const char *s = text_of(r, n);

        for (const char *p = s ? strchr(s, '{') : NULL; p; p = strchr(p + 1, '{')) {
                struct str word = {p + 1, strcspn(p + 1, "}")};
                if (part_of(word) < 0)
                        faultf(r, n->place,
                               "The title names {%.*s}; allowed in braces: case, time, state, substate, "
                               "team, actor, account, product, impact, urgency, priority",
                               (int)word.n, word.p);
        }
        r->map->title = s;
}

/* ---- columns ---- */

static struct map_column
column_of(struct reading *r, const struct node *n, enum log_format f)
{
        struct map_column c = {.place = n->place};
        const struct str prefix = STR("trace/");

        if (n->type != NODE_TEXT || n->text.n == 0) {
                faultf(r, n->place, "The name of a column is needed here, but there is %s",
                       yaml_type_name(n));
                return c;
        }
        c.name = n->text;
        if (f == LOG_XES && str_starts(c.name, prefix)) {
                c.of_trace = true;
                c.name = (struct str){c.name.p + prefix.n, c.name.n - prefix.n};
        }
        return c;
}

/* A name for both formats, or {csv: name, xes: name}. */
static void
read_column(struct reading *r, const struct node *n, struct map_column ret[LOG_FORMATS])
{
        if (n->type == NODE_TEXT) {
                ret[LOG_CSV] = column_of(r, n, LOG_CSV);
                ret[LOG_XES] = ret[LOG_CSV].name.p ? column_of(r, n, LOG_XES) : ret[LOG_CSV];
                return;
        }
        if (n->type != NODE_MAP) {
                column_of(r, n, LOG_CSV);
                return;
        }
        for (const struct node *v = n->child; v; v = v->next) {
                if (str_is(v->key, "csv"))
                        ret[LOG_CSV] = column_of(r, v, LOG_CSV);
                else if (str_is(v->key, "xes"))
                        ret[LOG_XES] = column_of(r, v, LOG_XES);
                else
                        faultf(r, v->key_place, "A column has no key \"%s\"; allowed: csv, xes", v->key.p);
        }
}

static void
read_columns(struct reading *r, const struct node *n)
{
        for (const struct node *v = is_map(r, n) ? n->child : NULL; v; v = v->next) {
                int p = part_of(v->key);
                if (p >= 0) {
                        read_column(r, v, r->map->column[p]);
                        continue;
                }
                faultf(r, v->key_place,
                       "There is no part \"%s\"; allowed: case, time, state, substate, team, tier, "
                       "actor, account, contact, product, impact, urgency, priority, reassignments, reopens, "
                       "reported",
                       v->key.p);
        }
}

/* Fields of the case that take a column's text as it is. */
static void
read_fields(struct reading *r, const struct node *n)
{
        struct mapping *m = r->map;

        if (!is_map(r, n) || m->entity == NULL)
                return;
        m->fields = ARENA_ARRAY(r->arena, struct map_field, n->count + 1);
        for (const struct node *v = n->child; v; v = v->next) {
                const struct field *f = entity_field_str(m->entity, v->key);
                if (f == NULL || (f->type != TYPE_TEXT && f->type != TYPE_LONGTEXT)) {
                        faultf(r, v->key_place, "%s has no text field \"%s\"", m->entity->name, v->key.p);
                        continue;
                }
                m->fields[m->field_count].field = f;
                read_column(r, v, m->fields[m->field_count++].column);
        }
}

/* ---- time ---- */

/* strptime-like, as zone_parse reads it. */
static bool
pattern_valid(const char *s)
{
        for (; *s; s++)
                if (*s == '%' && (*++s == '\0' || !strchr("dmYHMSf%", *s)))
                        return false;
        return true;
}

static void
read_time_key(struct reading *r, const struct node *v)
{
        const char *s = text_of(r, v);

        if (s == NULL)
                return;
        if (str_is(v->key, "format") && strcmp(s, "rfc3339") == 0)
                r->map->time_format = NULL;
        else if (str_is(v->key, "format") && pattern_valid(s))
                r->map->time_format = s;
        else if (str_is(v->key, "format"))
                faultf(r, v->place,
                       "The time format \"%s\" is not allowed; allowed: rfc3339, or a pattern of %%d %%m %%Y "
                       "%%H %%M %%S %%f",
                       s);
        else if (!str_is(v->key, "zone"))
                faultf(r, v->key_place, "\"time\" has no key \"%s\"; allowed: format, zone", v->key.p);
        else if ((r->map->zone = zone_get(s)) == NULL)
                faultf(r, v->place,
                       "There is no time zone \"%s\"; a name such as Europe/Brussels or +01:00 is needed", s);
}

static void
read_time(struct reading *r, const struct node *n)
{
        for (const struct node *v = is_map(r, n) ? n->child : NULL; v; v = v->next)
                read_time_key(r, v);
}

/* ---- tables of values ---- */

/* Checks one value's meaning and puts it ready. */
typedef bool (*meaning)(struct reading *r, const struct node *n, struct map_value *v);

static void
read_table(struct reading *r, const struct node *n, struct map_table *t, meaning means)
{
        if (!is_map(r, n))
                return;
        t->given = true;
        t->values = ARENA_ARRAY(r->arena, struct map_value, n->count + 1);
        for (const struct node *v = n->child; v; v = v->next) {
                struct map_value *to = &t->values[t->count];
                if (v->type != NODE_TEXT) {
                        faultf(r, v->place, "A text is needed here, but there is %s", yaml_type_name(v));
                        continue;
                }
                *to = (struct map_value){.from = v->key, .to = v->text};
                if (!means(r, v, to))
                        continue;
                if (str_is(v->key, "otherwise"))
                        t->otherwise = to;
                t->count++;
        }
}

static bool
means_state(struct reading *r, const struct node *n, struct map_value *v)
{
        const struct entity *e = r->map->entity;
        struct buf names = {0};

        if (str_is(v->to, "same") || e == NULL)
                return true;
        v->state = entity_state_str(e, v->to);
        if (v->state)
                return true;
        for (size_t i = 0; i < e->state_count; i++)
                buf_printf(&names, ", %s", e->states[i].name);
        faultf(r, n->place, "%s has no state \"%s\"; allowed: same%s", e->name, n->text.p, buf_c(&names));
        buf_free(&names);
        return false;
}

static bool
means_tier(struct reading *r, const struct node *n, struct map_value *v)
{
        static const char *const names[] = {"none", "T1", "T2", "T3"};

        for (int i = 0; i < 4; i++)
                if (str_is(v->to, names[i])) {
                        v->tier = i;
                        return true;
                }
        faultf(r, n->place, "There is no line \"%s\"; allowed: T1, T2, T3, none", n->text.p);
        return false;
}

static bool
means_option(struct reading *r, const struct node *n, const char *field)
{
        const struct field *f = r->map->entity ? entity_field(r->map->entity, field) : NULL;
        struct buf names = {0};

        if (f == NULL || yaml_is(n, "none"))
                return true;
        for (size_t i = 0; i < f->option_count; i++) {
                if (yaml_is(n, f->options[i].name)) {
                        buf_free(&names);
                        return true;
                }
                buf_printf(&names, ", %s", f->options[i].name);
        }
        faultf(r, n->place, "The field %s has no value \"%s\"; allowed: none%s", field, n->text.p,
               buf_c(&names));
        buf_free(&names);
        return false;
}

static bool
means_severity(struct reading *r, const struct node *n, struct map_value *v)
{
        return means_option(r, n, "severity");
}

static bool
means_priority(struct reading *r, const struct node *n, struct map_value *v)
{
        return means_option(r, n, "priority");
}

/* ---- how time is spent ---- */

static bool
means_span(struct reading *r, const struct node *n, struct map_value *v)
{
        enum span span;

        if (span_named(v->to, &span)) {
                v->tier = (int)span;
                return true;
        }
        faultf(r, n->place, "There is no span \"%s\"; allowed: %s", n->text.p, span_names(r->ctx->arena));
        return false;
}

static bool
means_wait(struct reading *r, const struct node *n, struct map_value *v)
{
        const struct code_list *codes = rules_codes(r->model->rules, "pause_code");

        if (str_is(v->to, "none") || codes_has(codes, v->to))
                return true;
        faultf(r, n->place, "There is no pause code \"%s\"; allowed: none and the codes of rules/pause_codes.yaml", n->text.p);
        return false;
}

static void
read_waits(struct reading *r, const struct node *n)
{
        read_table(r, n, &r->map->waits, means_wait);
}

static void
read_spans(struct reading *r, const struct node *n)
{
        read_table(r, n, &r->map->spans, means_span);
}

static void
read_states(struct reading *r, const struct node *n)
{
        read_table(r, n, &r->map->states, means_state);
}

static void
read_tiers(struct reading *r, const struct node *n)
{
        read_table(r, n, &r->map->tiers, means_tier);
}

static void
read_team_tiers(struct reading *r, const struct node *n)
{
        read_table(r, n, &r->map->team_tiers, means_tier);
}

static void
read_severities(struct reading *r, const struct node *n)
{
        read_table(r, n, &r->map->severities, means_severity);
}

static void
read_priorities(struct reading *r, const struct node *n)
{
        read_table(r, n, &r->map->priorities, means_priority);
}

/* ---- the file ---- */

/* In the order in which they are read, whatever the order in the file: the entity comes before what is checked
 * against it. */
static const struct {
        const char *name;
        void (*read)(struct reading *r, const struct node *n);
} keys[] = {
        {"map", read_name},
        {"label", read_nothing},
        {"entity", read_entity},
        {"separator", read_separator},
        {"columns", read_columns},
        {"time", read_time},
        {"unknown", read_unknown},
        {"states", read_states},
        {"tiers", read_tiers},
        {"team_tiers", read_team_tiers},
        {"waits", read_waits},
        {"spans", read_spans},
        {"severities", read_severities},
        {"priorities", read_priorities},
        {"account", read_account},
        {"title", read_title},
        {"fields", read_fields},
};
enum { KEYS = sizeof keys / sizeof *keys };

static void
check_keys(struct reading *r, const struct node *root)
{
        for (const struct node *n = root->child; n; n = n->next) {
                size_t i = 0;
                while (i < KEYS && !str_is(n->key, keys[i].name))
                        i++;
                if (i == KEYS)
                        faultf(r, n->key_place,
                               "A mapping has no key \"%s\"; allowed: map, label, entity, separator, "
                               "columns, time, unknown, states, tiers, team_tiers, waits, spans, severities, priorities, "
                               "account, title, fields",
                               n->key.p);
        }
}

static bool
has_column(const struct mapping *m, enum part p)
{
        return m->column[p][LOG_CSV].name.p || m->column[p][LOG_XES].name.p;
}

/* What must not be missing, and what goes with what. */
static void
check_whole(struct reading *r, const struct node *root)
{
        const struct mapping *m = r->map;

        if (yaml_get(root, "map") == NULL)
                fault(r, root->place, "The mapping needs a name: map: my_source");
        for (enum part p = PART_CASE; p <= PART_STATE; p++)
                if (!has_column(m, p))
                        faultf(r, root->place,
                               "The mapping names no column for \"%s\"; case, time and state are needed "
                               "under columns",
                               part_names[p]);
        if (!m->states.given)
                fault(r, root->place,
                      "The mapping needs states: which of our states each state of the log is");
        if (has_column(m, PART_TIER) && !m->tiers.given)
                fault(r, root->place,
                      "A column for tier is named; tiers must say which line each of its values is");
        if (m->team_tiers.given && !has_column(m, PART_TEAM))
                fault(r, root->place,
                      "team_tiers reads the line from the team's name; a column for team is needed");
}

struct mapping *
mapping_read(struct ctx *ctx, struct arena *a, const struct model *model, struct str text, const char *file)
{
        struct reading r = {.ctx = ctx, .arena = a, .model = model, .map = ARENA_NEW(a, struct mapping)};
        struct node *root = yaml_read(ctx, a, text, file);

        if (root == NULL)
                return NULL;
        if (root->type != NODE_MAP) {
                fault(&r, root->place, "A mapping is a map of keys; docs/import.md has an example");
                return NULL;
        }
        *r.map = (struct mapping){.file = arena_strdup(a, file),
                                  .separator = ',',
                                  .zone = zone_get("UTC"),
                                  .entity = model_entity(model, ENTITY_TECHNICAL_REQUEST),
                                  .title = "{case}"};
        check_keys(&r, root);
        for (size_t i = 0; i < KEYS; i++) {
                const struct node *n = yaml_get(root, keys[i].name);
                if (n)
                        keys[i].read(&r, n);
        }
        check_whole(&r, root);
        return r.failed ? NULL : r.map;
}

/* ---- finding the file ---- */

static bool
file_exists(const char *path)
{
        return access(path, F_OK) == 0;
}

static struct mapping *
load_file(struct ctx *ctx, struct arena *a, const struct model *m, const char *path)
{
        FILE *f = fopen(path, "rbe");
        char *p = arena_alloc(a, YAML_MAX_BYTES + 1);
        size_t n = f ? fread(p, 1, YAML_MAX_BYTES + 1, f) : 0;
        bool failed = f == NULL || ferror(f);
        int why = errno;

        if (f)
                fclose(f);
        if (failed) {
                fail(ctx, E_IO, path, path, strerror(why));
                return NULL;
        }
        return mapping_read(ctx, a, m, (struct str){p, n}, path);
}

static const char *
shipped_names(struct arena *a)
{
        size_t n;
        const struct embedded *e = embed_under("maps/", &n);
        struct buf b = {0};

        for (size_t i = 0; i < n; i++)
                buf_printf(&b, "%s%.*s", i ? ", " : "", (int)strcspn(e[i].path + 5, "."), e[i].path + 5);
        const char *s = arena_strdup(a, buf_c(&b));
        buf_free(&b);
        return s;
}

static bool
is_path(const char *name)
{
        size_t n = strlen(name);

        return strchr(name, '/') || (n > 5 && strcmp(name + n - 5, ".yaml") == 0) ||
               (n > 4 && strcmp(name + n - 4, ".yml") == 0);
}

struct mapping *
mapping_load(struct ctx *ctx, struct arena *a, const struct model *m, const char *name, const char *site)
{
        const char *path = site ? arena_printf(a, "%s/maps/%s.yaml", site, name) : NULL;
        const struct embedded *e = embed_get(arena_printf(a, "maps/%s.yaml", name));

        if (is_path(name))
                return load_file(ctx, a, m, name);
        if (path && file_exists(path))
                return load_file(ctx, a, m, path);
        if (e)
                return mapping_read(ctx, a, m, (struct str){e->data, e->size}, e->path);
        fail(ctx, E_USAGE, "map",
             arena_printf(a, "There is no mapping \"%s\". Shipped: %s; or name a file that ends in .yaml.",
                          name, shipped_names(a)));
        return NULL;
}

/* ---- asking it ---- */

static const struct map_value *
exact(const struct map_table *t, struct str value)
{
        for (size_t i = 0; i < t->count; i++)
                if (str_eq(t->values[i].from, value))
                        return &t->values[i];
        return NULL;
}

const struct map_value *
map_find(const struct map_table *t, struct str value)
{
        const struct map_value *v = exact(t, value);

        return v ? v : t->otherwise;
}

const struct map_value *
map_pair(const struct map_table *t, struct str state, struct str substate)
{
        char both[512];

        if (state.n + substate.n + 1 < sizeof both && substate.n) {
                int n = snprintf(both, sizeof both, "%.*s/%.*s", (int)state.n, state.p, (int)substate.n,
                                 substate.p);
                const struct map_value *v = exact(t, (struct str){both, (size_t)n});
                if (v)
                        return v;
        }
        return map_find(t, state);
}

const struct map_value *
map_state(const struct mapping *m, struct str state, struct str substate)
{
        return map_pair(&m->states, state, substate);
}

const struct map_value *
map_team_tier(const struct mapping *m, struct str team)
{
        const struct map_table *t = &m->team_tiers;

        for (size_t i = 0; i < t->count; i++) {
                struct str end = t->values[i].from;
                if (&t->values[i] != t->otherwise && team.n >= end.n &&
                    memcmp(team.p + team.n - end.n, end.p, end.n) == 0)
                        return &t->values[i];
        }
        return t->otherwise;
}

const char *
map_allowed(struct arena *a, const struct map_table *t)
{
        struct buf b = {0};

        for (size_t i = 0; i < t->count; i++)
                buf_printf(&b, "%s%.*s", i ? ", " : "", (int)t->values[i].from.n, t->values[i].from.p);
        const char *s = arena_strdup(a, buf_c(&b));
        buf_free(&b);
        return s;
}

bool
mapping_unknown(const struct mapping *m, struct str value)
{
        if (value.n == 0)
                return true;
        for (size_t i = 0; i < m->unknown_count; i++)
                if (str_eq(value, m->unknown[i]))
                        return true;
        return false;
}

bool
mapping_time(const struct mapping *m, struct str value, usec *ret)
{
        return m->time_format ? zone_parse(m->zone, value, m->time_format, ret) : time_parse(value, ret);
}

const char *
mapping_time_allowed(const struct mapping *m)
{
        return m->time_format ? m->time_format : "a time such as 2026-11-21T19:24:15+01:00";
}
