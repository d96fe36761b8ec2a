/* The answer of a query: status line, body, or a problem document. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_query.c */
#include "store/out.h"

#include <stdio.h>

#include "base/fs.h"
#include "base/jsonw.h"

#define ENOUGH ((size_t)64 << 10)
#define BODY_MAX ((size_t)64 << 20) /* one row, or a table that is being laid out */

void
out_init(struct out *o, int fd, const char *type)
{
	*o = (struct out){ .fd = fd, .type = type };
	pthread_mutex_init(&o->mu, NULL);
	buf_init(&o->body, BODY_MAX);
}

void
out_fini(struct out *o)
{
	buf_fini(&o->body);
	pthread_mutex_destroy(&o->mu);
}

static enum err
begin(struct out *o, int status, const char *type, struct diag *why)
{
	char line[100];
	int n;

	n = snprintf(line, sizeof(line), "%d %s\n", status, type);
	o->begun = true;
	return fs_write_all(o->fd, line, (size_t)n, why);
}

static enum err
flush(struct out *o, struct diag *why)
{
	enum err e = OK;

	pthread_mutex_lock(&o->mu);
	if (buf_overflow(&o->body))
		e = err_set(why, FAIL_LIMIT, "a row of the answer is larger than %zu bytes",
		    BODY_MAX);
	if (e == OK && o->refused)
		e = err_set(why, FAIL_IO, "the answer was a problem");
	if (e == OK && !o->begun)
		e = begin(o, 200, o->type, why);
	if (e == OK)
		e = fs_write_all(o->fd, o->body.p, o->body.n, why);
	pthread_mutex_unlock(&o->mu);
	buf_reset(&o->body);
	return e;
}

enum err
out_flow(struct out *o, struct diag *why)
{
	return o->body.n >= ENOUGH || buf_overflow(&o->body) ? flush(o, why) : OK;
}

enum err
out_end(struct out *o, struct diag *why)
{
	return flush(o, why);
}

bool
out_problem(struct out *o, int status, const char *title, struct str detail)
{
	auto_buf struct buf body = { 0 };
	struct jsonw w;
	bool mine;

	buf_init(&body, 0);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kstr(&w, "type", STR("about:blank"));
	jsonw_kstr(&w, "title", str_c(title));
	jsonw_kint(&w, "status", status);
	jsonw_kstr(&w, "detail", detail);
	jsonw_end(&w);
	buf_byte(&body, '\n');
	pthread_mutex_lock(&o->mu);
	mine = !o->begun;
	o->refused = o->refused || mine;
	if (mine && begin(o, status, "application/problem+json", NULL) == OK)
		(void)fs_write_all(o->fd, body.p, body.n, NULL);
	pthread_mutex_unlock(&o->mu);
	return mine;
}
