/* SPDX-License-Identifier: Apache-2.0
 *
 * admin.h -- what the administrator's handlers share.
 */
#ifndef API_ADMIN_H
#define API_ADMIN_H
#include "api/handlers.h"

/* Is the actor an administrator?  False with E_DENIED, which names `what`. */
bool admin_only(struct work *w, const char *what);
/* An optional text member, "" when absent; false with E_TYPE, E_UTF8 or E_TOO_LONG (characters). */
bool body_text_or_none(struct request *q, const char *name, size_t max, const char **ret);
/* An optional whole number; false with E_TYPE. */
bool body_int_or(struct request *q, const char *name, int64_t preset, int64_t *ret);
void admin_write_id(struct jw *out, const char *key, int64_t id);      /* 0: null */
void admin_write_time(struct jw *out, const char *key, usec t);        /* 0: null */
void admin_write_label(struct jw *out, const char *key, const char *en, const char *zh);
/* "PREFIX": id and name of a person: "author": {"id": 3, "name": "..."} or null. */
bool admin_write_person(struct work *w, struct jw *out, const char *key, int64_t id);
#endif
