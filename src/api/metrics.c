/* SPDX-License-Identifier: Apache-2.0
 *
 * metrics.c -- numbers for Prometheus, and the health of the service.
 *
 * Each HTTP thread counts for itself (struct tally); here the sums are made, so that counting costs a request three
 * additions to memory of its own core.  /metrics answers to this machine alone unless it is opened.
 */
#include <stdio.h>
#include "api/handlers.h"
#include "api/live.h"
#include "api/server.h"
#include "channel/deliver.h"

static const char *const KINDS[KIND_CLASSES] = {"read", "list", "write", "login", "file", "other"};
static const char *const EDGES[LATENCY_BUCKETS] = {"0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005",
                                                   "0.01",   "0.025",   "0.1",    "0.5",   "2.5",    "+Inf"};

static int64_t
sum(struct http *h, size_t offset)
{
        int64_t total = 0;

        for (struct http_thread *t = http_threads(h); t; t = t->next)
                total += atomic_load_explicit((_Atomic int64_t *)((char *)&t->tally + offset), memory_order_relaxed);
        return total;
}

static void
write_answers(struct http *h, struct buf *b)
{
        buf_text(b, "# HELP openitr_requests_total Answers by kind of request and class of status.\n"
                    "# TYPE openitr_requests_total counter\n");
        for (int k = 0; k < KIND_CLASSES; k++)
                for (int c = 2; c < STATUS_CLASSES; c++)
                        buf_printf(b, "openitr_requests_total{kind=\"%s\",status=\"%dxx\"} %lld\n", KINDS[k], c,
                                   (long long)sum(h, offsetof(struct tally, answers) +
                                                             sizeof(int64_t) * (size_t)(k * STATUS_CLASSES + c)));
}

static void
write_latency(struct http *h, struct buf *b, int k)
{
        int64_t total = 0;

        for (int i = 0; i < LATENCY_BUCKETS; i++) {
                total += sum(h, offsetof(struct tally, latency) + sizeof(int64_t) * (size_t)(k * LATENCY_BUCKETS + i));
                buf_printf(b, "openitr_request_seconds_bucket{kind=\"%s\",le=\"%s\"} %lld\n", KINDS[k], EDGES[i],
                           (long long)total);
        }
        buf_printf(b, "openitr_request_seconds_sum{kind=\"%s\"} %.6f\n", KINDS[k],
                   (double)sum(h, offsetof(struct tally, latency_sum) + sizeof(int64_t) * (size_t)k) / 1e6);
        buf_printf(b, "openitr_request_seconds_count{kind=\"%s\"} %lld\n", KINDS[k], (long long)total);
}

static void
write_number(struct buf *b, const char *name, const char *type, const char *help, int64_t v)
{
        buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name, (long long)v);
}

static void
write_server(struct server *s, struct http *h, struct buf *b)
{
        struct exec_stats x = exec_stats(s->o.exec);

        write_number(b, "openitr_commits_total", "counter", "Transactions committed.", x.commits);
        write_number(b, "openitr_jobs_total", "counter", "Jobs of the executors.", x.jobs);
        write_number(b, "openitr_jobs_failed_total", "counter", "Jobs that failed.", x.failed);
        write_number(b, "openitr_jobs_waiting", "gauge", "Jobs waiting for an executor.", x.waiting);
        write_number(b, "openitr_live_clients", "gauge", "Open streams of live events.", live_clients(s->live));
        write_number(b, "openitr_suspended_requests", "gauge", "Requests that wait for another thread.",
                     http_suspended(h));
        write_number(b, "openitr_up_seconds", "gauge", "Seconds since the start.",
                     (clock_monotonic() - s->started) / USEC_SECOND);
}

/* What was delivered, by channel: an inbox counts notices, not people. */
static void
write_deliveries(const struct deliver *d, struct buf *b)
{
        static const struct { const char *name, *type, *help; size_t at; } numbers[] = {
                {"openitr_deliveries_queued", "gauge", "Waiting to be delivered, tried before or not.", offsetof(struct deliver_stats, queued)},
                {"openitr_deliveries_sent_total", "counter", "Delivered.", offsetof(struct deliver_stats, sent)},
                {"openitr_deliveries_retried_total", "counter", "Tries that failed and are made again.", offsetof(struct deliver_stats, retried)},
                {"openitr_deliveries_failed_total", "counter", "Given up.", offsetof(struct deliver_stats, failed)},
        };

        for (size_t i = 0; d && i < sizeof numbers / sizeof *numbers; i++) {
                buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", numbers[i].name, numbers[i].help, numbers[i].name, numbers[i].type);
                for (int c = 0; c < DELIVER_CHANNELS; c++) {
                        struct deliver_stats s = deliver_stats(d, c);
                        buf_printf(b, "%s{channel=\"%s\"} %lld\n", numbers[i].name, DELIVER_NAMES[c],
                                   (long long)*(int64_t *)((char *)&s + numbers[i].at));
                }
        }
}

bool
metrics_run(struct request *q, struct work *w, struct response *r)
{
        struct http *h = q->home->http;        /* the server may not know it yet */
        struct buf *b = &q->out.b;

        if (!q->server->o.metrics_open && (!http_loopback(q) || q->header[H_FORWARDED_FOR].p))
                return fail(w->ctx, E_NO_ROUTE, "", "/metrics");
        write_answers(h, b);
        buf_text(b, "# HELP openitr_request_seconds Time from the request line to the answer.\n"
                    "# TYPE openitr_request_seconds histogram\n");
        for (int k = 0; k < KIND_CLASSES; k++)
                write_latency(h, b, k);
        write_server(q->server, h, b);
        write_deliveries(q->server->o.deliver, b);
        r->type = "text/plain; version=0.0.4; charset=utf-8";
        return true;
}

bool
health_run(struct request *q, struct work *w, struct response *r)
{
        int64_t one = 0;
        bool ok = sql_one_int(w->ctx, w->conn, &one, SQL("SELECT 1"), "");

        ctx_clear(w->ctx);
        r->status = ok ? 200 : 503;
        jw_open(&q->out, '{');
        jw_key(&q->out, "status");
        jw_text(&q->out, ok ? "ok" : "unavailable");
        jw_key(&q->out, "database");
        jw_text(&q->out, ok ? "ok" : "unavailable");
        jw_key(&q->out, "version");
        jw_text(&q->out, OPENITR_VERSION);
        jw_close(&q->out, '}');
        return true;
}
