/* From the log to sealed files, each number once. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_store.c */
#include "store/sealer.h"

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#include "store/seal.h"

#define TRIES 2 /* of one batch before it is halved */

struct sealer {
	struct sealer_opts opts;
	struct duck duck;
	struct reader *reader;
	struct rows *tail;
	uint64_t next;    /* first number not in a file */
	uint64_t last;    /* newest number read: in the tail, or lost */
	int64_t since;    /* when the first row of the tail came */
	uint32_t batch;   /* rows one file may have now; halved when a batch is refused */
	unsigned refused; /* times in a row */
	uint64_t sealed, skipped;
};

struct sealer *
sealer_new(const struct sealer_opts *opts)
{
	struct sealer *f = MEM_NEW(struct sealer);

	f->opts = *opts;
	f->batch = SEAL_ROWS_MAX;
	f->tail = rows_new(SEAL_BYTES_MAX, SEAL_ROWS_MAX);
	return f;
}

void
sealer_free(struct sealer *f)
{
	if (f == NULL)
		return;
	reader_close(f->reader);
	duck_close(&f->duck);
	rows_free(f->tail);
	free(f);
}

enum err
sealer_duck(struct sealer *f, struct duck **ret, struct diag *why)
{
	enum err e = OK;

	if (f->duck.conn == NULL) {
		e = duck_open(f->opts.memory_mb, 1, &f->duck, why);
		/* One thread keeps the order anyway; without the promise it needs half the memory.
		 */
		if (e == OK)
			e = duck_run(&f->duck, "SET preserve_insertion_order = false", why);
		if (e == OK)
			e = rows_register(&f->duck, "tail", f->tail, why);
		if (e != OK)
			duck_close(&f->duck);
	}
	if (e == OK)
		*ret = &f->duck;
	return e;
}

void
sealer_rest(struct sealer *f)
{
	if (f->duck.conn == NULL)
		return;
	duck_close(&f->duck);
	if (rows_count(f->tail) == 0)
		rows_reset(f->tail);
	malloc_trim(0);
}

/* What is in the tail comes from the log again. */
static void
reread(struct sealer *f)
{
	reader_close(f->reader);
	f->reader = NULL;
	rows_reset(f->tail);
}

/*
 * DuckDB would not take the batch: half as many rows next time, and a single
 * row that is refused is left out (true), so that one record never stops the store.
 */
static bool
refuse(struct sealer *f)
{
	if (++f->refused < TRIES)
		return false;
	f->refused = 0;
	duck_close(&f->duck);
	if (rows_count(f->tail) > 1) {
		f->batch = rows_count(f->tail) / 2;
		reread(f);
		return false;
	}
	f->skipped += rows_count(f->tail);
	rows_reset(f->tail);
	return true;
}

static enum err
seal_once(struct sealer *f, uint64_t through, struct diag *why)
{
	struct duck *d;
	enum err e;

	e = sealer_duck(f, &d, why);
	return e == OK ? seal_rows(d, f->tail, f->opts.dir, f->next, through, why) : e;
}

/* All numbers up to `through` become one file. */
static enum err
seal(struct sealer *f, uint64_t through, struct diag *why)
{
	enum err e;

	e = seal_once(f, through, why);
	if (e == FAIL_STORE && refuse(f))
		e = seal_once(f, through, why); /* without the row: its number is still covered */
	if (e != OK)
		return e;
	f->sealed++;
	f->refused = 0;
	if (f->batch < SEAL_ROWS_MAX)
		f->batch = f->batch < SEAL_ROWS_MAX / 2 ? f->batch * 2 : SEAL_ROWS_MAX;
	f->next = through + 1;
	rows_reset(f->tail);
	return OK;
}

static enum err
open_log(struct sealer *f, struct diag *why)
{
	struct catalog c = { 0 };
	enum err e;

	if (f->reader != NULL)
		return OK;
	e = catalog_list(f->opts.dir, &c, why);
	if (e != OK)
		return e;
	f->next = catalog_last(&c) != 0 ? catalog_last(&c) + 1 : 0;
	f->last = f->next != 0 ? f->next - 1 : 0;
	catalog_free(&c);
	return reader_open(f->opts.log_dir, f->next, &f->reader, why);
}

static enum err
take(struct sealer *f, const struct reader_entry *entry, int64_t now, struct diag *why)
{
	enum err e;

	if (f->next == 0)
		f->next = entry->seq; /* an empty store begins where the log does */
	if (rows_count(f->tail) >= f->batch) {
		e = seal(f, f->last, why);
		if (e != OK)
			return e;
	}
	if (rows_count(f->tail) == 0)
		f->since = now;
	e = rows_add(f->tail, entry, why);
	if (e == FAIL_LIMIT && rows_count(f->tail) > 0) {
		e = seal(f, f->last, why);
		f->since = now;
		if (e == OK)
			e = rows_add(f->tail, entry, why);
		else
			return e;
	}
	if (e != OK) /* too large for any batch, or it does not decode */
		f->skipped++;
	f->last = entry->seq;
	return OK;
}

static bool
due(const struct sealer *f, int64_t now)
{
	uint32_t rows = rows_count(f->tail);

	return rows > 0 && (rows >= f->opts.seal_rows || now - f->since >= f->opts.seal_after);
}

enum err
sealer_step(struct sealer *f, int64_t now, struct diag *why)
{
	struct reader_entry entry;
	uint32_t n;
	enum err e;

	e = open_log(f, why);
	if (e != OK)
		return e;
	/* A bounded bite, so that the caller sees its stop_fd now and then. */
	for (n = 0; n < SEAL_ROWS_MAX; n++) {
		e = reader_next(f->reader, &entry, why);
		if (e == FAIL_AGAIN)
			return due(f, now) ? seal(f, f->last, why) : OK;
		if (e == OK)
			e = take(f, &entry, now, why);
		if (e != OK) {
			reread(f);
			return e;
		}
	}
	return OK;
}

void
sealer_wait(struct sealer *f, int timeout_ms)
{
	struct timespec pause = { timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000 };

	if (f->reader != NULL)
		reader_wait(f->reader, timeout_ms);
	else
		nanosleep(&pause, NULL);
}

/* Reads numbers up to `last` into the tail until it is full; *ret_through: where it stopped. */
static enum err
gather(struct sealer *f, struct reader *reader, uint64_t last, uint64_t *ret_through,
    struct diag *why)
{
	struct reader_entry entry;
	uint64_t through = f->next - 1;
	enum err e;

	while (through < last && rows_count(f->tail) < f->batch) {
		e = reader_next(reader, &entry, why);
		if (e == FAIL_AGAIN || (e == OK && entry.seq > last)) {
			through = last;
			break;
		}
		if (e == OK)
			e = rows_add(f->tail, &entry, why);
		if (e == FAIL_LIMIT && rows_count(f->tail) > 0)
			break; /* the caller opens a new reader behind `through` */
		if (e == FAIL_IO || e == FAIL_NOT_FOUND)
			return e;
		if (e != OK)
			f->skipped++;
		through = entry.seq;
	}
	*ret_through = through;
	return OK;
}

enum err
sealer_fill(struct sealer *f, uint64_t first, uint64_t last, struct diag *why)
{
	struct reader *reader;
	uint64_t through;
	enum err e = OK;

	reread(f);
	f->next = first;
	while (f->next <= last && e == OK) {
		e = reader_open(f->opts.log_dir, f->next, &reader, why);
		if (e != OK)
			return e;
		e = gather(f, reader, last, &through, why);
		reader_close(reader);
		if (e == OK)
			e = seal(f, through, why);
	}
	rows_reset(f->tail);
	return e;
}

uint64_t
sealer_sealed(const struct sealer *f)
{
	return f->sealed;
}

uint64_t
sealer_skipped(const struct sealer *f)
{
	return f->skipped;
}

bool
sealer_pending(const struct sealer *f)
{
	return rows_count(f->tail) > 0;
}
