/* SPDX-License-Identifier: Apache-2.0
 *
 * number.h -- numbers that people read: "TR-2026-000042" from the pattern "TR-{yyyy}-{seq:6}".
 */
#ifndef ENGINE_NUMBER_H
#define ENGINE_NUMBER_H
#include "engine/work.h"
/* The next number of the entity's pattern at w->now (UTC), NULL with an error; "" when it has no pattern. */
const char *number_next(struct work *w, const struct entity *e);
#endif
