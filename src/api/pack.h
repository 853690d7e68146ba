/* SPDX-License-Identifier: Apache-2.0
 *
 * pack.h -- JSON answers compressed where the client takes gzip.
 */
#ifndef API_PACK_H
#define API_PACK_H
#include "api/request.h"

/* The answer's body packed in place, with the headers that say so; left as it is where packing is not asked for, not
 * allowed or not worth it. */
void response_pack(struct request *q);
#endif
