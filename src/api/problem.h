/* SPDX-License-Identifier: Apache-2.0
 *
 * problem.h -- errors as application/problem+json (RFC 9457); the only place where an error gets an HTTP status.
 */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H
#include "api/request.h"
int problem_status(enum err_class c);
/* The object alone: for rows of a bulk answer.  current: JSON of the record as it is, or NULL. */
void problem_object(struct jw *w, const struct ctx *ctx, enum lang lang, const char *request_id, const char *current);
/* The errors of q->ctx as the answer to q, with Retry-After, Allow or WWW-Authenticate where they belong.  Without any error it
 * answers 500: somebody returned false and did not say why. */
void problem_answer(struct request *q);
/* A request that cannot be read at all. */
void problem_unreadable(struct request *q, const char *why);
#endif
