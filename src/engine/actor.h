/* SPDX-License-Identifier: Apache-2.0
 *
 * actor.h -- who acts: a user with roles and teams, loaded once per session.
 */
#ifndef ENGINE_ACTOR_H
#define ENGINE_ACTOR_H
#include "engine/work.h"
/* The user as an actor, in `a`.  NULL without an error when there is no such user or it is not active; NULL with one
 * when the database failed.  w: acting for the system; only its conn, ctx, model and now are looked at. */
struct actor *actor_load(struct work *w, int64_t user_id, struct arena *a);
/* The user's IANA zone, "" when none is set. */
const char *actor_zone(struct work *w, int64_t user_id, struct arena *a);
#endif
