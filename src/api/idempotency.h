/* SPDX-License-Identifier: Apache-2.0
 *
 * idempotency.h -- a POST that is sent twice is done once.
 */
#ifndef API_IDEMPOTENCY_H
#define API_IDEMPOTENCY_H
#include "api/route.h"
/* In the transaction of the write: answers as the first time, or runs the handler and keeps its answer. */
bool idempotency_run(struct request *q, struct work *w, handler *run);
/* Deletes what is older than a day; true when all went well. */
bool idempotency_expire(struct ctx *ctx, struct conn *c, usec now);
#endif
