/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/incidents.py */
/* `tocsin incidents`: look at incidents and lead them, with or without a running daemon. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "api/injoin.h"
#include "api/inroom.h"
#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "app/guideload.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "incident/change.h"
#include "incident/figures.h"
#include "incident/phase.h"
#include "incident/postmortem.h"
#include "incident/story.h"

struct job {
	struct incidents *all;
	struct alerts *alerts; /* NULL: none here yet */
	struct guide *guide;
	struct buf out;
	const char *status, *type, *severity, *reason, *cause, *owner, *format;
	bool json, drill, every;
	int64_t n, now;
	struct str by;
	size_t rows;
	struct diag *why;
};

static void
put_json(struct job *j, const struct incident *one)
{
	struct jsonw w;

	jsonw_init(&w, &j->out);
	inroom_put_open(&w, j->guide, one, j->now);
	jsonw_end(&w);
	buf_byte(&j->out, '\n');
}

static enum err
on_list(void *ctx, const struct incident *one)
{
	struct job *j = ctx;
	const int64_t end = one->closed != 0 ? one->closed : j->now;
	char name[INCIDENT_NAME_SIZE], span[40];

	j->rows++;
	if (j->json) {
		put_json(j, one);
		return OK;
	}
	buf_printf(&j->out, "%-8s %-8s %-6s %-15s %-12s ", incident_name(one->n, name),
	    incident_severity_word(one->severity), incident_status_word(one->status),
	    incident_phase_word(one->phase), figures_span(end - one->detected, span));
	utf8_show(one->owner.n != 0 ? one->owner : STR("-"), &j->out);
	buf_str(&j->out, STR("  "));
	utf8_show(one->title, &j->out);
	buf_str(&j->out, one->drill ? STR("  (drill)\n") : STR("\n"));
	return OK;
}

static enum err
do_list(struct job *j)
{
	struct incident_filter f = { .open_first = true };
	enum incident_status status;
	enum err e;

	if (j->status != NULL && !incident_status_find(str_c(j->status), &status))
		return err_set(j->why, FAIL_SYNTAX, "--status: open, closed or merged");
	if (j->status != NULL)
		f.statuses = 1U << status;
	e = incident_list(j->all, &f, on_list, j, j->why);
	if (e == OK && j->rows == 0 && !j->json)
		buf_str(&j->out, STR("No incidents.\n"));
	return e;
}

static enum err
on_step(void *ctx, const struct phase_step *s)
{
	struct job *j = ctx;
	static const char marks[PHASE_STEP_STATES] = { ' ', 'x', '-' };

	buf_printf(&j->out, "  [%c] %-15s ", marks[s->state], incident_phase_word(s->phase));
	utf8_show(s->text, &j->out);
	buf_str(&j->out, s->optional ? STR(" (optional)\n") : STR("\n"));
	return OK;
}

static enum err
on_entry(void *ctx, const struct story_entry *e)
{
	struct job *j = ctx;
	char when[40];

	buf_printf(&j->out, "  %.19s  %-8s ", clock_text(e->at, when), story_word(e->kind));
	utf8_show(e->who.n != 0 ? e->who : STR("tocsin"), &j->out);
	buf_str(&j->out, STR(": "));
	utf8_show(e->text, &j->out);
	buf_byte(&j->out, '\n');
	return OK;
}

static enum err
do_show(struct job *j)
{
	const struct story_filter story = { .incident = j->n, .noise = j->every };
	struct jsonw w;
	enum err e;

	if (j->json) {
		jsonw_init(&w, &j->out);
		e = inroom_put(&w, &(struct api_incidents){ .all = j->all, .guide = j->guide },
		    j->n, j->now, j->why);
		buf_byte(&j->out, '\n');
		return e;
	}
	e = incident_get(j->all, j->n, on_list, j, j->why);
	if (e == OK)
		e = phase_steps(j->all, j->n, on_step, j, j->why);
	return e == OK ? story_list(j->all, &story, on_entry, j, j->why) : e;
}

static enum err
do_report(struct job *j)
{
	const bool html = j->format != NULL && str_eq(str_c(j->format), STR("html"));

	if (!html && j->format != NULL && !str_eq(str_c(j->format), STR("md")))
		return err_set(j->why, FAIL_SYNTAX, "--format: md or html");
	return postmortem_put(j->all, j->guide, j->n, html, j->now, &j->out, j->why);
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct job *j = ctx;
	struct injoin in;

	injoin_of(row, &in);
	return join_add(j->all, j->n, &in.a, j->by, j->now, NULL, j->why);
}

static enum err
join_all(struct job *j, char **ids, int n)
{
	enum err e = OK;

	if (n != 0 && j->alerts == NULL)
		return err_set(j->why, FAIL_NOT_FOUND, "there are no alerts here yet");
	for (int i = 0; i < n && e == OK; i++)
		e = alerts_get(j->alerts, str_c(ids[i]), on_alert, j, j->why);
	return e;
}

/* The title, then alerts that it begins with. */
static enum err
do_open(struct job *j, int argc, char **argv)
{
	struct incident_new want = { .type = INCIDENT_CUSTOM,
		.severity = INCIDENT_MEDIUM,
		.by = j->by,
		.drill = j->drill,
		.owner = str_c(j->owner) };
	enum err e;

	if (argc == 0)
		return err_set(j->why, FAIL_SYNTAX, "open takes a title");
	want.title = str_c(argv[0]);
	if (j->type != NULL && !incident_type_find(str_c(j->type), &want.type))
		return err_set(j->why, FAIL_SYNTAX, "--type: there is no such type");
	if (j->severity != NULL && !incident_severity_find(str_c(j->severity), &want.severity))
		return err_set(j->why, FAIL_SYNTAX, "--severity: there is no such severity");
	e = incident_add(j->all, &want, j->now, &j->n, j->why);
	return e == OK ? join_all(j, argv + 1, argc - 1) : e;
}

static enum err
do_change(struct job *j, struct str verb, int argc, char **argv)
{
	const struct str reason = j->reason != NULL ? str_c(j->reason) : STR("");
	struct change_wish w = CHANGE_NOTHING;
	enum err e = OK;

	if (str_eq(verb, STR("note")) && argc == 1)
		return change_note(j->all, j->n, str_c(argv[0]), j->by, j->now, j->why);
	if (str_eq(verb, STR("add")) && argc != 0)
		return join_all(j, argv, argc);
	if (argc != 0)
		return err_set(j->why, FAIL_SYNTAX, "that takes the name of the incident only");
	if (str_eq(verb, STR("advance")))
		return phase_advance(j->all, j->n, j->by, reason, j->now, j->why);
	if (str_eq(verb, STR("reopen")))
		return change_reopen(j->all, j->n, j->by, reason, j->now, j->why);
	w.owner = str_c(j->owner);
	w.cause = str_c(j->cause);
	if (j->owner != NULL || j->cause != NULL)
		e = change_apply(j->all, j->n, &w, j->by, j->now, j->why);
	if (e == OK && str_eq(verb, STR("close")))
		return change_close(j->all, j->n, j->by, reason, j->now, j->why);
	if (str_eq(verb, STR("set")) || e != OK)
		return e;
	return err_set(j->why, FAIL_SYNTAX, "there is no %.*s", STR_ARG(verb));
}

static enum err
run_verb(struct job *j, int argc, char **argv)
{
	const struct str verb = str_c(argc != 0 ? argv[0] : "list");
	char name[INCIDENT_NAME_SIZE];
	enum err e;

	if (str_eq(verb, STR("list")))
		return do_list(j);
	if (!str_eq(verb, STR("open")) && (argc < 2 || !incident_name_read(str_c(argv[1]), &j->n)))
		return err_set(j->why, FAIL_SYNTAX, "say which incident: INC-41");
	if (str_eq(verb, STR("show")))
		return do_show(j);
	if (str_eq(verb, STR("report")))
		return do_report(j);
	e = incident_begin(j->all, j->why);
	if (e != OK)
		return e;
	e = str_eq(verb, STR("open")) ? do_open(j, argc - 1, argv + 1)
				      : do_change(j, verb, argc - 2, argv + 2);
	e = incident_finish(j->all, e, j->why);
	if (e == OK)
		buf_printf(&j->out, "%s: %.*s\n", incident_name(j->n, name), STR_ARG(verb));
	return e;
}

static enum err
open_all(struct job *j, const char *data, const char *config, struct diag *why)
{
	struct conf *conf = NULL;
	struct datadir dir;
	enum err e = datadir_find(&dir, data, config, why);

	if (e == OK && access(dir.dir, F_OK) != 0)
		e = err_sys(why, "%s", dir.dir);
	if (e == OK)
		e = conf_load(config, environ, &conf, NULL, why);
	if (e == OK)
		e = guideload_read(conf, &j->guide, why);
	if (e == OK)
		e = incident_open_file(dir.incidents, &j->all, why);
	if (e == OK && access(dir.state, F_OK) == 0)
		e = alerts_open(dir.state, &j->alerts, why);
	if (e == OK)
		incident_guide(j->all, j->guide);
	conf_free(conf);
	return e;
}

int
cmd_incidents(int argc, char **argv)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *data = NULL, *config = NULL;
	struct diag why = { 0 };
	struct job j = {
		.now = clock_wall(), .by = str_c(pw != NULL ? pw->pw_name : "cli"), .why = &why
	};
	const struct args_option options[] = {
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &data,
		    NULL },
		{ "config", "FILE", "configuration that names the data folder", &config, NULL },
		{ "status", "S", "list: open, closed or merged", &j.status, NULL },
		{ "type", "T", "open: brute-force, data-breach, ddos ...", &j.type, NULL },
		{ "severity", "S", "open: CRITICAL, HIGH, MEDIUM (default), LOW, INFO", &j.severity,
		    NULL },
		{ "owner", "NAME", "open, set: who owns it", &j.owner, NULL },
		{ "cause", "TEXT", "close, set: the root cause", &j.cause, NULL },
		{ "reason", "TEXT", "advance, close: why in spite of open steps; reopen", &j.reason,
		    NULL },
		{ "format", "F", "report: md (default) or html", &j.format, NULL },
		{ "drill", NULL, "open: for practice; no figure counts it", NULL, &j.drill },
		{ "all", NULL, "show: the whole timeline", NULL, &j.every },
		{ "json", NULL, "list, show: JSON", NULL, &j.json },
	};
	const struct args_spec spec = { "tocsin incidents [list | show INC-N | open TITLE "
					"[ALERT...] | add INC-N ALERT... |\n"
					"                         note INC-N TEXT | set INC-N | "
					"advance INC-N | close INC-N |\n"
					"                         reopen INC-N | report INC-N]",
		"Incidents, open ones first; what is done stands in the timeline under your name.",
		options, ARRAY_LEN(options) };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	e = open_all(&j, data, config, &why);
	if (e == OK)
		e = run_verb(&j, n, argv);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j.out.p, j.out.n, &why);
	incident_close_file(j.all);
	alerts_close(j.alerts);
	guide_free(j.guide);
	buf_fini(&j.out);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
