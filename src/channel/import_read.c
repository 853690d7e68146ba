/* SPDX-License-Identifier: Apache-2.0
 *
 * import_read.c -- one file of an event log into memory: rows gathered by case, every value checked.
 *
 *     inflate -> csv | xes -> values by part -> place_row -> case, row
 *
 * A file is read to its end before anything is written, for two reasons: rows of one case need not stand together, and
 * a fault in the last row must leave nothing half done.  Two kinds of faults are told apart:
 *     the file cannot be read on          broken quotes or XML, a cut archive, a missing column: an error, reading
 *                                         stops
 *     a row cannot be placed              an unreadable time, a state the mapping does not know: the row is printed
 *                                         with file:line, column, value and what is allowed; reading goes on to find
 *                                         them all
 *
 * Invariants
 *   1. A row's data holds every value of the row as it was written; what is mapped is beside it, never instead.
 *   2. Texts that repeat (teams, people, states) are kept once.
 *   3. The unpacked text of one file is at most TEXT_MAX bytes.
 */
#include "channel/csv.h"
#include "channel/import_private.h"
#include "base/text.h"

#define TEXT_MAX ((int64_t)8 << 30)
enum { SHAPES_MAX = 4096, NUMBER_MAX = 80, NAME_MAX_CHARS = 60 };

struct shape { /* of XES events: the types and keys of their attributes, in order */
        size_t index;
        struct str list; /* JSON [[type, key], ...] */
};

struct reader {
        struct import *im;
        struct log *log;
        struct inflate *in;
        const struct mapping *map;
        int64_t line;
        /* The row in hand: its value for each part; p == NULL: it has none. */
        struct str part[PART_COUNT];
        struct str *field; /* by mapping->fields */
        struct jw jw;
        /* CSV: where the parts stand. */
        int at[PART_COUNT], *field_at;
        struct arena *scratch;         /* reset after each row or trace */
        /* XES */
        bool seen[PART_COUNT];
        struct map shapes; /* signature -> struct shape */
        struct map trace_columns, event_columns;
        struct buf signature;
};

struct word *
import_word(struct import *im, enum word_kind kind, struct str text)
{
        struct map *m = &im->words[kind];

        if (mapping_unknown(im->map, text))
                return NULL;
        struct word *w = map_get(m, text);
        if (w == NULL) {
                w = ARENA_NEW(im->arena, struct word);
                w->text = (struct str){arena_strndup(im->arena, text.p, text.n), text.n};
                map_put(m, w->text, w);
        }
        return w;
}

static struct str
keep(struct import *im, struct str s)
{
        return (struct str){arena_strndup(im->arena, s.p, s.n), s.n};
}

/* ---- rows that cannot be placed ---- */

/* Prints file:line, the column, its value and what is allowed. */
static bool
unplaced(struct reader *r, enum part p, const char *what)
{
        struct str column = r->map->column[p][r->log->format].name;
        struct str v = r->part[p];

        r->im->tally.rows_unplaced++;
        fprintf(r->im->o->out, "%s:%lld: column \"%.*s\": \"%.*s\" %s\n", r->log->name, (long long)r->line,
                (int)column.n, column.p, (int)(v.n < 200 ? v.n : 200), v.p ? v.p : "", what);
        return false;
}

static bool
unplaced_value(struct reader *r, enum part p, const struct map_table *t)
{
        return unplaced(r, p,
                        arena_printf(r->scratch, "is not in the mapping; allowed: %s",
                                     map_allowed(r->scratch, t)));
}

/* ---- what a row says ---- */

static bool
take_number(struct reader *r, enum part p, int64_t *ret)
{
        if (r->part[p].p == NULL || mapping_unknown(r->map, r->part[p])) {
                *ret = -1;
                return true;
        }
        if (str_to_int(r->part[p], ret) && *ret >= 0)
                return true;
        return unplaced(r, p, "cannot be read; allowed: a whole number from 0");
}

static bool
take_time(struct reader *r, enum part p, usec *ret)
{
        if (mapping_time(r->map, r->part[p], ret))
                return true;
        return unplaced(r, p,
                        arena_printf(r->scratch, "cannot be read as a time; allowed: %s",
                                     mapping_time_allowed(r->map)));
}

static void
take_wait(struct reader *r, struct log_row *row)
{
        const struct map_value *wait = map_pair(&r->map->waits, r->part[PART_STATE], r->part[PART_SUBSTATE]);
        const struct map_value *span = map_pair(&r->map->spans, r->part[PART_STATE], r->part[PART_SUBSTATE]);

        row->code = wait && !str_is(wait->to, "none") ? wait->to : STR_NONE;
        row->span = span ? span->tier : -1;
}

static bool
take_state(struct reader *r, struct log_row *row)
{
        const struct map_value *v = map_state(r->map, r->part[PART_STATE], r->part[PART_SUBSTATE]);

        if (v == NULL)
                return unplaced_value(r, PART_STATE, &r->map->states);
        if (r->part[PART_STATE].n == 0 || text_length(r->part[PART_STATE]) > NAME_MAX_CHARS)
                return unplaced(r, PART_STATE, "cannot name a state; 1 to 60 characters are allowed");
        row->state = v->state;
        row->name = import_word(r->im, WORD_VALUE, r->part[PART_STATE]);
        if (row->name == NULL)
                return unplaced(r, PART_STATE,
                                "says nothing (it is listed under unknown); a state is needed");
        take_wait(r, row);
        return true;
}

/* The line by its own column, else by the team's name. */
static bool
take_tier(struct reader *r, struct log_row *row)
{
        const struct map_value *v = NULL;

        if (r->map->tiers.given && r->part[PART_TIER].p && !mapping_unknown(r->map, r->part[PART_TIER])) {
                v = map_find(&r->map->tiers, r->part[PART_TIER]);
                if (v == NULL)
                        return unplaced_value(r, PART_TIER, &r->map->tiers);
        } else if (r->map->team_tiers.given && row->team) {
                v = map_team_tier(r->map, row->team->text);
                if (v == NULL)
                        return unplaced_value(r, PART_TEAM, &r->map->team_tiers);
        }
        row->tier = v ? v->tier : 0;
        return true;
}

static struct word *
word_of(struct reader *r, enum word_kind kind, enum part p)
{
        return r->part[p].p ? import_word(r->im, kind, r->part[p]) : NULL;
}

static bool
check_option(struct reader *r, enum part p, const struct map_table *t)
{
        if (!t->given || r->part[p].p == NULL || mapping_unknown(r->map, r->part[p]) ||
            map_find(t, r->part[p]))
                return true;
        return unplaced_value(r, p, t);
}

static bool
take_row(struct reader *r, struct log_row *row)
{
        if (r->part[PART_CASE].n == 0 || text_length(r->part[PART_CASE]) > NUMBER_MAX)
                return unplaced(r, PART_CASE, "cannot number a case; 1 to 80 characters are allowed");
        if (!take_time(r, PART_TIME, &row->at) || !take_state(r, row))
                return false;
        row->team = word_of(r, WORD_TEAM, PART_TEAM);
        row->actor = word_of(r, WORD_ACTOR, PART_ACTOR);
        if (!take_tier(r, row))
                return false;
        if (row->team && row->team->tier == 0)
                row->team->tier = row->tier;
        return check_option(r, PART_IMPACT, &r->map->severities) &&
               check_option(r, PART_PRIORITY, &r->map->priorities);
}

static struct log_case *
case_of(struct reader *r)
{
        struct log_case *c = map_get(&r->log->cases, r->part[PART_CASE]);

        if (c)
                return c;
        c = ARENA_NEW(r->im->arena, struct log_case);
        c->no = keep(r->im, r->part[PART_CASE]);
        c->rows_tail = &c->rows;
        c->traces_tail = &c->traces;
        c->reported = USEC_NONE;
        c->reassignments = c->reopens = -1;
        c->fields = ARENA_ARRAY(r->im->arena, struct str, r->map->field_count + 1);
        map_put(&r->log->cases, c->no, c);
        return c;
}

/* What the newest row says about the whole case.  Faults come before anything is taken over. */
static bool
take_case(struct reader *r, struct log_case *c)
{
        if (!take_number(r, PART_REASSIGNMENTS, &c->reassignments) ||
            !take_number(r, PART_REOPENS, &c->reopens))
                return false;
        if (r->part[PART_REPORTED].p && !mapping_unknown(r->map, r->part[PART_REPORTED]) &&
            !take_time(r, PART_REPORTED, &c->reported))
                return false;
        c->account = word_of(r, WORD_ACCOUNT, PART_ACCOUNT);
        c->contact = word_of(r, WORD_CONTACT, PART_CONTACT);
        c->product = word_of(r, WORD_PRODUCT, PART_PRODUCT);
        c->impact = word_of(r, WORD_VALUE, PART_IMPACT);
        c->urgency = word_of(r, WORD_VALUE, PART_URGENCY);
        c->priority = word_of(r, WORD_VALUE, PART_PRIORITY);
        for (size_t i = 0; i < r->map->field_count; i++)
                if (!str_eq(c->fields[i], r->field[i]))
                        c->fields[i] = keep(r->im, r->field[i]);
        return true;
}

/* Starts the row's data with what was understood; the values follow. */
static void
open_data(struct reader *r, const struct log_row *row)
{
        jw_reset(&r->jw);
        jw_open(&r->jw, '{');
        if (row->team)
                jw_key(&r->jw, "team"), jw_str(&r->jw, row->team->text);
        if (row->tier)
                jw_key(&r->jw, "tier"), jw_int(&r->jw, row->tier);
        if (r->part[PART_SUBSTATE].n)
                jw_key(&r->jw, "substate"), jw_str(&r->jw, r->part[PART_SUBSTATE]);
}

/* Hangs the row into its case; false when it was printed as one that cannot be placed. */
static bool
place_row(struct reader *r, struct log_row **ret)
{
        struct log_row row = {.number = ++r->log->row_count};

        *ret = NULL;
        if (!take_row(r, &row))
                return false;
        struct log_case *c = case_of(r);
        if (!take_case(r, c))
                return false;
        *ret = *c->rows_tail = ARENA_NEW(r->im->arena, struct log_row);
        **ret = row;
        c->rows_tail = &(*ret)->next;
        c->row_count++;
        open_data(r, *ret);
        return true;
}

static void
close_data(struct reader *r, struct log_row *row)
{
        jw_close(&r->jw, '}');
        row->data = keep(r->im, jw_view(&r->jw));
}

static bool
within_limit(struct reader *r)
{
        if (inflate_total(r->in) <= TEXT_MAX)
                return true;
        return fail(r->im->ctx, E_IMPORT, r->log->name,
                    "The text is larger than 8 GiB; at most 8 GiB are allowed.");
}

/* ---- CSV ---- */

/* Which values stood in quotes without need; nothing when none did. */
static void
write_quoted(struct jw *w, const struct csv *csv)
{
        size_t all = 0, needless = 0;

        for (size_t i = 0; i < csv->count; i++) {
                all += csv->quoted[i];
                needless += csv->quoted[i] && !csv_needs_quotes(&csv->dialect, csv->fields[i]);
        }
        if (needless == 0)
                return;
        jw_key(w, "quoted");
        if (all == csv->count) {
                jw_text(w, "all");
                return;
        }
        jw_open(w, '[');
        for (size_t i = 0; i < csv->count; i++)
                if (csv->quoted[i] && !csv_needs_quotes(&csv->dialect, csv->fields[i]))
                        jw_int(w, (int64_t)i);
        jw_close(w, ']');
}

static void
write_fields(struct jw *w, const char *key, const struct csv *csv)
{
        jw_key(w, key), jw_open(w, '[');
        for (size_t i = 0; i < csv->count; i++)
                jw_str(w, csv->fields[i]);
        jw_close(w, ']');
        write_quoted(w, csv);
}

static const char *
column_names(struct arena *a, const struct csv *csv)
{
        struct buf b = {0};

        for (size_t i = 0; i < csv->count; i++)
                buf_printf(&b, "%s%.*s", i ? ", " : "", (int)csv->fields[i].n, csv->fields[i].p);
        const char *s = arena_strdup(a, buf_c(&b));
        buf_free(&b);
        return s;
}

/* Which column has this name: its index, -1 when the mapping does not ask, -2 with an error when it is not there
 * once. */
static int
find_column(struct reader *r, const struct csv *csv, const struct map_column *c, const char *what)
{
        struct arena *a = r->im->ctx->arena;
        int found = -1, count = 0;

        if (c->name.p == NULL)
                return -1;
        for (size_t i = 0; i < csv->count; i++)
                if (str_eq(csv->fields[i], c->name)) {
                        found = (int)i;
                        count++;
                }
        if (count == 1)
                return found;
        fail(r->im->ctx, E_IMPORT, arena_printf(a, "%s:%d:%d", c->place.file, c->place.line, c->place.column),
             arena_printf(a, "The mapping takes %s from the column \"%.*s\", but %s has %s. Its columns: %s.",
                          what, (int)c->name.n, c->name.p, r->log->name,
                          count ? "it more than once" : "no such column", column_names(a, csv)));
        return -2;
}

static bool
needed_column(struct reader *r, enum part p)
{
        if (p > PART_STATE || r->map->column[p][r->log->format].name.p)
                return true;
        return fail(r->im->ctx, E_IMPORT, r->map->file,
                    arena_printf(r->im->ctx->arena, "The mapping names no %s for %s, but %s is %s.",
                                 r->log->format == LOG_CSV ? "CSV column" : "XES attribute", part_name(p),
                                 r->log->name, r->log->format == LOG_CSV ? "CSV" : "XES"));
}

static bool
find_columns(struct reader *r, const struct csv *csv)
{
        bool ok = true;

        for (enum part p = 0; p < PART_COUNT; p++) {
                r->at[p] = find_column(r, csv, &r->map->column[p][LOG_CSV], part_name(p));
                ok = ok && r->at[p] > -2 && needed_column(r, p);
        }
        r->field_at = ARENA_ARRAY(r->im->arena, int, r->map->field_count + 1);
        for (size_t i = 0; i < r->map->field_count; i++) {
                const struct map_field *f = &r->map->fields[i];
                r->field_at[i] = find_column(r, csv, &f->column[LOG_CSV], f->field->name);
                ok = ok && r->field_at[i] > -2;
        }
        return ok;
}

static bool
csv_row(struct reader *r, const struct csv *csv, size_t columns)
{
        struct log_row *row;

        r->line = csv->line;
        if (csv->count != columns) {
                r->log->row_count++;
                r->im->tally.rows_unplaced++;
                fprintf(r->im->o->out,
                        "%s:%lld: the row has %zu fields, but the header has %zu; each row needs %zu\n",
                        r->log->name, (long long)r->line, csv->count, columns, columns);
                return true;
        }
        for (enum part p = 0; p < PART_COUNT; p++)
                r->part[p] = r->at[p] >= 0 ? csv->fields[r->at[p]] : STR_NONE;
        for (size_t i = 0; i < r->map->field_count; i++)
                r->field[i] = r->field_at[i] >= 0 ? csv->fields[r->field_at[i]] : STR_NONE;
        if (place_row(r, &row)) {
                write_fields(&r->jw, "v", csv);
                close_data(r, row);
        }
        arena_reset(r->scratch);
        return within_limit(r);
}

/* The header is finished when the file has ended: only then its last line end is known. */
static struct str
csv_header(struct reader *r, const struct csv *csv, struct str columns)
{
        char separator[2] = {csv->dialect.separator, '\0'};

        jw_reset(&r->jw);
        jw_open(&r->jw, '{');
        jw_key(&r->jw, "separator"), jw_text(&r->jw, separator);
        jw_key(&r->jw, "bom"), jw_bool(&r->jw, csv->dialect.bom);
        jw_key(&r->jw, "crlf"), jw_bool(&r->jw, csv->dialect.crlf);
        jw_key(&r->jw, "open_end"), jw_bool(&r->jw, csv->dialect.open_end);
        buf_char(&r->jw.b, ',');
        buf_str(&r->jw.b, columns);
        jw_close(&r->jw, '}');
        return keep(r->im, jw_view(&r->jw));
}

/* `"columns":[...]` with what was quoted. */
static struct str
csv_columns(struct reader *r, const struct csv *csv)
{
        jw_reset(&r->jw);
        jw_open(&r->jw, '{');
        write_fields(&r->jw, "columns", csv);
        struct str s = jw_view(&r->jw);
        return keep(r->im, (struct str){s.p + 1, s.n - 1});
}

static bool
read_csv(struct reader *r)
{
        struct csv csv;
        bool ok;

        csv_open(&csv, r->in, r->map->separator);
        ok = csv_next(r->im->ctx, &csv);
        if (!ok && !csv.failed)
                fail(r->im->ctx, E_IMPORT, r->log->name,
                     "The file is empty; a CSV log starts with a line of column names.");
        ok = ok && find_columns(r, &csv);
        size_t columns = csv.count;
        struct str header = ok ? csv_columns(r, &csv) : STR_NONE;
        while (ok && csv_next(r->im->ctx, &csv))
                ok = csv_row(r, &csv, columns);
        ok = ok && !csv.failed;
        if (ok)
                r->log->header = csv_header(r, &csv, header);
        r->log->blank_lines = csv.blank_lines;
        r->log->mixed_ends = csv.mixed_ends;
        csv_close(&csv);
        return ok;
}

/* ---- XES ---- */

static struct str
attr_value(const struct xes_attr *a, struct str key)
{
        for (; a; a = a->next)
                if (str_eq(a->key, key))
                        return a->value;
        return STR_NONE;
}

static void
add_columns(struct reader *r, struct map *columns, const struct xes_attr *attrs, const char *prefix)
{
        size_t n;
        struct xes_leaf *leaves = xes_leaves(r->scratch, attrs, prefix, &n);

        for (size_t i = 0; i < n; i++)
                if (!map_get(columns, leaves[i].name))
                        map_put(columns, leaves[i].name, columns);
}

/* Types and keys of a flat event as one text; false when it has children or attributes without a value. */
static bool
make_signature(struct reader *r, const struct xes_attr *attrs)
{
        buf_reset(&r->signature);
        for (const struct xes_attr *a = attrs; a; a = a->next) {
                if (a->children || a->key.p == NULL || a->value.p == NULL)
                        return false;
                buf_str(&r->signature, a->type);
                buf_char(&r->signature, '\0');
                buf_str(&r->signature, a->key);
                buf_char(&r->signature, '\0');
        }
        return true;
}

static struct shape *
add_shape(struct reader *r, const struct xes_attr *attrs)
{
        struct shape *s = ARENA_NEW(r->im->arena, struct shape);
        struct jw w = {0};

        jw_open(&w, '[');
        for (const struct xes_attr *a = attrs; a; a = a->next) {
                jw_open(&w, '[');
                jw_str(&w, a->type);
                jw_str(&w, a->key);
                jw_close(&w, ']');
        }
        jw_close(&w, ']');
        s->index = r->shapes.count;
        s->list = keep(r->im, jw_view(&w));
        jw_free(&w);
        map_put(&r->shapes, buf_view(&r->signature), s);
        add_columns(r, &r->event_columns, attrs, "");
        return s;
}

static void
write_event(struct reader *r, const struct xes_attr *attrs)
{
        bool flat = make_signature(r, attrs);
        struct shape *s = flat ? map_get(&r->shapes, buf_view(&r->signature)) : NULL;

        if (s == NULL && flat && r->shapes.count < SHAPES_MAX)
                s = add_shape(r, attrs);
        if (s == NULL) {
                add_columns(r, &r->event_columns, attrs, "");
                jw_key(&r->jw, "a");
                xes_json_write(&r->jw, attrs);
                return;
        }
        jw_key(&r->jw, "s"), jw_int(&r->jw, (int64_t)s->index);
        jw_key(&r->jw, "v"), jw_open(&r->jw, '[');
        for (const struct xes_attr *a = attrs; a; a = a->next)
                jw_str(&r->jw, a->value);
        jw_close(&r->jw, ']');
}

static struct str
xes_value(const struct map_column *c, const struct xes_trace *t, const struct xes_event *e)
{
        return c->name.p == NULL ? STR_NONE
                                 : attr_value(c->of_trace ? t->attrs
                                              : e         ? e->attrs
                                                          : NULL,
                                              c->name);
}

static void
take_values(struct reader *r, const struct xes_trace *t, const struct xes_event *e)
{
        for (enum part p = 0; p < PART_COUNT; p++) {
                r->part[p] = xes_value(&r->map->column[p][LOG_XES], t, e);
                r->seen[p] |= r->part[p].p != NULL;
        }
        for (size_t i = 0; i < r->map->field_count; i++)
                r->field[i] = xes_value(&r->map->fields[i].column[LOG_XES], t, e);
}

static void
add_trace(struct reader *r, const struct xes_trace *t, struct log_case *c, uint32_t first_row)
{
        struct log_trace *to = ARENA_NEW(r->im->arena, struct log_trace);
        struct jw w = {0};

        xes_json_write(&w, t->attrs);
        *to = (struct log_trace){.number = ++r->log->trace_count,
                                 .first_row = first_row,
                                 .row_count = r->log->row_count + 1 - first_row,
                                 .data = keep(r->im, jw_view(&w))};
        jw_free(&w);
        if (t->before.p)
                to->gap = keep(r->im, t->before);
        add_columns(r, &r->trace_columns, t->attrs, "case:");
        if (c) {
                *c->traces_tail = to;
                c->traces_tail = &to->next;
        } else {
                *r->log->lone_tail = to;
                r->log->lone_tail = &to->next;
        }
}

static bool
on_trace(void *arg, const struct xes_trace *t)
{
        struct reader *r = arg;
        uint32_t first = r->log->row_count + 1;
        struct log_row *row;

        for (const struct xes_event *e = t->events; e; e = e->next) {
                r->line = e->line;
                take_values(r, t, e);
                if (place_row(r, &row)) {
                        write_event(r, e->attrs);
                        close_data(r, row);
                }
        }
        take_values(r, t, t->events);
        add_trace(r, t,
                  t->events && r->part[PART_CASE].p ? map_get(&r->log->cases, r->part[PART_CASE]) : NULL,
                  first);
        arena_reset(r->scratch);
        return within_limit(r);
}

static void
write_names(struct jw *w, const struct map *columns)
{
        for (size_t i = 0; i < columns->count; i++)
                jw_str(w, columns->entries[i].key);
}

static struct str
xes_header(struct reader *r, const struct xes_log *log)
{
        const struct str *style = (const struct str *)&log->style;
        struct jw *w = &r->jw;

        jw_reset(w);
        jw_open(w, '{');
        jw_key(w, "head"), jw_str(w, log->head);
        jw_key(w, "tail"), jw_str(w, log->tail);
        jw_key(w, "style"), jw_open(w, '[');
        for (size_t i = 0; i < sizeof log->style / sizeof *style; i++)
                style[i].p ? jw_str(w, style[i]) : jw_null(w);
        jw_close(w, ']');
        jw_key(w, "shapes"), jw_open(w, '[');
        for (size_t i = 0; i < r->shapes.count; i++)
                jw_raw(w, ((struct shape *)r->shapes.entries[i].value)->list);
        jw_close(w, ']');
        jw_key(w, "columns"), jw_open(w, '[');
        write_names(w, &r->trace_columns);
        write_names(w, &r->event_columns);
        jw_close(w, ']');
        jw_close(w, '}');
        return keep(r->im, jw_view(w));
}

/* An attribute that no event of the log has is a column that is missing. */
static bool
check_seen(struct reader *r)
{
        struct arena *a = r->im->ctx->arena;
        bool ok = true;

        for (enum part p = 0; p < PART_COUNT; p++) {
                const struct map_column *c = &r->map->column[p][LOG_XES];
                if (c->name.p == NULL || r->seen[p] || r->log->row_count == 0)
                        continue;
                ok = fail(r->im->ctx, E_IMPORT,
                          arena_printf(a, "%s:%d:%d", c->place.file, c->place.line, c->place.column),
                          arena_printf(
                                  a,
                                  "The mapping takes %s from the attribute \"%.*s\", but no %s of %s has it.",
                                  part_name(p), (int)c->name.n, c->name.p, c->of_trace ? "trace" : "event",
                                  r->log->name));
        }
        return ok;
}

static bool
read_xes(struct reader *r)
{
        struct xes_reader to = {.trace = on_trace, .arg = r};
        struct xes_log log;
        bool ok = true;

        for (enum part p = PART_CASE; p <= PART_STATE; p++)
                ok = needed_column(r, p) && ok;
        map_init(&r->shapes, r->im->arena);
        map_init(&r->trace_columns, r->im->arena);
        map_init(&r->event_columns, r->im->arena);
        ok = ok && xes_read(r->im->ctx, r->in, &to, &log) && check_seen(r);
        if (ok)
                r->log->header = xes_header(r, &log);
        buf_free(&r->signature);
        return ok;
}

/* ---- the file ---- */

/* XML or CSV, by the first text; the file is opened again afterwards. */
static bool
sniff(struct import *im, const char *path, enum log_format *ret)
{
        struct inflate *in = inflate_open(im->ctx, path);
        char head[4096];
        ptrdiff_t n = in ? inflate_read(im->ctx, in, head, sizeof head) : -1;

        inflate_close(in);
        *ret = n > 0 && xes_looks_like((struct str){head, (size_t)n}) ? LOG_XES : LOG_CSV;
        return n >= 0;
}

bool
import_read(struct import *im, const char *path, struct log *log)
{
        struct reader r = {.im = im, .log = log, .map = im->map};

        *log = (struct log){.name = path};
        log->lone_tail = &log->lone;
        map_init(&log->cases, im->arena);
        r.field = ARENA_ARRAY(im->arena, struct str, im->map->field_count + 1);
        if (!sniff(im, path, &log->format) || (r.in = inflate_open(im->ctx, path)) == NULL)
                return false;
        r.scratch = arena_new(0);
        bool ok = log->format == LOG_CSV ? read_csv(&r) : read_xes(&r);
        if (ok)
                inflate_digest(r.in, log->digest);
        inflate_close(r.in);
        arena_free(r.scratch);
        jw_free(&r.jw);
        return ok;
}
