/* Syslog streams: whole or byte by byte, the same messages come out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/buf.h"
#include "ingest/framing.h"

#define MAX 64

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Appends each message, a byte that tells whether it was cut, and its end. */
static void
messages(struct str stream, size_t piece, struct buf *to)
{
	struct framing f = { .max = MAX };
	size_t at = 0, have = 0, used;
	bool end = false, cut;
	struct str m;

	while (!end) {
		enum framing_result r;

		end = have == stream.n;
		have = stream.n - have < piece ? stream.n : have + piece;
		while (cut = false, (r = framing_next(&f, (struct str){ stream.p + at, have - at },
					 end, &used, &m, &cut)) != FRAMING_MORE) {
			assert(used > 0 && used <= have - at);
			at += used;
			if (r == FRAMING_PASSED)
				continue;
			assert(m.n > 0 && m.n <= MAX);
			buf_str(to, m);
			buf_str(to, cut ? STR("!\n") : STR(".\n"));
		}
		assert(end ? at == have : have - at < MAX + FRAMING_SLACK);
	}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str stream = { (const char *)data, size };
	struct buf whole, bytes;

	buf_init(&whole, 0);
	buf_init(&bytes, 0);
	messages(stream, SIZE_MAX, &whole);
	messages(stream, 1, &bytes);
	assert(whole.n == bytes.n && (whole.n == 0 || memcmp(whole.p, bytes.p, whole.n) == 0));
	buf_fini(&whole);
	buf_fini(&bytes);
	return 0;
}
