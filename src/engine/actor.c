/* SPDX-License-Identifier: Apache-2.0
 *
 * actor.c -- loading an actor from `users` and `membership`.
 *
 * Roles that the Model no longer knows give nothing.  The home team comes first in `teams`, then those whose
 * membership has not ended today.  An actor never changes; who keeps one (api/auth.c) loads another when the
 * user may have changed.
 */
#include "engine/actor.h"

static role_mask
read_roles(struct work *w, struct str text)
{
        const struct json *list =
                text.n ? json_parse(w->ctx, arena_strndup(w->ctx->arena, text.p, text.n), text.n, 256) : NULL;
        role_mask mask = 0;

        for (const struct json *v = list ? list->child : NULL; v; v = v->next) {
                const struct role *role =
                        v->type == JSON_TEXT ? model_role(w->model, str_c(w->ctx->arena, v->text)) : NULL;
                if (role)
                        mask |= role->bit;
        }
        return mask;
}

static role_mask
acting_roles(const struct model *m, role_mask given)
{
        role_mask mask = given;

        for (size_t i = 0; i < m->role_count; i++)
                if (given & m->roles[i].bit)
                        mask |= m->roles[i].acts_as;
        return mask;
}

static void
add_team(struct arena *a, struct actor *actor, int64_t **list, int64_t team)
{
        for (size_t i = 0; i < actor->team_count; i++)
                if ((*list)[i] == team)
                        return;
        if (team)
                *ARENA_PUSH(a, *list, actor->team_count) = team;
}

static bool
read_teams(struct work *w, struct arena *a, struct actor *actor)
{
        char today[TIME_TEXT_MAX];
        int64_t *list = NULL;
        struct rows *r;

        date_format(w->now / USEC_DAY, today);
        add_team(a, actor, &list, actor->team);
        r = sql_query(w->ctx, w->conn,
                      SQL("SELECT team FROM membership WHERE person = $1 AND (until IS NULL OR until >= $2) "
                          "ORDER BY team"),
                      "is", actor->id, today);
        while (r && rows_next(r))
                add_team(a, actor, &list, rows_int(r, 0));
        actor->teams = list;
        return r && rows_close(r);
}

struct actor *
actor_load(struct work *w, int64_t user_id, struct arena *a)
{
        struct actor *actor = NULL;
        struct str roles = STR_NONE;
        struct rows *r = sql_query(
                w->ctx, w->conn,
                SQL("SELECT id, roles, account, contact, team, tier, login, name, \"language\" FROM users "
                    "WHERE id = $1 AND active = 1"),
                "i", user_id);

        if (r && rows_next(r)) {
                actor = ARENA_NEW(a, struct actor);
                actor->id = rows_int(r, 0);
                roles.p = str_c(w->ctx->arena, rows_text(r, 1));
                roles.n = strlen(roles.p);
                actor->account = rows_int(r, 2);
                actor->contact = rows_int(r, 3);
                actor->team = rows_int(r, 4);
                actor->tier = (int)rows_int(r, 5);
                actor->login = str_c(a, rows_text(r, 6));
                actor->name = str_c(a, rows_text(r, 7));
                actor->lang = str_is(rows_text(r, 8), "en") ? LANG_EN : LANG_ZH;
        }
        if (!r || !rows_close(r) || !actor)
                return NULL;
        actor->given = read_roles(w, roles);
        actor->roles = acting_roles(w->model, actor->given);
        return read_teams(w, a, actor) ? actor : NULL;
}

const char *
actor_zone(struct work *w, int64_t user_id, struct arena *a)
{
        struct str zone;

        if (!sql_one_text(w->ctx, w->conn, &zone, SQL("SELECT zone FROM users WHERE id = $1"), "i", user_id))
                return "";
        return str_c(a, zone);
}
