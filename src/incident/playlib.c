/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of playbooks. */
#include "incident/playlib.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/mem.h"

struct loading {
	const char *dir;
	struct playlib *l;
	struct diag *why;
};

static void
free_one(struct playlib_book *b)
{
	playbook_free(b->book);
	free((char *)(uintptr_t)b->text.p);
	free(b);
}

static enum err
read_one(struct loading *g, struct playlib_book *b)
{
	auto_buf struct buf text = { 0 };
	struct stat st;
	enum err e = fs_read(b->file, PLAYBOOK_TEXT_MAX, &text, g->why);

	if (e == OK)
		e = playbook_read(buf_view(&text), b->file, &b->book, g->why);
	if (e == OK && stat(b->file, &st) == 0)
		b->changed = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	if (e == OK) {
		char *kept = mem_alloc(text.n + 1);

		memcpy(kept, text.p, text.n);
		b->text = (struct str){ kept, text.n };
	}
	if (e == OK && playlib_find(g->l, b->book->name) != NULL)
		e = err_at(g->why,
		    err_set(g->why, FAIL_EXISTS, "there is a playbook of this name already"),
		    b->file, 1, 1);
	return e;
}

static enum err
on_file(void *ctx, const char *name)
{
	struct loading *g = ctx;
	struct playlib_book *b;
	enum err e;

	if (!str_ends(str_c(name), STR(".yml")) || name[0] == '.')
		return OK;
	if (g->l->n == PLAYLIB_MAX)
		return err_set(g->why, FAIL_LIMIT, "there are more than %d playbooks in %s",
		    PLAYLIB_MAX, g->dir);
	b = MEM_NEW(struct playlib_book);
	e = fs_join(b->file, sizeof(b->file), g->dir, name);
	if (e == OK)
		e = read_one(g, b);
	if (e == OK)
		g->l->p[g->l->n++] = b;
	else
		free_one(b);
	return e;
}

static int
by_name(const void *a, const void *b)
{
	const struct playlib_book *const *x = a, *const *y = b;

	return str_cmp((*x)->book->name, (*y)->book->name);
}

enum err
playlib_load(const char *dir, struct playlib *ret, struct diag *why)
{
	struct loading g = { dir, ret, why };
	enum err e;

	ret->n = 0;
	e = fs_each(dir, on_file, &g, why);
	if (e != OK)
		playlib_fini(ret);
	else
		qsort(ret->p, ret->n, sizeof(ret->p[0]), by_name);
	return e;
}

void
playlib_fini(struct playlib *l)
{
	while (l->n != 0)
		free_one(l->p[--l->n]);
}

const struct playlib_book *
playlib_find(const struct playlib *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->p[i]->book->name, name))
			return l->p[i];
	return NULL;
}

const struct playlib_book *
playlib_for(const struct playlib *l, enum incident_type type)
{
	const struct playlib_book *also = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const unsigned types = l->p[i]->book->types;

		if (types == 1U << type)
			return l->p[i];
		if ((types & 1U << type) != 0 && also == NULL)
			also = l->p[i];
	}
	return also;
}
