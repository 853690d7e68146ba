/* SPDX-License-Identifier: Apache-2.0
 *
 * own.h -- what a person keeps on the server for the browser app.
 */
#ifndef API_OWN_H
#define API_OWN_H
#include "sql/db.h"
/* Deletes drafts that nobody touched for long. */
bool drafts_expire(struct ctx *ctx, struct conn *c, usec now);
/* Forgets rows of My work that have been back for long (snooze.c). */
bool snoozes_expire(struct ctx *ctx, struct conn *c, usec now);
#endif
