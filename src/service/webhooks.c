/* SPDX-License-Identifier: Apache-2.0
 *
 * webhooks.c -- what makes a webhook sound, and how events come into the outbox.
 *
 * An event is written in the transaction of its cause, and only when some webhook is enabled.  That is asked of the table at
 * most once a second, so that a change costs nothing where there is none; a webhook is heard of within that second, on its own
 * node at once.
 *
 * A URL leads us to where an administrator says, so it is looked at twice: here, where a bad one is refused with a sentence,
 * and at every connection (channel/webhook_out.c), because names lead elsewhere tomorrow.
 */
#include "service/webhooks.h"
#include <curl/curl.h>
#include <stdatomic.h>
#include "base/net.h"
#include "engine/notice.h"
#include "service/service.h"

#define LOOK_EVERY USEC_SECOND

static struct {
        const char *allow;
        _Atomic usec looked_at;        /* by clock_monotonic */
        _Atomic bool some;             /* is any enabled? */
} here = {.allow = ""};

void
webhooks_allow(const char *list)
{
        here.allow = list;
}

struct str
webhooks_allowed(void)
{
        return str_of(here.allow);
}

/* ---- the URL ---- */

static bool
url_fault(struct work *w, const char *en, const char *zh)
{
        return refuse(w, FIELD_WEBHOOK_URL, en, zh);
}

static bool
host_good(struct work *w, const char *scheme, const char *host)
{
        bool allowed = net_list_has(str_of(here.allow), str_of(host), NULL);
        size_t n = strlen(host) - (*host && host[strlen(host) - 1] == '.');    /* localhost. is localhost */
        unsigned char addr[16];

        if (strcmp(scheme, "https") != 0 && !(strcmp(scheme, "http") == 0 && allowed))
                return url_fault(w, "The URL must begin with https://.", "地址必须以 https:// 开头。");
        if (n == 0)
                return url_fault(w, "The URL names no host.", "地址中没有主机名。");
        if (allowed)
                return true;
        if (net_parse((struct str){host, n}, addr) && !net_is_public(addr))
                return url_fault(w, "The URL leads to a private, local or reserved address. Only public addresses are allowed; the setting "
                                    "webhook-allow names exceptions.",
                                 "该地址指向内网、本机或保留地址。只允许公网地址；例外由设置 webhook-allow 指定。");
        if ((n == 9 || (n > 9 && host[n - 10] == '.')) && strncasecmp(host + n - 9, "localhost", 9) == 0)
                return url_fault(w, "The URL leads to this machine. Only public addresses are allowed.", "该地址指向本机，只允许公网地址。");
        return true;
}

static bool
parts_good(struct work *w, CURLU *u)
{
        char *scheme = NULL, *host = NULL, *user = NULL, *password = NULL, *fragment = NULL;
        bool ok;

        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0);
        curl_url_get(u, CURLUPART_HOST, &host, 0);
        curl_url_get(u, CURLUPART_USER, &user, 0);
        curl_url_get(u, CURLUPART_PASSWORD, &password, 0);
        curl_url_get(u, CURLUPART_FRAGMENT, &fragment, 0);
        if (user || password)
                ok = url_fault(w, "The URL must not hold a login or password; calls are signed instead.", "地址中不能含用户名或密码，调用以签名验证。");
        else if (fragment)
                ok = url_fault(w, "The URL must not have a part behind #.", "地址中不能含 # 之后的部分。");
        else
                ok = host_good(w, scheme ? scheme : "", host ? host : "");
        curl_free(scheme), curl_free(host), curl_free(user), curl_free(password), curl_free(fragment);
        return ok;
}

static bool
url_good(struct work *w, const char *url)
{
        CURLU *u = curl_url();
        bool ok = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK
                          ? parts_good(w, u)
                          : url_fault(w, "This is no URL; one is written https://host/path.", "这不是有效地址，应形如 https://host/path。");

        curl_url_cleanup(u);
        return ok;
}

/* ---- patterns ---- */

static struct str
next_word(struct str *rest)
{
        size_t i = 0, n;

        while (i < rest->n && strchr(" \t\r\n,", rest->p[i]))
                i++;
        for (n = i; n < rest->n && !strchr(" \t\r\n,", rest->p[n]);)
                n++;
        struct str word = {rest->p + i, n - i};
        *rest = (struct str){rest->p + n, rest->n - n};
        return word;
}

static bool
is_event(const struct entity *e, struct str name)
{
        return str_is(name, "*") || str_is(name, "create") || str_is(name, "update") || entity_transition_str(e, name);
}

static bool
some_entity_has(const struct model *m, struct str event)
{
        for (size_t i = 0; i < m->entity_count; i++)
                if (m->entities[i].kind == KIND_CASE && is_event(&m->entities[i], event))
                        return true;
        return false;
}

static bool
pattern_good(struct work *w, struct str word)
{
        struct str event, entity = str_cut(word, '.', &event);
        const struct entity *e = model_entity_str(w->model, entity);

        if (event.n && str_is(entity, "*") ? some_entity_has(w->model, event) : event.n && e && e->kind == KIND_CASE && is_event(e, event))
                return true;
        return fail(w->ctx, E_NOT_ALLOWED_VALUE, FIELD_WEBHOOK_EVENTS, str_c(w->ctx->arena, word),
                    ctx_both(w->ctx, "ENTITY.EVENT of a case, the event being create, update or a transition; * for all",
                             "单据.事件，事件为 create、update 或某个操作名；* 表示全部"));
}

static bool
events_good(struct work *w, struct str patterns)
{
        struct str word;
        int count = 0;

        for (; (word = next_word(&patterns)).n; count++)
                if (!pattern_good(w, word))
                        return false;
        return count > 0 || fail(w->ctx, E_REQUIRED, FIELD_WEBHOOK_EVENTS);
}

bool
webhook_wants(struct str patterns, const char *entity, const char *event)
{
        struct str word;

        while ((word = next_word(&patterns)).n) {
                struct str b, a = str_cut(word, '.', &b);
                if ((str_is(a, "*") || str_is(a, entity)) && (str_is(b, "*") || str_is(b, event)))
                        return true;
        }
        return false;
}

/* ---- hooks ---- */

bool
webhooks_before(struct work *w, struct record *r, const struct json *input)
{
        struct str url = record_text(r, FIELD_WEBHOOK_URL), events = record_text(r, FIELD_WEBHOOK_EVENTS);

        return (url.n == 0 || url_good(w, str_c(w->ctx->arena, url))) && (events.n == 0 || events_good(w, events));
}

bool
webhooks_ready(struct work *w, const struct record *r)
{
        int64_t one;

        if (sql_one_int(w->ctx, w->conn, &one, SQL("select 1 from webhook_key where webhook = $1"), "i", r->id))
                return true;
        return !ctx_failed(w->ctx) && refuse(w, "", "It has no secret yet: POST .../secret makes one and shows it once",
                                             "尚无密钥：请先 POST .../secret 生成，密钥只显示一次");
}

/* Is any enabled?  Asked of the table at most once in LOOK_EVERY. */
static bool
some_enabled(struct work *w, bool *ret)
{
        usec now = clock_monotonic();
        int64_t one;

        *ret = atomic_load(&here.some);
        if (now - atomic_load(&here.looked_at) < LOOK_EVERY && atomic_load(&here.looked_at) != 0)
                return true;
        *ret = sql_one_int(w->ctx, w->conn, &one, SQL("select 1 from webhook where state = 'enabled' limit 1"), "");
        if (ctx_failed(w->ctx))
                return false;
        atomic_store(&here.some, *ret);
        atomic_store(&here.looked_at, now);
        return true;
}

bool
webhooks_saved(struct work *w, struct record *r)
{
        struct str data;
        bool some;

        if (strcmp(r->e->name, ENTITY_WEBHOOK) == 0) {
                atomic_store(&here.some, true);        /* perhaps; at the next look it is known */
                return true;
        }
        if (w->muted || r->e->kind != KIND_CASE)
                return true;
        if (!some_enabled(w, &some) || !some)
                return !ctx_failed(w->ctx);
        data = str_of(arena_printf(w->ctx->arena, "{\"event\":%lld}", (long long)r->event_count));
        return outbox_add(w, "event", r->id, data);
}
