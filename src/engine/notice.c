/* SPDX-License-Identifier: Apache-2.0
 *
 * notice.c -- rows of the outbox.
 *
 * Nothing inside a transaction touches the network: what is to be sent is a row (state `due`), delivered
 * afterwards, at least once, by whoever owns the channel.  A row that commits with its cause is neither lost nor early.
 */
#include "engine/notice.h"
#include "engine/engine.h"

bool
outbox_add(struct work *w, const char *kind, int64_t about, struct str data)
{
        int64_t id;

        if (w->quiet)
                return true;
        engine_outbox_added(w->engine);
        return seq_next(w->ctx, w->conn, "outbox", 256, &id) &&
               sql_run(w->ctx, w->conn,
                       SQL("insert into outbox (id, created_at, kind, about, data, state, tries, next_at) "
                           "values ($1, $2, $3, $4, $5, 'due', 0, $2)"),
                       "iisit", id, w->now, kind, about, data);
}

/* A number of the outbox that no row bears. */
bool
notice_act(struct work *w, int64_t *ret)
{
        if (w->act == 0 && !seq_next(w->ctx, w->conn, "outbox", 256, &w->act))
                return false;
        *ret = w->act;
        return true;
}

bool
notice_record(struct work *w, const struct record *r, const struct transition *on)
{
        for (size_t i = 0; !w->muted && i < r->e->notice_count; i++) {
                const struct notice_decl *n = &r->e->notices[i];
                struct jw jw = {0};
                int64_t act;
                bool ok;

                if (n->on != on)
                        continue;
                if (!notice_act(w, &act))
                        return false;
                jw_open(&jw, '{');
                jw_key(&jw, "template"), jw_text(&jw, n->template);
                jw_key(&jw, "to"), jw_text(&jw, n->to);
                jw_key(&jw, "event"), jw_int(&jw, r->event_count);
                jw_key(&jw, "entity"), jw_text(&jw, r->e->name);
                jw_key(&jw, "act"), jw_int(&jw, act);
                jw_close(&jw, '}');
                ok = outbox_add(w, "notice", r->id, jw_view(&jw));
                jw_free(&jw);
                if (!ok)
                        return false;
        }
        return true;
}
