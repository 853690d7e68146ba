/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar_store.c -- published calendars, by code and date; each version is read once and kept in the engine.
 *
 *     code, instant --calendar_in_force--> version --calendar_version--> struct calendar
 *
 * Invariants
 *   1. A version is immutable, so what is kept never grows stale and is given out without copying.  It is freed with the engine.
 *   2. Only versions older than the work in hand are kept: one that this very transaction made may yet be undone, and
 *      its id taken by another.  Such a version is made anew for each question and freed with the arena.
 *   3. In force is the version with the latest effective_from not after the instant; of two with the same, the later number.
 *      Drafts never are.  Version 0 is 24x7 and needs no row.
 *
 * Not here: who may publish, and what a version may say (service/calendars.c).
 */
#include "engine/calendar_store.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/engine.h"

struct kept {
        int64_t id;
        struct calendar *calendar;
};
struct calendars {
        struct calendar *always;
        pthread_mutex_t lock;
        struct kept *list;
        size_t count, room;
};

static struct calendar *
make_always(void)
{
        struct arena *a = arena_new(0);
        struct ctx ctx;
        struct day_hours week[7];
        struct calendar *c;

        ctx_init(&ctx, a);
        for (int i = 0; i < 7; i++)
                week[i] = (struct day_hours){{{0, USEC_DAY}}, 1};
        c = calendar_new(&ctx, zone_get("UTC"), week, NULL, 0);
        arena_free(a);
        if (c == NULL)
                abort();
        return c;
}

struct calendars *
calendars_new(void)
{
        struct calendars *c = calloc(1, sizeof *c);

        if (c == NULL)
                abort();
        pthread_mutex_init(&c->lock, NULL);
        c->always = make_always();
        return c;
}

void
calendars_free(struct calendars *c)
{
        for (size_t i = 0; i < c->count; i++)
                calendar_free(c->list[i].calendar);
        calendar_free(c->always);
        pthread_mutex_destroy(&c->lock);
        free(c->list);
        free(c);
}

static const struct calendar *
find_kept(struct calendars *c, int64_t id)
{
        const struct calendar *found = NULL;

        pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < c->count && found == NULL; i++)
                if (c->list[i].id == id)
                        found = c->list[i].calendar;
        pthread_mutex_unlock(&c->lock);
        return found;
}

/* Keeps it, unless another thread was first: then that one's is given and this one freed. */
static const struct calendar *
keep(struct calendars *c, int64_t id, struct calendar *made)
{
        const struct calendar *first = NULL;

        pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < c->count; i++)
                if (c->list[i].id == id)
                        first = c->list[i].calendar;
        if (first == NULL) {
                if (c->count == c->room) {
                        c->room = c->room ? 2 * c->room : 16;
                        c->list = realloc(c->list, c->room * sizeof *c->list);
                        if (c->list == NULL)
                                abort();
                }
                c->list[c->count++] = (struct kept){id, made};
        }
        pthread_mutex_unlock(&c->lock);
        if (first == NULL)
                return made;
        calendar_free(made);
        return first;
}

bool
calendar_in_force(struct work *w, struct str code, usec at, int64_t *ret_version)
{
        *ret_version = 0;
        if (str_is(code, CALENDAR_ALWAYS))
                return true;
        if (!sql_one_int(w->ctx, w->conn, ret_version,
                         SQL("select v.id from calendar c join calendar_version v on v.calendar = c.id where c.code = $1 and "
                             "v.effective_from <= $2 and v.state <> 'draft' "
                             "order by v.effective_from desc, v.version_no desc limit 1"),
                         "ti", code, at))
                *ret_version = CALENDAR_NONE;
        return !ctx_failed(w->ctx);
}

/* The definition's text and when the version was last written; STR_NONE with an error. */
static struct str
read_definition(struct work *w, int64_t version, usec *ret_written)
{
        struct str text = STR_NONE;
        char number[24];
        struct rows *rows = sql_query(w->ctx, w->conn, SQL("select definition, updated_at from calendar_version where id = $1"),
                                      "i", version);

        if (rows == NULL)
                return text;
        if (rows_next(rows)) {
                struct str found = rows_text(rows, 0);
                text = (struct str){arena_strndup(w->ctx->arena, found.p, found.n), found.n};
                *ret_written = rows_int(rows, 1);
        }
        if (!rows_close(rows))
                return STR_NONE;
        snprintf(number, sizeof number, "%lld", (long long)version);
        if (text.p == NULL)
                fail(w->ctx, E_NOT_FOUND, "", "calendar_version", number);
        return text;
}

struct json *
calendar_definition(struct work *w, int64_t version)
{
        usec written;
        struct str text = read_definition(w, version, &written);

        return text.p ? json_parse(w->ctx, (char *)text.p, text.n, 100000) : NULL;
}

static void
free_made(void *calendar)
{
        calendar_free(calendar);
}

const struct calendar *
calendar_version(struct work *w, int64_t version)
{
        struct calendars *kept = engine_calendars(w->engine);
        const struct calendar *found = version == 0 ? kept->always : find_kept(kept, version);
        struct calendar *made;
        struct json *definition;
        struct str text;
        usec written = 0;

        if (found != NULL)
                return found;
        text = read_definition(w, version, &written);
        definition = text.p ? json_parse(w->ctx, (char *)text.p, text.n, 100000) : NULL;
        made = definition ? calendar_from_json(w->ctx, definition) : NULL;
        if (made == NULL)
                return NULL;
        if (written < w->now)
                return keep(kept, version, made);
        arena_defer(w->ctx->arena, free_made, made);
        return made;
}
