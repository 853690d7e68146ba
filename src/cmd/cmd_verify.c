/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_verify.c -- openitr verify: are all chains of events whole?
 */
#include <stdio.h>
#include "cmd/open.h"
#include "engine/event.h"

static void
print_fault(void *arg, const char *sentence)
{
        fprintf(stderr, "%s\n", sentence);
}

enum outcome
cmd_verify(struct call *c)
{
        struct verify_result result = {0};
        struct opened x = {0};
        bool ok = opened_store(&x, c, CONN_READ) && event_verify(&x.work, print_fault, NULL, &result);

        opened_end(&x);
        if (!ok)
                return unable(c);
        printf("%lld records, %lld events, %lld faults\n", (long long)result.records,
               (long long)result.events, (long long)result.faults);
        return result.faults > 0 ? FOUND_FAULTS : DONE;
}
