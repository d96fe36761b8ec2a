/* Requests: head, route, query, token, chunked body. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/auth.h"
#include "http/chunk.h"
#include "http/head.h"
#include "http/route.h"
#include "http/target.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const struct route table[] = {
	{ HTTP_GET, "/", ROUTE_OPEN, NULL },
	{ HTTP_GET, "/v1/alerts/{id}", ROUTE_READ, NULL },
	{ HTTP_POST, "/v1/alerts/{id}/{action}", ROUTE_ADMIN, NULL },
};

static bool
inside(struct str part, const void *p, size_t n)
{
	return part.n == 0 || (part.p >= (const char *)p && part.p + part.n <= (const char *)p + n);
}

static void
request(struct str head)
{
	struct route_match m;
	struct target_query query;
	struct head h;
	struct buf allow;
	char *to;
	int status = 0;

	if (head_parse(head, &h, &status, NULL) != OK) {
		assert(status >= 400 && status <= 505);
		return;
	}
	assert(inside(h.path, head.p, head.n) && inside(h.query, head.p, head.n));
	assert(!(h.chunked && h.has_length));
	route_find(table, ARRAY_LEN(table), h.method, h.path, &m);
	buf_init(&allow, 0);
	route_allow(table, ARRAY_LEN(table), h.path, &allow);
	buf_fini(&allow);
	to = mem_alloc(h.query.n);
	if (target_query(h.query, to, &query, NULL) == OK)
		for (size_t i = 0; i < query.n; i++)
			assert(inside(query.pairs[i].value, to, h.query.n));
	free(to);
	for (size_t i = 0; i < m.n_params; i++) {
		struct str value;

		assert(m.params[i].raw.n != 0 && inside(m.params[i].raw, head.p, head.n));
		to = mem_alloc(m.params[i].raw.n);
		if (target_decode(m.params[i].raw, false, to, &value, NULL) == OK)
			assert(value.n <= m.params[i].raw.n);
		free(to);
	}
}

/* However it is cut up, a chunked body decodes to the same. */
static void
chunks(struct str in)
{
	struct chunk whole = { 0 }, bytes = { 0 };
	struct str rest = in, one = { "", 0 };
	struct buf a, b;
	enum err e, f = FAIL_AGAIN;

	buf_init(&a, 4096);
	buf_init(&b, 4096);
	e = chunk_step(&whole, &rest, &a);
	for (size_t i = 0; i < in.n && f == FAIL_AGAIN; i++) {
		one = (struct str){ in.p + i, 1 };
		f = chunk_step(&bytes, &one, &b);
	}
	assert(in.n == 0 || e == f);
	if (e == OK || e == FAIL_AGAIN)
		assert(str_eq(buf_view(&a), buf_view(&b)));
	buf_fini(&a);
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str in = { (const char *)data, size };
	size_t end = head_end(in, 0);
	struct auth *auth = auth_new();

	if (end != 0) {
		assert(end <= size);
		request((struct str){ in.p, end });
	}
	chunks(str_from(in, end));
	(void)auth_scopes(auth, in);
	if (auth_parse(auth, in, NULL) == OK)
		(void)auth_scopes(auth, STR("Basic OmFhYWFhYWFhYWFhYWFhYWFhYWFh"));
	auth_free(auth);
	return 0;
}
