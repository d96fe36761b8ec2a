/* Log sources are numbered when loaded; a route is made when its source is first seen. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: routes_ */
/* tested by: test/unit/detect/test_match.c */
#include "detect/route.h"

#include "detect/index.h"

#define ROUTES_MAX 1024 /* then all are made anew: senders may claim any source */
#define BUCKETS 256
#define UNSET 0U         /* number of a dimension that is not stated */
#define OTHER UINT32_MAX /* one that no rule names */

struct routes {
	const struct ruleset *rs;
	struct map *dim[DIM_COUNT]; /* text to its number */
	struct route *bucket[BUCKETS], *last;
	size_t n;
	struct str last_text[DIM_COUNT]; /* what led to `last`; own copies */
	char last_bytes[DIM_COUNT][32];
};

/* Categories that are part of another: rules of that one are for them, too. */
static const struct part {
	const char *whole, *category;
} parts[] = {
	{ "registry_event", "registry_add" },
	{ "registry_event", "registry_delete" },
	{ "registry_event", "registry_rename" },
	{ "registry_event", "registry_set" },
};

static const enum field dim_field[DIM_COUNT] = { F_LS_PRODUCT, F_LS_CATEGORY, F_LS_SERVICE };

/* Numbers the text, when it is one, by *n. */
static void
add_word(struct map *dim, struct str text, uint32_t *n)
{
	bool fresh;
	uint32_t *v;

	if (text.n == 0)
		return;
	v = map_put(dim, text, &fresh);
	if (fresh)
		*v = ++*n;
}

struct routes *
routes_new(const struct ruleset *rs)
{
	struct routes *t = MEM_NEW(struct routes);

	t->rs = rs;
	for (int d = 0; d < DIM_COUNT; d++) {
		uint32_t n = UNSET;

		t->dim[d] = map_new(sizeof(uint32_t), rs->rule.n + ARRAY_LEN(parts) + 1);
		for (size_t i = 0; i < rs->rule.n; i++)
			add_word(t->dim[d], rs->rule.p[i].source[d], &n);
		for (size_t i = 0; i < ARRAY_LEN(parts) && d == DIM_CATEGORY; i++)
			add_word(t->dim[d], str_c(parts[i].category), &n);
	}
	return t;
}

static void
forget(struct routes *t)
{
	for (size_t b = 0; b < BUCKETS; b++) {
		while (t->bucket[b] != NULL) {
			struct route *r = t->bucket[b];

			t->bucket[b] = r->next;
			free(r->rules);
			free(r->chans);
			free(r->wanted);
			free(r->always);
			free(r);
		}
	}
	t->n = 0;
	t->last = NULL;
}

void
routes_free(struct routes *t)
{
	if (t == NULL)
		return;
	forget(t);
	for (int d = 0; d < DIM_COUNT; d++)
		map_free(t->dim[d]);
	free(t);
}

static uint32_t
number_of(const struct routes *t, int d, struct str text)
{
	const uint32_t *v = text.n > 0 ? map_get(t->dim[d], text) : NULL;

	if (text.n == 0)
		return UNSET;
	return v != NULL ? *v : OTHER;
}

static bool
is_part(const struct routes *t, struct str whole, uint32_t category)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (str_eq(whole, str_c(parts[i].whole)) &&
		    category == number_of(t, DIM_CATEGORY, str_c(parts[i].category)))
			return true;
	return false;
}

static bool
concerns(const struct routes *t, const struct crule *rule, const uint32_t *id)
{
	for (int d = 0; d < DIM_COUNT; d++)
		if (rule->source[d].n > 0 && id[d] != UNSET &&
		    id[d] != number_of(t, d, rule->source[d]) &&
		    (d != DIM_CATEGORY || !is_part(t, rule->source[d], id[d])))
			return false;
	return true;
}

static void
want_chans(const struct ruleset *rs, const struct expr *e, uint64_t *wanted)
{
	if (e->op == EXPR_ATOM) {
		uint32_t c = rs->atoms.atom.p[e->atom].chan;

		if (rs->index->know[e->atom] != INDEX_ASK)
			wanted[c / 64] |= (uint64_t)1 << (c % 64);
	}
	for (uint32_t i = 0; i < e->n; i++)
		want_chans(rs, e->kids[i], wanted);
}

static struct route *
make(struct routes *t, const uint32_t *id)
{
	const struct ruleset *rs = t->rs;
	struct route *r = MEM_NEW(struct route);

	memcpy(r->id, id, sizeof(r->id));
	r->rules = mem_zalloc((rs->rule.n / 64 + 1) * sizeof(uint64_t));
	r->always = mem_alloc((rs->rule.n + 1) * sizeof(uint32_t));
	r->wanted = mem_zalloc((rs->atoms.chan.n / 64 + 1) * sizeof(uint64_t));
	r->chans = mem_alloc((rs->atoms.chan.n + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < rs->rule.n; i++) {
		const struct crule *rule = &rs->rule.p[i];

		if (rule->expr == NULL || !concerns(t, rule, id))
			continue;
		r->rules[i / 64] |= (uint64_t)1 << (i % 64);
		want_chans(rs, rule->expr, r->wanted);
		if (rs->index->always[i])
			r->always[r->n_always++] = i;
	}
	for (uint32_t c = 0; c < rs->atoms.chan.n; c++) {
		const struct chan *chan = &rs->atoms.chan.p[c];

		if (route_bit(r->wanted, c) && (chan->keywords || chan->field != FIELD_NONE))
			r->chans[r->n_chans++] = c;
	}
	return r;
}

static struct route *
find(struct routes *t, const uint32_t *id)
{
	uint32_t h = (id[0] * 31 + id[1]) * 31 + id[2];
	struct route **b = &t->bucket[(h ^ h >> 8) % BUCKETS], *r;

	for (r = *b; r != NULL; r = r->next)
		if (memcmp(r->id, id, sizeof(r->id)) == 0)
			return r;
	if (t->n == ROUTES_MAX)
		forget(t);
	t->n++;
	r = make(t, id);
	r->next = *b;
	*b = r;
	return r;
}

static bool
same_as_last(const struct routes *t, const struct str *text)
{
	for (int d = 0; d < DIM_COUNT; d++)
		if (!str_eq(t->last_text[d], text[d]))
			return false;
	return t->last != NULL;
}

const struct route *
routes_get(struct routes *t, const struct rec *r)
{
	struct str text[DIM_COUNT];
	uint32_t id[DIM_COUNT];
	struct route *found;
	bool keep = true;

	for (int d = 0; d < DIM_COUNT; d++)
		text[d] = rec_str(r, dim_field[d]);
	if (same_as_last(t, text))
		return t->last;
	for (int d = 0; d < DIM_COUNT; d++) {
		id[d] = number_of(t, d, text[d]);
		keep = keep && text[d].n <= sizeof(t->last_bytes[d]);
	}
	t->last = NULL;
	for (int d = 0; d < DIM_COUNT && keep; d++) {
		if (text[d].n > 0)
			memcpy(t->last_bytes[d], text[d].p, text[d].n);
		t->last_text[d] = (struct str){ t->last_bytes[d], text[d].n };
	}
	found = find(t, id);
	t->last = keep ? found : NULL;
	return found;
}
