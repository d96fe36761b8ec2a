/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/cli.py */
/* `tocsin check-config`: is this configuration good, and do its rules load? */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/args.h"
#include "app/bookload.h"
#include "app/cmd.h"
#include "app/front.h"
#include "app/routeload.h"
#include "app/ruleload.h"
#include "base/fs.h"
#include "conf/conf.h"
#include "detect/ruleset.h"

struct notes {
	unsigned errors, warnings;
	bool show;
};

static void
on_note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	struct notes *n = ctx;
	char text[512];

	if (kind == RULESET_ERROR)
		n->errors++;
	else
		n->warnings++;
	if (n->show)
		fprintf(stderr, "%s: %s\n", kind == RULESET_ERROR ? "error" : "warning",
		    err_text(why, text, sizeof(text)));
}

static int
check_rules(const struct conf *conf, bool json, struct buf *out)
{
	struct notes notes = { .show = !json };
	struct ruleset *rules;
	struct diag why = { 0 };
	enum err e = ruleload(&conf->detect_rules, conf->profile, on_note, &notes, &rules, &why);

	if (e != OK)
		return cmd_fail(&why);
	if (json)
		buf_printf(out,
		    "{\"ok\":%s,\"problems\":[],\"rules\":%zu,\"rule_errors\":%u,"
		    "\"rule_warnings\":%u}\n",
		    notes.errors == 0 ? "true" : "false", ruleset_len(rules), notes.errors,
		    notes.warnings);
	else
		buf_printf(out, "%s is good: %zu sources, %zu rules (%u errors, %u warnings)\n",
		    conf->file[0] != '\0' ? conf->file : "the default configuration",
		    conf->n_sources, ruleset_len(rules), notes.errors, notes.warnings);
	ruleset_free(rules);
	return notes.errors == 0 ? CMD_OK : CMD_FOUND;
}

static void
on_route_warning(void *ctx, struct str text)
{
	(void)ctx;
	fprintf(stderr, "warning: %.*s\n", STR_ARG(text));
}

/* Are the routes good, and is what they name configured?  Channels of the page are not known. */
static enum err
check_routes(const struct conf *conf, bool json, struct diag *why)
{
	struct route_tree *tree = NULL;
	struct book *book = NULL;
	struct plan_world world;
	enum err e = routeload_read(conf, &tree, why);

	if (e == OK)
		e = bookload(conf, &book, why);
	if (e == OK && tree != NULL && !json) {
		routeload_world(conf, book, &world);
		plan_warnings(tree, &world, on_route_warning, NULL);
		free((void *)(uintptr_t)world.channels);
		free((void *)(uintptr_t)world.policies);
	}
	book_free(book);
	route_free(tree);
	return e;
}

/* The configuration, with the files the HTTP server needs. */
static enum err
load(const char *path, bool json, struct conf **ret, struct conf_problems *problems,
    struct diag *why)
{
	struct conf *conf;
	enum err e = conf_load(path, environ, &conf, problems, why);

	if (e != OK)
		return e;
	e = front_check(conf, why);
	if (e == OK)
		e = check_routes(conf, json, why);
	if (e == OK) {
		*ret = conf;
		return OK;
	}
	conf_problems_add(problems, why);
	conf_free(conf);
	return e;
}

int
cmd_check(int argc, char **argv)
{
	bool json = false, reference = false;
	const struct args_option options[] = {
		{ "json", NULL, "say it as JSON", NULL, &json },
		{ "reference", NULL, "print the reference of all settings instead", NULL,
		    &reference },
	};
	const struct args_spec spec = { "tocsin check-config [--json] [FILE] | --reference",
		"Checks a configuration with the environment, and loads the rules it names.\n"
		"Exit status: 0 good, 1 rules with errors, 2 the configuration has errors.",
		options, ARRAY_LEN(options) };
	struct conf_problems problems = { 0 };
	auto_buf struct buf out = { 0 };
	struct conf *conf;
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv), status;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (reference) {
		conf_reference(&out);
		status = CMD_OK;
	} else if (load(n > 0 ? argv[0] : NULL, json, &conf, &problems, &why) == OK) {
		status = check_rules(conf, json, &out);
		conf_free(conf);
	} else {
		status = CMD_FAILED;
		if (json)
			conf_problems_json(&problems, &out);
		else
			conf_problems_text(&problems, &out);
		if (out.n == 0)
			(void)cmd_fail(&why);
	}
	conf_problems_fini(&problems);
	if (fs_write_all(STDOUT_FILENO, out.p, out.n, &why) != OK)
		return cmd_fail(&why);
	return status;
}
