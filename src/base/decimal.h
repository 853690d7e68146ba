/* SPDX-License-Identifier: Apache-2.0
 *
 * decimal.h -- exact decimals: text to a whole number times 10^scale and back.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H
#include "base/str.h"
#define DECIMAL_TEXT_MAX 32
/* "-12.5", scale 2 -> -1250: exact, zeros behind the scale are allowed, an exponent too; false when it does not fit. */
bool decimal_read(struct str s, int scale, int64_t *ret);
/* -1250, scale 2 -> "-12.50"; returns the length. */
size_t decimal_write(int64_t v, int scale, char out[DECIMAL_TEXT_MAX]);
#endif
