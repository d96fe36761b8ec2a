/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/routes.py */
/* `tocsin routes`: who is told of which alerts, and of one that somebody thinks of. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alert/plan_view.h"
#include "app/args.h"
#include "app/bookload.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "app/routeload.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "parse/time.h"

struct job {
	const char *config, *data, *severity, *rule, *tag, *entity, *at;
	bool json;
	struct conf *conf;
	struct route_tree *tree;
	struct book *book;
	struct plan_world world;
	struct buf out;
};

/* Channels of the page too, where there is a database; else those of the configuration. */
static enum err
read_world(struct job *j, struct diag *why)
{
	struct plan_channel *ch = mem_zalloc(CHANNELS_MAX * sizeof(*ch));
	struct alerts *a = NULL;
	struct datadir dir;
	size_t n = 0;
	enum err e = datadir_set(&dir, j->data != NULL ? j->data : j->conf->data_dir, why);

	routeload_world(j->conf, j->book, &j->world);
	if (e == OK && access(dir.state, R_OK | W_OK) == 0) {
		e = alerts_open(dir.state, &a, why);
		if (e == OK)
			e = routing_channels(a, ch, CHANNELS_MAX, &n, why);
		alerts_close(a);
		free((void *)(uintptr_t)j->world.channels);
		j->world.channels = ch;
		j->world.n = n;
		return e;
	}
	free(ch);
	return e;
}

static void
put_route(struct job *j, const struct route_node *n)
{
	int depth = 0;

	for (const struct route_node *p = n->parent; p != NULL; p = p->parent)
		depth++;
	buf_printf(&j->out, "%*s", 2 * depth, "");
	route_said(n, &j->out);
	if (n->match != NULL) {
		auto_buf struct buf text = { 0 };
		struct jsonw w;

		jsonw_init(&w, &text);
		matcher_put(n->match, &w);
		buf_str(&j->out, STR("  "));
		utf8_show(buf_view(&text), &j->out);
	}
	buf_printf(&j->out, "%s\n", n->goes_on ? "  and goes on" : "");
	for (size_t i = 0; i < n->n_targets && !n->inherits; i++) {
		buf_printf(&j->out, "%*s- ", 2 * depth + 2, "");
		plan_said(&n->targets[i], &j->out);
		if (!plan_there(&n->targets[i], &j->world))
			buf_str(&j->out, n->targets[i].optional ? STR("  (optional, not there)")
								: STR("  (not there)"));
		buf_byte(&j->out, '\n');
	}
	if (n->inherits)
		buf_printf(&j->out, "%*s- as above\n", 2 * depth + 2, "");
}

static void
on_warning(void *ctx, struct str text)
{
	buf_printf(ctx, "warning: %.*s\n", STR_ARG(text));
}

static enum err
list(struct job *j, struct diag *why)
{
	const struct route_node *n = j->tree != NULL ? route_root(j->tree) : NULL;
	struct jsonw w;

	(void)why;
	if (j->json) {
		jsonw_init(&w, &j->out);
		plan_view_routes(j->tree, &j->world, &w);
		buf_byte(&j->out, '\n');
		return OK;
	}
	if (n == NULL)
		buf_str(&j->out, STR("There are no routes: every channel is told whose min_severity"
				     " an alert reaches.\n"));
	else
		buf_printf(&j->out, "%s\n", route_file(j->tree));
	for (; n != NULL; n = route_after(n))
		put_route(j, n);
	if (j->tree != NULL)
		plan_warnings(j->tree, &j->world, on_warning, &j->out);
	return OK;
}

static void
put_item(struct job *j, const struct plan_item *i, int64_t now)
{
	char due[40];

	if (i->channel == NULL)
		buf_printf(&j->out, "  policy %.*s  escalates from now on",
		    STR_ARG(i->target->policy));
	else
		buf_printf(&j->out, "  %s (%s)  %s, %s", i->channel->name, i->channel->kind,
		    route_form_word(plan_form(i)), clock_text(plan_due(i, now), due));
	if (i->route != NULL) {
		buf_str(&j->out, STR("  by "));
		route_said(i->route, &j->out);
	}
	if (i->target == NULL && i->route != NULL)
		buf_str(&j->out, STR(", which names nobody that is there"));
	buf_byte(&j->out, '\n');
}

static enum err
explain(struct job *j, struct diag *why)
{
	auto_buf struct buf affected = { 0 };
	struct plan_asked asked = { str_c(j->severity), str_c(j->rule), str_c(j->tag),
		str_c(j->entity), clock_wall() };
	struct matcher_case c;
	struct plan p;
	struct jsonw w;
	enum err e;

	if (j->at != NULL && !time_any(str_c(j->at), 0, asked.now, &asked.now))
		return err_set(why, FAIL_SYNTAX, "--at: write a time like 2026-11-21T02:03:04Z");
	e = plan_view_asked(&asked, &affected, &c, why);
	if (e != OK)
		return e;
	if (j->json) {
		jsonw_init(&w, &j->out);
		plan_view_case(j->tree, &c, &j->world, &w);
		buf_byte(&j->out, '\n');
		return OK;
	}
	plan_make(j->tree, &c, &j->world, &p);
	if (p.n == 0)
		buf_str(&j->out, STR("Nobody is told; the page shows it.\n"));
	else
		buf_printf(&j->out, "A new alert of severity %s is told to\n",
		    alerts_severity_word(c.severity));
	for (size_t i = 0; i < p.n; i++)
		put_item(j, &p.items[i], c.now);
	return OK;
}

static enum err
run(struct job *j, const char *verb, struct diag *why)
{
	enum err e;

	if (j->config == NULL && access("tocsin.yml", R_OK) == 0)
		j->config = "tocsin.yml";
	e = conf_load(j->config, environ, &j->conf, NULL, why);
	if (e == OK)
		e = routeload_read(j->conf, &j->tree, why);
	if (e == OK)
		e = bookload(j->conf, &j->book, why);
	if (e == OK)
		e = read_world(j, why);
	if (e != OK)
		return e;
	if (strcmp(verb, "list") == 0)
		return list(j, why);
	if (strcmp(verb, "explain") == 0)
		return explain(j, why);
	return err_set(why, FAIL_NOT_FOUND, "there is no `routes %s`: list, explain", verb);
}

int
cmd_routes(int argc, char **argv)
{
	struct job j = { .severity = "", .rule = "", .tag = "", .entity = "" };
	const struct args_option options[] = {
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &j.config,
		    NULL },
		{ "data", "DIR", "data folder, instead of data_dir", &j.data, NULL },
		{ "severity", "S", "explain: critical, high, medium, low, info (default: high)",
		    &j.severity, NULL },
		{ "rule", "RULE", "explain: its id or title", &j.rule, NULL },
		{ "tag", "T,T", "explain: its tags", &j.tag, NULL },
		{ "entity", "E", "explain: the user or address it is about", &j.entity, NULL },
		{ "at", "TIME", "explain: when (default: now)", &j.at, NULL },
		{ "json", NULL, "say it as JSON", NULL, &j.json },
	};
	const struct args_spec spec = { "tocsin routes [options] [list | explain]",
		"Who is told of which alerts and when; explain: who would be told of one like "
		"this.",
		options, ARRAY_LEN(options) };
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	e = run(&j, n != 0 ? argv[0] : "list", &why);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j.out.p, j.out.n, &why);
	buf_fini(&j.out);
	free((void *)(uintptr_t)j.world.channels);
	free((void *)(uintptr_t)j.world.policies);
	book_free(j.book);
	route_free(j.tree);
	conf_free(j.conf);
	return e == OK ? CMD_OK : cmd_fail_as(&why, j.json);
}
