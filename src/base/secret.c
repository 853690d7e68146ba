/* SPDX-License-Identifier: Apache-2.0
 *
 * secret.c -- passwords, random tokens and digests, by libsodium.
 *
 *     passwords    Argon2id, 2 passes over 19 MiB (OWASP's second choice), salt and parameters in the text
 *     tokens       the kernel's random numbers, URL-safe base64
 *     digests      SHA-256: attachments, and tokens as they are stored
 *     chains       BLAKE2b-256: an event's hash covers its predecessor's
 *
 * Invariants
 *   1. Two lists of parts have the same chain_hash only if they are the same list: each part is preceded
 *      by its length, so that moving a byte from one part to the next changes the hash.
 *   2. No comparison of secrets ends earlier because of their bytes.
 *
 * Not here: who may log in and how often (service/), sessions, keys on disk (there are none).
 */
#include "base/secret.h"
#include <endian.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(SECRET_HASH_MAX >= crypto_pwhash_STRBYTES, "a password hash fits");
_Static_assert(DIGEST_HEX_MAX == 2 * crypto_hash_sha256_BYTES + 1, "a digest fits");

enum { PASSES = 2, MEMORY = 19 << 20, TOKEN_BYTES_MAX = 64 };

struct digest {
        crypto_hash_sha256_state state;
};

void
secret_init(void)
{
        if (sodium_init() < 0) {
                fputs("openitr: cannot start libsodium\n", stderr);
                abort();
        }
}

/* False only when there is no memory for it now. */
bool
password_hash(struct str password, char out[SECRET_HASH_MAX])
{
        const char *p = password.n ? password.p : "";

        return crypto_pwhash_str_alg(out, p, password.n, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool
password_verify(const char *hash, struct str password)
{
        const char *p = password.n ? password.p : "";

        return crypto_pwhash_str_verify(hash, p, password.n) == 0;
}

void
token_random(char *out, size_t out_size, size_t bytes)
{
        const int url_safe = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
        unsigned char raw[TOKEN_BYTES_MAX];

        if (bytes > sizeof raw || out_size < sodium_base64_ENCODED_LEN(bytes, url_safe)) {
                fprintf(stderr, "openitr: a token of %zu bytes does not fit\n", bytes);
                abort();
        }
        randombytes_buf(raw, bytes);
        sodium_bin2base64(out, out_size, raw, bytes, url_safe);
        sodium_memzero(raw, sizeof raw);
}

/* ---- digests ---- */

static const unsigned char *
bytes_of(struct str s)
{
        return (const unsigned char *)(s.n ? s.p : "");
}

void
digest_hex(struct str data, char out[DIGEST_HEX_MAX])
{
        unsigned char raw[crypto_hash_sha256_BYTES];

        crypto_hash_sha256(raw, bytes_of(data), data.n);
        hex_encode(raw, sizeof raw, out);
}

struct digest *
digest_start(struct arena *a)
{
        struct digest *d = ARENA_NEW(a, struct digest);

        crypto_hash_sha256_init(&d->state);
        return d;
}

void
digest_add(struct digest *d, struct str data)
{
        crypto_hash_sha256_update(&d->state, bytes_of(data), data.n);
}

void
digest_end(struct digest *d, char out[DIGEST_HEX_MAX])
{
        unsigned char raw[crypto_hash_sha256_BYTES];

        crypto_hash_sha256_final(&d->state, raw);
        hex_encode(raw, sizeof raw, out);
}

void
chain_hash(const struct str *parts, size_t count, unsigned char out[32])
{
        crypto_generichash_state state;

        crypto_generichash_init(&state, NULL, 0, 32);
        for (size_t i = 0; i < count; i++) {
                uint64_t length = htole64(parts[i].n);
                crypto_generichash_update(&state, (const unsigned char *)&length, sizeof length);
                crypto_generichash_update(&state, bytes_of(parts[i]), parts[i].n);
        }
        crypto_generichash_final(&state, out, 32);
}

void
hex_encode(const unsigned char *p, size_t n, char *out)
{
        sodium_bin2hex(out, 2 * n + 1, p, n);
}

void
key_random(char out[KEY_TEXT_MAX])
{
        unsigned char raw[32];

        randombytes_buf(raw, sizeof raw);
        sodium_bin2base64(out, KEY_TEXT_MAX, raw, sizeof raw, sodium_base64_VARIANT_ORIGINAL);
        sodium_memzero(raw, sizeof raw);
}

bool
hmac_base64(struct str key, const struct str *parts, size_t count, char out[KEY_TEXT_MAX])
{
        unsigned char raw[64], mac[crypto_auth_hmacsha256_BYTES];
        crypto_auth_hmacsha256_state state;
        size_t n;

        if (key.n == 0 || sodium_base642bin(raw, sizeof raw, key.p, key.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
                return false;
        crypto_auth_hmacsha256_init(&state, raw, n);
        for (size_t i = 0; i < count; i++)
                crypto_auth_hmacsha256_update(&state, bytes_of(parts[i]), parts[i].n);
        crypto_auth_hmacsha256_final(&state, mac);
        sodium_bin2base64(out, KEY_TEXT_MAX, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
        sodium_memzero(raw, sizeof raw);
        return true;
}

bool
secret_equal(struct str a, struct str b)
{
        return a.n == b.n && sodium_memcmp(bytes_of(a), bytes_of(b), a.n) == 0;
}
