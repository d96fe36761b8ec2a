/* Any bytes as a channel file: refused, or requests whose JSON is JSON and whose headers are lines.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "notify/call.h"
#include "notify/escape.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct job
a_job(const struct jsonr *settings)
{
	return (struct job){ .id = 1,
		.key = STR("k"),
		.created = STR("2026-11-21T02:03:04Z"),
		.url = STR("https://t.example/alerts/1"),
		.channel = { .name = STR("c"), .settings = settings },
		.alert = { .id = STR("1"),
		    .title = STR("\"}<!channel>\r\nX: {{secret}}"),
		    .summary = STR("\xff\x00\x1b[31m|="),
		    .severity = JOB_HIGH,
		    .tags = { STR("a\nb"), STR("\"") },
		    .n_tags = 2,
		    .count = 3 } };
}

static void
check_call(const struct kind_request *r, const struct call *q)
{
	struct arena *a = arena_new((size_t)64 << 20);
	const struct jsonr *top;
	enum err e = OK;

	if (r->body_as == KIND_JSON)
		e = jsonr_parse(a, buf_view(&q->body), &top, NULL);
	if (e == FAIL_SYNTAX)
		abort();
	for (size_t i = 0; i < q->n_headers; i++)
		for (size_t at = 0; at + 1 < q->headers[i].n; at++)
			if ((unsigned char)q->headers[i].p[at] < 0x20)
				abort();
	if (q->body.n > r->max)
		abort();
	for (size_t i = 0; i < q->body.n && q->over != CALL_HTTP; i++)
		if ((unsigned char)q->body.p[i] < 0x20)
			abort(); /* a record is a line */
	arena_free(a);
}

/* The bytes as a field of CEF: nothing in it ends the field or the line. */
static void
check_cef(struct str text, const char *chain, char mark, size_t from)
{
	auto_buf struct buf got = { 0 };
	bool number;

	if (escape_apply(str_c(chain), text, &got, &number, NULL) != OK)
		abort();
	for (size_t i = from; i < got.n; i++)
		if ((unsigned char)got.p[i] < 0x20 || got.p[i] == mark)
			abort();
		else if (got.p[i] == '\\' && ++i == got.n)
			abort(); /* half of an escape */
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const struct str text = { (const char *)data, size };
	struct kind *k = NULL;
	auto_buf struct buf described = { 0 }, settings = { 0 };
	struct arena *a;
	const struct jsonr *map = NULL;
	struct job j;

	check_cef(text, "cut:400|or:-|cef_head", '|', 0);
	check_cef(text, "cut:1000|cef:msg", '=', 5);
	if (kind_parse(text, "x.yml", &k, NULL) != OK)
		return 0;
	kind_describe(k, &described);
	a = arena_new((size_t)1 << 20);
	if (kind_settings(k, NULL, &settings, NULL) == OK &&
	    jsonr_parse(a, buf_view(&settings), &map, NULL) != OK)
		abort();
	j = a_job(map);
	for (int event = JOB_RAISE; event <= JOB_RESOLVE; event++) {
		auto_call struct call q = { 0 };

		j.event = (enum job_event)event;
		if (call_make(k, &j, STR("https://h/"), &q, NULL) == OK)
			check_call(&k->requests[event], &q);
	}
	arena_free(a);
	kind_free(k);
	return 0;
}
