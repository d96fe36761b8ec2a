/* SPDX-License-Identifier: Apache-2.0 */
/* gzip and zlib by zlib, zstd by libzstd, behind one stream. */
#include "base/inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"

#define RATIO_MAX ((size_t)200)
#define FREE_SIZE ((size_t)1 << 20) /* that much may come out of anything */
#define ZSTD_WINDOW_LOG_MAX 23      /* 8 MiB: what RFC 8878 asks of a decoder */
#define STEP_SIZE ((size_t)64 * 1024)

struct inflate {
	enum inflate_kind kind;
	bool done; /* at the end of a member */
	z_stream z;
	ZSTD_DStream *zstd;
};

enum inflate_kind
inflate_sniff(struct str head)
{
	const unsigned char *p = (const unsigned char *)head.p;

	if (head.n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8)
		return INFLATE_GZIP;
	if (head.n >= 4 && p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd)
		return INFLATE_ZSTD;
	/* Deflate with a window of at most 32 KiB; text does not begin so. */
	if (head.n >= 2 && (p[0] & 0x0f) == 8 && p[0] >> 4 <= 7 && (p[0] << 8 | p[1]) % 31 == 0 &&
	    (p[1] & 0x20) == 0)
		return INFLATE_ZLIB;
	return INFLATE_NONE;
}

struct inflate *
inflate_new(enum inflate_kind kind)
{
	struct inflate *z = MEM_NEW(struct inflate);
	bool good;

	z->kind = kind;
	if (kind == INFLATE_ZSTD) {
		z->zstd = ZSTD_createDStream();
		good = z->zstd != NULL && !ZSTD_isError(ZSTD_DCtx_setParameter(z->zstd,
					      ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX));
	} else {
		good = inflateInit2(&z->z, kind == INFLATE_GZIP ? 15 + 16 : 15) == Z_OK;
	}
	if (!good)
		abort(); /* out of memory, or a broken library */
	return z;
}

void
inflate_free(struct inflate *z)
{
	if (z == NULL)
		return;
	if (z->kind == INFLATE_ZSTD)
		(void)ZSTD_freeDStream(z->zstd);
	else
		(void)inflateEnd(&z->z);
	free(z);
}

static enum err
step_zstd(struct inflate *z, struct str *in, char *to, size_t size, size_t *ret_n, struct diag *why)
{
	ZSTD_inBuffer from = { in->p, in->n, 0 };
	ZSTD_outBuffer out = { to, size, 0 };

	do {
		size_t left = ZSTD_decompressStream(z->zstd, &out, &from);

		if (ZSTD_isError(left))
			return err_set(why, FAIL_SYNTAX, "zstd: %s", ZSTD_getErrorName(left));
		z->done = left == 0;
	} while (out.pos == 0 && from.pos < from.size);
	*in = str_from(*in, from.pos);
	*ret_n = out.pos;
	return OK;
}

/* Between members: the next one begins, zeros that pad a gzip file are passed over. */
static void
next_member(struct inflate *z, struct str *in)
{
	while (z->kind == INFLATE_GZIP && in->n != 0 && in->p[0] == '\0')
		*in = str_from(*in, 1);
	if (in->n == 0)
		return;
	(void)inflateReset(&z->z);
	z->done = false;
}

static enum err
step_zlib(struct inflate *z, struct str *in, char *to, size_t size, size_t *ret_n, struct diag *why)
{
	uInt room = size < UINT_MAX ? (uInt)size : UINT_MAX;

	z->z.next_out = (Bytef *)to;
	z->z.avail_out = room;
	do {
		uInt n = in->n < UINT_MAX ? (uInt)in->n : UINT_MAX;
		int r;

		if (z->done) {
			next_member(z, in);
			if (z->done)
				break;
			n = in->n < UINT_MAX ? (uInt)in->n : UINT_MAX;
		}
		z->z.next_in = (z_const Bytef *)(uintptr_t)in->p;
		z->z.avail_in = n;
		r = inflate(&z->z, Z_NO_FLUSH);
		if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
			return err_set(why, FAIL_SYNTAX, "deflate: %s",
			    z->z.msg != NULL ? z->z.msg : "broken stream");
		*in = str_from(*in, n - z->z.avail_in);
		z->done = r == Z_STREAM_END;
	} while (z->z.avail_out == room && in->n != 0);
	*ret_n = room - z->z.avail_out;
	return OK;
}

enum err
inflate_step(struct inflate *z, struct str *in, char *to, size_t size, size_t *ret_n,
    struct diag *why)
{
	*ret_n = 0;
	if (size == 0 || (z->done && in->n == 0))
		return OK;
	if (z->kind == INFLATE_ZSTD)
		return step_zstd(z, in, to, size, ret_n, why);
	return step_zlib(z, in, to, size, ret_n, why);
}

bool
inflate_done(const struct inflate *z)
{
	return z->done;
}

static void
free_stream(struct inflate **z)
{
	inflate_free(*z);
}

/* Everything into `to`, at most `limit` bytes and then one more as the proof. */
static enum err
inflate_into(enum inflate_kind kind, struct str in, size_t limit, struct buf *to, struct diag *why)
{
	AUTO(free_stream) struct inflate *z = inflate_new(kind);
	size_t total = 0, n;
	enum err e;

	for (;;) {
		size_t want = limit - total < STEP_SIZE ? limit - total + 1 : STEP_SIZE;
		char *p = buf_room(to, want);

		if (p == NULL)
			return err_set(why, FAIL_LIMIT, "body does not fit when decompressed");
		e = inflate_step(z, &in, p, want, &n, why);
		if (e != OK)
			return e;
		total += n;
		if (total > limit)
			return err_set(why, FAIL_LIMIT,
			    "body is larger than %zu bytes when "
			    "decompressed",
			    limit);
		buf_added(to, n);
		if (n < want && in.n == 0)
			break;
	}
	return z->done ? OK : err_set(why, FAIL_SYNTAX, "compressed body is cut off");
}

enum err
inflate_all(struct str in, size_t max, struct buf *to, struct diag *why)
{
	enum inflate_kind kind = inflate_sniff(in);
	size_t limit = in.n < SIZE_MAX / RATIO_MAX ? in.n * RATIO_MAX : SIZE_MAX, had = to->n;
	enum err e;

	if (kind == INFLATE_NONE)
		return err_set(why, FAIL_SYNTAX, "neither gzip nor zlib nor zstd");
	if (limit < FREE_SIZE)
		limit = FREE_SIZE;
	e = inflate_into(kind, in, limit < max ? limit : max, to, why);
	if (e != OK)
		to->n = had;
	return e;
}
