/*
 * Command line of a subcommand: options are rows of a table, what is left are
 * its operands.  `--help` prints the table.
 */
#ifndef APP_ARGS_H
#define APP_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct args_option {
	const char *name; /* "format" for --format */
	const char *arg;  /* what its value is called in the help; NULL: a switch */
	const char *help;
	const char **value; /* for options with a value */
	bool *flag;         /* for switches */
};

struct args_spec {
	const char *usage; /* "tocsin scan [options] FILE..." */
	const char *what;  /* one or a few lines */
	const struct args_option *options;
	size_t n;
};

/*
 * Returns the number of operands, moved to argv[0..]; -1 after --help was
 * printed (exit status 0), -2 after an error was said (exit status 2).
 */
int args_parse(const struct args_spec *spec, int argc, char **argv) NONNULL;

#endif
