/* SPDX-License-Identifier: Apache-2.0
 *
 * candidates.h -- who could take a request: ranked, with the reasons.
 */
#ifndef SERVICE_CANDIDATES_H
#define SERVICE_CANDIDATES_H
#include "base/json.h"
#include "engine/work.h"

enum candidate_duty { DUTY_UNKNOWN, DUTY_OFF, DUTY_CALL, DUTY_ON };
enum candidate_region { REGION_UNKNOWN, REGION_OTHER, REGION_NEAR, REGION_SAME };

struct reason {
        const char *en, *zh;
};
struct candidate {
        /* facts */
        int64_t id, team, region_id;
        const char *name, *team_name;
        const char **roles;            /* those of an engineer */
        size_t role_count;
        int tier;
        enum candidate_duty duty;
        bool on_call, paged, offered, away, expired;
        enum candidate_region region;
        int64_t load, skill;           /* requests in hand; level 0-5 */
        usec last;                     /* when something was given to him; USEC_NONE: not for a week */
        /* what the rules make of them */
        int64_t score;
        bool out;
        struct reason *why;
        size_t why_count;
};
struct candidates {
        /* what is asked */
        struct str severity, way, line;
        int64_t tier, team, region, full_at;
        /* ranked, then those left out */
        struct candidate *list;
        size_t count, fit;             /* list[0..fit) can take it */
};
struct candidates_question {
        int64_t team;                  /* 0: everybody of the tier */
        int64_t tier;                  /* 0: the request's */
        struct str way;                /* empty: the request's, else remote */
};

/* Of a technical request, or of a work order (then the request above says what is needed). */
bool candidates_of(struct work *w, const struct record *r, const struct candidates_question *q, struct candidates *ret);
/* Scores and ranks by rules/dispatch.yaml; pure.  candidates_of does it. */
void candidates_rank(struct arena *a, const struct model *m, struct candidates *c);
/* {"candidates":[...],"excluded":[...],"policy":{...}} */
void candidates_json(const struct candidates *c, struct jw *out);
/* Why this person: {"user","rank","of","score","why":[{"en","zh"}],"next":{...}}; arena text. */
struct str candidates_explain(struct arena *a, const struct candidates *c, int64_t person);
/* How often something of this severity is offered before the duty manager is told. */
int64_t candidates_offers(const struct model *m, struct str severity);
#endif
