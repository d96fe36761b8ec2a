/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/notify/test_kind.c */
/* All kinds of a folder. */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "notify/kind.h"

struct loading {
	const char *dir;
	struct kinds *ks;
	struct diag *why;
	enum err e; /* the first that is broken */
};

static enum err
read_one(const char *path, const char *name, struct kinds *ks, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct kind *k = NULL;
	enum err e = fs_read(path, KIND_FILE_MAX, &text, why);

	if (e == OK)
		e = kind_parse(buf_view(&text), name, &k, why);
	if (e == OK && ks->n == KINDS_MAX)
		e = err_set(why, FAIL_LIMIT, "%s: more than %d kinds", name, KINDS_MAX);
	if (e == OK && kinds_find(ks, k->name) != NULL)
		e = err_set(why, FAIL_EXISTS, "%s: there is a kind %.*s already", name,
		    STR_ARG(k->name));
	if (e == OK)
		ks->p[ks->n++] = k;
	else
		kind_free(k);
	return e;
}

static enum err
on_file(void *ctx, const char *name)
{
	struct loading *l = ctx;
	char path[4096];
	enum err e;

	if (!str_ends(str_c(name), STR(".yml")))
		return OK;
	e = fs_join(path, sizeof(path), l->dir, name);
	if (e == OK)
		e = read_one(path, name, l->ks, l->e == OK ? l->why : NULL);
	if (l->e == OK)
		l->e = e;
	return OK;
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp((*(struct kind *const *)a)->name, (*(struct kind *const *)b)->name);
}

enum err
kinds_load(const char *dir, struct kinds *ret, struct diag *why)
{
	struct loading l = { .dir = dir, .ks = ret, .why = why };
	enum err e = OK;

	ret->n = 0;
	if (dir != NULL)
		e = fs_each(dir, on_file, &l, why);
	qsort(ret->p, ret->n, sizeof(ret->p[0]), by_name);
	return e == OK ? l.e : e;
}

void
kinds_fini(struct kinds *ks)
{
	for (size_t i = 0; i < ks->n; i++)
		kind_free(ks->p[i]);
	ks->n = 0;
}

const struct kind *
kinds_find(const struct kinds *ks, struct str name)
{
	for (size_t i = 0; i < ks->n; i++)
		if (str_eq(ks->p[i]->name, name))
			return ks->p[i];
	return NULL;
}
