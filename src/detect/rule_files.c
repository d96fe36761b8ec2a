/* Walks folders for rule files. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/rule_files.h"

#include <sys/stat.h>

#include "base/fs.h"
#include "base/str.h"

#define FILES_MAX 50000
#define FOLDERS_DEEP 16
#define PATH_SIZE 4096

struct walk {
	rule_files *to;
	const char *dir;
	unsigned depth;
};

static enum err walk_path(rule_files *to, const char *path, unsigned depth, struct diag *why);

static enum err
walk_name(void *ctx, const char *name)
{
	const struct walk *w = ctx;
	char path[PATH_SIZE];
	struct diag ignored;

	if (name[0] == '.' || fs_join(path, sizeof(path), w->dir, name) != OK)
		return OK;
	return walk_path(w->to, path, w->depth + 1, &ignored);
}

static bool
is_rule_file(const char *path)
{
	return str_ends(str_c(path), STR(".yml")) || str_ends(str_c(path), STR(".yaml"));
}

static enum err
walk_path(rule_files *to, const char *path, unsigned depth, struct diag *why)
{
	struct walk w = { to, path, depth };
	struct stat st;

	if (stat(path, &st) != 0)
		return depth > 0
			   ? OK
			   : err_set(why, FAIL_NOT_FOUND, "no such rule file or folder: %s", path);
	if (S_ISDIR(st.st_mode))
		return depth < FOLDERS_DEEP ? fs_each(path, walk_name, &w, why) : OK;
	if (depth > 0 && !is_rule_file(path))
		return OK;
	if (to->n == FILES_MAX)
		return err_set(why, FAIL_LIMIT, "more than %d rule files", FILES_MAX);
	VEC_PUSH(to, mem_dup(path, strlen(path)));
	return OK;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum err
rule_files_find(const char *const *paths, size_t n, rule_files *to, struct diag *why)
{
	enum err err = OK;

	for (size_t i = 0; i < n && err == OK; i++) {
		size_t from = to->n;

		err = walk_path(to, paths[i], 0, why);
		if (to->n > from)
			qsort(to->p + from, to->n - from, sizeof(*to->p), by_path);
	}
	return err;
}

void
rule_files_fini(rule_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->p[i]);
	VEC_FINI(files);
}
