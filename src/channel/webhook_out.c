/* SPDX-License-Identifier: Apache-2.0
 *
 * webhook_out.c -- one call of a webhook after the other, several at once.
 *
 *     free slot --claimed, curl_multi_add_handle--> running --answered, or time over--> written down --> free
 *
 * Standard Webhooks: webhook-id names the call and is the same at every try; webhook-timestamp is the try's own;
 * webhook-signature is v1,base64(HMAC-SHA256(secret, "id.timestamp.body")).
 *
 * Invariants
 *   1. Each socket is looked at before it connects (open_socket): whatever name, notation or DNS answer led there, a private
 *      address is refused unless webhook-allow names it.  Redirects are not followed; proxies of the environment not used.
 *   2. A call has `webhook_timeout` seconds in all, a webhook at most EACH calls at once: a receiver that hangs holds up itself.
 *   3. Of an answer 500 bytes are kept and ANSWER_MAX read.
 */
#include "channel/webhook_out.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/log.h"
#include "base/net.h"
#include "base/secret.h"

enum { CALLS = 16, EACH = 2, ANSWER_MAX = 64 << 10, EXCERPT = 480, EVENTS_AT_ONCE = 64, POLL_MS = 100 };

struct running {
        CURL *curl;                    /* NULL: free */
        struct curl_slist *headers;
        struct arena *arena;           /* of the call's texts */
        struct webhook_call call;
        const struct webhook_out *out;
        char host[256];
        char error[CURL_ERROR_SIZE], refused[160];
        char excerpt[EXCERPT];
        size_t kept, read;
};
struct webhook_out {
        CURLM *multi;
        const struct deliver_options *o;
        struct running calls[CALLS];
        int busy;
};

/* ---- signing ---- */

bool
webhook_sign(struct arena *a, const struct webhook_call *c, usec now, const char *ret_headers[3])
{
        const char *id = arena_printf(a, "msg_%lld", (long long)c->id), *at = arena_printf(a, "%lld", (long long)(now / USEC_SECOND));
        const struct str parts[] = {str_of(id), STR("."), str_of(at), STR("."), c->body};
        char mac[KEY_TEXT_MAX];

        if (!hmac_base64(str_of(c->secret), parts, 5, mac))
                return false;
        ret_headers[0] = arena_printf(a, "webhook-id: %s", id);
        ret_headers[1] = arena_printf(a, "webhook-timestamp: %s", at);
        ret_headers[2] = arena_printf(a, "webhook-signature: v1,%s", mac);
        return true;
}

/* ---- what libcurl asks ---- */

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
        struct running *r = arg;
        unsigned char addr[16];

        if (net_of(&a->addr, addr) && (net_is_public(addr) || net_list_has(webhooks_allowed(), str_of(r->host), addr)))
                return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
        snprintf(r->refused, sizeof r->refused, "%.80s leads to a private, local or reserved address, which is not called", r->host);
        return CURL_SOCKET_BAD;
}

/* Keeps the beginning, as text that any database takes. */
static size_t
hear(char *p, size_t size, size_t count, void *arg)
{
        struct running *r = arg;
        size_t n = size * count;

        for (size_t i = 0; i < n && r->kept + 1 < sizeof r->excerpt; i++)
                r->excerpt[r->kept++] = (unsigned char)p[i] < ' ' || (unsigned char)p[i] > '~' ? ' ' : p[i];
        r->excerpt[r->kept] = '\0';
        r->read += n;
        return r->read > ANSWER_MAX ? 0 : n;
}

/* ---- a call ---- */

static void
copy_host(struct running *r)
{
        CURLU *u = curl_url();
        char *host = NULL;

        r->host[0] = '\0';
        if (curl_url_set(u, CURLUPART_URL, r->call.url, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
                snprintf(r->host, sizeof r->host, "%s", host);
        curl_free(host);
        curl_url_cleanup(u);
}

static void
set_call(struct running *r, const char *const headers[3])
{
        CURL *c = r->curl;

        r->headers = curl_slist_append(NULL, "Content-Type: application/json");
        r->headers = curl_slist_append(r->headers, "User-Agent: OpenITR/" OPENITR_VERSION);
        r->headers = curl_slist_append(r->headers, "Expect:");
        for (int i = 0; i < 3; i++)
                r->headers = curl_slist_append(r->headers, headers[i]);
        curl_easy_setopt(c, CURLOPT_URL, r->call.url);
        curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(c, CURLOPT_PROXY, "");
        curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
        curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)r->out->o->webhook_timeout);
        curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)r->out->o->webhook_timeout);
        curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
        curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, r);
        curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
        curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
        curl_easy_setopt(c, CURLOPT_ERRORBUFFER, r->error);
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, r->headers);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->call.body.n);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->call.body.p);
        curl_easy_setopt(c, CURLOPT_PRIVATE, r);
}

static void
end_call(struct webhook_out *x, struct running *r)
{
        curl_multi_remove_handle(x->multi, r->curl);
        curl_easy_cleanup(r->curl);
        curl_slist_free_all(r->headers);
        arena_free(r->arena);
        *r = (struct running){0};
        x->busy--;
}

static void
begin_call(struct webhook_out *x, const struct webhook_call *c)
{
        struct running *r = x->calls;
        const char *headers[3] = {"", "", ""};

        while (r->curl)
                r++;
        *r = (struct running){.curl = curl_easy_init(), .arena = arena_new(0), .out = x};
        if (r->curl == NULL)
                abort();
        r->call = *c;
        r->call.url = arena_strdup(r->arena, c->url);
        r->call.secret = arena_strdup(r->arena, c->secret);
        r->call.body = (struct str){arena_strndup(r->arena, c->body.p, c->body.n), c->body.n};
        copy_host(r);
        if (!webhook_sign(r->arena, &r->call, clock_now(), headers))
                log_error("webhook secret cannot be read", NULL);
        set_call(r, headers);
        curl_multi_add_handle(x->multi, r->curl);
        x->busy++;
}

/* ---- what became of it ---- */

struct end { const struct webhook_call *call; struct webhook_result result; };

static bool
tell_end(struct work *w, void *arg)
{
        struct end *e = arg;

        return webhook_done(w, e->call, &e->result);
}

static struct webhook_result
judge(struct running *r, CURLcode code)
{
        struct webhook_result res = {.error = "", .excerpt = r->excerpt};
        long status = 0;

        curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &status);
        res.code = status;
        res.ok = code == CURLE_OK && status >= 200 && status < 300;
        if (res.ok)
                return res;
        if (*r->refused)
                res.error = r->refused;
        else if (code == CURLE_WRITE_ERROR && r->read > ANSWER_MAX)
                res.error = "its answer is longer than 64 KiB";
        else if (code != CURLE_OK)
                res.error = *r->error ? r->error : curl_easy_strerror(code);
        else if (status >= 300 && status < 400)
                res.error = arena_printf(r->arena, "it answered %ld; redirects are not followed", status);
        else
                res.error = arena_printf(r->arena, "it answered %ld", status);
        return res;
}

static void
note_end(struct worker *k, struct running *r, CURLcode code)
{
        struct end e = {&r->call, judge(r, code)};
        bool over = r->call.tries >= WEBHOOK_TRIES || e.result.code == 410;

        if (!e.result.ok)
                log_info("webhook failed", "host", r->host, "error", e.result.error, NULL);
        worker_write(k, tell_end, &e);         /* not written: the lease brings it back */
        deliver_tally(k->deliver, DELIVER_WEBHOOK, e.result.ok ? DELIVER_SENT : over ? DELIVER_FAILED : DELIVER_RETRIED, 1);
}

static void
look_at_calls(struct worker *k, struct webhook_out *x)
{
        int running, left;
        CURLMsg *m;

        curl_multi_poll(x->multi, NULL, 0, POLL_MS, NULL);
        curl_multi_perform(x->multi, &running);
        while ((m = curl_multi_info_read(x->multi, &left)) != NULL) {
                struct running *r;
                CURLcode code = m->data.result;
                if (m->msg != CURLMSG_DONE || curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&r) != CURLE_OK)
                        continue;
                note_end(k, r, code);
                end_call(x, r);
        }
}

/* ---- taking ---- */

struct claim { struct webhook_out *out; struct webhook_call *list; size_t count; };

static bool
claim(struct work *w, void *arg)
{
        struct claim *c = arg;
        int64_t busy[CALLS];
        size_t n = 0;

        for (int i = 0; i < CALLS; i++)
                if (c->out->calls[i].curl)
                        busy[n++] = c->out->calls[i].call.webhook;
        return webhook_claim(w, EACH, CALLS - (int)n, busy, n, &c->list, &c->count);
}

static bool
take_events(struct work *w, void *arg)
{
        int *taken = arg;

        return webhook_take(w, EVENTS_AT_ONCE, taken);
}

static bool
resume(struct work *w, void *arg)
{
        return webhook_resume(w);
}

static void
count_queue(struct worker *k)
{
        int64_t n;

        if (clock_monotonic() < k->count_at)
                return;
        k->count_at = clock_monotonic() + 5 * USEC_SECOND;
        if (sql_one_int(&k->ctx, k->conn, &n, SQL("select count(*) from webhook_delivery where next_at is not null"), ""))
                atomic_store(&k->deliver->queued[DELIVER_WEBHOOK], n);
        ctx_clear(&k->ctx);
}

static void
begin_calls(struct worker *k, struct webhook_out *x)
{
        struct claim c = {.out = x};

        if (x->busy < CALLS && worker_write(k, claim, &c))
                for (size_t i = 0; i < c.count; i++)
                        begin_call(x, &c.list[i]);
}

bool
webhook_round(struct worker *k)
{
        struct webhook_out *x = k->deliver->webhooks;
        usec event, call, now = clock_now();
        int taken = 0;

        if (!k->begun && db_engine(k->deliver->o.db) == DB_SQLITE && !worker_write(k, resume, NULL))
                return false;
        k->begun = true;
        if (!worker_reads(k) || !webhook_first(&k->ctx, k->conn, &event, &call)) {
                log_warn("webhooks cannot look", "error", k->ctx.errors ? k->ctx.errors->en : "", NULL);
                return ctx_clear(&k->ctx), x->busy > 0;
        }
        count_queue(k);
        if (event != USEC_NONE && event <= now && worker_write(k, take_events, &taken) && taken > 0)
                call = now;
        if (call != USEC_NONE && call <= now && clock_monotonic() >= k->claim_at) {
                int before = x->busy;
                begin_calls(k, x);
                if (x->busy == before)                 /* what is due belongs to disabled or busy ones */
                        k->claim_at = clock_monotonic() + USEC_SECOND / 4;
        }
        if (x->busy > 0)
                look_at_calls(k, x);
        return x->busy > 0 || taken > 0;
}

struct webhook_out *
webhook_out_open(const struct deliver_options *o)
{
        struct webhook_out *x = calloc(1, sizeof *x);

        if (x == NULL || (x->multi = curl_multi_init()) == NULL)
                abort();
        x->o = o;
        return x;
}

/* What runs is cut off; its rows stay `sending` and are due again. */
void
webhook_out_close(struct webhook_out *x)
{
        if (x == NULL)
                return;
        for (int i = 0; i < CALLS; i++)
                if (x->calls[i].curl)
                        end_call(x, &x->calls[i]);
        curl_multi_cleanup(x->multi);
        free(x);
}
