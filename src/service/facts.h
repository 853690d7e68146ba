/* SPDX-License-Identifier: Apache-2.0
 *
 * facts.h -- what every imported source is, counted in our own tables (docs/import.md defines each fact).
 */
#ifndef SERVICE_FACTS_H
#define SERVICE_FACTS_H
#include "base/json.h"
#include "engine/work.h"
/* {"sources":[{"source","cases","events","reopened","moved_up","ping_pong","highest_line":{"T1","T2","T3"},
 * "states":{name: events},"priority_matrix":{"impact,urgency":{priority: cases}},"reassignments_total","reopens_total",
 * "deviations":{"line_down","skipped_activity"}}]}, sources in the order of their names. */
bool facts_json(struct work *w, struct jw *out);
#endif
