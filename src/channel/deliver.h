/* SPDX-License-Identifier: Apache-2.0
 *
 * deliver.h -- the threads that deliver: notices to people, mails to the mail server, events to webhooks.
 */
#ifndef CHANNEL_DELIVER_H
#define CHANNEL_DELIVER_H
#include "channel/mail_out.h"
#include "engine/engine.h"
#include "sql/exec.h"

struct deliver_options {
        struct exec *exec;
        struct db *db;
        struct engine *const *engine;
        struct mail_settings mail;
        const char *url;               /* where people reach this server: https://itr.example.com; "" */
        const char *webhook_allow;     /* hosts and networks that webhooks may reach although they are private; "" */
        int64_t webhook_timeout;       /* seconds for a whole call */
};
struct deliver;
/* NULL with E_SETTING. */
struct deliver *deliver_start(struct ctx *ctx, const struct deliver_options *o);
void deliver_stop(struct deliver *d);

enum deliver_channel { DELIVER_INBOX, DELIVER_MAIL, DELIVER_WEBHOOK, DELIVER_CHANNELS };
struct deliver_stats { int64_t queued, sent, failed, retried; };
extern const char *const DELIVER_NAMES[DELIVER_CHANNELS];
struct deliver_stats deliver_stats(const struct deliver *d, enum deliver_channel c);
#endif
