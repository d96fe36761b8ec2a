/* Which row of the table a path finds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

#include "test.h"

static const struct route table[] = {
	{ HTTP_GET, "/", ROUTE_OPEN, NULL },
	{ HTTP_GET, "/a", ROUTE_OPEN, NULL },
	{ HTTP_POST, "/a", ROUTE_OPEN, NULL },
	{ HTTP_GET, "/a/{x}", ROUTE_OPEN, NULL },
	{ HTTP_DELETE, "/a/{x}/b/{y}", ROUTE_OPEN, NULL },
	{ HTTP_GET, "/a/{x}/b/c", ROUTE_OPEN, NULL },
};

TEST(paths)
{
	static const struct {
		const char *path;
		enum http_method method;
		int row; /* -1: none */
		bool known;
		const char *params;
	} cases[] = {
		{ "/", HTTP_GET, 0, true, "" },
		{ "//", HTTP_HEAD, 0, true, "" },
		{ "/a", HTTP_GET, 1, true, "" },
		{ "/a/", HTTP_POST, 2, true, "" },
		{ "/a", HTTP_DELETE, -1, true, "" },
		{ "/a", HTTP_OTHER, -1, true, "" },
		{ "/a/1", HTTP_GET, 3, true, "x=1;" },
		{ "//a//1//", HTTP_GET, 3, true, "x=1;" },
		{ "/a/..", HTTP_GET, 3, true, "x=..;" },
		{ "/a/1/b/2", HTTP_DELETE, 4, true, "x=1;y=2;" },
		{ "/a/1/b/c", HTTP_DELETE, 4, true, "x=1;y=c;" },
		{ "/a/1/b/c", HTTP_GET, 5, true, "x=1;" },
		{ "/a/1/b", HTTP_GET, -1, false, "" },
		{ "/A", HTTP_GET, -1, false, "" },
		{ "/ab", HTTP_GET, -1, false, "" },
		{ "/%61", HTTP_GET, -1, false, "" },
		{ "a", HTTP_GET, -1, false, "" },
		{ "*", HTTP_OTHER, -1, false, "" },
		{ "", HTTP_GET, -1, false, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct route_match m;
		struct buf params;

		fprintf(stderr, "%s\n", cases[i].path);
		route_find(table, ARRAY_LEN(table), cases[i].method, str_c(cases[i].path), &m);
		CHECK_INT(m.route != NULL ? m.route - table : -1, cases[i].row);
		CHECK_INT(m.path_known, cases[i].known);
		buf_init(&params, 0);
		for (size_t k = 0; k < m.n_params; k++)
			buf_printf(&params, "%.*s=%.*s;", STR_ARG(m.params[k].name),
			    STR_ARG(m.params[k].raw));
		CHECK_SLICE(buf_view(&params), cases[i].params);
		buf_fini(&params);
	}
}

TEST(allowed_methods)
{
	struct buf allow;

	buf_init(&allow, 0);
	route_allow(table, ARRAY_LEN(table), STR("/a"), &allow);
	CHECK_SLICE(buf_view(&allow), "GET, HEAD, POST");
	buf_reset(&allow);
	route_allow(table, ARRAY_LEN(table), STR("/nowhere"), &allow);
	CHECK_SLICE(buf_view(&allow), "");
	buf_fini(&allow);
}

TEST(a_row_without_a_scope_is_closed)
{
	const struct route forgotten = { HTTP_GET, "/x", 0, NULL };

	CHECK_INT(forgotten.scope, ROUTE_CLOSED);
	CHECK_INT(ROUTE_CLOSED & ROUTE_ALL, 0);
}
