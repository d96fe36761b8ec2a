/* SPDX-License-Identifier: Apache-2.0 */
/* Ring behind a mutex, with one condition for each side. */
#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled, drained;
	size_t cap, head, n; /* ring: the oldest item, how many */
	bool closed;
	void *items[];
};

struct queue *
queue_new(size_t cap)
{
	struct queue *q;
	pthread_condattr_t attr;

	if (cap == 0)
		cap = 1;
	q = mem_zalloc(sizeof(*q) + cap * sizeof(q->items[0]));
	q->cap = cap;
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&q->filled, &attr);
	(void)pthread_cond_init(&q->drained, &attr);
	(void)pthread_condattr_destroy(&attr);
	return q;
}

void
queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	(void)pthread_cond_destroy(&q->filled);
	(void)pthread_cond_destroy(&q->drained);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

static bool
push(struct queue *q, void *item, bool wait)
{
	bool taken = false;

	(void)pthread_mutex_lock(&q->lock);
	while (wait && !q->closed && q->n == q->cap)
		(void)pthread_cond_wait(&q->drained, &q->lock);
	if (!q->closed && q->n < q->cap) {
		q->items[(q->head + q->n) % q->cap] = item;
		q->n++;
		taken = true;
		(void)pthread_cond_signal(&q->filled);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return taken;
}

bool
queue_try_push(struct queue *q, void *item)
{
	return push(q, item, false);
}

bool
queue_push(struct queue *q, void *item)
{
	return push(q, item, true);
}

static struct timespec
deadline(int wait_ms)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += wait_ms / 1000;
	at.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_nsec -= 1000000000;
		at.tv_sec++;
	}
	return at;
}

/* Until there is an item, the queue is closed, or the time is up; the lock is held. */
static void
wait_filled(struct queue *q, int wait_ms)
{
	struct timespec until;

	if (wait_ms == 0 || q->n != 0)
		return;
	if (wait_ms < 0) {
		while (q->n == 0 && !q->closed)
			(void)pthread_cond_wait(&q->filled, &q->lock);
		return;
	}
	until = deadline(wait_ms);
	while (q->n == 0 && !q->closed)
		if (pthread_cond_timedwait(&q->filled, &q->lock, &until) == ETIMEDOUT)
			return;
}

size_t
queue_pop_many(struct queue *q, void **ret, size_t max, int wait_ms)
{
	size_t n = 0;

	if (max == 0)
		return 0;
	(void)pthread_mutex_lock(&q->lock);
	wait_filled(q, wait_ms);
	for (; n < max && q->n != 0; n++) {
		ret[n] = q->items[q->head];
		q->head = (q->head + 1) % q->cap;
		q->n--;
	}
	if (n == 1)
		(void)pthread_cond_signal(&q->drained);
	else if (n > 1)
		(void)pthread_cond_broadcast(&q->drained);
	(void)pthread_mutex_unlock(&q->lock);
	return n;
}

void *
queue_pop(struct queue *q)
{
	void *item;

	return queue_pop_many(q, &item, 1, -1) == 1 ? item : NULL;
}

void *
queue_try_pop(struct queue *q)
{
	void *item;

	return queue_pop_many(q, &item, 1, 0) == 1 ? item : NULL;
}

void
queue_close(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->closed = true;
	(void)pthread_cond_broadcast(&q->filled);
	(void)pthread_cond_broadcast(&q->drained);
	(void)pthread_mutex_unlock(&q->lock);
}

bool
queue_closed(struct queue *q)
{
	bool closed;

	(void)pthread_mutex_lock(&q->lock);
	closed = q->closed;
	(void)pthread_mutex_unlock(&q->lock);
	return closed;
}

size_t
queue_len(struct queue *q)
{
	size_t n;

	(void)pthread_mutex_lock(&q->lock);
	n = q->n;
	(void)pthread_mutex_unlock(&q->lock);
	return n;
}
