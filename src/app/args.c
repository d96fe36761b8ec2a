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

static int
complain(const struct args_spec *spec, const char *what, const char *arg)
{
	fprintf(stderr, "tocsin: %s %s\nusage: %s\n", what, arg, spec->usage);
	return -2;
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

int
args_parse(const struct args_spec *spec, int argc, char **argv)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		const char *arg = argv[i], *eq = strchr(arg, '=');
		const struct args_option *o;

		if (strcmp(arg, "--") == 0) {
			while (++i < argc)
				argv[n++] = argv[i];
			break;
		}
		if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
			help(spec);
			return -1;
		}
		if (arg[0] != '-' || arg[1] == '\0') {
			argv[n++] = argv[i];
			continue;
		}
		if (strncmp(arg, "--", 2) != 0)
			return complain(spec, "unknown option", arg);
		arg += 2;
		o = find(spec, arg, eq != NULL ? (size_t)(eq - arg) : strlen(arg));
		if (o == NULL)
			return complain(spec, "unknown option", argv[i]);
		if (o->flag != NULL && eq != NULL)
			return complain(spec, "this option takes no value:", argv[i]);
		if (o->flag != NULL) {
			*o->flag = true;
			continue;
		}
		if (eq == NULL && i + 1 >= argc)
			return complain(spec, "a value is missing after", argv[i]);
		*o->value = eq != NULL ? eq + 1 : argv[++i];
	}
	return n;
}
