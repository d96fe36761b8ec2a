/* SPDX-License-Identifier: Apache-2.0 */
/* Options by table. */
#include "app/args.h"

#include <stdio.h>
#include <string.h>

static void
help(const struct args_spec *spec)
{
	printf("usage: %s\n\n%s\n", spec->usage, spec->what);
	if (spec->n != 0)
		printf("\noptions:\n");
	for (size_t i = 0; i < spec->n; i++) {
		const struct args_option *o = &spec->options[i];
		char left[64];

		(void)snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg != NULL ? " " : "",
		    o->arg != NULL ? o->arg : "");
		printf("  %-24s %s\n", left, o->help);
	}
}

static bool
complain(const struct args_spec *spec, const char *what, const char *arg)
{
	fprintf(stderr, "tocsin: %s %s\nusage: %s\n", what, arg, spec->usage);
	return false;
}

static const struct args_option *
find(const struct args_spec *spec, const char *name, size_t n)
{
	for (size_t i = 0; i < spec->n; i++)
		if (strlen(spec->options[i].name) == n &&
		    memcmp(spec->options[i].name, name, n) == 0)
			return &spec->options[i];
	return NULL;
}

/* The option at argv[*i], its value taken from there or the next place; false after an error. */
static bool
take_option(const struct args_spec *spec, int argc, char **argv, int *i)
{
	const char *arg = argv[*i], *name = arg + 2, *eq = strchr(arg, '=');
	const struct args_option *o = NULL;

	if (strncmp(arg, "--", 2) == 0)
		o = find(spec, name, eq != NULL ? (size_t)(eq - name) : strlen(name));
	if (o == NULL)
		return complain(spec, "unknown option", arg);
	if (o->flag != NULL && eq != NULL)
		return complain(spec, "this option takes no value:", arg);
	if (o->flag != NULL) {
		*o->flag = true;
		return true;
	}
	if (eq == NULL && *i + 1 >= argc)
		return complain(spec, "a value is missing after", arg);
	*o->value = eq != NULL ? eq + 1 : argv[++*i];
	return true;
}

int
args_parse(const struct args_spec *spec, int argc, char **argv)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		const char *arg = argv[i];

		if (strcmp(arg, "--") == 0) {
			while (++i < argc)
				argv[n++] = argv[i];
			break;
		}
		if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
			help(spec);
			return -1;
		}
		if (arg[0] != '-' || arg[1] == '\0')
			argv[n++] = argv[i];
		else if (!take_option(spec, argc, argv, &i))
			return -2;
	}
	return n;
}
