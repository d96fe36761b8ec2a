/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/cli.py */
/* The list of subcommands. */
#include "app/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/jsonw.h"

static const struct cmd cmds[] = {
	{ "scan", "what happened in these log files? (no daemon)", cmd_scan, false },
	{ "parse", "show log lines as the records they become", cmd_parse, false },
	{ "rules", "check rules, and see which match", cmd_rules, false },
	{ "serve", "run the daemon", cmd_serve, false },
	{ "sql", "ask the stored events in SQL", cmd_sql, false },
	{ "alerts", "list, show, acknowledge and resolve alerts", cmd_alerts, false },
	{ "incidents", "list, show, open, lead and close incidents", cmd_incidents, false },
	{ "routes", "who is told of which alerts, and of one like this", cmd_routes, false },
	{ "silences", "what nobody is told of for a time", cmd_silences, false },
	{ "playbooks", "what is done about incidents, step by step", cmd_playbooks, false },
	{ "user", "list and invite people who may log in", cmd_user, false },
	{ "token", "list, make and revoke access tokens", cmd_token, false },
	{ "backtest", "what would this rule have raised?", cmd_backtest, false },
	{ "simulate", "play attacks through the real inputs", cmd_simulate, false },
	{ "send-test", "send a test message by a channel", cmd_send_test, false },
	{ "test-alert", "raise a test alert and see who is told", cmd_test_alert, false },
	{ "enforce", "keep the firewall as the daemon says (needs rights)", cmd_enforce, false },
	{ "response", "whom would responses hit? arm, disarm, reset", cmd_response, false },
	{ "evidence", "keep the events of an alert in a file of their own", cmd_evidence, false },
	{ "blocks", "what is blocked, by whom and why; block, undo, allow", cmd_blocks, false },
	{ "oncall", "who is on call, now and next; check a file of it", cmd_oncall, false },
	{ "unblock", "let an address in again, whatever runs", cmd_unblock, false },
	{ "check-config", "check a configuration file, print the reference", cmd_check, false },
	{ "debug", "crash points, the field table and more for developers", cmd_debug, false },
	{ "store", "role: seal the log into Parquet", cmd_store, true },
	{ "query", "role: answer one query", cmd_query, true },
	{ "notify", "role: send messages", cmd_notify, true },
};

static void
overview(FILE *to)
{
	fprintf(to, "Tocsin watches what applications log, finds attacks and says so.\n\n"
		    "usage: tocsin COMMAND [options]\n\n");
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		if (!cmds[i].hidden)
			fprintf(to, "  %-14s %s\n", cmds[i].name, cmds[i].what);
	fprintf(to, "\n`tocsin COMMAND --help` tells more.\n");
}

int
cmd_fail(const struct diag *why)
{
	char text[512];

	fprintf(stderr, "tocsin: %s\n", err_text(why, text, sizeof(text)));
	return CMD_FAILED;
}

int
cmd_fail_as(const struct diag *why, bool json)
{
	auto_buf struct buf out = { 0 };
	char text[512];
	struct jsonw w;

	if (json) {
		jsonw_init(&w, &out);
		jsonw_obj(&w);
		jsonw_kstr(&w, "error", str_c(err_text(why, text, sizeof(text))));
		jsonw_end(&w);
		printf("%.*s\n", STR_ARG(buf_view(&out)));
	}
	return cmd_fail(why);
}

int
cmd_main(int argc, char **argv)
{
	if (argc < 2) {
		overview(stderr);
		return CMD_FAILED;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		overview(stdout);
		return CMD_OK;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
		printf("tocsin %s\n", TOCSIN_VERSION);
		return CMD_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		if (strcmp(argv[1], cmds[i].name) == 0)
			return cmds[i].run(argc - 2, argv + 2);
	fprintf(stderr, "tocsin: there is no command %s\n\n", argv[1]);
	overview(stderr);
	return CMD_FAILED;
}
