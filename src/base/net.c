/* SPDX-License-Identifier: Apache-2.0
 *
 * net.c -- addresses that a stranger's URL must not lead us to.
 *
 * Every address is sixteen bytes; an IPv4 address is mapped.  Ranges are those that IANA's registries of special-purpose
 * addresses call not globally reachable, and multicast.  An address that wraps an IPv4 one is judged by what it wraps.
 */
#include "base/net.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

struct range { unsigned char addr[16]; int bits; };
static const unsigned char MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static const struct { unsigned char a, b, c; int bits; } NOT_PUBLIC_4[] = {
        {0, 0, 0, 8},       {10, 0, 0, 8},     {100, 64, 0, 10},  {127, 0, 0, 8},     {169, 254, 0, 16},
        {172, 16, 0, 12},   {192, 0, 0, 24},   {192, 0, 2, 24},   {192, 88, 99, 24},  {192, 168, 0, 16},
        {198, 18, 0, 15},   {198, 51, 100, 24}, {203, 0, 113, 24}, {224, 0, 0, 4},     {240, 0, 0, 4},
};
static const struct range NOT_PUBLIC_6[] = {
        {{0}, 8},                      /* ::, ::1, compatible, and the rest of 0000::/8 */
        {{0x01, 0x00}, 64},            /* discard */
        {{0x20, 0x01, 0x00}, 23},      /* Teredo, ORCHID, benchmarking */
        {{0x20, 0x01, 0x0d, 0xb8}, 32},
        {{0x3f, 0xff}, 20},
        {{0xfc}, 7},
        {{0xfe, 0x80}, 10},
        {{0xfe, 0xc0}, 10},
        {{0xff}, 8},
};

static bool
same_bits(const unsigned char *a, const unsigned char *b, int bits)
{
        if (memcmp(a, b, (size_t)bits / 8) != 0)
                return false;
        return bits % 8 == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - bits % 8) == 0;
}

static void
map_4(const unsigned char *four, unsigned char out[16])
{
        memcpy(out, MAPPED, 12);
        memcpy(out + 12, four, 4);
}

bool
net_parse(struct str s, unsigned char out[16])
{
        char text[64];
        unsigned char four[4];

        if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
                s = (struct str){s.p + 1, s.n - 2};
        if (s.n == 0 || s.n >= sizeof text)
                return false;
        snprintf(text, sizeof text, "%.*s", (int)s.n, s.p);
        if (inet_pton(AF_INET, text, four) == 1)
                return map_4(four, out), true;
        return inet_pton(AF_INET6, text, out) == 1;
}

bool
net_of(const struct sockaddr *a, unsigned char out[16])
{
        if (a->sa_family == AF_INET)
                return map_4((const unsigned char *)&((const struct sockaddr_in *)a)->sin_addr, out), true;
        if (a->sa_family == AF_INET6)
                return memcpy(out, &((const struct sockaddr_in6 *)a)->sin6_addr, 16), true;
        return false;
}

static bool
is_public_4(const unsigned char *four)
{
        for (size_t i = 0; i < sizeof NOT_PUBLIC_4 / sizeof *NOT_PUBLIC_4; i++) {
                unsigned char start[4] = {NOT_PUBLIC_4[i].a, NOT_PUBLIC_4[i].b, NOT_PUBLIC_4[i].c, 0};
                if (same_bits(four, start, NOT_PUBLIC_4[i].bits))
                        return false;
        }
        return true;
}

bool
net_is_public(const unsigned char addr[16])
{
        static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};

        if (memcmp(addr, MAPPED, 12) == 0 || memcmp(addr, nat64, 12) == 0)
                return is_public_4(addr + 12);
        if (addr[0] == 0x20 && addr[1] == 0x02)        /* 6to4 */
                return is_public_4(addr + 2);
        for (size_t i = 0; i < sizeof NOT_PUBLIC_6 / sizeof *NOT_PUBLIC_6; i++)
                if (same_bits(addr, NOT_PUBLIC_6[i].addr, NOT_PUBLIC_6[i].bits))
                        return false;
        return true;
}

/* ---- lists ---- */

/* "10.1.0.0/16", "::1" */
static bool
read_network(struct str word, struct range *ret)
{
        struct str bits, addr = str_cut(word, '/', &bits);
        int64_t n = 128;
        bool four = memchr(addr.p, ':', addr.n) == NULL;

        if (!net_parse(addr, ret->addr) || (bits.p && (!str_to_int(bits, &n) || n < 0 || n > (four ? 32 : 128))))
                return false;
        ret->bits = (int)(four && bits.p ? n + 96 : n);
        return true;
}

static bool
is_host(struct str word)
{
        bool letter = false;

        for (size_t i = 0; i < word.n; i++) {
                char c = word.p[i];
                bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                letter |= alpha;
                if (!alpha && !(c >= '0' && c <= '9') && c != '-' && c != '.')
                        return false;
        }
        return letter && word.p[0] != '-' && word.p[0] != '.';
}

static bool
same_host(struct str a, struct str b)
{
        return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

bool
net_list_has(struct str list, struct str host, const unsigned char *addr)
{
        unsigned char literal[16];
        struct range r;

        if (addr == NULL && net_parse(host, literal))
                addr = literal;
        while (list.p) {
                struct str word = str_trim(str_cut(list, ',', &list));
                if (word.n == 0)
                        continue;
                if (read_network(word, &r) ? addr && same_bits(addr, r.addr, r.bits) : host.n && same_host(word, host))
                        return true;
        }
        return false;
}

struct str
net_list_fault(struct str list)
{
        struct range r;

        while (list.p) {
                struct str word = str_trim(str_cut(list, ',', &list));
                if (word.n && !read_network(word, &r) && !is_host(word))
                        return word;
        }
        return STR_NONE;
}
