/* SPDX-License-Identifier: Apache-2.0 */
/* The lines between daemon and helper, both ways, and what nft lists. */
#include <stdlib.h>

#include "respond/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
ignore(void *ctx, const struct kernel_item *item)
{
	auto_buf struct buf b = { 0 };

	(void)ctx;
	kernel_put_item(&b, item);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct str text = { (const char *)p, n };
	struct arena *arena = arena_new(WIRE_BUDGET);
	auto_buf struct buf again = { 0 };
	struct wire_answer a;
	struct wire_state s, t;

	if (wire_read_state(arena, text, &s, NULL) == OK) {
		wire_put_state(&again, &s);
		if (wire_read_state(arena, buf_view(&again), &t, NULL) != OK || t.n != s.n ||
		    t.n_never != s.n_never)
			abort();
	}
	buf_reset(&again);
	if (wire_read_answer(text, &a, NULL) == OK)
		wire_put_answer(&again, &a);
	if (kernel_read(text, ignore, NULL, NULL) != OK)
		arena_reset(arena);
	arena_free(arena);
	return 0;
}
