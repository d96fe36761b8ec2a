/* Batches and their limits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/batch.h"

#include "base/mem.h"
#include "rec/rec.h"
#include "test.h"

static const struct batch_source source = { .name = "test" };

TEST(messages_come_back_as_they_were)
{
	struct batch *b = batch_new(&source, 42);

	CHECK_INT(b->received, 42);
	CHECK_INT(batch_add(b, STR("one")), OK);
	CHECK_INT(batch_add(b, (struct str){ NULL, 0 }), OK);
	CHECK_INT(batch_add(b, (struct str){ "t\0o\n", 4 }), OK);
	CHECK_INT(b->n, 3);
	CHECK_SLICE(batch_message(b, 0), "one");
	CHECK_INT(batch_message(b, 1).n, 0);
	CHECK_BYTES(batch_message(b, 2).p, batch_message(b, 2).n, "t\0o\n", 4);
	CHECK_STR(b->items[2].error, "");
	CHECK_STR(b->cursor, "");
	batch_free(b);
	batch_free(NULL);
}

TEST(items_have_a_cap)
{
	struct batch *b = batch_new(&source, 0);

	for (size_t i = 0; i < BATCH_ITEMS_MAX; i++)
		CHECK_INT(batch_add(b, STR("x")), OK);
	CHECK_INT(batch_add(b, STR("x")), FAIL_LIMIT);
	CHECK_INT(b->n, BATCH_ITEMS_MAX);
	batch_free(b);
}

TEST(bytes_have_a_cap_that_the_longest_message_is_far_below)
{
	struct batch *b = batch_new(&source, 0);
	char *big = mem_zalloc(REC_RAW_MAX);
	size_t n = 0;

	while (batch_add(b, (struct str){ big, REC_RAW_MAX }) == OK)
		n++;
	CHECK_INT(n, BATCH_BYTES_MAX / REC_RAW_MAX);
	CHECK_INT(b->n, n);
	CHECK(b->bytes.n <= BATCH_BYTES_MAX);
	free(big);
	batch_free(b);
}
