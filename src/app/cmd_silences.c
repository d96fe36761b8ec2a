/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/silences.py */
/* `tocsin silences`: what nobody is told of for a time, with or without a running daemon. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "alert/silence.h"
#include "api/silence.h"
#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/utf8.h"

#define LIST_MAX 1000

struct job {
	struct alerts *alerts;
	struct buf out;
	int64_t now;
	bool json, window;
	const char *rule, *group, *user, *net, *tag, *severity, *alert;
	const char *owner, *reason, *note, *span, *start, *weekly, *breaks_on, *max_hits, *state;
	size_t n;
	char alert_id[ALERTS_ID_SIZE];
};

static struct str
caller(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return str_c(pw != NULL ? pw->pw_name : "cli");
}

static void
put_pair(struct job *j, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_printf(&j->out, " %s=", name);
	utf8_show(value, &j->out);
}

static void
put_match(struct job *j, const struct silence_match *m)
{
	put_pair(j, "rule", m->rule_id);
	put_pair(j, "group", m->group);
	put_pair(j, "user", m->user);
	put_pair(j, "net", m->net);
	put_pair(j, "tag", m->tag);
	if (m->by_severity)
		buf_printf(&j->out, " severity<=%s", alerts_severity_word(m->at_most));
}

static void
put_json(struct job *j, const struct silence *s)
{
	struct jsonw w;

	jsonw_init(&w, &j->out);
	silencejson_put(&w, s, j->now);
	buf_byte(&j->out, '\n');
}

static enum err
on_list(void *ctx, const struct silence *s)
{
	struct job *j = ctx;
	char end[40];

	j->n++;
	if (j->json) {
		put_json(j, s);
		return OK;
	}
	buf_printf(&j->out, "%5lld  %-7s  %-7s  hid %llu alerts (%llu events)  until %.19s  ",
	    (long long)s->id, s->window ? "window" : "silence",
	    silence_state_word(silence_state(s, j->now)), (unsigned long long)s->alerts,
	    (unsigned long long)s->events, clock_text(s->end, end));
	utf8_show(s->owner, &j->out);
	buf_byte(&j->out, ':');
	put_match(j, &s->match);
	buf_byte(&j->out, '\n');
	return OK;
}

static void
put_line(struct job *j, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_printf(&j->out, "  %-8s ", name);
	utf8_show(value, &j->out);
	buf_byte(&j->out, '\n');
}

static enum err
on_show(void *ctx, const struct silence *s)
{
	struct job *j = ctx;
	char start[40], end[40];

	if (j->json) {
		put_json(j, s);
		return OK;
	}
	buf_printf(&j->out, "%s %lld, %s:", s->window ? "Window" : "Silence", (long long)s->id,
	    silence_state_word(silence_state(s, j->now)));
	put_match(j, &s->match);
	buf_byte(&j->out, '\n');
	put_line(j, "owner", s->owner);
	put_line(j, "reason", s->reason);
	put_line(j, "note", s->note);
	buf_printf(&j->out, "  %-8s %s to %s\n", "time", clock_text(s->start, start),
	    clock_text(s->end, end));
	buf_printf(&j->out, "  %-8s %llu alerts, %llu events\n", "hid",
	    (unsigned long long)s->alerts, (unsigned long long)s->events);
	put_line(j, "broke by", s->broken_why);
	put_line(j, "ended", s->ended_why);
	buf_byte(&j->out, '\n');
	return OK;
}

static enum err
on_entry(void *ctx, const struct silence_entry *e)
{
	struct job *j = ctx;
	char when[40];

	buf_printf(&j->out, "  %.19s  ", clock_text(e->time, when));
	utf8_show(e->by.n != 0 ? e->by : STR("tocsin"), &j->out);
	buf_printf(&j->out, "  %.*s  ", STR_ARG(e->action));
	utf8_show(e->note, &j->out);
	buf_byte(&j->out, '\n');
	return OK;
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct job *j = ctx;
	char last[40];

	buf_printf(&j->out, "  %.8s  %-8.*s  %-14s  %.19s  ", row->id, STR_ARG(row->severity),
	    alerts_status_word(row->status), clock_text(row->last, last));
	utf8_show(row->title, &j->out);
	buf_str(&j->out, STR("  "));
	utf8_show(row->group, &j->out);
	buf_byte(&j->out, '\n');
	return OK;
}

static enum err
do_list(struct job *j, struct diag *why)
{
	struct str rest = str_c(j->state);
	enum silence_state state;
	unsigned states = 0;
	enum err e;

	while (rest.n != 0) {
		if (!silence_state_find(str_trim(str_until(&rest, ',')), &state))
			return err_set(why, FAIL_SYNTAX,
			    "--state: waiting, active, broken or ended");
		states |= 1U << state;
	}
	e = silence_list(j->alerts, states, 0, LIST_MAX, j->now, on_list, j, why);
	if (e == OK && j->n == 0 && !j->json)
		buf_printf(&j->out, "No silences.\n");
	return e;
}

static enum err
do_show(struct job *j, int64_t id, struct diag *why)
{
	const struct alerts_filter hidden = { .silence = id, .limit = LIST_MAX };
	enum err e = silence_get(j->alerts, id, on_show, j, why);

	if (e != OK || j->json)
		return e;
	e = silence_history(j->alerts, id, on_entry, j, why);
	buf_byte(&j->out, '\n');
	return e == OK ? alerts_list(j->alerts, &hidden, on_alert, j, why) : e;
}

/* "sun,wed 22:30-04:00 +01:00" */
static enum err
read_weekly(const char *text, struct silence_weekly *to, struct diag *why)
{
	struct str rest = str_c(text), days = str_until(&rest, ' '), from = str_until(&rest, '-');
	struct str until = str_until(&rest, ' '), offset = str_trim(rest);
	unsigned day;

	if (text[0] == '\0')
		return OK;
	while (days.n != 0) {
		if (!silence_day_find(str_until(&days, ','), &day))
			return err_set(why, FAIL_SYNTAX, "--weekly: sun, mon, tue, wed ...");
		to->days |= 1U << day;
	}
	if (!silence_clock_read(str_trim(from), &to->from) ||
	    !silence_clock_read(str_trim(until), &to->to) ||
	    !silence_offset_read(offset.n != 0 ? offset : STR("Z"), &to->offset))
		return err_set(why, FAIL_SYNTAX,
		    "--weekly: days, times and zone, like \"sun,wed 22:30-04:00 +01:00\"");
	return OK;
}

static enum err
read_trips(const char *text, unsigned *ret, struct diag *why)
{
	struct str rest = str_c(text);
	enum silence_trip t;

	*ret = SILENCE_ALL_TRIPS;
	if (rest.n == 0)
		return OK;
	*ret = 0;
	while (rest.n != 0) {
		struct str word = str_trim(str_until(&rest, ','));

		if (str_eq(word, STR("nothing")))
			continue;
		if (!silence_trip_find(word, &t))
			return err_set(why, FAIL_SYNTAX,
			    "--breaks-on: user, tag, country, network, severity; or nothing");
		*ret |= 1U << t;
	}
	return OK;
}

static enum err
id_from(void *ctx, const struct alerts_row *row)
{
	memcpy(ctx, row->id, ALERTS_ID_SIZE);
	return OK;
}

struct source {
	struct silence *s;
	char rule[256], group[1025];
};

static enum err
match_from(void *ctx, const struct alerts_row *row)
{
	struct source *f = ctx;

	f->s->match.rule_id = str_c(str_to_c(row->rule_id, f->rule, sizeof(f->rule)));
	f->s->match.group = str_c(str_to_c(row->group, f->group, sizeof(f->group)));
	return OK;
}

static bool
says_which(const struct job *j)
{
	return j->rule[0] != '\0' || j->group[0] != '\0' || j->user[0] != '\0' ||
	       j->net[0] != '\0' || j->tag[0] != '\0' || j->severity[0] != '\0';
}

/* How long, and how many. */
static enum err
read_limits(struct job *j, struct silence *s, struct diag *why)
{
	int64_t span;

	if (!clock_span(str_c(j->span), &span) || span <= 0 || span > SILENCE_MAX_WEEKLY)
		return err_set(why, FAIL_SYNTAX, "--for: how long, like 2h or 7d");
	if (j->max_hits[0] != '\0' && !str_u64(str_c(j->max_hits), &s->max_hits))
		return err_set(why, FAIL_SYNTAX, "--max-hits: a number");
	s->start = j->now;
	s->end = j->now + span;
	return OK;
}

static enum err
read_new(struct job *j, struct source *f, struct diag *why)
{
	struct silence *s = f->s;
	enum err e = read_weekly(j->weekly, &s->weekly, why);

	s->match.by_severity = j->severity[0] != '\0';
	if (e == OK)
		e = read_trips(j->breaks_on, &s->trips, why);
	if (e == OK && s->match.by_severity &&
	    !alerts_severity_find(str_c(j->severity), &s->match.at_most))
		e = err_set(why, FAIL_SYNTAX, "--severity: CRITICAL, HIGH, MEDIUM, LOW or INFO");
	if (e == OK)
		e = read_limits(j, s, why);
	if (e != OK || j->alert[0] == '\0')
		return e;
	e = alerts_get(j->alerts, str_c(j->alert), id_from, j->alert_id, why);
	s->alert_id = str_c(j->alert_id);
	if (e == OK && !says_which(j))
		e = alerts_get(j->alerts, str_c(j->alert), match_from, f, why);
	return e;
}

static enum err
do_add(struct job *j, bool really, struct diag *why)
{
	struct silence s = { .window = j->window || j->weekly[0] != '\0',
		.match = { .rule_id = str_c(j->rule),
		    .group = str_c(j->group),
		    .user = str_c(j->user),
		    .net = str_c(j->net),
		    .tag = str_c(j->tag) },
		.owner = j->owner[0] != '\0' ? str_c(j->owner) : caller(),
		.reason = str_c(j->reason),
		.note = str_c(j->note) };
	struct source f = { .s = &s };
	struct silence_preview p;
	int64_t id = 0;
	enum err e = read_new(j, &f, why);

	if (e == OK && really) {
		e = silence_add(j->alerts, &s, caller(), j->now, &id, why);
		return e == OK ? do_show(j, id, why) : e;
	}
	if (e == OK)
		e = silence_preview(j->alerts, &s, j->now, &p, on_alert, j, why);
	if (e == OK)
		buf_printf(&j->out,
		    "It would have hidden %llu alerts of the last 30 days, %llu of them true "
		    "positives.\n",
		    (unsigned long long)p.alerts, (unsigned long long)p.true_positives);
	return e;
}

static enum err
do_change(struct job *j, const char *verb, int64_t id, struct diag *why)
{
	struct silence_change c = { .renew = strcmp(verb, "renew") == 0 };
	int64_t span;
	enum err e;

	if (strcmp(verb, "end") == 0) {
		e = silence_end(j->alerts, id, caller(), j->now, why);
	} else {
		if (!c.renew && (!clock_span(str_c(j->span), &span) || span <= 0))
			return err_set(why, FAIL_SYNTAX, "--for: how long from now on, like 2h");
		c.end = c.renew ? 0 : j->now + span;
		e = silence_set(j->alerts, id, &c, caller(), j->now, why);
	}
	return e == OK ? do_show(j, id, why) : e;
}

static enum err
run_verb(struct job *j, int argc, char **argv, struct diag *why)
{
	static const char *const changes[] = { "end", "extend", "renew" };
	const char *name = argc != 0 ? argv[0] : "list";
	int64_t id = 0;

	if (strcmp(name, "list") == 0 && argc <= 1)
		return do_list(j, why);
	if ((strcmp(name, "add") == 0 || strcmp(name, "preview") == 0) && argc == 1)
		return do_add(j, name[0] == 'a', why);
	if (argc != 2 || !str_i64(str_c(argv[1]), &id))
		return err_set(why, FAIL_SYNTAX,
		    "say list, add, preview, show ID, end ID, extend ID or renew ID");
	if (strcmp(name, "show") == 0)
		return do_show(j, id, why);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		if (strcmp(name, changes[i]) == 0)
			return do_change(j, name, id, why);
	return err_set(why, FAIL_NOT_FOUND,
	    "there is no `silences %s`: list, add, preview, show, end, extend, renew", name);
}

static const struct job nothing = { .rule = "",
	.group = "",
	.user = "",
	.net = "",
	.tag = "",
	.severity = "",
	.alert = "",
	.owner = "",
	.reason = "",
	.note = "",
	.span = "",
	.weekly = "",
	.breaks_on = "",
	.max_hits = "",
	.state = "" };

static enum err
run(struct job *j, const char *state, int argc, char **argv, struct diag *why)
{
	enum err e;

	if (access(state, F_OK) != 0)
		return err_sys(why, "%s: no alerts here yet", state);
	j->now = clock_wall();
	e = alerts_open(state, &j->alerts, why);
	if (e == OK)
		e = run_verb(j, argc, argv, why);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j->out.p, j->out.n, why);
	alerts_close(j->alerts);
	buf_fini(&j->out);
	return e;
}

int
cmd_silences(int argc, char **argv)
{
	struct job j = nothing;
	const char *data = NULL, *config = NULL;
	const struct args_option options[] = {
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &data,
		    NULL },
		{ "config", "FILE", "configuration that names the data folder", &config, NULL },
		{ "state", "S,S", "list: waiting, active, broken, ended", &j.state, NULL },
		{ "rule", "ID", "add: alerts of this rule", &j.rule, NULL },
		{ "group", "KEY", "add: of this group, like client_ip=192.0.2.7", &j.group, NULL },
		{ "user", "NAME", "add: that concern this user and no other", &j.user, NULL },
		{ "net", "NET", "add: whose addresses all are here", &j.net, NULL },
		{ "tag", "TAG", "add: with this tag", &j.tag, NULL },
		{ "severity", "S", "add: at most this", &j.severity, NULL },
		{ "alert", "ID", "add: from this alert; for its rule and group if nothing else",
		    &j.alert, NULL },
		{ "for", "TIME", "add, extend: how long, like 2h or 7d", &j.span, NULL },
		{ "reason", "TEXT", "add: why", &j.reason, NULL },
		{ "owner", "NAME", "add: whose it is (default: yours)", &j.owner, NULL },
		{ "note", "TEXT", "add: why it may hide true positives", &j.note, NULL },
		{ "max-hits", "N", "add: it ends with the next alert after so many", &j.max_hits,
		    NULL },
		{ "breaks-on", "X,X", "add: user, tag, country, network, severity (default: all)",
		    &j.breaks_on, NULL },
		{ "window", NULL, "add: for planned work: says at its end what it hid", NULL,
		    &j.window },
		{ "weekly", "WHEN", "add: a window every week: \"sun,wed 22:30-04:00 +01:00\"",
		    &j.weekly, NULL },
		{ "json", NULL, "one JSON object a line", NULL, &j.json },
	};
	const struct args_spec spec = {
		"tocsin silences [list | add | preview | show ID | end ID | extend ID | renew ID]",
		"What nobody is told of for a time.  preview: which alerts of the last 30 days it\n"
		"would have hidden.  renew: one that broke holds again, and knows what broke it.",
		options, ARRAY_LEN(options)
	};
	struct datadir dir;
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (datadir_find(&dir, data, config, &why) != OK)
		return cmd_fail(&why);
	return run(&j, dir.state, n, argv, &why) == OK ? CMD_OK : cmd_fail(&why);
}
