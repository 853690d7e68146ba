/* SPDX-License-Identifier: Apache-2.0
 *
 * person.h -- people who log in, as the command line makes them: users, passwords, tokens.
 *
 * All run in the caller's transaction and act for the system.
 */
#ifndef CMD_PERSON_H
#define CMD_PERSON_H
#include "cmd/command.h"
#include "engine/work.h"

/* Roles with commas between.  The name is the login when it is "". */
bool person_create(struct work *w, const char *login, const char *name, const char *roles, int64_t *ret_id);
/* False with E_NOT_FOUND when nobody has that login. */
bool person_find(struct work *w, const char *login, int64_t *ret_id);
/* Ends the person's sessions too. */
bool person_set_password(struct work *w, int64_t id, struct str password);
/* The secret of a new token, in the arena; days 0: for ever. */
const char *person_new_token(struct work *w, int64_t id, const char *name, int64_t days);

/* The first line of standard input, or one made up; *ret_made tells which. */
bool person_choose_password(struct call *c, const char **ret, bool *ret_made);
#endif
