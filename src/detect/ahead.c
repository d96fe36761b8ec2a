/* A short queue of records, with the hashes of their keys. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ahead.c */
#include "detect/ahead.h"

#include "detect/group.h"

static const unsigned steps[] = { 0, 3, 5 }; /* after so many records: memory is that slow */

void
ahead_fini(struct ahead *a)
{
	for (size_t i = 0; i < ENGINE_AHEAD; i++)
		VEC_FINI(&a->rec[i].rules);
	buf_fini(&a->group);
}

struct ahead_rec *
ahead_push(struct ahead *a, const struct rec *r)
{
	struct ahead_rec *x = &a->rec[(a->first + a->n) % ENGINE_AHEAD];

	if (a->n == ENGINE_AHEAD)
		return NULL;
	a->n++;
	x->rec = r;
	x->seq = r->seq;
	x->rules.n = 0;
	x->n_keys = x->step = 0;
	return x;
}

void
ahead_key(struct ahead *a, struct ahead_rec *x, const struct ruleset *rs, uint32_t number,
    const struct keys *ks)
{
	const struct crule *rule = &rs->rule.p[number];

	if (x->n_keys == AHEAD_KEYS || rule->corr->ref_group != NULL)
		return;
	buf_reset(&a->group);
	if (group_text(&rule->group, x->rec, &a->group))
		x->key[x->n_keys++] = keys_hash(ks, number, buf_view(&a->group));
}

void
ahead_step(struct ahead *a, const struct keys *ks)
{
	for (unsigned i = 0; i < a->n; i++) {
		struct ahead_rec *x = &a->rec[(a->first + i) % ENGINE_AHEAD];

		if (x->step < ARRAY_LEN(steps) && steps[x->step] == a->n - 1 - i) {
			for (unsigned k = 0; k < x->n_keys; k++)
				keys_ahead(ks, x->key[k], x->step);
			x->step++;
		}
	}
}

const struct ahead_rec *
ahead_take(struct ahead *a, const struct rec *r)
{
	while (a->n > 0) {
		const struct ahead_rec *x = &a->rec[a->first];

		a->first = (a->first + 1) % ENGINE_AHEAD;
		a->n--;
		if (x->rec == r && x->seq == r->seq)
			return x;
	}
	return NULL;
}
