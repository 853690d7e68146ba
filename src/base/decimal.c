/* SPDX-License-Identifier: Apache-2.0
 *
 * decimal.c -- decimals as whole numbers times 10^scale; no double is made of them.
 */
#include "base/decimal.h"
#include <string.h>

static bool
is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* The exponent behind 'e'; bounded, so that shifting by it ends soon. */
static bool
exponent_read(struct str s, int64_t *ret)
{
        return str_to_int(s, ret) && *ret >= -400 && *ret <= 400;
}

static bool
digit_add(int64_t *v, bool negative, char digit)
{
        int d = digit - '0';

        return !__builtin_mul_overflow(*v, 10, v) &&
               !(negative ? __builtin_sub_overflow(*v, d, v) : __builtin_add_overflow(*v, d, v));
}

/* Walks the digits once: those left of the scaled point count, those right of it must be 0. */
bool
decimal_read(struct str s, int scale, int64_t *ret)
{
        size_t i = 0, digits = 0, end;
        bool negative = s.n && s.p[0] == '-', point = false;
        int64_t v = 0, exponent = 0, left = 0;
        const char *e;

        if (s.n == 0)
                return false;
        if ((e = memchr(s.p, 'e', s.n)) == NULL)
                e = memchr(s.p, 'E', s.n);
        end = e ? (size_t)(e - s.p) : s.n;
        if (e && !exponent_read((struct str){e + 1, s.n - end - 1}, &exponent))
                return false;
        i = negative || (s.n && s.p[0] == '+');
        const char *dot = memchr(s.p + i, '.', end - i);
        left = (dot ? dot - s.p : (int64_t)end) - (int64_t)i + exponent + scale;
        for (; i < end; i++) {
                if (s.p[i] == '.' && !point && digits) {
                        point = true;
                        continue;
                }
                if (!is_digit(s.p[i]))
                        return false;
                digits++;
                if (left-- > 0 ? !digit_add(&v, negative, s.p[i]) : s.p[i] != '0')
                        return false;
        }
        for (; left > 0 && v != 0; left--)
                if (!digit_add(&v, negative, '0'))
                        return false;
        *ret = v;
        return digits > 0 && s.p[end - 1] != '.';
}

size_t
decimal_write(int64_t v, int scale, char out[DECIMAL_TEXT_MAX])
{
        char digits[24];
        uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
        int n = 0;
        size_t len = 0;

        do {
                digits[n++] = (char)('0' + u % 10);
                u /= 10;
        } while (u || n <= scale);
        if (v < 0)
                out[len++] = '-';
        while (n > 0) {
                if (n == scale)
                        out[len++] = '.';
                out[len++] = digits[--n];
        }
        out[len] = 0;
        return len;
}
