/* Group keys of records. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/group.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "detect/value.h"

static bool
value_of(const struct group_field *f, const struct rec *r, char number[VALUE_NUMBER_SIZE],
    struct str *ret)
{
	unsigned i = (unsigned)f->field;
	const struct rec_extra *x;

	if (f->field != FIELD_NONE && rec_has(r, f->field) &&
	    ((r->null[i / 64] >> (i % 64)) & 1) == 0) {
		*ret = value_text(field_info(f->field)->type, &r->v[f->field], number);
		return true;
	}
	x = r->n_extra > 0 ? rec_find_extra(r, f->path, 0) : NULL;
	if (x == NULL || x->null)
		return false;
	*ret = value_text(x->type, &x->v, number);
	return true;
}

/* Only what a reader of several fields could take for the next one is escaped. */
static void
put_value(struct str v, bool several, struct buf *to)
{
	uint8_t sum[DIGEST_SIZE];
	char hex[2 * 8 + 1];
	struct str head = { v.p, v.n <= GROUP_VALUE_MAX ? v.n : GROUP_VALUE_MAX };
	size_t from = 0;

	for (size_t i = 0; i < head.n && several; i++) {
		if (head.p[i] != ',' && head.p[i] != '\\')
			continue;
		utf8_mend((struct str){ head.p + from, i - from }, to);
		buf_byte(to, '\\');
		from = i;
	}
	utf8_mend(str_from(head, from), to);
	if (head.n == v.n)
		return;
	digest_sha256(v, sum);
	buf_byte(to, '~');
	buf_str(to, str_c(digest_hex(sum, 8, hex)));
}

bool
group_text(const struct group_by *g, const struct rec *r, struct buf *to)
{
	char number[VALUE_NUMBER_SIZE];
	bool any = false;
	struct str v;

	for (size_t i = 0; i < g->n; i++) {
		if (!value_of(&g->f[i], r, number, &v))
			continue;
		if (any)
			buf_str(to, STR(", "));
		any = true;
		buf_str(to, g->f[i].name);
		buf_byte(to, '=');
		put_value(v, g->n > 1, to);
	}
	return any || g->n == 0;
}

void
group_default(const struct rec *r, struct buf *to)
{
	static const enum field order[] = { F_CLIENT_IP, F_USER_NAME, F_USER_EMAIL, F_USER_ID,
		F_HOST };

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		struct str v = rec_str(r, order[i]);

		if (v.n == 0)
			continue;
		buf_str(to, str_c(field_info(order[i])->native));
		buf_byte(to, '=');
		put_value(v, false, to);
		return;
	}
}

bool
group_hash(const struct group_by *g, const struct rec *r, uint64_t seed, uint64_t *ret)
{
	struct hash_key key = { seed, seed ^ 0x9e3779b97f4a7c15U };
	char number[VALUE_NUMBER_SIZE];
	struct str v;

	for (size_t i = 0; i < g->n; i++) {
		if (!value_of(&g->f[i], r, number, &v))
			return false;
		key.k0 = hash_str(key, v);
	}
	*ret = key.k0;
	return true;
}
