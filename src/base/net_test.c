/* SPDX-License-Identifier: Apache-2.0
 *
 * net_test.c -- what is public, and what a list of exceptions names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/net.h"

static bool
public(const char *s)
{
        unsigned char a[16];

        assert_true(net_parse(str_of(s), a));
        return net_is_public(a);
}

static void
test_public_addresses(void **state)
{
        static const char *const yes[] = {"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:8.8.8.8",
                                          "2002:0808:0808::1", "64:ff9b::808:808", "223.255.255.255"};

        for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
                assert_true(public(yes[i]));
}

static void
test_addresses_that_lead_inside(void **state)
{
        static const char *const no[] = {"127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
                                         "100.64.0.1", "0.0.0.0", "224.0.0.1", "239.1.1.1", "255.255.255.255", "192.0.2.1", "198.19.0.1",
                                         "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
                                         "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:0001::", "2002:c0a8:0101::1", "64:ff9b::7f00:1",
                                         "64:ff9b::a9fe:a9fe", "[::1]"};

        for (size_t i = 0; i < sizeof no / sizeof *no; i++)
                assert_false(public(no[i]));
}

static void
test_texts_that_are_no_addresses(void **state)
{
        unsigned char a[16];

        assert_false(net_parse(STR("example.com"), a));
        assert_false(net_parse(STR("1.2.3"), a));
        assert_false(net_parse(STR("1.2.3.4.5"), a));
        assert_false(net_parse(STR(""), a));
}

static void
test_a_list_names_hosts_and_networks(void **state)
{
        struct str list = STR("hooks.intranet, 10.1.0.0/16 ,::1, 127.0.0.1");
        unsigned char a[16];

        assert_true(net_list_has(list, STR("Hooks.Intranet"), NULL));
        assert_false(net_list_has(list, STR("other.intranet"), NULL));
        assert_true(net_list_has(list, STR("10.1.200.3"), NULL));
        assert_false(net_list_has(list, STR("10.2.0.1"), NULL));
        assert_true(net_list_has(list, STR("127.0.0.1"), NULL));
        assert_false(net_list_has(list, STR("127.0.0.2"), NULL));
        assert_true(net_parse(STR("::1"), a) && net_list_has(list, STR("anything"), a));
        assert_true(net_list_fault(list).p == NULL);
        assert_true(str_is(net_list_fault(STR("a.b, 10.0.0.0/99")), "10.0.0.0/99"));
        assert_true(str_is(net_list_fault(STR("ho st")), "ho st"));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_public_addresses),
                cmocka_unit_test(test_addresses_that_lead_inside),
                cmocka_unit_test(test_texts_that_are_no_addresses),
                cmocka_unit_test(test_a_list_names_hosts_and_networks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
