/* SPDX-License-Identifier: Apache-2.0 */
/* The writing side of the log: batches to segments, one sync, publication, retention. */
#include "log/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/vec.h"
#include "log/commit.h"
#include "log/folder.h"
#include "log/recover.h"
#include "log/scan.h"
#include "log/active.h"

#define SEGMENT_SIZE ((size_t)64 << 20)
#define NEWEST_UNKNOWN INT64_MAX /* until it is asked for */

struct file {
	uint64_t first, size;
	int64_t newest; /* time of its newest record */
};

struct journal {
	char *dir;
	size_t segment_size;
	int64_t retain_age;
	uint64_t retain_size;
	int lock;
	struct commit *commit;
	VEC(struct file) files; /* the tail is the last, when one is open */
	struct active tail;
	uint64_t last; /* newest published number */
	uint64_t good; /* size of the tail up to there, or to what is synced of this batch */
	bool sync_failed;
	atomic_uint_least64_t shown_first, shown_bytes, seals;
};

/* A batch on its way to the disk. */
struct batch {
	const struct journal_item *items;
	size_t n;
	size_t synced; /* so many of them are on disk */
	uint64_t first;
	uint64_t good; /* size of the newest segment before */
};

static void
show(struct journal *j)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < j->files.n; i++)
		bytes += j->files.p[i].size;
	atomic_store(&j->shown_bytes, bytes);
	atomic_store(&j->shown_first, j->files.n > 0 ? j->files.p[0].first : j->last + 1);
}

static struct file *
newest_file(struct journal *j)
{
	return &j->files.p[j->files.n - 1];
}

/* Unlinks segments that begin at or behind `from`: nothing in them was published. */
static enum err
drop_from(struct journal *j, uint64_t from, struct diag *why)
{
	char path[PATH_MAX];
	enum err e;

	while (j->files.n > 0 && newest_file(j)->first >= from) {
		e = folder_path(j->dir, newest_file(j)->first, path, why);
		if (e != OK)
			return e;
		if (unlink(path) != 0 && errno != ENOENT)
			return err_sys(why, "unlink %s", path);
		j->files.n--;
	}
	return OK;
}

/* The next record, number `first`, goes to a new segment. */
static enum err
begin_segment(struct journal *j, uint64_t first, int64_t created, struct diag *why)
{
	enum err e;

	active_close(&j->tail);
	e = drop_from(j, first, why);
	if (e != OK)
		return e;
	j->good = SEGMENT_HEADER;
	VEC_PUSH(&j->files, ((struct file){ first, SEGMENT_HEADER, INT64_MIN }));
	return active_begin(&j->tail, j->dir, first, created, why);
}

/* All that was handed to the tail is on disk; the first `upto` items of the batch then are. */
static enum err
sync_tail(struct journal *j, struct batch *b, size_t upto, struct diag *why)
{
	enum err e = active_flush(&j->tail, why);

	if (e != OK)
		return e;
	crash_point(CRASH_JOURNAL_WRITTEN);
	e = active_sync(&j->tail, why);
	if (e != OK) {
		j->sync_failed = true;
		return e;
	}
	j->good = newest_file(j)->size = j->tail.size;
	b->synced = upto;
	return OK;
}

/* Writes and syncs what is left of the batch. */
static enum err
write_batch(struct journal *j, struct batch *b, struct diag *why)
{
	enum err e = OK;

	for (size_t i = b->synced; i < b->n; i++) {
		const struct journal_item *item = &b->items[i];
		const struct segment_record r = { b->first + i, item->received, item->payload };
		uint64_t need = SEGMENT_RECORD + item->payload.n;

		if (j->tail.fd >= 0 && j->tail.size > SEGMENT_HEADER &&
		    j->tail.size + need > j->segment_size) {
			if (i > b->synced)
				e = sync_tail(j, b, i, why);
			if (e != OK)
				return e;
			active_close(&j->tail);
		}
		if (j->tail.fd < 0)
			e = begin_segment(j, r.seq, r.received, why);
		if (e == OK)
			e = active_put(&j->tail, &r, why);
		if (e != OK)
			return e;
		if (item->received > newest_file(j)->newest)
			newest_file(j)->newest = item->received;
	}
	return b->n > b->synced ? sync_tail(j, b, b->n, why) : OK;
}

/*
 * After a failed sync nobody knows what of the file is on disk, and the next
 * sync of it may well say yes all the same.  So it is left, and what it was
 * to hold goes to a new one; readers read no further in it than that begins.
 */
static void
seal(struct journal *j)
{
	j->sync_failed = false;
	atomic_fetch_add(&j->seals, 1);
	/* For a restart before there is a new one, which would take the rest for good. */
	(void)!active_cut(&j->tail, j->good, NULL);
	newest_file(j)->size = j->good;
	active_close(&j->tail);
}

/*
 * Nothing of this batch may count: what it began goes, what it added to the
 * segment before is cut off.  Where that fails the next batch begins a
 * segment, and readers go by that.
 */
static void
take_back(struct journal *j, const struct batch *b)
{
	char path[PATH_MAX];

	if (j->sync_failed)
		seal(j);
	if (j->tail.fd < 0 || j->tail.first >= b->first ||
	    active_cut(&j->tail, b->good, NULL) != OK)
		active_close(&j->tail);
	if (drop_from(j, b->first, NULL) == OK && j->files.n > 0 &&
	    newest_file(j)->size > b->good &&
	    folder_path(j->dir, newest_file(j)->first, path, NULL) == OK &&
	    truncate(path, (off_t)b->good) == 0)
		newest_file(j)->size = b->good;
	show(j);
}

static void
publish(struct journal *j, uint64_t last)
{
	j->last = last;
	show(j);
	commit_publish(j->commit, last, j->files.n > 0 ? newest_file(j)->first : 0);
}

enum err
journal_append(struct journal *j, const struct journal_item *items, size_t n, uint64_t *ret_first,
    struct diag *why)
{
	struct batch b = { .items = items, .n = n, .first = j->last + 1 };
	enum err e;

	b.good = j->files.n > 0 ? newest_file(j)->size : 0;
	for (size_t i = 0; i < n; i++)
		if (items[i].payload.n > SEGMENT_PAYLOAD_MAX)
			return err_set(why, FAIL_LIMIT, "record of %zu bytes, at most %zu",
			    items[i].payload.n, SEGMENT_PAYLOAD_MAX);
	crash_point(CRASH_JOURNAL_APPEND);
	e = write_batch(j, &b, why);
	if (e != OK && j->sync_failed) {
		seal(j);
		e = write_batch(j, &b, why);
	}
	if (e != OK) {
		take_back(j, &b);
		return FAIL_IO; /* whatever it was (a file gone or in the way) */
	}
	crash_point(CRASH_JOURNAL_SYNCED);
	if (n > 0)
		publish(j, j->last + n);
	crash_point(CRASH_JOURNAL_PUBLISHED);
	*ret_first = b.first;
	return OK;
}

static enum err
take_lock(struct journal *j, struct diag *why)
{
	char path[PATH_MAX];
	enum err e = fs_join(path, sizeof(path), j->dir, "lock");

	if (e != OK)
		return err_set(why, e, "path too long: %s", j->dir);
	e = fs_open(path, O_RDWR | O_CREAT, &j->lock, why);
	if (e != OK)
		return e;
	if (flock(j->lock, LOCK_EX | LOCK_NB) == 0)
		return OK;
	if (errno != EWOULDBLOCK)
		return err_sys(why, "lock of %s", path);
	return err_set(why, FAIL_EXISTS, "another process writes to %s", j->dir);
}

static enum err
list_files(struct journal *j, struct diag *why)
{
	struct folder f = { 0 };
	enum err e = folder_list(j->dir, &f, why);

	for (size_t i = 0; e == OK && i < f.n; i++) {
		char path[PATH_MAX];
		struct stat st;

		e = folder_path(j->dir, f.first[i], path, why);
		if (e == OK && stat(path, &st) != 0)
			e = err_sys(why, "%s", path);
		if (e == OK)
			VEC_PUSH(&j->files,
			    ((struct file){ f.first[i], (uint64_t)st.st_size, NEWEST_UNKNOWN }));
	}
	folder_fini(&f);
	return e;
}

/* Makes the newest segment fit to go on with; publishes what is good. */
static enum err
recover(struct journal *j, struct journal_recovery *report, struct diag *why)
{
	struct recovered r = { .fd = -1 };
	uint64_t known, last = 0;
	enum err e;

	if (j->files.n > 0) {
		e = recover_segment(j->dir, newest_file(j)->first, &r, report, why);
		if (e != OK)
			return e;
		last = r.last;
		newest_file(j)->newest = r.newest;
	}
	e = commit_open(j->dir, true, &j->commit, why);
	if (e == OK && r.fd >= 0) {
		newest_file(j)->size = r.size;
		active_resume(&j->tail, r.fd, newest_file(j)->first, r.size);
		j->good = r.size;
	}
	if (e != OK) {
		fs_closep(&r.fd);
		return e;
	}
	/*
	 * Numbers that followers may have seen are never given twice, even when
	 * their records are lost.  What comes after the gap begins a segment:
	 * inside of one, numbers rise by one.
	 */
	known = commit_published(j->commit);
	if (known > last) {
		report->records_lost += known - last;
		last = known;
		active_close(&j->tail);
	}
	publish(j, last);
	return OK;
}

enum err
journal_open(const struct journal_opts *opts, struct journal **ret,
    struct journal_recovery *ret_recovery, struct diag *why)
{
	struct journal_recovery report = { 0 };
	struct journal *j = MEM_NEW(struct journal);
	enum err e;

	j->dir = mem_dup(opts->dir, strlen(opts->dir));
	j->segment_size = opts->segment_size != 0 ? opts->segment_size : SEGMENT_SIZE;
	j->retain_age = opts->retain_age;
	j->retain_size = opts->retain_size;
	j->lock = j->tail.fd = -1;
	e = fs_mkdirs(j->dir, why);
	if (e == OK)
		e = take_lock(j, why);
	if (e == OK)
		e = list_files(j, why);
	if (e == OK)
		e = recover(j, &report, why);
	if (e != OK) {
		journal_close(j);
		return e;
	}
	if (ret_recovery != NULL)
		*ret_recovery = report;
	*ret = j;
	return OK;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	active_fini(&j->tail);
	commit_close(j->commit);
	VEC_FINI(&j->files);
	fs_closep(&j->lock);
	free(j->dir);
	free(j);
}

uint64_t
journal_last(const struct journal *j)
{
	return commit_published(j->commit);
}

uint64_t
journal_first(const struct journal *j)
{
	return atomic_load(&j->shown_first);
}

uint64_t
journal_bytes(const struct journal *j)
{
	return atomic_load(&j->shown_bytes);
}

uint64_t
journal_seals(const struct journal *j)
{
	return atomic_load(&j->seals);
}

/* Looks the time of its newest record up once. */
static enum err
find_newest(const struct journal *j, struct file *f, struct diag *why)
{
	char path[PATH_MAX];
	struct scan s = { .fd = -1 };
	int fd;
	enum err e;

	if (f->newest != NEWEST_UNKNOWN)
		return OK;
	e = folder_path(j->dir, f->first, path, why);
	if (e == OK)
		e = fs_open(path, O_RDONLY, &fd, why);
	if (e != OK)
		return e;
	scan_open(&s, fd, f->first);
	e = scan_newest(&s, &f->newest, why);
	scan_fini(&s);
	return e;
}

/* May the oldest segment go? */
static enum err
is_due(struct journal *j, uint64_t followed, int64_t now, bool *ret, struct diag *why)
{
	enum err e;

	*ret = false;
	if (j->files.n < 2 || j->files.p[1].first - 1 > followed)
		return OK;
	*ret = j->retain_size != 0 && journal_bytes(j) > j->retain_size;
	if (*ret || j->retain_age == 0)
		return OK;
	e = find_newest(j, &j->files.p[0], why);
	if (e == OK)
		*ret = j->files.p[0].newest < now - j->retain_age;
	return e;
}

enum err
journal_retain(struct journal *j, uint64_t followed, int64_t now, struct diag *why)
{
	char path[PATH_MAX];
	bool due;

	for (;;) {
		enum err e = is_due(j, followed, now, &due, why);

		if (e != OK || !due)
			return e;
		e = folder_path(j->dir, j->files.p[0].first, path, why);
		if (e != OK)
			return e;
		crash_point(CRASH_JOURNAL_SEGMENT_DROP);
		if (unlink(path) != 0 && errno != ENOENT)
			return err_sys(why, "unlink %s", path);
		j->files.n--;
		memmove(j->files.p, j->files.p + 1, j->files.n * sizeof(*j->files.p));
		show(j);
	}
}
