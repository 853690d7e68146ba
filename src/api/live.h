/* SPDX-License-Identifier: Apache-2.0
 *
 * live.h -- live events to browsers (server-sent events).
 */
#ifndef API_LIVE_H
#define API_LIVE_H
#include "api/server.h"
struct live *live_start(struct ctx *ctx, struct server *s);
/* Ends every stream; to be called before the HTTP server is stopped. */
void live_close(struct live *l);
void live_stop(struct live *l);
int live_clients(struct live *l);
#endif
