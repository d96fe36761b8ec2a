/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* `tocsin serve`: the daemon. */
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/daemon.h"
#include "base/buf.h"

#define CONFIG_DEFAULT "tocsin.yml"

static enum err
load(const char *config, const char *data, struct conf **conf, struct datadir *dir,
    struct diag *why)
{
	struct conf_problems problems = { 0 };
	auto_buf struct buf text = { 0 };
	enum err e;

	if (config == NULL && access(CONFIG_DEFAULT, R_OK) == 0)
		config = CONFIG_DEFAULT;
	e = conf_load(config, environ, conf, &problems, why);
	if (e != OK && problems.n > 1) {
		conf_problems_text(&problems, &text);
		fprintf(stderr, "%.*s", STR_ARG(buf_view(&text)));
	}
	conf_problems_fini(&problems);
	return e == OK ? datadir_set(dir, data != NULL ? data : (*conf)->data_dir, why) : e;
}

int
cmd_serve(int argc, char **argv)
{
	const char *config = NULL, *data = NULL, *listen = NULL;
	bool no_store = false;
	const struct args_option options[] = {
		{ "config", "FILE", "configuration (default: " CONFIG_DEFAULT " if it is here)",
		    &config, NULL },
		{ "data", "DIR", "data folder, instead of data_dir", &data, NULL },
		{ "listen", "ADDR", "HTTP address, instead of http.listen", &listen, NULL },
		{ "no-store", NULL, "without the store process", NULL, &no_store },
	};
	const struct args_spec spec = { "tocsin serve [options]",
		"Runs the daemon until it is asked to end (Ctrl-C, SIGTERM).\n"
		"Everything is kept in the data folder; the first start prints an access token.",
		options, ARRAY_LEN(options) };
	struct conf *conf = NULL;
	struct datadir dir;
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n > 0) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	e = load(config, data, &conf, &dir, &why);
	if (e == OK)
		e = daemon_run(&(struct daemon_opts){ .conf = conf,
				   .dir = &dir,
				   .listen = listen,
				   .no_store = no_store },
		    &why);
	conf_free(conf);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
