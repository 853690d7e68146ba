/* SPDX-License-Identifier: Apache-2.0
 *
 * files.h -- attachments' bytes: content-addressed files DIR/ab/cdef... named by SHA-256, streamed.
 *
 * A file is written to DIR/tmp, synced, renamed to its digest, its directory synced, before the row that
 * names it is committed; bytes without a row are swept later, a row without bytes never is.
 */
#ifndef ENGINE_FILES_H
#define ENGINE_FILES_H
#include "base/ctx.h"
#include "base/secret.h"
enum { FILES_HEAD = 4096 };
#define FILES_UNKNOWN_TYPE "application/octet-stream"          /* stored, and only ever downloaded */
struct files;
/* Makes the folder when it is missing (not its parents) and removes what crashed uploads left. */
struct files *files_open(struct ctx *ctx, const char *dir);
void files_close(struct files *f);
struct upload;
/* max: bytes; more is E_BODY_TOO_LARGE. */
struct upload *upload_start(struct ctx *ctx, struct files *f, int64_t max);
bool upload_add(struct ctx *ctx, struct upload *u, struct str bytes);
/* Syncs and renames; gives digest and size.  The upload is over afterwards, also when it failed. */
bool upload_finish(struct ctx *ctx, struct upload *u, char digest[DIGEST_HEX_MAX], int64_t *size);
/* Leaves nothing; harmless when it is over.  An upload that is forgotten is aborted when the arena of its ctx
 * ends. */
void upload_abort(struct upload *u);
/* The type of what was added so far, FILES_UNKNOWN_TYPE when unknown; also after upload_finish. */
const char *upload_type(const struct upload *u);
/* An open descriptor for reading, -1 with an error. */
int files_read(struct ctx *ctx, struct files *f, const char *digest, int64_t *size);
/* The type by content (magic bytes) for the allowed kinds, NULL when unknown: never trust the client's word.
 * Looks at the first FILES_HEAD bytes.  HTML and SVG are text/plain; executables and #! scripts are
 * unknown. */
const char *files_sniff(struct str head);
#endif
