/* SPDX-License-Identifier: Apache-2.0
 *
 * load_keys.c -- the loader's hands: faults, near misses, and reading a map by a table of keys.
 *
 * A fault is one sentence with a place.  It says what is allowed; when the given word is within two edits of an
 * allowed one it asks whether that was meant.  Reading goes on after a fault, so that one run shows all of them;
 * what could not be read stays empty and is not checked further, so that one mistake is reported once.
 *
 * Not here: what the keys of each level are (load.c, load_fields.c ...).
 */
#include <stdarg.h>
#include <stdio.h>
#include "base/text.h"
#include "model/load.h"

enum { NAME_MAX_CHARS = 40, WORDS_SHOWN = 60 };

void
fault(struct loader *l, struct place p, const char *fmt, ...)
{
        char en[2048], zh[2048];
        va_list ap, again;

        va_start(ap, fmt);
        va_copy(again, ap);
        vsnprintf(en, sizeof en, fmt, ap);
        vsnprintf(zh, sizeof zh, fault_zh(fmt), again);
        va_end(again);
        va_end(ap);
        fail(l->ctx, E_MODEL, place_text(l->ctx->arena, p), ctx_both(l->ctx, en, zh));
}

const char *
fault_zh(const char *en)
{
        static const struct {
                const char *en, *zh;
        } rows[] = {
#define F(english, chinese) {english, chinese},
#include "model/faults.def"
#undef F
        };

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                if (strcmp(rows[i].en, en) == 0)
                        return rows[i].zh;
        return en;
}

void
words_add(struct loader *l, struct words *w, const char *word)
{
        *ARENA_PUSH(l->arena, w->v, w->n) = word;
}

struct words
words_of(struct loader *l, const void *array, size_t count, size_t size)
{
        struct words w = {0};

        for (size_t i = 0; i < count; i++)
                words_add(l, &w, *(const char *const *)((const char *)array + i * size));
        return w;
}

const char *
words_text(struct arena *a, struct words w)
{
        const char *text = w.n ? w.v[0] : "none";

        for (size_t i = 1; i < w.n && i < WORDS_SHOWN; i++)
                text = arena_printf(a, "%s, %s", text, w.v[i]);
        return w.n > WORDS_SHOWN ? arena_printf(a, "%s, ...", text) : text;
}

/* Edits (insert, delete, replace) from a to b, by rows of the usual table; 99 for long words. */
static int
distance(struct str a, struct str b)
{
        int row[NAME_MAX_CHARS + 1];

        if (a.n > NAME_MAX_CHARS || b.n > NAME_MAX_CHARS)
                return 99;
        for (int j = 0; j <= (int)b.n; j++)
                row[j] = j;
        for (int i = 1; i <= (int)a.n; i++) {
                int diagonal = row[0];
                row[0] = i;
                for (int j = 1; j <= (int)b.n; j++) {
                        int best = diagonal + (a.p[i - 1] != b.p[j - 1]);
                        diagonal = row[j];
                        best = best < row[j] + 1 ? best : row[j] + 1;
                        row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
                }
        }
        return row[b.n];
}

static const char *
nearest(struct str given, struct words allowed)
{
        int least = given.n > 3 ? 3 : 2;
        const char *best = NULL;

        for (size_t i = 0; i < allowed.n; i++) {
                int d = distance(given, str_of(allowed.v[i]));
                if (d < least) {
                        least = d;
                        best = allowed.v[i];
                }
        }
        return best;
}

void
fault_unknown(struct loader *l, struct place p, const char *what, struct str given, struct words allowed)
{
        struct arena *a = l->ctx->arena;
        const char *meant = nearest(given, allowed), *all = words_text(a, allowed);
        const char *ask = meant ? arena_printf(a, "; did you mean \"%s\"?", meant) : ".";
        const char *ask_zh = meant ? arena_printf(a, "，是否指“%s”？", meant) : "。";
        const char *what_zh = strncmp(what, "key of ", 7) == 0 ? "键" : fault_zh(what);
        int n = (int)(given.n < 100 ? given.n : 100);

        fail(l->ctx, E_MODEL, place_text(a, p),
             ctx_both(l->ctx, arena_printf(a, "There is no %s \"%.*s\"%s Allowed: %s.", what, n, given.p, ask, all),
                      arena_printf(a, "没有%s“%.*s”%s可用：%s。", what_zh, n, given.p, ask_zh, all)));
}

bool
keys_read(struct loader *l, const struct node *n, const char *what, const struct key *keys, size_t count, void *target)
{
        if (n->type != NODE_MAP) {
                fault(l, n->place, "%s needs a map, but got %s.", what, yaml_type_name(n));
                return false;
        }
        for (const struct node *m = n->child; m; m = m->next) {
                size_t i = 0;
                while (i < count && !str_is(m->key, keys[i].name))
                        i++;
                if (i == count)
                        fault_unknown(l, m->key_place, arena_printf(l->ctx->arena, "key of %s", what), m->key,
                                      WORDS_OF(l, keys, count));
                else
                        keys[i].read(l, m, (char *)target + keys[i].offset);
        }
        return true;
}

bool
member_read(struct loader *l, const struct node *n, const char *what, const struct level *level, void *target)
{
        const char *named = arena_printf(l->ctx->arena, "the %s \"%s\"", what, n->key.p);

        return name_check(l, n->key_place, n->key) && keys_read(l, n, named, level->keys, level->count, target);
}

void
read_flag(struct loader *l, const struct node *n, void *at)
{
        if (!yaml_bool(n, at))
                fault(l, n->place, "\"%s\" needs true or false.", n->key.p);
}

void
read_text(struct loader *l, const struct node *n, void *at)
{
        if (n->type != NODE_TEXT || yaml_null(n))
                fault(l, n->place, "\"%s\" needs a text, but got %s.", n->key.p, yaml_type_name(n));
        else
                *(const char **)at = n->text.p;
}

void
read_name(struct loader *l, const struct node *n, void *at)
{
        if (name_of(l, n) && name_check(l, n->place, n->text))
                *(const char **)at = n->text.p;
}

void
read_int(struct loader *l, const struct node *n, void *at)
{
        int64_t v;

        if (!yaml_int(n, &v) || v < -1000000 || v > 1000000)
                fault(l, n->place, "\"%s\" needs a whole number of at most 1000000.", n->key.p);
        else
                *(int *)at = (int)v;
}

void
read_node(struct loader *l, const struct node *n, void *at)
{
        *(const struct node **)at = n;
}

static const struct key label_keys[] = {
        {"en", read_text, offsetof(struct label, en)},
        {"zh", read_text, offsetof(struct label, zh)},
};

/* {en: ..., zh: ...}; a bare text is the English one. */
void
read_label(struct loader *l, const struct node *n, void *at)
{
        if (n->type == NODE_TEXT && !yaml_null(n))
                ((struct label *)at)->en = n->text.p;
        else
                KEYS_READ(l, n, "a label", label_keys, at);
}

const char *
name_of(struct loader *l, const struct node *n)
{
        if (n->type == NODE_TEXT && n->text.n)
                return n->text.p;
        fault(l, n->place, "A name is needed here, but got %s.", yaml_type_name(n));
        return NULL;
}

bool
name_check(struct loader *l, struct place p, struct str name)
{
        bool good = name.n > 0 && name.n <= NAME_MAX_CHARS && name.p[0] >= 'a' && name.p[0] <= 'z';

        for (size_t i = 0; good && i < name.n; i++) {
                char c = name.p[i];
                good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        }
        if (!good)
                fault(l, p, "\"%.*s\" cannot be a name: a-z, 0-9 and _ are allowed, beginning with a letter, at most 40.",
                      (int)(name.n < 100 ? name.n : 100), name.p);
        return good;
}

int
choice_of(struct loader *l, const struct node *n, const char *what, const char *const *choices)
{
        struct words allowed = {0};

        for (int i = 0; choices[i]; i++) {
                if (yaml_is(n, choices[i]))
                        return i;
                words_add(l, &allowed, choices[i]);
        }
        if (n->type == NODE_TEXT)
                fault_unknown(l, n->place, what, n->text, allowed);
        else
                fault(l, n->place, "A %s is one of %s.", what, words_text(l->ctx->arena, allowed));
        return -1;
}

void
label_check(struct loader *l, struct place p, const char *what, const char *name, bool needed, struct label *label)
{
        const char *missing = !label->en && !label->zh ? "label: {en: ..., zh: ...}"
                              : !label->en             ? "en in its label"
                              : !label->zh             ? "zh in its label"
                                                       : NULL;

        if (missing && needed)
                fault(l, p, "The %s \"%s\" needs %s.", what, name, missing);
        if (label->en == NULL)
                label->en = name;
        if (label->zh == NULL)
                label->zh = label->en;
}

bool
section_check(struct loader *l, const struct node *section, const char *name)
{
        if (section == NULL || section->type == NODE_MAP)
                return section != NULL;
        if (!yaml_null(section))
                fault(l, section->place, "\"%s\" needs a map of names, but got %s.", name, yaml_type_name(section));
        return false;
}

size_t
section_count(const struct node *section)
{
        return section && section->type == NODE_MAP ? section->count : 0;
}
