/* SPDX-License-Identifier: Apache-2.0
 *
 * users.h -- rules about people who log in.
 */
#ifndef SERVICE_USERS_H
#define SERVICE_USERS_H
#include "service/service.h"

/* Refuses a change after which nobody could administer any more. */
bool users_keep_administrator(struct work *w, struct record *r, const struct json *input);
#endif
