/* Short forms of SQL: what is whole stays so, and no column name is wrapped twice in one round. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "store/catalog.h"
#include "store/shortform.h"
#include "store/sqltok.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* The same tokens; blanks do not count. */
static bool
alike(struct str a, struct str b)
{
	struct sqltok_list x, y;
	bool same;
	size_t i;

	if (!sqltok_split(a, &x))
		return !sqltok_split(b, &y);
	if (!sqltok_split(b, &y))
		abort();
	same = x.t.n == y.t.n;
	for (i = 0; i < x.t.n && same; i++)
		same = x.t.p[i].kind == y.t.p[i].kind && str_eq(x.t.p[i].text, y.t.p[i].text);
	sqltok_free(&x);
	sqltok_free(&y);
	return same;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str sql = { (const char *)data, size };
	struct buf once, twice, wrapped;
	/* "#" is a comment or not by what stands around it, and that may have been a comment. */
	const bool unsure = str_find(sql, STR("#")) >= 0;
	struct catalog_file file;

	buf_init(&once, 0);
	buf_init(&twice, 0);
	buf_init(&wrapped, 0);
	shortform_expand(sql, &once);
	shortform_expand(buf_view(&once), &twice);
	if (!unsure && !alike(buf_view(&once), buf_view(&twice)))
		abort();
	if (!shortform_any_value(buf_view(&once), STR("b"), &wrapped) && !unsure &&
	    !alike(buf_view(&once), buf_view(&wrapped)) && wrapped.n > 0)
		abort();
	if (catalog_parse(sql, &file) && file.first > file.last)
		abort();
	buf_fini(&once);
	buf_fini(&twice);
	buf_fini(&wrapped);
	return 0;
}
