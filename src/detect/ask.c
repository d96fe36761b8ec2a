/* The values of a record under the names rules use, and what an atom says of them. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/ask.h"

#include <string.h>

#include "detect/datepart.h"
#include "detect/index.h"
#include "detect/value.h"

void
ask_init(struct ask *q, const struct ruleset *rs)
{
	*q = (struct ask){ .rs = rs };
	for (size_t i = 0; i < ARRAY_LEN(q->target); i++) {
		buf_init(&q->target[i], 2 * REC_RAW_MAX + 2);
		buf_init(&q->decoded[i], 2 * REC_RAW_MAX + 2);
	}
}

void
ask_fini(struct ask *q)
{
	for (size_t i = 0; i < ARRAY_LEN(q->target); i++) {
		buf_fini(&q->target[i]);
		buf_fini(&q->decoded[i]);
	}
}

static bool
is_null(const struct rec *r, enum field f)
{
	return (r->null[(unsigned)f / 64] >> ((unsigned)f % 64)) & 1;
}

static bool
has(const struct rec *r, enum field f)
{
	return rec_has(r, f) && !is_null(r, f);
}

static bool
give(enum field_type type, const union rec_value *v, ask_value_fn fn, void *ctx)
{
	char number[VALUE_NUMBER_SIZE];
	const struct ask_value value = { value_text(type, v, number), type, v };

	return fn(ctx, &value);
}

bool
ask_extra(const struct rec_extra *x, ask_value_fn fn, void *ctx)
{
	return !x->null && give(x->type, &x->v, fn, ctx);
}

/* Where the value of the channel is in this record. */
static enum field
field_in(const struct rec *r, const struct chan *c)
{
	return c->also != FIELD_NONE && !rec_has(r, c->field) && rec_has(r, c->also) ? c->also
										     : c->field;
}

bool
ask_each_field(struct ask *q, const struct chan *c, ask_value_fn fn, void *ctx)
{
	const enum field f = field_in(q->r, c);
	union rec_value u;

	if (f != F_URL) {
		if (!has(q->r, f))
			return false;
		u = q->r->v[f];
	} else {
		u.s = value_target(q->r, &q->target[q->level]);
		if (u.s.p == NULL)
			return false;
	}
	if (give(field_info(f)->type, &u, fn, ctx))
		return true;
	if (!c->decode || !value_decode(u.s, &q->decoded[q->level]))
		return false;
	u.s = buf_view(&q->decoded[q->level]);
	return give(FIELD_STR, &u, fn, ctx);
}

/* Set by us, not part of what came. */
static bool
is_ours(enum field f)
{
	switch ((int)f) {
	case F_TIMESTAMP:
	case F_RECEIVED:
	case F_CATEGORY:
	case F_LS_PRODUCT:
	case F_LS_CATEGORY:
	case F_LS_SERVICE:
	case F_SOURCE:
	case F_FORMAT:
	case F_TIME_FLAG:
	case F_PARSE_ERROR:
	case F_RAW:
		return true;
	default:
		return f >= F_GEO_COUNTRY && f <= F_THREAT_LEVEL;
	}
}

static bool
is_object(struct str raw)
{
	raw = str_trim(raw);
	return raw.n > 1 && raw.p[0] == '{' && raw.p[raw.n - 1] == '}';
}

bool
ask_each_keyword(struct ask *q, ask_value_fn fn, void *ctx)
{
	const struct rec *r = q->r;

	if (has(r, F_RAW) && !is_object(r->v[F_RAW].s))
		return give(FIELD_STR, &r->v[F_RAW], fn, ctx);
	for (unsigned i = 0; i < ARRAY_LEN(r->have); i++)
		for (uint64_t left = r->have[i] & ~r->null[i]; left != 0; left &= left - 1) {
			unsigned f = 64 * i + (unsigned)__builtin_ctzll(left);

			if (!is_ours((enum field)f) &&
			    give(field_info((enum field)f)->type, &r->v[f], fn, ctx))
				return true;
		}
	for (uint32_t i = 0; i < r->n_extra; i++)
		if (ask_extra(&r->extra[i], fn, ctx))
			return true;
	return false;
}

bool
ask_each(struct ask *q, uint32_t chan, ask_value_fn fn, void *ctx)
{
	const struct chan *c = &q->rs->atoms.chan.p[chan];
	const struct rec_extra *x;
	bool own = false;
	struct str path;

	if (c->keywords)
		return ask_each_keyword(q, fn, ctx);
	for (uint32_t it = 0; q->r->n_extra > 0 && index_chan_path(q->rs->index, chan, &it, &path);)
		for (uint32_t i = 0; (x = rec_find_extra(q->r, path, i)) != NULL;
		     i = (uint32_t)(x - q->r->extra) + 1) {
			if (ask_extra(x, fn, ctx))
				return true;
			own = true;
		}
	return !own && c->field != FIELD_NONE && ask_each_field(q, c, fn, ctx);
}

static bool
number_holds(const struct atom_number *n, const struct ask_value *v)
{
	int64_t part;

	if (n->part != 0 && v->type == FIELD_TIME)
		return atom_compare_int(n, datepart_ns(v->v->i, n->part));
	if (n->part != 0)
		return datepart_text(v->text, n->part, &part) && atom_compare_int(n, part);
	if (v->type == FIELD_INT || v->type == FIELD_TIME)
		return atom_compare_int(n, v->v->i);
	if (v->type == FIELD_FLOAT)
		return atom_compare_float(n, v->v->f);
	return v->type != FIELD_BOOL && atom_compare_text(n, v->text);
}

static bool
value_holds(void *ctx, const struct ask_value *v)
{
	const struct atom *a = ctx;
	struct ip ip;

	switch (a->kind) {
	case ATOM_TEXT:
		return wild_match(a->wild, v->text);
	case ATOM_CIDR:
		return ip_parse(v->text, &ip) && ip_net_has(&a->net, &ip);
	case ATOM_NUMBER:
		return number_holds(&a->number, v);
	case ATOM_RE:
	case ATOM_EXISTS:
	case ATOM_NULL:
	case ATOM_REF:
		break;
	}
	return true; /* it is there */
}

struct pair {
	struct ask *q;
	const struct atom *a;
	struct str left;
};

static bool
pair_holds(void *ctx, const struct ask_value *v)
{
	const struct pair *p = ctx;

	return wild_compare(p->left, v->text, p->a->flags);
}

static bool
left_holds(void *ctx, const struct ask_value *v)
{
	struct pair *p = ctx;
	bool yes;

	p->left = v->text;
	p->q->level = 1;
	yes = ask_each(p->q, p->a->ref, pair_holds, p);
	p->q->level = 0;
	return yes;
}

/* An object of that name: it is kept as its members. */
static bool
is_object_of(const struct rec *r, struct str path)
{
	for (uint32_t i = 0; i < r->n_extra; i++) {
		struct str p = r->extra[i].path;

		if (p.n > path.n && p.p[path.n] == '.' && memcmp(p.p, path.p, path.n) == 0)
			return true;
	}
	return false;
}

/* Present, be it null. */
static bool
is_present(const struct ask *q, uint32_t chan)
{
	const struct chan *c = &q->rs->atoms.chan.p[chan];
	struct str path;

	if (c->field != FIELD_NONE && (rec_has(q->r, field_in(q->r, c)) || is_null(q->r, c->field)))
		return true;
	if (c->field == F_URL && rec_has(q->r, F_ENDPOINT))
		return true;
	for (uint32_t it = 0; q->r->n_extra > 0 && index_chan_path(q->rs->index, chan, &it, &path);)
		if (rec_find_extra(q->r, path, 0) != NULL || is_object_of(q->r, path))
			return true;
	return false;
}

bool
ask_atom(struct ask *q, const struct atom *a)
{
	struct pair pair = { q, a, STR("") };

	if (a->kind == ATOM_EXISTS)
		return is_present(q, a->chan);
	if (a->kind == ATOM_REF)
		return ask_each(q, a->chan, left_holds, &pair);
	if (a->kind == ATOM_NULL)
		return !ask_each(q, a->chan, value_holds, (void *)(uintptr_t)a);
	return ask_each(q, a->chan, value_holds, (void *)(uintptr_t)a);
}
