/* SPDX-License-Identifier: Apache-2.0
 *
 * diagram.c -- the state diagram of an entity as SVG, laid out without a library.
 *
 * States stand in one column in the order of their declaration, with the stage written at the left where it changes.
 * A transition to the next state is a straight arrow.  Any other has a lane of its own, a vertical line beside the
 * column: at the right when it goes on, dashed at the left when it goes back; each state it starts from joins it by a
 * stub, and an arrow leads to its target.  Lanes are given from the column outwards; two transitions share one when
 * their rows do not overlap.  `same` is written into the state's box.
 *
 *          stub o---+        invariants: 1. every transition is drawn, each once (at most LANES_MAX lanes)
 *     state         | lane               2. labels stand at the lane, so that none lies on a line of another lane
 *          arrow <--+                    3. the text is well-formed XML whatever the labels are
 *
 * Not here: pages around it (doc.c).
 */
#include "model/publish.h"
#include <stdlib.h>

enum { BOX_W = 200, BOX_H = 36, PITCH = 84, TOP = 30, LANE = 150, STAGE_W = 90, LANES_MAX = 200 };

struct lane {                          /* one transition beside the column */
        const struct transition *t;
        int lo, hi, to;                /* rows */
        int slot;                      /* from the column outwards */
        bool back;
};
struct drawing {
        const struct entity *e;
        bool zh;
        struct buf *out;
        struct lane lanes[LANES_MAX];
        int lane_count, left, right;   /* slots used at each side */
        int x;                         /* left edge of the column */
};

static const char *
word(const struct drawing *d, const struct label *l)
{
        return d->zh ? l->zh : l->en;
}

/* The middle of a state's box. */
static int
row_y(int row)
{
        return TOP + row * PITCH + BOX_H / 2;
}

/* A transition from one state to the one below needs no lane. */
static bool
is_straight(const struct transition *t)
{
        return t->to && t->to->index > 0 && t->from == (uint64_t)1 << (t->to->index - 1);
}

static bool
overlap(const struct lane *a, const struct lane *b)
{
        return a->lo <= b->hi && b->lo <= a->hi;
}

/* The first slot at its side where no other lane of these rows is. */
static void
lane_place(struct drawing *d, struct lane *l)
{
        bool taken = true;

        for (l->slot = -1; taken;) {
                taken = false;
                l->slot++;
                for (const struct lane *o = d->lanes; o < l; o++)
                        taken |= o->back == l->back && o->slot == l->slot && overlap(o, l);
        }
        int *used = l->back ? &d->left : &d->right;
        *used = *used > l->slot ? *used : l->slot + 1;
}

static void
lane_add(struct drawing *d, const struct transition *t)
{
        struct lane *l = &d->lanes[d->lane_count++];
        int first = __builtin_ctzll(t->from), last = 63 - __builtin_clzll(t->from);

        *l = (struct lane){.t = t, .to = t->to->index, .back = first > t->to->index};
        l->lo = first < l->to ? first : l->to;
        l->hi = last > l->to ? last : l->to;
}

/* Short ones first, so that they stand near the column; then in the order of declaration. */
static int
by_length(const void *va, const void *vb)
{
        const struct lane *a = va, *b = vb;
        int longer = (a->hi - a->lo) - (b->hi - b->lo);

        return longer ? longer : a->t->index - b->t->index;
}

static void
lanes_make(struct drawing *d)
{
        for (size_t i = 0; i < d->e->transition_count && d->lane_count < LANES_MAX; i++) {
                const struct transition *t = &d->e->transitions[i];
                if (t->to && t->from && !is_straight(t))
                        lane_add(d, t);
        }
        qsort(d->lanes, (size_t)d->lane_count, sizeof *d->lanes, by_length);
        for (int i = 0; i < d->lane_count; i++)
                lane_place(d, &d->lanes[i]);
        d->x = STAGE_W + d->left * LANE + 20;
}

static void
text_at(struct drawing *d, int x, int y, const char *class, const char *text)
{
        buf_printf(d->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
        buf_markup(d->out, str_of(text));
        buf_text(d->out, "</text>\n");
}

/* Transitions that stay are written under the state's name. */
static void
draw_same(struct drawing *d, const struct state *s)
{
        int n = 0;

        for (size_t i = 0; i < d->e->transition_count; i++)
                n += d->e->transitions[i].to == NULL && (d->e->transitions[i].from >> s->index & 1);
        if (n == 0)
                return;
        buf_printf(d->out, "<text x=\"%d\" y=\"%d\" class=\"same\">&#8635; %d<title>", d->x + BOX_W - 8, row_y(s->index) + 4, n);
        for (size_t i = 0; i < d->e->transition_count; i++) {
                const struct transition *t = &d->e->transitions[i];
                if (t->to == NULL && (t->from >> s->index & 1)) {
                        buf_markup(d->out, str_of(word(d, &t->label)));
                        buf_char(d->out, '\n');
                }
        }
        buf_text(d->out, "</title></text>\n");
}

static void
draw_state(struct drawing *d, const struct state *s)
{
        static const char *const stages[][2] = {{"", ""}, {"accept", "受理"}, {"handle", "处理"}, {"close", "关闭"}};
        int y = row_y(s->index) - BOX_H / 2;

        buf_printf(d->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" class=\"state %s%s\"/>\n", d->x, y, BOX_W,
                   BOX_H, state_kind_name(s->kind), s->final ? " final" : "");
        text_at(d, d->x + BOX_W / 2, y + BOX_H / 2 + 4, "name", word(d, &s->label));
        if (s->stage && (s->index == 0 || s[-1].stage != s->stage))
                text_at(d, 8, y + BOX_H / 2 + 4, "stage", stages[s->stage][d->zh]);
        draw_same(d, s);
}

/* The arrow from the state above, with the names of all transitions that it stands for. */
static void
draw_straights(struct drawing *d, const struct state *to)
{
        int x = d->x + 24, y = row_y(to->index), nth = 0;

        for (size_t i = 0; i < d->e->transition_count; i++) {
                const struct transition *t = &d->e->transitions[i];
                if (t->to != to || !is_straight(t))
                        continue;
                if (nth == 0)
                        buf_printf(d->out, "<path d=\"M%d %d V%d\" class=\"move\"/>\n", x, y - PITCH + BOX_H / 2, y - BOX_H / 2 - 2);
                text_at(d, x + 6 + nth / 3 * LANE, y - PITCH + BOX_H / 2 + 14 + nth % 3 * 13, "label", word(d, &t->label));
                nth++;
        }
}

static void
draw_lane(struct drawing *d, const struct lane *l)
{
        int nudge = (l->slot % 5 - 2) * 5, edge = l->back ? d->x : d->x + BOX_W;
        int x = l->back ? d->x - 24 - l->slot * LANE : d->x + BOX_W + 24 + l->slot * LANE;
        const char *class = l->back ? "move back" : "move";

        for (int row = 0; row < (int)d->e->state_count; row++)
                if ((l->t->from >> row & 1) && row != l->to)
                        buf_printf(d->out, "<path d=\"M%d %d H%d V%d\" class=\"%s stub\"/>\n", edge, row_y(row) + nudge, x,
                                   row_y(l->to) - nudge, class);
        buf_printf(d->out, "<path d=\"M%d %d H%d\" class=\"%s\"/>\n", x, row_y(l->to) - nudge, l->back ? edge - 2 : edge + 2, class);
        int middle = (row_y(l->lo) + row_y(l->hi)) / 2 + 4 + l->slot % 3 * 12 - 12;
        text_at(d, l->back ? x - 4 : x + 4, middle, l->back ? "label end" : "label", word(d, &l->t->label));
}

static void
draw_frame(struct drawing *d)
{
        int width = d->x + BOX_W + 100 + d->right * LANE, height = TOP + (int)d->e->state_count * PITCH;

        buf_printf(d->out,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n<title>",
                   width, height, width, height);
        buf_markup(d->out, str_of(word(d, &d->e->label)));
        buf_text(d->out,
                 "</title>\n<style>"
                 "text{font:13px system-ui,'PingFang SC','Microsoft YaHei UI','Noto Sans CJK SC',sans-serif;fill:#1b2430}"
                 ".name{text-anchor:middle}.stage{fill:#4c5565;font-weight:600}.label{font-size:12px;fill:#0b57a8}"
                 ".end,.same{text-anchor:end}.same{font-size:12px;fill:#4c5565}"
                 ".state{fill:#e8f2fc;stroke:#0b57a8}.waiting{fill:#fff6d9;stroke:#7a5200}.closed{fill:#eef0f3;stroke:#4c5565}"
                 ".final{stroke-width:3}.move{fill:none;stroke:#4c5565;marker-end:url(#a)}.stub{marker-end:none}"
                 ".back{stroke-dasharray:5 4}"
                 "</style>\n<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
                 "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#4c5565\"/></marker></defs>\n"
                 "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
}

void
doc_diagram_svg(const struct entity *e, const char *lang, struct buf *out)
{
        struct drawing d = {.e = e, .zh = strcmp(lang, "zh") == 0, .out = out};

        lanes_make(&d);
        draw_frame(&d);
        for (int i = 0; i < d.lane_count; i++)
                draw_lane(&d, &d.lanes[i]);
        for (size_t i = 0; i < e->state_count; i++) {
                draw_straights(&d, &e->states[i]);
                draw_state(&d, &e->states[i]);
        }
        buf_text(out, "</svg>\n");
}
