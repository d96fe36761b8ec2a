/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/incidents.py */
/* Files of a guide. */
#include "app/guideload.h"

#include <stdio.h>
#include <unistd.h>

#include "app/paths.h"
#include "base/fs.h"

#define FILE_MAX ((size_t)1 << 20)

/* incident.dir, else what ships; `name` is below it.  NULL: there is none. */
static const char *
place(const struct conf *c, const char *name, char to[PATHS_MAX])
{
	char shipped[PATHS_MAX];

	if (c->incident_dir[0] != '\0') {
		(void)snprintf(to, PATHS_MAX, "%.300s/%.100s", c->incident_dir, name);
		return access(to, R_OK) == 0 ? to : NULL;
	}
	(void)snprintf(shipped, sizeof(shipped), "incidents/%.100s", name);
	return paths_shipped(shipped, to);
}

static enum err
read_one(struct guide *g, const struct conf *c, const char *name, bool must, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	char path[PATHS_MAX];
	enum err e;

	if (place(c, name, path) == NULL)
		return must ? err_set(why, FAIL_NOT_FOUND, "there is no file %s", name) : OK;
	e = fs_read(path, FILE_MAX, &text, why);
	return e == OK ? guide_read(g, buf_view(&text), path, why) : e;
}

/* Those of the profile, else the default ones. */
static enum err
read_targets(struct guide *g, const struct conf *c, struct diag *why)
{
	char name[300], path[PATHS_MAX];
	const bool own = c->incident_targets[0] != '\0';

	(void)snprintf(name, sizeof(name), "targets/%.200s.yml",
	    own ? c->incident_targets : c->profile);
	if (!own && (strchr(c->profile, '/') != NULL || place(c, name, path) == NULL))
		return read_one(g, c, "targets/default.yml", false, why);
	return read_one(g, c, name, true, why);
}

enum err
guideload_read(const struct conf *c, struct guide **ret, struct diag *why)
{
	struct guide *g = guide_new();
	enum err e = read_one(g, c, "opening.yml", true, why);
	char name[100];

	if (e == OK)
		e = read_one(g, c, "checklists/common.yml", true, why);
	for (unsigned t = 0; t < INCIDENT_TYPES && e == OK; t++) {
		(void)snprintf(name, sizeof(name), "checklists/%s.yml",
		    incident_type_word((enum incident_type)t));
		e = read_one(g, c, name, false, why);
	}
	if (e == OK)
		e = read_targets(g, c, why);
	if (e != OK) {
		guide_free(g);
		return e;
	}
	*ret = g;
	return OK;
}
