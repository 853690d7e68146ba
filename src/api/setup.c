/* SPDX-License-Identifier: Apache-2.0
 *
 * setup.c -- the first start over HTTP, for whoever holds the code that `openitr serve` printed.
 *
 *     POST /setup        {code}                     what is answered so far
 *     POST /setup/save   {code, step, value}        one step
 *     POST /setup/finish {code}                     all of it; from then on these paths do not exist
 *
 * The code is made at each start, is known to the terminal alone and goes by the page behind the # of its address.  With a
 * wrong one the answer is that of a path that is not there.
 */
#include "api/admin.h"
#include "api/server.h"
#include "base/log.h"
#include "base/secret.h"
#include "service/demo.h"
#include "service/setup.h"

static bool
admitted(struct request *q, struct work *w)
{
        struct server *s = q->server;
        bool open = s->o.setup_code != NULL && !atomic_load(&s->setup_over);

        return (open && secret_equal(json_get_text(q->json, "code"), str_of(s->o.setup_code))) ||
               fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
}

static bool
answer_state(struct request *q, struct work *w)
{
        jw_open(&q->out, '{');
        jw_key(&q->out, "mail_server");
        jw_bool(&q->out, q->server->o.mail_set);
        bool ok = setup_write(w, &q->out);
        jw_close(&q->out, '}');
        return ok;
}

bool
setup_open(struct request *q, struct work *w, struct response *r)
{
        return admitted(q, w) && answer_state(q, w);
}

struct saving {
        struct str step;
        const struct json *value;
        const char *hash;
};

static bool
save(struct work *w, void *arg)
{
        struct saving *s = arg;

        return setup_save(w, s->step, s->value, s->hash);
}

/* The password of the step becomes a hash here, on a worker's thread. */
static bool
take_password(struct request *q, struct saving *s)
{
        struct str password = json_get_text(s->value, "password");
        char *hash = arena_alloc(q->arena, SECRET_HASH_MAX);

        if (!str_is(s->step, "administrator") || password.n == 0)
                return true;
        if (!password_check(&q->ctx, "password", password, str_c(q->arena, json_get_text(s->value, "login"))))
                return false;
        s->hash = hash;
        return password_hash(password, hash) || fail(&q->ctx, E_INTERNAL, "", "no memory for a password hash");
}

bool
setup_store(struct request *q, struct work *w, struct response *r)
{
        struct saving s = {.value = json_get(q->json, "value")};

        return admitted(q, w) && body_text(q, "step", 40, &s.step) && take_password(q, &s) && server_write(q, save, &s) &&
               answer_state(q, w);
}

static void
say(void *arg, const char *line)
{
        log_info("demo", "text", line, NULL);
}

/* The demo company takes transactions of its own, on a connection of its own. */
static bool
fill_demo(struct request *q, struct work *w)
{
        struct work as = *w;
        bool wanted, ok;

        if (!setup_wants_demo(w, &wanted))
                return false;
        if (!wanted)
                return true;
        as.actor = &ACTOR_SYSTEM;
        as.conn = conn_open(w->ctx, q->server->o.db, CONN_WRITE);
        ok = as.conn && demo_fill(&as, say, NULL);
        conn_close(as.conn);
        return ok;
}

static bool
finish(struct work *w, void *arg)
{
        struct work as = *w;

        as.actor = &ACTOR_SYSTEM;
        return setup_finish(&as);
}

bool
setup_end(struct request *q, struct work *w, struct response *r)
{
        if (!admitted(q, w) || !setup_complete(w) || !fill_demo(q, w) || !server_write(q, finish, NULL))
                return false;
        atomic_store(&q->server->setup_over, true);
        q->forget_sessions = true;
        r->status = 204;
        return true;
}
