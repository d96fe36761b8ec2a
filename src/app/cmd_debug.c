/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/cli.py */
/* `tocsin debug`: tables of the program itself, for tests and reference pages. */
#include <stdio.h>
#include <string.h>

#include "app/args.h"
#include "app/cmd.h"
#include "base/crash.h"
#include "parse/format.h"
#include "rec/field.h"

static void
crash_points(void)
{
	for (int i = 0; i < CRASH_COUNT; i++)
		printf("%s\n", crash_name((enum crash)i));
}

static void
formats(void)
{
	for (size_t i = 0; format_at(i) != NULL; i++)
		printf("%-14s %s\n", format_at(i)->name, format_at(i)->doc);
}

/* doc/reference/fields.md */
static void
fields(void)
{
	printf("# Fields\n\nEvery field of a record, from `src/rec/fields.def` by "
	       "`tocsin debug fields`. What is not here is kept in `extra` under its own name.\n\n"
	       "| name | SQL column | SQL type | ECS | Sigma | what it is |\n"
	       "|---|---|---|---|---|---|\n");
	for (int i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *f = field_info((enum field)i);

		printf("| `%s` | `%s` | %s | `%s` | %s | %s |\n", f->native, f->column, f->sql,
		    f->ecs, f->sigma, f->doc);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} tables[] = {
	{ "crash-points", crash_points },
	{ "fields", fields },
	{ "formats", formats },
};

int
cmd_debug(int argc, char **argv)
{
	const struct args_spec spec = { "tocsin debug crash-points | fields | formats",
		"Prints a table of the program.", NULL, 0 };
	int n = args_parse(&spec, argc, argv);

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	for (size_t i = 0; n == 1 && i < ARRAY_LEN(tables); i++)
		if (strcmp(argv[0], tables[i].name) == 0) {
			tables[i].run();
			return CMD_OK;
		}
	fprintf(stderr, "usage: %s\n", spec.usage);
	return CMD_FAILED;
}
