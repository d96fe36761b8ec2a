/* Matches a path against the table of routes, segment by segment. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

/* The next segment that is not empty; false at the end. */
static bool
segment(struct str *path, struct str *ret)
{
	while (path->n != 0) {
		*ret = str_until(path, '/');
		if (ret->n != 0)
			return true;
	}
	return false;
}

static bool
matches(const char *pattern, struct str path, struct route_match *m)
{
	struct str rest = str_c(pattern), want = { "", 0 }, got = { "", 0 };

	m->n_params = 0;
	for (;;) {
		bool more = segment(&rest, &want);

		if (segment(&path, &got) != more)
			return false;
		if (!more)
			return true;
		if (want.p[0] != '{') {
			if (!str_eq(want, got))
				return false;
			continue;
		}
		if (m->n_params == ROUTE_PARAMS_MAX)
			return false;
		m->params[m->n_params++] = (struct route_param){ { want.p + 1, want.n - 2 }, got };
	}
}

void
route_find(const struct route *routes, size_t n, enum http_method method, struct str path,
    struct route_match *ret)
{
	ret->route = NULL;
	ret->path_known = false;
	ret->n_params = 0;
	if (path.n == 0 || path.p[0] != '/')
		return;
	for (size_t i = 0; i < n; i++) {
		if (!matches(routes[i].pattern, path, ret))
			continue;
		ret->path_known = true;
		if (routes[i].method == (method == HTTP_HEAD ? HTTP_GET : method)) {
			ret->route = &routes[i];
			return;
		}
	}
	ret->n_params = 0;
}

void
route_allow(const struct route *routes, size_t n, struct str path, struct buf *to)
{
	static const char *const words[] = { "GET, HEAD", "HEAD", "POST", "PUT", "DELETE", "" };
	struct route_match m;

	for (size_t i = 0; i < n; i++) {
		if (!matches(routes[i].pattern, path, &m))
			continue;
		if (to->n != 0)
			buf_str(to, STR(", "));
		buf_str(to, str_c(words[routes[i].method]));
	}
}
