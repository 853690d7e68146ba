/* SPDX-License-Identifier: Apache-2.0
 *
 * openapi.h -- what the two halves of the API's description share.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H
#include "api/pages.h"
void oa_text(struct jw *w, const char *key, const char *value);
void oa_open(struct jw *w, const char *key);           /* "key":{ */
void oa_ref(struct jw *w, const char *kind, const char *name);
/* openapi_fixed.c */
void openapi_info(struct jw *w);
void openapi_fixed_paths(struct jw *w);
void openapi_fixed_components(struct jw *w);           /* parameters, responses, securitySchemes */
void openapi_fixed_schemas(struct jw *w);
#endif
