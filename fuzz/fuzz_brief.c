/* Conditions of short rules: any bytes are understood or refused with words and a place in them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/brief_cond.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct brief_cond c;
	struct diag why = { 0 };
	struct buf b;

	if (brief_cond_parse(text, &c, &why) == OK) {
		if (c.noun == NULL || (c.span > 0 && c.unit == NULL))
			abort();
	} else if (why.text[0] == '\0' || why.column > size + 1) {
		abort();
	}
	buf_init(&b, 0);
	brief_cond_fold(text, &b);
	if (b.n > 2 * size)
		abort();
	(void)brief_cond_threshold(text);
	buf_fini(&b);
	return 0;
}
