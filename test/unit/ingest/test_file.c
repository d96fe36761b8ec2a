/* Files as they are written and rotated: every line once, in order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>
#include <zlib.h>

#include "base/clock.h"
#include "fake.h"
#include "ingest/follow.h"
#include "rec/rec.h"

#define QUIET 150 /* ms in which anything read twice would show */

struct follower {
	struct fake fake;
	struct cursors *cursors;
	struct source *source;
	size_t wrote, want;
};

static const char *
in_dir(const char *name)
{
	static char paths[8][600];
	static unsigned at;
	char *p = paths[at++ % 8];

	(void)snprintf(p, sizeof(paths[0]), "%s/%s", test_dir(), name);
	return p;
}

static bool
enough(struct fake *fake)
{
	return fake->got.n >= ((struct follower *)fake->ctx)->want;
}

static void
open_files(struct follower *f, const char *pattern)
{
	const struct conf_source settings = { .type = CONF_SOURCE_FILE,
		.name = "t",
		.path = in_dir(pattern),
		.listen = "",
		.format = "auto" };
	struct diag why;

	CHECK_OK(cursor_open(in_dir("cursors.db"), f->fake.loop, &f->cursors, &why), why);
	CHECK_OK(cursor_learned(f->cursors, f->fake.seq, &why), why);
	f->fake.env.cursors = f->cursors;
	CHECK_OK(source_open(&f->fake.env, &settings, &f->source, &why), why);
}

static void
begin(struct follower *f, const char *pattern)
{
	follow_tuning.scan_every = 10 * CLOCK_MS;
	follow_tuning.active_every = 2 * CLOCK_MS;
	follow_tuning.unsure = 50 * CLOCK_MS;
	*f = (struct follower){ 0 };
	fake_init(&f->fake);
	f->fake.ctx = f;
	f->fake.enough = enough;
	open_files(f, pattern);
}

static void
close_files(struct follower *f)
{
	struct diag why;

	fake_drain(&f->fake, f->source);
	source_close(f->source);
	cursor_passed(f->cursors, f->fake.seq);
	CHECK_OK(cursor_save(f->cursors, &why), why);
	cursor_close(f->cursors);
}

/* Appends the next n numbered lines. */
static void
lines(struct follower *f, const char *name, size_t n)
{
	FILE *to = fopen(in_dir(name), "ae");

	CHECK(to != NULL);
	for (size_t i = 0; i < n; i++)
		CHECK(fprintf(to, "line %zu of a log that is written to\n", f->wrote++) > 0);
	CHECK_INT(fclose(to), 0);
}

/* All lines written so far are here, once each and in order, and nothing else comes. */
static void
expect(struct follower *f)
{
	f->want = f->wrote;
	if (f->fake.got.n < f->want)
		CHECK(fake_run(&f->fake, 10000));
	f->want = SIZE_MAX;
	(void)fake_run(&f->fake, QUIET);
	CHECK_INT(f->fake.got.n, f->wrote);
	for (size_t i = 0; i < f->wrote; i++) {
		struct fake_message *m = &f->fake.got.p[i];
		char want[64];

		(void)snprintf(want, sizeof(want), "line %zu of a log that is written to", i);
		CHECK_BYTES(m->p, m->n, want, strlen(want));
	}
}

static void
finish(struct follower *f)
{
	close_files(f);
	fake_check_ledger(&f->fake);
	fake_fini(&f->fake);
}

static void
copy(const char *from, const char *to, bool packed)
{
	gzFile out = gzopen(in_dir(to), packed ? "wb" : "wbT");
	FILE *in = fopen(in_dir(from), "re");
	char piece[4096];
	size_t n;

	CHECK(in != NULL && out != NULL);
	while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
		CHECK_INT(gzwrite(out, piece, (unsigned)n), n);
	CHECK_INT(gzclose(out), Z_OK);
	(void)fclose(in);
}

TEST(rename_while_it_is_written)
{
	struct follower f;

	begin(&f, "a.log");
	lines(&f, "a.log", 500);
	expect(&f);
	lines(&f, "a.log", 500);
	CHECK_INT(rename(in_dir("a.log"), in_dir("a.log.1")), 0);
	lines(&f, "a.log.1", 10); /* the writer still has it open */
	lines(&f, "a.log", 500);
	expect(&f);
	finish(&f);
}

TEST(copy_and_truncate)
{
	struct follower f;

	begin(&f, "a.log");
	lines(&f, "a.log", 500);
	expect(&f);
	lines(&f, "a.log", 5);
	copy("a.log", "a.log.1", false);
	CHECK_INT(truncate(in_dir("a.log"), 0), 0);
	expect(&f);
	lines(&f, "a.log", 500);
	expect(&f);
	finish(&f);
}

TEST(compressed_after_it_was_read)
{
	struct follower f;

	begin(&f, "*.log*");
	lines(&f, "a.log", 500);
	expect(&f);
	copy("a.log", "a.log.1.gz", true);
	CHECK_INT(unlink(in_dir("a.log")), 0);
	expect(&f);
	finish(&f);
}

TEST(a_new_compressed_file_is_read_once_over_a_restart)
{
	struct follower f;

	begin(&f, "*.gz");
	lines(&f, "plain", 500);
	copy("plain", "a.gz", true);
	expect(&f);
	close_files(&f);
	open_files(&f, "*.gz");
	expect(&f);
	finish(&f);
}

TEST(restart_in_the_middle)
{
	struct follower f;

	begin(&f, "?.log");
	lines(&f, "a.log", 300);
	expect(&f);
	close_files(&f);
	lines(&f, "a.log", 300);
	open_files(&f, "?.log");
	expect(&f);
	lines(&f, "b.log", 300);
	expect(&f);
	finish(&f);
}

TEST(the_sink_is_full_and_fails_for_a_while)
{
	struct follower f;

	begin(&f, "a.log");
	f.fake.full = 3;
	f.fake.failing = 1;
	lines(&f, "a.log", 25000);
	expect(&f);
	CHECK_INT(f.fake.refused, 3);
	CHECK_INT(f.fake.failed, 1);
	finish(&f);
}

static void
append(const char *name, const char *text, size_t n)
{
	FILE *to = fopen(in_dir(name), "ae");

	CHECK(to != NULL);
	CHECK_INT(fwrite(text, 1, n, to), n);
	CHECK_INT(fclose(to), 0);
}

TEST(a_last_line_waits_for_its_end)
{
	struct follower f;

	begin(&f, "a.log");
	f.want = 2;
	append("a.log", "one\ntw", 6);
	CHECK(!fake_run(&f.fake, QUIET));
	CHECK_INT(f.fake.got.n, 1);
	append("a.log", "o\n", 2);
	CHECK(fake_run(&f.fake, 10000));
	CHECK_BYTES(f.fake.got.p[1].p, f.fake.got.p[1].n, "two", 3);
	finish(&f);
}

TEST(a_line_longer_than_a_record_is_cut)
{
	size_t n = REC_RAW_MAX + 100000;
	char *text = mem_alloc(n + 5);
	struct follower f;

	begin(&f, "a.log");
	memset(text, 'x', n);
	memcpy(text + n, "\nend\n", 5);
	append("a.log", text, n + 5);
	f.want = 2;
	CHECK(fake_run(&f.fake, 10000));
	CHECK_INT(f.fake.got.p[0].n, REC_RAW_MAX);
	CHECK_BYTES(f.fake.got.p[1].p, f.fake.got.p[1].n, "end", 3);
	CHECK_INT(ledger_get(f.fake.env.ledger, 0, LEDGER_CUT), 1);
	free(text);
	finish(&f);
}
