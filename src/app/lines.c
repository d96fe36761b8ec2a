/* SPDX-License-Identifier: Apache-2.0 */
/* Reads lines in large chunks, through a decompressor when need be. */
#include "app/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/inflate.h"
#include "base/mem.h"
#include "rec/rec.h"

#define CHUNK ((size_t)256 * 1024)

struct lines {
	int fd;
	bool started, ended; /* first bytes looked at; no more input */
	bool skipping;       /* inside the rest of a line that was cut */
	uint64_t taken, size;
	struct inflate *z; /* NULL: plain */
	struct buf packed; /* compressed bytes not yet eaten */
	struct buf text;   /* plain bytes */
	size_t at;         /* how much of `text` was given out */
};

enum err
lines_open(const char *path, struct lines **ret, struct diag *why)
{
	struct lines *l;
	struct stat st;
	int fd = STDIN_FILENO;
	enum err e = OK;

	if (strcmp(path, "-") != 0)
		e = fs_open(path, O_RDONLY, &fd, why);
	if (e != OK)
		return e;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		fs_closep(&fd);
		return err_set(why, FAIL_IO, "%s is a folder: name the files in it", path);
	}
	l = MEM_NEW(struct lines);
	l->fd = fd;
	l->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	buf_init(&l->packed, 0);
	buf_init(&l->text, 0);
	*ret = l;
	return OK;
}

void
lines_close(struct lines *l)
{
	if (l == NULL)
		return;
	if (l->fd != STDIN_FILENO)
		fs_closep(&l->fd);
	inflate_free(l->z);
	buf_fini(&l->packed);
	buf_fini(&l->text);
	free(l);
}

/* Reads once into `to`; *ret_n is 0 at the end of the file. */
static enum err
read_some(struct lines *l, struct buf *to, size_t *ret_n, struct diag *why)
{
	char *room = buf_room(to, CHUNK);
	ssize_t n;

	if (room == NULL)
		return err_set(why, FAIL_LIMIT, "line buffer is full");
	do
		n = read(l->fd, room, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(why, "cannot read");
	buf_added(to, (size_t)n);
	l->taken += (size_t)n;
	*ret_n = (size_t)n;
	return OK;
}

/* The first bytes decide whether the file is compressed. */
static enum err
start(struct lines *l, struct diag *why)
{
	enum inflate_kind kind;
	size_t n;
	enum err e;

	l->started = true;
	do {
		e = read_some(l, &l->text, &n, why);
		if (e != OK)
			return e;
	} while (n != 0 && l->text.n < 4);
	kind = inflate_sniff(buf_view(&l->text));
	if (kind != INFLATE_GZIP && kind != INFLATE_ZSTD)
		return OK;
	l->z = inflate_new(kind);
	buf_str(&l->packed, buf_view(&l->text));
	buf_reset(&l->text);
	return OK;
}

static enum err
more_plain(struct lines *l, struct diag *why)
{
	struct str in = buf_view(&l->packed);
	size_t n = 0, got;
	char *room;
	enum err e;

	if (in.n == 0) {
		e = read_some(l, &l->packed, &got, why);
		if (e != OK)
			return e;
		if (got == 0) {
			l->ended = true;
			return inflate_done(l->z) ? OK
						  : err_set(why, FAIL_SYNTAX,
							"the compressed file ends too early");
		}
		in = buf_view(&l->packed);
	}
	room = buf_room(&l->text, CHUNK);
	if (room == NULL)
		return err_set(why, FAIL_LIMIT, "line buffer is full");
	e = inflate_step(l->z, &in, room, CHUNK, &n, why);
	buf_added(&l->text, n);
	buf_shift(&l->packed, l->packed.n - in.n);
	return e;
}

/* More text behind what is there; l->ended when there is none. */
static enum err
fill(struct lines *l, struct diag *why)
{
	size_t n;
	enum err e;

	buf_shift(&l->text, l->at);
	l->at = 0;
	if (!l->started) {
		e = start(l, why);
		if (e != OK || l->text.n != 0)
			return e;
	}
	if (l->z != NULL)
		return more_plain(l, why);
	e = read_some(l, &l->text, &n, why);
	if (e == OK && n == 0)
		l->ended = true;
	return e;
}

static bool
take(struct lines *l, size_t n, size_t used, struct str *ret)
{
	bool give = !l->skipping;

	*ret = (struct str){ l->text.p + l->at, n };
	l->at += used;
	if (ret->n != 0 && ret->p[ret->n - 1] == '\r')
		ret->n--;
	if (ret->n > REC_RAW_MAX)
		ret->n = REC_RAW_MAX;
	return give;
}

enum err
lines_next(struct lines *l, struct str *ret, struct diag *why)
{
	size_t seen = 0;

	for (;;) {
		size_t have = l->text.n - l->at;
		const char *hit =
		    have > seen ? memchr(l->text.p + l->at + seen, '\n', have - seen) : NULL;
		enum err e;

		if (hit != NULL) {
			size_t n = (size_t)(hit - (l->text.p + l->at));
			bool give = take(l, n, n + 1, ret);

			l->skipping = false;
			seen = 0;
			if (give)
				return OK;
			continue;
		}
		seen = have;
		if (have > REC_RAW_MAX) {
			bool give = take(l, have, have, ret);

			l->skipping = true;
			seen = 0;
			if (give)
				return OK;
			continue;
		}
		if (l->ended) {
			bool give = have != 0 && take(l, have, have, ret);

			l->skipping = false;
			return give ? OK : FAIL_NOT_FOUND;
		}
		e = fill(l, why);
		if (e != OK)
			return e;
	}
}

uint64_t
lines_read(const struct lines *l)
{
	return l->taken;
}

uint64_t
lines_size(const struct lines *l)
{
	return l->size;
}
