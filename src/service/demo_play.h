/* SPDX-License-Identifier: Apache-2.0
 *
 * demo_play.h -- what the demo's files share; nobody else includes it.
 */
#ifndef SERVICE_DEMO_PLAY_H
#define SERVICE_DEMO_PLAY_H
#include "base/map.h"
#include "engine/work.h"
#include "model/yaml.h"

/* ---- names: what <...> in a YAML text stands for (demo_names.c) ---- */

struct names {
        struct map map;                /* of struct meaning */
        const struct names *up;        /* asked for what is not here */
};
struct thing {                         /* a record of the YAML files: "site.hz_west" */
        const char *entity;
        struct str key;
        int64_t id;
        const char *name;
        const struct node *row;
        int used;                      /* a unit: by how many requests */
};

struct demo {
        struct ctx ctx;                /* errors and the memory of one transaction */
        struct work w;                 /* its actor and time are turned with every step */
        struct arena *keep;            /* as long as the filling */
        struct names world;            /* "site.hz_west": the record; "name of site.hz_west": its name */
        struct thing *things;
        size_t thing_count;
        struct map actors;             /* by id as text */
        const struct node *phrases, *stories, *lives;
        uint64_t dice;
        usec today;                    /* when the demo ends: now */
};

void names_init(struct names *n, struct arena *a, const struct names *up);
void names_id(struct names *n, const char *name, int64_t id);
void names_text(struct names *n, const char *name, struct str text);
void names_node(struct names *n, const char *name, const struct node *node);
/* The id that a name stands for; 0 when it stands for none. */
int64_t names_get_id(const struct names *n, const char *name);
/* A YAML node with its names filled in, as JSON; keys that begin with _ are left out.  Fails at a name without meaning. */
const struct json *demo_json(struct demo *d, const struct names *n, const struct node *node);
/* A text with its names filled in. */
bool demo_text(struct demo *d, const struct names *n, struct str text, struct str *ret);

/* 0 .. below-1 */
int64_t dice_roll(struct demo *d, int64_t below);
/* A time between half and one and a half of t. */
usec dice_around(struct demo *d, usec t);
/* "20 min", "3 h", "2 d"; fails at anything else. */
bool demo_span(struct demo *d, struct str text, usec *ret);

/* ---- people and records (demo_company.c) ---- */

/* Turns the work: this person (0: the system) acts at that time. */
bool demo_act(struct demo *d, int64_t person, usec at);
const struct thing *demo_thing(const struct demo *d, const char *entity, struct str key);
/* All records of a file, then the transitions under its `moves`. */
bool demo_company(struct demo *d, const char *path);
struct node *demo_file(struct demo *d, const char *path);

/* ---- requests (demo_plan.c, demo_life.c) ---- */

struct step {
        const struct node *how;        /* of lives.yaml: steps */
        usec wait;                     /* after the step before it */
        usec at;
};
struct life {                          /* one request, from its report to today */
        const struct node *way;        /* of lives.yaml: lives */
        struct names names;            /* its people, its unit, its story */
        struct step *steps;
        size_t count, next;
        int64_t id;                    /* 0: not yet reported */
        const struct life *host;       /* the request that it repeats or doubles */
};
/* All lives, each with its people and times. */
bool demo_plan(struct demo *d, struct life ***ret, size_t *ret_count);
/* Takes the life's next step. */
bool demo_live(struct demo *d, struct life *life);
#endif
