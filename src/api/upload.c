/* SPDX-License-Identifier: Apache-2.0
 *
 * upload.c -- attachments in and out.
 *
 *     head --upload_prepare (may this person? into which case?)--> body --upload_part*--> end
 *          --worker: sync, rename--> writer: the row, in its transaction --> 201
 *
 * The bytes stream to a temporary file as they come, so an upload costs no memory; the row is written after
 * the bytes are safe (files.h).  What breaks off leaves nothing.  The type is found from the content; the
 * client's word for it is not even looked at.
 *
 * Downloads go out by sendfile, always as an attachment, so a stored page never runs in this origin; the
 * entity tag is the content's digest, so a range asked for later belongs to the same bytes.
 */
#include "api/upload.h"
#include <stdio.h>
#include "api/handlers.h"
#include "api/idempotency.h"
#include "api/problem.h"
#include "api/server.h"
#include "base/text.h"
#include "engine/access.h"
#include "engine/store.h"
#include "gen/names.h"

enum { NAME_CHARS = 200 };

/* ---- coming in ---- */

/* A file name: text, no folders, no control characters. */
static bool
check_name(struct request *q, struct work *w)
{
        struct str name = request_param(q, "name");

        if (!name.n)
                return fail(w->ctx, E_PARAMETER, "name", "name", "", "the file's name");
        for (size_t i = 0; i < name.n; i++)
                if ((unsigned char)name.p[i] < ' ' || strchr("/\\\x7f", name.p[i]))
                        return fail(w->ctx, E_PARAMETER, "name", "name", str_c(q->arena, name),
                                    "a name without / \\ and control characters");
        return text_length(name) <= NAME_CHARS ||
               fail(w->ctx, E_PARAMETER, "name", "name", "(too long)", "at most 200 characters");
}

/* Before the body is taken: the case is there, the person may add to it. */
bool
upload_prepare(struct request *q, struct work *w, struct response *r)
{
        const struct entity *e = path_entity(q, w), *child = model_entity(w->model, ENTITY_ATTACHMENT);
        struct record *parent;

        if (!e)
                return false;
        if (e->kind != KIND_CASE || !child || !q->server->o.files)
                return fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
        if (!request_params_known(q, (const char *const[]){"name", "visibility", "message", NULL}) ||
            !check_name(q, w))
                return false;
        parent = store_find(w, e, q->arg[1]);
        if (!parent)
                return false;
        if (!access_may_create(w->actor, child))
                return fail(w->ctx, E_DENIED, "", model_role_names(q->arena, w->model, w->actor->given),
                            "attachment");
        q->upload_entity = e;
        q->upload_case = parent->id;
        q->upload = upload_start(w->ctx, q->server->o.files, q->server->o.upload_max);
        return q->upload != NULL;
}

bool
upload_part(struct request *q, struct str bytes)
{
        return upload_add(&q->ctx, q->upload, bytes);
}

void
upload_drop(struct request *q)
{
        upload_abort(q->upload);
        q->upload = NULL;
}

/* public or internal, as asked; who is not staff writes what is public. */
static bool
choose_visibility(struct request *q, struct work *w, struct record *r)
{
        struct str v = request_param(q, "visibility");
        bool staff = access_is_staff(w);

        if (!v.p)
                v = staff ? STR("internal") : STR("public");
        if (!str_is(v, "public") && !(staff && str_is(v, "internal")))
                return fail(w->ctx, E_PARAMETER, "visibility", "visibility", str_c(q->arena, v),
                            staff ? "public, internal" : "public");
        record_set_text(r, FIELD_ATTACHMENT_VISIBILITY, v);
        return true;
}

/* The row, for bytes that are safe. */
static bool
insert_row(struct request *q, struct work *w, struct response *r)
{
        const struct entity *child = model_entity(w->model, ENTITY_ATTACHMENT);
        struct record *parent = store_get(w, q->upload_entity, q->upload_case);
        struct record *row = parent ? record_new(w, child) : NULL;
        int64_t message;

        if (!row || !request_param_int(q, "message", 1, INT64_MAX, 0, &message))
                return false;
        row->parent = parent;
        row->case_id = parent->id;
        record_set_text(row, FIELD_ATTACHMENT_NAME, request_param(q, "name"));
        record_set_text(row, FIELD_ATTACHMENT_MEDIA_TYPE, str_of(q->upload_type));
        record_set_int(row, FIELD_ATTACHMENT_SIZE, q->upload_size);
        record_set_text(row, FIELD_ATTACHMENT_SHA256, str_of(q->body_digest));
        record_set_int(row, FIELD_ATTACHMENT_AUTHOR, w->actor->id);
        record_set_int(row, FIELD_ATTACHMENT_AT, w->now);
        if (message)
                record_set_int(row, FIELD_ATTACHMENT_MESSAGE, message);
        if (!choose_visibility(q, w, row) || !store_check_required(w, row) || !store_insert(w, row, "create"))
                return false;
        r->status = 201;
        response_header(r, "Location",
                        arena_printf(q->arena, "/api/v1/%s/%lld/attachment/%lld", parent->e->name,
                                     (long long)parent->id, (long long)row->id));
        answer_record(q, w, row, NULL);
        return true;
}

static bool
row_run(struct job *job, struct conn *c)
{
        struct request *q = (struct request *)job;

        response_clear(q);
        q->work.conn = c;
        q->work.now = clock_now();
        if (q->header[H_IDEMPOTENCY_KEY].p)
                return idempotency_run(q, &q->work, insert_row);
        return insert_row(q, &q->work, &q->response);
}

static void
row_done(struct job *job)
{
        struct request *q = (struct request *)job;

        if (!job->ok)
                q->response.status = 0;
        http_resume(q);
}

/* On a worker: the bytes to the disk, then the row to the writer. */
static void
sync_run(struct task *t, struct conn *c)
{
        struct request *q = (struct request *)((char *)t - offsetof(struct request, task));
        bool synced = upload_finish(&q->ctx, q->upload, q->body_digest, &q->upload_size);

        q->upload_type = upload_type(q->upload);
        q->job = (struct job){.ctx = &q->ctx, .run = row_run, .done = row_done};
        if (synced && exec_write(q->server->o.exec, &q->job))
                return;
        if (synced)
                fail(&q->ctx, E_OVERLOAD, "");
        http_resume(q);
}

enum verdict
upload_close(struct request *q)
{
        if (q->body_too_large && !ctx_failed(&q->ctx))
                fail(&q->ctx, E_BODY_TOO_LARGE, "", arena_printf(q->arena, "%lld", (long long)q->body_limit));
        if (ctx_failed(&q->ctx))
                return VERDICT_ANSWER;
        http_suspend(q);
        q->task.run = sync_run;
        if (!workers_submit(q->server->workers, &q->task)) {
                fail(&q->ctx, E_OVERLOAD, "");
                http_resume(q);
        }
        return VERDICT_WAIT;
}

/* ---- going out ---- */

static bool
unreserved(char c)
{
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c && strchr("-._~", c));
}

/* attachment; filename="ascii"; filename*=UTF-8''percent (RFC 6266) */
static const char *
disposition(struct arena *a, struct str name)
{
        struct buf b = {0};
        const char *text;

        buf_text(&b, "attachment; filename=\"");
        for (size_t i = 0; i < name.n; i++)
                buf_char(&b, unreserved(name.p[i]) || name.p[i] == ' ' ? name.p[i] : '_');
        buf_text(&b, "\"; filename*=UTF-8''");
        for (size_t i = 0; i < name.n; i++)
                if (unreserved(name.p[i]))
                        buf_char(&b, name.p[i]);
                else
                        buf_printf(&b, "%%%02X", (unsigned char)name.p[i]);
        text = arena_strdup(a, buf_c(&b));
        buf_free(&b);
        return text;
}

static struct record *
path_attachment(struct request *q, struct work *w)
{
        const struct entity *child = model_entity(w->model, ENTITY_ATTACHMENT);
        struct record *parent = path_record(q, w);
        int64_t id;

        if (!parent)
                return NULL;
        if (parent->e->kind == KIND_CASE && child && q->server->o.files && str_to_int(q->arg[2], &id))
                return store_get_child(w, child, parent, id);
        fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
        return NULL;
}

/* The part that was asked for, of a file of `size` bytes. */
static void
choose_range(struct request *q, const char *etag, int64_t size)
{
        struct response *r = &q->response;
        bool same = !q->header[H_IF_RANGE].p || str_is(q->header[H_IF_RANGE], etag);
        enum range_verdict v =
                same ? range_parse(q->header[H_RANGE], size, &r->offset, &r->size) : RANGE_NONE;

        r->status = v == RANGE_OK ? 206 : v == RANGE_BAD ? 416 : 200;
        if (v == RANGE_NONE) {
                r->offset = 0;
                r->size = size;
        }
        if (v == RANGE_BAD)
                r->offset = r->size = 0;
        if (v != RANGE_NONE)
                response_header(r, "Content-Range",
                                v == RANGE_OK
                                        ? arena_printf(q->arena, "bytes %lld-%lld/%lld", (long long)r->offset,
                                                       (long long)(r->offset + r->size - 1), (long long)size)
                                        : arena_printf(q->arena, "bytes */%lld", (long long)size));
}

bool
download_run(struct request *q, struct work *w, struct response *r)
{
        struct record *row = path_attachment(q, w);
        const char *digest, *etag;
        struct str type;
        int64_t size;

        if (!row)
                return false;
        digest = str_c(q->arena, record_text(row, FIELD_ATTACHMENT_SHA256));
        type = record_text(row, FIELD_ATTACHMENT_MEDIA_TYPE);
        etag = arena_printf(q->arena, "\"%s\"", digest);
        response_header(r, "ETag", etag);
        response_header(r, "Accept-Ranges", "bytes");
        r->cache = "private, no-cache";
        r->type = type.n ? str_c(q->arena, type) : FILES_UNKNOWN_TYPE;
        if (q->header[H_IF_NONE_MATCH].p && etag_matches(q->header[H_IF_NONE_MATCH], etag)) {
                r->status = 304;
                return true;
        }
        r->fd = files_read(w->ctx, q->server->o.files, digest, &size);
        if (r->fd < 0)
                return false;
        response_header(r, "Content-Disposition",
                        disposition(q->arena, record_text(row, FIELD_ATTACHMENT_NAME)));
        choose_range(q, etag, size);
        return true;
}
