/* Compressed bodies: bounded, and the same in one piece as byte by byte. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/inflate.h"

#define OUT_MAX ((size_t)1 << 16)

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static enum err
in_pieces(struct str s, enum inflate_kind kind, struct buf *to)
{
	struct inflate *z = inflate_new(kind);
	enum err e = OK;

	for (size_t at = 0; at < s.n && e == OK; at++) {
		struct str in = { s.p + at, 1 };
		size_t n = 1;

		while (e == OK && (n != 0 || in.n != 0) && to->n <= OUT_MAX) {
			char out[100];

			e = inflate_step(z, &in, out, sizeof(out), &n, NULL);
			if (e == OK)
				buf_put(to, out, n);
		}
		if (to->n > OUT_MAX)
			e = FAIL_LIMIT;
	}
	if (e == OK && !inflate_done(z))
		e = FAIL_SYNTAX;
	inflate_free(z);
	return e;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str s = { (const char *)data, size };
	auto_buf struct buf whole = { 0 }, pieces = { 0 };
	enum inflate_kind kind = inflate_sniff(s);
	enum err e = inflate_all(s, OUT_MAX, &whole, NULL), f;

	if (whole.n > OUT_MAX || (e != OK && whole.n != 0))
		abort();
	if (kind == INFLATE_NONE || size > 4096)
		return 0;
	f = in_pieces(s, kind, &pieces);
	/* libzstd is stricter with the stated size of a frame that it sees whole. */
	if (kind != INFLATE_ZSTD && (f == OK) != (e == OK))
		abort();
	if (e == OK && f == OK && !str_eq(buf_view(&whole), buf_view(&pieces)))
		abort();
	return 0;
}
