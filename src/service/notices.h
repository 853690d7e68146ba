/* SPDX-License-Identifier: Apache-2.0
 *
 * notices.h -- from a row of the outbox to the people who are told, and what each of them sees of it.
 *
 *     outbox, kind "notice" --notice_take_due--> audience --> plan --> notice_delivery rows (inbox, mail)
 *                                                                       inbox: seen at once (notice_inbox.c)
 *                                                                       mail:  taken by channel/deliver.c (notice_mail.c)
 * docs/notices.md tells it whole.
 */
#ifndef SERVICE_NOTICES_H
#define SERVICE_NOTICES_H
#include "engine/work.h"
#include "model/templates.h"

struct receiver {
        int64_t person, contact;       /* users.id, contact.id; 0: none */
        const struct actor *actor;     /* as whom it may read; made up for a contact without a login */
        const char *name, *address, *zone;     /* "" where none */
        enum lang lang;
        enum audience audience;
        const char *why;               /* a code of rules/notice_why.yaml, or a role */
};
struct receivers {
        struct receiver *list;
        size_t count;
};
/* Whom `to` means on this record: contact, handler, owner, team, lead, watchers, a role, "person:7", "team:7", and several
 * of them with blanks between.  Nobody twice; nobody who has left. */
bool audience_find(struct work *w, const struct record *r, struct str to, struct receivers *ret);

struct notice_cause {                  /* a row of the outbox */
        int64_t id, about, event, actor;       /* actor: of the event, 0 the system */
        const char *entity;
        usec at;
        struct str to;
        const struct template *t;
        const struct json *data;       /* or NULL */
};
/* What the words are filled from, in no language, as far as this audience may know it. */
bool notice_facts(struct work *w, const struct record *r, const struct notice_cause *c, enum audience a, struct jw *out);

/* How and when one receiver is told. */
struct notice_plan {
        bool inbox, mail;
        bool critical, gather;
        usec mail_at;
        const char *reason;            /* why held, or why not at all; NULL */
        const char *mail_reason;       /* why no mail although it is wanted; NULL */
};
bool notice_plan_make(struct work *w, const struct record *r, const struct notice_cause *c, const struct receiver *to,
                      struct notice_plan *ret);
/* Is there a server to give mail to?  Said once, before any thread; without one, mails are noted as not sent. */
void notice_mail_set(bool there);

/* ---- what one act tells (notice_tell.c) ---- */
struct telling;
struct tellings { struct telling *list; size_t count; };
/* Whom a cause means, and how each is told or why not; r: the record that it is about.  Nothing is written. */
bool notice_gather(struct work *w, const struct notice_cause *c, struct record *r, struct tellings *list);
/* Writes the deliveries of what was gathered of one act and one case: each person is told once. */
bool notice_tell(struct work *w, struct tellings *list);

/* "items": whom they reach, each reader once, by which ways, and why somebody is not told; for who is about to tell them. */
void notice_preview_json(struct work *w, struct tellings *list, struct jw *out);

/* Takes up to `max` notices that are due from the outbox and writes the deliveries: a write job's body.  Each stands in a
 * savepoint: one that fails comes again after a pause, up to OUTBOX_TRIES times, and is then failed. */
enum { OUTBOX_TRIES = 12 };
bool notice_take_due(struct work *w, int max, int *ret_taken);
/* When the first is due; USEC_NONE: none. */
bool notice_first(struct ctx *ctx, struct conn *c, usec *ret);

/* The templates that verbs and rule tables name; every fault stands in ctx. */
bool notice_check(struct ctx *ctx, const struct model *m);
/* notice_prune.c: deletes at most so many deliveries, webhook calls and taken notices from before an instant that have ended.
 * *ret_more: there may be others. */
bool notices_prune(struct ctx *ctx, struct conn *c, usec before, int64_t most, bool *ret_more);

/* ---- words (notice_text.c) ---- */
struct notice_reader { enum lang lang; const char *zone; };
struct notice_extra { const char *reader, *why, *link, *text; int64_t count; };        /* NULL, 0: no value */
/* The wording with its placeholders filled; a line of which one has no value is left out. */
struct str notice_fill(struct work *w, const char *wording, const struct json *facts, struct notice_reader to,
                       const struct notice_extra *extra);
/* What a delivery says.  What the same act told beside it (`also` in its facts) stands below, under its own subject, less the
 * lines that were said above; nothing of it is left where all were. */
struct notice_said { struct str subject, text; const struct str *also; size_t also_count; };     /* also: the subjects below */
bool notice_say(struct work *w, struct str template, enum audience a, const struct json *facts, struct notice_reader to,
                struct notice_said *ret);      /* false: there is no such template any more */
/* "You handle it" in a language. */
const char *notice_why(const struct model *m, struct str code, enum lang lang);
const struct json *notice_facts_read(struct work *w, struct str text);  /* an empty object when it cannot be read */

/* ---- what a person sees (notice_inbox.c) ---- */
bool inbox_json(struct work *w, bool unread_only, usec before, int64_t before_id, int limit, struct jw *out);
bool inbox_unread(struct work *w, int64_t *ret);       /* at most INBOX_COUNT_MAX */
enum { INBOX_COUNT_MAX = 100 };
/* One of the actor's own, or all that are unread up to `until` (id 0); *ret_count: how many. */
bool inbox_read(struct work *w, int64_t id, usec until, int64_t *ret_count);
/* Was I told, when, how: staff see all of a record, others their own. */
bool notice_trail_json(struct work *w, const struct record *r, struct jw *out);
/* "subject" (and "text") in both languages, nothing when the template is gone; "why" and "why_text". */
void notice_put_words(struct work *w, struct str template, struct str audience, const struct json *facts, const char *zone,
                      bool with_text, struct jw *out);
void notice_put_why(struct work *w, struct str why, struct jw *out);

/* ---- deliveries of all records (notice_search.c) ---- */
struct notice_search {                 /* 0, STR_NONE: any */
        int64_t person, contact, about;
        struct str address, channel, state, kind;
        usec since, until;             /* until: not included */
        usec before;                   /* where the page before ended */
        int64_t before_id;
        int limit;
};
/* May the actor search what others were told?  Whoever may not finds what it was told itself. */
bool notice_sees_all(const struct work *w);
bool notice_search_json(struct work *w, const struct notice_search *s, struct jw *out);

/* ---- preferences (notice_preference.c) ---- */
struct notice_habits {                 /* of one person */
        const char *channel;           /* of the kind that was asked for; NULL: nothing chosen */
        const char *digest;            /* "none", "hourly", "daily" */
        int64_t quiet_from, quiet_until;       /* minutes of the day; equal: no quiet hours */
};
bool notice_habits(struct work *w, int64_t person, const char *kind, struct notice_habits *ret);
bool notice_preferences_json(struct work *w, struct jw *out);
bool notice_preferences_set(struct work *w, const struct json *body);
/* "mail", "inbox" or "none": what the audience gets that has chosen nothing; *ret_fixed: nobody can choose less. */
const char *notice_preset(const struct model *m, const char *kind, enum audience a, bool *ret_fixed);
int notice_channel_rank(const char *channel);          /* none 0, inbox 1, mail 2; -1: no such channel */
#endif
