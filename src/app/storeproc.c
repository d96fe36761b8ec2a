/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Starts the store process and keeps it running. */
#include "app/storeproc.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "ev/supervise.h"

#define NUMBERS 5

struct storeproc {
	struct supervise *child;
	const char *argv[6 + 2 * NUMBERS + 1];
	char numbers[NUMBERS][24];
	bool stopping;
};

static void
on_down(void *ctx, int status, const struct diag *why)
{
	const struct storeproc *s = ctx;

	if (!s->stopping)
		log_warn("store", "the store process ended and is started again",
		    LOG_INT("status", status), LOG_C("why", why != NULL ? why->text : ""));
}

struct storeproc *
storeproc_start(struct loop *l, const char *program, const struct conf *c,
    const struct datadir *dir)
{
	const struct {
		const char *option;
		uint64_t value;
	} numbers[NUMBERS] = {
		{ "--seal-rows", (uint64_t)c->store_seal_rows },
		{ "--seal-after", (uint64_t)c->store_seal_after },
		{ "--retain-age", (uint64_t)c->store_retain_age },
		{ "--retain-size", c->store_retain_size },
		{ "--memory", c->store_memory >> 20 },
	};
	const char *const head[] = { program, "store", "--log", dir->log, "--dir", dir->store };
	struct storeproc *s = MEM_NEW(struct storeproc);
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		s->argv[n++] = head[i];
	for (size_t i = 0; i < NUMBERS; i++) {
		(void)snprintf(s->numbers[i], sizeof(s->numbers[i]), "%llu",
		    (unsigned long long)numbers[i].value);
		s->argv[n++] = numbers[i].option;
		s->argv[n++] = s->numbers[i];
	}
	s->child = supervise_new(l,
	    &(struct supervise_spec){
		.name = "store", .child = { .argv = s->argv }, .down = on_down, .ctx = s });
	return s;
}

bool
storeproc_runs(const struct storeproc *s)
{
	return supervise_child(s->child) != NULL;
}

uint64_t
storeproc_starts(const struct storeproc *s)
{
	return supervise_starts(s->child);
}

void
storeproc_stop(struct storeproc *s, void (*stopped)(void *ctx), void *ctx)
{
	s->stopping = true;
	supervise_stop(s->child, stopped, ctx);
}

void
storeproc_free(struct storeproc *s)
{
	if (s == NULL)
		return;
	supervise_free(s->child);
	free(s);
}
