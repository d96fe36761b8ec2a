/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/respond.py */
/* Finds and reads the response policy. */
#include "app/policyfile.h"

#include <stdio.h>

#include "app/paths.h"
#include "base/buf.h"
#include "base/fs.h"

#define POLICY_MAX ((size_t)1 << 20)

static enum err
read_file(const char *path, struct policy **ret, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	enum err e = fs_read(path, POLICY_MAX, &text, why);

	return e == OK ? policy_read(buf_view(&text), path, ret, why) : e;
}

static bool
is_file(const char *name)
{
	return strchr(name, '/') != NULL || str_ends(str_c(name), STR(".yml"));
}

/* NULL: it does not ship. */
static const char *
shipped(const char *name, char to[PATHS_MAX])
{
	char own[PATHS_MAX];

	(void)snprintf(own, sizeof(own), "responses/%.200s.yml", name);
	return paths_shipped(own, to);
}

enum err
policyfile_named(const char *name, struct policy **ret, struct diag *why)
{
	char path[PATHS_MAX];
	const char *found = is_file(name) ? name : shipped(name, path);

	*ret = NULL;
	if (strcmp(name, "none") == 0)
		return OK;
	if (found == NULL)
		return err_set(why, FAIL_NOT_FOUND, "there is no response policy '%s'", name);
	return read_file(found, ret, why);
}

enum err
policyfile_read(const struct conf *conf, struct policy **ret, struct diag *why)
{
	char path[PATHS_MAX];

	if (conf->respond_policy[0] != '\0')
		return policyfile_named(conf->respond_policy, ret, why);
	if (conf->profile[0] != '\0' && shipped(conf->profile, path) != NULL)
		return policyfile_named(conf->profile, ret, why);
	return policyfile_named("default", ret, why); /* a profile of one's own */
}
