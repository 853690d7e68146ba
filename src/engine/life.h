/* SPDX-License-Identifier: Apache-2.0
 *
 * life.h -- lifecycle: may this transition be taken, and taking it.
 */
#ifndef ENGINE_LIFE_H
#define ENGINE_LIFE_H
#include "engine/work.h"
/* Takes the transition.  body: {fields..., "reason": text, "note": text} (NULL: empty).  version 0: any.
 * Order of steps: docs/model-language.md.  `note` becomes an internal message. */
bool life_transition(struct work *w, struct record *r, struct str name, const struct json *body, int64_t version);
/* As a consequence of the work in hand, for hooks and timers: the deed stands under the actor's name, but neither role nor
 * scope is asked; all else is.  Fields that the step needs are set on the record before. */
bool life_step(struct work *w, struct record *r, const char *name);
/* The questions of a transition, one by one, as `_can` asks them before anything is given; for explanations.  False with the reason as an error. */
enum life_question { LIFE_SCOPE, LIFE_ROLE, LIFE_STATE, LIFE_GUARD, LIFE_CHECK, LIFE_QUESTIONS };
bool life_ask(struct work *w, const struct record *r, const struct transition *t, enum life_question q);
/* `_can`: {"fields":{name:"rw"|"r"},"transitions":[{"name","ok","why":{"en","zh"}}]}: transitions whose `from` has the record's state. */
void life_can_json(struct work *w, const struct record *r, struct jw *out);
#endif
