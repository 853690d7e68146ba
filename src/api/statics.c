/* SPDX-License-Identifier: Apache-2.0
 *
 * statics.c -- the browser app, out of the program itself.
 *
 *     /a/...            files with a digest in their name: kept by browsers for ever
 *     /name.ext         a file of web/dist; asked about again each time (ETag)
 *     /p, /p/...        the customers' portal; every other path: the staff's app, which reads the path itself
 *
 * Files stand in the program compressed too (.br, .gz), and go out so to whoever takes it.  Pages bear the
 * policy of ui.md 1.4: own scripts and styles only, nobody frames them, but for /desk/pop where a telephone
 * system may, when it is set.  A program built without web/dist answers with one plain page that says how to
 * build it.
 */
#include "api/handlers.h"
#include "api/server.h"
#include "base/embed.h"

#define POLICY                                                                                               \
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "              \
        "connect-src 'self'; font-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; "    \
        "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; frame-ancestors "

static const char NOT_BUILT[] =
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>OpenITR</title><h1>OpenITR</h1>"
        "<p>The server runs. This program was built without the browser app: "
        "run <code>make web</code>, then <code>make</code>. The API is at <a "
        "href=\"/openapi.json\">/openapi.json</a>.</p>";

static const struct {
        const char *ending, *type;
} TYPES[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".woff2", "font/woff2"},
        {".wasm", "application/wasm"},
        {".txt", "text/plain; charset=utf-8"},
};

static const char *
type_of(const char *path)
{
        size_t n = strlen(path);

        for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
                size_t k = strlen(TYPES[i].ending);
                if (n > k && strcmp(path + n - k, TYPES[i].ending) == 0)
                        return TYPES[i].type;
        }
        return "application/octet-stream";
}

/* "web/dist" and the decoded segments; what is embedded has no "..". */
static const char *
file_path(struct request *q)
{
        const char *path = "web/dist";

        for (size_t i = 0; i < q->segment_count; i++)
                path = arena_printf(q->arena, "%s/%.*s", path, (int)q->segment[i].n, q->segment[i].p);
        return path;
}

/* The page of a path that is no file; NULL when the app is not built. */
static const char *
page_path(struct request *q)
{
        static const char *const portal[] = {"web/dist/p/index.html", "web/dist/p.html",
                                             "web/dist/portal.html"};

        for (size_t i = 0; str_is(q->segment[0], "p") && i < sizeof portal / sizeof *portal; i++)
                if (embed_get(portal[i]))
                        return portal[i];
        return embed_get("web/dist/index.html") ? "web/dist/index.html" : NULL;
}

/* The file, compressed where the client takes it. */
static const struct embedded *
choose_form(struct request *q, const char *path)
{
        static const char *const forms[][2] = {{"br", ".br"}, {"gzip", ".gz"}};

        response_header(&q->response, "Vary", "Accept-Encoding");
        for (int i = 0; i < 2; i++) {
                const struct embedded *f =
                        accept_encoding(q->header[H_ACCEPT_ENCODING], forms[i][0])
                                ? embed_get(arena_printf(q->arena, "%s%s", path, forms[i][1]))
                                : NULL;
                if (f) {
                        response_header(&q->response, "Content-Encoding", forms[i][0]);
                        return f;
                }
        }
        return embed_get(path);
}

const char *
page_policy(struct request *q)
{
        bool pop = q->server->o.frame_ancestors && str_is(q->path, "/desk/pop");

        return pop ? arena_printf(q->arena, POLICY "%s", q->server->o.frame_ancestors) : POLICY "'none'";
}

/* An entity tag for what may change under its name. */
static bool
unchanged(struct request *q, const struct embedded *f)
{
        const char *tag = arena_printf(q->arena, "\"%016llx\"",
                                       (unsigned long long)str_hash((struct str){f->data, f->size}));

        response_header(&q->response, "ETag", tag);
        return q->header[H_IF_NONE_MATCH].p && etag_matches(q->header[H_IF_NONE_MATCH], tag);
}

static bool
send_file(struct request *q, const char *path, bool for_ever)
{
        struct response *r = &q->response;
        const struct embedded *f = choose_form(q, path);

        r->type = type_of(path);
        r->body = (struct str){f->data, f->size};
        r->cache = for_ever ? "public, max-age=31536000, immutable" : "no-cache";
        r->policy = page_policy(q);
        if (!for_ever && unchanged(q, f)) {
                r->status = 304;
                r->body = STR("");
        }
        return true;
}

bool
static_run(struct request *q, struct work *w, struct response *r)
{
        const char *path = file_path(q), *page;
        struct str last = q->segment[q->segment_count - 1];

        if (q->segment[0].n && embed_get(path))
                return send_file(q, path, str_is(q->segment[0], "a"));
        if (str_is(q->segment[0], "a") || memchr(last.p, '.', last.n))
                return fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
        page = page_path(q);
        if (page)
                return send_file(q, page, false);
        r->type = "text/html; charset=utf-8";
        r->body = STR(NOT_BUILT);
        r->policy = POLICY "'none'";
        return true;
}
