/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/preview.py */
/* `tocsin response`: whom the policy would hit; armed or not; rules that spent their budget. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "alert/alerts.h"
#include "app/args.h"
#include "app/cmd.h"
#include "app/policyfile.h"
#include "app/preview.h"
#include "app/reload.h"
#include "app/switches.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "base/utf8.h"
#include "parse/time.h"
#include "respond/arming.h"
#include "respond/budget.h"

struct job {
	const char *since, *policy, *data, *config, *by, *preview, *confirm, *reason;
	bool json, undo;
	struct conf *conf;
	struct datadir dir;
	struct policy *in_force; /* NULL: none */
	struct leases *leases;   /* NULL: there is no file yet */
	struct buf out;
};

/* A span back from now, or a time. */
static enum err
read_since(const char *text, int64_t now, int64_t *ret, struct diag *why)
{
	int64_t span;

	if (clock_span(str_c(text), &span)) {
		*ret = now - span;
		return OK;
	}
	return time_any(str_c(text), 0, now, ret)
		   ? OK
		   : err_set(why, FAIL_SYNTAX,
			 "--since is a span like 30d, or a time like 2026-11-01T00:00:00Z");
}

/* Rules as the daemon has them: those that people switched off are off. */
static enum err
load_rules(struct job *j, struct ruleset **rules, struct switches **switches, struct diag *why)
{
	struct alerts *a = NULL;
	enum err e = reload_rules(j->conf, rules, why);

	if (e != OK || access(j->dir.state, R_OK | W_OK) != 0)
		return e;
	e = alerts_open(j->dir.state, &a, why);
	if (e == OK) {
		*switches = switches_new(*rules);
		e = switches_load(*switches, a, why);
	}
	alerts_close(a);
	return e;
}

/* It is kept when it is of what is stored: such a one may arm. */
static enum err
keep(struct job *j, const struct preview *p, const struct policy *policy, int64_t since,
    int64_t now, struct diag *why)
{
	auto_buf struct buf verdict = { 0 }, body = { 0 };
	char id[ARMING_ID] = "";
	enum err e = OK;

	if (preview_records(p) == 0)
		return err_set(why, FAIL_NOT_FOUND, "there are no stored events to look at");
	preview_verdict(p, &verdict);
	preview_json(p, "", &body);
	if (j->leases != NULL)
		e = arming_keep(j->leases,
		    &(struct arming_preview){ .policy = policy_name(policy),
			.digest = str_c(policy_digest(policy)),
			.verdict = buf_view(&verdict),
			.by = str_c(j->by),
			.time = now,
			.since = since,
			.body = buf_view(&body) },
		    id, why);
	if (e == OK && j->json)
		preview_json(p, id, &j->out);
	else if (e == OK)
		preview_text(p, &j->out);
	if (e == OK && !j->json && id[0] != '\0')
		buf_printf(&j->out, "\nTo arm: tocsin response arm --preview %s\n", id);
	return e;
}

static enum err
show(struct job *j, const struct preview_opts *o, const struct preview *p, struct diag *why)
{
	if (o->history.n == 0)
		return keep(j, p, o->policy, o->history.since, o->history.now, why);
	if (j->json)
		preview_json(p, "", &j->out);
	else
		preview_text(p, &j->out);
	return OK;
}

/* Which policy is looked at, and from when on. */
static enum err
choose(const struct job *j, struct preview_opts *o, struct policy **other, struct diag *why)
{
	const char *since = j->since == NULL && o->history.n == 0 ? "30d" : j->since;
	enum err e = OK;

	if (since != NULL)
		e = read_since(since, o->history.now, &o->history.since, why);
	if (e == OK && j->policy != NULL)
		e = policyfile_named(j->policy, other, why);
	o->policy = j->policy != NULL ? *other : j->in_force;
	return e != OK || o->policy != NULL
		   ? e
		   : err_set(why, FAIL_NOT_FOUND, "there is no policy: nothing is answered");
}

static enum err
do_preview(struct job *j, int n, char **paths, struct diag *why)
{
	struct preview_opts o = { .conf = j->conf,
		.engine = { .keys_max = (size_t)j->conf->detect_max_keys,
		    .lateness = j->conf->detect_lateness },
		.history = { .paths = (const char *const *)paths,
		    .n = (size_t)n,
		    .dir = &j->dir,
		    .now = clock_wall() },
		.own = j->leases };
	struct policy *other = NULL;
	struct preview *p = NULL;
	struct ruleset *rules = NULL;
	enum err e = choose(j, &o, &other, why);

	if (e == OK)
		e = load_rules(j, &rules, &o.switches, why);
	o.rules = rules;
	if (e == OK)
		e = preview_run(&o, &p, why);
	if (e == OK)
		e = show(j, &o, p, why);
	preview_free(p);
	switches_free(o.switches);
	ruleset_free(rules);
	policy_free(other);
	return e;
}

static enum err
on_trip(void *ctx, const struct budget_trip *t)
{
	struct job *j = ctx;
	char when[40];

	buf_printf(&j->out, "  %.19s  %.*s: ", clock_text(t->time, when), STR_ARG(t->rule));
	utf8_show(t->reason, &j->out);
	buf_printf(&j->out, " (%llu taken back)\n", (unsigned long long)t->undone);
	return OK;
}

static enum err
on_preview(void *ctx, const struct arming_preview *p)
{
	struct job *j = ctx;
	char when[40];

	buf_printf(&j->out, "  %.*s  %.19s  %.*s ", STR_ARG(p->id), clock_text(p->time, when),
	    STR_ARG(p->policy));
	utf8_show(p->verdict, &j->out);
	buf_byte(&j->out, '\n');
	return OK;
}

static void
put_state(struct job *j, const struct arming *a)
{
	const bool conf = j->conf->respond_armed;
	const bool armed = a->said ? a->armed : conf;
	char when[40];

	buf_printf(&j->out, "Responses are %s.\n",
	    armed ? "armed" : "not armed: each is a dry run");
	if (a->said) {
		buf_printf(&j->out, "  since %.19s by ", clock_text(a->time, when));
		utf8_show(str_c(a->by), &j->out);
		if (a->preview[0] != '\0')
			buf_printf(&j->out, ", after preview %s", a->preview);
		if (a->reason[0] != '\0') {
			buf_str(&j->out, STR(": "));
			utf8_show(str_c(a->reason), &j->out);
		}
		buf_byte(&j->out, '\n');
		if (conf && !armed)
			buf_str(&j->out,
			    STR("  respond.armed is true; what was said here counts\n"));
	} else if (conf) {
		buf_str(&j->out, STR("  by respond.armed: no preview was looked at\n"));
	}
}

static enum err
do_status(struct job *j, struct diag *why)
{
	struct arming a = { 0 };
	size_t before;
	enum err e = j->leases != NULL ? arming_get(j->leases, &a, why) : OK;

	if (e != OK)
		return e;
	put_state(j, &a);
	if (j->in_force != NULL)
		buf_printf(&j->out, "Policy %.*s, %zu rows.\n", STR_ARG(policy_name(j->in_force)),
		    policy_len(j->in_force));
	else
		buf_str(&j->out, STR("There is no policy: nothing is answered.\n"));
	if (j->leases == NULL)
		return OK;
	before = j->out.n;
	buf_str(&j->out, STR("Rules that spent their budget, alert-only until reset:\n"));
	e = budget_trips(j->leases, on_trip, j, why);
	if (buf_view(&j->out).p[j->out.n - 2] == ':')
		j->out.n = before;
	before = j->out.n;
	buf_str(&j->out, STR("Previews:\n"));
	if (e == OK)
		e = arming_previews(j->leases, on_preview, j, why);
	if (buf_view(&j->out).p[j->out.n - 2] == ':')
		j->out.n = before;
	return e;
}

static enum err
need_leases(const struct job *j, struct diag *why)
{
	return j->leases != NULL ? OK
				 : err_set(why, FAIL_NOT_FOUND,
				       "%s: nothing was ever answered here", j->dir.respond);
}

static enum err
do_arm(struct job *j, struct diag *why)
{
	const struct arming_wish w = { .preview = str_c(j->preview != NULL ? j->preview : ""),
		.digest = str_c(j->in_force != NULL ? policy_digest(j->in_force) : ""),
		.by = str_c(j->by),
		.reason = str_c(j->reason) };
	char name[128], typed[128] = "";
	enum err e = need_leases(j, why);

	if (e == OK && j->in_force == NULL)
		e = err_set(why, FAIL_DENIED, "there is no policy to be armed");
	if (e == OK && j->preview == NULL)
		e = err_set(why, FAIL_DENIED,
		    "look first: `tocsin response preview`, then arm with --preview ID");
	if (e != OK)
		return e;
	(void)str_to_c(policy_name(j->in_force), name, sizeof(name));
	if (j->confirm == NULL && isatty(STDIN_FILENO)) {
		fprintf(stderr, "From now on what policy %s says happens.  Type its name: ", name);
		if (fgets(typed, sizeof(typed), stdin) == NULL)
			typed[0] = '\0';
		typed[strcspn(typed, "\n")] = '\0';
		j->confirm = typed;
	}
	if (j->confirm == NULL || strcmp(j->confirm, name) != 0)
		return err_set(why, FAIL_DENIED, "say --confirm %s to arm", name);
	e = arming_arm(j->leases, &w, clock_wall(), why);
	if (e == OK)
		buf_printf(&j->out, "armed\n");
	return e;
}

static enum err
do_disarm(struct job *j, struct diag *why)
{
	uint64_t n = 0;
	enum err e = need_leases(j, why);

	if (e == OK)
		e = arming_disarm(j->leases, j->undo, str_c(j->by), str_c(j->reason), clock_wall(),
		    &n, why);
	if (e == OK)
		buf_printf(&j->out, "disarmed; %llu taken back\n", (unsigned long long)n);
	return e;
}

static enum err
do_reset(struct job *j, const char *rule, struct diag *why)
{
	enum err e = need_leases(j, why);

	if (e == OK && j->reason[0] == '\0')
		e = err_set(why, FAIL_SYNTAX, "say why with --reason");
	if (e == OK)
		e = budget_reset(j->leases, str_c(rule), str_c(j->by), str_c(j->reason),
		    clock_wall(), why);
	if (e == OK)
		buf_printf(&j->out, "%s may act again\n", rule);
	return e;
}

static enum err
run_verb(struct job *j, int n, char **argv, struct diag *why)
{
	const char *verb = n > 0 ? argv[0] : "status";
	enum err e = conf_load(j->config, environ, &j->conf, NULL, why);

	if (e == OK)
		e = datadir_find(&j->dir, j->data, j->config, why);
	if (e == OK)
		e = policyfile_read(j->conf, &j->in_force, why);
	if (e == OK && access(j->dir.respond, F_OK) == 0)
		e = leases_open(j->dir.respond, &j->leases, why);
	if (e != OK)
		return e;
	if (strcmp(verb, "preview") == 0)
		return do_preview(j, n - 1, argv + 1, why);
	if (strcmp(verb, "reset") == 0 && n == 2)
		return do_reset(j, argv[1], why);
	if (n > 1)
		return err_set(why, FAIL_SYNTAX, "%s takes options only", verb);
	if (strcmp(verb, "status") == 0)
		return do_status(j, why);
	if (strcmp(verb, "arm") == 0)
		return do_arm(j, why);
	if (strcmp(verb, "disarm") == 0)
		return do_disarm(j, why);
	return err_set(why, FAIL_SYNTAX,
	    "there is no `response %s`: preview, status, arm, disarm, reset RULE", verb);
}

int
cmd_response(int argc, char **argv)
{
	const struct passwd *pw = getpwuid(getuid());
	struct job j = { .by = pw != NULL ? pw->pw_name : "shell", .reason = "" };
	const struct args_option options[] = {
		{ "policy", "P", "preview: of this policy, by name or file", &j.policy, NULL },
		{ "since", "T", "preview: alerts since: 30d (default), or a time", &j.since, NULL },
		{ "preview", "ID", "arm: the preview that was looked at", &j.preview, NULL },
		{ "confirm", "NAME", "arm: the name of the policy", &j.confirm, NULL },
		{ "undo", NULL, "disarm: take back what is active", NULL, &j.undo },
		{ "reason", "TEXT", "why; required by reset", &j.reason, NULL },
		{ "by", "NAME", "who does it (default: you)", &j.by, NULL },
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &j.data,
		    NULL },
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &j.config,
		    NULL },
		{ "json", NULL, "preview: one object for machines", NULL, &j.json },
	};
	const struct args_spec spec = {
		"tocsin response [status | preview [FILE...] | arm --preview ID | disarm |"
		" reset RULE --reason WHY]",
		"Automatic responses.  preview: whom the policy would have hit, over the stored "
		"events\n"
		"or over log files, and who of them logged in normally.  arm, disarm: whether "
		"responses\n"
		"happen.  reset: a rule that spent its budget may act again.",
		options, ARRAY_LEN(options)
	};
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (j.config == NULL && access("tocsin.yml", R_OK) == 0)
		j.config = "tocsin.yml";
	e = run_verb(&j, n, argv, &why);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j.out.p, j.out.n, &why);
	leases_close(j.leases);
	policy_free(j.in_force);
	conf_free(j.conf);
	buf_fini(&j.out);
	return e == OK ? CMD_OK : cmd_fail_as(&why, j.json);
}
