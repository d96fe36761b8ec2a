/* SPDX-License-Identifier: Apache-2.0 */
/* Writes one segment. */
#include "log/active.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/fs.h"
#include "base/mem.h"
#include "log/folder.h"

#define BUFFER ((size_t)1 << 20)
#define LARGE ((size_t)64 << 10) /* such payloads are written from where they are */

enum err
active_begin(struct active *t, const char *dir, uint64_t first, int64_t created, struct diag *why)
{
	char path[PATH_MAX], header[SEGMENT_HEADER];
	auto_close int fd = -1;
	enum err e = folder_path(dir, first, path, why);

	if (e != OK)
		return e;
	errno = crash_fault("journal.create");
	if (errno != 0)
		return err_sys(why, "creation of %s", path);
	e = fs_open(path, O_RDWR | O_CREAT | O_EXCL, &fd, why);
	if (e != OK)
		return e;
	segment_header_put(first, created, header);
	e = fs_write_all(fd, header, sizeof(header), why);
	crash_point(CRASH_JOURNAL_SEGMENT_NEW);
	if (e == OK)
		e = fs_sync_dir(dir, why);
	if (e != OK) {
		(void)unlink(path);
		return e;
	}
	active_resume(t, fd, first, SEGMENT_HEADER);
	fd = -1;
	return OK;
}

void
active_resume(struct active *t, int fd, uint64_t first, uint64_t size)
{
	active_close(t);
	t->fd = fd;
	t->first = first;
	t->size = size;
}

static enum err
put_bytes(struct active *t, const void *p, size_t n, uint64_t at, struct diag *why)
{
	errno = crash_fault("journal.write");
	if (errno != 0)
		return err_sys(why, "write to log segment %llu", (unsigned long long)t->first);
	return fs_pwrite_all(t->fd, p, n, (off_t)at, why);
}

enum err
active_flush(struct active *t, struct diag *why)
{
	const uint64_t at = t->size - t->n;
	size_t half = t->n / 2;
	enum err e = OK;

	if (t->n == 0)
		return OK;
	/* In two steps, for the sake of the test that dies between them. */
	e = put_bytes(t, t->buf, half, at, why);
	crash_point(CRASH_JOURNAL_HALF);
	if (e == OK)
		e = put_bytes(t, t->buf + half, t->n - half, at + half, why);
	if (e == OK)
		t->n = 0;
	return e;
}

enum err
active_put(struct active *t, const struct segment_record *r, struct diag *why)
{
	const size_t n = r->payload.n;
	bool large = n >= LARGE;
	enum err e = OK;

	if (t->buf == NULL)
		t->buf = mem_alloc(BUFFER);
	if (t->n + SEGMENT_RECORD + (large ? 0 : n) > BUFFER)
		e = active_flush(t, why);
	if (e != OK)
		return e;
	segment_record_put(t->first, t->size, r, t->buf + t->n);
	t->n += SEGMENT_RECORD;
	t->size += SEGMENT_RECORD;
	if (large) {
		e = active_flush(t, why);
		if (e == OK)
			e = put_bytes(t, r->payload.p, n, t->size, why);
		t->size += n;
		return e;
	}
	if (n > 0)
		memcpy(t->buf + t->n, r->payload.p, n);
	t->n += n;
	t->size += n;
	return OK;
}

enum err
active_sync(struct active *t, struct diag *why)
{
	return fs_sync(t->fd, "journal.sync", why);
}

enum err
active_cut(struct active *t, uint64_t size, struct diag *why)
{
	t->n = 0;
	t->size = size;
	errno = crash_fault("journal.cut");
	if (errno != 0 || ftruncate(t->fd, (off_t)size) != 0)
		return err_sys(why, "cut of log segment %llu", (unsigned long long)t->first);
	return OK;
}

void
active_close(struct active *t)
{
	fs_closep(&t->fd);
	t->fd = -1;
	t->n = 0;
}

void
active_fini(struct active *t)
{
	active_close(t);
	free(t->buf);
	*t = (struct active){ .fd = -1 };
}
