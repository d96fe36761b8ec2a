/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/explain.py */
/* `tocsin rules list`: the rules that are loaded, with their profile. */
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/ruleload.h"
#include "app/rules_cmd.h"
#include "base/fs.h"
#include "base/jsonw.h"

static void
put_json(const struct rule *r, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "id", str_c(r->id));
	jsonw_kstr(&w, "title", str_c(r->title));
	jsonw_kstr(&w, "severity", str_c(r->severity));
	jsonw_kstr(&w, "status", str_c(r->status));
	jsonw_kstr(&w, "type", r->correlation ? STR("correlation") : STR("detection"));
	jsonw_kstr(&w, "tags", str_c(r->tags));
	jsonw_kbool(&w, "raises", r->alerts);
	jsonw_kstr(&w, "file", str_c(r->file));
	jsonw_kint(&w, "line", r->line);
	jsonw_end(&w);
	buf_byte(to, '\n');
}

static enum err
run(const char *rules, const char *config, bool all, bool json, unsigned *broken, struct diag *why)
{
	struct conf_list own = { &rules, 1 };
	auto_buf struct buf out = { 0 };
	struct ruleset *rs = NULL;
	struct conf *conf = NULL;
	enum err e = conf_load(config, environ, &conf, NULL, why);

	buf_init(&out, 0);
	if (e == OK)
		e = ruleload(rules != NULL ? &own : &conf->detect_rules, conf->profile,
		    ruleload_say, broken, &rs, why);
	for (size_t i = 0; e == OK && i < ruleset_len(rs); i++) {
		const struct rule *r = ruleset_at(rs, i);

		if (!all && !r->alerts)
			continue;
		if (json)
			put_json(r, &out);
		else
			buf_printf(&out, "%-36s  %-8s  %s\n", r->id, r->severity, r->title);
	}
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, out.p, out.n, why);
	ruleset_free(rs);
	conf_free(conf);
	return e;
}

int
rules_list(int argc, char **argv)
{
	const char *rules = NULL, *config = NULL;
	bool all = false, json = false;
	unsigned broken = 0;
	const struct args_option options[] = {
		{ "all", NULL, "those too that only feed others", NULL, &all },
		{ "rules", "DIR", "rules, instead of detect.rules", &rules, NULL },
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &config,
		    NULL },
		{ "json", NULL, "an object a line", NULL, &json },
	};
	const struct args_spec spec = { "tocsin rules list [options]",
		"The rules that raise alerts, as the profile tunes them. Exit status 1 when one "
		"was\n"
		"left out.",
		options, ARRAY_LEN(options) };
	int n = args_parse(&spec, argc, argv);
	struct diag why = { 0 };

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n > 0) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	if (config == NULL && access("tocsin.yml", R_OK) == 0)
		config = "tocsin.yml";
	if (run(rules, config, all, json, &broken, &why) != OK)
		return cmd_fail(&why);
	return broken > 0 ? CMD_FOUND : CMD_OK;
}
