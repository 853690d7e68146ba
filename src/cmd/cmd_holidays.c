/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_holidays.c -- openitr calendar import-holidays, import-ics: days into the holiday sets, new versions of the calendars
 * that use them.
 *
 * All files are one transaction: a fault in the last leaves the first undone.
 */
#include <stdio.h>
#include "channel/holidays.h"
#include "cmd/open.h"

struct import {
        struct call *call;
        struct holiday_counts counts;
        int64_t passed_over, published;
};

static bool
import_all(struct work *w, void *arg)
{
        struct import *i = arg;

        for (int n = 0; n < i->call->argc; n++)
                if (!holidays_import(w, i->call->argv[n], &i->counts, &i->passed_over))
                        return false;
        return calendars_renew(w, &i->published);
}

enum outcome
cmd_calendar_import(struct call *c)
{
        struct opened x = {0};
        struct import i = {.call = c};
        bool ok = opened_store(&x, c, CONN_WRITE) && opened_write(&x, import_all, &i);

        opened_end(&x);
        if (!ok)
                return faults(c);
        printf("%lld days added, %lld changed, %lld known already, %lld passed over; %lld calendars published\n",
               (long long)i.counts.added, (long long)i.counts.changed, (long long)i.counts.same, (long long)i.passed_over,
               (long long)i.published);
        return DONE;
}
