/* SPDX-License-Identifier: Apache-2.0
 *
 * portal.c -- the customers' portal without JavaScript: two plain forms, /p/login and /p/new.
 *
 *     GET  /p/new     the form, inside the page of the browser app (web/p.html): where JavaScript runs, the
 * app takes the form's place and what was typed into it POST /p/new     creates and registers a technical
 * request in one transaction, then 303 to /p/new?done=NUMBER GET  /p/new?done=NUMBER   the receipt, without
 * the app GET, POST /p/login        the same for a session; then 303 to ?next=
 *
 * Words come from portal.def and errors.def in the reader's language: ?lang=, else Accept-Language.
 *
 * Invariants
 *   1. A form is taken only with a token that another site cannot know: the session's own text; before there
 * is a session, the text of a cookie that the form's page has set.
 *   2. The same form sent twice makes one request: its key is one of Idempotency-Key, bound to what was
 * written.
 *   3. Nothing that was typed is lost by a refusal, but the password; a session that ended while one wrote is
 * the exception.
 */
#include "api/auth.h"
#include "api/handlers.h"
#include "api/idempotency.h"
#include "api/problem.h"
#include "api/server.h"
#include "base/embed.h"
#include "base/text.h"
#include "engine/life.h"
#include "engine/store.h"

enum { FORM_FIELDS_MAX = 40, TITLE_MAX = 80, KEY_MAX = 32 };
#define FORM_COOKIE "openitr_form"
#define ROOT "<div id=\"root\"></div>"

enum word {
#define X(id, en, zh) W_##id,
#include "api/portal.def"
#undef X
};
static const struct {
        const char *en, *zh;
} WORDS[] = {
#define X(id, en, zh) {en, zh},
#include "api/portal.def"
#undef X
};

/* ---- what was sent ---- */

static bool
add_member(struct request *q, struct json *form, struct json ***tail, struct str pair)
{
        struct str value, name = str_cut(pair, '=', &value);
        struct json *m = ARENA_NEW(q->arena, struct json);
        char *n = arena_strndup(q->arena, name.p, name.n),
             *v = arena_strndup(q->arena, value.n ? value.p : "", value.n);
        size_t n_size = name.n, v_size = value.n;

        if (!percent_decode(n, &n_size, true) || !percent_decode(v, &v_size, true))
                return fail(&q->ctx, E_UTF8, "");
        m->type = JSON_TEXT;
        m->key = (struct str){n, n_size};
        m->text = (struct str){v, v_size};
        if (!text_valid(m->key) || !text_valid(m->text))
                return fail(&q->ctx, E_UTF8, "");
        **tail = m;
        *tail = &m->next;
        return ++form->count <= FORM_FIELDS_MAX || fail(&q->ctx, E_TOO_MANY, "", "fields", "40");
}

const struct json *
form_parse(struct request *q)
{
        struct json *form = ARENA_NEW(q->arena, struct json), **tail = &form->child;
        struct str rest = buf_view(&q->body);

        form->type = JSON_OBJECT;
        while (rest.n) {
                struct str pair = str_cut(rest, '&', &rest);
                if (pair.n && !add_member(q, form, &tail, pair))
                        return NULL;
        }
        return form;
}

static struct str
sent(const struct request *q, const char *name)
{
        return str_trim(json_get_text(q->json, name));
}

/* ---- writing a page ---- */

struct page {
        struct request *q;
        struct buf *b;
        enum lang lang;
};

static const char *
word(const struct page *p, enum word w)
{
        return p->lang == LANG_ZH ? WORDS[w].zh : WORDS[w].en;
}

static const char *
url_encoded(struct request *q, struct str s)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
        char *out = arena_alloc(q->arena, 3 * s.n + 1), *o = out;

        for (size_t i = 0; i < s.n; i++) {
                unsigned char c = (unsigned char)s.p[i];
                if (c && strchr(plain, c)) {
                        *o++ = (char)c;
                } else {
                        static const char hex[] = "0123456789ABCDEF";
                        *o++ = '%';
                        *o++ = hex[c >> 4];
                        *o++ = hex[c & 15];
                }
        }
        *o = 0;
        return out;
}

static enum lang
page_lang(const struct request *q)
{
        struct str asked = request_param(q, "lang");

        return str_is(asked, "zh") ? LANG_ZH : str_is(asked, "en") ? LANG_EN : request_lang(q);
}

/* The page of the app up to its root, in the reader's language; its scripts only when the app shall start. */
static void
write_head(struct page *p, const char *html, const char *root, enum word title, bool app)
{
        static const char lang[] = "<html lang=\"en\"";
        const char *at = html;

        while (at < root) {
                const char *end = strchr(at, '\n');
                end = end && end < root ? end + 1 : root;
                struct str line = {at, (size_t)(end - at)};
                if (line.n > sizeof lang && memcmp(at, lang, sizeof lang - 1) == 0)
                        buf_printf(p->b, "<html lang=\"%s\"%.*s", p->lang == LANG_ZH ? "zh-CN" : "en",
                                   (int)(line.n - (sizeof lang - 1)), at + sizeof lang - 1);
                else if (memmem(at, line.n, "<title>", 7))
                        buf_printf(p->b, "    <title>%s – OpenITR</title>\n", word(p, title));
                else if (app ||
                         (!memmem(at, line.n, "<script", 7) && !memmem(at, line.n, "modulepreload", 13)))
                        buf_str(p->b, line);
                at = end;
        }
}

/* Opens the page; what follows stands in its <main>. */
static void
page_begin(struct page *p, struct request *q, enum word title, bool app)
{
        const struct embedded *file = embed_get("web/dist/p.html");
        const char *root = file ? strstr(file->data, ROOT) : NULL;
        bool zh;

        *p = (struct page){.q = q, .b = &q->out.b, .lang = page_lang(q)};
        zh = p->lang == LANG_ZH;
        if (root)
                write_head(p, file->data, root, title, app);
        else
                buf_printf(
                        p->b,
                        "<!doctype html><html lang=\"%s\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
                        "content=\"width=device-width, initial-scale=1\"><title>%s – OpenITR</title><body>",
                        zh ? "zh-CN" : "en", word(p, title));
        buf_printf(p->b,
                   "<div id=\"root\"><div class=\"portal\"><header class=\"top\"><span "
                   "class=\"product\">%s</span><span class=\"spring\"></span>"
                   "<a class=\"lang\" href=\"?lang=%s%s\" lang=\"%s\">%s</a></header>"
                   "<main class=\"page plain portal-page\"><h1>%s</h1>",
                   word(p, W_TITLE), zh ? "en" : "zh",
                   request_param(q, "next").n
                           ? arena_printf(q->arena, "&amp;next=%s", url_encoded(q, request_param(q, "next")))
                           : "",
                   zh ? "en" : "zh-CN", zh ? "English" : "中文", word(p, title));
}

static bool
page_end(struct page *p, int status)
{
        struct response *r = &p->q->response;

        buf_text(p->b, "</main></div></div></body></html>");
        r->status = status;
        r->type = "text/html; charset=utf-8";
        r->policy = page_policy(p->q);
        return true;
}

static bool
see_other(struct request *q, const char *where)
{
        jw_reset(&q->out);
        q->response.status = 303;
        q->response.type = "text/plain; charset=utf-8";
        response_header(&q->response, "Location", where);
        return true;
}

/* The sentence of the first error that stands at one of the NULL-ended fields; NULL when there is none. */
static const char *
error_at(const struct page *p, const char *const *fields)
{
        for (const struct error *e = p->q->ctx.errors; e; e = e->next)
                for (size_t i = 0; fields[i]; i++)
                        if (strcmp(e->field, fields[i]) == 0)
                                return p->lang == LANG_ZH ? e->zh : e->en;
        return NULL;
}

static void
write_error(struct page *p, const char *id, const char *text)
{
        if (!text)
                return;
        buf_printf(p->b, "<p class=\"error\" id=\"%s-error\">", id);
        buf_markup(p->b, str_of(text));
        buf_text(p->b, "</p>");
}

static void
write_banner(struct page *p, const char *text)
{
        buf_text(p->b, "<div class=\"banner bad\" role=\"alert\"><p>");
        buf_markup(p->b, str_of(text));
        buf_text(p->b, "</p></div>");
}

struct input {
        const char *name, *type; /* type "area": several lines */
        enum word label;
        const char *more;          /* further attributes */
        const char *const *fields; /* whose errors stand here */
};

static void
write_input(struct page *p, const struct input *i)
{
        const char *error = i->fields ? error_at(p, i->fields) : NULL;
        const char *wiring =
                error ? arena_printf(p->q->arena, " aria-invalid=\"true\" aria-describedby=\"%s-error\"",
                                     i->name)
                      : "";
        struct str value = strcmp(i->type, "password") ? sent(p->q, i->name) : STR_NONE;

        buf_printf(p->b, "<div class=\"field%s\"><label for=\"%s\">%s</label>", error ? " bad" : "", i->name,
                   word(p, i->label));
        if (strcmp(i->type, "area") == 0) {
                buf_printf(p->b, "<textarea class=\"inp\" id=\"%s\" name=\"%s\" rows=\"4\" %s%s>", i->name,
                           i->name, i->more, wiring);
                buf_markup(p->b, value);
                buf_text(p->b, "</textarea>");
        } else {
                buf_printf(p->b, "<input class=\"inp\" id=\"%s\" name=\"%s\" type=\"%s\" %s%s value=\"",
                           i->name, i->name, i->type, i->more, wiring);
                buf_markup(p->b, value);
                buf_text(p->b, "\">");
        }
        write_error(p, i->name, error);
        buf_text(p->b, "</div>");
}

static void
write_hidden(struct page *p, const char *name, const char *value)
{
        buf_printf(p->b, "<input type=\"hidden\" name=\"%s\" value=\"", name);
        buf_markup(p->b, str_of(value));
        buf_text(p->b, "\">");
}

/* ---- who ---- */

/* The session of the cookie; without one the reader goes to the login and comes back.  Returns false when the
 * answer is made: *ret is what the handler returns. */
static bool
who(struct request *q, struct work *w, bool *ret)
{
        *ret = true;
        auth_read_credential(q);
        if (q->credential == CREDENTIAL_COOKIE &&
            (q->session || auth_cached(q->server->auth, q) || auth_load(q->server->auth, q, w))) {
                q->retry_after = rate_take(q->server->rate_actor, (uint64_t)w->actor->id, q->started);
                if (!q->retry_after)
                        return true;
                *ret = fail(w->ctx, E_RATE, "", arena_printf(q->arena, "%lld", (long long)q->retry_after));
                return false;
        }
        if (w->ctx->errors && w->ctx->errors->code != E_UNAUTHENTICATED) {
                *ret = false;
                return false;
        }
        ctx_clear(w->ctx);
        see_other(q, arena_printf(q->arena, "/p/login?next=%s",
                                  url_encoded(q, q->method == METHOD_GET ? q->uri : STR("/p/new"))));
        return false;
}

/* ---- /p/new ---- */

static const struct input INPUTS[] = {
        {"serial", "text", W_SERIAL, "autocomplete=\"off\" maxlength=\"80\"",
         (const char *const[]){"unit", "description", NULL}},
        {"phone", "tel", W_PHONE, "autocomplete=\"tel\" maxlength=\"60\"",
         (const char *const[]){"reporter_phone", NULL}},
        {"tried", "area", W_TRIED, "maxlength=\"20000\"", (const char *const[]){"tried_actions", NULL}},
};
static const struct input TEXT_INPUT = {"text", "area", W_WHAT, "required maxlength=\"20000\"",
                                        (const char *const[]){"text", "title", "symptom", NULL}};
static const struct {
        const char *value;
        enum word word;
} SEVERITIES[] = {
        {"critical", W_CRITICAL}, {"major", W_MAJOR}, {"minor", W_MINOR}, {"consultation", W_CONSULTATION}};

static void
write_severities(struct page *p)
{
        const char *error = error_at(p, (const char *const[]){"severity", "severity_reported", NULL});

        buf_printf(p->b,
                   "<fieldset class=\"field%s\"%s><legend class=\"label\">%s</legend><div class=\"radios\">",
                   error ? " bad" : "", error ? " aria-describedby=\"severity-error\"" : "",
                   word(p, W_HOW_BAD));
        for (size_t i = 0; i < sizeof SEVERITIES / sizeof *SEVERITIES; i++)
                buf_printf(p->b,
                           "<label class=\"radio\"><input type=\"radio\" name=\"severity\" value=\"%s\" "
                           "required%s><span>%s</span></label>",
                           SEVERITIES[i].value,
                           str_is(sent(p->q, "severity"), SEVERITIES[i].value) ? " checked" : "",
                           word(p, SEVERITIES[i].word));
        buf_text(p->b, "</div>");
        write_error(p, "severity", error);
        buf_text(p->b, "</fieldset>");
}

/* An error that no field shows. */
static const char *
loose_error(const struct page *p)
{
        static const char *const placed[] = {
                "text", "title",       "symptom",        "severity",     "severity_reported",
                "unit", "description", "reporter_phone", "tried_actions"};

        for (const struct error *e = p->q->ctx.errors; e; e = e->next) {
                size_t i = 0;
                while (i < sizeof placed / sizeof *placed && strcmp(e->field, placed[i]))
                        i++;
                if (i == sizeof placed / sizeof *placed)
                        return p->lang == LANG_ZH ? e->zh : e->en;
        }
        return NULL;
}

static bool
form_page(struct request *q, int status)
{
        struct page p;
        char key[KEY_MAX];
        const char *loose;

        page_begin(&p, q, W_REPORT, status == 200);
        if (q->ctx.errors) {
                loose = loose_error(&p);
                write_banner(&p, loose ? arena_printf(q->arena, "%s %s", word(&p, W_NOT_SENT_NOW), loose)
                                       : word(&p, W_NOT_SENT));
        }
        token_random(key, sizeof key, 16);
        buf_printf(p.b, "<form method=\"post\" action=\"/p/new?lang=%s\" data-plain=\"report\">",
                   p.lang == LANG_ZH ? "zh" : "en");
        write_hidden(&p, "csrf", q->session->csrf);
        write_hidden(&p, "key", sent(q, "key").n ? str_c(q->arena, sent(q, "key")) : key);
        write_input(&p, &TEXT_INPUT);
        write_severities(&p);
        buf_printf(p.b,
                   "<div class=\"field\"><label class=\"radio\"><input type=\"checkbox\" "
                   "name=\"interrupted\" value=\"true\"%s><span>%s</span></label></div>",
                   str_is(sent(q, "interrupted"), "true") ? " checked" : "", word(&p, W_INTERRUPTED));
        for (size_t i = 0; i < sizeof INPUTS / sizeof *INPUTS; i++)
                write_input(&p, &INPUTS[i]);
        buf_printf(p.b, "<button class=\"btn primary big\" type=\"submit\">%s</button></form>",
                   word(&p, W_SEND));
        ctx_clear(&q->ctx);
        return page_end(&p, status);
}

static bool
receipt_page(struct request *q, const char *number)
{
        struct page p;

        page_begin(&p, q, W_RECEIVED, false);
        buf_printf(p.b, "<div class=\"card\" role=\"status\"><p>%s</p><p class=\"receipt-number\">",
                   word(&p, W_YOUR_NUMBER));
        buf_markup(p.b, str_of(number));
        buf_printf(p.b,
                   "</p><p>%s</p></div><p><a class=\"btn\" href=\"/p/r/%s\">%s</a></p><p><a class=\"btn\" "
                   "href=\"/p/new\">%s</a></p>",
                   word(&p, W_NEXT), url_encoded(q, str_of(number)), word(&p, W_FOLLOW), word(&p, W_ANOTHER));
        return page_end(&p, 200);
}

bool
portal_new_page(struct request *q, struct work *w, struct response *r)
{
        struct str done = request_param(q, "done");
        struct record *made;
        bool ret;

        if (!who(q, w, &ret))
                return ret;
        if (done.n) {
                made = store_find(w, model_entity(w->model, "technical_request"), done);
                if (made)
                        return receipt_page(q, made->number);
                ctx_clear(w->ctx);
        }
        return form_page(q, 200);
}

/* The first sentence of the text, at most TITLE_MAX characters of it. */
static struct str
title_of(struct request *q, struct str text)
{
        size_t pos = 0, count = 0, cut = 0;
        uint32_t c;

        while (pos < text.n && count < TITLE_MAX) {
                cut = pos;
                c = text_next(text, &pos);
                if (c == '\n' || c == '\r' || c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0xff1b)
                        break;
                cut = pos;
                count++;
        }
        text.n = cut ? cut : pos;
        return count == TITLE_MAX ? str_of(arena_printf(q->arena, "%.*s…", (int)text.n, text.p)) : text;
}

/* The id of the one unit with this serial number that the person may see; 0 when there is none. */
static bool
find_unit(struct request *q, struct work *w, struct str serial, int64_t *ret)
{
        const struct entity *e = model_entity(w->model, "installed_unit");
        struct list_options o = {.limit = 2};
        const struct json *page, *items;
        struct jw out = {0};
        struct buf filter = {0};
        bool ok;

        *ret = 0;
        buf_text(&filter, "serial==\"");
        for (size_t i = 0; i < serial.n; i++)
                buf_char(&filter, strchr("\"*\\", serial.p[i]) ? ' ' : serial.p[i]);
        buf_char(&filter, '"');
        o.filter = buf_view(&filter);
        ok = store_list_json(w, e, &o, &out);
        page = ok ? json_parse(w->ctx, arena_strndup(q->arena, out.b.p, out.b.n), out.b.n, 1000) : NULL;
        items = json_get(page, "items");
        if (items && items->count == 1)
                *ret = json_get(items->child, "id")->i;
        jw_free(&out);
        buf_free(&filter);
        return page != NULL;
}

static void
put(struct jw *w, const char *name, struct str value)
{
        if (!value.n)
                return;
        jw_key(w, name);
        jw_str(w, value);
}

/* The body of POST /technical_request. */
static const struct json *
request_body(struct request *q, struct work *w)
{
        struct str text = sent(q, "text"), serial = sent(q, "serial");
        const struct json *body;
        struct jw out = {0};
        int64_t unit = 0;

        if (serial.n && !find_unit(q, w, serial, &unit))
                return NULL;
        jw_open(&out, '{');
        put(&out, "title", title_of(q, text));
        put(&out, "symptom", text);
        put(&out, "severity_reported", sent(q, "severity"));
        put(&out, "channel", STR("portal"));
        put(&out, "reporter_name", str_of(w->actor->name));
        put(&out, "reporter_phone", sent(q, "phone"));
        put(&out, "tried_actions", sent(q, "tried"));
        if (serial.n && !unit)
                put(&out, "description", str_of(arena_printf(q->arena, "SN %.*s", (int)serial.n, serial.p)));
        if (unit) {
                jw_key(&out, "unit");
                jw_int(&out, unit);
        }
        jw_key(&out, "interrupted");
        jw_bool(&out, str_is(sent(q, "interrupted"), "true"));
        jw_close(&out, '}');
        body = json_parse(w->ctx, arena_strndup(q->arena, out.b.p, out.b.n), out.b.n, 100);
        jw_free(&out);
        return body;
}

/* Creates and registers; the answer is the number alone, kept for the same form sent again. */
static bool
hand_in(struct request *q, struct work *w, struct response *r)
{
        const struct json *body = request_body(q, w);
        struct record *made =
                body ? store_create(w, model_entity(w->model, "technical_request"), body) : NULL;

        if (!made || !life_transition(w, made, STR("register"), NULL, 0))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "number");
        jw_text(&q->out, made->number);
        jw_close(&q->out, '}');
        r->status = 201;
        return true;
}

static bool
write_report(struct work *w, void *arg)
{
        struct request *q = arg;

        /* The writer may run this again. */
        response_clear(q);
        return idempotency_run(q, w, hand_in);
}

/* One key for one form and what was written in it: an older form that is changed and sent again makes another
 * request. */
static void
bind_key(struct request *q)
{
        struct str key = sent(q, "key");

        digest_hex(buf_view(&q->body), q->body_digest);
        q->header[H_IDEMPOTENCY_KEY] =
                str_of(arena_printf(q->arena, "form.%.*s.%.32s", key.n < KEY_MAX ? (int)key.n : KEY_MAX,
                                    key.p ? key.p : "", q->body_digest));
}

static bool
complete(struct request *q, struct work *w)
{
        if (!sent(q, "text").n)
                fail(w->ctx, E_USAGE, "text", ctx_both(w->ctx, WORDS[W_NEED_TEXT].en, WORDS[W_NEED_TEXT].zh));
        if (!sent(q, "severity").n)
                fail(w->ctx, E_USAGE, "severity", ctx_both(w->ctx, WORDS[W_CHOOSE].en, WORDS[W_CHOOSE].zh));
        return !ctx_failed(w->ctx);
}

bool
portal_new_send(struct request *q, struct work *w, struct response *r)
{
        const struct json *answer;
        bool ret;

        if (!who(q, w, &ret))
                return ret;
        if (!q->json || !secret_equal(sent(q, "csrf"), str_of(q->session->csrf))) {
                fail(w->ctx, E_USAGE, "", ctx_both(w->ctx, WORDS[W_EXPIRED].en, WORDS[W_EXPIRED].zh));
                return form_page(q, 403);
        }
        if (!complete(q, w))
                return form_page(q, 422);
        bind_key(q);
        if (!server_write(q, write_report, q)) {
                int status = w->ctx->errors ? problem_status(err_class(w->ctx->errors->code)) : 500;
                if (status >= 500)
                        return false;
                response_clear(q);
                return form_page(q, status);
        }
        answer = json_parse(w->ctx, arena_strndup(q->arena, q->out.b.p, q->out.b.n), q->out.b.n, 10);
        response_clear(q);
        return see_other(q, arena_printf(q->arena, "/p/new?done=%s&lang=%s",
                                         url_encoded(q, json_get_text(answer, "number")),
                                         page_lang(q) == LANG_ZH ? "zh" : "en"));
}

/* ---- /p/login ---- */

static const struct input LOGIN_INPUTS[] = {
        {"login", "text", W_LOGIN,
         "required autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"80\"",
         (const char *const[]){"login", NULL}},
        {"password", "password", W_PASSWORD, "required autocomplete=\"current-password\" maxlength=\"200\"",
         (const char *const[]){"password", NULL}},
};

/* A path of the portal: an address from outside must not send anybody elsewhere. */
static const char *
next_path(struct request *q)
{
        struct str next = request_param(q, "next");

        bool ours = str_starts(next, STR("/p/")) && !memmem(next.p, next.n, "//", 2);

        for (size_t i = 0; ours && i < next.n; i++)
                ours = next.p[i] > ' ' && next.p[i] < 0x7f && next.p[i] != '\\';
        return ours ? str_c(q->arena, next) : "/p/new";
}

static bool
login_page(struct request *q, int status)
{
        struct page p;
        char token[KEY_MAX];

        token_random(token, sizeof token, 16);
        page_begin(&p, q, W_SIGN_IN, status == 200);
        response_header(&q->response, "Set-Cookie",
                        arena_printf(q->arena, FORM_COOKIE "=%s; Path=/p/login; HttpOnly; SameSite=Strict%s",
                                     token, request_secure(q) ? "; Secure" : ""));
        if (q->ctx.errors && (!q->ctx.errors->field[0] || status == 403))
                write_banner(&p, p.lang == LANG_ZH ? q->ctx.errors->zh : q->ctx.errors->en);
        buf_printf(p.b, "<form method=\"post\" action=\"/p/login?lang=%s&amp;next=%s\">",
                   p.lang == LANG_ZH ? "zh" : "en", url_encoded(q, str_of(next_path(q))));
        write_hidden(&p, "form", token);
        for (size_t i = 0; i < sizeof LOGIN_INPUTS / sizeof *LOGIN_INPUTS; i++)
                write_input(&p, &LOGIN_INPUTS[i]);
        buf_printf(p.b, "<button class=\"btn primary big\" type=\"submit\">%s</button></form>",
                   word(&p, W_SIGN_IN));
        ctx_clear(&q->ctx);
        return page_end(&p, status);
}

bool
portal_login_page(struct request *q, struct work *w, struct response *r)
{
        return login_page(q, 200);
}

bool
portal_login_send(struct request *q, struct work *w, struct response *r)
{
        struct str cookie = cookie_get(q->header[H_COOKIE], FORM_COOKIE);

        if (!cookie.n || !q->json || !secret_equal(sent(q, "form"), cookie)) {
                fail(w->ctx, E_USAGE, "", ctx_both(w->ctx, WORDS[W_EXPIRED].en, WORDS[W_EXPIRED].zh));
                return login_page(q, 403);
        }
        if (login_run(q, w, r))
                return see_other(q, next_path(q));
        if (!w->ctx->errors || problem_status(err_class(w->ctx->errors->code)) >= 500)
                return false;
        int status = problem_status(err_class(w->ctx->errors->code));
        response_clear(q);
        return login_page(q, status);
}
