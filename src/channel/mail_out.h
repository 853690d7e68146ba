/* SPDX-License-Identifier: Apache-2.0
 *
 * mail_out.h -- mail to the world: MIME by GMime, SMTP by libcurl.
 */
#ifndef CHANNEL_MAIL_OUT_H
#define CHANNEL_MAIL_OUT_H
#include "base/clock.h"
#include "base/ctx.h"
#include "service/notice_mail.h"

struct mail_settings {
        const char *server;            /* smtp://host:587, smtps://host:465; "": no mail */
        const char *from;              /* OpenITR <itr@example.com> */
        const char *tls;               /* "required", "optional", "no" */
        const char *user, *password;   /* "": no login */
        const char *ca;                /* file of certificates to trust besides the system's; "" */
        int64_t timeout;               /* seconds for a whole mail */
};
/* False with E_SETTING: no sender, an address that is none, another scheme. */
bool mail_settings_check(struct ctx *ctx, const struct mail_settings *s);
/* One address, as it may stand behind RCPT TO: no blanks, control characters or brackets, one @. */
bool mail_address_valid(struct str address);

struct mail_session;           /* one connection, kept from mail to mail until it rests; one thread at a time */
struct mail_session *mail_session_open(const struct mail_settings *s);
void mail_session_close(struct mail_session *m);
void mail_session_rest(struct mail_session *m);        /* says good-bye; the next mail connects again */
/* MAIL_DEFERRED: the server is away or refuses us; *ret_error (of the session, until the next send) says why. */
enum mail_end mail_send(struct mail_session *s, const struct mail *m, usec now, const char **ret_error);
/* The message as it goes out, CRLF at line ends; NUL-ended, to be freed by buf_free. */
void mail_compose(const struct mail_settings *s, const struct mail *m, usec now, struct buf *out);
#endif
