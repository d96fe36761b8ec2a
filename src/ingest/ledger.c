/* Counters of what became of every message, per source. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/ledger.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define NAME_SIZE 64

struct line {
	char name[NAME_SIZE];
	_Atomic uint64_t count[LEDGER_COUNTS];
};

struct ledger {
	pthread_mutex_t lock; /* of adding lines; counting needs none */
	_Atomic unsigned n;
	struct line lines[LEDGER_SOURCES_MAX];
};

static const char *const words[LEDGER_COUNTS] = {
	[LEDGER_RECEIVED] = "received",
	[LEDGER_LOGGED] = "logged",
	[LEDGER_PARSE_FAILED] = "parse_failed",
	[LEDGER_REFUSED_OVERLOAD] = "refused_overload",
	[LEDGER_REFUSED_TOO_LARGE] = "refused_too_large",
	[LEDGER_REFUSED_MALFORMED] = "refused_malformed",
	[LEDGER_REFUSED_IO] = "refused_io",
	[LEDGER_LOST_KERNEL] = "lost_kernel",
	[LEDGER_TIME_FIXED] = "time_fixed",
	[LEDGER_CUT] = "cut",
};

struct ledger *
ledger_new(void)
{
	struct ledger *l = MEM_NEW(struct ledger);

	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void
ledger_free(struct ledger *l)
{
	if (l == NULL)
		return;
	pthread_mutex_destroy(&l->lock);
	free(l);
}

unsigned
ledger_source(struct ledger *l, const char *name)
{
	unsigned i, n;

	pthread_mutex_lock(&l->lock);
	n = atomic_load(&l->n);
	for (i = 0; i < n; i++) {
		if (strncmp(l->lines[i].name, name, NAME_SIZE - 1) == 0)
			break;
	}
	if (i == n && n == LEDGER_SOURCES_MAX) {
		i = LEDGER_SOURCES_MAX - 1;
	} else if (i == n) {
		(void)snprintf(l->lines[i].name, NAME_SIZE, "%s", name);
		if (n == LEDGER_SOURCES_MAX - 1)
			(void)snprintf(l->lines[i].name, NAME_SIZE, "(others)");
		atomic_store(&l->n, n + 1);
	}
	pthread_mutex_unlock(&l->lock);
	return i;
}

void
ledger_add(struct ledger *l, unsigned source, enum ledger_count what, uint64_t n)
{
	if (source == LEDGER_NONE)
		return;
	assert(source < LEDGER_SOURCES_MAX && what < LEDGER_COUNTS);
	atomic_fetch_add_explicit(&l->lines[source].count[what], n, memory_order_relaxed);
}

uint64_t
ledger_get(const struct ledger *l, unsigned source, enum ledger_count what)
{
	assert(source < LEDGER_SOURCES_MAX && what < LEDGER_COUNTS);
	return atomic_load_explicit(&l->lines[source].count[what], memory_order_relaxed);
}

unsigned
ledger_len(const struct ledger *l)
{
	return atomic_load(&l->n);
}

const char *
ledger_name(const struct ledger *l, unsigned source)
{
	assert(source < LEDGER_SOURCES_MAX);
	return l->lines[source].name;
}

const char *
ledger_word(enum ledger_count what)
{
	assert(what < LEDGER_COUNTS);
	return words[what];
}

uint64_t
ledger_in_flight(const struct ledger *l, unsigned source)
{
	static const enum ledger_count settled[] = { LEDGER_LOGGED, LEDGER_REFUSED_OVERLOAD,
		LEDGER_REFUSED_TOO_LARGE, LEDGER_REFUSED_MALFORMED, LEDGER_REFUSED_IO };
	uint64_t done = 0, received;

	/* Received last: it never is behind what was counted as settled before. */
	for (size_t i = 0; i < ARRAY_LEN(settled); i++)
		done += ledger_get(l, source, settled[i]);
	received = ledger_get(l, source, LEDGER_RECEIVED);
	return received > done ? received - done : 0;
}
