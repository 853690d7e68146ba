/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_mail.h -- the queue of mails: claim, and say what became of them.
 */
#ifndef SERVICE_NOTICE_MAIL_H
#define SERVICE_NOTICE_MAIL_H
#include "service/notices.h"

enum { MAIL_TRIES = 12 };
struct mail {
        int64_t *ids, id_count;        /* rows of notice_delivery that go with it */
        int64_t first;                 /* names the mail: its Message-ID */
        int64_t about;                 /* the record whose thread it belongs to; 0: several */
        int64_t tries;                 /* this one included */
        const char *address, *name;
        enum lang lang;
        struct str subject, text;
        bool worded;                   /* false: its template has gone */
};
/* Up to `max` mails that are due, now ours for two minutes; `url`: the server's own address, "" when not known. */
bool mail_claim(struct work *w, int max, const char *url, struct mail **ret, size_t *ret_count);
enum mail_end {
        MAIL_SENT,
        MAIL_LATER,                    /* may pass: again after a pause */
        MAIL_NEVER,                    /* refused for good */
        MAIL_DEFERRED,                 /* not tried: the server is away */
};
bool mail_done(struct work *w, const struct mail *m, enum mail_end end, const char *error);
/* After a crash of the only server: what was being sent is due at once. */
bool mail_resume(struct work *w);
bool mail_first(struct ctx *ctx, struct conn *c, usec *ret);
#endif
