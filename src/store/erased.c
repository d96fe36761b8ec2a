/* The file of erased stretches, and what it means in SQL. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/erased.h"

#include <limits.h>

#include "base/fs.h"
#include "rec/rec.h"

#define FILE_MAX 4096

static enum err
path_of(const char *dir, char to[PATH_MAX], struct diag *why)
{
	if (fs_join(to, PATH_MAX, dir, ERASED_FILE) != OK)
		return err_set(why, FAIL_LIMIT, "the folder's path is too long");
	return OK;
}

static bool
take(struct erased *e, struct str line)
{
	struct erased_stretch s;
	struct str first = str_until(&line, ' ');

	if (e->n == ERASED_MAX || !str_u64(first, &s.first) || !str_u64(line, &s.last) ||
	    s.first > s.last || (e->n != 0 && s.last <= e->p[e->n - 1].last))
		return false;
	e->p[e->n++] = s;
	return true;
}

enum err
erased_read(const char *dir, struct erased *ret, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct erased e = { 0 };
	char path[PATH_MAX];
	struct str rest, line;
	enum err r = path_of(dir, path, why);

	buf_init(&text, 0);
	if (r == OK)
		r = fs_read(path, FILE_MAX, &text, why);
	if (r == FAIL_NOT_FOUND) {
		*ret = e;
		return OK;
	}
	rest = buf_view(&text);
	while (r == OK && str_line(&rest, &line))
		if (!take(&e, line))
			r = err_set(why, FAIL_CORRUPT, "%s makes no sense", path);
	if (r == OK)
		*ret = e;
	return r;
}

enum err
erased_add(const char *dir, uint64_t first, uint64_t last, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct erased e;
	char path[PATH_MAX];
	enum err r = erased_read(dir, &e, why);

	if (r == OK)
		r = path_of(dir, path, why);
	if (r != OK || (e.n != 0 && last <= e.p[e.n - 1].last))
		return r;
	if (e.n == ERASED_MAX) {
		e.p[1].first = e.p[0].first < e.p[1].first ? e.p[0].first : e.p[1].first;
		memmove(&e.p[0], &e.p[1], (--e.n) * sizeof(e.p[0]));
	}
	e.p[e.n++] = (struct erased_stretch){ first < last ? first : last, last };
	buf_init(&text, FILE_MAX);
	for (size_t i = 0; i < e.n; i++)
		buf_printf(&text, "%llu %llu\n", (unsigned long long)e.p[i].first,
		    (unsigned long long)e.p[i].last);
	return fs_replace(path, buf_view(&text), why);
}

bool
erased_touches(const struct erased *e, uint64_t first, uint64_t last)
{
	for (size_t i = 0; i < e->n; i++)
		if (first <= e->p[i].last && last >= e->p[i].first)
			return true;
	return false;
}

void
erased_condition(const struct erased *e, struct buf *sql)
{
	if (e->n == 0) {
		buf_str(sql, STR("true"));
		return;
	}
	buf_str(sql, STR("(source IS DISTINCT FROM '" REC_SOURCE_DEMO "' OR NOT ("));
	for (size_t i = 0; i < e->n; i++)
		buf_printf(sql, "%sseq BETWEEN %llu AND %llu", i > 0 ? " OR " : "",
		    (unsigned long long)e->p[i].first, (unsigned long long)e->p[i].last);
	buf_str(sql, STR("))"));
}
