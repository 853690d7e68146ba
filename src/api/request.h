/* SPDX-License-Identifier: Apache-2.0
 *
 * request.h -- a request and its answer, and the reading of their texts.
 *
 * A request is taken from the pool of its HTTP thread when the request line arrives and goes back when the answer left.
 * It keeps its arena, body buffer and output buffer from one use to the next, so that the steady state allocates nothing.
 * It belongs to one thread at a time: the HTTP thread, or (while suspended) the executor or worker that runs its handler.
 * Segments, parameters and header values stay valid as long as the request.
 */
#ifndef API_REQUEST_H
#define API_REQUEST_H
#include <stdatomic.h>
#include "api/worker.h"
#include "base/json.h"
#include "base/secret.h"
#include "engine/work.h"
#include "sql/exec.h"

struct MHD_Connection;
struct MHD_Response;
struct http_thread;
struct peer;
struct route;
struct server;
struct session;
struct upload;

enum method { METHOD_GET, METHOD_POST, METHOD_PATCH, METHOD_PUT, METHOD_DELETE, METHOD_OTHER, METHOD_COUNT };

enum header_id {               /* the headers that we read; rows of HEADER_NAMES in http.c */
        H_HOST,
        H_CONTENT_LENGTH,
        H_TRANSFER_ENCODING,
        H_CONTENT_TYPE,
        H_EXPECT,
        H_AUTHORIZATION,
        H_COOKIE,
        H_IF_MATCH,
        H_IF_NONE_MATCH,
        H_IF_RANGE,
        H_IDEMPOTENCY_KEY,
        H_REQUEST_ID,
        H_CSRF_TOKEN,
        H_ACCEPT_LANGUAGE,
        H_ACCEPT_ENCODING,
        H_RANGE,
        H_LAST_EVENT_ID,
        H_FORWARDED_FOR,
        H_FORWARDED_PROTO,
        H_COUNT
};

enum { SEGMENTS_MAX = 12, PARAMS_MAX = 32, REPLY_HEADERS_MAX = 16, REQUEST_ID_MAX = 64, URI_MAX = 8192 };

struct param {
        struct str name, value;
};

struct reply_header {
        const char *name, *value;
};
struct response {
        int status;
        const char *type;              /* content type; NULL: application/json */
        const char *cache;             /* Cache-Control; NULL: no-store */
        struct reply_header headers[REPLY_HEADERS_MAX];
        size_t header_count;
        struct str body;               /* p NULL: what stands in q->out */
        int fd;                        /* >= 0: the bytes of a file from `offset`, `size` of them; closed by the library */
        int64_t offset, size;
        struct MHD_Response *stream;   /* made by the handler (live events) */
        const char *policy;            /* of a page (Content-Security-Policy); NULL: that of data */
        bool whole;                    /* never packed (pack.c): there is a secret in it */
};

enum phase { PHASE_HEAD, PHASE_WHOLE, PHASE_HEAD_WAIT, PHASE_BODY, PHASE_RUN_WAIT, PHASE_SENT };

struct request {
        struct job job;                /* first: the executor hands it back */
        struct request *next_free;
        struct http_thread *home;
        struct server *server;
        struct MHD_Connection *connection;
        struct peer *peer;
        enum phase phase;

        struct arena *arena;
        struct ctx ctx;
        struct work work;
        struct jw out;                 /* the answer's body */
        struct buf body;
        const struct json *json;       /* the parsed body; NULL when there is none */

        enum method method;
        const char *method_name;
        struct str uri, path, query;   /* as sent, still encoded */
        struct str segment[SEGMENTS_MAX];
        size_t segment_count;
        struct str arg[SEGMENTS_MAX];  /* what stands where the route's pattern has {names} */
        struct param *params;
        size_t param_count;
        struct str header[H_COUNT];    /* p == NULL when absent */
        const char *defect;            /* why the request cannot be read, found before its handler; NULL: none */
        char id[REQUEST_ID_MAX + 1];

        bool has_body, chunked, early; /* early: the head is being handled, the body not yet read */
        int64_t body_length;           /* announced; -1: chunked */
        int64_t body_seen, body_limit;
        bool body_too_large;

        const struct route *route;
        enum credential { CREDENTIAL_NONE, CREDENTIAL_COOKIE, CREDENTIAL_BEARER } credential;
        char digest[DIGEST_HEX_MAX];   /* of the token that was sent */
        struct session *session;       /* NULL: nobody is logged in (yet) */
        int64_t retry_after;           /* seconds; for 429 */
        const char *allow;             /* for 405 */
        char body_digest[DIGEST_HEX_MAX];      /* for Idempotency-Key */
        const char *current;           /* the record as it is, for a 412 */
        struct upload *upload;
        const char *upload_type;
        int64_t upload_case, upload_size;
        const struct entity *upload_entity;
        bool forget_sessions;          /* after the commit: who may do what has changed */
        struct engine *next_engine;    /* after the commit: the Model that was published; NULL: none */
        int64_t next_revision;
        struct task task;
        struct response response;
        usec started;                  /* monotonic */
};

/* ---- texts; pure functions, tested alone ---- */

/* Splits the raw URI into path and query, decodes the segments and the parameters.  False with q->defect when it
 * cannot be read: not starting with '/', bad %-sequence, NUL or control character, not UTF-8, too long. */
bool request_parse_uri(struct request *q, const char *uri);
/* Decodes %XX (and '+' as a blank when `plus`) in place; false on a bad sequence or a NUL. */
bool percent_decode(char *s, size_t *n, bool plus);
/* A cookie's value; STR_NONE when the header has none of that name. */
struct str cookie_get(struct str header, const char *name);
/* The better of en and zh by Accept-Language; LANG_EN when it says nothing. */
enum lang accept_language(struct str header);
/* Does Accept-Encoding take `coding` ("br", "gzip")? */
bool accept_encoding(struct str header, const char *coding);
/* "bytes=a-b", "bytes=a-", "bytes=-n" against a length.  RANGE_NONE: absent, several or another unit: send all. */
enum range_verdict { RANGE_NONE, RANGE_OK, RANGE_BAD };
enum range_verdict range_parse(struct str header, int64_t length, int64_t *ret_first, int64_t *ret_count);
/* Does one of a list of entity tags (or *) match the tag?  W/ is passed over. */
bool etag_matches(struct str header, const char *tag);
/* If-Match: "3" -> 3; false when it is not a version.  Absent or * gives 0. */
bool etag_version(struct str header, int64_t *ret);
bool request_id_sane(struct str s);

/* ---- questions to a request ---- */
struct str request_param(const struct request *q, const char *name);           /* STR_NONE when absent */
/* Absent: `preset`.  False with E_PARAMETER when not a whole number between min and max. */
bool request_param_int(struct request *q, const char *name, int64_t min, int64_t max, int64_t preset, int64_t *ret);
/* "true"/"false"; absent: false. */
bool request_param_bool(struct request *q, const char *name, bool *ret);
/* A time with offset, or a day in UTC, which with `end` counts to its end; absent: `preset`.  Else false with E_PARAMETER. */
bool request_param_time(struct request *q, const char *name, bool end, usec preset, usec *ret);
/* False with E_PARAMETER when there is a parameter that is not in the NULL-ended list. */
bool request_params_known(struct request *q, const char *const *names);
enum lang request_lang(const struct request *q);

/* ---- building the answer ---- */
void response_clear(struct request *q);
void response_header(struct response *r, const char *name, const char *value);         /* value lives in the arena */
void response_etag(struct request *q, int64_t version);
#endif
