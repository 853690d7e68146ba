/* SPDX-License-Identifier: Apache-2.0
 *
 * request.c -- reading the texts of a request: URI, parameters, cookies, languages, ranges, entity tags.
 *
 * All of it works on slices and allocates at most one copy of the URI.  What is ambiguous is refused rather
 * than guessed: a path with an encoded NUL, a control character, a broken %-sequence or bytes that are not
 * UTF-8 has no meaning here.  Optional headers that cannot be read (Accept-Language, Range) are passed over,
 * as RFC 9110 asks.
 *
 * Not here: which route it is (route.c), who sends it (auth.c), the library (http.c).
 */
#include "api/request.h"
#include <stdlib.h>
#include <strings.h>
#include "base/text.h"

static int
hex_value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
percent_decode(char *s, size_t *n, bool plus)
{
        size_t to = 0;

        for (size_t i = 0; i < *n; i++) {
                char c = s[i];
                if (c == '%') {
                        int high = i + 2 < *n ? hex_value(s[i + 1]) : -1;
                        int low = i + 2 < *n ? hex_value(s[i + 2]) : -1;
                        if (high < 0 || low < 0 || (high | low) == 0)
                                return false;
                        c = (char)(high << 4 | low);
                        i += 2;
                } else if (c == '+' && plus) {
                        c = ' ';
                }
                s[to++] = c;
        }
        *n = to;
        return true;
}

/* Decoded text that may go on: UTF-8, no control characters in paths. */
static bool
clean(struct str s, bool in_path)
{
        for (size_t i = 0; in_path && i < s.n; i++)
                if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
                        return false;
        return text_valid(s);
}

static bool
defect(struct request *q, const char *why)
{
        q->defect = why;
        return false;
}

static bool
parse_path(struct request *q, char *p, size_t n)
{
        char *end = p + n;

        for (p++; p <= end; p++) {
                char *slash = memchr(p, '/', (size_t)(end - p));
                char *stop = slash ? slash : end;
                size_t length = (size_t)(stop - p);
                if (!percent_decode(p, &length, false) || !clean((struct str){p, length}, true))
                        return defect(q, "the path is not clean UTF-8");
                if (q->segment_count == SEGMENTS_MAX)
                        return defect(q, "the path has too many segments");
                q->segment[q->segment_count++] = (struct str){p, length};
                p = stop;
        }
        return true;
}

static bool
parse_param(struct request *q, char *p, size_t n)
{
        char *equals = memchr(p, '=', n);
        size_t name_n = equals ? (size_t)(equals - p) : n;
        char *value = equals ? equals + 1 : p + n;
        size_t value_n = (size_t)(p + n - value);

        if (q->param_count == PARAMS_MAX)
                return defect(q, "the query has too many parameters");
        if (!percent_decode(p, &name_n, true) || !percent_decode(value, &value_n, true))
                return defect(q, "the query has a broken %-sequence or a NUL");
        q->params[q->param_count++] = (struct param){{p, name_n}, {value, value_n}};
        if (!clean((struct str){p, name_n}, false) || !clean((struct str){value, value_n}, false))
                return defect(q, "the query is not valid UTF-8");
        return true;
}

static bool
parse_query(struct request *q, char *p, size_t n)
{
        char *end = p + n;

        q->params = ARENA_ARRAY(q->arena, struct param, PARAMS_MAX);
        while (p < end) {
                char *amp = memchr(p, '&', (size_t)(end - p));
                char *stop = amp ? amp : end;
                if (stop > p && !parse_param(q, p, (size_t)(stop - p)))
                        return false;
                p = stop + 1;
        }
        return true;
}

bool
request_parse_uri(struct request *q, const char *uri)
{
        size_t n = strlen(uri);
        char *copy, *mark;

        if (n == 0 || uri[0] != '/')
                return defect(q, "the request target must begin with /");
        if (n > URI_MAX)
                return defect(q, "the request target is too long");
        q->uri = (struct str){arena_strndup(q->arena, uri, n), n};
        copy = arena_strndup(q->arena, uri, n);
        mark = memchr(copy, '?', n);
        q->path = (struct str){q->uri.p, mark ? (size_t)(mark - copy) : n};
        q->query = mark ? (struct str){q->uri.p + q->path.n + 1, n - q->path.n - 1} : STR_NONE;
        return parse_path(q, copy, q->path.n) && (!mark || parse_query(q, mark + 1, q->query.n));
}

struct str
cookie_get(struct str header, const char *name)
{
        struct str rest = header, want = str_of(name);

        while (rest.p) {
                struct str value, pair = str_trim(str_cut(rest, ';', &rest));
                struct str key = str_cut(pair, '=', &value);
                if (value.p && str_eq(key, want))
                        return value;
        }
        return STR_NONE;
}

/* Cuts the next element off a comma list: its token, and its weight times 1000 (q=0.5 -> 500). */
static struct str
list_next(struct str *rest, int *ret_weight)
{
        struct str parameters, token = str_trim(str_cut(str_cut(*rest, ',', rest), ';', &parameters));

        *ret_weight = 1000;
        parameters = str_trim(parameters);
        if (parameters.n >= 3 && parameters.n < 16 && (parameters.p[0] | 0x20) == 'q' &&
            parameters.p[1] == '=') {
                char text[16] = "";
                memcpy(text, parameters.p + 2, parameters.n - 2);
                *ret_weight = (int)(strtod(text, NULL) * 1000);
        }
        return token;
}

enum lang
accept_language(struct str header)
{
        struct str rest = header;
        int best[2] = {0, 0};

        while (rest.p) {
                int weight;
                struct str tag = list_next(&rest, &weight);
                if (tag.n >= 2 && strncasecmp(tag.p, "zh", 2) == 0 && weight > best[LANG_ZH])
                        best[LANG_ZH] = weight;
                else if (tag.n >= 2 && strncasecmp(tag.p, "en", 2) == 0 && weight > best[LANG_EN])
                        best[LANG_EN] = weight;
        }
        return best[LANG_ZH] > best[LANG_EN] ? LANG_ZH : LANG_EN;
}

bool
accept_encoding(struct str header, const char *coding)
{
        struct str rest = header;

        while (rest.p) {
                int weight;
                struct str token = list_next(&rest, &weight);
                if (token.n == strlen(coding) && strncasecmp(token.p, coding, token.n) == 0)
                        return weight > 0;
        }
        return false;
}

/* Digits only: a sign or blank makes a range unreadable. */
static bool
digits(struct str s, int64_t *ret)
{
        for (size_t i = 0; i < s.n; i++)
                if (s.p[i] < '0' || s.p[i] > '9')
                        return false;
        return s.n > 0 && str_to_int(s, ret);
}

enum range_verdict
range_parse(struct str header, int64_t length, int64_t *ret_first, int64_t *ret_count)
{
        struct str last_text, spec;
        int64_t first, last;

        if (!str_starts(header, STR("bytes=")) || memchr(header.p, ',', header.n))
                return RANGE_NONE;
        spec = (struct str){header.p + 6, header.n - 6};
        struct str first_text = str_cut(spec, '-', &last_text);
        if (!last_text.p || (first_text.n == 0 && last_text.n == 0))
                return RANGE_NONE;
        if (first_text.n == 0) { /* the last n bytes */
                if (!digits(last_text, &last))
                        return RANGE_NONE;
                if (last == 0 || length == 0)
                        return RANGE_BAD;
                *ret_count = last < length ? last : length;
                *ret_first = length - *ret_count;
                return RANGE_OK;
        }
        if (!digits(first_text, &first) || (last_text.n && !digits(last_text, &last)))
                return RANGE_NONE;
        if (last_text.n == 0 || last >= length)
                last = length - 1;
        else if (last < first)
                return RANGE_NONE;
        if (first >= length)
                return RANGE_BAD;
        *ret_first = first;
        *ret_count = last - first + 1;
        return RANGE_OK;
}

bool
etag_matches(struct str header, const char *tag)
{
        struct str rest = header;

        while (rest.p) {
                struct str one = str_trim(str_cut(rest, ',', &rest));
                if (str_starts(one, STR("W/")))
                        one = (struct str){one.p + 2, one.n - 2};
                if (str_is(one, "*") || str_is(one, tag))
                        return true;
        }
        return false;
}

bool
etag_version(struct str header, int64_t *ret)
{
        struct str s = str_trim(header);

        *ret = 0;
        if (!header.p || str_is(s, "*"))
                return true;
        return s.n > 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' &&
               digits((struct str){s.p + 1, s.n - 2}, ret) && *ret > 0;
}

bool
request_id_sane(struct str s)
{
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
                      c == '_' || c == '.'))
                        return false;
        }
        return s.n > 0 && s.n <= REQUEST_ID_MAX;
}

struct str
request_param(const struct request *q, const char *name)
{
        for (size_t i = 0; i < q->param_count; i++)
                if (str_is(q->params[i].name, name))
                        return q->params[i].value;
        return STR_NONE;
}

bool
request_param_int(struct request *q, const char *name, int64_t min, int64_t max, int64_t preset, int64_t *ret)
{
        struct str s = request_param(q, name);

        *ret = preset;
        if (!s.p || (str_to_int(s, ret) && *ret >= min && *ret <= max))
                return true;
        return fail(&q->ctx, E_PARAMETER, name, name, str_c(q->arena, s),
                    arena_printf(q->arena, "%lld to %lld", (long long)min, (long long)max));
}

bool
request_param_bool(struct request *q, const char *name, bool *ret)
{
        struct str s = request_param(q, name);

        *ret = str_is(s, "true");
        if (!s.p || *ret || str_is(s, "false"))
                return true;
        return fail(&q->ctx, E_PARAMETER, name, name, str_c(q->arena, s), "true, false");
}

bool
request_param_time(struct request *q, const char *name, bool end, usec preset, usec *ret)
{
        struct str v = request_param(q, name);
        int64_t day;

        *ret = preset;
        if (v.n == 0 || time_parse(v, ret))
                return true;
        if (date_parse(v, &day))
                return *ret = (day + end) * USEC_DAY, true;
        return fail(&q->ctx, E_PARAMETER, name, name, str_c(q->arena, v),
                    ctx_both(&q->ctx, "a date such as 2026-11-21 or a time with offset", "日期（如 2026-11-21）或带时区的时间"));
}

static const char *
name_list(struct arena *a, const char *const *names)
{
        const char *list = "";

        for (size_t i = 0; names[i]; i++)
                list = arena_printf(a, "%s%s%s", list, i ? ", " : "", names[i]);
        return list;
}

bool
request_params_known(struct request *q, const char *const *names)
{
        for (size_t i = 0; i < q->param_count; i++) {
                size_t k = 0;
                while (names[k] && !str_is(q->params[i].name, names[k]))
                        k++;
                if (!names[k])
                        return fail(&q->ctx, E_PARAMETER, "", str_c(q->arena, q->params[i].name),
                                    str_c(q->arena, q->params[i].value), name_list(q->arena, names));
        }
        return true;
}

enum lang
request_lang(const struct request *q)
{
        if (!q->header[H_ACCEPT_LANGUAGE].p && q->work.actor)
                return q->work.actor->lang;
        return accept_language(q->header[H_ACCEPT_LANGUAGE]);
}

void
response_clear(struct request *q)
{
        jw_reset(&q->out);
        q->response.status = 0;
        q->response.type = NULL;
        q->response.cache = NULL;
        q->response.header_count = 0;
        q->response.body = STR_NONE;
        q->response.fd = -1;
        q->response.stream = NULL;
        q->response.policy = NULL;
        q->response.whole = false;
        q->current = NULL;
}

void
response_header(struct response *r, const char *name, const char *value)
{
        if (r->header_count < REPLY_HEADERS_MAX)
                r->headers[r->header_count++] = (struct reply_header){name, value};
}

void
response_etag(struct request *q, int64_t version)
{
        char text[24], *p = text + sizeof text;

        *--p = '"';
        do
                *--p = (char)('0' + version % 10);
        while ((version /= 10) > 0);
        *--p = '"';
        response_header(&q->response, "ETag", arena_strndup(q->arena, p, (size_t)(text + sizeof text - p)));
}
