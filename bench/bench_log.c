/*
 * The log: appends of BATCH records with one sync each, beside a floor that
 * writes and syncs the same bytes with no log around them, in turns; then
 * reading it all from the page cache.  bench_log [DIR [BATCHES]]
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "log/journal.h"
#include "log/reader.h"

#define BATCH ((size_t)500)
#define PAYLOAD ((size_t)300)
#define ROUNDS 5
#define RECORD_BYTES (PAYLOAD + 32)

struct times {
	int64_t *p;
	size_t n;
	int64_t sum;
};

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
took(struct times *t, int64_t since)
{
	t->p[t->n] = clock_mono() - since;
	t->sum += t->p[t->n++];
}

static void
report(const char *what, struct times *t)
{
	double s = (double)t->sum / 1e9, n = (double)(t->n * BATCH);

	qsort(t->p, t->n, sizeof(*t->p), compare);
	printf("%-8s %9.0f records/s  %7.1f MB/s  ack p50 %.3f ms  p99 %.3f ms\n", what, n / s,
	    n * (double)RECORD_BYTES / s / 1e6, (double)t->p[t->n / 2] / 1e6,
	    (double)t->p[t->n * 99 / 100] / 1e6);
}

static void
must(enum err e, const struct diag *why)
{
	char text[512];

	if (e == OK)
		return;
	(void)fprintf(stderr, "bench_log: %s\n", err_text(why, text, sizeof(text)));
	exit(EXIT_FAILURE);
}

static struct journal_item *
make_items(void)
{
	struct journal_item *items = mem_alloc(BATCH * sizeof(*items));
	char *bytes = mem_alloc(BATCH * PAYLOAD);

	for (size_t i = 0; i < BATCH * PAYLOAD; i++)
		bytes[i] = (char)(' ' + i * 31 % 95);
	for (size_t i = 0; i < BATCH; i++)
		items[i] = (struct journal_item){ { bytes + i * PAYLOAD, PAYLOAD }, (int64_t)i };
	return items;
}

/* The same bytes in the same batches to a plain file. */
static void
floor_batches(int fd, const char *bytes, size_t batches, struct times *t)
{
	struct diag why;

	for (size_t i = 0; i < batches; i++) {
		int64_t since = clock_mono();

		must(fs_write_all(fd, bytes, BATCH * RECORD_BYTES, &why), &why);
		must(fs_sync(fd, "bench.sync", &why), &why);
		took(t, since);
	}
}

static void
log_batches(struct journal *j, const struct journal_item *items, size_t batches, struct times *t)
{
	struct diag why;
	uint64_t first;

	for (size_t i = 0; i < batches; i++) {
		int64_t since = clock_mono();

		must(journal_append(j, items, BATCH, &first, &why), &why);
		took(t, since);
	}
}

static void
read_all(const char *dir, size_t want)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct reader *r;
		struct reader_entry e;
		struct diag why;
		int64_t since = clock_mono();
		size_t n = 0;
		double s;

		must(reader_open(dir, 1, &r, &why), &why);
		while (reader_next(r, &e, &why) == OK)
			n++;
		s = (double)(clock_mono() - since) / 1e9;
		reader_close(r);
		if (n != want) {
			(void)fprintf(stderr, "bench_log: read %zu of %zu\n", n, want);
			exit(EXIT_FAILURE);
		}
		printf("read     %9.0f records/s  %7.1f MB/s\n", (double)n / s,
		    (double)(n * RECORD_BYTES) / s / 1e6);
	}
}

/* The folder is ours: only what the log makes is in it. */
static enum err
remove_one(void *ctx, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", (const char *)ctx, name);
	(void)unlink(path);
	return OK;
}

int
main(int argc, char **argv)
{
	char dir[256], log[300], plain[300];
	size_t batches = argc > 2 ? strtoul(argv[2], NULL, 10) : 200;
	struct journal_item *items = make_items();
	struct times of_floor = { 0 }, of_log = { 0 };
	char *bytes = mem_zalloc(BATCH * RECORD_BYTES);
	struct journal *j;
	struct diag why;
	int fd;

	(void)snprintf(dir, sizeof(dir), "%s/bench-log-XXXXXX", argc > 1 ? argv[1] : "/tmp");
	if (mkdtemp(dir) == NULL || batches == 0)
		return EXIT_FAILURE;
	(void)snprintf(log, sizeof(log), "%s/log", dir);
	(void)snprintf(plain, sizeof(plain), "%s/floor", dir);
	of_floor.p = mem_alloc(ROUNDS * batches * sizeof(int64_t));
	of_log.p = mem_alloc(ROUNDS * batches * sizeof(int64_t));
	memset(bytes, 'x', BATCH * RECORD_BYTES);
	must(fs_open(plain, O_WRONLY | O_CREAT | O_TRUNC, &fd, &why), &why);
	must(journal_open(&(struct journal_opts){ .dir = log }, &j, NULL, &why), &why);
	for (int round = 0; round < ROUNDS; round++) {
		floor_batches(fd, bytes, batches, &of_floor);
		log_batches(j, items, batches, &of_log);
	}
	printf("%zu records of %zu bytes a batch, %zu batches, one sync each\n", BATCH, PAYLOAD,
	    ROUNDS * batches);
	report("floor", &of_floor);
	report("append", &of_log);
	read_all(log, ROUNDS * batches * BATCH);
	(void)close(fd);
	journal_close(j);
	(void)!fs_each(log, remove_one, log, &why);
	(void)rmdir(log);
	(void)unlink(plain);
	(void)rmdir(dir);
	return EXIT_SUCCESS;
}
