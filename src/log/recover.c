/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the newest segment through and makes its end fit to be written on. */
#include "log/recover.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/fs.h"
#include "base/mem.h"
#include "log/folder.h"
#include "log/scan.h"

#define CHUNK ((size_t)64 << 10)

/* Reads all of it; *ret but for fd. */
static enum err
read_through(int fd, uint64_t first, struct recovered *ret, struct journal_recovery *report,
    struct diag *why)
{
	struct scan s = { .fd = -1 };
	struct segment_record r;
	enum err e;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return err_sys(why, "dup");
	*ret = (struct recovered){ .fd = -1, .last = first - 1, .newest = INT64_MIN };
	scan_open(&s, copy, first);
	while ((e = scan_next(&s, UINT64_MAX, &r, why)) == OK) {
		report->records_kept++;
		report->records_lost += r.seq - ret->last - 1;
		ret->last = r.seq;
		if (r.received > ret->newest)
			ret->newest = r.received;
	}
	ret->size = s.cur.end;
	scan_fini(&s);
	return e == FAIL_NOT_FOUND ? OK : e;
}

/* Copies what stands from `at` up to `size` to a file of its own, on disk. */
static enum err
copy_out(int from, uint64_t at, uint64_t size, const char *path, struct diag *why)
{
	auto_close int to = -1;
	auto_free char *chunk = mem_alloc(CHUNK);
	enum err e = fs_open(path, O_WRONLY | O_CREAT | O_TRUNC, &to, why);

	while (e == OK && at < size) {
		ssize_t got = pread(from, chunk, CHUNK, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(why, "read of a bad tail");
		if (got == 0)
			break;
		e = fs_write_all(to, chunk, (size_t)got, why);
		at += (uint64_t)got;
	}
	return e == OK ? fs_sync(to, "journal.quarantine", why) : e;
}

static enum err
quarantine(const char *dir, int fd, uint64_t first, uint64_t at, uint64_t size,
    struct journal_recovery *report)
{
	char folder[PATH_MAX], path[PATH_MAX], name[96], segment[SEGMENT_NAME];
	enum err e;

	segment_name(first, segment);
	(void)snprintf(name, sizeof(name), "%s-%" PRIu64 ".bad", segment, at);
	e = fs_join(folder, sizeof(folder), dir, "quarantine");
	if (e == OK)
		e = fs_join(path, sizeof(path), folder, name);
	if (e == OK)
		e = fs_mkdirs(folder, NULL);
	if (e == OK)
		e = copy_out(fd, at, size, path, NULL);
	if (e == OK)
		e = fs_sync_dir(folder, NULL);
	if (e != OK)
		return e;
	report->bytes_quarantined += size - at;
	(void)snprintf(report->quarantine, sizeof(report->quarantine), "%.255s", path);
	crash_point(CRASH_JOURNAL_QUARANTINE);
	return OK;
}

/* Writes the header again where it is damaged and no record depends on it. */
static enum err
renew_header(int fd, uint64_t first)
{
	char header[SEGMENT_HEADER];

	segment_header_put(first, 0, header);
	return fs_pwrite_all(fd, header, sizeof(header), 0, NULL);
}

/* Cuts the bad tail off; false when the file is to be left alone. */
static bool
mend(const char *dir, int fd, uint64_t first, bool bad_header, const struct recovered *r,
    struct journal_recovery *report)
{
	struct stat st;
	uint64_t size;

	if (fstat(fd, &st) != 0)
		return false;
	size = (uint64_t)st.st_size;
	if (size > r->size) {
		if (quarantine(dir, fd, first, r->size, size, report) != OK)
			return false;
		if (ftruncate(fd, (off_t)r->size) != 0)
			return false;
	}
	if (bad_header && renew_header(fd, first) != OK)
		return false;
	if (size != r->size || bad_header)
		return fs_sync(fd, "journal.recover", NULL) == OK;
	return true;
}

enum err
recover_segment(const char *dir, uint64_t first, struct recovered *ret,
    struct journal_recovery *report, struct diag *why)
{
	char path[PATH_MAX], head[SEGMENT_HEADER];
	auto_close int fd = -1;
	ssize_t got;
	enum err e = folder_path(dir, first, path, why);
	bool bad_header;

	if (e == OK)
		e = fs_open(path, O_RDWR, &fd, why);
	if (e != OK)
		return e;
	got = pread(fd, head, sizeof(head), 0);
	if (got < 0)
		return err_sys(why, "%s", path);
	e = segment_header_check((struct str){ head, (size_t)got }, first, why);
	if (e == FAIL_DENIED)
		return e;
	bad_header = e != OK;
	e = read_through(fd, first, ret, report, why);
	if (e != OK)
		return e;
	if (mend(dir, fd, first, bad_header, ret, report)) {
		ret->fd = fd;
		fd = -1;
	}
	return OK;
}
