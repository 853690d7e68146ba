/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance.h -- how many promises were kept, raw and with exemptions (rule C11; domain.md 9).
 */
#ifndef SERVICE_COMPLIANCE_H
#define SERVICE_COMPLIANCE_H
#include "base/json.h"
#include "engine/work.h"
/* Of the cases that were closed in [from, to): {"from","to","clocks":[{"entity","clock","party","judged","met","late","rate",
 * "adjusted":{"met","late","rate"},"raised_late","rounds","late_rounds"}],"on_time_closure":{"closed","kept","rate",
 * "adjusted":{"kept","rate"}}}.  judged: ended with a promise; rate: per cent, null when nothing was judged. */
bool compliance_json(struct work *w, usec from, usec to, struct jw *out);
#endif
