/* SPDX-License-Identifier: Apache-2.0
 *
 * open.h -- the model, the engine and the database that a command works with.
 */
#ifndef CMD_OPEN_H
#define CMD_OPEN_H
#include "cmd/command.h"
#include "engine/engine.h"
#include "engine/work.h"
#include "service/models.h"
#include "sql/db.h"

struct opened {
        struct ctx *ctx;
        struct models_base base;       /* the built-in files and the site's */
        int64_t revision;              /* models_revision of what the engine knows */
        struct patches patches;        /* what the database adds; empty until opened_connect */
        const struct model *model;     /* the engine's */
        struct engine *engine;
        struct db *db;
        struct conn *conn;             /* NULL until opened_connect */
        struct work work;              /* of the system, on `conn` */
};

/* The built-in model with the site on top, its engine, and the database; the database is not connected to. */
bool opened_begin(struct opened *x, struct call *c);
/* Connects, and puts the database's patches on top of the model. */
bool opened_connect(struct opened *x, enum conn_use use);
/* All of it, on a database that `openitr init` has made. */
bool opened_made(struct opened *x, struct call *c, enum conn_use use);
/* To write where what the database adds cannot be loaded: the built-in model alone.  On SQLite nobody else has the file. */
bool opened_bare(struct opened *x, struct call *c);
/* Loads what the database adds, with every fault. */
bool opened_additions(struct opened *x);
/* As opened_made; false also when the database lacks what the model wants. */
bool opened_store(struct opened *x, struct call *c, enum conn_use use);
/* Tables, columns and indexes that the model wants and the database lacks; refuses what is not an addition; and the
 * calendars that a database begins with.
 * *ret_count: how many statements it took. */
bool opened_upgrade(struct opened *x, size_t *ret_count);
void opened_end(struct opened *x);

/* Runs `run` in a transaction on x->conn. */
bool opened_write(struct opened *x, bool (*run)(struct work *w, void *arg), void *arg);
#endif
