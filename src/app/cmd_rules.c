/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/ruletool.py */
/* `tocsin rules`: what people do with rules; one file for each. */
#include <stdio.h>
#include <string.h>

#include "app/cmd.h"
#include "app/rules_cmd.h"
#include "base/attr.h"

static const struct cmd cmds[] = {
	{ "lint", "check rule files: what is wrong and what is seldom meant", rules_lint, false },
	{ "match", "which rules match the records of a file", rules_match, false },
	{ "list", "the rules that are loaded, with their profile", rules_list, false },
	{ "explain", "what a rule asks; --why-not: what kept it from firing", rules_explain,
	    false },
	{ "test", "run the cases of rules; --mutate: would they notice a change?", rules_test,
	    false },
};

static void
overview(FILE *to)
{
	fprintf(to, "usage: tocsin rules COMMAND [options]\n\n");
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		fprintf(to, "  %-14s %s\n", cmds[i].name, cmds[i].what);
	fprintf(to, "\n`tocsin rules COMMAND --help` tells more.\n");
}

int
cmd_rules(int argc, char **argv)
{
	if (argc < 1) {
		overview(stderr);
		return CMD_FAILED;
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0) {
		overview(stdout);
		return CMD_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		if (strcmp(argv[0], cmds[i].name) == 0)
			return cmds[i].run(argc - 1, argv + 1);
	fprintf(stderr, "tocsin: there is no command rules %s\n\n", argv[0]);
	overview(stderr);
	return CMD_FAILED;
}
