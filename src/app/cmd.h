/* The subcommands, one file each (app/cmd_NAME.c), listed in app/cmd.c. */
#ifndef APP_CMD_H
#define APP_CMD_H

#include <stdbool.h>

#include "base/err.h"

struct cmd {
	const char *name, *what;           /* "scan", one line for the overview */
	int (*run)(int argc, char **argv); /* behind the name; returns the exit status */
	bool hidden;                       /* a role the daemon starts, not a person */
};

/* Exit statuses every command keeps to. */
#define CMD_OK 0
#define CMD_FOUND 1  /* it worked, and there is something to look at */
#define CMD_FAILED 2 /* it could not be done; the reason was said on stderr */

/* Runs the one named argv[1]; argc and argv as main() has them. */
int cmd_main(int argc, char **argv) NONNULL;

int cmd_scan(int argc, char **argv);
int cmd_playbooks(int argc, char **argv);
int cmd_incidents(int argc, char **argv);
int cmd_parse(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_silences(int argc, char **argv);
int cmd_oncall(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_sql(int argc, char **argv);
int cmd_routes(int argc, char **argv);
int cmd_alerts(int argc, char **argv);
int cmd_backtest(int argc, char **argv);
int cmd_blocks(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_user(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_debug(int argc, char **argv);
int cmd_store(int argc, char **argv);
int cmd_query(int argc, char **argv);
int cmd_notify(int argc, char **argv);
int cmd_send_test(int argc, char **argv);
int cmd_test_alert(int argc, char **argv);
int cmd_enforce(int argc, char **argv);
int cmd_unblock(int argc, char **argv);
int cmd_evidence(int argc, char **argv);
int cmd_response(int argc, char **argv);

/* users.db of the data folder, for commands; FAIL_DENIED for who does not own the folder. */
struct users;
enum err cmd_users_open(const char *data, const char *config, struct users **ret, struct diag *why)
    __attribute__((nonnull(3)));

/* "tocsin: <why>" on stderr; returns CMD_FAILED. */
int cmd_fail(const struct diag *why) NONNULL;
/* The same, and for machines {"error":"<why>"} on stdout when `json`. */
int cmd_fail_as(const struct diag *why, bool json) NONNULL;

#endif
