/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/ruletool.py */
/* `tocsin rules match`: the detection rules that hold for each record of a file. */
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/messages.h"
#include "app/ruleload.h"
#include "app/rules_cmd.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "base/vec.h"
#include "detect/match.h"
#include "enrich/enrich.h"
#include "parse/format.h"

#define OUT_FLUSH ((size_t)64 * 1024)
#define RECORD_BUDGET ((size_t)16 << 20)

struct job {
	struct parser *parser;
	struct enrich *enrich;
	struct enricher *enricher;
	struct ruleset *rules;
	struct match *match;
	struct arena *arena;
	struct buf out;
	const struct format_ops *format;
	const char *path;
	int64_t now;
	uint64_t n, matched;
	bool json;
	struct rec rec;
};

static void
put_json(struct job *j, const uint32_t *rules, size_t n)
{
	struct jsonw w;

	jsonw_init(&w, &j->out);
	jsonw_obj(&w);
	jsonw_kint(&w, "record", (int64_t)j->n);
	jsonw_key(&w, STR("rules"));
	jsonw_arr(&w);
	for (size_t i = 0; i < n; i++)
		jsonw_str(&w, str_c(ruleset_at(j->rules, rules[i])->id));
	jsonw_end(&w);
	jsonw_end(&w);
	buf_byte(&j->out, '\n');
}

static void
put_text(struct job *j, const uint32_t *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rule *r = ruleset_at(j->rules, rules[i]);

		buf_printf(&j->out, "%8llu  %-8s  %s  (%s)\n", (unsigned long long)j->n,
		    r->severity, r->title, r->id);
	}
}

static enum err
on_message(void *ctx, struct str message, struct diag *why)
{
	struct job *j = ctx;
	struct parse_in in = { .message = message,
		.received = j->now,
		.source = str_c(j->path),
		.format = j->format,
		.trust_time = true };
	const uint32_t *rules;
	enum err e = OK;
	size_t n;

	arena_reset(j->arena);
	rec_init(&j->rec, j->arena);
	(void)!parser_parse(j->parser, &in, &j->rec, NULL);
	j->rec.seq = ++j->n;
	enricher_apply(j->enricher, &j->rec);
	rules = match_rec(j->match, &j->rec, &n);
	j->matched += n > 0;
	if (j->json)
		put_json(j, rules, n);
	else
		put_text(j, rules, n);
	if (j->out.n < OUT_FLUSH)
		return OK;
	e = fs_write_all(STDOUT_FILENO, j->out.p, j->out.n, why);
	buf_reset(&j->out);
	return e;
}

static enum err
run(struct job *j, const char *const *rules, size_t n_rules, struct diag *why)
{
	const struct enrich_opts none = { 0 };
	unsigned left_out = 0;
	enum err e = ruleset_load(rules, n_rules, ruleload_say, &left_out, &j->rules, why);

	if (e == OK)
		e = enrich_new(&none, &j->enrich, why);
	if (e != OK)
		return e;
	j->enricher = enricher_new(j->enrich);
	j->match = match_new(j->rules);
	j->parser = parser_new(&(struct parser_opts){ .future_max = 300 * CLOCK_S });
	j->arena = arena_new(RECORD_BUDGET);
	buf_init(&j->out, 0);
	e = messages_each(j->path, on_message, j, why);
	if (e == OK && !j->json)
		buf_printf(&j->out, "%llu of %llu records match\n", (unsigned long long)j->matched,
		    (unsigned long long)j->n);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j->out.p, j->out.n, why);
	buf_fini(&j->out);
	arena_free(j->arena);
	parser_free(j->parser);
	match_free(j->match);
	enricher_free(j->enricher);
	return e;
}

int
rules_match(int argc, char **argv)
{
	const char *rules = NULL, *format = NULL;
	bool json = false;
	const struct args_option options[] = {
		{ "json", NULL, "an object a record: {\"record\":1,\"rules\":[\"id\"]}", NULL,
		    &json },
		{ "rules", "DIR", "folder or file with rules", &rules, NULL },
		{ "format", "F", "how to read the lines; without it each line tells", &format,
		    NULL },
	};
	const struct args_spec spec = { "tocsin rules match [--json] --rules DIR FILE",
		"Prints which detection rules hold for each record of a log file, by its number\n"
		"from 1. FILE may be gzip or zstd, a JSON document over several lines, or - for\n"
		"standard input. Correlations take no part.",
		options, ARRAY_LEN(options) };
	int n = args_parse(&spec, argc, argv);
	struct job j = { .now = clock_wall() };
	struct diag why = { 0 };
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n > 1 || rules == NULL) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	if (format != NULL && strcmp(format, "auto") != 0) {
		j.format = format_find(str_c(format));
		if (j.format == NULL) {
			fprintf(stderr, "tocsin: there is no format %s\n", format);
			return CMD_FAILED;
		}
	}
	j.path = n == 1 ? argv[0] : "-";
	j.json = json;
	e = run(&j, &rules, 1, &why);
	ruleset_free(j.rules);
	enrich_free(j.enrich);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
