/* SPDX-License-Identifier: Apache-2.0
 *
 * ctx.h -- what every function that can fail is handed: an arena and a list of errors.
 *
 * Errors are values.  A function that fails calls fail() (which returns false, so that
 * `return fail(ctx, E_TOO_LONG, "title", ...)` reads well) and its callers pass the false on,
 * adding a cause line with fail_because() only where it tells the reader something.
 * An error has a code (base/errors.def), the field it concerns (JSON pointer without the
 * leading slash, file:line:column, or ""), sentences in en and zh made from the code's row with up
 * to four text arguments {0}..{3}, and optionally the error that caused it.  An argument that reads differently in the two
 * languages is made by ctx_both(); the fixed words of base/phrases.def are turned into Chinese by themselves.
 * Several errors may be collected before failing (all bad fields of a form).
 * The order is kept; the first one decides the class of the answer.
 */
#ifndef BASE_CTX_H
#define BASE_CTX_H
#include "base/arena.h"
#include "base/str.h"

enum err_class {               /* given its HTTP status once, in api/problem.c */
        CLASS_SYNTAX,          /* cannot be read at all                     400 */
        CLASS_UNAUTHENTICATED, /*                                           401 */
        CLASS_DENIED,          /*                                           403 */
        CLASS_NOT_FOUND,       /*                                           404 */
        CLASS_METHOD,          /*                                           405 */
        CLASS_CONFLICT,        /* guard, state, uniqueness                  409 */
        CLASS_STALE,           /* version does not match                    412 */
        CLASS_TOO_LARGE,       /*                                           413 */
        CLASS_MEDIA,           /* content type                              415 */
        CLASS_INVALID,         /* readable, but values are not allowed      422 */
        CLASS_PRECONDITION,    /* If-Match or Idempotency-Key needed        428 */
        CLASS_RATE,            /*                                           429 */
        CLASS_INTERNAL,        /* our defect                                500 */
        CLASS_BUSY,            /* may pass: database away, disk full        503 */
};

enum err_code {
#define X(id, class, name, en, zh) id,
#include "base/errors.def"
#undef X
        E_COUNT
};

struct error {
        enum err_code code;
        const char *field;
        const char *en, *zh;   /* finished sentences */
        const char *file;      /* where it was raised in our source; for the log only */
        int line;
        struct error *cause;   /* or NULL */
        struct error *next;
};

struct ctx {
        struct arena *arena;
        struct error *errors, **errors_tail;
        const char *request_id;                        /* for the log; "" outside requests */
};

void ctx_init(struct ctx *c, struct arena *a);
/* Forgets the errors (after they were answered or handled). */
void ctx_clear(struct ctx *c);
static inline bool
ctx_failed(const struct ctx *c)
{
        return c->errors != NULL;
}

/* Adds an error; always returns false.  Arguments are NUL-ended strings, four at most. */
#undef fail            /* cmocka.h has another: a test includes that one first */
#define fail(ctx, code, field, ...)                                                                          \
        ctx_fail((ctx), __FILE__, __LINE__, (code), (field), (const char *const[]){__VA_ARGS__ __VA_OPT__(,) NULL})
/* As fail(), but the last error added becomes the cause of the new one. */
#define fail_because(ctx, code, field, ...)                                                                  \
        ctx_fail_because((ctx), __FILE__, __LINE__, (code), (field),                                         \
                         (const char *const[]){__VA_ARGS__ __VA_OPT__(,) NULL})
bool ctx_fail(struct ctx *c, const char *file, int line, enum err_code code, const char *field,
              const char *const *args);
bool ctx_fail_because(struct ctx *c, const char *file, int line, enum err_code code, const char *field,
                      const char *const *args);

/* One argument in both languages, for fail(); zh NULL: as en. */
const char *ctx_both(struct ctx *c, const char *en, const char *zh);

const char *err_name(enum err_code code);              /* "too_long": the stable name that the API shows */
enum err_class err_class(enum err_code code);
/* Prints each error as one line `field: sentence (because: ...)` on `out`. */
struct _IO_FILE;
void ctx_print_errors(const struct ctx *c, struct _IO_FILE *out);
#endif
