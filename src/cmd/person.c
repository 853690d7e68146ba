/* SPDX-License-Identifier: Apache-2.0
 *
 * person.c -- people who log in, as the command line makes them.
 *
 * A user is an ordinary record, made by store_create like any other; a password and a token are rows of
 * system tables, of which only the digest is kept.  A password is never an argument: other people of the
 * machine could read it there.
 */
#include "cmd/person.h"
#include <stdio.h>
#include "api/auth.h"
#include "base/secret.h"
#include "engine/store.h"
#include "gen/names.h"

enum { PASSWORD_LEAST = 8, PASSWORD_MOST = 200, MADE_UP_BYTES = 12, TOKEN_BYTES = 32 };

static void
put_roles(struct jw *jw, const char *roles)
{
        struct str rest = str_of(roles);

        jw_open(jw, '[');
        while (rest.n > 0)
                jw_str(jw, str_trim(str_cut(rest, ',', &rest)));
        jw_close(jw, ']');
}

/* The request that a browser would send. */
static const struct json *
create_body(struct ctx *ctx, const char *login, const char *name, const char *roles)
{
        struct jw jw = {0};

        jw_open(&jw, '{');
        jw_key(&jw, FIELD_USER_LOGIN), jw_text(&jw, login);
        jw_key(&jw, FIELD_USER_NAME), jw_text(&jw, *name ? name : login);
        jw_key(&jw, FIELD_USER_ROLES), put_roles(&jw, roles);
        jw_close(&jw, '}');
        size_t n = jw.b.n;
        char *text = arena_strndup(ctx->arena, jw.b.p, n);
        jw_free(&jw);
        return json_parse(ctx, text, n, 1000);
}

bool
person_create(struct work *w, const char *login, const char *name, const char *roles, int64_t *ret_id)
{
        const struct json *body = create_body(w->ctx, login, name, roles);
        const struct record *r = body ? store_create(w, model_entity(w->model, ENTITY_USER), body) : NULL;

        if (r)
                *ret_id = r->id;
        return r != NULL;
}

bool
person_find(struct work *w, const char *login, int64_t *ret_id)
{
        if (sql_one_int(w->ctx, w->conn, ret_id, SQL("select id from users where login = $1"), "s", login))
                return true;
        return !ctx_failed(w->ctx) && fail(w->ctx, E_NOT_FOUND, "", "user", login);
}

bool
person_set_password(struct work *w, int64_t id, struct str password)
{
        char hash[SECRET_HASH_MAX];

        if (!password_hash(password, hash))
                return fail(w->ctx, E_INTERNAL, "", "the password could not be hashed");
        return sql_run(w->ctx, w->conn,
                       SQL("insert into credentials (person, hash, changed_at, must_change) values ($1, $2, "
                           "$3, 0) "
                           "on conflict (person) do update set hash = excluded.hash, "
                           "changed_at = excluded.changed_at, must_change = 0"),
                       "isi", id, hash, w->now) &&
               sql_run(w->ctx, w->conn, SQL("delete from sessions where person = $1"), "i", id);
}

const char *
person_new_token(struct work *w, int64_t id, const char *name, int64_t days)
{
        char *token = arena_alloc(w->ctx->arena, TOKEN_BYTES * 2), digest[DIGEST_HEX_MAX];
        int64_t row, until = w->now + days * USEC_DAY;

        token_random(token, TOKEN_BYTES * 2, TOKEN_BYTES);
        digest_hex(str_of(token), digest);
        if (!seq_next(w->ctx, w->conn, "id", 1, &row))
                return NULL;
        bool ok = sql_run(w->ctx, w->conn,
                          SQL("insert into api_tokens (id, token_hash, person, name, created_at, expires_at) "
                              "values ($1, $2, $3, $4, $5, $6)"),
                          "ibisiI", row, auth_digest_bytes(w->ctx->arena, digest), id, name, w->now,
                          days > 0 ? &until : NULL);
        return ok ? token : NULL;
}

static bool
read_password(struct ctx *ctx, const char **ret)
{
        char line[PASSWORD_MOST + 2];

        if (!fgets(line, sizeof line, stdin))
                return fail(ctx, E_USAGE, "--password-stdin", "Standard input has no line.");
        line[strcspn(line, "\r\n")] = '\0';
        size_t n = strlen(line);
        if (n < PASSWORD_LEAST || n > PASSWORD_MOST)
                return fail(ctx, E_USAGE, "--password-stdin", "A password has 8 to 200 bytes.");
        *ret = arena_strdup(ctx->arena, line);
        return true;
}

bool
person_choose_password(struct call *c, const char **ret, bool *ret_made)
{
        *ret_made = !c->o.password_stdin;
        if (c->o.password_stdin)
                return read_password(c->ctx, ret);
        char *made = arena_alloc(c->ctx->arena, MADE_UP_BYTES * 2);
        token_random(made, MADE_UP_BYTES * 2, MADE_UP_BYTES);
        *ret = made;
        return true;
}
