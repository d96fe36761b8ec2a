/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/preview.py */
/* `tocsin blocks`: what was done about alerts, and the allow list; with the daemon or without it.
 */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "app/aim.h"
#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "base/utf8.h"
#include "conf/conf.h"
#include "respond/respond.h"

#define LIVING (1U << LEASE_PROPOSED | 1U << LEASE_ACTIVE | 1U << LEASE_DRY_RUN)

struct job {
	const char *data, *config, *state, *span, *reason, *action, *allow;
	bool json, all;
	struct conf *conf;
	struct respond r;
	struct buf out;
	struct str by;
	int64_t now;
	size_t n;
};

static void
put_json(struct job *j, const struct lease *row)
{
	struct jsonw w;

	jsonw_init(&w, &j->out);
	jsonw_obj(&w);
	jsonw_kint(&w, "id", row->id);
	jsonw_kstr(&w, "action", str_c(deed_word(row->deed)));
	jsonw_kstr(&w, "entity", row->entity);
	jsonw_kstr(&w, "state", str_c(leases_word(row->state)));
	jsonw_ktime(&w, "begin", row->begin);
	jsonw_ktime(&w, "end", row->end);
	jsonw_kstr(&w, "alert_id", row->alert);
	jsonw_kstr(&w, "rule_id", row->rule);
	jsonw_kstr(&w, "by", row->by);
	jsonw_kstr(&w, "reason", row->reason);
	jsonw_kstr(&w, "result", row->result);
	jsonw_end(&w);
	buf_byte(&j->out, '\n');
}

static void
put_left(struct job *j, const struct lease *row)
{
	const int64_t s = (row->end - j->now) / CLOCK_S;

	if ((LIVING & 1U << row->state) == 0 || s <= 0)
		buf_printf(&j->out, "%9s", "");
	else if (s >= 86400)
		buf_printf(&j->out, "%4lldd %2lldh", (long long)(s / 86400),
		    (long long)(s / 3600 % 24));
	else
		buf_printf(&j->out, "%4lldh %2lldm", (long long)(s / 3600),
		    (long long)(s / 60 % 60));
}

static enum err
on_row(void *ctx, const struct lease *row)
{
	struct job *j = ctx;

	j->n++;
	if (j->json) {
		put_json(j, row);
		return OK;
	}
	buf_printf(&j->out, "%6lld  %-8s  ", (long long)row->id, leases_word(row->state));
	put_left(j, row);
	buf_printf(&j->out, "  %-14s  ", deed_word(row->deed));
	utf8_show(row->entity, &j->out);
	buf_str(&j->out, STR("  "));
	utf8_show(row->reason, &j->out);
	if (row->by.n != 0) {
		buf_str(&j->out, STR("  by "));
		utf8_show(row->by, &j->out);
	}
	buf_byte(&j->out, '\n');
	return OK;
}

static enum err
do_list(struct job *j, struct diag *why)
{
	struct leases_filter f = { .states = j->all ? 0 : LIVING, .limit = 1000 };
	enum lease_state s;
	enum err e;

	if (j->state != NULL && !leases_find_state(str_c(j->state), &s))
		return err_set(why, FAIL_SYNTAX,
		    "--state is proposed, active, expired, undone, failed or dry-run");
	if (j->state != NULL)
		f.states = 1U << s;
	e = leases_list(j->r.leases, &f, on_row, j, why);
	if (e == OK && j->n == 0 && !j->json)
		buf_str(&j->out, STR("Nothing.\n"));
	return e;
}

static void
put_field(struct job *j, const char *name, struct str s)
{
	if (s.n == 0)
		return;
	buf_printf(&j->out, "  %-8s ", name);
	utf8_show(s, &j->out);
	buf_byte(&j->out, '\n');
}

static enum err
on_show(void *ctx, const struct lease *row)
{
	struct job *j = ctx;
	char begin[40], end[40];

	if (j->json) {
		put_json(j, row);
		return OK;
	}
	buf_printf(&j->out, "%s ", deed_word(row->deed));
	utf8_show(row->entity, &j->out);
	buf_printf(&j->out, ", %s, %.19s to %.19s\n", leases_word(row->state),
	    clock_text(row->begin, begin), clock_text(row->end, end));
	put_field(j, "reason", row->reason);
	put_field(j, "result", row->result);
	put_field(j, "by", row->by);
	put_field(j, "alert", row->alert);
	put_field(j, "rule", row->rule);
	return OK;
}

static enum err
on_change(void *ctx, const struct lease_change *c)
{
	struct job *j = ctx;
	char when[40];

	buf_printf(&j->out, "  %.19s  ", clock_text(c->time, when));
	utf8_show(c->by.n != 0 ? c->by : STR("tocsin"), &j->out);
	if (c->from == c->to)
		buf_printf(&j->out, "  %s  ", leases_word(c->to));
	else
		buf_printf(&j->out, "  %s -> %s  ", leases_word(c->from), leases_word(c->to));
	utf8_show(c->result, &j->out);
	buf_byte(&j->out, '\n');
	return OK;
}

static enum err
do_show(struct job *j, int64_t id, struct diag *why)
{
	enum err e = leases_get(j->r.leases, id, on_show, j, why);

	return e == OK && !j->json ? leases_audit(j->r.leases, id, on_change, j, why) : e;
}

static enum err
read_span(const char *text, const char *option, int64_t *ret, struct diag *why)
{
	if (text == NULL || (clock_span(str_c(text), ret) && *ret > 0 && *ret <= POLICY_SPAN_MAX))
		return OK;
	return err_set(why, FAIL_SYNTAX, "--%s is a time like 1h, at most 30d", option);
}

static enum err
do_add(struct job *j, const char *entity, struct diag *why)
{
	struct respond_wish w = { .deed = DEED_BLOCK_IP,
		.entity = str_c(entity),
		.span = POLICY_SPAN,
		.by = j->by,
		.reason = str_c(j->reason) };
	int64_t id = 0;
	enum err e = read_span(j->span, "for", &w.span, why);

	if (e == OK && j->action != NULL && !deed_find(str_c(j->action), &w.deed))
		e = err_set(why, FAIL_SYNTAX, "there is no action %s", j->action);
	if (e == OK)
		e = respond_by_hand(&j->r, &w, j->now, &id, why);
	if (e == OK)
		buf_printf(&j->out, "%lld %s %s\n", (long long)id, deed_word(w.deed), entity);
	return e;
}

static enum err
do_undo(struct job *j, int64_t id, struct diag *why)
{
	return leases_change(j->r.leases, id, LEASE_UNDONE, j->by,
	    j->reason[0] != '\0' ? str_c(j->reason) : STR("undone by hand"), j->now, why);
}

static enum err
do_approve(struct job *j, int64_t id, struct diag *why)
{
	return respond_approve(&j->r, id, j->by, j->now, why);
}

static enum err
do_extend(struct job *j, int64_t id, struct diag *why)
{
	int64_t span = POLICY_SPAN;
	enum err e = read_span(j->span, "for", &span, why);

	return e == OK ? respond_extend(&j->r, id, span, j->by, str_c(j->reason), j->now, why) : e;
}

static enum err
do_allow(struct job *j, const char *text, struct diag *why)
{
	struct lease_allow row = { .by = j->by, .reason = str_c(j->reason), .created = j->now };
	char canonical[GUARD_TEXT];
	struct ip_net net;
	int64_t span = 0;
	uint64_t n = 0;
	enum err e = read_span(j->span, "for", &span, why);

	if (e == OK && !ip_net_parse(str_c(text), &net, NULL))
		e = err_set(why, FAIL_SYNTAX, "%s is no address and no network", text);
	if (e != OK)
		return e;
	row.net = str_c(guard_text(&net, canonical));
	row.until = span != 0 ? j->now + span : 0;
	e = leases_allow(j->r.leases, &row, why);
	if (e == OK)
		e = leases_undo_entity(j->r.leases, row.net, j->by, j->now, &n, why);
	if (e == OK)
		buf_printf(&j->out, "%s is never blocked; %llu undone\n", canonical,
		    (unsigned long long)n);
	return e;
}

static enum err
do_disallow(struct job *j, const char *text, struct diag *why)
{
	char canonical[GUARD_TEXT];
	struct ip_net net;

	if (!ip_net_parse(str_c(text), &net, NULL))
		return err_set(why, FAIL_SYNTAX, "%s is no address and no network", text);
	return leases_disallow(j->r.leases, str_c(guard_text(&net, canonical)), why);
}

static enum err
on_allowed(void *ctx, const struct lease_allow *row)
{
	struct job *j = ctx;
	char when[40];

	buf_printf(&j->out, "%-20.*s  ", STR_ARG(row->net));
	if (row->until != 0)
		buf_printf(&j->out, "until %.19s  ", clock_text(row->until, when));
	utf8_show(row->reason, &j->out);
	buf_str(&j->out, STR("  by "));
	utf8_show(row->by, &j->out);
	buf_byte(&j->out, '\n');
	return OK;
}

static const struct {
	const char *name;
	enum err (*number)(struct job *j, int64_t id, struct diag *why);
	enum err (*text)(struct job *j, const char *arg, struct diag *why);
} verbs[] = {
	{ "show", do_show, NULL },
	{ "add", NULL, do_add },
	{ "undo", do_undo, NULL },
	{ "approve", do_approve, NULL },
	{ "extend", do_extend, NULL },
	{ "allow", NULL, do_allow },
	{ "disallow", NULL, do_disallow },
};

static enum err
on_each(struct job *j, size_t verb, int n, char **args, struct diag *why)
{
	enum err e = n == 0 ? err_set(why, FAIL_SYNTAX, "%s: say which", verbs[verb].name) : OK;
	int64_t id;

	for (int i = 0; i < n && e == OK; i++) {
		if (verbs[verb].text != NULL)
			e = verbs[verb].text(j, args[i], why);
		else if (str_i64(str_c(args[i]), &id))
			e = verbs[verb].number(j, id, why);
		else
			e = err_set(why, FAIL_SYNTAX, "'%s' is no number of a response", args[i]);
	}
	return e;
}

static enum err
run_verb(struct job *j, int n, char **argv, struct diag *why)
{
	const char *name = n > 0 ? argv[0] : "list";

	if (strcmp(name, "list") == 0 && n <= 1)
		return do_list(j, why);
	if (strcmp(name, "allowed") == 0 && n == 1)
		return leases_allowed(j->r.leases, j->now, on_allowed, j, why);
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return on_each(j, i, n - 1, argv + 1, why);
	return err_set(why, FAIL_SYNTAX,
	    "there is no `blocks %s`: list, show, add, undo, approve, extend, allowed, allow, "
	    "disallow",
	    name);
}

static enum err
open_all(struct job *j, struct diag *why)
{
	struct datadir dir;
	enum err e = conf_load(j->config, environ, &j->conf, NULL, why);

	if (e == OK)
		e = datadir_find(&dir, j->data, j->config, why);
	if (e == OK && access(dir.respond, F_OK) != 0)
		e = err_set(why, FAIL_NOT_FOUND, "%s: nothing was ever answered here", dir.respond);
	if (e == OK)
		e = leases_open(dir.respond, &j->r.leases, why);
	if (e == OK) /* as the daemon guards, but for who is logged in */
		e = aim_guard(j->conf, &j->r.guard, why);
	return e == OK ? aim_allowed(j->r.leases, j->now, j->r.guard, why) : e;
}

int
cmd_blocks(int argc, char **argv)
{
	const struct passwd *pw = getpwuid(getuid());
	struct job j = {
		.reason = "", .by = str_c(pw != NULL ? pw->pw_name : "shell"), .now = clock_wall()
	};
	const struct args_option options[] = {
		{ "state", "S", "list: proposed, active, dry-run, expired, undone, failed",
		    &j.state, NULL },
		{ "all", NULL, "list: those that ended too", NULL, &j.all },
		{ "for", "T", "add, extend, allow: how long, like 4h", &j.span, NULL },
		{ "action", "A", "add: BLOCK_IP (default), RATE_LIMIT_IP, REQUIRE_CAPTCHA",
		    &j.action, NULL },
		{ "reason", "TEXT", "why; it goes to the audit", &j.reason, NULL },
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &j.data,
		    NULL },
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &j.config,
		    NULL },
		{ "json", NULL, "list, show: one JSON object a line", NULL, &j.json },
	};
	const struct args_spec spec = {
		"tocsin blocks [list | show N | add ADDRESS | undo N... | approve N... | extend "
		"N... |\n"
		"                      allowed | allow NET | disallow NET]",
		"What is done about alerts now, newest first, and what people do by hand.  Works "
		"with the\ndaemon, which follows within a second, and without it.  To let an "
		"address in whatever runs:\ntocsin unblock.",
		options, ARRAY_LEN(options)
	};
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (j.config == NULL && access("tocsin.yml", R_OK) == 0)
		j.config = "tocsin.yml";
	e = open_all(&j, &why);
	if (e == OK)
		e = run_verb(&j, n, argv, &why);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j.out.p, j.out.n, &why);
	leases_close(j.r.leases);
	guard_free(j.r.guard);
	conf_free(j.conf);
	buf_fini(&j.out);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
