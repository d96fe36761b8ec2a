/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/profiles.py */
/* Where rules and their profile are. */
#include "app/ruleload.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/paths.h"
#include "base/mem.h"

/* profiles/NAME.yml beside the folder of rules. */
static bool
beside(const char *rules, const char *name, char to[PATHS_MAX])
{
	size_t n = strlen(rules);
	int len;

	while (n > 0 && rules[n - 1] == '/')
		n--;
	while (n > 0 && rules[n - 1] != '/')
		n--;
	len = snprintf(to, PATHS_MAX, "%.*sprofiles/%s.yml", (int)n, rules, name);
	return len > 0 && len < PATHS_MAX && access(to, R_OK) == 0;
}

static bool
is_file(const char *profile)
{
	return strchr(profile, '/') != NULL || str_ends(str_c(profile), STR(".yml")) ||
	       str_ends(str_c(profile), STR(".yaml"));
}

/* *ret: the file, in `to`; NULL: no profile. */
static enum err
find_profile(const struct conf_list *paths, const char *profile, char to[PATHS_MAX],
    const char **ret, struct diag *why)
{
	const char *name = profile[0] != '\0' ? profile : "default";
	char shipped[PATHS_MAX];

	*ret = NULL;
	if (strcmp(profile, "none") == 0)
		return OK;
	if (is_file(profile)) {
		*ret = str_to_c(str_c(profile), to, PATHS_MAX);
		return OK;
	}
	for (size_t i = 0; i < paths->n && *ret == NULL; i++)
		if (beside(paths->p[i], name, to))
			*ret = to;
	if (*ret != NULL || profile[0] == '\0')
		return OK;
	(void)snprintf(shipped, sizeof(shipped), "profiles/%.200s.yml", name);
	*ret = paths_shipped(shipped, to);
	return *ret != NULL
		   ? OK
		   : err_set(why, FAIL_NOT_FOUND,
			 "no profile '%s': neither beside the rules nor with the program", name);
}

enum err
ruleload(const struct conf_list *paths, const char *profile, ruleset_note_fn note, void *ctx,
    struct ruleset **ret, struct diag *why)
{
	bool is_default = paths->n == 1 && strcmp(paths->p[0], "rules") == 0;
	char own[PATHS_MAX], file[PATHS_MAX];
	const char *shipped = paths_shipped("rules", own), **list, *chosen;
	struct conf_list from = *paths;
	size_t n = 0;
	enum err e;

	if (is_default && shipped != NULL && access(paths->p[0], R_OK) != 0)
		from = (struct conf_list){ &shipped, 1 };
	e = find_profile(&from, profile, file, &chosen, why);
	if (e != OK)
		return e;
	list = mem_alloc((from.n + 1) * sizeof(*list));
	if (chosen != NULL)
		list[n++] = chosen;
	for (size_t i = 0; i < from.n; i++)
		list[n++] = from.p[i];
	e = ruleset_load(list, n, note, ctx, ret, why);
	free(list);
	return e;
}

void
ruleload_say(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	char text[512];

	if (kind != RULESET_ERROR)
		return;
	++*(unsigned *)ctx;
	fprintf(stderr, "tocsin: rule left out: %s\n", err_text(why, text, sizeof(text)));
}
