/* SPDX-License-Identifier: Apache-2.0
 *
 * mail_out.c -- one mail, composed and handed to the SMTP server.
 *
 * A mail says of itself that a program wrote it (Auto-Submitted), so that holiday replies do not answer; all mails about one
 * record name the same ancestor (References), so that they stand as one thread; its Message-ID is the delivery's number, the
 * same at every try, so that a mail sent twice after a crash can be known for one.
 *
 * Failures
 *     no connection, no TLS, login refused, time over     the server's:  MAIL_DEFERRED, other mails wait too
 *     4xx of the server about this mail                   MAIL_LATER
 *     5xx of the server about this mail, a bad address    MAIL_NEVER
 * A whole mail has `timeout` seconds, whatever the server does.
 */
#include "channel/mail_out.h"
#include <curl/curl.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"

enum { REPLY_MAX = 200 };

struct mail_session {
        struct mail_settings s;
        CURL *curl;
        char error[CURL_ERROR_SIZE];
        char reply[REPLY_MAX];         /* the server's last refusal */
        char text[CURL_ERROR_SIZE + REPLY_MAX + 8];
};
struct upload {
        const char *p;
        size_t left;
};

/* ---- settings ---- */

bool
mail_address_valid(struct str s)
{
        const char *at = memchr(s.p ? s.p : "", '@', s.n);

        if (at == NULL || at == s.p || at + 1 == s.p + s.n || s.n > 254 || memchr(at + 1, '@', (size_t)(s.p + s.n - at - 1)))
                return false;
        for (size_t i = 0; i < s.n; i++)
                if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || strchr("<>(),;:\\\"[]", s.p[i]))
                        return false;
        return true;
}

/* The address alone of "Name <address>"; NULL when there is none. */
static char *
bare_address(const char *from)
{
        InternetAddressList *list = internet_address_list_parse(NULL, from);
        char *ret = NULL;

        if (list == NULL)
                return NULL;
        if (internet_address_list_length(list) == 1) {
                InternetAddress *a = internet_address_list_get_address(list, 0);
                if (INTERNET_ADDRESS_IS_MAILBOX(a)) {
                        const char *addr = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a));
                        ret = addr && mail_address_valid(str_of(addr)) ? strdup(addr) : NULL;
                }
        }
        g_object_unref(list);
        return ret;
}

bool
mail_settings_check(struct ctx *ctx, const struct mail_settings *s)
{
        char *from;

        if (*s->server == '\0')
                return true;
        if (!str_starts(str_of(s->server), STR("smtp://")) && !str_starts(str_of(s->server), STR("smtps://")))
                return fail(ctx, E_SETTING, "--mail-server", "mail-server", s->server, "smtp://HOST:PORT or smtps://HOST:PORT");
        g_mime_init();
        if ((from = bare_address(s->from)) == NULL)
                return fail(ctx, E_SETTING, "--mail-from", "mail-from", s->from, "an address, such as OpenITR <itr@example.com>");
        free(from);
        if (*s->user && *s->password == '\0')
                return fail(ctx, E_SETTING, "--mail-password", "mail-password", "", "a password, because mail-user is given");
        return true;
}

/* ---- composing ---- */

static const char *
domain_of(const char *address)
{
        const char *at = strrchr(address, '@');

        return at ? at + 1 : "localhost";
}

/* A header is one line: what a person typed into a title is not to begin another. */
static char *
one_line(struct str s)
{
        char *line = malloc(s.n + 1);

        for (size_t i = 0; i < s.n; i++)
                line[i] = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i];
        line[s.n] = '\0';
        return line;
}

static void
put_addresses(GMimeMessage *msg, const struct mail_settings *s, const struct mail *m)
{
        InternetAddressList *from = internet_address_list_parse(NULL, s->from);
        char *name = one_line(str_of(m->name));

        internet_address_list_append(g_mime_message_get_from(msg), from);
        g_mime_message_add_mailbox(msg, GMIME_ADDRESS_TYPE_TO, *name ? name : NULL, m->address);
        g_object_unref(from);
        free(name);
}

static void
put_headers(GMimeMessage *msg, const struct mail_settings *s, const struct mail *m, usec now)
{
        GMimeObject *o = GMIME_OBJECT(msg);
        char *subject = one_line(m->subject), *from = bare_address(s->from), text[300];
        const char *domain = domain_of(from ? from : "");
        GDateTime *date = g_date_time_new_from_unix_utc(now / USEC_SECOND);

        g_mime_message_set_subject(msg, subject, "utf-8");
        g_mime_message_set_date(msg, date);
        snprintf(text, sizeof text, "notice.%lld@%s", (long long)m->first, domain);
        g_mime_message_set_message_id(msg, text);
        if (m->about) {
                snprintf(text, sizeof text, "<record.%lld@%s>", (long long)m->about, domain);
                g_mime_object_set_header(o, "In-Reply-To", text, NULL);
                g_mime_object_set_header(o, "References", text, NULL);
        }
        g_mime_object_set_header(o, "Auto-Submitted", "auto-generated", NULL);
        g_mime_object_set_header(o, "Content-Language", m->lang == LANG_EN ? "en" : "zh-CN", NULL);
        g_date_time_unref(date);
        free(subject);
        free(from);
}

void
mail_compose(const struct mail_settings *s, const struct mail *m, usec now, struct buf *out)
{
        GMimeMessage *msg = g_mime_message_new(TRUE);
        GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");
        GMimeFormatOptions *dos = g_mime_format_options_new();
        char *body = strndup(m->text.p ? m->text.p : "", m->text.n), *text;

        put_addresses(msg, s, m);
        put_headers(msg, s, m, now);
        g_mime_text_part_set_charset(part, "utf-8");
        g_mime_text_part_set_text(part, body);
        g_mime_part_set_content_encoding(GMIME_PART(part), m->lang == LANG_EN ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                                                              : GMIME_CONTENT_ENCODING_BASE64);
        g_mime_message_set_mime_part(msg, GMIME_OBJECT(part));
        g_mime_format_options_set_newline_format(dos, GMIME_NEWLINE_FORMAT_DOS);
        text = g_mime_object_to_string(GMIME_OBJECT(msg), dos);
        buf_text(out, text);
        g_free(text);
        free(body);
        g_mime_format_options_free(dos);
        g_object_unref(part);
        g_object_unref(msg);
}

/* ---- sending ---- */

static size_t
give(char *to, size_t size, size_t count, void *arg)
{
        struct upload *u = arg;
        size_t n = size * count < u->left ? size * count : u->left;

        memcpy(to, u->p, n);
        u->p += n;
        u->left -= n;
        return n;
}

static size_t
hear(char *line, size_t size, size_t count, void *arg)
{
        struct mail_session *s = arg;
        size_t n = size * count;

        if (n == 0 || (*line != '4' && *line != '5'))  /* what it refuses; not how it says good-bye */
                return n;
        snprintf(s->reply, sizeof s->reply, "%.*s", (int)(n < REPLY_MAX ? n : REPLY_MAX - 1), line);
        s->reply[strcspn(s->reply, "\r\n")] = '\0';
        for (char *p = s->reply; *p; p++)      /* it is kept in the database */
                if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
                        *p = '?';
        return n;
}

static size_t
forget(char *p, size_t size, size_t count, void *arg)
{
        return size * count;
}

static void
set_server(struct mail_session *m)
{
        const struct mail_settings *s = &m->s;
        CURL *c = m->curl;

        curl_easy_setopt(c, CURLOPT_URL, s->server);
        curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(c, CURLOPT_PROXY, "");
        curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(strcmp(s->tls, "required") == 0   ? CURLUSESSL_ALL
                                                    : strcmp(s->tls, "optional") == 0 ? CURLUSESSL_TRY
                                                                                      : CURLUSESSL_NONE));
        curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)s->timeout);
        curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(s->timeout < 10 ? s->timeout : 10));
        curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)s->timeout);
        if (*s->user) {
                curl_easy_setopt(c, CURLOPT_USERNAME, s->user);
                curl_easy_setopt(c, CURLOPT_PASSWORD, s->password);
        }
        if (*s->ca)
                curl_easy_setopt(c, CURLOPT_CAINFO, s->ca);
        curl_easy_setopt(c, CURLOPT_ERRORBUFFER, m->error);
        curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear);
        curl_easy_setopt(c, CURLOPT_HEADERDATA, m);
        curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, forget);
        curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
        curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
}

struct mail_session *
mail_session_open(const struct mail_settings *s)
{
        struct mail_session *m = calloc(1, sizeof *m);

        if (m == NULL || (m->curl = curl_easy_init()) == NULL)
                abort();
        m->s = *s;
        g_mime_init();
        set_server(m);
        return m;
}

void
mail_session_close(struct mail_session *m)
{
        if (m == NULL)
                return;
        curl_easy_cleanup(m->curl);
        free(m);
}

void
mail_session_rest(struct mail_session *m)
{
        curl_easy_cleanup(m->curl);
        if ((m->curl = curl_easy_init()) == NULL)
                abort();
        set_server(m);
}

static enum mail_end
judge(struct mail_session *m, CURLcode code)
{
        long status = 0;

        curl_easy_getinfo(m->curl, CURLINFO_RESPONSE_CODE, &status);
        snprintf(m->text, sizeof m->text, "%s%s%s", *m->error ? m->error : curl_easy_strerror(code), *m->reply ? ": " : "", m->reply);
        if (code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR && code != CURLE_WEIRD_SERVER_REPLY)
                return MAIL_DEFERRED;
        return status >= 500 ? MAIL_NEVER : status >= 400 ? MAIL_LATER : MAIL_DEFERRED;
}

/* "<address>", as SMTP wants it. */
static CURLcode
transfer(struct mail_session *m, const char *to, struct str message)
{
        char *from = bare_address(m->s.from), sender[300], receiver[300];
        struct upload up = {message.p, message.n};
        struct curl_slist *list;
        CURLcode code;

        snprintf(sender, sizeof sender, "<%s>", from ? from : "");
        snprintf(receiver, sizeof receiver, "<%s>", to);
        list = curl_slist_append(NULL, receiver);
        curl_easy_setopt(m->curl, CURLOPT_MAIL_FROM, sender);
        curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, list);
        curl_easy_setopt(m->curl, CURLOPT_READDATA, &up);
        m->error[0] = m->reply[0] = '\0';
        code = curl_easy_perform(m->curl);
        curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, NULL);
        curl_slist_free_all(list);
        free(from);
        return code;
}

enum mail_end
mail_send(struct mail_session *s, const struct mail *m, usec now, const char **ret_error)
{
        struct buf message = {0};
        CURLcode code;

        *ret_error = "";
        if (!m->worded)
                return *ret_error = "its template is no longer there", MAIL_NEVER;
        if (!mail_address_valid(str_of(m->address)))
                return *ret_error = "the address cannot be used: NAME@DOMAIN is allowed", MAIL_NEVER;
        mail_compose(&s->s, m, now, &message);
        code = transfer(s, m->address, buf_view(&message));
        buf_free(&message);
        if (code == CURLE_OK)
                return MAIL_SENT;
        *ret_error = s->text;
        return judge(s, code);
}
