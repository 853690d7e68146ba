/* SPDX-License-Identifier: Apache-2.0
 *
 * service.h -- small things that several verbs need.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H
#include "engine/engine.h"
#include "engine/life.h"
#include "engine/store.h"
#include "gen/names.h"

/* Refuses in both languages; returns false. */
#define refuse(w, field, en, zh) fail((w)->ctx, E_HOOK, (field), (en), (zh))

/* Each case of one kind under a parent that is not yet ended, oldest first; stops where `each` returns false. */
bool service_each_open(struct work *w, const char *entity, const struct record *parent,
                       bool (*each)(struct work *w, struct record *child, const void *arg), const void *arg);
/* The process that the request's scope category goes to (rules/scope.yaml); STR_NONE while it has none. */
struct str service_scope_target(const struct work *w, const struct record *request);
/* Ends the open escalations of a request with an outcome of technical_escalation. */
bool service_end_escalations(struct work *w, const struct record *request, const char *outcome);
/* The case that `r` belongs to; NULL with an error when it has none. */
struct record *service_parent(struct work *w, const struct record *r);
/* A new case of a kind under `parent`: copies title, customer, product, severity and priority. */
struct record *service_case_under(struct work *w, const char *entity, const struct record *parent);
/* A message on a case, by the actor. */
bool service_message(struct work *w, struct record *on, const char *visibility, struct str body);
/* A task on a case for a person (0: nobody yet). */
bool service_task(struct work *w, struct record *on, const char *title, int64_t assignee, usec due);
/* A link row from one case to another. */
bool service_link(struct work *w, struct record *from, const char *kind, int64_t other);
/* Fills priority from the rule tables (domain.md 4.2) on a technical request. */
bool service_priority(struct work *w, struct record *request);
/* How: {"kept", "now", "differs", "steps": [{"table", "row", "inputs", "output"}]}; `now` by what the data say today. */
bool service_priority_json(struct work *w, const struct record *request, struct jw *out);
/* The ids of a multi_link field's text; arena memory. */
int64_t *service_ids(struct work *w, struct str list, size_t *ret_count);
bool service_has_role(const struct work *w, const char *role);
static inline bool
service_is_set(const struct record *r, const char *field)
{
        const struct val *v = record_get(r, field);
        return v->type != VAL_NULL && (v->type != VAL_TEXT || v->s.n > 0);
}
static inline void
service_fill_time(struct record *r, const char *field, usec t)
{
        if (!service_is_set(r, field))
                record_set_int(r, field, t);
}
#endif
