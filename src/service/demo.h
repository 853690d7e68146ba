/* SPDX-License-Identifier: Apache-2.0
 *
 * demo.h -- a demo company: Hengtong Power & Network, a maker of network and power equipment, its customers and ninety
 * days of its customer service.
 *
 * What it is made of stands in demo/: company.yaml (the maker), customers.yaml, stories.yaml (what goes wrong),
 * phrases.yaml (how people talk) and lives.yaml (how requests go).
 */
#ifndef SERVICE_DEMO_H
#define SERVICE_DEMO_H
#include "engine/work.h"

/* People of the demo company whom one can be; `role` is the first of the person's roles. */
struct demo_login {
        const char *role, *login, *password, *name;
};
const struct demo_login *demo_logins(size_t *ret_count);

/* Fills the database, in transactions of its own on w->conn; the last event lies a little before w->now.  `say` gets
 * a line for each step.  The same program fills in the same company. */
bool demo_fill(struct work *w, void (*say)(void *arg, const char *line), void *arg);
#endif
