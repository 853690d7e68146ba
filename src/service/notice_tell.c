/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_tell.c -- whom a notice reaches, and one notice for what one act tells one person.
 *
 *     cause --notice_gather--> a telling for each receiver: a plan, or a reason to be skipped
 *     tellings of one act and one case --notice_tell--> joined by reader --> rows of notice_delivery
 *
 * A request that is accepted has its work order accepted with it; both have something to say to the customer, and the customer
 * hears of it once.  What is told in the same way (inbox, mail) is joined: the head is what is critical, else what stands
 * highest (the request before its order), else what was said first.  Its facts take the others' along (`also`), so that nothing
 * that only they say is lost, and each of them keeps a row in the trail: skipped, `together`.
 *
 * Invariants
 *   1. Who did it is not told of it, and nobody is told of what it may not read: a customer hears of a work order's parent
 *      where it cannot see the order itself.  Either is noted as skipped, so that "why was I not told" has an answer.
 *   2. The same words about the same record, of one act, reach a person once (owner and handler are one).
 *   3. A joined notice is never told later, or less urgently, than any of its parts.
 *   4. What a person has switched off is not told beside something else.
 */
#include "engine/access.h"
#include "engine/store.h"
#include "gen/names.h"
#include "service/notices.h"

struct telling {
        const struct notice_cause *c;
        const struct record *about;
        const struct receiver *to;
        struct notice_plan plan;
        struct str facts;
        int64_t depth;                 /* of the record: 0 stands at the top */
        const char *skipped;           /* why; NULL: it is told */
        const struct telling *in;      /* the head that it is told in; itself, or NULL while not known */
        bool again;                    /* the head, or another part of it, says exactly this */
};

/* ---- one receiver ---- */

/* The record, or the one above it, that the receiver may read; *ret NULL: none of them. */
static bool
readable(struct work *w, struct record *r, const struct receiver *to, struct record **ret)
{
        struct work as = *w;
        const struct field *parent;

        as.actor = to->actor;
        for (*ret = r; *ret; *ret = store_load_case(w, (*ret)->v[parent->index].i)) {
                if (access_row(&as, *ret, DEED_READ))
                        return true;
                parent = entity_field((*ret)->e, FIELD_CASE_PARENT);
                if (parent == NULL || (*ret)->v[parent->index].type != VAL_INT)
                        return *ret = NULL, true;
        }
        return !ctx_failed(w->ctx);
}

/* Was this person told the same by another row of this cause, which was taken before? */
static bool
told(struct work *w, const struct telling *t, bool *ret)
{
        int64_t one;

        *ret = t->to->person != 0 &&
               sql_one_int(w->ctx, w->conn, &one,
                           SQL("select 1 from notice_delivery d join outbox o on o.id = d.cause where d.about = $1 and d.person = $2 "
                               "and d.template = $3 and o.created_at = $4 and o.id <> $5 limit 1"),
                           "iisii", t->about->id, t->to->person, t->c->t->name, t->c->at, t->c->id);
        return !ctx_failed(w->ctx);
}

static bool
depth_of(struct work *w, const struct record *r, int64_t *ret)
{
        const struct field *parent = entity_field(r->e, FIELD_CASE_PARENT);
        int64_t up = parent != NULL && r->v[parent->index].type == VAL_INT ? r->v[parent->index].i : 0;

        for (*ret = 0; up != 0 && *ret < 20; ++*ret)
                if (!sql_one_int(w->ctx, w->conn, &up, SQL("select coalesce(parent, 0) from cases where id = $1"), "i", up))
                        break;
        return !ctx_failed(w->ctx);
}

/* The facts, kept with the request. */
static bool
find_facts(struct work *w, struct telling *t)
{
        struct jw jw = {0};
        bool ok = notice_facts(w, t->about, t->c, t->to->audience, &jw);

        t->facts = (struct str){arena_strndup(w->ctx->arena, jw.b.n ? jw.b.p : "", jw.b.n), jw.b.n};
        jw_free(&jw);
        return ok;
}

static bool
gather_one(struct work *w, struct record *r, struct telling *t, bool *ret_again)
{
        const struct receiver *to = t->to;
        struct record *about;

        *ret_again = false;
        t->facts = STR("{}");
        t->about = r;
        if (to->person && to->person == t->c->actor)
                return t->skipped = "own_act", true;
        if (t->c->t->by[to->audience].subject.en == NULL)
                return t->skipped = "not_for_reader", true;
        if (!readable(w, r, to, &about))
                return false;
        if (about == NULL)
                return t->skipped = "may_not_read", true;
        t->about = about;
        if (!told(w, t, ret_again) || *ret_again)
                return *ret_again;
        if (!notice_plan_make(w, r, t->c, to, &t->plan))
                return false;
        if (!t->plan.inbox && !t->plan.mail)
                return t->skipped = t->plan.reason, true;
        return depth_of(w, about, &t->depth) && find_facts(w, t);
}

bool
notice_gather(struct work *w, const struct notice_cause *c, struct record *r, struct tellings *list)
{
        static const struct receiver nobody = {.name = "", .address = "", .zone = "", .why = "nobody", .audience = AUDIENCE_STAFF};
        struct receivers to;

        if (!audience_find(w, r, c->to, &to))
                return false;
        for (size_t i = 0; i < to.count; i++) {
                struct telling t = {.c = c, .to = &to.list[i]};
                bool again;
                if (!gather_one(w, r, &t, &again))
                        return false;
                if (!again)
                        *ARENA_PUSH(w->ctx->arena, list->list, list->count) = t;
        }
        if (to.count == 0)
                *ARENA_PUSH(w->ctx->arena, list->list, list->count) =
                        (struct telling){.c = c, .about = r, .to = &nobody, .facts = STR("{}"), .skipped = "nobody"};
        return true;
}

/* ---- joining ---- */

static bool
is_same_reader(const struct receiver *a, const struct receiver *b)
{
        return a->person || b->person ? a->person == b->person : a->contact == b->contact;
}

static bool
is_same_reason(const char *a, const char *b)
{
        return a == b || (a && b && strcmp(a, b) == 0);
}

/* Are both told, to one person, by the same ways? */
static bool
may_join(const struct telling *a, const struct telling *b)
{
        return !a->skipped && !b->skipped && is_same_reader(a->to, b->to) && a->plan.inbox == b->plan.inbox &&
               a->plan.mail == b->plan.mail && is_same_reason(a->plan.mail_reason, b->plan.mail_reason);
}

static bool
stands_before(const struct telling *a, const struct telling *b)
{
        if (a->plan.critical != b->plan.critical)
                return a->plan.critical;
        return a->depth != b->depth ? a->depth < b->depth : a < b;
}

static bool
says_the_same(const struct telling *a, const struct telling *b)
{
        return a->c->t == b->c->t && a->about->id == b->about->id && str_eq(a->facts, b->facts);
}

static void
find_heads(struct tellings *l)
{
        for (size_t i = 0; i < l->count; i++) {
                struct telling *t = &l->list[i];
                t->in = t;
                for (size_t j = 0; j < l->count; j++)
                        if (may_join(t, &l->list[j]) && stands_before(&l->list[j], t->in))
                                t->in = &l->list[j];
        }
        for (size_t i = 0; i < l->count; i++)
                for (size_t j = 0; j < l->count && !l->list[i].skipped; j++) {
                        const struct telling *other = &l->list[j];
                        bool sooner = other == l->list[i].in || (j < i && l->list[i].in != &l->list[i]);
                        if (j != i && sooner && other->in == l->list[i].in && says_the_same(&l->list[i], other))
                                l->list[i].again = true;
                }
}

/* Never later than any part. */
static void
hurry(struct notice_plan *p, const struct notice_plan *other)
{
        p->critical |= other->critical;
        if (!p->gather || (other->gather && other->mail_at >= p->mail_at))
                return;
        p->mail_at = other->mail_at;
        p->gather = other->gather;
        p->reason = other->reason;
}

/* {..., "also": [{"template": ..., "facts": {...}}]} */
static struct str
facts_with(struct work *w, const struct tellings *l, const struct telling *head)
{
        struct jw also = {0};
        struct str ret = head->facts;
        bool any = false;

        jw_open(&also, '[');
        for (size_t i = 0; i < l->count; i++) {
                const struct telling *t = &l->list[i];
                if (t == head || t->in != head || t->again)
                        continue;
                any = true;
                jw_open(&also, '{');
                jw_key(&also, "template"), jw_text(&also, t->c->t->name);
                jw_key(&also, "facts"), jw_raw(&also, t->facts);
                jw_close(&also, '}');
        }
        jw_close(&also, ']');
        if (any)
                ret = str_of(arena_printf(w->ctx->arena, "%.*s,\"also\":%s}", (int)head->facts.n - 1, head->facts.p, buf_c(&also.b)));
        jw_free(&also);
        return ret;
}

/* ---- writing ---- */

struct delivery {
        const char *channel, *state, *reason;
        bool gather;
        usec next_at;                  /* USEC_NONE: nothing to do any more */
};

static bool
write_delivery(struct work *w, const struct telling *t, const struct notice_plan *p, const struct delivery *d, struct str facts)
{
        const struct receiver *to = t->to;
        bool inbox = strcmp(d->channel, "inbox") == 0;
        int64_t id, *next = d->next_at != USEC_NONE ? (int64_t[]){d->next_at} : NULL;
        usec now = w->now;

        return seq_next(w->ctx, w->conn, "notice_delivery", 256, &id) &&
               sql_run(w->ctx, w->conn,
                       SQL("insert into notice_delivery (id, cause, at, about, entity, template, kind, audience, why, person, contact, "
                           "reader, language, zone, channel, address, state, reason, gather, critical, tries, next_at, sent_at, "
                           "unread, facts) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
                           "$19, $20, 0, $21, $22, $23, $24)"),
                       "iiiisssssIIsssssssiiIIIt", id, t->c->id, now, t->about->id, t->about->e->name, t->c->t->name, t->c->t->kind,
                       audience_name(to->audience), to->why, to->person ? &to->person : NULL, to->contact ? &to->contact : NULL,
                       to->name, to->lang == LANG_EN ? "en" : "zh", to->zone, d->channel, inbox ? NULL : to->address, d->state,
                       d->reason, (int64_t)d->gather, (int64_t)p->critical, next, inbox ? &now : NULL, inbox ? &to->person : NULL,
                       facts);
}

static bool
write_skipped(struct work *w, const struct telling *t, const char *reason)
{
        return write_delivery(w, t, &(struct notice_plan){0}, &(struct delivery){"none", "skipped", reason, false, USEC_NONE}, t->facts);
}

static bool
write_planned(struct work *w, const struct tellings *l, const struct telling *t)
{
        struct notice_plan p = t->plan;
        struct str facts = facts_with(w, l, t);

        for (size_t i = 0; i < l->count; i++)
                if (l->list[i].in == t)
                        hurry(&p, &l->list[i].plan);
        struct delivery inbox = {"inbox", "sent", NULL, false, USEC_NONE};
        struct delivery mail = {"mail", p.mail_reason ? "skipped" : "due", p.mail_reason ? p.mail_reason : p.reason, p.gather,
                                p.mail_reason ? USEC_NONE : p.mail_at};

        return (!p.inbox || write_delivery(w, t, &p, &inbox, facts)) && (!p.mail || write_delivery(w, t, &p, &mail, facts));
}

static bool
write_one(struct work *w, const struct tellings *l, const struct telling *t)
{
        if (t->skipped)
                return write_skipped(w, t, t->skipped);
        if (t->in != t)
                return t->again || write_skipped(w, t, "together");
        return write_planned(w, l, t);
}

bool
notice_tell(struct work *w, struct tellings *l)
{
        find_heads(l);
        for (size_t i = 0; i < l->count; i++)
                if (!write_one(w, l, &l->list[i]))
                        return false;
        return true;
}

/* ---- before anything is told ---- */

static void
put_preview(struct work *w, const struct telling *t, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "reader"), jw_text(out, t->to->name);
        jw_key(out, "audience"), jw_text(out, audience_name(t->to->audience));
        jw_key(out, "language"), jw_text(out, t->to->lang == LANG_EN ? "en" : "zh");
        notice_put_why(w, str_of(t->to->why), out);
        jw_key(out, "inbox"), jw_bool(out, !t->skipped && t->plan.inbox);
        jw_key(out, "mail"), jw_bool(out, !t->skipped && t->plan.mail && t->plan.mail_reason == NULL);
        jw_key(out, "address");
        t->plan.mail && *t->to->address ? jw_text(out, t->to->address) : jw_null(out);
        jw_key(out, "reason");
        t->skipped ? jw_text(out, t->skipped) : t->plan.mail_reason ? jw_text(out, t->plan.mail_reason) : jw_null(out);
        jw_close(out, '}');
}

void
notice_preview_json(struct work *w, struct tellings *l, struct jw *out)
{
        find_heads(l);
        jw_key(out, "items"), jw_open(out, '[');
        for (size_t i = 0; i < l->count; i++)
                if (l->list[i].skipped ? *l->list[i].to->name != '\0' : l->list[i].in == &l->list[i])
                        put_preview(w, &l->list[i], out);
        jw_close(out, ']');
}
