/* SPDX-License-Identifier: Apache-2.0
 *
 * file.h -- a file that a command was given, whole.
 */
#ifndef CMD_FILE_H
#define CMD_FILE_H
#include "base/ctx.h"
#include "base/str.h"
/* Its bytes behind what `out` holds; the caller frees it.  False with E_IO when it cannot be opened. */
bool file_add(struct ctx *ctx, const char *path, struct buf *out);
/* Its bytes as arena text. */
bool file_text(struct ctx *ctx, const char *path, struct str *ret);
#endif
