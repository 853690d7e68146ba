/* SPDX-License-Identifier: Apache-2.0
 *
 * model_fuzz.c -- any text as a model: model_load answers with a model or with faults, and never anything else.
 *
 * A text may hold several files: a line "%%models" or "%%rules" begins the next one.  What loads is also published and
 * drawn, so that later walks meet every model that the checker lets pass.
 */
#include "model/publish.h"

enum { FILES_MAX = 8 };

static const char ROLES[] = "groups: {staff: {label: {en: S, zh: S}}}\n"
                            "roles: {agent: {label: {en: A, zh: A}, groups: [staff]}}\n";
static const char CASE[] = "entity: case\nis: case\nabstract: true\nlabel: {en: C, zh: C}\n"
                           "fields: {title: {type: text, label: {en: T, zh: T}}}\n";

/* Cuts the text at its %% lines. */
static size_t
cut(struct str text, struct source *sources, size_t n)
{
        const char *kind = "models";

        while (text.p && n < FILES_MAX) {
                const char *mark = memmem(text.p, text.n, "%%", 2);
                size_t len = mark ? (size_t)(mark - text.p) : text.n;
                sources[n++] = (struct source){"fuzz.yaml", {text.p, len}, kind, false};
                if (mark == NULL)
                        break;
                text = (struct str){mark + 2, text.n - len - 2};
                kind = str_starts(text, STR("rules")) ? "rules" : "models";
                str_cut(text, '\n', &text);
        }
        return n;
}

static void
use(const struct model *m)
{
        struct jw w = {0};
        struct buf svg = {0};

        publish_index(m, &w);
        for (size_t i = 0; i < m->entity_count; i++) {
                publish_entity(m, &m->entities[i], &w);
                doc_diagram_svg(&m->entities[i], "zh", &svg);
        }
        jw_free(&w);
        buf_free(&svg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *a = arena_new(0);
        struct source sources[FILES_MAX] = {{"roles.yaml", str_of(ROLES), "models", false}, {"case.yaml", str_of(CASE), "models", false}};
        struct ctx ctx;

        ctx_init(&ctx, a);
        struct str text = {arena_strndup(a, (const char *)data, size), size};
        struct model *m = model_load(&ctx, sources, cut(text, sources, 2), NULL, 0);
        if ((m == NULL) != ctx_failed(&ctx))
                __builtin_trap();
        if (m)
                use(m);
        model_free(m);
        arena_free(a);
        return 0;
}
