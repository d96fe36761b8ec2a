/* Queue between threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "test.h"

#define ITEMS 20000U
#define SIDES 3U

TEST(order_and_bounds)
{
	struct queue *q = queue_new(3);
	int items[4];
	void *got[4];

	CHECK(queue_try_pop(q) == NULL);
	for (int i = 0; i < 3; i++)
		CHECK(queue_try_push(q, &items[i]));
	CHECK(!queue_try_push(q, &items[3]));
	CHECK_INT(queue_len(q), 3);
	CHECK(queue_try_pop(q) == &items[0]);
	CHECK(queue_try_push(q, &items[3]));
	CHECK_INT(queue_pop_many(q, got, 2, 0), 2);
	CHECK(got[0] == &items[1] && got[1] == &items[2]);
	CHECK_INT(queue_pop_many(q, got, 4, -1), 1);
	CHECK(got[0] == &items[3]);
	CHECK_INT(queue_pop_many(q, got, 0, -1), 0);
	queue_free(q);
	queue_free(NULL);
}

TEST(closed_means_drain_then_end)
{
	struct queue *q = queue_new(4);
	int item;
	void *got[4];

	CHECK(queue_push(q, &item));
	CHECK(queue_push(q, &item));
	CHECK(!queue_closed(q));
	queue_close(q);
	CHECK(queue_closed(q));
	CHECK(!queue_push(q, &item));
	CHECK(!queue_try_push(q, &item));
	CHECK(queue_pop(q) == &item);
	CHECK_INT(queue_pop_many(q, got, 4, -1), 1);
	CHECK(queue_pop(q) == NULL);
	CHECK_INT(queue_pop_many(q, got, 4, -1), 0);
	CHECK_INT(queue_pop_many(q, got, 4, 10000), 0);
	queue_free(q);
}

TEST(timeout_is_kept)
{
	struct queue *q = queue_new(1);
	int64_t start = clock_mono();
	void *got[1];

	CHECK_INT(queue_pop_many(q, got, 1, 0), 0);
	CHECK_INT(queue_pop_many(q, got, 1, 30), 0);
	CHECK(clock_mono() - start >= 30 * CLOCK_MS);
	queue_free(q);
}

struct shared {
	struct queue *q;
	atomic_uint seen[ITEMS * SIDES];
	atomic_uint producer;
	unsigned values[ITEMS * SIDES];
};

static void *
produce(void *arg)
{
	struct shared *s = arg;
	unsigned me = atomic_fetch_add(&s->producer, 1);

	for (unsigned i = 0; i < ITEMS; i++) {
		unsigned *item = &s->values[me * ITEMS + i];

		*item = me * ITEMS + i;
		if (i % 3 != 0 || !queue_try_push(s->q, item))
			CHECK(queue_push(s->q, item));
	}
	return NULL;
}

/* Items of one producer come to one consumer in order. */
static void *
consume(void *arg)
{
	struct shared *s = arg;
	unsigned last[SIDES] = { 0 };
	void *got[16];
	size_t n = 1;

	for (unsigned turn = 0; n != 0; turn++) {
		if (turn % 4 == 0) {
			got[0] = queue_pop(s->q);
			n = got[0] != NULL;
		} else {
			n = queue_pop_many(s->q, got, 16, -1);
		}
		for (size_t i = 0; i < n; i++) {
			unsigned v = *(unsigned *)got[i], from = v / ITEMS;

			CHECK_INT(atomic_fetch_add(&s->seen[v], 1), 0);
			CHECK(v % ITEMS >= last[from]);
			last[from] = v % ITEMS;
		}
	}
	return NULL;
}

TEST(many_threads_lose_and_double_nothing)
{
	static struct shared s;
	pthread_t makers[SIDES], takers[SIDES];

	s.q = queue_new(7);
	for (unsigned i = 0; i < SIDES; i++) {
		CHECK_INT(pthread_create(&takers[i], NULL, consume, &s), 0);
		CHECK_INT(pthread_create(&makers[i], NULL, produce, &s), 0);
	}
	for (unsigned i = 0; i < SIDES; i++)
		CHECK_INT(pthread_join(makers[i], NULL), 0);
	queue_close(s.q);
	for (unsigned i = 0; i < SIDES; i++)
		CHECK_INT(pthread_join(takers[i], NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(s.seen); i++)
		CHECK_INT(atomic_load(&s.seen[i]), 1);
	queue_free(s.q);
}

static void *
push_one(void *arg)
{
	static int item;

	return queue_push(arg, &item) ? &item : NULL;
}

static void *
pop_one(void *arg)
{
	return queue_pop(arg);
}

/* Whoever waits on either side is let go by closing. */
TEST(close_wakes_everybody)
{
	struct queue *full = queue_new(1), *empty = queue_new(1);
	pthread_t t[4];
	void *result;
	int item;

	CHECK(queue_push(full, &item));
	for (int i = 0; i < 4; i++)
		CHECK_INT(pthread_create(&t[i], NULL, i < 2 ? push_one : pop_one,
			      i < 2 ? full : empty),
		    0);
	(void)usleep(20000);
	queue_close(full);
	queue_close(empty);
	for (int i = 0; i < 4; i++) {
		CHECK_INT(pthread_join(t[i], &result), 0);
		CHECK(result == NULL);
	}
	CHECK_INT(queue_len(full), 1);
	queue_free(full);
	queue_free(empty);
}
