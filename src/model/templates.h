/* SPDX-License-Identifier: Apache-2.0
 *
 * templates.h -- the words of notices, from notices/ files: checked at load, filled by service/notice_text.c.
 */
#ifndef MODEL_TEMPLATES_H
#define MODEL_TEMPLATES_H
#include "model/model.h"

enum audience { AUDIENCE_CUSTOMER, AUDIENCE_STAFF, AUDIENCE_COUNT };
const char *audience_name(enum audience a);            /* "customer", "staff" */

struct wording {               /* subject.en NULL: this audience is not told by this template */
        struct label subject, text;
};
struct template {
        const char *name;
        const char *kind;              /* of rules/notice_kind.yaml */
        bool critical;                 /* is not held back by quiet hours, digests or limits */
        bool fixed;                    /* cannot be switched off by its reader (also where its kind is) */
        struct wording by[AUDIENCE_COUNT];
        struct place place;
        bool site;
};
struct templates {
        struct template *list;
        size_t count;
};
const struct template *template_get(const struct templates *t, struct str name);       /* NULL: none */

/* What may stand in braces: {number}. */
struct placeholder {
        const char *name;
        bool staff_only;               /* an inner word or figure, never in a text to customers */
};
extern const struct placeholder PLACEHOLDERS[];
extern const size_t PLACEHOLDER_COUNT;
#endif
