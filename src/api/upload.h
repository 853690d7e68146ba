/* SPDX-License-Identifier: Apache-2.0
 *
 * upload.h -- attachments coming in.
 */
#ifndef API_UPLOAD_H
#define API_UPLOAD_H
#include "api/http.h"
bool upload_part(struct request *q, struct str bytes);
/* The last byte was read: syncs the file on a worker, then writes the row. */
enum verdict upload_close(struct request *q);
void upload_drop(struct request *q);
#endif
