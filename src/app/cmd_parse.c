/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/cli.py */
/* `tocsin parse`: each line as the record it becomes, so that a parser can be checked by eye. */
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/lines.h"
#include "api/split.h"
#include "base/clock.h"
#include "base/fs.h"
#include "parse/format.h"
#include "rec/view.h"

#define OUT_FLUSH ((size_t)64 * 1024)
#define DOCUMENT_MAX REC_RAW_MAX
#define RECORD_BUDGET ((size_t)16 << 20)

struct job {
	struct parser *parser;
	struct arena *arena;
	struct buf out;
	const struct format_ops *format;
	bool with_raw;
	bool documents; /* JSON was asked for: a file may be one document */
	int64_t now;
	struct rec rec;
};

static enum err
flush(struct job *j, struct diag *why)
{
	enum err e = fs_write_all(STDOUT_FILENO, j->out.p, j->out.n, why);

	buf_reset(&j->out);
	return e;
}

/* Appends the record; false when it is a parse.failed one, which is shown like any other. */
static bool
one_message(struct job *j, struct str message, const char *path)
{
	struct parse_in in = { .message = message,
		.received = j->now,
		.source = str_c(path),
		.format = j->format,
		.trust_time = true };
	bool good;

	arena_reset(j->arena);
	rec_init(&j->rec, j->arena);
	good = parser_parse(j->parser, &in, &j->rec, NULL) == OK;
	view_rec(&j->rec, j->with_raw, &j->out);
	buf_byte(&j->out, '\n');
	return good;
}

/*
 * A file that holds one JSON document over several lines: an object, or an
 * array of events.  False, with nothing shown, when it is not that.
 */
static bool
one_document(struct job *j, const char *path)
{
	auto_buf struct buf text = { 0 };
	struct split parts;
	size_t before = j->out.n;
	bool good;

	if (fs_read(path, DOCUMENT_MAX, &text, NULL) != OK ||
	    str_find(str_trim(buf_view(&text)), STR("\n")) < 0)
		return false;
	split_init(&parts, DOCUMENT_MAX);
	good = split_json(&parts, buf_view(&text), NULL) == OK && parts.n != 0;
	for (size_t i = 0; i < parts.n && good; i++)
		good = one_message(j, (struct str){ text.p + parts.p[i].at, parts.p[i].n }, path);
	split_fini(&parts);
	if (!good)
		j->out.n = before;
	return good;
}

static enum err
one_file(struct job *j, const char *path, struct diag *why)
{
	struct lines *l;
	struct str line;
	bool first = true;
	enum err e = lines_open(path, &l, why);

	if (e != OK)
		return e;
	while ((e = lines_next(l, &line, why)) == OK) {
		size_t before = j->out.n;

		if (!one_message(j, line, path) && first && j->documents) {
			j->out.n = before;
			if (one_document(j, path))
				break;
			(void)one_message(j, line, path);
		}
		first = false;
		if (j->out.n >= OUT_FLUSH)
			e = flush(j, why);
		if (e != OK)
			break;
	}
	lines_close(l);
	return e == FAIL_NOT_FOUND ? OK : e;
}

static enum err
pick_format(const char *name, const struct format_ops **ret, struct diag *why)
{
	auto_buf struct buf known = { 0 };

	*ret = NULL;
	if (name == NULL || strcmp(name, "auto") == 0)
		return OK;
	*ret = format_find(str_c(name));
	if (*ret != NULL)
		return OK;
	for (size_t i = 0; format_at(i) != NULL; i++)
		buf_printf(&known, ", %s", format_at(i)->name);
	return err_set(why, FAIL_NOT_FOUND, "there is no format %s; the formats are auto%.*s", name,
	    STR_ARG(buf_view(&known)));
}

int
cmd_parse(int argc, char **argv)
{
	const char *format = NULL;
	bool no_raw = false;
	const struct args_option options[] = {
		{ "format", "F", "how to read the lines; without it each line tells", &format,
		    NULL },
		{ "no-raw", NULL, "leave the raw line out", NULL, &no_raw },
	};
	const struct args_spec spec = { "tocsin parse [--format F] [--no-raw] FILE...",
		"Prints the record that each line becomes, one JSON object per line, in order.\n"
		"FILE may be gzip or zstd, or - for standard input.",
		options, ARRAY_LEN(options) };
	int n = args_parse(&spec, argc, argv);
	struct job j = { .with_raw = !no_raw, .now = clock_wall() };
	struct diag why = { 0 };
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (pick_format(format, &j.format, &why) != OK)
		return cmd_fail(&why);
	j.documents = j.format != NULL && strcmp(j.format->name, "json") == 0;
	j.parser = parser_new(&(struct parser_opts){ .future_max = 300 * CLOCK_S });
	j.arena = arena_new(RECORD_BUDGET);
	buf_init(&j.out, 0);
	if (n == 0)
		e = one_file(&j, "-", &why);
	else
		e = OK;
	for (int i = 0; i < n && e == OK; i++)
		e = one_file(&j, argv[i], &why);
	if (e == OK)
		e = flush(&j, &why);
	parser_free(j.parser);
	arena_free(j.arena);
	buf_fini(&j.out);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
