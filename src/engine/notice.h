/* SPDX-License-Identifier: Apache-2.0
 *
 * notice.h -- notices that a model declares become rows of the outbox, in the transaction of their cause.
 */
#ifndef ENGINE_NOTICE_H
#define ENGINE_NOTICE_H
#include "engine/work.h"
/* on NULL: creation.  Nothing is written when the work is muted. */
bool notice_record(struct work *w, const struct record *r, const struct transition *on);
/* The number of this act, by which its notices are known as one: what a person hears of one act is told once. */
bool notice_act(struct work *w, int64_t *ret);
/* A row of the outbox: `kind` ("notice", later mail, webhook), about a record, with a JSON object. */
bool outbox_add(struct work *w, const char *kind, int64_t about, struct str data);
#endif
