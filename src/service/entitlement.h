/* SPDX-License-Identifier: Apache-2.0
 *
 * entitlement.h -- rule B: whether and to which standard we serve, and why.
 */
#ifndef SERVICE_ENTITLEMENT_H
#define SERVICE_ENTITLEMENT_H
#include "base/json.h"
#include "engine/work.h"
#include "model/rules.h"

enum { ENTITLEMENT_GRACE_DAYS = 30, ENTITLEMENT_DOA_DAYS = 2, ENTITLEMENT_INPUTS = 6 };
#define DAY_NONE INT64_MIN             /* days since 1970-01-01; DAY_NONE: not known */
enum cover_status { COVER_NOT_YET, COVER_EXPIRED, COVER_SUSPENDED, COVER_GRACE, COVER_IN_FORCE };       /* the better the later */
enum caller { CALLER_NOBODY, CALLER_AUTHORISED, CALLER_OTHER };

struct entitlement_line {              /* a contract line whose scope matches: the unit's own, or by product and site */
        int64_t id, contract;
        const char *code, *name;       /* of the contract, of the line */
        const char *tier, *calendar;   /* calendar "": not named */
        const char *sla_set, *ola_override;    /* tables of the contract; "": the common ones */
        const char *contract_state;
        bool by_unit, active;
        int64_t from, to;              /* days; of line and contract the later start, the earlier end; both days covered */
        int64_t incident_quota, incidents, visit_quota, visits;        /* quota -1: none agreed */
        /* decided */
        enum cover_status status;
        bool used_up, counts;          /* counts: its targets are promised */
};
struct entitlement_facts {
        int64_t day;                   /* the customer's date of the report */
        int64_t account, unit;         /* 0: not known */
        int64_t installed_on, warranty_to;
        bool accepted;                 /* the unit was accepted, or runs */
        bool illegal;                  /* reported lost or stolen */
        enum caller caller;
        bool onsite;                   /* a visit is asked for: its quota counts */
        const char *calendar;          /* the customer's own; "" */
        struct entitlement_line *lines;
        size_t line_count;
};
struct entitlement_term {              /* a standard that is promised; of several the strictest counts, metric by metric */
        int64_t line;                  /* 0: by warranty, not by contract */
        const char *tier, *calendar;
        const char *sla_set, *ola_override;    /* as above; NULL too */
};
struct entitlement {
        struct str outcome, rule;
        const char *row;               /* "rules/entitlement.yaml:28" */
        struct rule_input inputs[ENTITLEMENT_INPUTS];
        const char *service_tier;      /* the highest of the terms; NULL: no promise */
        int64_t line;                  /* of that tier; 0 */
        struct entitlement_term *terms;
        size_t term_count;
};
/* Fills what is decided in facts->lines.  A pure function; false with E_RULE when the tables are not there. */
bool entitlement_decide(struct ctx *ctx, const struct rules *rules, struct entitlement_facts *facts, struct entitlement *ret);

struct entitlement_question {          /* 0: not known; what unit, contact and site tell is filled in */
        int64_t account, contact, unit, site, product;
        int64_t request;               /* not counted among the incidents; 0 */
        usec at;
        bool verified;                 /* the caller was called back */
        bool onsite;
};
bool entitlement_gather(struct work *w, const struct entitlement_question *q, struct entitlement_facts *ret);
void entitlement_question_of(const struct record *request, struct entitlement_question *ret);
void entitlement_json(struct work *w, const struct entitlement_facts *facts, const struct entitlement *e, struct jw *out);

/* At authorise: fills entitlement (unless the agent chose), line, tier and explanation; refuses a choice that differs without
 * a reason, and an ordinary request without entitlement. */
bool entitlement_apply(struct work *w, struct record *request);
/* The terms that were agreed for a request, from its kept explanation.  None: no promise. */
bool entitlement_terms(struct work *w, const struct record *request, struct entitlement_term **ret, size_t *ret_count);
#endif
