/* SPDX-License-Identifier: Apache-2.0
 *
 * secret.h -- passwords, random tokens and digests, by libsodium.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H
#include "base/str.h"
#define SECRET_HASH_MAX 128
#define DIGEST_HEX_MAX 65
void secret_init(void);                                /* once, before any thread */
/* Argon2id, 19 MiB, t=2 (about 10 ms): call it only from a worker thread, never from an HTTP thread. */
bool password_hash(struct str password, char out[SECRET_HASH_MAX]);
bool password_verify(const char *hash, struct str password);
/* `bytes` random bytes (<= 64) as URL-safe base64 without padding, NUL-ended. */
void token_random(char *out, size_t out_size, size_t bytes);
/* SHA-256 in lower-case hex. */
void digest_hex(struct str data, char out[DIGEST_HEX_MAX]);
struct digest;                                         /* streaming, for files */
struct digest *digest_start(struct arena *a);
void digest_add(struct digest *d, struct str data);
void digest_end(struct digest *d, char out[DIGEST_HEX_MAX]);
/* 32 raw bytes of BLAKE2b over the parts, each preceded by its length; for event chains. */
void chain_hash(const struct str *parts, size_t count, unsigned char out[32]);
void hex_encode(const unsigned char *p, size_t n, char *out);  /* 2n + NUL */
/* Standard base64 of 32 random bytes with padding: "whsec_" in front makes a Standard Webhooks secret. */
#define KEY_TEXT_MAX 48
void key_random(char out[KEY_TEXT_MAX]);
/* HMAC-SHA256 over the parts one behind another, keyed by the bytes that `key` writes in standard base64; the result in
 * standard base64.  False when the key is none. */
bool hmac_base64(struct str key, const struct str *parts, size_t count, char out[KEY_TEXT_MAX]);
bool secret_equal(struct str a, struct str b);         /* in time independent of the bytes */
#endif
