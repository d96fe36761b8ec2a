/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* `tocsin alerts`: look at alerts and deal with them, with or without a running daemon. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alert/act.h"
#include "alert/affected.h"
#include "alert/outbox.h"
#include "alert/verdict.h"
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
	const char *quiet, *status, *severity, *rule, *group, *owner, *text, *note, *reason;
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
put_json_affected(struct jsonw *w, const char *key, enum affected_kind kind, struct str set)
{
	enum affected_kind k;
	struct str name;

	jsonw_key(w, str_c(key));
	jsonw_arr(w);
	while (affected_next(&set, &k, &name, NULL))
		if (k == kind)
			jsonw_str(w, name);
	jsonw_end(w);
}

/* "  users      ann, bob and more" */
static void
put_affected(struct job *j, const char *title, enum affected_kind kind, struct str set)
{
	enum affected_kind k;
	struct str name;
	bool more, any = false;

	while (affected_next(&set, &k, &name, &more)) {
		if (k != kind)
			continue;
		if (more) {
			buf_str(&j->out, STR(" and more"));
			continue;
		}
		if (!any)
			buf_printf(&j->out, "  %-10s ", title);
		else
			buf_str(&j->out, STR(", "));
		utf8_show(name, &j->out);
		any = true;
	}
	if (any)
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
	jsonw_kint(&w, "confidence", r->confidence);
	jsonw_kstr(&w, "action", r->action);
	jsonw_key(&w, STR("details"));
	if (r->details.n != 0)
		jsonw_raw(&w, r->details);
	else
		jsonw_null(&w);
	put_json_affected(&w, "users", AFFECTED_USER, r->affected);
	put_json_affected(&w, "addresses", AFFECTED_ADDRESS, r->affected);
	put_json_affected(&w, "sessions", AFFECTED_SESSION, r->affected);
	put_json_affected(&w, "keys", AFFECTED_KEY, r->affected);
	put_json_affected(&w, "countries", AFFECTED_COUNTRY, r->affected);
	put_json_affected(&w, "networks", AFFECTED_NETWORK, r->affected);
	jsonw_kstr(&w, "quiet", r->quiet);
	jsonw_kstr(&w, "owner", r->owner);
	jsonw_kstr(&w, "reason", r->reason);
	jsonw_kint(&w, "comments", (int64_t)r->comments);
	jsonw_kbool(&w, "demo", r->demo);
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
	put_text(j, "not told", r->quiet);
	put_text(j, "owner", r->owner);
	put_text(j, "reason", r->reason);
	put_text(j, "by", r->status_by);
	put_text(j, "note", r->status_note);
	put_text(j, "group", r->group);
	buf_printf(&j->out, "  %-10s %llu events, %s to %s\n", "count",
	    (unsigned long long)r->count, clock_text(r->first, first), clock_text(r->last, last));
	put_text(j, "summary", r->summary);
	if (r->confidence != 0)
		buf_printf(&j->out, "  %-10s %u%%\n", "confidence", r->confidence);
	put_text(j, "action", r->action);
	put_affected(j, "users", AFFECTED_USER, r->affected);
	put_affected(j, "addresses", AFFECTED_ADDRESS, r->affected);
	put_affected(j, "countries", AFFECTED_COUNTRY, r->affected);
	put_affected(j, "networks", AFFECTED_NETWORK, r->affected);
	put_affected(j, "sessions", AFFECTED_SESSION, r->affected);
	put_affected(j, "API keys", AFFECTED_KEY, r->affected);
	put_text(j, "details", r->details);
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
on_entry(void *ctx, const struct alerts_entry *e)
{
	struct job *j = ctx;
	char when[40];

	buf_printf(&j->out, "  %.19s  ", clock_text(e->time, when));
	utf8_show(e->by.n != 0 ? e->by : STR("tocsin"), &j->out);
	buf_printf(&j->out, "  %.*s", STR_ARG(e->action));
	if (e->from.n != 0 || e->to.n != 0) {
		buf_str(&j->out, STR("  "));
		utf8_show(e->from.n != 0 ? e->from : STR("nobody"), &j->out);
		buf_str(&j->out, STR(" -> "));
		utf8_show(e->to.n != 0 ? e->to : STR("nobody"), &j->out);
	}
	if (e->reason.n != 0)
		buf_printf(&j->out, "  (%.*s)", STR_ARG(e->reason));
	if (e->note.n != 0) {
		buf_str(&j->out, STR("  "));
		utf8_show(e->note, &j->out);
	}
	buf_byte(&j->out, '\n');
	return OK;
}

static enum err
on_delivery(void *ctx, const struct outbox_row *r)
{
	struct job *j = ctx;

	buf_printf(&j->out, "  message to %.*s: %s after %u attempts", STR_ARG(r->channel),
	    outbox_state_word(r->state), r->attempts);
	if (r->last_error.n != 0) {
		buf_str(&j->out, STR(": "));
		utf8_show(r->last_error, &j->out);
	}
	buf_byte(&j->out, '\n');
	return OK;
}

/* A comma-separated list of words as bits. */
static enum err
read_words(const char *text, bool (*find)(struct str word, unsigned *ret), const char *option,
    unsigned *ret, struct diag *why)
{
	struct str rest = str_c(text);
	unsigned bit;

	while (rest.n != 0) {
		struct str word = str_trim(str_until(&rest, ','));

		if (!find(word, &bit))
			return err_set(why, FAIL_SYNTAX, "--%s: there is no %.*s", option,
			    STR_ARG(word));
		*ret |= 1U << bit;
	}
	return OK;
}

static bool
find_status(struct str word, unsigned *ret)
{
	enum alerts_status s;

	if (!alerts_status_find(word, &s))
		return false;
	*ret = (unsigned)s;
	return true;
}

static bool
find_severity(struct str word, unsigned *ret)
{
	enum alerts_severity s;

	if (!alerts_severity_find(word, &s))
		return false;
	*ret = (unsigned)s;
	return true;
}

static enum err
do_list(struct job *j, int argc, char **argv, struct diag *why)
{
	struct alerts_filter f = { .rule_id = str_c(j->rule),
		.group = str_c(j->group),
		.owner = str_c(j->owner),
		.text = str_c(j->text) };
	enum err e = read_words(j->status, find_status, "status", &f.statuses, why);

	if (e == OK)
		e = read_words(j->severity, find_severity, "severity", &f.severities, why);
	if (e == OK && j->quiet[0] != '\0') {
		f.quiet = strcmp(j->quiet, "yes") == 0 ? ALERTS_QUIET_ONLY : ALERTS_QUIET_NONE;
		if (f.quiet == ALERTS_QUIET_NONE && strcmp(j->quiet, "no") != 0)
			e = err_set(why, FAIL_SYNTAX, "--quiet: yes or no");
	}
	if (e != OK)
		return e;
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
	char full[ALERTS_ID_SIZE];
	struct outbox_filter of = { 0 };
	enum err e;

	if (argc != 1)
		return err_set(why, FAIL_SYNTAX, "show takes one alert id");
	e = alerts_full_id(j->alerts, str_c(argv[0]), full, why);
	if (e == OK)
		e = alerts_get(j->alerts, str_c(full), on_show, j, why);
	if (e != OK || j->json)
		return e;
	buf_byte(&j->out, '\n');
	of.alert_id = str_c(full);
	e = alerts_history(j->alerts, str_c(full), on_entry, j, why);
	return e == OK ? outbox_list(j->alerts, &of, on_delivery, j, why) : e;
}

static enum err
do_act(struct job *j, enum act_action action, int argc, char **argv, struct diag *why)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *reason = j->reason != NULL ? j->reason : "other";
	const struct act act = { .action = action,
		.by = str_c(pw != NULL ? pw->pw_name : "cli"),
		.note = str_c(j->note),
		.reason = action == ACT_RESOLVE ? str_c(reason) : STR(""),
		.owner = action == ACT_ASSIGN && j->owner != NULL ? str_c(j->owner) : STR("") };

	if (argc == 0)
		return err_set(why, FAIL_SYNTAX, "give the ids of the alerts");
	if (action == ACT_ASSIGN && j->owner == NULL)
		return err_set(why, FAIL_SYNTAX, "assign: say to whom with --owner");
	for (int i = 0; i < argc; i++) {
		struct act_done done;
		enum err e = act_one(j->alerts, str_c(argv[i]), &act, clock_wall(), &done, why);

		if (e != OK)
			return e;
		buf_printf(&j->out, "%s: %s\n", argv[i], act_word(action));
	}
	return OK;
}

static enum err
on_tally(void *ctx, const struct verdict_tally *t)
{
	struct job *j = ctx;
	struct diag why;
	auto_buf struct buf hint = { 0 };
	enum err e = verdict_rule_hint(j->alerts, t->rule_id, &hint, &why);
	struct jsonw w;

	j->n++;
	if (e != OK)
		return e;
	if (j->json) {
		jsonw_init(&w, &j->out);
		jsonw_obj(&w);
		jsonw_kstr(&w, "rule_id", t->rule_id);
		for (unsigned i = 0; i < VERDICT_COUNT; i++)
			jsonw_kint(&w, verdict_word((enum verdict)i), (int64_t)t->n[i]);
		jsonw_key(&w, STR("precision"));
		jsonw_f64(&w, verdict_precision(t));
		jsonw_kstr(&w, "hint", buf_view(&hint));
		jsonw_end(&w);
		buf_byte(&j->out, '\n');
		return OK;
	}
	buf_printf(&j->out, "%3.0f%% precise  %4llu true  %4llu false  %4llu benign  ",
	    100 * verdict_precision(t), (unsigned long long)t->n[VERDICT_TRUE],
	    (unsigned long long)t->n[VERDICT_FALSE], (unsigned long long)t->n[VERDICT_BENIGN]);
	utf8_show(t->rule_id, &j->out);
	buf_byte(&j->out, '\n');
	if (hint.n != 0)
		buf_printf(&j->out, "      %.*s\n", STR_ARG(buf_view(&hint)));
	return OK;
}

static enum err
do_verdicts(struct job *j, int argc, struct diag *why)
{
	enum err e;

	if (argc != 0)
		return err_set(why, FAIL_SYNTAX, "verdicts takes options only");
	e = verdict_each(j->alerts, on_tally, j, why);
	if (e == OK && j->n == 0 && !j->json)
		buf_printf(&j->out, "Nobody has judged an alert yet: resolve it with --reason "
				    "true_positive or benign, or say false-positive.\n");
	return e;
}

static enum err
run_verb(struct job *j, int argc, char **argv, struct diag *why)
{
	const char *name = argc != 0 ? argv[0] : "list";
	enum act_action action;

	if (strcmp(name, "list") == 0)
		return do_list(j, argc != 0 ? argc - 1 : 0, argv + 1, why);
	if (strcmp(name, "show") == 0)
		return do_show(j, argc - 1, argv + 1, why);
	if (strcmp(name, "verdicts") == 0)
		return do_verdicts(j, argc - 1, why);
	if (act_find(str_c(name), &action))
		return do_act(j, action, argc - 1, argv + 1, why);
	return err_set(why, FAIL_NOT_FOUND,
	    "there is no `alerts %s`: list, show, verdicts, ack, start, resolve, false-positive,"
	    " reopen, assign, comment",
	    name);
}

int
cmd_alerts(int argc, char **argv)
{
	struct job j = { .quiet = "", .status = "", .severity = "", .note = "" };
	const char *data = NULL, *config = NULL;
	const struct args_option options[] = {
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &data,
		    NULL },
		{ "config", "FILE", "configuration that names the data folder", &config, NULL },
		{ "status", "S,S",
		    "list: open, acknowledged, in_progress, resolved, false_positive", &j.status,
		    NULL },
		{ "severity", "S,S", "list: CRITICAL, HIGH, MEDIUM, LOW, INFO", &j.severity, NULL },
		{ "quiet", "yes|no", "list: that nobody was told of, or were told", &j.quiet,
		    NULL },
		{ "rule", "ID", "list: of this rule", &j.rule, NULL },
		{ "group", "KEY", "list: of this group, like client_ip=192.0.2.7", &j.group, NULL },
		{ "owner", "NAME", "list: of this owner; assign: the new one", &j.owner, NULL },
		{ "text", "TEXT", "list: with this in title, group, summary, rule or id", &j.text,
		    NULL },
		{ "reason", "R", "resolve: true_positive, benign, duplicate or other (default)",
		    &j.reason, NULL },
		{ "note", "TEXT", "why; required for false-positive and comment", &j.note, NULL },
		{ "json", NULL, "one JSON object a line", NULL, &j.json },
	};
	const struct args_spec spec = {
		"tocsin alerts [list | show ID | verdicts | ack ID... | start ID... | resolve "
		"ID... |"
		" reopen ID... |\n"
		"                      false-positive ID... --note WHY | assign ID... --owner NAME "
		"|"
		" comment ID... --note TEXT]",
		"Alerts, newest first.  An id may be cut to its first digits.  verdicts: what was "
		"said\n"
		"of each rule when its alerts were closed, and how it could be tuned.",
		options, ARRAY_LEN(options)
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
