/* Standard input: a pipe and a file, to their end, through a full sink. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "fake.h"
#include "ingest/sources.h"

#define LINES 30000

static void
write_lines(FILE *to)
{
	for (unsigned i = 0; i < LINES; i++)
		(void)fprintf(to, "line %u%s", i, i + 1 < LINES ? "\n" : "");
	(void)fclose(to);
}

/* Takes all from fd 0; each line is there once, in order, the last one without LF too. */
static void
read_all(void)
{
	const struct conf_source settings = {
		.type = CONF_SOURCE_STDIN, .name = "", .path = "", .listen = "", .format = "auto"
	};
	struct fake f;
	struct source *s;
	struct diag why;

	fake_init(&f);
	f.full = 4;
	CHECK_OK(source_open(&f.env, &settings, &s, &why), why);
	CHECK(fake_run(&f, 20000));
	CHECK_INT(f.ended, 1);
	CHECK_INT(f.refused, 4);
	CHECK(source_idle(s));
	CHECK_INT(f.got.n, LINES);
	for (unsigned i = 0; i < LINES; i++) {
		char want[32];

		(void)snprintf(want, sizeof(want), "line %u", i);
		CHECK_BYTES(f.got.p[i].p, f.got.p[i].n, want, strlen(want));
	}
	source_close(s);
	fake_check_ledger(&f);
	fake_fini(&f);
}

TEST(a_pipe)
{
	int fd[2];
	pid_t writer;

	CHECK_INT(pipe(fd), 0);
	writer = fork();
	if (writer == 0) {
		(void)close(fd[0]);
		write_lines(fdopen(fd[1], "w"));
		_exit(0);
	}
	(void)close(fd[1]);
	CHECK_INT(dup2(fd[0], STDIN_FILENO), STDIN_FILENO);
	(void)close(fd[0]);
	read_all();
}

TEST(a_file)
{
	char path[600];
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/in", test_dir());
	in = fopen(path, "we");
	CHECK(in != NULL);
	write_lines(in);
	in = freopen(path, "r", stdin);
	CHECK(in != NULL);
	CHECK_INT(fileno(in), STDIN_FILENO);
	read_all();
}
