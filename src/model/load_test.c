/* SPDX-License-Identifier: Apache-2.0
 *
 * load_test.c -- models: what a right one becomes, and every fault of wrong ones at its line.
 *
 * In the wrong models a comment `#! words` ends each line that must be reported: exactly one fault a mark, holding
 * the words; a line without a mark must have none.
 */
#include "model/test_model.h"
#include "model/cond.h"
#include "model/rules.h"

static const char LOAN[] =
        "entity: loan\n"
        "is: case\n"
        "label: {en: Loan, zh: 借用}\n"
        "number: \"LN-{yyyy}-{seq:6}\"\n"
        "nav: {group: request, order: 30}\n"
        "fields:\n"
        "  purpose: {type: longtext, required: true, label: {en: Purpose, zh: 用途}}\n"
        "  fee: {type: money, min: 0.5, max: 100, label: {en: Fee, zh: 费用}, write: [staff]}\n"
        "  due_on: {type: date, label: {en: Due on, zh: 归还日期}, when: \"severity in [critical, major]\"}\n"
        "  lender: {type: person, label: {en: Lender, zh: 出借人}, preset: actor, index: true}\n"
        "states:\n"
        "  out: {stage: handle, label: {en: Out, zh: 已借出}, customer: in_progress}\n"
        "  late: {stage: handle, kind: waiting, label: {en: Late, zh: 逾期}}\n"
        "  returned: {stage: close, final: true, label: {en: Returned, zh: 已归还}}\n"
        "transitions:\n"
        "  give_back: {from: any_open, to: returned, by: [agent], label: {en: Give back, zh: 归还}, needs: [due_on],\n"
        "              sets: {handler: actor, team: null, severity: major}, call: check_in}\n"
        "  remind: {from: out, to: late, by: system}\n"
        "  note: {from: out, to: same, label: {en: Note, zh: 备注}, when: fee > 1.5, why: {en: No fee, zh: 无费用}}\n"
        "clocks:\n"
        "  back: {start: created, stop: returned, pause: late, target: loan_due.days}\n"
        "notices:\n"
        "  - {on: give_back, to: handler, template: loan_back}\n"
        "  - {on: create, to: expert, template: loan_new}\n"
        "views:\n"
        "  mine: {label: {en: Mine, zh: 我的}, filter: \"handler==me\", sort: \"-created_at,number\", columns: [number, title, back]}\n"
        "layout: {detail: [[summary, 2]], side: [links]}\n"
        "list: [number, title, fee]\n"
        "grants:\n"
        "  staff: {read: all, write: team}\n"
        "  agent: {create: true, delete: true}\n"
        "  expert: {write: all, act: own, transitions: [note]}\n"
        "  customer: {read: own}\n";
static const char LOAN_DUE[] =
        "rules: loan_due\nlabel: {en: Due, zh: 期限}\ninputs: {severity: [critical, minor]}\noutputs: {days: int}\n"
        "rows:\n  - {when: {}, then: {days: 7}}\ntests:\n  - {given: {severity: minor}, expect: {days: 7}}\n";

static const struct entity *
loan(struct test_model *t)
{
        static const char *const hooks[] = {"other", "check_in"};

        test_model_begin(t);
        test_source(t, "models/roles.yaml", TEST_ROLES);
        test_source(t, "models/case.yaml", TEST_CASE);
        test_source(t, "models/loan.yaml", LOAN);
        test_source(t, "rules/loan_due.yaml", LOAN_DUE);
        if (!test_load(t, hooks, 2))
                ctx_print_errors(&t->ctx, stderr);
        assert_non_null(t->model);
        return model_entity(t->model, "loan");
}

static void
a_case_begins_with_the_shared_fields(void **state)
{
        struct test_model t;
        const struct entity *e = loan(&t);

        assert_int_equal(e->shared_count, 4);
        assert_int_equal(e->field_count, 8);
        assert_string_equal(e->fields[0].name, "title");
        assert_true(e->fields[0].shared);
        assert_false(entity_field(e, "purpose")->shared);
        assert_int_equal(entity_field(e, "due_on")->index, 6);
        assert_ptr_equal(entity_field(e, "severity")->preset.field, entity_field(e, "severity"));
        assert_ptr_equal(e->display, entity_field(e, "title"));
        assert_string_equal(e->table, "loan");
        assert_string_equal(model_entity(t.model, "case")->table, "cases");
        test_model_end(&t);
}

static void
fields_are_made_ready(void **state)
{
        struct test_model t;
        const struct entity *e = loan(&t);
        const struct field *fee = entity_field(e, "fee");

        assert_int_equal(fee->scale, 2);
        assert_int_equal(fee->min, 50);
        assert_int_equal(fee->max, 10000);
        assert_int_equal(fee->write, model_role(t.model, "agent")->bit | model_role(t.model, "expert")->bit);
        assert_true(fee->read == ROLE_ALL);
        assert_true(str_is(fee->json_key, "\"fee\":"));
        assert_non_null(entity_field(e, "due_on")->when);
        assert_int_equal(entity_field(e, "lender")->preset.kind, PRESET_ACTOR);
        assert_int_equal(entity_field(e, "title")->max, 200);
        assert_int_equal(e->list_count, 2);        /* number is no field */
        test_model_end(&t);
}

static void
the_lifecycle_is_made_of_bits(void **state)
{
        struct test_model t;
        const struct entity *e = loan(&t);
        const struct transition *give = entity_transition_str(e, STR("give_back")), *note = entity_transition_str(e, STR("note"));

        assert_int_equal(give->from, 3);
        assert_ptr_equal(give->to, entity_state(e, "returned"));
        assert_int_equal(give->hook, 1);
        assert_int_equal(give->sets_count, 3);
        assert_int_equal(give->sets[0].kind, PRESET_ACTOR);
        assert_int_equal(give->sets[1].kind, PRESET_NULL);
        assert_true(str_is(give->sets[2].literal.s, "major"));
        assert_null(note->to);
        assert_int_equal(note->by, model_role(t.model, "expert")->bit);
        assert_true(entity_transition_str(e, STR("remind"))->by == ROLE_SYSTEM);
        assert_int_equal(entity_state(e, "returned")->kind, STATE_CLOSED);
        assert_int_equal(entity_state(e, "late")->kind, STATE_WAITING);
        assert_true(e->clocks[0].at_creation);
        assert_int_equal(e->clocks[0].stop, 4);
        assert_null(e->notices[1].on);
        test_model_end(&t);
}

static void
grants_of_a_role_add_up(void **state)
{
        struct test_model t;
        const struct entity *e = loan(&t);

        assert_int_equal(e->grant_count, 3);
        assert_int_equal(e->grants[0].write, SCOPE_TEAM);
        assert_int_equal(e->grants[0].act, SCOPE_TEAM);
        assert_true(e->grants[0].create && e->grants[0].remove);
        assert_int_equal(e->grants[1].read, SCOPE_ALL);
        assert_int_equal(e->grants[1].write, SCOPE_ALL);
        assert_int_equal(e->grants[1].act, SCOPE_TEAM);
        assert_false(e->grants[1].create);
        assert_int_equal(e->grants[2].act, SCOPE_OWN);
        assert_ptr_equal(e->scope_own[0], entity_field(e, "handler"));
        assert_ptr_equal(e->scope_team, entity_field(e, "team"));
        assert_string_equal(model_role_names(t.arena, t.model, ROLE_SYSTEM | e->grants[1].role), "expert, system");
        test_model_end(&t);
}

static void
an_extension_adds(void **state)
{
        static const char *const hooks[] = {"check_in"};
        struct test_model t;

        test_model_begin(&t);
        test_source(&t, "models/case.yaml", TEST_CASE);
        test_source(&t, "models/loan.yaml", LOAN);
        test_source(&t, "models/roles.yaml", TEST_ROLES);
        test_source(&t, "rules/loan_due.yaml", LOAN_DUE);
        test_source(&t, "models/more.yaml", "extend: loan\nfields:\n  color: {type: text, label: {en: Color, zh: 颜色}}\nlist: [color]\n"
                                            "grants:\n  customer: {write: own}\n");
        const struct model *m = test_load(&t, hooks, 1);
        assert_non_null(m);
        const struct entity *e = model_entity(m, "loan");
        assert_int_equal(entity_field(e, "color")->index, 8);
        assert_int_equal(e->list_count, 3);
        assert_int_equal(e->grants[2].write, SCOPE_OWN);
        test_model_end(&t);
}

static void
the_version_changes_with_the_text(void **state)
{
        struct test_model t, u;

        loan(&t);
        test_entity(&u, "entity: x\nis: record\nlabel: {en: X, zh: X}\n");
        assert_int_equal(strlen(t.model->version), 64);
        assert_string_not_equal(t.model->version, u.model->version);
        test_model_end(&t);
        test_model_end(&u);
}

/* ---- faults ---- */

static const char BAD_ROLES[] =
        "groups:\n"
        "  staff: {label: {en: Staff, zh: 员工}}\n"
        "  Bad: {label: {en: B, zh: B}}                          #! cannot be a name\n"
        "roles:\n"
        "  agent: {label: {en: Agent, zh: 坐席}, groups: [staf]}  #! did you mean \"staff\"?\n"
        "  staff: {label: {en: Staff, zh: 员工}}                  #! a role or group \"staff\" already\n"
        "  expert: {label: {en: Expert}, tier: 7}                #! needs zh in its label ;; 1, 2 or 3 are allowed\n"
        "  system: {label: {en: S, zh: S}}                       #! already\n"
        "  customer: {label: {en: C, zh: C}, color: red}         #! There is no key of a role \"color\"\n"
        "extra: 1                                                #! There is no key of the roles' file \"extra\"\n";
static const char BAD_FIELDS[] =
        "entity: things\n"
        "is: record\n"
        "label: {en: Things, zh: 物品}\n"
        "colour: red                                             #! There is no key of an entity \"colour\"\n"
        "number: \"T-{year}\"                                      #! cannot be used\n"
        "key: [a]                                                #! Only a system entity has `key`\n"
        "fields:\n"
        "  a: {type: txt, label: {en: A, zh: A}}                 #! did you mean \"text\"?\n"
        "  b: {label: {en: B, zh: B}}                            #! needs `type:`\n"
        "  c: {type: text}                                       #! needs label\n"
        "  d: {type: text, label: {zh: D}}                       #! needs en in its label\n"
        "  E: {type: text, label: {en: E, zh: E}}                #! cannot be a name\n"
        "  version: {type: int, label: {en: V, zh: V}}           #! a column that every\n"
        "  user: {type: text, label: {en: U, zh: U}}             #! a word of SQL\n"
        "  e1: {type: enum, label: {en: E, zh: E}}               #! needs either `of:`\n"
        "  e2: {type: enum, of: [], label: {en: E, zh: E}}       #! at least one option\n"
        "  e3: {type: enum, of: [x, x], label: {en: E, zh: E}}   #! stands here twice\n"
        "  e4: {type: enum, of: {x: {en: X}}, label: {en: E, zh: E}}  #! needs zh in its label\n"
        "  e5: {type: enum, codes: nil, label: {en: E, zh: E}}   #! no code list \"nil\"\n"
        "  e6: {type: int, of: [x], label: {en: E, zh: E}}       #! Only enum and multi_enum have options\n"
        "  l1: {type: link, label: {en: L, zh: L}}               #! needs `to:`\n"
        "  l2: {type: link, to: thing, label: {en: L, zh: L}}    #! did you mean \"things\"?\n"
        "  l3: {type: int, to: things, label: {en: L, zh: L}}    #! Only link and multi_link have `to`\n"
        "  m1: {type: int, min: 5, max: 4, label: {en: M, zh: M}}     #! larger than its largest\n"
        "  m2: {type: bool, max: 4, label: {en: M, zh: M}}       #! has no `max`\n"
        "  m3: {type: money, max: 1.234, label: {en: M, zh: M}}  #! at most 2 decimals\n"
        "  m4: {type: int, scale: 2, label: {en: M, zh: M}}      #! have a scale\n"
        "  m5: {type: text, max: -1, label: {en: M, zh: M}}      #! counts characters\n"
        "  m6: {type: int, max: many, label: {en: M, zh: M}}     #! needs a whole number\n"
        "  n1: {type: int, check: gs1, label: {en: N, zh: N}}    #! Only barcode, serial and text have a check digit\n"
        "  n2: {type: barcode, check: ean, label: {en: N, zh: N}}     #! gs1\n"
        "  n3: {type: int, measures: {a: {label: {en: A, zh: A}}}, label: {en: N, zh: N}}  #! Only readings have measures\n"
        "  n4: {type: readings, measures: {a: {label: {en: A, zh: A}, min: 2, max: 1}}, label: {en: N, zh: N}}  #! larger than its largest\n"
        "  n5: {type: readings, measures: {a: {label: {en: A, zh: A}, min: low}}, label: {en: N, zh: N}}  #! at most 6 decimals\n"
        "  n6: {type: readings, measures: {a: {label: {en: A, zh: A}, limit: 1}}, label: {en: N, zh: N}}  #! \"limit\"\n"
        "  c1: {type: text, items: {a: {label: {en: A, zh: A}}}, label: {en: N, zh: N}}  #! Only a checklist has items\n"
        "  c2: {type: checklist, items: [a], label: {en: N, zh: N}}  #! needs a map such as {backup\n"
        "  c3: {type: checklist, items: {}, label: {en: N, zh: N}}  #! needs a map such as {backup\n"
        "  c4: {type: checklist, items: {a: {label: {en: A, zh: A}, needed: true}}, label: {en: N, zh: N}}  #! \"needed\"\n"
        "  c5: {type: checklist, max: 1, items: {a: {label: {en: A, zh: A}}, b: {label: {en: A, zh: A}}}, label: {en: N, zh: N}}  #! has 2 items, but at most 1\n"
        "  c6: {type: checklist, items: {a: {required: true}}, label: {en: N, zh: N}}  #! label\n"
        "  n7: {type: readings, measures: [a], label: {en: N, zh: N}}  #! needs a map such as\n"
        "  p1: {type: int, preset: many, label: {en: P, zh: P}}  #! does not fit the field\n"
        "  p2: {type: int, preset: now, label: {en: P, zh: P}}   #! \"now\" does not fit\n"
        "  q1: {type: ref, required: true, label: {en: Q, zh: Q}}     #! has no column\n"
        "  q2: {type: json, index: true, label: {en: Q, zh: Q}}  #! cannot be unique or index\n"
        "  q3: {type: int, search: true, label: {en: Q, zh: Q}}  #! Only texts can be search\n"
        "  q4: {type: bytes, label: {en: Q, zh: Q}}              #! Only system entities\n"
        "  r1: {type: int, required: yes, label: {en: R, zh: R}} #! needs true or false\n"
        "  r2: {type: int, read: [staf], label: {en: R, zh: R}}  #! did you mean \"staff\"?\n"
        "  r3: {type: int, requird: true, label: {en: R, zh: R}} #! did you mean \"required\"?\n"
        "  w1: {type: int, when: q5 == 1, label: {en: W, zh: W}} #! there is no field \"q5\"\n"
        "  w2: text                                              #! needs a map, but got a text\n"
        "display: nam                                            #! There is no field \"nam\"\n"
        "list: [c, what]                                         #! There is no field \"what\"\n"
        "index: [[c, nothing]]                                   #! There is no field \"nothing\"\n"
        "scope: {own: [c]}                                       #! looks at a link, a person or a team\n"
        "layout: {detail: [summary]}                             #! pairs of a group and its columns\n"
        "grants:\n"
        "  nobody: {read: all}                                   #! There is no role or group \"nobody\"\n"
        "  staff: {read: every, transitions: [go]}               #! no scope \"every\" ;; no transition \"go\"\n"
        "  agent: {read: own_account, write: team}               #! own_account needs a field ;; team needs a field\n"
        "  system: {read: all}                                   #! needs no grant\n"
        "views:\n"
        "  v: {label: {en: V, zh: V}, columns: [c, colr]}        #! There is no field \"colr\"\n";
static const char BAD_MOVES[] =
        "entity: trip\n"
        "is: case\n"
        "label: {en: Trip, zh: 行程}\n"
        "number: \"T{seq:4}\"\n"
        "fields:\n"
        "  days: {type: int, label: {en: D, zh: D}}\n"
        "  shown: {type: ref, label: {en: S, zh: S}}\n"
        "states:\n"
        "  begun: {stage: accept, label: {en: B, zh: B}}\n"
        "  stuck: {stage: handle, label: {en: S, zh: S}}         #! no transition leaves it\n"
        "  lost: {stage: handle, label: {en: L, zh: L}}          #! can never be reached\n"
        "  ended: {stage: close, final: true, kind: open, label: {en: E, zh: E}}   #! its kind can only be closed\n"
        "  done: {stage: closed, final: true, customer: happy, label: {en: G, zh: G}}  #! did you mean \"close\"? ;; no state for the customer \"happy\"\n"
        "transitions:\n"
        "  go: {from: begun, to: ended, by: staff, label: {en: G, zh: G}, style: loud}  #! no style \"loud\"\n"
        "  end: {from: begun, to: done, by: staff, label: {en: G, zh: G}, cal: x}       #! did you mean \"call\"?\n"
        "  stick: {from: begun, to: stuck, by: [stafff], label: {en: G, zh: G}}         #! did you mean \"staff\"?\n"
        "  find: {from: lost, to: ended, label: {en: G, zh: G}}  #! Nobody may take\n"
        "  ask: {from: begun, to: same, by: staff, label: {en: A, zh: A}, when: days > 2}       #! needs `why:\n"
        "  ask2: {from: begun, to: same, by: staff, label: {en: A, zh: A}, when: title > 2, why: {en: A, zh: A}}   #! has no order\n"
        "  ask3: {from: begun, to: same, by: staff, label: {en: A, zh: A}, needs: [dais], may: [shown]}   #! did you mean \"days\"? ;; is read-only\n"
        "  ask4: {from: begun, to: same, by: staff, label: {en: A, zh: A}, call: chek_in}       #! did you mean \"check_in\"?\n"
        "  ask5: {from: begun, to: same, by: staff, label: {en: A, zh: A}, sets: {dayz: 1}}     #! There is no field \"dayz\"\n"
        "  ask6: {from: begun, to: same, by: staff, label: {en: A, zh: A}, sets: {days: soon}}  #! does not fit the field\n"
        "  ask7: {from: begun, to: same, by: staff}              #! needs label\n"
        "clocks:\n"
        "  c1: {start: stuck, stop: done, target: due.x}         #! no rule table \"due\"\n"
        "  c2: {start: created, stop: [done], target: due}       #! is written table.row\n"
        "  c3: {start: begun, stop: dune, party: us, target: due.x}   #! no party \"us\" ;; did you mean \"done\"? ;; no rule table\n"
        "  c4: {start: begun}                                    #! needs `start`, `stop` and `target`\n"
        "notices:\n"
        "  - {on: goo, to: boss, template: t}                    #! did you mean \"go\"? ;; no receiver \"boss\"\n"
        "  - {on: go}                                            #! A notice needs\n"
        "index: [[days, team]]                                   #! is in another table\n";
static const char BAD_CLOCK[] =
        "entity: run\n"
        "is: case\n"
        "label: {en: Run, zh: 运行}\n"
        "number: \"R{seq:4}\"\n"
        "states:\n"
        "  on: {stage: accept, label: {en: B, zh: B}}\n"
        "  off: {stage: close, final: true, label: {en: S, zh: S}}\n"
        "transitions:\n"
        "  stop: {from: on, to: off, by: staff, label: {en: G, zh: G}}\n"
        "clocks:\n"
        "  back: {start: off, stop: on, target: loan_due.days}   #! cannot stop: from \"off\"\n"
        "  good: {start: created, stop: off, target: loan_due.days}\n";
static const char BAD_ENDS[] =
        "entity: walk                                            #! needs `number:`\n"
        "is: case\n"
        "label: {en: Walk, zh: 步行}\n"
        "states:\n"
        "  on: {stage: accept, label: {en: B, zh: B}}            #! no state with `final: true`\n"
        "transitions:\n"
        "  stop: {from: onn, to: off, by: staff, label: {en: G, zh: G}}   #! There is no state \"onn\" ;; There is no state \"off\"\n"
        "  stop2: {by: staff, label: {en: G, zh: G}}             #! needs `from:` ;; needs `to:`\n";
static const char BAD_SYSTEM[] =
        "entity: order                                           #! is a word of SQL ;; needs `key:`\n"
        "is: system\n"
        "states: {}                                              #! A system entity cannot have `states`\n"
        "grants: {}                                              #! A system entity cannot have `grants`\n"
        "fields:\n"
        "  id: {type: int}\n"
        "  raw: {type: bytes}\n";
static const char BAD_CHILD[] =
        "entity: part                                            #! says `of: case` ;; Only the entity \"case\" can be abstract\n"
        "is: child\n"
        "abstract: true\n"
        "label: {en: Part, zh: 部件}\n"
        "fields:\n"
        "  case_id: {type: int, label: {en: C, zh: C}}           #! a column that every child\n";
static const char BAD_KIND[] =
        "entity: kindless                                        #! has the table \"cases\" already ;; needs zh in its label\n"
        "is: reccord                                             #! did you mean \"record\"?\n"
        "table: cases\n"
        "label: Kindless\n";
static const char BAD_EXTEND[] =
        "extend: lone                                            #! did you mean \"loan\"?\n";
static const char BAD_EXTEND2[] =
        "extend: loan\n"
        "number: \"X{seq:3}\"                                      #! There is no key of an extension \"number\"\n"
        "fields:\n"
        "  fee: {type: int, label: {en: F, zh: F}}               #! exists already\n"
        "states:\n"
        "  out: {stage: handle, label: {en: O, zh: O}}           #! exists already\n"
        "transitions:\n"
        "  note: {from: out, to: same, by: staff, label: {en: N, zh: N}}   #! exists already\n"
        "views:\n"
        "  mine: {label: {en: M, zh: M}}                         #! exists already\n";

/* Loads the text beside a right model and compares all faults of it. */
static void
faulty(const char *path, const char *text, bool roles)
{
        static const char *const hooks[] = {"check_in"};
        struct test_model t;

        test_model_begin(&t);
        if (roles)
                test_source(&t, "models/roles.yaml", TEST_ROLES);
        test_source(&t, "models/case.yaml", TEST_CASE);
        test_source(&t, "models/loan.yaml", LOAN);
        test_source(&t, "rules/loan_due.yaml", LOAN_DUE);
        test_source(&t, path, text);
        assert_null(test_load(&t, hooks, 1));
        test_faults(&t, path, text);
        test_model_end(&t);
}

static void
every_fault_of_roles(void **state)
{
        faulty("models/bad_roles.yaml", BAD_ROLES, false);
}

static void
every_fault_of_fields(void **state)
{
        faulty("models/bad.yaml", BAD_FIELDS, true);
}

static void
every_fault_of_a_lifecycle(void **state)
{
        faulty("models/bad.yaml", BAD_MOVES, true);
        faulty("models/bad.yaml", BAD_CLOCK, true);
        faulty("models/bad.yaml", BAD_ENDS, true);
}

static void
every_fault_of_kinds(void **state)
{
        faulty("models/bad.yaml", BAD_SYSTEM, true);
        faulty("models/bad.yaml", BAD_CHILD, true);
        faulty("models/bad.yaml", BAD_KIND, true);
}

static void
every_fault_of_extensions(void **state)
{
        faulty("models/bad.yaml", BAD_EXTEND, true);
        faulty("models/bad.yaml", BAD_EXTEND2, true);
        faulty("models/bad.yaml", "entity: loan                     #! exists already\nis: case\n", true);
}

static void
a_file_says_what_it_is(void **state)
{
        faulty("models/bad.yaml", "label: x       #! one of entity, extend, roles, groups\n", true);
        faulty("rules/bad.yaml", "entity: x       #! one of rules, codes\n", true);
        faulty("models/bad.yaml", "[a]       #! one of entity\n", true);
}

static void
at_most_62_states_and_roles(void **state)
{
        struct buf b = {0}, r = {0};

        buf_text(&b, "entity: many\nis: record\nlabel: {en: M, zh: M}\nstates:\n");
        for (int i = 0; i < 63; i++)
                buf_printf(&b, "  s%d: {label: {en: S, zh: S}%s}%s\n", i, i == 61 ? ", final: true" : "",
                           i == 62 ? "  #! one too many; 62 states" : "");
        buf_text(&b, "transitions:\n  first: {from: s0, to: s1, by: staff, label: {en: G, zh: G}}\n");
        for (int i = 1; i < 61; i++)
                buf_printf(&b, "  t%d: {from: s%d, to: s%d, by: staff, label: {en: G, zh: G}}\n", i, i, i + 1);
        faulty("models/bad.yaml", buf_c(&b), true);
        buf_text(&r, "roles:\n");
        for (int i = 3; i < 63; i++)
                buf_printf(&r, "  r%d: {label: {en: R, zh: R}}%s\n", i, i == 62 ? "  #! one too many; 62 roles" : "");
        faulty("models/bad_roles.yaml", buf_c(&r), true);
        buf_free(&b);
        buf_free(&r);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_case_begins_with_the_shared_fields), cmocka_unit_test(fields_are_made_ready),
                cmocka_unit_test(the_lifecycle_is_made_of_bits),        cmocka_unit_test(grants_of_a_role_add_up),
                cmocka_unit_test(an_extension_adds),                    cmocka_unit_test(the_version_changes_with_the_text),
                cmocka_unit_test(every_fault_of_roles),                 cmocka_unit_test(every_fault_of_fields),
                cmocka_unit_test(every_fault_of_a_lifecycle),           cmocka_unit_test(every_fault_of_kinds),
                cmocka_unit_test(every_fault_of_extensions),            cmocka_unit_test(a_file_says_what_it_is),
                cmocka_unit_test(at_most_62_states_and_roles),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
