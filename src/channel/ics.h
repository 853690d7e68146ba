/* SPDX-License-Identifier: Apache-2.0
 *
 * ics.h -- iCalendar (RFC 5545), of it whole days alone: a calendar's days off and make-up workdays, out and in.
 */
#ifndef CHANNEL_ICS_H
#define CHANNEL_ICS_H
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"

struct ics_head {
        struct str name, code;
        usec now;
};
/* A calendar's definition (engine/calendar_store.h) as one VEVENT a day. */
void ics_write(struct buf *out, const struct ics_head *head, const struct json *definition);

struct ics_day {
        int64_t day;                   /* days since 1970-01-01 */
        struct str name;
        bool work;                     /* category WORK: a make-up workday, as our own feed writes it */
};
/* The whole-day events of a text, one entry a day; `passed_over`: events with a time of day, or that repeat.  E_BAD_FORMAT at
 * "name:line".  Names live in ctx->arena. */
bool ics_read(struct ctx *ctx, const char *name, struct str text, struct ics_day **ret, size_t *ret_count, int64_t *passed_over);
#endif
