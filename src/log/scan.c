/* SPDX-License-Identifier: Apache-2.0 */
/* A window on a segment file, moved along by segment_next(). */
#include "log/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"

#define CHUNK ((size_t)256 << 10)

void
scan_open(struct scan *s, int fd, uint64_t first)
{
	fs_closep(&s->fd);
	s->fd = fd;
	s->cur = segment_start(first);
	s->n = 0;
	s->eof = false;
}

void
scan_fini(struct scan *s)
{
	fs_closep(&s->fd);
	free(s->buf);
	*s = (struct scan){ .fd = -1 };
}

void
scan_again(struct scan *s)
{
	s->cur.at = s->cur.end;
	s->n = 0;
	s->eof = false;
}

/* The window begins at the cursor and holds at least `want` bytes, or all there are. */
static enum err
refill(struct scan *s, size_t want, struct diag *why)
{
	size_t gone = s->cur.at - s->at;

	if (s->n == 0 || s->cur.at < s->at || gone > s->n)
		gone = s->n;
	if (gone > 0 && gone < s->n)
		memmove(s->buf, s->buf + gone, s->n - gone);
	s->n -= gone;
	s->at = s->cur.at;
	if (s->size < want || s->buf == NULL) {
		s->size = want > CHUNK ? want : CHUNK;
		s->buf = mem_resize(s->buf, s->size, 1);
	}
	while (s->n < want) {
		ssize_t got = pread(s->fd, s->buf + s->n, s->size - s->n, (off_t)(s->at + s->n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(why, "read of log segment %llu",
			    (unsigned long long)s->cur.first);
		if (got == 0) {
			s->eof = true;
			return OK;
		}
		s->n += (size_t)got;
	}
	return OK;
}

enum err
scan_next(struct scan *s, uint64_t max, struct segment_record *ret, struct diag *why)
{
	for (;;) {
		struct str bytes = { s->buf, 0 };
		size_t want = SEGMENT_RECORD;
		enum err e = FAIL_AGAIN;

		if (s->n > 0 && s->cur.at >= s->at && s->cur.at - s->at <= s->n)
			bytes = str_from((struct str){ s->buf, s->n }, s->cur.at - s->at);
		if (bytes.n > 0 || s->eof)
			e = segment_next(&s->cur, bytes, s->eof, max, ret, &want);
		if (e != FAIL_AGAIN)
			return e;
		e = refill(s, want, why);
		if (e != OK)
			return e;
	}
}

/* As scan_next(), from offset `at` on, where records need not begin. */
static enum err
probe(struct scan *s, uint64_t at, uint64_t max, struct segment_record *ret, struct diag *why)
{
	s->cur = segment_start(s->cur.first);
	s->cur.at = at;
	s->n = 0;
	s->eof = false;
	return scan_next(s, max, ret, why);
}

static enum err
file_size(const struct scan *s, uint64_t *ret, struct diag *why)
{
	struct stat st;

	if (fstat(s->fd, &st) != 0)
		return err_sys(why, "size of log segment %llu", (unsigned long long)s->cur.first);
	*ret = (uint64_t)st.st_size;
	return OK;
}

enum err
scan_seek(struct scan *s, uint64_t seq, struct diag *why)
{
	struct segment_cursor best = segment_start(s->cur.first);
	uint64_t low = best.at, high = 0;
	enum err e = file_size(s, &high, why);

	while (e == OK && high > low && high - low > CHUNK) {
		uint64_t middle = low + (high - low) / 2;
		struct segment_record r;

		e = probe(s, middle, seq, &r, why);
		if (e == OK) {
			low = s->cur.end - SEGMENT_RECORD - r.payload.n;
			best.last = r.seq - 1;
			best.at = best.end = low;
		} else if (e == FAIL_NOT_FOUND) {
			high = middle;
			e = OK;
		}
	}
	s->cur = best;
	scan_again(s);
	return e;
}

enum err
scan_newest(struct scan *s, int64_t *ret, struct diag *why)
{
	uint64_t size = 0, from;
	struct segment_record r;
	int64_t newest = INT64_MIN;
	enum err e = file_size(s, &size, why);

	for (size_t window = CHUNK; e == OK && newest == INT64_MIN; window *= 16) {
		from = size > SEGMENT_HEADER + window ? size - window : SEGMENT_HEADER;
		for (e = probe(s, from, UINT64_MAX, &r, why); e == OK;
		     e = scan_next(s, UINT64_MAX, &r, why))
			newest = r.received > newest ? r.received : newest;
		if (e == FAIL_NOT_FOUND)
			e = OK;
		if (from == SEGMENT_HEADER)
			break;
	}
	if (e == OK)
		*ret = newest;
	return e;
}
