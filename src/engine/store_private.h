/* SPDX-License-Identifier: Apache-2.0
 *
 * store_private.h -- what the store's files and life.c share; nobody else includes it.
 */
#ifndef ENGINE_STORE_PRIVATE_H
#define ENGINE_STORE_PRIVATE_H
#include "engine/event.h"
#include "engine/work.h"
struct val setter_value(const struct work *w, const struct setter *s);
/* {"changes":{...}} of what differs from the row; STR_NONE when nothing does. */
struct str changes_json(struct work *w, const struct record *r);
bool store_write(struct work *w, struct record *r, const struct event *ev);
bool store_check_version(struct work *w, const struct record *r, int64_t version);
/* A case in a final state: its fields are no longer changed. */
bool store_is_settled(const struct record *r);
#endif
