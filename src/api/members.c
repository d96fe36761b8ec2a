/* SPDX-License-Identifier: Apache-2.0 */
/* JSON objects read by a table. */
/* tested by: test/unit/api/test_alerts.c */
#include "api/members.h"

#define ROWS_MAX 32

static const char *const words[] = {
	[MEMBERS_TEXT] = "a text",
	[MEMBERS_BOOL] = "true or false",
	[MEMBERS_INT] = "a whole number",
	[MEMBERS_LIST] = "a list of texts",
	[MEMBERS_MAP] = "an object",
};

static bool
all_texts(const struct jsonr *list)
{
	for (const struct jsonr *item = list->first; item != NULL; item = item->next)
		if (item->type != JSONR_TEXT)
			return false;
	return true;
}

static bool
is_of(enum members_type type, const struct jsonr *v)
{
	static const enum jsonr_type wanted[] = { [MEMBERS_TEXT] = JSONR_TEXT,
		[MEMBERS_BOOL] = JSONR_BOOL,
		[MEMBERS_INT] = JSONR_INT,
		[MEMBERS_LIST] = JSONR_LIST,
		[MEMBERS_MAP] = JSONR_MAP };

	return v->type == wanted[type] && (type != MEMBERS_LIST || all_texts(v));
}

static void
put(const struct members_row *row, const struct jsonr *v)
{
	switch (row->type) {
	case MEMBERS_TEXT:
		*(struct str *)row->to = v->s;
		return;
	case MEMBERS_BOOL:
		*(bool *)row->to = v->b;
		return;
	case MEMBERS_INT:
		*(int64_t *)row->to = v->i;
		return;
	case MEMBERS_LIST:
	case MEMBERS_MAP:
		*(const struct jsonr **)row->to = v;
		return;
	}
}

static enum err
read_one(const struct jsonr *v, const char *where, const struct members_row *rows, size_t n,
    uint32_t *seen, struct diag *why)
{
	size_t i = 0;

	while (i < n && !str_eq(v->key, str_c(rows[i].name)))
		i++;
	if (i == n)
		return err_set(why, FAIL_SYNTAX, "%s%.*s: there is no such member here", where,
		    (int)(v->key.n < 64 ? v->key.n : 64), v->key.p);
	if ((*seen & 1U << i) != 0)
		return err_set(why, FAIL_SYNTAX, "%s%s: comes twice", where, rows[i].name);
	*seen |= 1U << i;
	if (rows[i].given != NULL)
		*rows[i].given = true;
	if (v->type == JSONR_NULL)
		return OK;
	if (!is_of(rows[i].type, v))
		return err_set(why, FAIL_SYNTAX, "%s%s: must be %s", where, rows[i].name,
		    words[rows[i].type]);
	put(&rows[i], v);
	return OK;
}

enum err
members_read(const struct jsonr *map, const char *where, const struct members_row *rows, size_t n,
    struct diag *why)
{
	uint32_t seen = 0;
	enum err e = OK;

	if (n > ROWS_MAX)
		n = ROWS_MAX;
	if (map == NULL)
		return OK;
	for (const struct jsonr *v = map->first; v != NULL && e == OK; v = v->next)
		e = read_one(v, where, rows, n, &seen, why);
	return e;
}

bool
members_body(struct http *r, struct arena *a, const struct jsonr **ret)
{
	struct str text = str_trim(http_body(r));
	struct diag why = { 0 };
	enum err e;

	*ret = NULL;
	if (text.n == 0)
		return true;
	e = jsonr_parse(a, text, ret, &why);
	if (e == OK && (*ret)->type != JSONR_MAP)
		e = err_set(&why, FAIL_SYNTAX, "the body must be a JSON object");
	if (e != OK)
		http_problem(r, e == FAIL_LIMIT ? 413 : 400, "%s", why.text);
	return e == OK;
}
