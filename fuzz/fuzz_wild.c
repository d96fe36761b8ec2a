/* Wildcards: first byte are flags, then the value, NUL, the text.  A value finds its literal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/wild.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct arena *a;
	struct str rest = { (const char *)data + 1, size - 1 }, value, literal;
	struct wild *w;
	bool sure, match;

	if (size < 2 || size > 4096)
		return 0;
	a = arena_new((size_t)8 << 20);
	value = str_until(&rest, '\0');
	w = wild_parse(value, data[0] & 31U, a);
	match = wild_match(w, rest);
	literal = wild_literal(w, &sure);
	if (match && str_find_nocase(rest, literal) < 0)
		abort();
	if (sure && !match && str_find_nocase(rest, literal) >= 0)
		abort();
	if (wild_is_exact(w) && match && !w->wide && w->n == 1 &&
	    !str_eq_nocase(rest, w->parts[0].text))
		abort();
	arena_free(a);
	return 0;
}
