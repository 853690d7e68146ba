/* SPDX-License-Identifier: Apache-2.0
 *
 * setup.h -- the first start in five steps: organisation, calendar, administrator, data, mail.
 */
#ifndef SERVICE_SETUP_H
#define SERVICE_SETUP_H
#include "engine/work.h"

/* Is the first start still to be done?  A database with an administrator and no start begun needs none. */
bool setup_needed(struct work *w, bool *ret);
/* Notes that it has begun, so that demo people do not end it. */
bool setup_begin(struct work *w);
/* {"organisation":{...}|null, "calendar":..., "administrator":{"login","name"}|null, "data":..., "mail":...,"calendars":[...]} */
bool setup_write(struct work *w, struct jw *out);
/* Checks one step's answer and keeps it.  `hash`: of the administrator's password, made outside. */
bool setup_save(struct work *w, struct str step, const struct json *value, const char *hash);
/* Are all steps answered?  False with the step that is not. */
bool setup_complete(struct work *w);
bool setup_wants_demo(struct work *w, bool *ret);
/* Everything at once: organisation, calendar, administrator; from then on there is no setup.  The demo company, if it is
 * wanted, has been filled in before. */
bool setup_finish(struct work *w);
#endif
