/* File names of the store: read, written, and what they say together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/catalog.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"

#define DIGITS 20
#define NUMBERS 4

static const char letters[] = "shd";

char *
catalog_name(const struct catalog_file *f, char to[CATALOG_NAME_SIZE])
{
	snprintf(to, CATALOG_NAME_SIZE,
	    "%020" PRIu64 "-%020" PRIu64 "-%020" PRId64 "-%020" PRId64 "-%c.parquet", f->first,
	    f->last, f->tmin, f->tmax, letters[f->level]);
	return to;
}

bool
catalog_parse(struct str name, struct catalog_file *ret)
{
	uint64_t number[NUMBERS];
	const char *letter;
	size_t i;

	if (name.n != NUMBERS * (DIGITS + 1) + sizeof("s.parquet") - 1)
		return false;
	for (i = 0; i < NUMBERS; i++) {
		if (!str_u64((struct str){ name.p, DIGITS }, &number[i]) || name.p[DIGITS] != '-')
			return false;
		name = str_from(name, DIGITS + 1);
	}
	letter = memchr(letters, name.p[0], sizeof(letters) - 1);
	if (letter == NULL || !str_eq(str_from(name, 1), STR(".parquet")))
		return false;
	if (number[0] == 0 || number[0] > number[1] || number[2] > number[3] ||
	    number[3] > INT64_MAX || number[1] == UINT64_MAX)
		return false;
	*ret = (struct catalog_file){
		.first = number[0],
		.last = number[1],
		.tmin = (int64_t)number[2],
		.tmax = (int64_t)number[3],
		.level = (enum catalog_level)(letter - letters),
	};
	return true;
}

static enum err
take_name(void *ctx, const char *name)
{
	struct catalog *c = ctx;
	struct catalog_file f;

	if (catalog_parse(str_c(name), &f))
		VEC_PUSH(&c->files, f);
	return OK;
}

static int
compare(const void *pa, const void *pb)
{
	const struct catalog_file *a = pa, *b = pb;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->last != b->last)
		return a->last > b->last ? -1 : 1;
	return (int)b->level - (int)a->level;
}

void
catalog_settle(struct catalog *c)
{
	uint64_t covered = 0;
	size_t i;

	if (c->files.n > 1)
		qsort(c->files.p, c->files.n, sizeof(c->files.p[0]), compare);
	for (i = 0; i < c->files.n; i++) {
		c->files.p[i].dead = c->files.p[i].last <= covered;
		if (!c->files.p[i].dead)
			covered = c->files.p[i].last;
	}
}

enum err
catalog_list(const char *dir, struct catalog *ret, struct diag *why)
{
	struct catalog c = { 0 };
	enum err e = OK;

	if (access(dir, F_OK) == 0)
		e = fs_each(dir, take_name, &c, why);
	if (e != OK) {
		catalog_free(&c);
		return e;
	}
	catalog_settle(&c);
	*ret = c;
	return OK;
}

void
catalog_stat(struct catalog *c, const char *dir)
{
	char name[CATALOG_NAME_SIZE], path[PATH_MAX];
	struct stat st;
	size_t i;

	for (i = 0; i < c->files.n; i++) {
		struct catalog_file *f = &c->files.p[i];

		if (fs_join(path, sizeof(path), dir, catalog_name(f, name)) != OK ||
		    stat(path, &st) != 0)
			continue;
		f->size = (uint64_t)st.st_size;
		f->written = (int64_t)st.st_mtim.tv_sec * CLOCK_S + st.st_mtim.tv_nsec;
	}
}

void
catalog_free(struct catalog *c)
{
	if (c != NULL)
		VEC_FINI(&c->files);
}

/* Walks the living files while each begins where the last ended. */
static uint64_t
run_end(const struct catalog *c, uint64_t *ret_next)
{
	uint64_t last = 0;
	size_t i;

	for (i = 0; i < c->files.n; i++) {
		if (c->files.p[i].dead)
			continue;
		if (last != 0 && c->files.p[i].first > last + 1) {
			*ret_next = c->files.p[i].first;
			return last;
		}
		last = c->files.p[i].last;
	}
	*ret_next = 0;
	return last;
}

uint64_t
catalog_through(const struct catalog *c)
{
	uint64_t next;

	return run_end(c, &next);
}

bool
catalog_gap(const struct catalog *c, uint64_t *ret_first, uint64_t *ret_last)
{
	uint64_t last, next;

	last = run_end(c, &next);
	if (next == 0)
		return false;
	*ret_first = last + 1;
	*ret_last = next - 1;
	return true;
}

uint64_t
catalog_last(const struct catalog *c)
{
	uint64_t last = 0;
	size_t i;

	for (i = 0; i < c->files.n; i++)
		if (c->files.p[i].last > last)
			last = c->files.p[i].last;
	return last;
}
