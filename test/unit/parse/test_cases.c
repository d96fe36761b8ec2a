/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folders of test/case/parse: each line of input.log must become the same
 * line of expect.jsonl (without raw).  A new case is a new folder.  With
 * CASES_WRITE=1 in the environment the expectations are written anew.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"
#include "parsed.h"

static void
load(const char *dir, const char *name, struct buf *to)
{
	char path[300];
	struct diag why;

	(void)snprintf(path, sizeof(path), "test/case/parse/%s/%s", dir, name);
	buf_init(to, 0);
	CHECK_OK(fs_read(test_source(path), 1 << 20, to, &why), why);
}

static void
write_expectation(const char *dir, struct parsed *t, struct str input)
{
	auto_buf struct buf all = { 0 };
	char path[300];
	struct str line;
	struct diag why;

	buf_init(&all, 0);
	while (str_line(&input, &line)) {
		(void)parsed_str(t, "auto", line);
		view_rec(t->r, false, &all);
		buf_byte(&all, '\n');
	}
	(void)snprintf(path, sizeof(path), "test/case/parse/%s/expect.jsonl", dir);
	CHECK_OK(fs_replace(test_source(path), buf_view(&all), &why), why);
}

static enum err
run(void *ctx, const char *dir)
{
	auto_buf struct buf input = { 0 }, expect = { 0 };
	struct str lines, wanted, line, want;
	struct parsed *t = ctx;
	unsigned n = 0;

	load(dir, "input.log", &input);
	lines = buf_view(&input);
	if (getenv("CASES_WRITE") != NULL)
		write_expectation(dir, t, lines);
	load(dir, "expect.jsonl", &expect);
	wanted = buf_view(&expect);
	while (str_line(&lines, &line)) {
		(void)fprintf(stderr, "# %s:%u\n", dir, ++n);
		CHECK(str_line(&wanted, &want));
		(void)parsed_str(t, "auto", line);
		buf_reset(&t->view);
		view_rec(t->r, false, &t->view);
		CHECK_BYTES(t->view.p, t->view.n, want.p, want.n);
	}
	CHECK(n > 0 && wanted.n == 0);
	return OK;
}

TEST(case_folders)
{
	struct parsed t;
	struct diag why;

	parsed_begin(&t);
	CHECK_OK(fs_each(test_source("test/case/parse"), run, &t, &why), why);
	parsed_end(&t);
}
