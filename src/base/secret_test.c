/* SPDX-License-Identifier: Apache-2.0
 *
 * secret_test.c -- passwords, tokens and digests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/secret.h"

static int
begin(void **state)
{
        secret_init();
        return 0;
}

static void
a_password_is_verified_by_its_hash(void **state)
{
        char hash[SECRET_HASH_MAX], other[SECRET_HASH_MAX];

        assert_true(password_hash(STR("correct horse"), hash));
        assert_true(password_hash(STR("correct horse"), other));
        assert_true(password_verify(hash, STR("correct horse")));
        assert_false(password_verify(hash, STR("correct horsf")));
        assert_string_not_equal(hash, other);
        assert_true(str_starts(str_of(hash), STR("$argon2id$v=19$m=19456,t=2,p=1$")));
}

static void
what_is_no_hash_verifies_nothing(void **state)
{
        assert_false(password_verify("", STR("")));
        assert_false(password_verify("*", STR("*")));
}

static void
tokens_differ_and_are_url_safe(void **state)
{
        char a[64], b[64];

        token_random(a, sizeof a, 32);
        token_random(b, sizeof b, 32);
        assert_int_equal(strlen(a), 43);
        assert_string_not_equal(a, b);
        assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
}

static void
a_digest_is_sha256(void **state)
{
        char out[DIGEST_HEX_MAX];

        digest_hex(STR("abc"), out);
        assert_string_equal(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        digest_hex(STR_NONE, out);
        assert_string_equal(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
a_digest_in_parts_is_the_same(void **state)
{
        struct arena *a = arena_new(0);
        char whole[DIGEST_HEX_MAX], parts[DIGEST_HEX_MAX];
        struct digest *d = digest_start(a);

        digest_add(d, STR("a"));
        digest_add(d, STR_NONE);
        digest_add(d, STR("bc"));
        digest_end(d, parts);
        digest_hex(STR("abc"), whole);
        assert_string_equal(parts, whole);
        arena_free(a);
}

static void
a_chain_tells_where_parts_end(void **state)
{
        unsigned char one[32], two[32], three[32];

        chain_hash((struct str[]){STR("ab"), STR("c")}, 2, one);
        chain_hash((struct str[]){STR("a"), STR("bc")}, 2, two);
        chain_hash((struct str[]){STR("ab"), STR("c"), STR_NONE}, 3, three);
        assert_memory_not_equal(one, two, 32);
        assert_memory_not_equal(one, three, 32);
}

/* Written down once: a stored chain must verify for ever.  (Python: hashlib.blake2b(digest_size=32).) */
static void
a_chain_hash_never_changes(void **state)
{
        unsigned char raw[32];
        char hex[65];

        chain_hash((struct str[]){STR("ab"), STR("c")}, 2, raw);
        hex_encode(raw, 32, hex);
        assert_string_equal(hex, "20263e794775e4edf2b306c0f306af9e50175c831c857604b481e847f790bf95");
}

static void
equality_is_of_length_and_bytes(void **state)
{
        assert_true(secret_equal(STR("abc"), STR("abc")));
        assert_true(secret_equal(STR_NONE, STR("")));
        assert_false(secret_equal(STR("abc"), STR("abd")));
        assert_false(secret_equal(STR("abc"), STR("ab")));
}

/* The example of the Standard Webhooks specification. */
static void
a_message_is_signed(void **state)
{
        const struct str parts[] = {STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), STR("."), STR("1614265330"), STR("."), STR("{\"test\": 2432232314}")};
        char mac[KEY_TEXT_MAX], key[KEY_TEXT_MAX], other[KEY_TEXT_MAX];

        assert_true(hmac_base64(STR("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), parts, 5, mac));
        assert_string_equal(mac, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_false(hmac_base64(STR("no key!"), parts, 5, mac));
        assert_false(hmac_base64(STR(""), parts, 5, mac));
        key_random(key), key_random(other);
        assert_string_not_equal(key, other);
        assert_true(strlen(key) == 44 && hmac_base64(str_of(key), parts, 5, mac));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_password_is_verified_by_its_hash),
                cmocka_unit_test(what_is_no_hash_verifies_nothing),
                cmocka_unit_test(tokens_differ_and_are_url_safe),
                cmocka_unit_test(a_digest_is_sha256),
                cmocka_unit_test(a_digest_in_parts_is_the_same),
                cmocka_unit_test(a_chain_tells_where_parts_end),
                cmocka_unit_test(a_chain_hash_never_changes),
                cmocka_unit_test(equality_is_of_length_and_bytes),
                cmocka_unit_test(a_message_is_signed),
        };

        return cmocka_run_group_tests(tests, begin, NULL);
}
