/* Conditions of rules: parsed or refused with a place inside the text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/cond.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static bool
holds(void *ctx, uint32_t atom)
{
	return (*(unsigned *)ctx >> atom) & 1;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct cond_name names[] = { { .name = STR("a") }, { .name = STR("sel_1") },
		{ .name = STR("sel_2") }, { .name = STR("_x") }, { .name = STR("notable") } };
	const struct expr *e = NULL;
	struct diag why = { 0 };

	for (uint32_t i = 0; i < ARRAY_LEN(names); i++)
		names[i].expr = expr_atom(a, i);
	if (size > 65536)
		size = 65536;
	if (cond_parse((struct str){ (const char *)data, size }, names, ARRAY_LEN(names), a, &e,
		&why) == OK) {
		for (unsigned v = 0; v < 32; v++)
			(void)expr_eval(e, holds, &v);
	} else if (why.column == 0 || why.column > size + 1) {
		abort();
	}
	arena_free(a);
	return 0;
}
