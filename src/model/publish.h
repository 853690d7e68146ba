/* SPDX-License-Identifier: Apache-2.0
 *
 * publish.h -- the model as the browser gets it (GET /api/v1/model, /api/v1/model/{entity}), and its pages for people.
 * Entities of kind system and abstract ones are not published.
 */
#ifndef MODEL_PUBLISH_H
#define MODEL_PUBLISH_H
#include "base/json.h"
#include "model/model.h"
void publish_index(const struct model *m, struct jw *w);                       /* version, nav, roles, entities with labels */
void publish_entity(const struct model *m, const struct entity *e, struct jw *w);      /* ui.md 2.1 */
/* Per entity: field table, state diagram (SVG), permission matrix, REST reference; Markdown + .svg files under dir. */
bool doc_write(struct ctx *ctx, const struct model *m, const char *dir);
void doc_diagram_svg(const struct entity *e, const char *lang, struct buf *out);       /* lang "en" or "zh" */
/* The JSON Schema of the model language, for editors. */
void publish_schema(struct jw *w);
#endif
