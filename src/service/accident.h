/* SPDX-License-Identifier: Apache-2.0
 *
 * accident.h -- notices to the customer about an accident, opened by themselves.
 */
#ifndef SERVICE_ACCIDENT_H
#define SERVICE_ACCIDENT_H
#include "service/service.h"

/* Saved hook of the request. */
bool accident_saved(struct work *w, struct record *r);
/* Does a notice of the accident wait to be sent, so that its clock asks for progress? */
bool accident_runs(struct work *w, const struct record *request, bool *ret);
/* Before a notice is sent: who would be told by which way, the language of the customer's message, may the actor send it? */
bool accident_preview_json(struct work *w, struct record *notice, struct jw *out);
/* accident_text.c: the draft of a kind of notice, in both languages. */
bool accident_draft(struct work *w, const struct record *request, struct record *notice);
/* Is there still a gap in the text? */
bool accident_has_gap(struct str text);
#endif
