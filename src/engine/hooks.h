/* SPDX-License-Identifier: Apache-2.0
 *
 * hooks.h -- calling what the service floor hung into creations and changes and changes (engine.h has the types).
 */
#ifndef ENGINE_HOOKS_H
#define ENGINE_HOOKS_H
#include "engine/engine.h"
bool hooks_before_create(struct work *w, struct record *r, const struct json *input);
bool hooks_after_create(struct work *w, struct record *r, const struct json *input);
bool hooks_before_change(struct work *w, struct record *r, const struct json *input);
bool hooks_saved(struct work *w, struct record *r);
#endif
