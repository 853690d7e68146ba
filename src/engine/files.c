/* SPDX-License-Identifier: Apache-2.0
 *
 * files.c -- attachments' bytes on the disk.
 *
 *     DIR/tmp/RANDOM       an upload in progress, locked (flock) by who writes it
 *     DIR/ab/cdef0123...   a finished file: its SHA-256, two digits for the folder and 62 for the name
 *
 *     upload_start --upload_add*--> upload_finish --> finished
 *           '------------'-------> upload_abort, or the end of the arena --> nothing is left
 *
 * upload_finish syncs the file, renames it, and syncs the folder; only then is the digest handed out, so that
 * a row that names it can be committed.  The same bytes uploaded twice replace the file by its equal: readers
 * keep what they have open, and the file's age starts anew, so that whoever sweeps files without a row spares
 * it.
 *
 * Invariants
 *   1. A file under its digest is whole and durable from the first moment that it can be seen.
 *   2. What stands in DIR/tmp without a lock is the leaving of a crash; files_open removes it.  A second
 *      server on the same folder keeps its uploads: they are locked.
 *   3. No name that a client chose ever becomes part of a path: names are hex digits, checked again on
 *      reading.
 *   4. More than `max` bytes are never written.
 *
 * Media types come from the content alone.  HTML and SVG are text/plain here, and what is not known
 * (executables, scripts, text in other encodings) has no type: it is stored as application/octet-stream,
 * which is only ever downloaded.
 *
 * Not here: the rows (attachment), who may read them, finished files whose row never came.
 */
#include "engine/files.h"
#include "base/text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 24, NAME_MAX_TEXT = 48, FOLDER_LETTERS = 2, DIGEST_LETTERS = DIGEST_HEX_MAX - 1 };

struct files {
        char *dir;
        int dir_fd, tmp_fd;
};

struct upload {
        struct files *files;
        struct digest *digest;
        int fd; /* -1: over */
        int64_t size, max;
        char name[NAME_MAX_TEXT]; /* in tmp */
        char head[FILES_HEAD];
        size_t head_size;
};

/* ---- the folder ---- */

static bool
fail_io(struct ctx *ctx, const struct files *f, const char *name, int error)
{
        if (error == ENOSPC || error == EDQUOT || error == EFBIG)
                return fail(ctx, E_DB_FULL, "");
        return fail(ctx, E_IO, "", arena_printf(ctx->arena, "%s/%s", f->dir, name), strerror(error));
}

/* A descriptor of the folder `name` inside `at`, which is made when it is missing; -1 on failure, errno tells
 * why. */
static int
folder_open(int at, const char *name)
{
        if (mkdirat(at, name, 0700) == 0)
                fsync(at);
        else if (errno != EEXIST)
                return -1;
        return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Removes an upload that nobody holds any more. */
static void
sweep_one(int tmp_fd, const char *name)
{
        int fd = openat(tmp_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

        if (fd < 0)
                return;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
                unlinkat(tmp_fd, name, 0);
        close(fd);
}

static void
sweep(int tmp_fd)
{
        DIR *d = fdopendir(openat(tmp_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        struct dirent *entry;

        if (!d)
                return;
        while ((entry = readdir(d)))
                if (entry->d_name[0] != '.')
                        sweep_one(tmp_fd, entry->d_name);
        closedir(d);
}

struct files *
files_open(struct ctx *ctx, const char *dir)
{
        struct files *f = calloc(1, sizeof *f);

        if (!f || !(f->dir = strdup(dir)))
                abort();
        f->tmp_fd = -1;
        f->dir_fd = folder_open(AT_FDCWD, dir);
        if (f->dir_fd >= 0)
                f->tmp_fd = folder_open(f->dir_fd, "tmp");
        if (f->tmp_fd >= 0) {
                sweep(f->tmp_fd);
                return f;
        }
        fail_io(ctx, f, "tmp", errno);
        files_close(f);
        return NULL;
}

void
files_close(struct files *f)
{
        if (!f)
                return;
        if (f->tmp_fd >= 0)
                close(f->tmp_fd);
        if (f->dir_fd >= 0)
                close(f->dir_fd);
        free(f->dir);
        free(f);
}

/* ---- uploads ---- */

/* Ends the upload's descriptor; its file goes unless it was renamed. */
static void
upload_end(struct upload *u, bool remove)
{
        if (u->fd < 0)
                return;
        if (remove)
                unlinkat(u->files->tmp_fd, u->name, 0);
        close(u->fd);
        u->fd = -1;
}

void
upload_abort(struct upload *u)
{
        if (u)
                upload_end(u, true);
}

static void
abort_forgotten(void *u)
{
        upload_abort(u);
}

struct upload *
upload_start(struct ctx *ctx, struct files *f, int64_t max)
{
        struct upload *u = ARENA_NEW(ctx->arena, struct upload);

        u->files = f;
        u->max = max;
        token_random(u->name, sizeof u->name, NAME_BYTES);
        if (u->name[0] == '-') /* reads badly in a shell */
                u->name[0] = '_';
        u->fd = openat(f->tmp_fd, u->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (u->fd < 0 || flock(u->fd, LOCK_EX | LOCK_NB) != 0) {
                fail_io(ctx, f, "tmp", errno);
                upload_abort(u);
                return NULL;
        }
        u->digest = digest_start(ctx->arena);
        arena_defer(ctx->arena, abort_forgotten, u);
        return u;
}

static bool
write_all(int fd, struct str s)
{
        while (s.n > 0) {
                ssize_t n = write(fd, s.p, s.n);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return false;
                s.p += n;
                s.n -= (size_t)n;
        }
        return true;
}

static void
keep_head(struct upload *u, struct str bytes)
{
        size_t room = sizeof u->head - u->head_size, n = bytes.n < room ? bytes.n : room;

        if (n > 0)
                memcpy(u->head + u->head_size, bytes.p, n);
        u->head_size += n;
}

bool
upload_add(struct ctx *ctx, struct upload *u, struct str bytes)
{
        if (bytes.n > (uint64_t)(u->max - u->size))
                return fail(ctx, E_BODY_TOO_LARGE, "", arena_printf(ctx->arena, "%lld", (long long)u->max));
        if (!write_all(u->fd, bytes))
                return fail_io(ctx, u->files, "tmp", errno);
        keep_head(u, bytes);
        digest_add(u->digest, bytes);
        u->size += (int64_t)bytes.n;
        return true;
}

/* Moves the synced file to its digest's place and makes the move durable.  False: errno tells why. */
static bool
move_into_place(struct upload *u, const char *digest)
{
        char folder[FOLDER_LETTERS + 1] = {digest[0], digest[1], 0};
        int fd = folder_open(u->files->dir_fd, folder);

        if (fd < 0)
                return false;
        bool ok = renameat(u->files->tmp_fd, u->name, fd, digest + FOLDER_LETTERS) == 0 && fsync(fd) == 0;
        int error = errno;
        close(fd);
        errno = error;
        return ok;
}

bool
upload_finish(struct ctx *ctx, struct upload *u, char digest[DIGEST_HEX_MAX], int64_t *size)
{
        char name[DIGEST_HEX_MAX];

        digest_end(u->digest, name);
        bool ok = fsync(u->fd) == 0 && move_into_place(u, name);
        if (!ok)
                fail_io(ctx, u->files, name, errno);
        upload_end(u, !ok);
        if (!ok)
                return false;
        memcpy(digest, name, sizeof name);
        *size = u->size;
        return true;
}

const char *
upload_type(const struct upload *u)
{
        const char *type = files_sniff((struct str){u->head, u->head_size});

        return type ? type : FILES_UNKNOWN_TYPE;
}

/* ---- reading ---- */

static bool
is_digest(const char *s)
{
        return strlen(s) == DIGEST_LETTERS && strspn(s, "0123456789abcdef") == DIGEST_LETTERS;
}

int
files_read(struct ctx *ctx, struct files *f, const char *digest, int64_t *size)
{
        char path[DIGEST_HEX_MAX + 1];
        struct stat st;

        if (!is_digest(digest)) {
                fail(ctx, E_NOT_FOUND, "", "file", digest);
                return -1;
        }
        snprintf(path, sizeof path, "%.2s/%s", digest, digest + FOLDER_LETTERS);
        int fd = openat(f->dir_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && fstat(fd, &st) == 0) {
                *size = st.st_size;
                return fd;
        }
        if (errno == ENOENT)
                fail(ctx, E_NOT_FOUND, "", "file", digest);
        else
                fail_io(ctx, f, path, errno);
        if (fd >= 0)
                close(fd);
        return -1;
}

/* ---- media types ---- */

#define TYPE_ZIP "application/zip"
#define TYPE_OFFICE "application/vnd.openxmlformats-officedocument."
static const char TYPE_PLAIN[] = "text/plain";

/* A type and the bytes that tell it: `magic` at `at`, and for containers `second` at `second_at`. */
static const struct magic {
        const char *type;
        size_t at;
        struct str magic;
        size_t second_at;
        struct str second;
} magics[] = {
        {"image/png", 0, {"\x89PNG\r\n\x1a\n", 8}, 0, {"", 0}},
        {"image/jpeg", 0, {"\xff\xd8\xff", 3}, 0, {"", 0}},
        {"image/gif", 0, {"GIF87a", 6}, 0, {"", 0}},
        {"image/gif", 0, {"GIF89a", 6}, 0, {"", 0}},
        {"image/webp", 0, {"RIFF", 4}, 8, {"WEBP", 4}},
        {"application/pdf", 0, {"%PDF-", 5}, 0, {"", 0}},
        {"application/gzip", 0, {"\x1f\x8b\x08", 3}, 0, {"", 0}},
        {TYPE_ZIP, 0, {"PK\x03\x04", 4}, 0, {"", 0}},
        {TYPE_ZIP, 0, {"PK\x05\x06", 4}, 0, {"", 0}}, /* an empty one */
        {"audio/mpeg", 0, {"ID3", 3}, 0, {"", 0}},
        {"audio/mpeg", 0, {"\xff\xfb", 2}, 0, {"", 0}},
        {"audio/mpeg", 0, {"\xff\xf3", 2}, 0, {"", 0}},
        {"audio/mpeg", 0, {"\xff\xf2", 2}, 0, {"", 0}},
        {"audio/ogg", 0, {"OggS", 4}, 0, {"", 0}},
        {"audio/wav", 0, {"RIFF", 4}, 8, {"WAVE", 4}},
        {"audio/mp4", 4, {"ftyp", 4}, 8, {"M4A ", 4}},
        {"audio/mp4", 4, {"ftyp", 4}, 8, {"M4B ", 4}},
        {"video/mp4", 4, {"ftyp", 4}, 8, {"iso", 3}},
        {"video/mp4", 4, {"ftyp", 4}, 8, {"mp4", 3}},
        {"video/mp4", 4, {"ftyp", 4}, 8, {"avc1", 4}},
        {"video/mp4", 4, {"ftyp", 4}, 8, {"dash", 4}},
        {"video/mp4", 4, {"ftyp", 4}, 8, {"3gp", 3}},
        {"video/mp4", 4, {"ftyp", 4}, 8, {"M4V", 3}},
};

/* A zip whose entries start with `folder` is this office document. */
static const struct office {
        struct str folder;
        const char *type;
} offices[] = {
        {{"word/", 5}, TYPE_OFFICE "wordprocessingml.document"},
        {{"xl/", 3}, TYPE_OFFICE "spreadsheetml.sheet"},
        {{"ppt/", 4}, TYPE_OFFICE "presentationml.presentation"},
};

static bool
has_at(struct str s, size_t at, struct str part)
{
        return s.n >= at + part.n && memcmp(s.p + at, part.p, part.n) == 0;
}

/* The document type of one zip entry by its name, NULL when the name tells none. */
static const char *
office_of_entry(struct str name)
{
        for (size_t i = 0; i < sizeof offices / sizeof *offices; i++)
                if (str_starts(name, offices[i].folder))
                        return offices[i].type;
        return NULL;
}

/* Looks through the entries that begin within the head.  Sizes in their headers may be missing (streamed
 * zips), so that the next header is searched for by its signature. */
static const char *
zip_type(struct str head)
{
        enum { NAME_LENGTH_AT = 26, NAME_AT = 30 };
        const char *at = head.p, *end = head.p + head.n;

        while ((at = memmem(at, (size_t)(end - at), "PK\x03\x04", 4)) && end - at > NAME_AT) {
                size_t n = (unsigned char)at[NAME_LENGTH_AT] | (size_t)(unsigned char)at[NAME_LENGTH_AT + 1]
                                                                       << 8;
                size_t left = (size_t)(end - at) - NAME_AT;
                const char *type = office_of_entry((struct str){at + NAME_AT, n < left ? n : left});
                if (type)
                        return type;
                at += 4;
        }
        return TYPE_ZIP;
}

/* Control characters that logs and plain text hold: tab, line feed, form feed, carriage return, escape. */
static bool
is_text_byte(unsigned char c)
{
        return c >= 0x20 ? c != 0x7f : c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == 0x1b;
}

/* UTF-8 text, of which the last character may be cut off by the end of the head. */
static bool
is_text(struct str head)
{
        for (size_t i = 0, n; i < head.n; i += n) {
                n = text_sequence(head.p + i, head.n - i);
                if (n == 0)
                        return head.n == FILES_HEAD && head.n - i < 4 && i > 0;
                if (n == 1 && !is_text_byte((unsigned char)head.p[i]))
                        return false;
        }
        return true;
}

const char *
files_sniff(struct str head)
{
        if (head.n > FILES_HEAD)
                head.n = FILES_HEAD;
        for (const struct magic *m = magics; m < magics + sizeof magics / sizeof *magics; m++)
                if (has_at(head, m->at, m->magic) && has_at(head, m->second_at, m->second))
                        return strcmp(m->type, TYPE_ZIP) == 0 ? zip_type(head) : m->type;
        if (head.n > 0 && !has_at(head, 0, STR("#!")) && is_text(head))
                return TYPE_PLAIN;
        return NULL;
}
