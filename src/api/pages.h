/* SPDX-License-Identifier: Apache-2.0
 *
 * pages.h -- texts that follow from the Model, made once.
 */
#ifndef API_PAGES_H
#define API_PAGES_H
#include "base/json.h"
#include "model/model.h"
struct pages;
struct pages *pages_new(void);
void pages_free(struct pages *p);
/* openapi.c */
void openapi_write(const struct model *m, struct jw *w);
#endif
