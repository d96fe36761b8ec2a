/* Group keys of records. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/group.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "detect/ctype.h"
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

/* One "name=value", with what divides it from the one before. */
static void
put_pair(const struct group_field *f, struct str v, bool several, bool first, struct buf *to)
{
	if (!first)
		buf_str(to, STR(", "));
	buf_str(to, f->name);
	buf_byte(to, '=');
	put_value(v, several, to);
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
		put_pair(&g->f[i], v, g->n > 1, !any, to);
		any = true;
	}
	return any || g->n == 0;
}

bool
group_event(const struct group_by *g, const struct ctype_event *ev, struct buf *to)
{
	char space[4 * GROUP_VALUE_MAX];
	struct buf b = { .p = space, .size = sizeof(space), .max = sizeof(space) };
	bool any = false;
	struct str v;

	if (ev->finding == NULL)
		return group_text(g, ev->rec, to);
	for (size_t i = 0; i < g->n; i++) {
		buf_reset(&b);
		if (!ctype_value(ev, &g->f[i], &b, &v))
			continue;
		put_pair(&g->f[i], v, g->n > 1, !any, to);
		any = true;
	}
	return any || g->n == 0;
}

/* Splits off one "name=value" of a group; what was escaped is plain again in *to. */
static void
next_pair(struct str *rest, bool several, struct buf *to)
{
	size_t i = 0;

	buf_reset(to);
	for (; i < rest->n; i++) {
		if (several && rest->p[i] == ',')
			break;
		i += several && rest->p[i] == '\\' && i + 1 < rest->n;
		buf_byte(to, rest->p[i]);
	}
	*rest = str_from(*rest, i + 2);
}

static bool
is_named(struct str pair, struct str name, struct str *ret)
{
	if (pair.n <= name.n || !str_starts(pair, name) || pair.p[name.n] != '=')
		return false;
	*ret = str_from(pair, name.n + 1);
	return true;
}

bool
group_pick(const struct finding *x, const struct group_field *f, struct buf *scratch,
    struct str *ret)
{
	const struct crule *rule = (const struct crule *)(const void *)x->rule;
	struct str rest = x->group;

	if (rule->corr == NULL)
		return false;
	while (rest.n > 0) {
		struct str pair;

		next_pair(&rest, rule->group.n > 1, scratch);
		pair = buf_view(scratch);
		if (is_named(pair, f->path, ret))
			return true;
		if (f->field != FIELD_NONE &&
		    is_named(pair, str_c(field_info(f->field)->native), ret))
			return true;
	}
	return false;
}

bool
group_value(const struct group_field *f, const struct rec *r, struct buf *scratch, struct str *ret)
{
	char number[VALUE_NUMBER_SIZE];
	struct str v;

	if (!value_of(f, r, number, &v))
		return false;
	*ret = v;
	if (v.n > 0 && v.p >= number && v.p < number + sizeof(number)) {
		buf_reset(scratch);
		buf_str(scratch, v);
		*ret = buf_view(scratch);
	}
	return true;
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

uint64_t
group_hash_text(uint64_t h, struct str text)
{
	return hash_str((struct hash_key){ h, h ^ 0x9e3779b97f4a7c15U }, text);
}

bool
group_hash(const struct group_by *g, const struct rec *r, uint64_t seed, uint64_t *ret)
{
	char number[VALUE_NUMBER_SIZE];
	bool any = false;
	struct str v;

	for (size_t i = 0; i < g->n; i++) {
		bool there = value_of(&g->f[i], r, number, &v);

		any |= there;
		seed = there ? group_hash_text(seed, v) : seed * 31 + i;
	}
	*ret = seed;
	return any;
}
