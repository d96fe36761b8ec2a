/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/backtest.py */
/* `tocsin backtest`: what a rule would have raised. */
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/backtest.h"
#include "app/cmd.h"
#include "base/clock.h"
#include "base/fs.h"
#include "parse/time.h"

struct given {
	const char *since, *rules, *data, *config;
	bool json;
};

/* A span back from now, or a time. */
static enum err
read_since(const char *text, int64_t now, int64_t *ret, struct diag *why)
{
	int64_t span;

	*ret = 0;
	if (text == NULL || (!clock_span(str_c(text), &span) && time_any(str_c(text), 0, now, ret)))
		return OK;
	if (!clock_span(str_c(text), &span))
		return err_set(why, FAIL_SYNTAX,
		    "--since is a span like 7d, or a time like 2026-11-01T00:00:00Z");
	*ret = now - span;
	return OK;
}

static enum err
run(const struct given *g, int n, char **argv, struct buf *to, struct diag *why)
{
	struct conf_list own = { &g->rules, 1 };
	struct backtest_opts o = { .rule = argv[0] };
	struct backtest *b = NULL;
	struct conf *conf = NULL;
	struct datadir dir;
	enum err e;

	e = conf_load(g->config, environ, &conf, NULL, why);
	if (e != OK)
		return e;
	o.rules = g->rules != NULL ? &own : &conf->detect_rules;
	o.profile = conf->profile;
	o.engine = (struct engine_opts){ .keys_max = (size_t)conf->detect_max_keys,
		.lateness = conf->detect_lateness };
	o.history = (struct history_opts){ .paths = (const char *const *)argv + 1,
		.n = (size_t)n - 1,
		.dir = &dir,
		.now = clock_wall() };
	e = read_since(g->since, o.history.now, &o.history.since, why);
	if (e == OK && n == 1)
		e = datadir_find(&dir, g->data, g->config, why);
	if (e == OK)
		e = backtest_run(&o, &b, why);
	if (e == OK && g->json)
		backtest_json(b, to);
	else if (e == OK)
		backtest_text(b, to);
	backtest_free(b);
	conf_free(conf);
	return e;
}

int
cmd_backtest(int argc, char **argv)
{
	struct given g = { 0 };
	const struct args_option options[] = {
		{ "since", "T", "only alerts since: 7d, or a time (default: all there is)",
		    &g.since, NULL },
		{ "rules", "DIR", "rules in force, instead of detect.rules", &g.rules, NULL },
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &g.data,
		    NULL },
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &g.config,
		    NULL },
		{ "json", NULL, "one object for machines", NULL, &g.json },
	};
	const struct args_spec spec = { "tocsin backtest [options] RULE [FILE...]",
		"What RULE would have raised: over the stored events, or over log files; by day "
		"and\n"
		"by entity, beside what it raises as it stands. RULE is a file whose rules take "
		"the\n"
		"place of those in force, or the id or title of one in force.",
		options, ARRAY_LEN(options) };
	int n = args_parse(&spec, argc, argv);
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n == 0) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	if (g.config == NULL && access("tocsin.yml", R_OK) == 0)
		g.config = "tocsin.yml";
	buf_init(&out, 0);
	e = run(&g, n, argv, &out, &why);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, out.p, out.n, &why);
	return e == OK ? CMD_OK : cmd_fail_as(&why, g.json);
}
