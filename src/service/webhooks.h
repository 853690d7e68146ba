/* SPDX-License-Identifier: Apache-2.0
 *
 * webhooks.h -- other programs are told of events.
 *
 *     a change --webhooks_saved--> outbox, kind "event" --webhook_take--> webhook_delivery, one for each webhook that wants it
 *     --webhook_claim--> the receiver (channel/webhook_out.c) --webhook_done--> sent, or due again, or failed
 */
#ifndef SERVICE_WEBHOOKS_H
#define SERVICE_WEBHOOKS_H
#include "engine/work.h"

/* Hosts and networks that may be private and plain http (base/net.h); said once, before any thread. */
void webhooks_allow(const char *list);
struct str webhooks_allowed(void);

/* Hooks: the URL and the patterns are checked; enabling needs a secret; every change of a case is an event. */
bool webhooks_before(struct work *w, struct record *r, const struct json *input);
bool webhooks_ready(struct work *w, const struct record *r);
bool webhooks_saved(struct work *w, struct record *r);
/* Does one of the patterns name this event?  ("work_order.* *.create", "work_order", "accept") */
bool webhook_wants(struct str patterns, const char *entity, const char *event);

/* ---- what an administrator does (webhook_admin.c) ---- */
/* A new secret, "whsec_...", in place of the one before. */
bool webhook_secret(struct work *w, const struct record *hook, struct str *ret);
bool webhook_ping(struct work *w, const struct record *hook, int64_t *ret_id);
bool webhook_replay(struct work *w, const struct record *hook, int64_t id);
bool webhook_log_json(struct work *w, const struct record *hook, int64_t before, int limit, struct jw *out);
bool webhook_call_json(struct work *w, int64_t id, struct jw *out);

/* ---- the queue (webhook_queue.c) ---- */
enum { WEBHOOK_TRIES = 10 };
struct webhook_call {
        int64_t id, webhook, tries;    /* tries: this one included */
        const char *url, *secret;      /* secret without "whsec_" */
        struct str body;
};
struct webhook_result {
        bool ok;
        int64_t code;                  /* HTTP status; 0: there was none */
        const char *error, *excerpt;   /* "" */
};
bool webhook_first(struct ctx *ctx, struct conn *c, usec *ret_event, usec *ret_call);
bool webhook_take(struct work *w, int max, int *ret_taken);
/* At most `each` for a webhook, less those that busy[] has of it already. */
bool webhook_claim(struct work *w, int each, int room, const int64_t *busy, size_t busy_count, struct webhook_call **ret, size_t *ret_count);
bool webhook_done(struct work *w, const struct webhook_call *c, const struct webhook_result *r);
bool webhook_resume(struct work *w);
#endif
