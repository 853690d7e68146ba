/* SPDX-License-Identifier: Apache-2.0
 *
 * users.c -- there is always somebody who can administer.
 *
 * The last active administrator can neither lose the role nor be made inactive, by whomever: who wants to go names another
 * first.  Two administrators who demote each other at the same moment are two changes of rows that both read; on PostgreSQL
 * one of them is run again and then refused, on SQLite there is one writer.
 */
#include "service/users.h"

#define ADMINISTRATOR "\"administrator\""

static bool
administers(const struct record *r, const struct val *v)
{
        const struct val *roles = &v[entity_field(r->e, FIELD_USER_ROLES)->index];
        const struct val *active = &v[entity_field(r->e, FIELD_USER_ACTIVE)->index];

        return roles->type == VAL_TEXT && memmem(roles->s.p, roles->s.n, ADMINISTRATOR, strlen(ADMINISTRATOR)) != NULL &&
               active->type == VAL_INT && active->i != 0;
}

bool
users_keep_administrator(struct work *w, struct record *r, const struct json *input)
{
        int64_t others;

        if (!administers(r, r->old) || administers(r, r->v))
                return true;
        if (!sql_one_int(w->ctx, w->conn, &others,
                         SQL("select count(*) from users where id <> $1 and active = 1 and roles like '%\"administrator\"%'"), "i", r->id))
                return false;
        return others > 0 ||
               refuse(w, record_int(r, FIELD_USER_ACTIVE) ? FIELD_USER_ROLES : FIELD_USER_ACTIVE,
                      "This is the last active administrator; make another one first", "这是最后一位启用的系统管理员，请先指定另一位");
}
