/* SPDX-License-Identifier: Apache-2.0
 *
 * embed.h -- files that are part of the program: models/, rules/, maps/, the built web app.
 *
 * tools/embed makes the table at build time; paths are as in the source tree ("models/case.yaml",
 * "web/dist/index.html", "web/dist/index.html.br"), sorted.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H
#include "base/str.h"
struct embedded {
        const char *path;
        const char *data;      /* NUL-ended behind size */
        size_t size;
};
const struct embedded *embed_get(const char *path);            /* NULL when there is none */
/* The first file whose path starts with prefix, and how many follow on. */
const struct embedded *embed_under(const char *prefix, size_t *ret_count);
#endif
