/* Follows one file, plain or compressed, by what it holds rather than by its name. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/ingest/test_file.c */
#include "ingest/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/mem.h"

#define HEAD_SURE 4 /* bytes that tell whether a file is compressed */
#define PACKED_READ ((size_t)64 << 10)

struct tail *
tail_new(const char *path, uint64_t dev, uint64_t ino)
{
	struct tail *t = MEM_NEW(struct tail);

	t->path = mem_dup(path, strlen(path));
	t->dev = dev;
	t->ino = ino;
	t->fd = -1;
	content_init(&t->content);
	buf_init(&t->packed, 0);
	return t;
}

void
tail_close(struct tail *t)
{
	fs_closep(&t->fd);
}

void
tail_rewind(struct tail *t)
{
	content_fini(&t->content);
	content_init(&t->content);
	inflate_free(TAKE(t->z));
	buf_fini(&t->packed);
	buf_init(&t->packed, 0);
	t->packed_at = 0;
	t->raw = 0;
	t->skip = 0;
	t->state = TAIL_NEW;
	t->original = NULL;
	t->row = NULL;
}

void
tail_free(struct tail *t)
{
	tail_rewind(t);
	tail_close(t);
	content_fini(&t->content);
	batch_free(t->held);
	free(t->path);
	free(t);
}

/* n bytes at `at`; false when the file does not have them. */
static bool
read_at(const struct tail *t, uint64_t at, void *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(t->fd, (char *)to + done, n - done, (off_t)(at + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* Text may begin like a zlib stream, so only the formats that log rotation uses count. */
void
tail_look(struct tail *t)
{
	char head[HEAD_SURE];
	enum inflate_kind kind = INFLATE_NONE;

	if (content_in(&t->content) > 0)
		return;
	if (read_at(t, 0, head, sizeof(head)))
		kind = inflate_sniff((struct str){ head, sizeof(head) });
	t->kind = kind == INFLATE_GZIP || kind == INFLATE_ZSTD ? kind : INFLATE_NONE;
}

enum err
tail_open(struct tail *t, struct diag *why)
{
	struct stat st;
	int fd;
	enum err e;

	if (t->fd >= 0)
		return OK;
	e = fs_open(t->path, O_RDONLY | O_NOCTTY | O_NONBLOCK, &fd, why);
	if (e != OK)
		return e;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_dev != t->dev ||
	    st.st_ino != t->ino) {
		(void)close(fd);
		return err_set(why, FAIL_NOT_FOUND, "%s is another file now", t->path);
	}
	t->fd = fd;
	return OK;
}

static enum err
read_plain(struct tail *t, size_t n, size_t *ret_n, struct diag *why)
{
	uint64_t at = content_in(&t->content);
	ssize_t got = pread(t->fd, content_room(&t->content, n), n, (off_t)at);

	if (got < 0 && errno != EINTR && errno != EAGAIN)
		return err_sys(why, "cannot read %s", t->path);
	*ret_n = got > 0 ? (size_t)got : 0;
	content_added(&t->content, *ret_n);
	return OK;
}

/* More of the compressed file; false: that was all of it for now. */
static bool
read_packed(struct tail *t)
{
	char *room;
	ssize_t got;

	if (t->packed_at > 0) {
		buf_shift(&t->packed, t->packed_at);
		t->packed_at = 0;
	}
	room = buf_room(&t->packed, PACKED_READ);
	got = room != NULL ? pread(t->fd, room, PACKED_READ, (off_t)t->raw) : -1;
	if (got <= 0)
		return false;
	buf_added(&t->packed, (size_t)got);
	t->raw += (size_t)got;
	return true;
}

static enum err
read_inflated(struct tail *t, size_t n, size_t *ret_n, struct diag *why)
{
	size_t done = 0;
	char *room = content_room(&t->content, n);
	enum err e = OK;

	if (t->z == NULL)
		t->z = inflate_new(t->kind);
	while (done < n && e == OK) {
		struct str in = str_from(buf_view(&t->packed), t->packed_at);
		size_t before = in.n, got = 0;

		if (in.n == 0 && !read_packed(t))
			break;
		in = str_from(buf_view(&t->packed), t->packed_at);
		before = in.n;
		e = inflate_step(t->z, &in, room + done, n - done, &got, why);
		t->packed_at += before - in.n;
		done += got;
	}
	content_added(&t->content, done);
	*ret_n = done;
	return done > 0 ? OK : e; /* what came before the damage counts */
}

enum err
tail_read(struct tail *t, size_t n, size_t *ret_n, struct diag *why)
{
	return t->kind == INFLATE_NONE ? read_plain(t, n, ret_n, why)
				       : read_inflated(t, n, ret_n, why);
}

bool
tail_complete(const struct tail *t)
{
	return t->z != NULL && t->packed_at == t->packed.n && inflate_done(t->z);
}

/* The prefix of n bytes of a plain file. */
static bool
load_prefix(const struct tail *t, uint64_t n, struct content_prefix *ret)
{
	ret->n = n;
	return read_at(t, 0, ret->head, content_head_n(n)) &&
	       read_at(t, n - content_last_n(n), ret->last, content_last_n(n));
}

static uint64_t
size_now(const struct tail *t)
{
	struct stat st;

	return fstat(t->fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

bool
tail_resume(struct tail *t, const struct cursor_row *row)
{
	struct content_prefix prefix;
	struct content_print print;

	if (row->print.n > size_now(t) || !load_prefix(t, row->print.n, &prefix))
		return false;
	content_prefix_print(&prefix, &print);
	if (row->print.n > 0 && !content_same(&print, &row->print))
		return false;
	content_begin(&t->content, &prefix);
	t->skip = row->skip;
	return true;
}

bool
tail_to_end(struct tail *t)
{
	struct content_prefix prefix;

	if (!load_prefix(t, size_now(t), &prefix))
		return false;
	content_begin(&t->content, &prefix);
	return true;
}

bool
tail_truncated(struct tail *t)
{
	const struct content *c = &t->content;
	char now[CONTENT_LAST];
	size_t n = content_last_n(c->prefix.n);

	if (t->kind != INFLATE_NONE)
		return false;
	if (size_now(t) < content_in(c))
		return true;
	return n > 0 &&
	       (!read_at(t, c->prefix.n - n, now, n) || memcmp(now, c->prefix.last, n) != 0);
}

/* The first bytes of the content, as far as they are there: at most CONTENT_HEAD. */
static struct str
head_of(struct tail *t, char room[CONTENT_HEAD])
{
	struct str have;
	size_t got = 1;
	ssize_t n;

	if (t->kind == INFLATE_NONE) {
		n = pread(t->fd, room, CONTENT_HEAD, 0);
		return (struct str){ room, n > 0 ? (size_t)n : 0 };
	}
	while (content_in(&t->content) < CONTENT_HEAD && got > 0) {
		if (tail_read(t, CONTENT_HEAD, &got, NULL) != OK)
			break;
	}
	have = content_pending(&t->content);
	return (struct str){ have.p, have.n < CONTENT_HEAD ? have.n : CONTENT_HEAD };
}

static bool
head_is(struct str head, size_t n, const uint8_t want[16])
{
	uint8_t sum[DIGEST_SIZE];

	digest_sha256((struct str){ head.p, n }, sum);
	return memcmp(sum, want, 16) == 0;
}

bool
tail_alike(struct tail *t, const struct cursor_row *row)
{
	char room[CONTENT_HEAD];
	struct str head = head_of(t, room);
	size_t n = content_head_n(row->print.n);

	return head.n >= n && head_is(head, n, row->print.head);
}

/* Against what another tail has in its hands, which is exact however short. */
static enum tail_match
match_owner(struct str head, const struct tail *owner)
{
	const struct content_prefix *p = &owner->content.prefix;
	size_t n = content_head_n(p->n);

	if (n > head.n)
		n = head.n;
	if (n == 0 || memcmp(head.p, p->head, n) != 0)
		return TAIL_OTHER;
	return n < CURSOR_SAME_MIN ? TAIL_UNSURE : TAIL_COVERED;
}

static enum tail_match
match_row(struct tail *t, struct str head, const struct cursor_row *row)
{
	size_t n = content_head_n(row->print.n);
	enum tail_match m;

	if (row->owner == t)
		return TAIL_OTHER;
	if (row->owner != NULL) {
		m = match_owner(head, row->owner);
		if (m != TAIL_COVERED || row->print.n == 0 || head.n < n)
			return m;
	}
	if (row->print.n < CURSOR_SAME_MIN || head.n < n)
		return TAIL_OTHER;
	if (!head_is(head, n, row->print.head))
		return TAIL_OTHER;
	if (t->kind != INFLATE_NONE) /* the rest shows on the way there */
		return TAIL_SAME;
	if (size_now(t) < row->print.n)
		return n == CONTENT_HEAD || row->owner != NULL ? TAIL_COVERED : TAIL_OTHER;
	return tail_resume(t, row) ? TAIL_SAME : TAIL_OTHER;
}

enum tail_match
tail_match(struct tail *t, struct cursors *c, const char *source, struct cursor_row **ret_row)
{
	char room[CONTENT_HEAD];
	struct str head = head_of(t, room);
	enum tail_match best = head.n < HEAD_SURE ? TAIL_UNSURE : TAIL_OTHER;
	struct cursor_row *row = NULL;

	*ret_row = NULL;
	while ((row = cursor_next(c, source, row)) != NULL) {
		enum tail_match m = match_row(t, head, row);

		if (m == TAIL_OTHER)
			continue;
		if (m == TAIL_UNSURE) {
			best = best == TAIL_OTHER ? m : best;
			continue;
		}
		/* Of several the one that was read farthest; there the file goes on. */
		if (*ret_row != NULL && (*ret_row)->print.n >= row->print.n)
			continue;
		best = m;
		*ret_row = row;
	}
	if (best == TAIL_SAME && t->kind == INFLATE_NONE && !tail_resume(t, *ret_row))
		return TAIL_UNSURE; /* it changed under our eyes */
	return best;
}
