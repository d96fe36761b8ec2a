/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* `tocsin alerts`: look at alerts and deal with them, with or without a running daemon. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alert/alerts.h"
#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "base/utf8.h"

struct job {
	struct alerts *alerts;
	struct buf out;
	bool json;
	const char *status, *severity, *note;
	size_t n;
};

static void
put_text(struct job *j, const char *name, struct str s)
{
	if (s.n == 0)
		return;
	buf_printf(&j->out, "  %-10s ", name);
	utf8_show(s, &j->out);
	buf_byte(&j->out, '\n');
}

static void
put_json(struct job *j, const struct alerts_row *r)
{
	struct jsonw w;

	jsonw_init(&w, &j->out);
	jsonw_obj(&w);
	jsonw_kstr(&w, "id", str_c(r->id));
	jsonw_kstr(&w, "rule_id", r->rule_id);
	jsonw_kstr(&w, "title", r->title);
	jsonw_kstr(&w, "severity", r->severity);
	jsonw_kstr(&w, "status", str_c(alerts_status_word(r->status)));
	jsonw_kstr(&w, "group", r->group);
	jsonw_kint(&w, "count", (int64_t)r->count);
	jsonw_ktime(&w, "first", r->first);
	jsonw_ktime(&w, "last", r->last);
	jsonw_ktime(&w, "created", r->created);
	jsonw_ktime(&w, "updated", r->updated);
	jsonw_kstr(&w, "summary", r->summary);
	jsonw_kstr(&w, "tags", r->tags);
	jsonw_kstr(&w, "advice", r->advice);
	jsonw_kstr(&w, "status_by", r->status_by);
	jsonw_kstr(&w, "status_note", r->status_note);
	jsonw_key(&w, STR("evidence"));
	jsonw_arr(&w);
	for (size_t i = 0; i < r->n_evidence; i++)
		jsonw_u64(&w, r->evidence[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	buf_byte(&j->out, '\n');
}

static enum err
on_list(void *ctx, const struct alerts_row *r)
{
	struct job *j = ctx;
	char when[40];

	j->n++;
	if (j->json) {
		put_json(j, r);
		return OK;
	}
	buf_printf(&j->out, "%.8s  %-8.*s  %-14s  %6llu  %.19s  ", r->id, STR_ARG(r->severity),
	    alerts_status_word(r->status), (unsigned long long)r->count, clock_text(r->last, when));
	utf8_show(r->title, &j->out);
	buf_str(&j->out, STR("  "));
	utf8_show(r->group, &j->out);
	buf_byte(&j->out, '\n');
	return OK;
}

static enum err
on_show(void *ctx, const struct alerts_row *r)
{
	struct job *j = ctx;
	char first[40], last[40];

	j->n++;
	if (j->json) {
		put_json(j, r);
		return OK;
	}
	utf8_show(r->title, &j->out);
	buf_printf(&j->out, "\n  %-10s %s\n", "id", r->id);
	put_text(j, "severity", r->severity);
	buf_printf(&j->out, "  %-10s %s\n", "status", alerts_status_word(r->status));
	put_text(j, "by", r->status_by);
	put_text(j, "note", r->status_note);
	put_text(j, "group", r->group);
	buf_printf(&j->out, "  %-10s %llu events, %s to %s\n", "count",
	    (unsigned long long)r->count, clock_text(r->first, first), clock_text(r->last, last));
	put_text(j, "summary", r->summary);
	put_text(j, "rule", r->rule_id);
	put_text(j, "tags", r->tags);
	put_text(j, "what to do", r->advice);
	buf_printf(&j->out, "  %-10s", "evidence");
	for (size_t i = 0; i < r->n_evidence; i++)
		buf_printf(&j->out, " %llu", (unsigned long long)r->evidence[i]);
	buf_printf(&j->out, "\n\n  The events: tocsin sql \"SELECT seq, timestamp, raw FROM "
			    "security_events WHERE seq IN (");
	for (size_t i = 0; i < r->n_evidence; i++)
		buf_printf(&j->out, "%s%llu", i != 0 ? ", " : "",
		    (unsigned long long)r->evidence[i]);
	buf_printf(&j->out, ") ORDER BY seq\"\n");
	return OK;
}

static enum err
do_list(struct job *j, int argc, char **argv, struct diag *why)
{
	struct alerts_filter f = { .status = str_c(j->status), .severity = str_c(j->severity) };
	enum err e;

	(void)argv;
	if (argc != 0)
		return err_set(why, FAIL_SYNTAX, "list takes options only");
	e = alerts_list(j->alerts, &f, on_list, j, why);
	if (e == OK && j->n == 0 && !j->json)
		buf_printf(&j->out, "No alerts.\n");
	return e;
}

static enum err
do_show(struct job *j, int argc, char **argv, struct diag *why)
{
	if (argc != 1)
		return err_set(why, FAIL_SYNTAX, "show takes one alert id");
	return alerts_get(j->alerts, str_c(argv[0]), on_show, j, why);
}

static enum err
set_status(struct job *j, enum alerts_status to, int argc, char **argv, struct diag *why)
{
	const struct passwd *pw = getpwuid(getuid());
	struct str by = str_c(pw != NULL ? pw->pw_name : "");

	if (argc == 0)
		return err_set(why, FAIL_SYNTAX, "give the ids of the alerts");
	for (int i = 0; i < argc; i++) {
		enum err e = alerts_set_status(j->alerts, str_c(argv[i]), to, by, str_c(j->note),
		    clock_wall(), why);

		if (e != OK)
			return e;
		buf_printf(&j->out, "%s is %s\n", argv[i], alerts_status_word(to));
	}
	return OK;
}

static enum err
do_ack(struct job *j, int argc, char **argv, struct diag *why)
{
	return set_status(j, ALERTS_ACKNOWLEDGED, argc, argv, why);
}

static enum err
do_resolve(struct job *j, int argc, char **argv, struct diag *why)
{
	return set_status(j, ALERTS_RESOLVED, argc, argv, why);
}

static enum err
do_reopen(struct job *j, int argc, char **argv, struct diag *why)
{
	return set_status(j, ALERTS_OPEN, argc, argv, why);
}

static enum err
do_false_positive(struct job *j, int argc, char **argv, struct diag *why)
{
	return set_status(j, ALERTS_FALSE_POSITIVE, argc, argv, why);
}

static const struct {
	const char *name;
	enum err (*run)(struct job *j, int argc, char **argv, struct diag *why);
} verbs[] = {
	{ "list", do_list },
	{ "show", do_show },
	{ "ack", do_ack },
	{ "resolve", do_resolve },
	{ "reopen", do_reopen },
	{ "false-positive", do_false_positive },
};

static enum err
run_verb(struct job *j, int argc, char **argv, struct diag *why)
{
	const char *name = argc != 0 ? argv[0] : "list";

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return verbs[i].run(j, argc != 0 ? argc - 1 : 0, argv + 1, why);
	return err_set(why, FAIL_NOT_FOUND,
	    "there is no `alerts %s`: list, show, ack, resolve, reopen, false-positive", name);
}

int
cmd_alerts(int argc, char **argv)
{
	struct job j = { .status = "", .severity = "", .note = "" };
	const char *data = NULL, *config = NULL;
	const struct args_option options[] = {
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &data,
		    NULL },
		{ "config", "FILE", "configuration that names the data folder", &config, NULL },
		{ "status", "S", "list: open, acknowledged, resolved, false_positive", &j.status,
		    NULL },
		{ "severity", "S", "list: CRITICAL, HIGH, MEDIUM, LOW, INFO", &j.severity, NULL },
		{ "note", "TEXT", "why; required for false-positive", &j.note, NULL },
		{ "json", NULL, "one JSON object a line", NULL, &j.json },
	};
	const struct args_spec spec = {
		"tocsin alerts [list | show ID | ack ID... | resolve ID... | reopen ID... |"
		" false-positive ID... --note WHY]",
		"Alerts, newest first.  An id may be cut to its first digits.", options,
		ARRAY_LEN(options)
	};
	struct datadir dir;
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (datadir_find(&dir, data, config, &why) != OK)
		return cmd_fail(&why);
	if (access(dir.state, F_OK) != 0) {
		(void)err_sys(&why, "%s: no alerts here yet", dir.state);
		return cmd_fail(&why);
	}
	e = alerts_open(dir.state, &j.alerts, &why);
	if (e == OK)
		e = run_verb(&j, n, argv, &why);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j.out.p, j.out.n, &why);
	alerts_close(j.alerts);
	buf_fini(&j.out);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
