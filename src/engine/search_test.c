/* SPDX-License-Identifier: Apache-2.0
 *
 * search_test.c -- what is found, by whom, in which order; on SQLite, and on PostgreSQL where there is one.
 */
#include "engine/search_backend.h"
#include "engine/engine.h"
#include "model/plan.h"
#include "sql/test_store.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char *const MODEL[] = {
        "groups:\n"
        "  staff: {label: {en: Staff, zh: 员工}}\n"
        "roles:\n"
        "  customer: {label: {en: Customer, zh: 客户}}\n"
        "  engineer: {label: {en: Engineer, zh: 工程师}, groups: [staff]}\n"
        "  partner:  {label: {en: Partner, zh: 合作方}, groups: [staff]}\n"
        "  manager:  {label: {en: Manager, zh: 经理}, groups: [staff]}\n",

        "entity: case\n"
        "is: case\n"
        "abstract: true\n"
        "label: {en: Case, zh: 业务单}\n"
        "fields:\n"
        "  title:       {type: text, search: true, label: {en: Title, zh: 标题}}\n"
        "  description: {type: longtext, search: true, label: {en: Description, zh: 描述}}\n"
        "  account:     {type: link, to: account, label: {en: Customer, zh: 客户}}\n",

        "entity: account\n"
        "is: record\n"
        "label: {en: Customer, zh: 客户}\n"
        "fields:\n"
        "  name: {type: text, label: {en: Name, zh: 名称}}\n"
        "grants:\n"
        "  staff: {read: all}\n",

        "entity: user\n"
        "is: record\n"
        "table: users\n"
        "label: {en: User, zh: 用户}\n"
        "fields:\n"
        "  name: {type: text, label: {en: Name, zh: 名称}}\n"
        "grants:\n"
        "  staff: {read: all}\n",

        "entity: ticket\n"
        "is: case\n"
        "label: {en: Ticket, zh: 工单}\n"
        "number: \"TK-{seq:4}\"\n"
        "fields:\n"
        "  unit:   {type: serial, search: true, label: {en: Unit, zh: 设备}}\n"
        "  cause:  {type: text, search: true, read: [staff], label: {en: Cause, zh: 原因}}\n"
        "  secret: {type: text, search: true, read: [manager], label: {en: Secret, zh: 机密}}\n"
        "  helper: {type: person, label: {en: Helper, zh: 协助人}}\n"
        "scope: {own: [helper], own_account: account}\n"
        "states:\n"
        "  open:   {stage: handle, label: {en: Open, zh: 打开}}\n"
        "  closed: {stage: close, final: true, label: {en: Closed, zh: 关闭}}\n"
        "transitions:\n"
        "  close: {from: open, to: closed, by: [engineer], label: {en: Close, zh: 关闭}}\n"
        "grants:\n"
        "  customer: {read: own_account}\n"
        "  partner:  {read: own}\n"
        "  engineer: {read: all, write: all, create: true}\n"
        "  manager:  {read: all}\n",

        "entity: message\n"
        "is: child\n"
        "of: case\n"
        "label: {en: Message, zh: 消息}\n"
        "fields:\n"
        "  visibility: {type: text, label: {en: Visibility, zh: 可见}}\n"
        "  body: {type: longtext, search: true, label: {en: Text, zh: 内容}}\n"
        "grants:\n"
        "  customer: {read: own_account}\n"
        "  staff:    {read: all}\n",
};

struct fixture {
        struct test_store store;
        struct conn *conn;
        struct model *model;
        struct engine *engine;
        struct actor engineer, partner, manager, customer, stranger;
        struct jw out;
        bool any;
};

static void
must(struct fixture *f, bool ok)
{
        if (!ok)
                ctx_print_errors(&f->store.ctx, stderr);
        assert_true(ok);
}

static void
load(struct fixture *f)
{
        enum { COUNT = sizeof MODEL / sizeof *MODEL };
        struct source sources[COUNT];
        struct plan plan;

        for (int i = 0; i < COUNT; i++)
                sources[i] = (struct source){.path = arena_printf(f->store.arena, "%.12s", MODEL[i]),
                                             .text = str_of(MODEL[i]),
                                             .kind = "models"};
        f->model = model_load(&f->store.ctx, sources, COUNT, NULL, 0);
        must(f, f->model != NULL);
        must(f,
             plan_make(&f->store.ctx, f->model, f->conn, &plan) && plan_apply(&f->store.ctx, f->conn, &plan));
        f->engine = engine_new(f->model, NULL, 0, NULL, 0);
}

static struct actor
actor(const struct fixture *f, int64_t id, const char *role, int64_t account)
{
        return (struct actor){.id = id, .roles = model_role(f->model, role)->bit, .account = account};
}

static void
fixture_open(struct fixture *f, enum db_engine engine)
{
        test_store_open(&f->store, engine);
        f->conn = conn_open(&f->store.ctx, f->store.db, CONN_WRITE);
        must(f, f->conn != NULL);
        load(f);
        must(f, search_schema(&f->store.ctx, f->conn) && search_schema(&f->store.ctx, f->conn));
        f->engineer = actor(f, 1, "engineer", 0);
        f->partner = actor(f, 2, "partner", 0);
        f->manager = actor(f, 3, "manager", 0);
        f->customer = actor(f, 4, "customer", 70);
        f->stranger = actor(f, 5, "customer", 71);
}

static void
fixture_close(struct fixture *f)
{
        jw_free(&f->out);
        engine_free(f->engine);
        model_free(f->model);
        conn_close(f->conn);
        test_store_close(&f->store);
}

static struct work
work(struct fixture *f, const struct actor *a)
{
        return (struct work){
                .ctx = &f->store.ctx, .conn = f->conn, .engine = f->engine, .model = f->model, .actor = a};
}

static void
touch(struct fixture *f, int64_t id)
{
        struct work w = work(f, &ACTOR_SYSTEM);

        must(f, search_touch(&w, id));
}

/* A ticket of account 70 whose helper is user 2 when `id` is even. */
static void
ticket(struct fixture *f, int64_t id, const char *title, const char *description)
{
        const char *number = arena_printf(f->store.arena, "TK-%04d", (int)id);

        must(f, sql_run(&f->store.ctx, f->conn,
                        SQL("insert into cases(id, entity, number, state, stage, version, event_count, "
                            "event_hash, created_at, "
                            "created_by, updated_at, updated_by, title, description, account) "
                            "values ($1, 'ticket', $2, 'open', 'handle', 1, 1, $3, 0, 0, 0, 0, $4, $5, 70)"),
                        "isbss", id, number, STR(""), title, description));
        must(f, sql_run(&f->store.ctx, f->conn, SQL("insert into ticket(id, helper) values ($1, $2)"), "ii",
                        id, (int64_t)(id % 2 ? 0 : 2)));
        touch(f, id);
}

static void
set(struct fixture *f, int64_t id, const char *column, const char *value)
{
        const char *sql = arena_printf(f->store.arena, "update ticket set %s = $2 where id = $1", column);

        must(f, sql_run(&f->store.ctx, f->conn, sql, "is", id, value));
        touch(f, id);
}

static void
message(struct fixture *f, int64_t case_id, const char *visibility, const char *body)
{
        static int64_t id = 1000;

        must(f, sql_run(&f->store.ctx, f->conn,
                        SQL("insert into message(case_id, id, version, created_at, created_by, updated_at, "
                            "updated_by, "
                            "visibility, body) values ($1, $2, 1, 0, 0, 0, 0, $3, $4)"),
                        "iiss", case_id, ++id, visibility, body));
        touch(f, case_id);
}

static void
index_all(struct fixture *f)
{
        bool more = true;

        while (more)
                assert_true(search_index_pending(f->engine, f->conn, 2, &more));
}

static const char *
ask(struct fixture *f, const struct actor *a, const char *query)
{
        struct work w = work(f, a);

        jw_reset(&f->out);
        must(f, search_json(&w, str_of(query), f->any, 50, &f->out));
        return buf_c(&f->out.b);
}

/* The ids that a query finds, in order: "3 1". */
static const char *
found(struct fixture *f, const struct actor *a, const char *query)
{
        struct arena *arena = f->store.arena;
        const char *text = ask(f, a, query), *ids = "";
        struct json *v = json_parse(&f->store.ctx, arena_strdup(arena, text), strlen(text), 10000);

        must(f, v != NULL);
        for (const struct json *hit = json_get(v, "items")->child; hit; hit = hit->next)
                ids = arena_printf(arena, "%s%s%d", ids, *ids ? " " : "", (int)json_get(hit, "id")->i);
        return ids;
}

#define FINDS(query, ids) assert_string_equal(found(f, &f->engineer, (query)), (ids))

/* ---- what is found ---- */

static void
words_are_found_in_any_field(struct fixture *f)
{
        ticket(f, 1, "Router is down", "The power supply burnt");
        ticket(f, 2, "Switch restarts", "since the upgrade");
        message(f, 2, "public", "Power was lost");
        index_all(f);
        FINDS("router", "1");
        FINDS("POWER supply", "1");
        FINDS("upgrade power", "2");
        FINDS("\"power supply\"", "1");
        FINDS("\"supply power\"", "");
        FINDS("nothing", "");
        FINDS("", "");
        FINDS("?!", "");
}

static void
chinese_is_found_by_any_word_and_character(struct fixture *f)
{
        ticket(f, 1, "核心交换机重启", "升级后电源模块告警");
        ticket(f, 2, "源电", "机交换");
        index_all(f);
        FINDS("交换机", "1");
        FINDS("电源", "1");
        FINDS("源", "2 1");
        FINDS("电源模块告警", "1");
        FINDS("交换机 告警", "1");
        FINDS("重启升级", "1"); /* in two fields: no phrase, but half of it is found loosely */
}

static void
serials_are_found_whole_by_parts_and_without_hyphen(struct fixture *f)
{
        ticket(f, 1, "Fault", "none");
        set(f, 1, "unit", "S12700-2102AB8841");
        ticket(f, 2, "Other", "none");
        set(f, 2, "unit", "S127002102AB9999");
        index_all(f);
        FINDS("S12700-2102AB8841", "1");
        FINDS("s12700 2102ab8841", "1");
        FINDS("2102AB8841", "1");
        FINDS("S127002102AB8841", "1");
        FINDS("S12700-2102AB", "1 2");
        FINDS("S12700-2102AB9999", "2");
        FINDS("设备S12700-2102AB8841", "1");
}

static void
a_number_comes_first(struct fixture *f)
{
        ticket(f, 1, "Like TK-0003 TK-0003 TK-0003", "see TK-0003");
        ticket(f, 3, "Something", "else");
        index_all(f);
        FINDS("tk-0003", "3 1");
        FINDS("TK-000", "1 3");
}

static void
the_last_word_may_be_unfinished(struct fixture *f)
{
        ticket(f, 1, "Switches restart", "");
        index_all(f);
        FINDS("switch", "1");
        FINDS("restart swi", "1");
        FINDS("\"swi\"", "");
        FINDS("sw", "");
        FINDS("swi ", "1"); /* blanks at the ends do not count */
}

/* And a word that fills the list is not asked for as a beginning, however many longer ones there are. */
static void
a_whole_word_comes_before_longer_ones(struct fixture *f)
{
        ticket(f, 1, "Switch", "");
        ticket(f, 2, "Switches, switches, switches 交换机", "");
        index_all(f);
        FINDS("switch", "1 2");
        FINDS("交换机 switch", "2");
        FINDS("switche", "2");
        for (int id = 3; id <= 53; id++)
                ticket(f, id, "Port of a switch", "");
        index_all(f);
        assert_null(strstr(ask(f, &f->engineer, "switch"), "\"id\":2,"));
        assert_non_null(strstr(ask(f, &f->engineer, "switch"), "\"id\":53,"));
        FINDS("switche", "2");
}

static void
what_has_all_words_is_found_before_a_loose_search(struct fixture *f)
{
        ticket(f, 1, "Router down", "");
        ticket(f, 2, "Switch down", "");
        index_all(f);
        FINDS("router down", "1");
        FINDS("router burning", "1");
        f->any = true;
        FINDS("router down", "1 2");
        f->any = false;
}

static void
titles_rank_before_bodies(struct fixture *f)
{
        ticket(f, 1, "Nothing new", "the license ran out");
        ticket(f, 2, "License", "it ran out");
        ticket(f, 3, "Nothing old", "a license");
        index_all(f);
        assert_int_equal(found(f, &f->engineer, "license")[0], '2');
}

static void
phrases_do_not_reach_over_the_end_of_a_text(struct fixture *f)
{
        ticket(f, 1, "x", "末尾断");
        message(f, 1, "public", "电开始");
        index_all(f);
        FINDS("\"断电\"", "");
        FINDS("开始", "1");
}

static void
the_end_of_a_long_text_is_found(struct fixture *f)
{
        struct buf b = {0};

        for (int i = 0; i < 4500; i++)
                buf_text(&b, "电源的");
        buf_text(&b, "主控板故障");
        ticket(f, 1, "long", buf_c(&b));
        index_all(f);
        FINDS("主控板故障", "1");
        FINDS("的主控", "1");
        buf_free(&b);
}

/* ---- by whom ---- */

static void
internal_words_are_for_staff(struct fixture *f)
{
        ticket(f, 1, "Slow", "public description");
        set(f, 1, "cause", "misconfigured");
        message(f, 1, "internal", "内部：客户误操作 blunder");
        message(f, 1, "public", "we are sorry");
        index_all(f);
        assert_string_equal(found(f, &f->engineer, "blunder"), "1");
        assert_string_equal(found(f, &f->engineer, "误操作"), "1");
        assert_string_equal(found(f, &f->engineer, "slow blunder"), "1");
        assert_string_equal(found(f, &f->engineer, "misconfigured"), "1");
        assert_string_equal(found(f, &f->customer, "sorry"), "1");
        assert_string_equal(found(f, &f->customer, "description"), "1");
        assert_string_equal(found(f, &f->customer, "blunder"), "");
        assert_string_equal(found(f, &f->customer, "误操作"), "");
        assert_string_equal(found(f, &f->customer, "误"), "");
        assert_string_equal(found(f, &f->customer, "misconfigured"), "");
        assert_null(strstr(ask(f, &f->customer, "slow"), "blunder"));
        assert_null(strstr(ask(f, &f->customer, "sorry"), "blunder"));
}

static void
what_only_some_staff_may_read_is_not_searched(struct fixture *f)
{
        ticket(f, 1, "Slow", "");
        set(f, 1, "secret", "lawsuit");
        index_all(f);
        assert_string_equal(found(f, &f->manager, "lawsuit"), "");
        assert_string_equal(found(f, &f->engineer, "lawsuit"), "");
}

static void
only_rows_in_the_actors_scope_are_found(struct fixture *f)
{
        ticket(f, 1, "Router", "");
        ticket(f, 2, "Router", "");
        index_all(f);
        assert_string_equal(found(f, &f->engineer, "router"), "2 1");
        assert_string_equal(found(f, &f->partner, "router"), "2");
        assert_string_equal(found(f, &f->customer, "router"), "2 1");
        assert_string_equal(found(f, &f->stranger, "router"), "");
        assert_string_equal(found(f, &f->stranger, "TK-0001"), "");
        assert_string_equal(found(f, &f->partner, "TK-000"), "2");
}

/* ---- as the cases change ---- */

static void
a_changed_case_is_found_by_its_new_words_only(struct fixture *f)
{
        ticket(f, 1, "Old words", "stay");
        index_all(f);
        must(f, sql_run(&f->store.ctx, f->conn,
                        SQL("update cases set title = 'New words', event_count = 2 where id = 1"), ""));
        touch(f, 1);
        touch(f, 1);
        FINDS("old stay", "1");
        index_all(f);
        FINDS("\"old\"", "");
        FINDS("new stay", "1");
}

static void
an_older_reading_does_not_replace_a_newer_one(struct fixture *f)
{
        struct search_doc doc = {.case_id = 1, .stamp = 0};
        struct work w = work(f, &ACTOR_SYSTEM);

        ticket(f, 1, "Newer", "");
        index_all(f);
        tokens_add(f->store.arena, STR("older"), &doc.column[SEARCH_TITLE]);
        must(f, search_backend_of(f->conn)->put(&w, &doc));
        FINDS("newer", "1");
        FINDS("older", "");
}

static void
a_case_that_is_gone_is_forgotten(struct fixture *f)
{
        ticket(f, 1, "Router", "");
        index_all(f);
        must(f, sql_run(&f->store.ctx, f->conn, SQL("delete from cases where id = 1"), ""));
        touch(f, 1);
        touch(f, 4711);
        index_all(f);
        FINDS("router", "");
        ticket(f, 2, "Router", "");
        index_all(f);
        FINDS("router", "2");
}

static void
an_undone_change_is_not_indexed(struct fixture *f)
{
        bool more;
        int64_t n;

        must(f, tx_begin(&f->store.ctx, f->conn));
        ticket(f, 1, "Router", "");
        tx_rollback(f->conn);
        assert_true(search_index_pending(f->engine, f->conn, 10, &more));
        assert_false(more);
        must(f, sql_one_int(&f->store.ctx, f->conn, &n, SQL("select count(*) from search_docs"), ""));
        assert_int_equal(n, 0);
}

static void
batches_say_whether_more_is_left(struct fixture *f)
{
        bool more = false;

        for (int i = 1; i <= 3; i++)
                ticket(f, i, "Router", "");
        assert_true(search_index_pending(f->engine, f->conn, 2, &more));
        assert_true(more);
        assert_true(search_index_pending(f->engine, f->conn, 2, &more));
        assert_false(more);
        FINDS("router", "3 2 1");
}

static void
the_index_can_be_rebuilt(struct fixture *f)
{
        for (int i = 1; i <= 230; i++)
                ticket(f, i, i == 117 ? "Needle" : "Hay", "");
        must(f, search_rebuild(f->engine, &f->store.ctx, f->conn));
        FINDS("needle", "117");
        must(f, search_rebuild(f->engine, &f->store.ctx, f->conn));
        index_all(f);
        FINDS("needle", "117");
}

/* ---- how it is shown ---- */

static void
a_hit_shows_where_it_stands(struct fixture *f)
{
        ticket(f, 1, "Router", "Line one\nThe fan of slot 3 failed; 😀 fans 风扇 stopped");
        index_all(f);
        assert_non_null(
                strstr(ask(f, &f->engineer, "fan"),
                       "\"snippet\":{\"text\":\"Line one The fan of slot 3 failed; 😀 fans 风扇 stopped\","
                       "\"hits\":[[13,3],[38,4]]}"));
        assert_non_null(strstr(ask(f, &f->engineer, "风扇"), "\"hits\":[[43,2]]"));
        assert_non_null(strstr(ask(f, &f->engineer, "router"), "\"hits\":[]"));
        assert_non_null(strstr(ask(f, &f->engineer, "router"),
                               "\"entity\":\"ticket\",\"id\":1,\"number\":\"TK-0001\","
                               "\"title\":\"Router\",\"state\":\"open\",\"score\":"));
}

static void
a_snippet_is_cut_out_of_a_long_text(struct fixture *f)
{
        struct buf b = {0};

        for (int i = 0; i < 100; i++)
                buf_text(&b, "lorem ipsum ");
        buf_text(&b, "needle ");
        for (int i = 0; i < 100; i++)
                buf_text(&b, "lorem ipsum ");
        ticket(f, 1, "Long", buf_c(&b));
        index_all(f);
        const char *text = strstr(ask(f, &f->engineer, "needle"), "\"text\":\"…");
        assert_non_null(text);
        assert_true(strlen(text) < 300);
        assert_non_null(strstr(text, "…\",\"hits\":[[38,6]]"));
        buf_free(&b);
}

static void
hostile_queries_are_only_words(struct fixture *f)
{
        static const char *const queries[] = {
                "\"",           "\"\"",      "'",           "a' | 'b", "a:*", "NOT a", "a AND",     "OR",
                "NEAR(a b)",    "title : a", "{title} : a", "*",       "^a",  "a\\",   "~blunder",  "(((",
                "--",           "%",         "$1",          "-",       "a-",  "\"a",   "a\" b \"c", "❌",
                "\xef\xbf\xbf",
        };
        struct buf b = {0};

        ticket(f, 1, "Word", "");
        message(f, 1, "internal", "blunder");
        index_all(f);
        for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
                ask(f, &f->engineer, queries[i]);
        assert_string_equal(found(f, &f->customer, "~blunder"), "");
        for (int i = 0; i < 3000; i++)
                buf_text(&b, i % 2 ? "长" : "q ");
        ask(f, &f->engineer, buf_c(&b));
        buf_free(&b);
}

static void
a_query_that_is_not_utf8_is_refused(struct fixture *f)
{
        struct work w = work(f, &f->engineer);

        assert_false(search_json(&w, STR("\xff"), false, 10, &f->out));
        assert_int_equal(f->store.ctx.errors->code, E_UTF8);
}

/* ---- every page on every engine ---- */

struct page {
        const char *name;
        void (*run)(struct fixture *f);
        enum db_engine engine;
        struct fixture *f;
};
#define PAGE(name)                                                                                           \
        {#name, name, DB_SQLITE, NULL},                                                                      \
        {                                                                                                    \
#name " (PostgreSQL)", name, DB_PG, NULL                                                     \
        }
static struct page pages[] = {
        PAGE(words_are_found_in_any_field),
        PAGE(chinese_is_found_by_any_word_and_character),
        PAGE(serials_are_found_whole_by_parts_and_without_hyphen),
        PAGE(a_number_comes_first),
        PAGE(the_last_word_may_be_unfinished),
        PAGE(a_whole_word_comes_before_longer_ones),
        PAGE(what_has_all_words_is_found_before_a_loose_search),
        PAGE(titles_rank_before_bodies),
        PAGE(phrases_do_not_reach_over_the_end_of_a_text),
        PAGE(the_end_of_a_long_text_is_found),
        PAGE(internal_words_are_for_staff),
        PAGE(what_only_some_staff_may_read_is_not_searched),
        PAGE(only_rows_in_the_actors_scope_are_found),
        PAGE(a_changed_case_is_found_by_its_new_words_only),
        PAGE(an_older_reading_does_not_replace_a_newer_one),
        PAGE(a_case_that_is_gone_is_forgotten),
        PAGE(an_undone_change_is_not_indexed),
        PAGE(batches_say_whether_more_is_left),
        PAGE(the_index_can_be_rebuilt),
        PAGE(a_hit_shows_where_it_stands),
        PAGE(a_snippet_is_cut_out_of_a_long_text),
        PAGE(hostile_queries_are_only_words),
        PAGE(a_query_that_is_not_utf8_is_refused),
};
enum { PAGES = sizeof pages / sizeof *pages };

static int
setup(void **state)
{
        struct page *p = *state;

        p->f = calloc(1, sizeof *p->f);
        fixture_open(p->f, p->engine);
        return 0;
}

static int
teardown(void **state)
{
        struct page *p = *state;

        fixture_close(p->f);
        free(p->f);
        return 0;
}

static void
run(void **state)
{
        struct page *p = *state;

        p->run(p->f);
}

int
main(void)
{
        struct CMUnitTest tests[PAGES];
        size_t n = 0;

        for (size_t i = 0; i < PAGES; i++)
                if (pages[i].engine == DB_SQLITE || test_pg())
                        tests[n++] = (struct CMUnitTest){pages[i].name, run, setup, teardown, &pages[i]};
        return _cmocka_run_group_tests("search", tests, n, NULL, NULL);
}
