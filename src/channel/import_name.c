/* SPDX-License-Identifier: Apache-2.0
 *
 * import_name.c -- teams, people, customers, contacts and products that a log names: found, or created.
 *
 * A name is looked for by the code that an earlier import of the same source gave it, then by the name itself (a team
 * "V5 2nd" that the site has already is that team), and created when neither is there.  People are looked for by code
 * only: the log's "Frederic" is nobody of the site.  They are created inactive, as history needs them and nobody
 * signs in with them.
 *
 *     code = source:name, or source:digest of the name where that is too long for the field
 *
 * Invariants
 *   1. The same source and name always gives the same record: the code is unique.
 *   2. Found once, an id is kept for the run (word->id); a unit that was undone ends the run.
 */
#include "base/text.h"
#include "channel/import_private.h"
#include "engine/store.h"
#include "gen/names.h"

struct kind {
        const char *entity;
        const char *code;              /* the field that holds the code */
        size_t code_max;               /* characters */
        const char *by_code, *by_name; /* NULL: not looked for by name */
        bool of_source;                /* by_code takes the source as $2 */
        void (*fill)(struct import *im, struct record *r, const struct word *word, int64_t account);
};

/* ---- what a new record gets beside code and name ---- */

static void
fill_team(struct import *im, struct record *r, const struct word *word, int64_t account)
{
        static const char *const kinds[] = {"t1", "t1", "t2", "t3"};

        record_set_text(r, FIELD_TEAM_KIND, str_of(kinds[word->tier]));
        if (word->tier)
                record_set_int(r, FIELD_TEAM_TIER, word->tier);
}

static void
fill_person(struct import *im, struct record *r, const struct word *word, int64_t account)
{
        record_set_text(r, FIELD_USER_ROLES, STR("[\"t1_engineer\"]"));
        record_set_int(r, FIELD_USER_ACTIVE, 0);
}

static void
fill_account(struct import *im, struct record *r, const struct word *word, int64_t account)
{
        record_set_text(r, FIELD_ACCOUNT_SOURCE, str_of(im->map->name));
        record_set(r, FIELD_ACCOUNT_SOURCE_NO, *record_get(r, FIELD_ACCOUNT_CODE));
}

static void
fill_contact(struct import *im, struct record *r, const struct word *word, int64_t account)
{
        record_set_text(r, FIELD_CONTACT_SOURCE, str_of(im->map->name));
        record_set_int(r, FIELD_CONTACT_ACCOUNT, account);
}

static void
fill_product(struct import *im, struct record *r, const struct word *word, int64_t account)
{
}

static const struct kind kinds[] = {
        [WORD_TEAM] = {ENTITY_TEAM, FIELD_TEAM_CODE, 40, SQL("select id from team where code = $1"),
                       SQL("select id from team where name = $1 order by id limit 1"), false, fill_team},
        [WORD_ACTOR] = {ENTITY_USER, FIELD_USER_LOGIN, 80, SQL("select id from users where login = $1"), NULL,
                        false, fill_person},
        [WORD_ACCOUNT] = {ENTITY_ACCOUNT, FIELD_ACCOUNT_CODE, 40,
                          SQL("select id from account where code = $1"),
                          SQL("select id from account where name = $1 order by id limit 1"), false,
                          fill_account},
        [WORD_CONTACT] = {ENTITY_CONTACT, FIELD_CONTACT_SOURCE_NO, 80,
                          SQL("select id from contact where source_no = $1 and source = $2"), NULL, true,
                          fill_contact},
        [WORD_PRODUCT] = {ENTITY_PRODUCT, FIELD_PRODUCT_CODE, 60,
                          SQL("select id from product where code = $1"),
                          SQL("select id from product where name = $1 order by id limit 1"), false,
                          fill_product},
};

/* ---- finding and creating ---- */

/* At most `max` characters, whole ones. */
static struct str
cut_text(struct str s, size_t max)
{
        size_t pos = 0;

        for (size_t i = 0; i < max && pos < s.n; i++)
                text_next(s, &pos);
        return (struct str){s.p, pos};
}

static struct str
code_of(struct import *im, const struct kind *k, struct str name)
{
        struct arena *a = im->unit_ctx.arena;
        struct str s = str_of(arena_printf(a, "%s:%.*s", im->map->name, (int)name.n, name.p));
        char digest[DIGEST_HEX_MAX];

        if (text_length(s) <= k->code_max)
                return s;
        digest_hex(name, digest);
        return cut_text(str_of(arena_printf(a, "%.20s:%.19s", im->map->name, digest)), k->code_max);
}

static bool
find(struct import *im, const char *sql, bool of_source, struct str key, int64_t *ret)
{
        struct ctx *ctx = &im->unit_ctx;
        struct conn *c = im->unit.conn;

        *ret = 0;
        if (sql == NULL)
                return true;
        return (of_source ? sql_one_int(ctx, c, ret, sql, "ts", key, im->map->name)
                          : sql_one_int(ctx, c, ret, sql, "t", key)) ||
               !ctx_failed(ctx);
}

static bool
create(struct import *im, enum word_kind kind, struct word *word, struct str code, int64_t account)
{
        const struct kind *k = &kinds[kind];
        struct record *r = record_new(&im->unit, model_entity(im->unit.model, k->entity));
        const struct field *name = entity_field(r->e, "name");

        record_set_text(r, k->code, code);
        r->v[name->index] = VAL_OF_TEXT(cut_text(word->text, name->has_max ? (size_t)name->max : 200));
        k->fill(im, r, word, account);
        if (!store_insert(&im->unit, r, "import"))
                return false;
        im->tally.created[kind]++;
        word->id = r->id;
        return true;
}

bool
import_name(struct import *im, enum word_kind kind, struct word *word, int64_t account, int64_t *ret)
{
        const struct kind *k = &kinds[kind];

        *ret = 0;
        if (word == NULL)
                return true;
        if (word->id == 0) {
                struct str code = code_of(im, k, word->text);
                if (!find(im, k->by_code, k->of_source, code, &word->id) ||
                    (word->id == 0 && !find(im, k->by_name, false, word->text, &word->id)) ||
                    (word->id == 0 && !create(im, kind, word, code, account)))
                        return false;
        }
        *ret = word->id;
        return true;
}
