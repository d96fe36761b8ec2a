/* A configuration from its parts: defaults, then the file, then the environment. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/conf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/vec.h"
#include "conf/envvar.h"
#include "conf/section.h"
#include "conf/setting.h"
#include "conf/tree.h"

#define ARENA_MAX ((size_t)64 << 20)

static struct str
folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return STR("");
	return (struct str){ file, slash == file ? 1 : (size_t)(slash - file) };
}

/* Defaults go the way of the environment: they are written the same. */
static void
read_defaults(struct section *s)
{
	const struct row *row;

	s->file = "defaults";
	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		struct tree t = { .kind = TREE_TEXT, .text = str_c(row->def) };

		if (row_is_list(row->type) || row->type == ROW_SCORES) {
			struct tree item = t;

			t.kind = row->type == ROW_SCORES ? TREE_MAP : TREE_LIST;
			t.n = t.text.n != 0;
			t.first = t.n != 0 ? &item : NULL;
			section_put(s, row, row->path, &t, s->c);
		} else {
			section_put(s, row, row->path, &t, s->c);
		}
	}
}

static struct conf *
new_conf(const char *file)
{
	struct conf *c = MEM_NEW(struct conf);

	c->arena = arena_new(ARENA_MAX);
	c->file = mem_dup(file, strlen(file));
	return c;
}

void
conf_free(struct conf *c)
{
	char *file;

	if (c == NULL)
		return;
	memcpy(&file, &c->file, sizeof(file));
	free(file);
	arena_free(c->arena);
	free(c);
}

static void
free_confp(struct conf **c)
{
	conf_free(*c);
}

static enum err
first_of(const struct conf_problems *ps, struct diag *why)
{
	if (why != NULL)
		*why = ps->p[0];
	return FAIL_SYNTAX;
}

/* `text` NULL: there is no file. */
static enum err
build(const struct str *text, const char *file, char *const *env, struct conf **ret,
    struct conf_problems *ps, struct diag *why)
{
	AUTO(free_confp) struct conf *c = new_conf(file);
	struct section s = { .a = c->arena, .c = c, .ps = ps, .dir = STR("") };
	struct tree *root;
	struct diag bad = { 0 };

	read_defaults(&s);
	s.file = c->file;
	s.dir = folder(c->file);
	if (text != NULL) {
		if (tree_read(*text, c->arena, &root, &bad) != OK)
			section_wrong(&s, bad.line, bad.column, &bad);
		else
			section_read(&s, root);
	}
	s.file = "environment";
	s.dir = STR("");
	if (env != NULL)
		envvar_read(&s, env);
	if (ps->n != 0)
		return first_of(ps, why);
	*ret = TAKE(c);
	return OK;
}

static enum err
build_noting(const struct str *text, const char *file, char *const *env, struct conf **ret,
    struct conf_problems *ps, struct diag *why)
{
	AUTO(conf_problems_fini) struct conf_problems own = { 0 };

	return build(text, file, env, ret, ps != NULL ? ps : &own, why);
}

enum err
conf_parse(struct str text, const char *file, char *const *env, struct conf **ret,
    struct conf_problems *ps, struct diag *why)
{
	return build_noting(&text, file, env, ret, ps, why);
}

enum err
conf_load(const char *path, char *const *env, struct conf **ret, struct conf_problems *ps,
    struct diag *why)
{
	auto_buf struct buf b;
	struct diag bad = { 0 };
	struct str text;
	enum err e;

	buf_init(&b, CONF_FILE_MAX);
	if (path == NULL)
		return build_noting(NULL, "", env, ret, ps, why);
	e = fs_read(path, CONF_FILE_MAX, &b, &bad);
	if (e != OK) {
		(void)err_at(&bad, e, path, 0, 0);
		if (ps != NULL)
			conf_problems_add(ps, &bad);
		if (why != NULL)
			*why = bad;
		return e;
	}
	text = buf_view(&b);
	return build_noting(&text, path, env, ret, ps, why);
}

static bool
same_entry(const struct row *(*at)(size_t i), const void *a, const void *b)
{
	const struct row *row;

	for (size_t i = 0; (row = at(i)) != NULL; i++)
		if (!setting_same(row, a, b))
			return false;
	return true;
}

void
conf_diff(const struct conf *old, const struct conf *new_, conf_diff_fn fn, void *ctx)
{
	const struct row *row;
	bool same = old->n_sources == new_->n_sources;
	bool same_channels = old->n_channels == new_->n_channels;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++)
		if (!setting_same(row, old, new_))
			fn(ctx, row->path, row->restart);
	for (size_t i = 0; same && i < old->n_sources; i++)
		same = same_entry(row_source_at, &old->sources[i], &new_->sources[i]);
	for (size_t i = 0; same_channels && i < old->n_channels; i++)
		same_channels = same_entry(row_channel_at, &old->channels[i], &new_->channels[i]);
	if (!same)
		fn(ctx, "sources", true);
	if (!same_channels)
		fn(ctx, "channels", false);
}
