/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/cli.py */
/* Finds what ships with the program, from a source tree or installed. */
#include "app/paths.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *
paths_self(char to[PATHS_MAX])
{
	ssize_t n = readlink("/proc/self/exe", to, PATHS_MAX - 1);

	to[n > 0 ? n : 0] = '\0';
	return to;
}

const char *
paths_shipped(const char *name, char to[PATHS_MAX])
{
	static const char *const beside[] = { "", "deps/", "share/tocsin/" };
	static const char *const fixed[] = { "/usr/share/tocsin", "/usr/local/share/tocsin" };
	char self[PATHS_MAX], *slash;
	int n;

	slash = strrchr(paths_self(self), '/');
	if (slash != NULL)
		*slash = '\0';
	for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
		n = snprintf(to, PATHS_MAX, "%s/../%s%s", self, beside[i], name);
		if (n > 0 && n < PATHS_MAX && access(to, R_OK) == 0)
			return to;
	}
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		n = snprintf(to, PATHS_MAX, "%s/%s", fixed[i], name);
		if (n > 0 && n < PATHS_MAX && access(to, R_OK) == 0)
			return to;
	}
	return NULL;
}
