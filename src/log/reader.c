/* SPDX-License-Identifier: Apache-2.0 */
/* The reading side of the log: follows what is published, segment by segment. */
#include "log/reader.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "log/commit.h"
#include "log/folder.h"
#include "log/scan.h"

#define MOVES 16 /* times that retention may be faster than us before we say so */

struct reader {
	char *dir;
	struct commit *commit;
	struct folder folder; /* as last listed */
	struct scan scan;     /* the segment, when scan.fd >= 0 */
	uint64_t limit;       /* newest number to take from it: the next one's first - 1 */
	uint64_t next;        /* number to come */
	uint64_t published;   /* as last looked at; what is buffered is valid up to here */
	uint64_t segment;     /* newest segment, as last listed */
	uint32_t wake;        /* as of `published` */
	uint64_t lost;
};

enum err
reader_open(const char *dir, uint64_t seq, struct reader **ret, struct diag *why)
{
	struct commit *c;
	struct reader *r;
	enum err e = commit_open(dir, false, &c, why);

	if (e != OK)
		return e;
	r = MEM_NEW(struct reader);
	r->dir = mem_dup(dir, strlen(dir));
	r->commit = c;
	r->scan.fd = -1;
	r->next = seq > 0 ? seq : 1;
	r->wake = commit_wake(c) - 1; /* the first reader_wait() does not wait */
	*ret = r;
	return OK;
}

void
reader_close(struct reader *r)
{
	if (r == NULL)
		return;
	scan_fini(&r->scan);
	folder_fini(&r->folder);
	commit_close(r->commit);
	free(r->dir);
	free(r);
}

/* Numbers before `seq` will not come. */
static void
skip_to(struct reader *r, uint64_t seq)
{
	if (seq <= r->next)
		return;
	r->lost += seq - r->next;
	r->next = seq;
}

/*
 * Index of the segment that number `seq` belongs to, of those listed: the last
 * that begins at or before it.  What begins behind what is published may be
 * left over from a failed batch.  folder.n when there is none.
 */
static size_t
find_segment(const struct reader *r, uint64_t seq)
{
	size_t found = r->folder.n;

	for (size_t i = 0; i < r->folder.n; i++) {
		if (r->folder.first[i] > r->published)
			break;
		if (found == r->folder.n || r->folder.first[i] <= seq)
			found = i;
	}
	return found;
}

/* How far to read in listed segment i. */
static uint64_t
limit_of(const struct reader *r, size_t i)
{
	if (i + 1 >= r->folder.n || r->folder.first[i + 1] > r->published)
		return UINT64_MAX;
	return r->folder.first[i + 1] - 1;
}

/* Looks how far the log is by now; FAIL_AGAIN when that is not past the last read record. */
static enum err
look(struct reader *r, struct diag *why)
{
	uint64_t segment;
	size_t i;
	enum err e;

	r->wake = commit_wake(r->commit);
	r->published = commit_published(r->commit);
	segment = commit_segment(r->commit);
	if (r->published < r->next)
		return FAIL_AGAIN;
	if (r->scan.fd < 0)
		return OK;
	/* Bytes that were read before they were published may have changed since. */
	scan_again(&r->scan);
	if (segment == r->segment)
		return OK;
	e = folder_list(r->dir, &r->folder, why);
	if (e != OK)
		return e;
	if (segment <= r->published)
		r->segment = segment;
	i = find_segment(r, r->scan.cur.first);
	if (i < r->folder.n && r->folder.first[i] > r->scan.cur.first)
		r->limit = r->folder.first[i] - 1; /* ours is gone from the folder */
	else if (i < r->folder.n)
		r->limit = limit_of(r, i);
	return OK;
}

/* Opens a segment unless it is of a newer version.  A damaged header does not matter. */
static enum err
open_segment(struct reader *r, uint64_t first, struct diag *why)
{
	char path[PATH_MAX], head[SEGMENT_HEADER];
	ssize_t got;
	int fd;
	enum err e = folder_path(r->dir, first, path, why);

	if (e != OK)
		return e;
	e = fs_open(path, O_RDONLY, &fd, why);
	if (e != OK)
		return e;
	got = pread(fd, head, sizeof(head), 0);
	scan_open(&r->scan, fd, first);
	if (got < 0)
		return err_sys(why, "%s", path);
	e = segment_header_check((struct str){ head, (size_t)got }, first, why);
	return e == FAIL_CORRUPT ? OK : e;
}

/* Moves to the segment that holds the next number, or the oldest behind it. */
static enum err
move(struct reader *r, struct diag *why)
{
	enum err e = FAIL_NOT_FOUND;
	size_t i = 0;

	for (unsigned tries = 0; e == FAIL_NOT_FOUND && tries < MOVES; tries++) {
		e = folder_list(r->dir, &r->folder, why);
		if (e != OK)
			return e;
		i = find_segment(r, r->next);
		if (i == r->folder.n) {
			r->published = 0; /* look again */
			return FAIL_AGAIN;
		}
		e = open_segment(r, r->folder.first[i], why);
	}
	if (e == FAIL_NOT_FOUND)
		return err_set(why, FAIL_IO, "segments of %s go faster than they are read", r->dir);
	if (e == OK && r->next > r->folder.first[i])
		e = scan_seek(&r->scan, r->next, why);
	if (e != OK) {
		fs_closep(&r->scan.fd);
		r->scan.fd = -1;
		return e;
	}
	r->limit = limit_of(r, i);
	if (r->next == 1) /* whoever begins there wants what there is */
		r->next = r->folder.first[i];
	skip_to(r, r->folder.first[i]);
	return OK;
}

enum err
reader_next(struct reader *r, struct reader_entry *ret, struct diag *why)
{
	for (;;) {
		struct segment_record rec;
		uint64_t max;
		enum err e = OK;

		if (r->next > r->published)
			e = look(r, why);
		if (e == OK && (r->scan.fd < 0 || r->next > r->limit))
			e = move(r, why);
		if (e != OK)
			return e;
		max = r->limit < r->published ? r->limit : r->published;
		if (max < r->next)
			continue;
		e = scan_next(&r->scan, max, &rec, why);
		if (e == OK && rec.seq >= r->next) {
			skip_to(r, rec.seq);
			r->next++;
			*ret = (struct reader_entry){ rec.seq, rec.received, rec.payload };
			return OK;
		}
		if (e == FAIL_NOT_FOUND) {
			/* What is published and of this segment should stand here. */
			skip_to(r, max + 1);
			scan_again(&r->scan);
		} else if (e != OK) {
			return e;
		}
	}
}

void
reader_wait(struct reader *r, int timeout_ms)
{
	struct commit *c;

	if (r->next <= r->published)
		return;
	commit_wait(r->commit, r->wake, timeout_ms);
	if (commit_wake(r->commit) != r->wake || !commit_replaced(r->commit))
		return;
	if (commit_open(r->dir, false, &c, NULL) != OK)
		return;
	commit_close(r->commit);
	r->commit = c;
	r->published = 0;
	r->wake = commit_wake(c) - 1;
}

uint64_t
reader_published(const struct reader *r)
{
	return commit_published(r->commit);
}

uint64_t
reader_lost(const struct reader *r)
{
	return r->lost;
}
