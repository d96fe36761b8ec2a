/* SPDX-License-Identifier: Apache-2.0 */
/* exports: cmd_test_alert */
/* tested by: test/e2e/channels.py */
/* `tocsin test-alert`: an alert that goes the way of all alerts, and what became of its messages.
 */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "alert/drill.h"
#include "alert/outbox.h"
#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "base/clock.h"
#include "conf/conf.h"

#define WAIT (15 * CLOCK_S)
#define LOOK_EVERY 100000 /* us */

struct asked {
	const char *config, *data, *severity, *channel;
	bool routes;
};

struct outcome {
	bool print;
	unsigned told, arrived, waiting; /* waiting: not tried yet */
};

static enum err
on_delivery(void *ctx, const struct outbox_row *row)
{
	struct outcome *o = ctx;
	const bool untried =
	    row->state == OUTBOX_SENDING || (row->state == OUTBOX_PENDING && row->attempts == 0);

	o->told++;
	o->arrived += row->state == OUTBOX_SENT;
	o->waiting += untried;
	if (!o->print)
		return OK;
	printf("%.*s: ", STR_ARG(row->channel));
	if (row->person.n != 0)
		printf("for %.*s: ", STR_ARG(row->person));
	if (row->state == OUTBOX_SENT)
		printf("arrived (%lld ms)\n", (long long)row->ms);
	else if (untried)
		printf("not tried yet: does the daemon run?\n");
	else
		printf("not delivered: %.*s\n", STR_ARG(row->last_error));
	return OK;
}

static enum err
look(struct alerts *a, const char *id, struct outcome *o, struct diag *why)
{
	const struct outbox_filter f = { .alert_id = str_c(id), .limit = 1000 };

	return outbox_list(a, &f, on_delivery, o, why);
}

/* Until each message was tried once. */
static enum err
wait_for(struct alerts *a, const char *id, struct outcome *ret, struct diag *why)
{
	const int64_t until = clock_mono() + WAIT;
	enum err e;

	do {
		*ret = (struct outcome){ 0 };
		e = look(a, id, ret, why);
		if (e != OK || ret->waiting == 0)
			break;
		(void)usleep(LOOK_EVERY);
	} while (clock_mono() < until);
	*ret = (struct outcome){ .print = true };
	return e == OK ? look(a, id, ret, why) : e;
}

static enum err
open_state(const struct asked *q, struct alerts **ret, struct diag *why)
{
	struct conf *conf = NULL;
	struct datadir dir;
	enum err e = conf_load(q->config, environ, &conf, NULL, why);

	if (e == OK)
		e = datadir_set(&dir, q->data != NULL ? q->data : conf->data_dir, why);
	conf_free(conf);
	return e == OK ? alerts_open(dir.state, ret, why) : e;
}

static enum err
raise(const struct asked *q, struct outcome *ret, struct diag *why)
{
	const struct passwd *who = getpwuid(geteuid());
	struct drill d = { .severity = ALERTS_MEDIUM,
		.channel = q->channel != NULL ? str_c(q->channel) : STR(""),
		.routed = q->routes,
		.by = who != NULL ? str_c(who->pw_name) : STR("somebody") };
	struct alerts *a = NULL;
	char id[ALERTS_ID_SIZE];
	enum err e;

	if (q->severity != NULL && !alerts_severity_find(str_c(q->severity), &d.severity))
		return err_set(why, FAIL_SYNTAX, "--severity: CRITICAL, HIGH, MEDIUM, LOW or INFO");
	if (q->routes && q->channel != NULL)
		return err_set(why, FAIL_SYNTAX, "--channel does not go with --routes");
	e = open_state(q, &a, why);
	if (e == OK)
		e = drill_raise(a, &d, clock_wall(), id, why);
	if (e == OK)
		printf("alert %s\n", id);
	if (e == OK)
		e = wait_for(a, id, ret, why);
	alerts_close(a);
	return e;
}

int
cmd_test_alert(int argc, char **argv)
{
	struct asked q = { 0 };
	const struct args_option options[] = {
		{ "severity", "WORD", "of the alert (default: MEDIUM)", &q.severity, NULL },
		{ "channel", "NAME", "tell this channel alone, not every one", &q.channel, NULL },
		{ "routes", NULL, "tell whoever is told of such an alert, people on call too", NULL,
		    &q.routes },
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &q.config,
		    NULL },
		{ "data", "DIR", "data folder, instead of data_dir", &q.data, NULL },
	};
	const struct args_spec spec = { "tocsin test-alert [options]",
		"Raises an alert that is marked as a test, and says what became of its messages.",
		options, ARRAY_LEN(options) };
	struct outcome o = { 0 };
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n != 0) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	if (q.config == NULL && access("tocsin.yml", R_OK) == 0)
		q.config = "tocsin.yml";
	if (raise(&q, &o, &why) != OK)
		return cmd_fail(&why);
	if (o.told == 0)
		printf("nobody is told of it\n");
	return o.told != 0 && o.arrived == o.told ? CMD_OK : CMD_FOUND;
}
