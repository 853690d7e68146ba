/* SPDX-License-Identifier: Apache-2.0
 *
 * problem.c -- what a caller is told when it did not work.
 *
 * The first error decides class, status, code and detail; `errors` lists all that concern a field, so that a
 * form can mark each.  Both languages go out, because the reader of an answer is often not who sent the
 * request; `title` alone follows Accept-Language.  Defects of ours are logged with their place in the source,
 * and the caller gets the request id.
 */
#include "api/problem.h"
#include <stdio.h>
#include "base/log.h"

static const struct {
        int status;
        const char *slug, *en, *zh;
} CLASSES[] = {
        [CLASS_SYNTAX] = {400, "unreadable", "The request cannot be read", "无法识别请求"},
        [CLASS_UNAUTHENTICATED] = {401, "unauthenticated", "Not logged in", "未登录"},
        [CLASS_DENIED] = {403, "denied", "Not allowed", "没有权限"},
        [CLASS_NOT_FOUND] = {404, "not-found", "Not found", "未找到"},
        [CLASS_METHOD] = {405, "method", "The method is not allowed here", "不允许的方法"},
        [CLASS_CONFLICT] = {409, "conflict", "Not possible in the present state", "与当前状态冲突"},
        [CLASS_STALE] = {412, "stale", "The record was changed meanwhile", "记录已被更改"},
        [CLASS_TOO_LARGE] = {413, "too-large", "Too large", "内容过大"},
        [CLASS_MEDIA] = {415, "media", "The content type is not accepted", "不支持的内容类型"},
        [CLASS_INVALID] = {422, "invalid", "Some values are not allowed", "部分值不符合要求"},
        [CLASS_PRECONDITION] = {428, "precondition", "A precondition is needed", "缺少前置条件"},
        [CLASS_RATE] = {429, "rate", "Too many requests", "请求过于频繁"},
        [CLASS_INTERNAL] = {500, "internal", "The server met a fault of its own", "服务器内部错误"},
        [CLASS_BUSY] = {503, "busy", "Not possible at the moment", "暂时无法处理"},
};

int
problem_status(enum err_class c)
{
        return CLASSES[c].status;
}

static void
write_both(struct jw *w, const char *key, const char *en, const char *zh)
{
        jw_key(w, key);
        jw_open(w, '{');
        jw_key(w, "en");
        jw_text(w, en);
        jw_key(w, "zh");
        jw_text(w, zh);
        jw_close(w, '}');
}

/* A field as a JSON pointer; those that are one already stay. */
static void
write_pointer(struct jw *w, const struct ctx *ctx, const char *field)
{
        jw_key(w, "pointer");
        jw_text(w, field[0] == '\0' || field[0] == '/' ? field : arena_printf(ctx->arena, "/%s", field));
}

static void
write_errors(struct jw *w, const struct ctx *ctx)
{
        const struct error *e = ctx->errors;

        if (e->field[0] == '\0' && !e->next)
                return;
        jw_key(w, "errors");
        jw_open(w, '[');
        for (; e; e = e->next) {
                jw_open(w, '{');
                write_pointer(w, ctx, e->field);
                jw_key(w, "code");
                jw_text(w, err_name(e->code));
                write_both(w, "text", e->en, e->zh);
                jw_close(w, '}');
        }
        jw_close(w, ']');
}

/* The members that every problem has. */
static void
write_head(struct jw *w, enum err_class c, enum lang lang, const char *code, const char *en, const char *zh)
{
        char type[80];

        snprintf(type, sizeof type, "https://openitr.org/problems/%s", CLASSES[c].slug);
        jw_key(w, "type");
        jw_text(w, type);
        jw_key(w, "title");
        jw_text(w, lang == LANG_ZH ? CLASSES[c].zh : CLASSES[c].en);
        jw_key(w, "status");
        jw_int(w, CLASSES[c].status);
        jw_key(w, "code");
        jw_text(w, code);
        write_both(w, "detail", en, zh);
}

void
problem_object(struct jw *w, const struct ctx *ctx, enum lang lang, const char *request_id,
               const char *current)
{
        const struct error *e = ctx->errors;

        jw_open(w, '{');
        write_head(w, err_class(e->code), lang, err_name(e->code), e->en, e->zh);
        jw_key(w, "request_id");
        jw_text(w, request_id);
        write_errors(w, ctx);
        if (current) {
                jw_key(w, "current");
                jw_raw(w, str_of(current));
        }
        jw_close(w, '}');
}

static void
log_defect(const struct request *q, const struct error *e)
{
        char place[200];

        snprintf(place, sizeof place, "%s:%d", e->file ? e->file : "?", e->line);
        log_event(err_class(e->code) == CLASS_INTERNAL ? LOG_ERROR : LOG_WARN, "problem", "request", q->id,
                  "code", err_name(e->code), "text", e->en, "because", e->cause ? e->cause->en : "", "at",
                  place, NULL);
}

/* Headers that a status calls for. */
static void
special_headers(struct request *q, enum err_class c)
{
        struct response *r = &q->response;

        if (c == CLASS_UNAUTHENTICATED)
                response_header(r, "WWW-Authenticate", "Bearer realm=\"openitr\"");
        if (c == CLASS_METHOD && q->allow)
                response_header(r, "Allow", q->allow);
        if (c == CLASS_RATE)
                response_header(
                        r, "Retry-After",
                        arena_printf(q->arena, "%lld", (long long)(q->retry_after > 0 ? q->retry_after : 1)));
        if (c == CLASS_BUSY)
                response_header(r, "Retry-After", "1");
}

void
problem_answer(struct request *q)
{
        const char *current = q->current;
        enum err_class c;

        if (!q->ctx.errors)
                fail(&q->ctx, E_INTERNAL, "", "a request failed without a reason");
        c = err_class(q->ctx.errors->code);
        response_clear(q);
        q->response.status = CLASSES[c].status;
        q->response.type = "application/problem+json";
        special_headers(q, c);
        problem_object(&q->out, &q->ctx, request_lang(q), q->id, c == CLASS_STALE ? current : NULL);
        if (c == CLASS_INTERNAL || c == CLASS_BUSY)
                log_defect(q, q->ctx.errors);
}

void
problem_unreadable(struct request *q, const char *why)
{
        bool too_long = q->uri.p == NULL && strcmp(why, "the request target is too long") == 0;

        response_clear(q);
        q->response.status = too_long ? 414 : 400;
        q->response.type = "application/problem+json";
        jw_open(&q->out, '{');
        write_head(&q->out, CLASS_SYNTAX, request_lang(q), "request",
                   arena_printf(q->arena, "The request cannot be read: %s.", why),
                   arena_printf(q->arena, "无法识别请求：%s。", why));
        jw_key(&q->out, "request_id");
        jw_text(&q->out, q->id);
        jw_close(&q->out, '}');
}
