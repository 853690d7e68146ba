/* SPDX-License-Identifier: Apache-2.0
 *
 * conversation.c -- messages on a case: who speaks to whom, and what follows.
 *
 * A message of a customer that the request waits for ends the waiting (transition `answer`), so that no clock stands
 * still because nobody looked.
 */
#include <string.h>
#include "engine/access.h"
#include "service/hooks.h"
#include "service/service.h"

bool
conversation_before_create(struct work *w, struct record *m, const struct json *input)
{
        bool staff = access_is_staff(w);

        record_set_text(m, FIELD_MESSAGE_DIRECTION, staff ? STR("out") : STR("in"));
        return true;
}

static bool
waits_for_customer(const struct record *request)
{
        return strcmp(request->state->name, STATE_TECHNICAL_REQUEST_WAITING) == 0 &&
               record_is(request, FIELD_TECHNICAL_REQUEST_PAUSE_CODE, "customer_info");
}

bool
conversation_after_create(struct work *w, struct record *m, const struct json *input)
{
        if (m->parent == NULL || strcmp(m->parent->e->name, ENTITY_TECHNICAL_REQUEST) != 0 || access_is_staff(w) ||
            !waits_for_customer(m->parent))
                return true;
        return life_step(w, m->parent, MOVE_TECHNICAL_REQUEST_ANSWER);
}
