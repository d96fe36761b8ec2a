/* SPDX-License-Identifier: Apache-2.0 */
/* Lists from pairs: counted, then filled. */
/* tested by: test/unit/detect/test_match.c */
#include "detect/lists.h"

struct lists
lists_new(const lists_pairs *p, size_t n)
{
	struct lists l = { .at = mem_zalloc((n + 2) * sizeof(*l.at)),
		.item = mem_alloc((p->n + 1) * sizeof(*l.item)) };

	for (size_t i = 0; i < p->n; i++)
		l.at[p->p[i].list + 2]++;
	for (size_t i = 2; i < n + 2; i++)
		l.at[i] += l.at[i - 1];
	for (size_t i = 0; i < p->n; i++)
		l.item[l.at[p->p[i].list + 1]++] = p->p[i].item;
	return l;
}

void
lists_fini(struct lists *l)
{
	free(l->at);
	free(l->item);
	*l = (struct lists){ 0 };
}
