/* SPDX-License-Identifier: Apache-2.0
 *
 * log.c -- one line per event on standard error, as text or JSON.
 *
 * A line is put together in memory and handed to the kernel with one write(2): lines of several
 * threads or processes do not mix, and there is neither a lock nor a buffer to lose at a crash.
 * What the kernel does not take (a full disk, a closed pipe) is dropped: a server does not stop for its log.
 *
 * Invariants
 *   1. A line holds exactly one '\n', at its end, and no other character below U+0020; in text form
 *      neither DEL nor U+0080..U+009F, which a terminal may obey.
 *   2. A line is valid UTF-8.
 *   3. In text form a value that is empty or holds a blank, a quote, a backslash, '=' or an escape stands
 *      in quotes, so that a line can be cut into its pairs again.
 *
 * Not here: files and rotation (the service manager's work), what is worth a line (the callers).
 */
#include "base/log.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

static _Atomic int least_level = LOG_INFO;
static _Atomic bool as_json;

void
log_setup(enum log_level least, bool json)
{
        atomic_store(&least_level, least);
        atomic_store(&as_json, json);
}

bool
log_wants(enum log_level level)
{
        return level < LOG_OFF && (int)level >= atomic_load_explicit(&least_level, memory_order_relaxed);
}

static const char *
level_name(enum log_level level)
{
        static const char *const NAMES[] = {"debug", "info", "warn", "error", "off"};

        return NAMES[level];
}

/* ---- text form ---- */

/* How many bytes at p are one character that may stand in a line as it is; 0 when it must be escaped. */
static size_t
clean_length(const char *p, size_t left)
{
        unsigned char c = (unsigned char)p[0];

        if (c < ' ' || c == 0x7f || c == '"' || c == '\\')
                return 0;
        size_t n = text_sequence(p, left);
        return n == 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0 ? 0 : n;
}

static void
put_escaped(struct buf *out, struct str s)
{
        while (s.n) {
                size_t n = clean_length(s.p, s.n);
                if (n)
                        buf_add(out, s.p, n);
                else if (*s.p == '"' || *s.p == '\\')
                        buf_printf(out, "\\%c", *s.p);
                else if (*s.p == '\n')
                        buf_text(out, "\\n");
                else
                        buf_printf(out, "\\x%02x", (unsigned char)*s.p);
                n += n == 0;
                s = (struct str){s.p + n, s.n - n};
        }
}

static bool
needs_quotes(struct str s)
{
        for (size_t i = 0, n; i < s.n; i += n) {
                n = clean_length(s.p + i, s.n - i);
                if (n == 0 || s.p[i] == ' ' || s.p[i] == '=')
                        return true;
        }
        return s.n == 0;
}

static void
put_value(struct buf *out, struct str s)
{
        if (!needs_quotes(s)) {
                buf_str(out, s);
                return;
        }
        buf_char(out, '"');
        put_escaped(out, s);
        buf_char(out, '"');
}

static void
text_line(struct buf *out, const char *at, enum log_level level, const char *event, va_list pairs)
{
        const char *name, *value;

        buf_printf(out, "%s %s ", at, level_name(level));
        put_escaped(out, str_of(event));
        while ((name = va_arg(pairs, const char *)) && (value = va_arg(pairs, const char *))) {
                buf_char(out, ' ');
                put_escaped(out, str_of(name));
                buf_char(out, '=');
                put_value(out, str_of(value));
        }
}

/* ---- JSON form ---- */

static void
json_line(struct jw *w, const char *at, enum log_level level, const char *event, va_list pairs)
{
        const char *name, *value;

        jw_open(w, '{');
        jw_key(w, "at");
        jw_text(w, at);
        jw_key(w, "level");
        jw_text(w, level_name(level));
        jw_key(w, "event");
        jw_text(w, event);
        while ((name = va_arg(pairs, const char *)) && (value = va_arg(pairs, const char *))) {
                jw_key_str(w, str_of(name));
                jw_text(w, value);
        }
        jw_close(w, '}');
}

/* ---- both ---- */

static void
write_line(struct str line)
{
        while (write(STDERR_FILENO, line.p, line.n) < 0 && errno == EINTR)
                continue;
}

/* Names and values alternate; a value of NULL ends them like a name of NULL. */
void
log_event(enum log_level level, const char *event, ...)
{
        struct jw w = {0};
        char at[TIME_TEXT_MAX];
        int saved = errno;
        va_list pairs;

        if (!log_wants(level))
                return;
        time_format_ms(clock_now(), at);
        va_start(pairs, event);
        if (atomic_load_explicit(&as_json, memory_order_relaxed))
                json_line(&w, at, level, event, pairs);
        else
                text_line(&w.b, at, level, event, pairs);
        va_end(pairs);
        buf_char(&w.b, '\n');
        write_line(jw_view(&w));
        jw_free(&w);
        errno = saved;
}
