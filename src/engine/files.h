/* SPDX-License-Identifier: Apache-2.0
 *
 * files.h -- attachments' bytes: content-addressed files DIR/ab/cdef... named by SHA-256, streamed in and out.
 *
 * A file is written to DIR/tmp, synced, renamed to its digest, its directory synced, before the row that names it is
 * committed; bytes without a row are swept later, a row without bytes never is.
 */
#ifndef ENGINE_FILES_H
#define ENGINE_FILES_H
#include "base/ctx.h"
#include "base/secret.h"
struct files;
struct files *files_open(struct ctx *ctx, const char *dir);
void files_close(struct files *f);
struct upload;
/* max: bytes; more is E_BODY_TOO_LARGE. */
struct upload *upload_start(struct ctx *ctx, struct files *f, int64_t max);
bool upload_add(struct ctx *ctx, struct upload *u, struct str bytes);
/* Syncs and renames; gives digest and size. */
bool upload_finish(struct ctx *ctx, struct upload *u, char digest[DIGEST_HEX_MAX], int64_t *size);
void upload_abort(struct upload *u);
/* An open descriptor for reading, -1 with an error. */
int files_read(struct ctx *ctx, struct files *f, const char *digest, int64_t *size);
/* The type by content (magic bytes) for the allowed kinds, NULL when unknown: never trust the client's word. */
const char *files_sniff(struct str head);
bool files_allowed(const char *media_type);            /* closed list of types that may be stored */
#endif
