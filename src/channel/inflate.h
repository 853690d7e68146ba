/* SPDX-License-Identifier: Apache-2.0
 *
 * inflate.h -- reads a file as it is or out of .gz, .xz or .zst, whichever its first bytes say.
 *
 * The name's ending does not matter.  Several members one behind the other (cat a.gz b.gz) are one text.
 * An archive that ends early, or is damaged, is a fault (E_IMPORT, field = the file's name); a file that cannot be
 * opened or read is E_IO.
 */
#ifndef CHANNEL_INFLATE_H
#define CHANNEL_INFLATE_H
#include "base/ctx.h"
#include "base/secret.h"

struct inflate;
/* NULL with an error. */
struct inflate *inflate_open(struct ctx *ctx, const char *path);
/* Over bytes that stay where they are until inflate_close: for tests and fuzzers. */
struct inflate *inflate_memory(struct ctx *ctx, struct str bytes, const char *name);
/* Up to n bytes of the text; 0 at its end, -1 with an error (and again -1 when asked again). */
ptrdiff_t inflate_read(struct ctx *ctx, struct inflate *in, char *out, size_t n);
/* Bytes of text given so far. */
int64_t inflate_total(const struct inflate *in);
/* SHA-256 of the text, once it has ended.  The same for a file and its archive. */
void inflate_digest(struct inflate *in, char out[DIGEST_HEX_MAX]);
const char *inflate_name(const struct inflate *in);
const char *inflate_packing(const struct inflate *in);         /* "plain", "gzip", "xz", "zstd" */
void inflate_close(struct inflate *in);
#endif
