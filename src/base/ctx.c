/* SPDX-License-Identifier: Apache-2.0
 *
 * ctx.c -- errors as values: made from their row in errors.def, kept in order in the context.
 *
 * An error's two sentences are finished when it is raised, from the templates of its row, so that whoever
 * answers it need not know its arguments.  {0}..{3} stand for the arguments; one that was
 * not given is empty; every other brace stands for itself.
 *
 * Invariants
 *   1. The list holds at most ERRORS_MAX errors.  A full list changes no more: neither a further error nor
 *      a further cause is taken, so that a body with a million faults costs no more than one with a hundred.
 *   2. The order is the order of raising; fail_because() puts the new error in the place of its cause.
 *   3. Texts live in the context's arena; the field and the arguments are copied.
 *
 * Not here: HTTP statuses (api/problem.c) and logging (the caller, once, at the edge).
 */
#include "base/ctx.h"
#include <stdio.h>

enum { ERRORS_MAX = 100, ARGS_MAX = 4 };

static const struct row {
        enum err_class class;
        const char *name, *en, *zh;
} ROWS[E_COUNT] = {
#define X(id, class, name, en, zh) [id] = {class, name, en, zh},
#include "base/errors.def"
#undef X
};

void
ctx_init(struct ctx *c, struct arena *a)
{
        *c = (struct ctx){.arena = a, .errors_tail = &c->errors, .request_id = ""};
}

void
ctx_clear(struct ctx *c)
{
        c->errors = NULL;
        c->errors_tail = &c->errors;
}

static const struct phrase {
        const char *en, *zh;
} PHRASES[] = {
#define P(en, zh) {en, zh},
#include "base/phrases.def"
#undef P
};

/* Parts an argument of ctx_both() into its languages; fixed words are looked up (there are few, and errors are rare). */
enum { LANGUAGE_BREAK = '\x1f' };

static void
argument_languages(struct arena *a, const char *arg, const char **en, const char **zh)
{
        const char *parted = strchr(arg, LANGUAGE_BREAK);

        *en = *zh = arg;
        if (parted) {
                *en = arena_strndup(a, arg, (size_t)(parted - arg));
                *zh = parted + 1;
                return;
        }
        for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++)
                if (strcmp(PHRASES[i].en, arg) == 0)
                        *zh = PHRASES[i].zh;
}

const char *
ctx_both(struct ctx *c, const char *en, const char *zh)
{
        return arena_printf(c->arena, "%s%c%s", en, LANGUAGE_BREAK, zh ? zh : en);
}

/* The number of the placeholder at `p`, "{0}" to "{3}", or -1. */
static int
placeholder(const char *p)
{
        return p[0] == '{' && p[1] >= '0' && p[1] < '0' + ARGS_MAX && p[2] == '}' ? p[1] - '0' : -1;
}

/* One step over a template: the piece of text that stands at *p, and *p behind it. */
static struct str
template_piece(const char **p, const char *const args[ARGS_MAX])
{
        const char *from = *p;
        int arg = placeholder(from);

        if (arg >= 0) {
                *p += 3;
                return str_of(args[arg]);
        }
        do
                ++*p;
        while (**p && placeholder(*p) < 0);
        return (struct str){from, (size_t)(*p - from)};
}

/* The finished sentence: measured first, then written. */
static const char *
sentence(struct arena *a, const char *template, const char *const args[ARGS_MAX])
{
        size_t n = 0;

        for (const char *p = template; *p;)
                n += template_piece(&p, args).n;
        char *text = arena_alloc(a, n + 1), *d = text;
        for (const char *p = template; *p;) {
                struct str piece = template_piece(&p, args);
                if (piece.n)
                        memcpy(d, piece.p, piece.n);
                d += piece.n;
        }
        *d = '\0';
        return text;
}

static struct error *
error_new(struct ctx *c, const char *file, int line, enum err_code code, const char *field,
          const char *const *args)
{
        const char *en[ARGS_MAX] = {0}, *zh[ARGS_MAX] = {0};
        struct error *e = ARENA_NEW(c->arena, struct error);

        for (size_t i = 0; i < ARGS_MAX && args[i]; i++)
                argument_languages(c->arena, args[i], &en[i], &zh[i]);
        e->code = code;
        e->field = arena_strdup(c->arena, field ? field : "");
        e->en = sentence(c->arena, ROWS[code].en, en);
        e->zh = sentence(c->arena, ROWS[code].zh, zh);
        e->file = file;
        e->line = line;
        return e;
}

/* The link that points to the last error, or to where the first will stand; *ret_count errors in all. */
static struct error **
last_link(struct ctx *c, size_t *ret_count)
{
        struct error **link = &c->errors;

        *ret_count = *link != NULL;
        while (*link && (*link)->next) {
                link = &(*link)->next;
                ++*ret_count;
        }
        return link;
}

bool
ctx_fail(struct ctx *c, const char *file, int line, enum err_code code, const char *field,
         const char *const *args)
{
        size_t count;
        struct error **link = last_link(c, &count);

        if (count >= ERRORS_MAX)
                return false;
        if (*link)
                link = &(*link)->next;
        *link = error_new(c, file, line, code, field, args);
        c->errors_tail = &(*link)->next;
        return false;
}

bool
ctx_fail_because(struct ctx *c, const char *file, int line, enum err_code code, const char *field,
                 const char *const *args)
{
        size_t count;
        struct error **link = last_link(c, &count);

        if (count >= ERRORS_MAX)
                return false;
        struct error *cause = *link;
        *link = error_new(c, file, line, code, field, args);
        (*link)->cause = cause;
        c->errors_tail = &(*link)->next;
        return false;
}

const char *
err_name(enum err_code code)
{
        return ROWS[code].name;
}

enum err_class
err_class(enum err_code code)
{
        return ROWS[code].class;
}

static void
print_error(const struct error *e, FILE *out)
{
        size_t depth = 0;

        for (; e; e = e->cause) {
                fprintf(out, "%s%s%s%s", depth++ ? " (because: " : "", e->field, *e->field ? ": " : "",
                        e->en);
        }
        while (depth-- > 1)
                fputc(')', out);
        fputc('\n', out);
}

void
ctx_print_errors(const struct ctx *c, FILE *out)
{
        for (const struct error *e = c->errors; e; e = e->next)
                print_error(e, out);
}
