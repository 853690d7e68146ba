/* SPDX-License-Identifier: Apache-2.0
 *
 * change.c -- what the model of a network change cannot say (domain.md 6.7): who may not authorise twice, and the window.
 *
 * The three authorisations are given by three sides: technical and management by two different people, the customer's by a
 * person of the customer, whose name is kept.  The window lies ahead and has a length.
 */
#include "base/clock.h"
#include "service/hooks.h"
#include "service/service.h"

bool
change_approve_check(struct work *w, const struct record *r)
{
        return w->actor->id == 0 || record_int(r, FIELD_CHANGE_REQUEST_TECHNICAL_BY) != w->actor->id ||
               refuse(w, FIELD_CHANGE_REQUEST_MANAGEMENT_BY, "You gave the technical authorisation; management is another person",
                      "您已作技术授权，管理授权须由他人作出");
}

bool
change_authorise(struct work *w, struct record *r, const struct json *input)
{
        record_set_text(r, FIELD_CHANGE_REQUEST_CUSTOMER_BY, str_of(w->actor->name));
        return true;
}

bool
change_window(struct work *w, struct record *r, const struct json *input)
{
        int64_t from = record_int(r, FIELD_CHANGE_REQUEST_WINDOW_FROM), to = record_int(r, FIELD_CHANGE_REQUEST_WINDOW_TO);

        if (to <= from)
                return refuse(w, FIELD_CHANGE_REQUEST_WINDOW_TO, "The window ends after it begins", "窗口结束须晚于开始");
        return to > w->now || refuse(w, FIELD_CHANGE_REQUEST_WINDOW_TO, "The window is over already", "该窗口已经过去");
}
