/* SPDX-License-Identifier: Apache-2.0 */
/* From rows of a query to lines. */
#include "app/ndjson.h"

#include "base/jsonr.h"
#include "base/jsonw.h"

#define ROW_BUDGET ((size_t)16 << 20)
#define COLUMNS_MAX 400

struct columns {
	struct str name[COLUMNS_MAX];
	size_t n;
};

/* One value at the beginning of `s`: where its text ends; 0 when it does not end. */
static size_t
value_end(struct str s)
{
	bool text = false;
	int depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (text) {
			text = s.p[i] != '"';
			i += s.p[i] == '\\';
			continue;
		}
		text = s.p[i] == '"';
		depth += s.p[i] == '[' || s.p[i] == '{';
		depth -= s.p[i] == ']' || s.p[i] == '}';
		if (depth == 0)
			return i + 1;
	}
	return 0;
}

static enum err
read_columns(struct arena *a, struct str *rest, struct columns *ret, struct diag *why)
{
	const struct jsonr *list;
	const size_t n = value_end(*rest);
	enum err e;

	if (n == 0)
		return err_set(why, FAIL_SYNTAX, "the answer has no columns");
	e = jsonr_parse(a, (struct str){ rest->p, n }, &list, why);
	if (e != OK)
		return e;
	for (const struct jsonr *c = list->first; c != NULL && ret->n < COLUMNS_MAX; c = c->next)
		ret->name[ret->n++] = jsonr_text(c, "name", STR(""));
	*rest = str_from(*rest, n);
	return OK;
}

static enum err
put_row(struct arena *a, const struct columns *c, struct str row, struct buf *to, struct diag *why)
{
	const struct jsonr *list, *v;
	struct jsonw w;
	enum err e = jsonr_parse(a, row, &list, why);

	if (e != OK)
		return e;
	if (list->type != JSONR_LIST || list->n != c->n)
		return err_set(why, FAIL_SYNTAX, "a row does not have as many values as columns");
	jsonw_init(&w, to);
	jsonw_obj(&w);
	v = list->first;
	for (size_t i = 0; i < c->n; i++, v = v->next)
		if (v->type != JSONR_NULL) {
			jsonw_key(&w, c->name[i]);
			jsonw_raw(&w, v->raw);
		}
	jsonw_end(&w);
	buf_byte(to, '\n');
	return OK;
}

static bool
skip(struct str *rest, struct str what)
{
	if (!str_starts(*rest, what))
		return false;
	*rest = str_from(*rest, what.n);
	return true;
}

enum err
ndjson_rows(struct str answer, struct buf *to, uint64_t *ret_n, struct diag *why)
{
	const ptrdiff_t head = str_find(answer, STR("{\"columns\":["));
	struct arena *names = arena_new(ROW_BUDGET), *a = arena_new(ROW_BUDGET);
	struct columns c = { .n = 0 };
	struct str rest = { 0 };
	enum err e = FAIL_SYNTAX;
	size_t n;

	*ret_n = 0;
	if (head >= 0) {
		rest = str_from(answer, (size_t)head + 11);
		e = read_columns(names, &rest, &c, why);
	}
	if (e == OK && !skip(&rest, STR(",\"rows\":[")))
		e = FAIL_SYNTAX;
	while (e == OK && rest.n != 0 && *rest.p == '[') {
		n = value_end(rest);
		arena_reset(a);
		e = n == 0 ? FAIL_SYNTAX : put_row(a, &c, (struct str){ rest.p, n }, to, why);
		rest = str_from(rest, n);
		(void)skip(&rest, STR(","));
		*ret_n += e == OK;
	}
	if (e == FAIL_SYNTAX || (e == OK && !str_starts(rest, STR("]"))))
		e = err_set(why, FAIL_SYNTAX, "the answer of the query is not understood");
	if (e == OK && buf_overflow(to))
		e = err_set(why, FAIL_LIMIT, "there are too many events");
	arena_free(a);
	arena_free(names);
	return e;
}
