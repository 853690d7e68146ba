/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_test.c -- who is told, once, in which words; what is held; what becomes of a row that cannot be taken; on both engines.
 */
#include "engine/test_engine.h"
#include "base/log.h"
#include "engine/actor.h"
#include "engine/notice.h"
#include "service/hooks.h"
#include "service/notice_mail.h"
#include "service/service.h"
#include "service/timers.h"

static int64_t account, contact, team, wang, boss, engineer, director;

static int64_t
make(struct test_engine *t, const char *entity, const char *json)
{
        char *text = arena_strdup(t->ctx->arena, json);
        struct record *r;

        for (char *p = text; *p; p++)
                if (*p == '\'')
                        *p = '"';
        r = store_create(&t->w, test_entity(t, entity), test_json(t, text));
        test_must(t, r != NULL);
        return r->id;
}

static int64_t
person(struct test_engine *t, const char *login, const char *role, const char *more)
{
        return make(t, "user", arena_printf(t->ctx->arena, "{'login':'%s','name':'%s','roles':['%s'],'email':'%s@x.test'%s}", login, login, role, login, more));
}

static void
furnish(struct test_engine *t)
{
        struct arena *a = t->ctx->arena;

        notice_mail_set(true);
        account = make(t, "account", "{'code':'A','name':'East Grid','grade':'A'}");
        contact = make(t, "contact", arena_printf(a, "{'name':'Ute','account':%lld,'email':'ute@x.test','language':'en'}", (long long)account));
        team = make(t, "team", "{'code':'T1','name':'North','kind':'t1','tier':1}");
        wang = person(t, "wang", "t1_engineer", arena_printf(a, ",'team':%lld,'language':'en','zone':'Europe/Berlin'", (long long)team));
        engineer = person(t, "eng", "t1_engineer", arena_printf(a, ",'team':%lld", (long long)team));
        boss = person(t, "boss", "duty_manager", "");
        director = person(t, "dir", "service_director", "");
        test_must(t, sql_run(t->ctx, t->conn, SQL("update team set lead = $1 where id = $2"), "ii", boss, team));
}

static struct record *
request(struct test_engine *t)
{
        int64_t id = make(t, "technical_request", arena_printf(t->ctx->arena, "{'title':'Dark','account':%lld,'contact':%lld,'team':%lld,'handler':%lld,'owner':%lld}",
                                                               (long long)account, (long long)contact, (long long)team, (long long)wang, (long long)wang));

        test_must(t, sql_run(t->ctx, t->conn, SQL("delete from outbox"), ""));
        return store_load_case(&t->w, id);
}

static int64_t
count(struct test_engine *t, const char *sql)
{
        int64_t n;

        test_must(t, sql_one_int(t->ctx, t->conn, &n, sql, ""));
        return n;
}

static void
take(struct test_engine *t)
{
        int taken;

        test_must(t, notice_take_due(&t->w, 100, &taken) && sql_flush(t->ctx, t->conn));
}

static const char *
people(struct test_engine *t, const struct record *r, const char *to)
{
        struct receivers list;
        const char *text = "";

        test_must(t, audience_find(&t->w, r, str_of(to), &list));
        for (size_t i = 0; i < list.count; i++)
                text = arena_printf(t->ctx->arena, "%s%s%s:%s", text, i ? " " : "", list.list[i].name, list.list[i].why);
        return text;
}

static void
whom_a_notice_means(struct test_engine *t)
{
        struct record *r = request(t);

        assert_string_equal(people(t, r, "contact"), "Ute:contact");
        make(t, "contact", arena_printf(t->ctx->arena, "{'name':'Old Boss','account':%lld,'email':'old@x.test','functions':['kdm'],'active':false}", (long long)account));
        make(t, "contact", arena_printf(t->ctx->arena, "{'name':'Chief','account':%lld,'email':'chief@x.test','functions':['kdm','approver']}", (long long)account));
        test_must(t, sql_run(t->ctx, t->conn, SQL("update contact set functions = '[\"kdm\"]' where id = $1"), "i", contact));
        assert_string_equal(people(t, r, "contact kdm"), "Ute:contact Chief:kdm");
        assert_string_equal(people(t, r, "kdm contact"), "Ute:kdm Chief:kdm");
        assert_string_equal(people(t, r, "handler owner"), "wang:handler");
        assert_string_equal(people(t, r, "team"), "wang:team eng:team");
        assert_string_equal(people(t, r, "handler lead"), "wang:handler boss:lead");
        assert_string_equal(people(t, r, "duty_manager"), "boss:duty_manager");
        assert_string_equal(people(t, r, arena_printf(t->ctx->arena, "person:%lld", (long long)director)), "dir:person");
        assert_string_equal(people(t, r, "service_manager"), "");
        test_must(t, sql_run(t->ctx, t->conn, SQL("update account set service_manager = $1 where id = $2"), "ii", director, account));
        assert_string_equal(people(t, r, "service_manager"), "dir:service_manager");
        test_must(t, sql_run(t->ctx, t->conn, SQL("update users set active = 0 where id = $1"), "i", engineer));
        assert_string_equal(people(t, r, "team"), "wang:team");
        test_must(t, sql_run(t->ctx, t->conn, SQL("update users set active = 1 where id = $1"), "i", engineer));
}

static void
each_is_told_once(struct test_engine *t)
{
        struct record *r = request(t);

        test_must(t, timers_notice(&t->w, r, "handler", "request_rejected", STR_NONE) && timers_notice(&t->w, r, "owner", "request_rejected", STR_NONE) &&
                             timers_notice(&t->w, r, "contact", "request_received", STR_NONE));
        take(t);
        take(t);
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery where channel = 'inbox'")), 1);
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery where channel = 'mail' and state = 'due' and contact is not null and person is null")), 1);
        assert_int_equal(count(t, SQL("select count(*) from outbox where state <> 'sent'")), 0);
}

static struct str
inbox_text(struct test_engine *t, const char *part)
{
        struct jw out = {0};
        struct json *v;
        struct str ret;

        test_must(t, inbox_json(&t->w, false, INT64_MAX, INT64_MAX, 10, &out));
        v = json_parse(t->ctx, arena_strndup(t->ctx->arena, out.b.p, out.b.n), out.b.n, 1000);
        test_must(t, v != NULL && json_get(v, "items")->count > 0);
        ret = json_get_text(json_get(json_get(v, "items")->child, part), "en");
        jw_free(&out);
        return ret;
}

/* A request is accepted, and its order with it: one notice, with what only the second says. */
static void
one_act_is_told_once(struct test_engine *t)
{
        struct record *r = request(t), *o = service_case_under(&t->w, "work_order", r);
        const struct actor *was = t->w.actor;
        int taken;

        record_set_text(o, "kind", STR("remote"));
        record_set_int(o, "handler", engineer);
        t->w.act = 0;
        test_must(t, store_insert(&t->w, o, "create") && sql_run(t->ctx, t->conn, SQL("delete from outbox"), ""));
        test_must(t, timers_notice(&t->w, o, "handler contact", "order_offered", STR_NONE) &&
                             timers_notice(&t->w, o, "handler contact", "engineer_named", STR_NONE) &&
                             timers_notice(&t->w, r, "contact handler", "engineer_assigned", STR_NONE) &&
                             timers_notice(&t->w, r, "handler", "request_assigned", STR_NONE));
        t->w.act = 0;                  /* and another act at the same instant */
        test_must(t, timers_notice(&t->w, r, "contact", "request_waiting", STR_NONE));
        test_must(t, notice_take_due(&t->w, 2, &taken) && sql_flush(t->ctx, t->conn));
        assert_int_equal(taken, 5);
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery where contact is not null and channel = 'mail'")), 2);
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery where template = 'engineer_assigned' and channel = 'mail'")), 1);
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery where template = 'engineer_named' and reason = 'together'")), 1);
        t->w.actor = actor_load(&t->w, engineer, t->ctx->arena);
        assert_true(str_starts(inbox_text(t, "subject"), STR("To accept")));
        t->w.actor = was;
}

static void
what_is_said_below(struct test_engine *t)
{
        static const char facts[] = "{\"number\":\"TR-1\",\"title\":\"Dark\",\"handler\":\"Li\",\"also\":["
                                    "{\"template\":\"engineer_named\",\"facts\":{\"title\":\"Dark\",\"handler\":\"%s\"}},"
                                    "{\"template\":\"gone\",\"facts\":{}}]}";
        struct notice_reader en = {LANG_EN, ""};
        struct notice_said said;
        const struct json *f = notice_facts_read(&t->w, str_of(arena_printf(t->ctx->arena, facts, "Li")));

        assert_true(notice_say(&t->w, STR("engineer_assigned"), AUDIENCE_CUSTOMER, f, en, &said));
        assert_int_equal(said.also_count, 0);
        assert_null(strstr(said.text.p, "Your engineer"));
        f = notice_facts_read(&t->w, str_of(arena_printf(t->ctx->arena, facts, "Wang")));
        assert_true(notice_say(&t->w, STR("engineer_assigned"), AUDIENCE_CUSTOMER, f, en, &said));
        assert_int_equal(said.also_count, 1);
        assert_non_null(strstr(said.text.p, "Engineer: Li\n\nYour engineer: Dark\nEngineer: Wang"));
        assert_false(notice_say(&t->w, STR("gone"), AUDIENCE_CUSTOMER, f, en, &said));
}

static bool
search_tells(struct test_engine *t, int64_t as, int64_t about, const char *part)
{
        const struct actor *was = t->w.actor;
        struct notice_search s = {.about = about, .until = INT64_MAX, .before = INT64_MAX, .before_id = INT64_MAX, .limit = 10};
        struct jw out = {0};
        bool ret;

        t->w.actor = actor_load(&t->w, as, t->ctx->arena);
        assert_true(notice_sees_all(&t->w));
        test_must(t, notice_search_json(&t->w, &s, &out));
        assert_non_null(strstr(buf_c(&out.b), "\"reader\":\"adam\""));
        ret = strstr(buf_c(&out.b), part) != NULL;
        jw_free(&out);
        t->w.actor = was;
        return ret;
}

/* Who may search but not read the record learns that somebody was told, not of what. */
static void
a_search_keeps_what_one_may_not_read(struct test_engine *t)
{
        int64_t adam = person(t, "adam", "administrator", "");
        int64_t hook = make(t, "webhook", "{'name':'Our ERP','url':'https://erp.example.com/in','events':'*.create'}");
        struct record *h = store_load(&t->w, test_entity(t, "webhook"), hook);

        test_must(t, sql_run(t->ctx, t->conn, SQL("delete from outbox"), "") &&
                             timers_notice(&t->w, h, "administrator", "webhook_disabled", STR_NONE));
        take(t);
        assert_true(search_tells(t, adam, hook, "\"subject\""));
        assert_false(search_tells(t, boss, hook, "\"subject\""));
        assert_false(search_tells(t, boss, hook, "Our ERP"));
}

static void
what_customers_may_not_read(struct test_engine *t)
{
        struct record *r = request(t), *e;
        int64_t before = count(t, SQL("select count(*) from notice_delivery"));

        e = service_case_under(&t->w, "management_escalation", r);
        record_set_int(e, "level", 1);
        record_set_text(e, "trigger", STR("sla_breach"));
        test_must(t, store_insert(&t->w, e, "create") && timers_notice(&t->w, e, "contact", "management_plan", STR_NONE));
        take(t);
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery d join cases c on c.id = d.about where d.template = 'management_plan' "
                                      "and c.entity = 'technical_request'")), 1);
        test_must(t, timers_notice(&t->w, r, "contact", "request_urged", STR_NONE));
        take(t);
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery where template = 'request_urged' and reason = 'not_for_reader'")), 1);
        assert_true(count(t, SQL("select count(*) from notice_delivery")) > before);
}

static void
a_row_that_cannot_be_taken(struct test_engine *t)
{
        struct record *r = request(t);

        test_must(t, timers_notice(&t->w, r, "handler", "no_such_template", STR_NONE) && timers_notice(&t->w, r, "nobody_at_all", "request_urged", STR_NONE) &&
                             outbox_add(&t->w, "notice", r->id, STR("not json")) && timers_notice(&t->w, r, "handler", "request_urged", STR_NONE));
        take(t);
        assert_int_equal(count(t, SQL("select count(*) from outbox where state = 'failed' and error like '%no_such_template%'")), 1);
        assert_int_equal(count(t, SQL("select count(*) from outbox where state = 'failed' and error like '%nobody_at_all%'")), 1);
        assert_int_equal(count(t, SQL("select count(*) from outbox where state = 'due' and tries = 1")), 1);
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery where template = 'request_urged' and channel = 'inbox'")), 1);
        for (int i = 0; i < 12; i++) {
                t->w.now += 2 * USEC_HOUR;
                take(t);
        }
        assert_int_equal(count(t, SQL("select count(*) from outbox where state = 'due'")), 0);
        assert_int_equal(count(t, SQL("select count(*) from outbox where state = 'failed'")), 3);
}

static const char *
fill(struct test_engine *t, const char *wording, const char *facts, enum lang lang, const char *zone)
{
        return notice_fill(&t->w, wording, notice_facts_read(&t->w, str_of(facts)), (struct notice_reader){lang, zone}, NULL).p;
}

static void
words_are_filled(struct test_engine *t)
{
        assert_string_equal(fill(t, "{number} {title}", "{\"number\":\"TR-1\",\"title\":\"{state} x\"}", LANG_EN, ""), "TR-1 {state} x");
        assert_string_equal(fill(t, "a\nb {due}\nc", "{}", LANG_EN, ""), "a\nc");
        assert_string_equal(fill(t, "{due}", "{\"due\":1800000000000000}", LANG_EN, "Europe/Berlin"), "15 Jan 2027, 09:00");
        assert_string_equal(fill(t, "{due}", "{\"due\":1800000000000000}", LANG_ZH, "Asia/Shanghai"), "2027-01-15 16:00");
        assert_string_equal(fill(t, "{due}", "{\"due\":1800000000000000}", LANG_ZH, ""), "2027-01-15 08:00 UTC");
        assert_string_equal(fill(t, "{severity}", "{\"severity\":\"critical\"}", LANG_ZH, ""), "严重");
        assert_string_equal(fill(t, "{by}", "{\"by\":\"\"}", LANG_ZH, ""), "系统");
        assert_string_equal(fill(t, "{clock}", "{\"entity\":\"technical_request\",\"clock\":\"restore\"}", LANG_EN, ""), "Restore");
        assert_string_equal(fill(t, "{text}", "{\"text\":{\"en\":\"E\",\"zh\":\"Z\"}}", LANG_ZH, ""), "Z");
        assert_string_equal(fill(t, "{title}", "nonsense", LANG_ZH, ""), "");
}

static void
quiet_hours_follow_the_readers_clock(struct test_engine *t)
{
        struct record *r = request(t);
        struct receivers to;
        struct notice_cause c = {.about = r->id, .at = t->w.now, .t = template_get(t->model->templates, STR("contract_renewal"))};
        struct notice_plan p;

        test_must(t, audience_find(&t->w, r, STR("handler"), &to));
        test_must(t, sql_run(t->ctx, t->conn, SQL("insert into notice_preference (person, kind, digest, quiet_from, quiet_until) values ($1, '*', 'none', 540, 600)"), "i", wang));
        test_must(t, notice_plan_make(&t->w, r, &c, &to.list[0], &p));         /* 09:00 in Berlin */
        assert_true(p.mail && p.gather);
        assert_string_equal(p.reason, "quiet_hours");
        assert_int_equal(p.mail_at - t->w.now, USEC_HOUR);
        t->w.now += 3 * USEC_HOUR;
        test_must(t, notice_plan_make(&t->w, r, &c, &to.list[0], &p));
        assert_true(p.mail && !p.gather && p.mail_at == t->w.now);
        t->w.now -= 3 * USEC_HOUR;
        c.t = template_get(t->model->templates, STR("roster_page"));
        test_must(t, notice_plan_make(&t->w, r, &c, &to.list[0], &p));
        assert_true(p.critical && !p.gather && p.mail_at == t->w.now);
        test_must(t, sql_run(t->ctx, t->conn, SQL("update notice_preference set digest = 'daily', quiet_from = 0, quiet_until = 0 where person = $1"), "i", wang));
        c.t = template_get(t->model->templates, STR("contract_renewal"));
        test_must(t, notice_plan_make(&t->w, r, &c, &to.list[0], &p));
        assert_int_equal(p.mail_at - t->w.now, 23 * USEC_HOUR);                 /* eight in the morning in Berlin */
}

static void
mails_are_claimed_once_and_end(struct test_engine *t)
{
        struct record *r = request(t);
        struct mail *list;
        size_t n;

        test_must(t, sql_run(t->ctx, t->conn, SQL("delete from notice_delivery"), ""));
        test_must(t, timers_notice(&t->w, r, "contact", "request_received", STR_NONE));
        take(t);
        test_must(t, mail_claim(&t->w, 10, "https://x", &list, &n));
        assert_int_equal(n, 1);
        assert_true(list[0].worded && list[0].lang == LANG_EN && list[0].tries == 1);
        assert_non_null(strstr(list[0].text.p, "Dear Ute"));
        test_must(t, mail_claim(&t->w, 10, "", &list, &n));
        assert_int_equal(n, 0);
        t->w.now += 3 * USEC_MINUTE;           /* nobody said what became of it */
        test_must(t, mail_claim(&t->w, 10, "", &list, &n));
        assert_int_equal(n, 1);
        test_must(t, mail_done(&t->w, &list[0], MAIL_LATER, "away") && sql_flush(t->ctx, t->conn));
        assert_int_equal(count(t, SQL("select next_at from notice_delivery where channel = 'mail'")) - t->w.now, 2 * USEC_MINUTE);
        t->w.now += USEC_HOUR;
        test_must(t, mail_claim(&t->w, 10, "", &list, &n) && n == 1 && mail_done(&t->w, &list[0], MAIL_SENT, "") && sql_flush(t->ctx, t->conn));
        assert_int_equal(count(t, SQL("select count(*) from notice_delivery where state = 'sent' and tries = 3 and channel = 'mail'")), 1);
}

static void
with_engine(enum db_engine engine, void (*test)(struct test_engine *t))
{
        struct test_engine t;

        test_engine_open(&t, engine);
        furnish(&t);
        test(&t);
        test_engine_close(&t);
}

#define ON_BOTH(name)                                                                                        \
        static void test_##name(void **state)                                                                \
        {                                                                                                    \
                with_engine(DB_SQLITE, name);                                                                \
                if (test_pg())                                                                           \
                        with_engine(DB_PG, name);                                                            \
        }
ON_BOTH(whom_a_notice_means)
ON_BOTH(each_is_told_once)
ON_BOTH(one_act_is_told_once)
ON_BOTH(what_is_said_below)
ON_BOTH(a_search_keeps_what_one_may_not_read)
ON_BOTH(what_customers_may_not_read)
ON_BOTH(a_row_that_cannot_be_taken)
ON_BOTH(words_are_filled)
ON_BOTH(quiet_hours_follow_the_readers_clock)
ON_BOTH(mails_are_claimed_once_and_end)

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_whom_a_notice_means),
                cmocka_unit_test(test_each_is_told_once),
                cmocka_unit_test(test_one_act_is_told_once),
                cmocka_unit_test(test_what_is_said_below),
                cmocka_unit_test(test_a_search_keeps_what_one_may_not_read),
                cmocka_unit_test(test_what_customers_may_not_read),
                cmocka_unit_test(test_a_row_that_cannot_be_taken),
                cmocka_unit_test(test_words_are_filled),
                cmocka_unit_test(test_quiet_hours_follow_the_readers_clock),
                cmocka_unit_test(test_mails_are_claimed_once_and_end),
        };

        log_setup(LOG_OFF, false);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
