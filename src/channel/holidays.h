/* SPDX-License-Identifier: Apache-2.0
 *
 * holidays.h -- holiday files of the formats that are published, into the table of holidays.
 */
#ifndef CHANNEL_HOLIDAYS_H
#define CHANNEL_HOLIDAYS_H
#include "service/calendars.h"

/* One file: holiday-cn JSON, chinese-days JSON, date-holidays CSV or iCalendar, whichever its text is; .gz, .xz, .zst too.
 * passed_over: entries that are no whole day off (bank days, half days, repetitions). */
bool holidays_import(struct work *w, const char *path, struct holiday_counts *counts, int64_t *passed_over);
#endif
