/* SPDX-License-Identifier: Apache-2.0
 *
 * log.h -- one line per event on standard error, as text or JSON.
 *
 *     log_info("request", "method", "GET", "status", "200", NULL);
 *     text:  2026-11-21T19:24:15.123Z info request method=GET status=200
 *     json:  {"at":"...","level":"info","event":"request","method":"GET","status":"200"}
 *
 * A line is written with one write(2).  Values with blanks or quotes are quoted in text form; control
 * characters are escaped, so that a hostile value cannot forge a line.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H
#include <stdbool.h>
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };
void log_setup(enum log_level least, bool json);
bool log_wants(enum log_level level);
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));
#define log_debug(...) (log_wants(LOG_DEBUG) ? log_event(LOG_DEBUG, __VA_ARGS__) : (void)0)
#define log_info(...) (log_wants(LOG_INFO) ? log_event(LOG_INFO, __VA_ARGS__) : (void)0)
#define log_warn(...) log_event(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_event(LOG_ERROR, __VA_ARGS__)
#endif
