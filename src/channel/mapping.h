/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping.h -- how an event log's columns become our cases and events: one YAML file per source (docs/import.md).
 *
 * A mapping is read once, checked against the Model and immutable.  Faults are E_IMPORT with "file:line:column".
 */
#ifndef CHANNEL_MAPPING_H
#define CHANNEL_MAPPING_H
#include "base/clock.h"
#include "base/zone.h"
#include "model/model.h"
#include "service/time_spent.h"

enum log_format { LOG_CSV, LOG_XES, LOG_FORMATS };

/* What a column is for.  case, time and state are needed. */
enum part {
        PART_CASE, PART_TIME, PART_STATE, PART_SUBSTATE, PART_TEAM, PART_TIER, PART_ACTOR, PART_ACCOUNT, PART_CONTACT,
        PART_PRODUCT, PART_IMPACT, PART_URGENCY, PART_PRIORITY, PART_REASSIGNMENTS, PART_REOPENS, PART_REPORTED,
        PART_COUNT
};
const char *part_name(enum part p);

struct map_column {                    /* of one part, in one format */
        struct str name;               /* p == NULL: not mapped */
        bool of_trace;                 /* XES: an attribute of the trace, written "trace/name" */
        struct place place;
};

/* Values of a column and what they mean to us. */
struct map_value {
        struct str from;
        struct str to;                 /* "none": nothing; of states also "same": as before */
        const struct state *state;     /* of `states`: NULL for same */
        int tier;                      /* of `tiers`, `team_tiers`: 0 for none; of `spans`: enum span */
};
struct map_table {
        struct map_value *values;
        size_t count;
        const struct map_value *otherwise;     /* NULL: a value that is not listed is a fault */
        bool given;
};

struct map_field {                     /* a further field of the case, filled with a column's latest text */
        const struct field *field;
        struct map_column column[LOG_FORMATS];
};

struct mapping {
        const char *name;              /* also the source's name */
        const char *file;
        const struct entity *entity;
        char separator;
        struct map_column column[PART_COUNT][LOG_FORMATS];
        const struct zone *zone;
        const char *time_format;       /* NULL: RFC 3339 */
        struct map_table states, tiers, team_tiers, severities, priorities;
        struct map_table waits, spans; /* by state, as `states`: pause code; span */
        const char *account;           /* name of the account of all cases, NULL when a column says */
        const char *title;             /* text with {part} */
        struct str *unknown;           /* values that say nothing */
        size_t unknown_count;
        struct map_field *fields;
        size_t field_count;
};

/* `name`: of a shipped mapping or one of the site's (site/maps/NAME.yaml), or the path of a YAML file.  NULL with
 * every fault; E_USAGE when there is no such mapping.  Lives in `a`. */
struct mapping *mapping_load(struct ctx *ctx, struct arena *a, const struct model *m, const char *name,
                             const char *site);
struct mapping *mapping_read(struct ctx *ctx, struct arena *a, const struct model *m, struct str text,
                             const char *file);

/* The first row of the table for a value, or otherwise; NULL when the mapping does not say. */
const struct map_value *map_find(const struct map_table *t, struct str value);
/* "State/Substate" if the table has it, else "State". */
const struct map_value *map_state(const struct mapping *m, struct str state, struct str substate);
const struct map_value *map_pair(const struct map_table *t, struct str state, struct str substate);
/* By the end of the team's name. */
const struct map_value *map_team_tier(const struct mapping *m, struct str team);
/* "a, b, c" for messages. */
const char *map_allowed(struct arena *a, const struct map_table *t);
bool mapping_unknown(const struct mapping *m, struct str value);       /* empty, or listed under `unknown` */
bool mapping_time(const struct mapping *m, struct str value, usec *ret);
const char *mapping_time_allowed(const struct mapping *m);
#endif
