/* SPDX-License-Identifier: Apache-2.0 */
/* exports: cmd_notify cmd_send_test */
/* tested by: test/e2e/delivery.py */
/* `tocsin notify`, which the daemon starts, and `tocsin send-test`, for people. */
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/args.h"
#include "app/chankind.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "app/letter.h"
#include "app/sendtest.h"
#include "base/log.h"
#include "conf/conf.h"
#include "notify/job.h"
#include "notify/notify.h"
#include "notify/sender.h"

/* Readable once somebody asks us to end. */
static int
stop_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int
cmd_notify(int argc, char **argv)
{
	const char *ca = NULL;
	const struct args_option options[] = {
		{ "ca", "FILE", "certificate authorities to trust, PEM", &ca, NULL },
	};
	const struct args_spec spec = { "tocsin notify [options]",
		"Sends the messages it is told to on standard input.  The daemon starts this "
		"itself.",
		options, ARRAY_LEN(options) };
	static struct kinds kinds;
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	log_role_set("notify");
	notify_harden();
	chankind_load(&kinds);
	e = sender_prepare(&why);
	if (e == OK)
		e = notify_run(&(struct notify_opts){ .in = STDIN_FILENO,
				   .out = STDOUT_FILENO,
				   .stop_fd = stop_signals(),
				   .ca_file = ca,
				   .kinds = &kinds },
		    &why);
	if (e != OK)
		log_diag("notify", "ended", &why);
	/* At once: no leak checker could look at it any more, and nothing is left to do. */
	_exit(e == OK ? CMD_OK : CMD_FAILED);
}

struct found {
	struct buf one[CHANNELS_MAX];
	char name[CHANNELS_MAX][CHANNELS_NAME_MAX + 1];
	size_t n;
};

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	struct found *f = ctx;

	if (f->n == CHANNELS_MAX)
		return OK;
	(void)str_to_c(row->name, f->name[f->n], sizeof(f->name[0]));
	letter_channel(row, &f->one[f->n++]);
	return OK;
}

/* The channel as it is stored, or with `name` NULL every one, and how to send. */
static enum err
find(const char *name, const char *data, const struct conf *conf, struct found *to,
    struct diag *why)
{
	struct alerts *a = NULL;
	struct datadir dir;
	enum err e = datadir_set(&dir, data != NULL ? data : conf->data_dir, why);

	if (e == OK)
		e = alerts_open(dir.state, &a, why);
	if (e == OK)
		e = name != NULL ? channels_get(a, str_c(name), on_channel, to, why)
				 : channels_list(a, on_channel, to, why);
	if (e == OK && to->n == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no channel");
	alerts_close(a);
	return e;
}

static void
report(const char *name, const struct job_result *r)
{
	if (name != NULL)
		printf("%s: ", name);
	printf("%s: %s (%lld ms)\n", r->verdict == JOB_OK ? "arrived" : "not delivered", r->detail,
	    (long long)r->ms);
}

struct saying {
	const struct found *f;
	bool named;
};

static void
on_sent(void *ctx, size_t i, const struct job_result *r)
{
	const struct saying *s = ctx;

	report(s->named ? s->f->name[i] : NULL, r);
}

static enum err
send_all(const struct conf *conf, const struct found *f, bool named, bool *ret_arrived,
    struct diag *why)
{
	static struct sendtest tests[CHANNELS_MAX];
	struct saying saying = { f, named };

	for (size_t i = 0; i < f->n; i++)
		tests[i] = (struct sendtest){ buf_view(&f->one[i]), STR(""), STR("") };
	return sendtest_all(conf, tests, f->n, on_sent, &saying, ret_arrived, why);
}

int
cmd_send_test(int argc, char **argv)
{
	static struct found found;
	const char *config = NULL, *data = NULL;
	bool all = false;
	const struct args_option options[] = {
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &config,
		    NULL },
		{ "data", "DIR", "data folder, instead of data_dir", &data, NULL },
		{ "all", NULL, "by every channel, one after the other", NULL, &all },
	};
	const struct args_spec spec = { "tocsin send-test [options] CHANNEL | --all",
		"Sends a test message by a channel and says what its receiver said; the daemon may "
		"run "
		"or not.",
		options, ARRAY_LEN(options) };
	struct conf *conf = NULL;
	struct diag why = { 0 };
	bool arrived = false;
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n != !all) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	if (config == NULL && access("tocsin.yml", R_OK) == 0)
		config = "tocsin.yml";
	e = conf_load(config, environ, &conf, NULL, &why);
	if (e == OK)
		e = find(all ? NULL : argv[0], data, conf, &found, &why);
	if (e == OK)
		e = send_all(conf, &found, all, &arrived, &why);
	for (size_t i = 0; i < found.n; i++)
		buf_fini(&found.one[i]);
	conf_free(conf);
	if (e != OK)
		return cmd_fail(&why);
	return arrived ? CMD_OK : CMD_FAILED;
}
