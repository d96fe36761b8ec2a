/* Bounded queue of pointers between threads (any number on either side). */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct queue;

struct queue *queue_new(size_t cap) RETURNS_NONNULL;
void queue_free(struct queue *q); /* nobody may wait on it any more; NULL is fine */

bool queue_try_push(struct queue *q, void *item) NONNULL; /* false: full or closed */
bool queue_push(struct queue *q, void *item) NONNULL;     /* waits for room; false: closed */
/* Waits for an item; NULL once the queue is closed and empty. */
void *queue_pop(struct queue *q) NONNULL;
void *queue_try_pop(struct queue *q) NONNULL; /* NULL: empty */
/*
 * Up to max items in order, waiting for the first at most wait_ms (-1: for ever).  0: time out, or
 * closed and empty.
 */
size_t queue_pop_many(struct queue *q, void **ret, size_t max, int wait_ms) NONNULL;
void queue_close(struct queue *q) NONNULL; /* wakes everybody */
bool queue_closed(struct queue *q) NONNULL;
size_t queue_len(struct queue *q) NONNULL;

#endif
