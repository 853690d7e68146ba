/* SPDX-License-Identifier: Apache-2.0
 *
 * xes.c -- XES by expat, as a stream of traces.
 *
 *              <trace>                 </trace>
 *     HEAD  -------------->  TRACE  -------------->  BETWEEN  --- </log>, end --->  done
 *                             |  ^                      |
 *                     <event> |  | </event>             +--- <trace> ---> TRACE
 *                             v  |
 *                            EVENT
 *
 * In HEAD and BETWEEN every byte is copied, as UTF-8, into `between` (expat's default handler gives the markup as it
 * stands); at the first trace that is the head, at the end of the file the tail, otherwise what stood before a trace.
 * In TRACE and EVENT elements become attributes in an arena that is reset after each trace.
 *
 * Invariants
 *   1. head + traces + tail, written with the style read, is the same log: every trace, event, attribute, value and
 *      order; blanks too if each sort of element is indented alike.
 *   2. Memory is bounded by XES_MAX_HEAD and XES_MAX_TRACE.  A DOCTYPE is refused, so there are no entities to expand.
 *   3. After the first error no callback is called any more.
 *
 * Comments and processing instructions within traces are not kept.  A file in another encoding (expat reads UTF-16 and
 * ISO-8859-1) is kept, and written again, as UTF-8; its declaration is rewritten.
 *
 * Not here: what attributes mean (mapping.c).
 */
#include "channel/xes.h"
#include <expat.h>
#include <stdlib.h>

enum where { IN_HEAD, IN_TRACE, IN_EVENT, BETWEEN };
enum { PIECE = 64 * 1024, XES_MAX_TAG = 16 << 20 };

struct level { /* a list of attributes being read: where the next one is hung */
        struct xes_attr **tail;
};

struct reader {
        struct ctx *ctx;
        XML_Parser xml;
        const struct xes_reader *to;
        struct xes_log *log;
        const char *name;
        enum where where;
        struct buf between;  /* markup outside traces */
        struct arena *arena; /* of the trace in hand */
        struct xes_trace trace;
        struct xes_event **events_tail;
        struct level levels[XES_DEPTH + 2];
        int depth;         /* open elements within the trace: 0 is the trace's own list */
        struct buf blanks; /* text since the last tag */
        bool has_log, failed;
};

/* ---- faults ---- */

static const char *
place(const struct reader *r)
{
        return arena_printf(r->ctx->arena, "%s:%lu:%lu", r->name,
                            (unsigned long)XML_GetCurrentLineNumber(r->xml),
                            (unsigned long)XML_GetCurrentColumnNumber(r->xml) + 1);
}

static void
stop(struct reader *r, const char *sentence)
{
        if (r->failed)
                return;
        r->failed = true;
        fail(r->ctx, E_IMPORT, place(r), sentence);
        XML_StopParser(r->xml, XML_FALSE);
}

/* ---- style ---- */

static bool
all_blank(struct str s)
{
        return str_trim(s).n == 0;
}

/* Remembers the blanks before the first element of a sort. */
static void
learn(struct reader *r, struct str *style)
{
        if (style->p == NULL)
                *style = (struct str){arena_strndup(r->ctx->arena, r->blanks.p, r->blanks.n), r->blanks.n};
        buf_reset(&r->blanks);
}

/* ---- elements ---- */

static const char *const types[] = {"string", "date", "int",       "float", "boolean",
                                    "id",     "list", "container", "values"};

static struct str
type_of(const char *element)
{
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
                if (strcmp(element, types[i]) == 0)
                        return str_of(types[i]);
        return STR_NONE;
}

static struct str
kept(struct reader *r, const char *text)
{
        size_t n = strlen(text);

        return (struct str){arena_strndup(r->arena, text, n), n};
}

static void
open_attribute(struct reader *r, const char *element, const char **xml)
{
        struct str type = type_of(element);
        struct xes_attr *a = ARENA_NEW(r->arena, struct xes_attr);

        if (type.p == NULL) {
                stop(r, arena_printf(
                                r->ctx->arena,
                                "<%s> is no element of a trace or event; allowed: string, date, int, float, "
                                "boolean, id, list, container, values.",
                                element));
                return;
        }
        if (r->depth == XES_DEPTH) {
                stop(r, "Attributes are nested deeper than 16 levels; at most 16 are allowed.");
                return;
        }
        a->type = type;
        for (; *xml; xml += 2) {
                if (strcmp(xml[0], "key") == 0)
                        a->key = kept(r, xml[1]);
                else if (strcmp(xml[0], "value") == 0)
                        a->value = kept(r, xml[1]);
        }
        *r->levels[r->depth].tail = a;
        r->levels[r->depth].tail = &a->next;
        r->levels[++r->depth].tail = &a->children;
}

static void
open_event(struct reader *r)
{
        struct xes_event *e = ARENA_NEW(r->arena, struct xes_event);

        e->line = (int64_t)XML_GetCurrentLineNumber(r->xml);
        *r->events_tail = e;
        r->events_tail = &e->next;
        r->trace.event_count++;
        r->levels[++r->depth].tail = &e->attrs;
        r->where = IN_EVENT;
        learn(r, &r->log->style.event);
}

/* Cuts the blanks off the end of the markup gathered. */
static struct str
cut_blanks(struct str *text)
{
        size_t n = text->n;

        while (n && memchr(" \t\r\n", text->p[n - 1], 4))
                n--;
        struct str blanks = {text->p + n, text->n - n};
        text->n = n;
        return blanks;
}

/* The markup gathered becomes the head or stands before this trace. */
static void
open_trace(struct reader *r)
{
        struct str text = buf_view(&r->between), blanks = cut_blanks(&text);

        buf_reset(&r->blanks);
        buf_str(&r->blanks, blanks);
        learn(r, &r->log->style.trace);
        arena_reset(r->arena);
        r->trace = (struct xes_trace){.line = (int64_t)XML_GetCurrentLineNumber(r->xml)};
        if (r->where == IN_HEAD)
                r->log->head = (struct str){arena_strndup(r->ctx->arena, text.p, text.n), text.n};
        else if (text.n)
                r->trace.before = (struct str){arena_strndup(r->arena, r->between.p, r->between.n), text.n};
        buf_reset(&r->between);
        r->events_tail = &r->trace.events;
        r->depth = 0;
        r->levels[0].tail = &r->trace.attrs;
        r->where = IN_TRACE;
}

static void
open_outside(struct reader *r, const char *element)
{
        if (strcmp(element, "trace") == 0 && r->has_log) {
                open_trace(r);
                return;
        }
        if (strcmp(element, "event") == 0)
                stop(r, "An event stands outside a trace; it belongs to no case. Events must stand within "
                        "<trace>.");
        if (!r->has_log && strcmp(element, "log") != 0)
                stop(r,
                     arena_printf(r->ctx->arena,
                                  "The document starts with <%s>; an event log starts with <log>.", element));
        r->has_log = true;
        XML_DefaultCurrent(r->xml);
}

static void
open_inside(struct reader *r, const char *element, const char **xml)
{
        if (r->where == IN_TRACE && r->depth == 0 && strcmp(element, "event") == 0) {
                open_event(r);
        } else {
                learn(r, r->where == IN_EVENT ? &r->log->style.event_attr : &r->log->style.trace_attr);
                open_attribute(r, element, xml);
        }
        if (arena_used(r->arena) > XES_MAX_TRACE)
                stop(r, "The trace is larger than 64 MiB; at most 64 MiB are allowed.");
}

static void
on_open(void *arg, const char *element, const char **xml)
{
        struct reader *r = arg;

        if (r->failed)
                return;
        if (r->where == IN_HEAD || r->where == BETWEEN)
                open_outside(r, element);
        else
                open_inside(r, element, xml);
}

static void
close_trace(struct reader *r)
{
        learn(r, &r->log->style.trace_end);
        r->where = BETWEEN;
        if (!r->to->trace(r->to->arg, &r->trace)) {
                r->failed = true;
                XML_StopParser(r->xml, XML_FALSE);
        }
}

static void
on_close(void *arg, const char *element)
{
        struct reader *r = arg;

        if (r->failed)
                return;
        if (r->where == IN_HEAD || r->where == BETWEEN) {
                XML_DefaultCurrent(r->xml);
        } else if (r->depth == 0) {
                close_trace(r);
        } else if (r->where == IN_EVENT && r->depth == 1) {
                learn(r, &r->log->style.event_end);
                r->depth = 0;
                r->where = IN_TRACE;
        } else {
                r->depth--;
                buf_reset(&r->blanks);
        }
}

static void
on_text(void *arg, const char *p, int n)
{
        struct reader *r = arg;
        struct str s = {p, (size_t)n};

        if (r->failed)
                return;
        if (r->where == IN_HEAD || r->where == BETWEEN)
                XML_DefaultCurrent(r->xml);
        else if (!all_blank(s))
                stop(r, "Text stands between the elements of a trace; values belong into value=\"...\".");
        else
                buf_str(&r->blanks, s);
}

/* Markup that no other handler takes, and what XML_DefaultCurrent passes on. */
static void
on_markup(void *arg, const char *p, int n)
{
        struct reader *r = arg;

        if (r->failed || r->where == IN_TRACE || r->where == IN_EVENT)
                return;
        buf_add(&r->between, p, (size_t)n);
        if (r->between.n > XES_MAX_HEAD)
                stop(r, "The text outside traces is larger than 64 MiB; at most 64 MiB are allowed.");
}

static void
on_doctype(void *arg, const char *name, const char *sysid, const char *pubid, int internal)
{
        stop(arg, "The file has a DOCTYPE; an event log must not have one.");
}

/* Kept as it stands when the text is UTF-8 anyway; else ours replaces it. */
static void
on_declaration(void *arg, const char *version, const char *encoding, int standalone)
{
        struct reader *r = arg;

        if (encoding == NULL || strcasecmp(encoding, "UTF-8") == 0)
                XML_DefaultCurrent(r->xml);
        else
                buf_text(&r->between, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
}

/* ---- the file ---- */

static XML_Parser
parser_new(struct reader *r)
{
        XML_Parser xml = XML_ParserCreate(NULL);

        if (xml == NULL)
                abort();
        XML_SetUserData(xml, r);
        XML_SetElementHandler(xml, on_open, on_close);
        XML_SetCharacterDataHandler(xml, on_text);
        XML_SetDefaultHandler(xml, on_markup);
        XML_SetDoctypeDeclHandler(xml, on_doctype, NULL);
        XML_SetXmlDeclHandler(xml, on_declaration);
        return xml;
}

/* Feeds one piece; n == 0 ends the document.  What expat holds back is one unfinished tag. */
static bool
feed(struct reader *r, const struct inflate *in, size_t n)
{
        if (XML_ParseBuffer(r->xml, (int)n, n == 0) == XML_STATUS_OK && !r->failed) {
                if (inflate_total(in) - (int64_t)XML_GetCurrentByteIndex(r->xml) > XES_MAX_TAG)
                        stop(r, "One element is larger than 16 MiB; at most 16 MiB are allowed.");
                return !r->failed;
        }
        stop(r, arena_printf(r->ctx->arena,
                             "The XML is broken here: %s. A complete, well-formed XES document is needed.",
                             XML_ErrorString(XML_GetErrorCode(r->xml))));
        return false;
}

static bool
read_all(struct reader *r, struct inflate *in)
{
        ptrdiff_t n;

        do {
                char *p = XML_GetBuffer(r->xml, PIECE);
                if (p == NULL)
                        abort();
                n = inflate_read(r->ctx, in, p, PIECE);
        } while (n >= 0 && feed(r, in, (size_t)n) && n > 0);
        return n == 0 && !r->failed;
}

bool
xes_read(struct ctx *ctx, struct inflate *in, const struct xes_reader *to, struct xes_log *ret)
{
        struct reader r = {.ctx = ctx, .to = to, .log = ret, .name = inflate_name(in), .arena = arena_new(0)};

        *ret = (struct xes_log){0};
        r.xml = parser_new(&r);
        bool ok = read_all(&r, in);
        if (ok)
                *(r.where == IN_HEAD ? &ret->head : &ret->tail) =
                        (struct str){arena_strndup(ctx->arena, r.between.p, r.between.n), r.between.n};
        XML_ParserFree(r.xml);
        arena_free(r.arena);
        buf_free(&r.between);
        buf_free(&r.blanks);
        return ok;
}

bool
xes_looks_like(struct str head)
{
        if (str_starts(head, STR("\xef\xbb\xbf")))
                head = (struct str){head.p + 3, head.n - 3};
        if (str_starts(head, STR("\xff\xfe")) || str_starts(head, STR("\xfe\xff")))
                return true;
        return str_starts(str_trim(head), STR("<"));
}

/* ---- writing ---- */

const struct xes_style xes_tabs = {STR("\n\t"),     STR("\n\t\t"), STR("\n\t\t"),
                                   STR("\n\t\t\t"), STR("\n\t\t"), STR("\n\t")};

/* Bytes that stand for themselves are copied in runs. */
void
xes_escape(struct buf *out, struct str s)
{
        size_t from = 0;

        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                if ((unsigned char)c >= ' ' && c != '&' && c != '<' && c != '>' && c != '"')
                        continue;
                buf_add(out, s.p + from, i - from);
                from = i + 1;
                if (c == '&')
                        buf_text(out, "&amp;");
                else if (c == '<')
                        buf_text(out, "&lt;");
                else if (c == '>')
                        buf_text(out, "&gt;");
                else if (c == '"')
                        buf_text(out, "&quot;");
                else if (c == '\t' || c == '\n' || c == '\r')
                        buf_printf(out, "&#%d;", c);
                else
                        buf_text(out, "\xef\xbf\xbd"); /* a control character that XML cannot hold */
        }
        buf_add(out, s.p + from, s.n - from);
}

static void
put_pair(struct buf *out, const char *name, struct str value)
{
        if (value.p == NULL)
                return;
        buf_text(out, name);
        xes_escape(out, value);
        buf_char(out, '"');
}

/* The blanks before an element that stands `level` steps deeper than those of its sort. */
static void
put_indent(struct buf *out, struct str indent, int level)
{
        buf_str(out, indent);
        for (; level > 0 && indent.n > 1; level--)
                buf_text(out, indent.p[indent.n - 1] == '\t' ? "\t" : "  ");
}

static void
put_attrs(struct buf *out, const struct xes_attr *a, struct str indent, int level)
{
        for (; a; a = a->next) {
                put_indent(out, indent, level);
                buf_char(out, '<');
                buf_str(out, a->type);
                put_pair(out, " key=\"", a->key);
                put_pair(out, " value=\"", a->value);
                if (a->children == NULL) {
                        buf_text(out, "/>");
                        continue;
                }
                buf_char(out, '>');
                put_attrs(out, a->children, indent, level + 1);
                put_indent(out, indent, level);
                buf_text(out, "</");
                buf_str(out, a->type);
                buf_char(out, '>');
        }
}

void
xes_put_start(struct buf *out, const struct xes_style *s, struct str before, const struct xes_attr *attrs)
{
        buf_str(out, before);
        buf_str(out, s->trace);
        buf_text(out, "<trace>");
        put_attrs(out, attrs, s->trace_attr, 0);
}

void
xes_put_event(struct buf *out, const struct xes_style *s, const struct xes_attr *attrs)
{
        buf_str(out, s->event);
        buf_text(out, "<event>");
        put_attrs(out, attrs, s->event_attr, 0);
        buf_str(out, s->event_end);
        buf_text(out, "</event>");
}

void
xes_put_end(struct buf *out, const struct xes_style *s)
{
        buf_str(out, s->trace_end);
        buf_text(out, "</trace>");
}

/* ---- JSON ---- */

static void
write_or_null(struct jw *w, struct str s)
{
        s.p ? jw_str(w, s) : jw_null(w);
}

void
xes_json_write(struct jw *w, const struct xes_attr *a)
{
        jw_open(w, '[');
        for (; a; a = a->next) {
                jw_open(w, '[');
                jw_str(w, a->type);
                write_or_null(w, a->key);
                write_or_null(w, a->value);
                if (a->children)
                        xes_json_write(w, a->children);
                jw_close(w, ']');
        }
        jw_close(w, ']');
}

/* A member's text; STR_NONE for null or when it is missing. */
static struct str
text_of(const struct json *v)
{
        return v && v->type == JSON_TEXT ? (v->text.p ? v->text : STR("")) : STR_NONE;
}

struct xes_attr *
xes_json_read(struct arena *a, const struct json *list)
{
        struct xes_attr *first = NULL, **tail = &first;

        for (const struct json *v = list->child; v; v = v->next) {
                const struct json *type = v->child, *key = type ? type->next : NULL;
                const struct json *value = key ? key->next : NULL, *children = value ? value->next : NULL;
                struct xes_attr *x = ARENA_NEW(a, struct xes_attr);
                x->type = text_of(type);
                x->key = text_of(key);
                x->value = text_of(value);
                x->children = children ? xes_json_read(a, children) : NULL;
                *tail = x;
                tail = &x->next;
        }
        return first;
}

/* ---- columns ---- */

struct leaves {
        struct arena *arena;
        struct xes_leaf *list;
        size_t count;
};

/* The name, or the first "name (n)" that is free. */
static struct str
free_name(const struct leaves *l, struct str name)
{
        struct str s = name;
        int n = 1;

        for (size_t i = 0; i < l->count; i++)
                if (str_eq(l->list[i].name, s)) {
                        s = str_of(arena_printf(l->arena, "%.*s (%d)", (int)name.n, name.p, ++n));
                        i = (size_t)-1;
                }
        return s;
}

static void
add_leaves(struct leaves *l, const struct xes_attr *a, struct str path)
{
        for (; a; a = a->next) {
                struct str name = path;
                if (a->key.p)
                        name = str_of(arena_printf(l->arena, "%.*s%.*s", (int)path.n, path.p, (int)a->key.n,
                                                   a->key.p));
                if (a->value.p) {
                        name = free_name(l, name);
                        *ARENA_PUSH(l->arena, l->list, l->count) = (struct xes_leaf){name, a->value};
                }
                if (a->children)
                        add_leaves(l, a->children,
                                   a->key.p ? str_of(arena_printf(l->arena, "%.*s/", (int)name.n, name.p))
                                            : path);
        }
}

struct xes_leaf *
xes_leaves(struct arena *a, const struct xes_attr *attrs, const char *prefix, size_t *ret_count)
{
        struct leaves l = {.arena = a};

        add_leaves(&l, attrs, str_of(prefix));
        *ret_count = l.count;
        return l.list;
}
