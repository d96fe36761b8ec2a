/* Bodies of events: their elements lie inside, in order, without overlap. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "api/split.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
check(enum err (*fn)(struct split *, struct str, struct diag *), struct str body)
{
	struct split s;
	struct diag why;
	size_t end = 0;
	enum err e;

	split_init(&s, 1000);
	e = fn(&s, body, &why);
	assert(e == OK || e == FAIL_SYNTAX || e == FAIL_LIMIT);
	assert(s.n <= 1000);
	for (size_t i = 0; i < s.n; i++) {
		assert(s.p[i].n != 0 && s.p[i].at >= end);
		end = s.p[i].at + s.p[i].n;
		assert(end <= body.n);
	}
	split_fini(&s);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str body = { (const char *)data, size };

	check(split_json, body);
	check(split_lines, body);
	if (size != 0)
		assert(split_element(body, 0) <= size);
	return 0;
}
