/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/simulate.py */
/* `tocsin simulate`: attacks through the real inputs, to see what is found and who is told. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "app/outlet.h"
#include "app/scenario.h"
#include "base/clock.h"
#include "base/fs.h"
#include "conf/conf.h"

#define SPEED_DEFAULT 60.0
#define RATE_MAX 100000.0
#define TOKENS_MAX ((size_t)64 << 10)

struct job {
	struct outlet *out;
	double rate;          /* events a second; 0: the scenario's own */
	double speed;         /* seconds of the scenario in one of ours */
	int64_t begin, begun; /* event time of its start; when we started, monotonic */
	struct buf event;
	size_t sent;
	enum err err;
	struct diag *why;
};

static void
sleep_until(int64_t mono)
{
	int64_t left = mono - clock_mono();
	struct timespec t = { left / CLOCK_S, left % CLOCK_S };

	if (left > 0)
		(void)nanosleep(&t, NULL);
}

/* Sends an event when its time has come. */
static void
on_say(void *ctx, int64_t t, const struct saying *s)
{
	struct job *j = ctx;
	int64_t due = j->begun + (int64_t)((double)t / j->speed);

	if (j->err != OK)
		return;
	if (due > clock_mono() + 2 * CLOCK_MS) {
		j->err = outlet_flush(j->out, j->why);
		sleep_until(due);
	}
	buf_reset(&j->event);
	if (!outlet_is_lines(j->out))
		saying_json(s, j->begin + t, &j->event);
	else if (!saying_line(s, j->begin + t, &j->event))
		return; /* no program writes such a line */
	if (j->err == OK)
		j->err = outlet_put(j->out, buf_view(&j->event), j->why);
	j->sent++;
}

static enum err
play(struct job *j, const struct scenario *sc)
{
	char host[64];
	struct scenario_play p = { sc->name, host, on_say, j };
	int64_t gap = (int64_t)((double)CLOCK_S / (j->rate > 0 ? j->rate : sc->rate));
	int64_t lasts = gap * sc->n;

	j->sent = 0;
	j->begun = clock_mono();
	/* It ends now, or when it has been played: nothing is from the future. */
	j->begin = clock_wall() - lasts + (int64_t)((double)lasts / j->speed);
	(void)snprintf(host, sizeof(host), "sim-%s-%lld", sc->name,
	    (long long)(j->begin / CLOCK_S % 100000));
	fprintf(stderr, "%s: %s; %u events", sc->name, sc->what, sc->n);
	fprintf(stderr, " in %.0f s, played in %.1f s\n", (double)lasts / (double)CLOCK_S,
	    (double)lasts / (double)CLOCK_S / j->speed);
	sc->play(&p, gap);
	if (j->err == OK)
		j->err = outlet_flush(j->out, j->why);
	if (j->err == OK && j->sent == 0)
		j->err = err_set(j->why, FAIL_SYNTAX,
		    "%s has no log lines; send it by http:// or as .json", sc->name);
	if (j->err == OK && j->sent < sc->n)
		fprintf(stderr, "%s: %zu of its %u events have a log line\n", sc->name, j->sent,
		    sc->n);
	return j->err;
}

/* The first token of the file: its lines are tokens and what they may, or comments. */
static enum err
read_token(const char *path, char to[128], struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct str rest, line;
	enum err e;

	e = fs_read(path, TOKENS_MAX, &text, why);
	rest = buf_view(&text);
	while (e == OK && str_line(&rest, &line)) {
		struct str word = str_until(&line, ' ');

		if (word.n == 0 || word.p[0] == '#' || word.n >= 128)
			continue;
		(void)str_to_c(word, to, 128);
		return OK;
	}
	return e != OK ? e : err_set(why, FAIL_SYNTAX, "%s holds no token", path);
}

struct where {
	const char *to, *token_file, *config, *data, *ca_file;
};

/* The daemon of the configuration, unless something else is said. */
static enum err
open_outlet(const struct where *w, struct outlet **ret, struct diag *why)
{
	struct outlet_opts opts = { .to = w->to, .ca_file = w->ca_file };
	const char *config = w->config;
	char url[300], token[128] = "";
	struct conf *conf = NULL;
	struct datadir dir;
	enum err e = OK;

	if (config == NULL && access("tocsin.yml", R_OK) == 0)
		config = "tocsin.yml";
	if (opts.to == NULL) {
		e = conf_load(config, environ, &conf, NULL, why);
		if (e != OK)
			return e;
		(void)snprintf(url, sizeof(url), "%s://%.255s",
		    conf->http_tls_cert[0] != '\0' ? "https" : "http", conf->http_listen);
		opts.to = url;
		conf_free(conf);
	}
	if (str_starts(str_c(opts.to), STR("http"))) {
		e = w->token_file != NULL ? OK : datadir_find(&dir, w->data, config, why);
		if (e == OK)
			e = read_token(w->token_file != NULL ? w->token_file : dir.token, token,
			    why);
		opts.token = token;
	}
	if (e == OK)
		e = outlet_open(&opts, ret, why);
	explicit_bzero(token, sizeof(token));
	return e;
}

static bool
read_number(const char *text, double min, double max, double *ret)
{
	char *end;

	*ret = strtod(text, &end);
	return end != text && *end == '\0' && *ret >= min && *ret <= max;
}

static int
list(void)
{
	const struct scenario *sc;

	for (size_t i = 0; (sc = scenario_at(i)) != NULL; i++)
		printf("%-20s %s\n", sc->name, sc->what);
	return CMD_OK;
}

static enum err
check_names(int n, char **names, struct diag *why)
{
	for (int i = 0; i < n; i++)
		if (!str_eq(str_c(names[i]), STR("all")) && scenario_find(str_c(names[i])) == NULL)
			return err_set(why, FAIL_NOT_FOUND,
			    "no simulation is called '%.60s'; `tocsin simulate list` names them",
			    names[i]);
	return n > 0 ? OK
		     : err_set(why, FAIL_SYNTAX, "which one?  `tocsin simulate list` names them");
}

static enum err
check_numbers(struct job *j, const char *rate, const char *speed, struct diag *why)
{
	if (rate != NULL && !read_number(rate, 0.001, RATE_MAX, &j->rate))
		return err_set(why, FAIL_SYNTAX, "--rate is 0.001 to %.0f events a second",
		    RATE_MAX);
	if (speed != NULL && !read_number(speed, 0.01, 1e6, &j->speed))
		return err_set(why, FAIL_SYNTAX, "--speed is 0.01 to 1000000");
	return OK;
}

static enum err
run(struct job *j, int n, char **names)
{
	enum err e = OK;

	if (j->speed <= 0) /* other lines of the same log are of now */
		j->speed = outlet_is_lines(j->out) ? 1 : SPEED_DEFAULT;
	for (int i = 0; i < n && e == OK; i++) {
		const struct scenario *one = scenario_find(str_c(names[i])), *sc;

		if (one != NULL)
			e = play(j, one);
		for (size_t k = 0; one == NULL && e == OK && (sc = scenario_at(k)) != NULL; k++)
			e = play(j, sc);
	}
	return e;
}

int
cmd_simulate(int argc, char **argv)
{
	struct where w = { 0 };
	const char *rate = NULL, *speed = NULL;
	const struct args_option options[] = {
		{ "to", "WHERE",
		    "http(s)://, syslog://HOST:PORT, a file or - (default: the daemon)", &w.to,
		    NULL },
		{ "rate", "N", "events a second of the attack (default: each its own)", &rate,
		    NULL },
		{ "speed", "X", "its time runs X times as fast as ours (default: 60; log lines: 1)",
		    &speed, NULL },
		{ "token-file", "FILE", "access token (default: of the data folder)", &w.token_file,
		    NULL },
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &w.config,
		    NULL },
		{ "data", "DIR", "data folder, instead of data_dir", &w.data, NULL },
		{ "ca-file", "FILE", "certificates to trust", &w.ca_file, NULL },
	};
	const struct args_spec spec = { "tocsin simulate [options] SCENARIO... | all | list",
		"Plays attacks through the real inputs, to see what is found and who is told.\n"
		"Every event says simulation: NAME; addresses are reserved for documentation.",
		options, ARRAY_LEN(options) };
	struct job j = { 0 };
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n == 1 && str_eq(str_c(argv[0]), STR("list")))
		return list();
	j.why = &why;
	buf_init(&j.event, 0);
	e = check_names(n, argv, &why);
	if (e == OK)
		e = check_numbers(&j, rate, speed, &why);
	if (e == OK)
		e = open_outlet(&w, &j.out, &why);
	if (e == OK)
		e = run(&j, n, argv);
	buf_fini(&j.event);
	outlet_close(j.out);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
