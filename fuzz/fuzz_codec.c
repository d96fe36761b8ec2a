/* Payloads of the log: whatever decodes must encode and decode to itself, and be viewed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "rec/codec.h"
#include "rec/view.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena *a = arena_new((size_t)1 << 20);
	auto_buf struct buf once = { 0 }, twice = { 0 }, json = { 0 };
	struct rec r;

	rec_init(&r, a);
	if (codec_decode((struct str){ (const char *)data, size }, &r, NULL) == OK) {
		struct rec again;

		view_rec(&r, true, &json);
		if (codec_encode(&r, &once, NULL) != OK)
			abort();
		rec_init(&again, a);
		if (codec_decode(buf_view(&once), &again, NULL) != OK ||
		    codec_encode(&again, &twice, NULL) != OK ||
		    !str_eq(buf_view(&once), buf_view(&twice)))
			abort();
	}
	arena_free(a);
	return 0;
}
