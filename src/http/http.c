/* What handlers see of a request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include <assert.h>
#include <stdio.h>

#include "http/conn.h"

enum http_method
http_method(const struct http *r)
{
	return r->head.method;
}

struct str
http_path(const struct http *r)
{
	return r->head.path;
}

struct str
http_body(const struct http *r)
{
	return buf_view(r->plain.p != NULL ? &r->plain : &r->body);
}

struct str
http_param(const struct http *r, const char *name)
{
	for (size_t i = 0; i < r->match.n_params; i++)
		if (str_eq(r->match.params[i].name, str_c(name)))
			return r->params[i];
	return (struct str){ "", 0 };
}

bool
http_query(const struct http *r, const char *name, struct str *ret)
{
	return target_find(&r->query, str_c(name), ret);
}

bool
http_query_at(const struct http *r, size_t i, struct str *ret_name, struct str *ret_value)
{
	if (i >= r->query.n)
		return false;
	*ret_name = r->query.pairs[i].name;
	*ret_value = r->query.pairs[i].value;
	return true;
}

struct str
http_header(const struct http *r, const char *name)
{
	return head_get(&r->head, str_c(name));
}

void
http_add_header(struct http *r, const char *name, const char *value)
{
	assert(strpbrk(name, "\r\n") == NULL && strpbrk(value, "\r\n") == NULL);
	if (r->n_headers == CONN_HEADERS_MAX)
		return;
	(void)snprintf(r->headers[r->n_headers].name, sizeof(r->headers[0].name), "%s", name);
	(void)snprintf(r->headers[r->n_headers].value, sizeof(r->headers[0].value), "%s", value);
	r->n_headers++;
}
