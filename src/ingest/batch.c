/* Messages on their way to the log. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/batch.h"

#include <stdlib.h>

#include "base/mem.h"

struct batch *
batch_new(const struct batch_source *source, int64_t received)
{
	struct batch *b = MEM_NEW(struct batch);

	b->source = source;
	b->received = received;
	buf_init(&b->bytes, BATCH_BYTES_MAX);
	return b;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	buf_fini(&b->bytes);
	free(b->items);
	free(b);
}

enum err
batch_add(struct batch *b, struct str message)
{
	struct batch_item *item;

	if (b->n == BATCH_ITEMS_MAX || message.n > BATCH_BYTES_MAX - b->bytes.n)
		return FAIL_LIMIT;
	if (b->n == b->size) {
		b->size = b->size == 0 ? 16 : b->size * 2;
		b->items = mem_resize(b->items, b->size, sizeof(*b->items));
	}
	item = &b->items[b->n++];
	item->at = b->bytes.n;
	item->n = message.n;
	item->parse_failed = false;
	item->error[0] = '\0';
	buf_str(&b->bytes, message);
	return OK;
}
