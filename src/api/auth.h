/* SPDX-License-Identifier: Apache-2.0
 *
 * auth.h -- who sends a request: sessions of browsers, tokens of programs, and a cache of both.
 */
#ifndef API_AUTH_H
#define API_AUTH_H
#include "api/request.h"

#define SESSION_COOKIE "openitr_session"
#define SESSION_IDLE (12 * USEC_HOUR)
#define SESSION_MAX (7 * USEC_DAY)

struct session {                       /* immutable but for the last members; held by reference */
        char digest[DIGEST_HEX_MAX];
        enum credential kind;
        int64_t token_id;              /* of an API token */
        const struct actor *actor;
        const char *csrf, *zone;
        usec expires_at;
        usec ends_at;                  /* of a browser's session, however much it is used; 0: an API token */
        struct arena *arena;
        usec loaded_at;                /* monotonic */
        unsigned generation;
        struct session *next;
        _Atomic int refs;
};
struct auth;
struct auth *auth_new(void);
void auth_free(struct auth *a);

/* Finds the token in the headers and takes its digest.  No I/O. */
void auth_read_credential(struct request *q);
/* Sets q->session when the cache knows the token. */
bool auth_cached(struct auth *a, struct request *q);
/* Loads it by w->conn; false with E_UNAUTHENTICATED (or the database's error). */
bool auth_load(struct auth *a, struct request *q, struct work *w);
/* A change by a browser session must carry the session's own text: false with E_CSRF. */
bool auth_check_csrf(struct request *q);
void auth_hold(struct session *s);
void auth_release(struct session *s);
/* After the commit of whatever changed users, memberships, passwords, tokens. */
void auth_forget(struct auth *a);
/* Is it still good?  Asked by streams that outlive the cache; one query. */
bool auth_still_good(struct session *s, struct work *w);
/* The 32 bytes that the tables keep, of a hex digest. */
struct str auth_digest_bytes(struct arena *a, const char *hex);
#endif
