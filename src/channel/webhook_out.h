/* SPDX-License-Identifier: Apache-2.0
 *
 * webhook_out.h -- calls of webhooks: libcurl, signed, never to an address inside.
 */
#ifndef CHANNEL_WEBHOOK_OUT_H
#define CHANNEL_WEBHOOK_OUT_H
#include "channel/deliver_private.h"

struct webhook_out;
struct webhook_out *webhook_out_open(const struct deliver_options *o);
void webhook_out_close(struct webhook_out *x);
/* A round of the thread: takes events, begins calls, looks at those that run. */
bool webhook_round(struct worker *k);
/* The three headers that sign a call: "webhook-id: ..." and so on.  False when the secret is none. */
bool webhook_sign(struct arena *a, const struct webhook_call *c, usec now, const char *ret_headers[3]);
#endif
