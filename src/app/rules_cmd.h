/* The subcommands of `tocsin rules`, as struct cmd has them; listed in app/cmd_rules.c. */
#ifndef APP_RULES_CMD_H
#define APP_RULES_CMD_H

int rules_explain(int argc, char **argv);
int rules_list(int argc, char **argv);
int rules_lint(int argc, char **argv);
int rules_match(int argc, char **argv);
int rules_test(int argc, char **argv);

#endif
