/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/explain.py */
/* `tocsin rules explain`: what a rule asks; and why it did not fire. */
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/ruleload.h"
#include "app/rules_cmd.h"
#include "app/whynot.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "detect/ruletext.h"
#include "detect/whynot.h"
#include "parse/time.h"

#define INPUTS_MAX 64

struct given {
	const char *entity, *at, *rules, *data, *config;
	bool why_not, json;
};

static void
put_line(const char *name, const char *text, struct buf *to)
{
	if (text[0] != '\0')
		buf_printf(to, "%-12s %s\n", name, text);
}

static void
put_text(const struct ruleset *rs, const struct rule *r, struct buf *to)
{
	uint32_t in[INPUTS_MAX];
	size_t number = ruleset_index(rs, r), n = whynot_inputs(rs, number, in, INPUTS_MAX);
	auto_buf struct buf source = { 0 };
	struct diag why = { 0 };

	buf_init(&source, 0);
	buf_printf(to, "%s\n", r->title);
	put_line("id", r->id, to);
	buf_printf(to, "%-12s %s:%u\n", "where", r->file, (unsigned)r->line);
	put_line("severity", r->severity, to);
	put_line("status", r->status, to);
	put_line("ATT&CK", r->tags, to);
	put_line("about", r->description, to);
	if (r->correlation) {
		buf_printf(to, "%-12s ", "fires on");
		whynot_asks(rs, number, to);
		buf_byte(to, '\n');
	}
	for (size_t i = 0; i < n; i++)
		put_line(i == 0 ? "counts" : "", ruleset_at(rs, in[i])->title, to);
	put_line("raises", r->alerts ? "alerts" : "nothing itself: it feeds others", to);
	put_line("action", r->action, to);
	put_line("advice", r->advice, to);
	if (ruletext_read(r, &source, &why) == OK)
		buf_printf(to, "\n%.*s\n", STR_ARG(buf_view(&source)));
}

static void
put_json(const struct ruleset *rs, const struct rule *r, struct buf *to)
{
	uint32_t in[INPUTS_MAX];
	size_t number = ruleset_index(rs, r), n = whynot_inputs(rs, number, in, INPUTS_MAX);
	auto_buf struct buf asks = { 0 };
	struct jsonw w;

	buf_init(&asks, 0);
	whynot_asks(rs, number, &asks);
	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "id", str_c(r->id));
	jsonw_kstr(&w, "title", str_c(r->title));
	jsonw_kstr(&w, "description", str_c(r->description));
	jsonw_kstr(&w, "severity", str_c(r->severity));
	jsonw_kstr(&w, "type", r->correlation ? STR("correlation") : STR("detection"));
	jsonw_kstr(&w, "file", str_c(r->file));
	jsonw_kint(&w, "line", r->line);
	jsonw_kbool(&w, "raises", r->alerts);
	jsonw_kstr(&w, "asks", buf_view(&asks));
	jsonw_key(&w, STR("counts"));
	jsonw_arr(&w);
	for (size_t i = 0; i < n; i++)
		jsonw_str(&w, str_c(ruleset_at(rs, in[i])->id));
	jsonw_end(&w);
	jsonw_kstr(&w, "action", str_c(r->action));
	jsonw_kstr(&w, "advice", str_c(r->advice));
	jsonw_end(&w);
	buf_byte(to, '\n');
}

static enum err
describe(const struct given *g, const struct conf_list *rules, const char *profile,
    const char *name, struct buf *to, struct diag *why)
{
	struct ruleset *rs = NULL;
	const struct rule *r;
	enum err e = ruleload(rules, profile, NULL, NULL, &rs, why);

	if (e != OK)
		return e;
	r = whynot_rule(rs, str_c(name));
	if (r == NULL)
		e = err_set(why, FAIL_NOT_FOUND, "no rule is called '%.150s'", name);
	else
		(g->json ? put_json : put_text)(rs, r, to);
	ruleset_free(rs);
	return e;
}

static enum err
tell(const struct given *g, struct whynot_opts *o, int n_files, struct buf *to, struct diag *why)
{
	struct datadir dir;
	enum err e = OK;

	o->entity = g->entity;
	o->at = o->history.now;
	o->history.dir = &dir;
	if (g->entity == NULL)
		return err_set(why, FAIL_SYNTAX,
		    "--why-not takes --entity: an address, a user, a session ...");
	if (g->at != NULL && !time_any(str_c(g->at), 0, o->history.now, &o->at))
		return err_set(why, FAIL_SYNTAX, "--at is a time like 2026-11-01T12:00:00Z");
	if (n_files == 0)
		e = datadir_find(&dir, g->data, g->config, why);
	return e == OK ? whynot_tell(o, g->json, to, why) : e;
}

static enum err
run(const struct given *g, int n, char **argv, struct buf *to, struct diag *why)
{
	struct conf_list own = { &g->rules, 1 };
	struct conf *conf = NULL;
	struct whynot_opts o = { .rule = argv[0] };
	enum err e = conf_load(g->config, environ, &conf, NULL, why);

	if (e != OK)
		return e;
	o.rules = g->rules != NULL ? &own : &conf->detect_rules;
	o.profile = conf->profile;
	o.engine = (struct engine_opts){ .keys_max = (size_t)conf->detect_max_keys,
		.lateness = conf->detect_lateness };
	o.history = (struct history_opts){
		.paths = (const char *const *)argv + 1, .n = (size_t)n - 1, .now = clock_wall()
	};
	e = g->why_not ? tell(g, &o, n - 1, to, why)
		       : describe(g, o.rules, o.profile, argv[0], to, why);
	conf_free(conf);
	return e;
}

int
rules_explain(int argc, char **argv)
{
	struct given g = { 0 };
	const struct args_option options[] = {
		{ "why-not", NULL, "why it did not fire, for --entity at --at", NULL, &g.why_not },
		{ "entity", "X", "an address, a user, a session, an API key", &g.entity, NULL },
		{ "at", "T", "a time (default: now)", &g.at, NULL },
		{ "rules", "DIR", "rules, instead of detect.rules", &g.rules, NULL },
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &g.data,
		    NULL },
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &g.config,
		    NULL },
		{ "json", NULL, "one object for machines", NULL, &g.json },
	};
	const struct args_spec spec = {
		"tocsin rules explain [--why-not --entity X [--at T]] RULE [FILE...]",
		"What a rule asks, by its id, name or title. With --why-not: how far it got for\n"
		"somebody, and what stopped it, over the stored events or over log files.",
		options, ARRAY_LEN(options)
	};
	int n = args_parse(&spec, argc, argv);
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n == 0 || (!g.why_not && n != 1)) {
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
