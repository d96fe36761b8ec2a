/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_take.c */
/* Keys of one engine become those of another. */
#include "detect/take.h"

#include <assert.h>
#include <stdlib.h>

#include "detect/state.h"

static bool
has(const struct ruleset *rs, const uint8_t digest[DIGEST_SIZE])
{
	for (size_t i = 0; i < rs->rule.n; i++)
		if (rs->rule.p[i].corr != NULL &&
		    memcmp(rs->rule.p[i].digest, digest, DIGEST_SIZE) == 0)
			return true;
	return false;
}

size_t
take_fresh(const struct ruleset *now, const struct ruleset *before)
{
	size_t n = 0;

	for (size_t i = 0; i < now->rule.n; i++)
		n += now->rule.p[i].corr != NULL && !has(before, now->rule.p[i].digest);
	return n;
}

/* The state goes as it is: what it points to has one owner before and after. */
static void
take_key(struct engine *e, struct key *from)
{
	const struct ctype *type = e->rs->rule.p[from->rule].corr->type;
	struct ctype_at at;
	struct key *k;
	bool fresh;

	k = keys_use(e->keys, from->rule, key_text(from), type->state_size, &fresh);
	if (!fresh)
		return;
	memcpy(k->state, from->state, from->state_n);
	memset(from->state, 0, from->state_n);
	k->born = from->born;
	k->used = from->used;
	k->touched = from->touched;
	k->begin = from->begin;
	k->demo = from->demo;
	at = state_at(e, k);
	if (type->next != NULL)
		due_set(&e->due, k, type->next(&at));
	if (type->bytes != NULL)
		keys_told(e->keys, k, type->bytes(&at));
}

void
take_missing(struct engine *e, struct engine *from)
{
	size_t n;
	const uint32_t *empty = engine_empty(e, &n);
	bool *wanted = mem_zalloc(e->rs->rule.n + 1);

	assert(e->rs == from->rs);
	for (size_t i = 0; i < n; i++) {
		const struct corr *c = e->rs->rule.p[empty[i]].corr;

		wanted[empty[i]] = true;
		if (e->shared[empty[i]] == NULL)
			continue;
		memcpy(e->shared[empty[i]], from->shared[empty[i]], c->type->shared_size);
		memset(from->shared[empty[i]], 0, c->type->shared_size);
	}
	for (size_t i = 0; i < keys_len(from->keys); i++)
		if (wanted[keys_at(from->keys, i)->rule])
			take_key(e, keys_at(from->keys, i));
	free(wanted);
}
