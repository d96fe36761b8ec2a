/* Correlation types by name, and what they share: keys of the section, values, conditions. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/ctype.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "detect/corr.h"
#include "detect/group.h"
#include "detect/link.h"
#include "detect/value.h"

static const struct ctype *const types[] = {
#define X(name) &type_##name,
#include "detect/ctypes.def"
#undef X
};

const struct ctype *
ctype_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(name, str_c(types[i]->name)))
			return types[i];
	return NULL;
}

const struct ydoc *
ctype_key(const struct ctype_reader *rd, const char *key)
{
	return ydoc_get(rd->section, key);
}

enum err
ctype_fail(const struct ctype_reader *rd, const struct ydoc *at, struct diag *why, const char *fmt,
    ...)
{
	va_list args;
	enum err e;

	va_start(args, fmt);
	e = corr_fail_v(at != NULL ? at : rd->section, why, fmt, args);
	va_end(args);
	return e;
}

void
ctype_warn(const struct ctype_reader *rd, const struct ydoc *at, const char *text)
{
	if (at == NULL)
		at = rd->section;
	rule_read_warn(&rd->rule, at->line, at->column, text);
}

enum err
ctype_span(const struct ctype_reader *rd, const char *key, int64_t *ret, struct diag *why)
{
	const struct ydoc *v = ctype_key(rd, key);

	return v != NULL ? corr_span(v, ret, why) : OK;
}

enum err
ctype_number(const struct ctype_reader *rd, const char *key, double min, double max, double *ret,
    struct diag *why)
{
	const struct ydoc *v = ctype_key(rd, key);
	double d = min;
	enum err e = v != NULL ? corr_number(v, &d, why) : OK;

	if (e != OK || v == NULL)
		return e;
	if (!(d >= min && d <= max))
		return corr_fail(v, why, "%.40s is a number from %g to %g", key, min, max);
	*ret = d;
	return OK;
}

enum err
ctype_fields(const struct ctype_reader *rd, const char *key, struct group_by *ret, struct diag *why)
{
	const struct ydoc *v = ctype_key(rd, key);

	return v != NULL ? link_fields(rd, v, ret, why) : OK;
}

enum err
ctype_fields_at(const struct ctype_reader *rd, const struct ydoc *at, struct group_by *ret,
    struct diag *why)
{
	return link_fields(rd, at, ret, why);
}

enum err
ctype_ref(const struct ctype_reader *rd, const char *key, uint32_t *ret, struct diag *why)
{
	const struct ydoc *v = ctype_key(rd, key);

	if (v == NULL)
		return OK;
	for (uint32_t i = 0; i < rd->corr->n_refs && v->kind == YDOC_SCALAR; i++)
		if (str_eq(v->text, rd->corr->ref[i])) {
			*ret = i;
			return OK;
		}
	return corr_fail(v, why, "%.40s is one of the rules that 'rules' names", key);
}

/* A chained event has the values by which what fired is grouped; else those of its record. */
bool
ctype_value(const struct ctype_event *ev, const struct group_field *f, struct buf *scratch,
    struct str *ret)
{
	if (ev->finding != NULL && group_pick(ev->finding, f, scratch, ret))
		return true;
	return ev->rec != NULL && group_value(f, ev->rec, scratch, ret);
}

bool
ctype_double(const struct ctype_event *ev, const struct group_field *f, double *ret)
{
	char space[VALUE_NUMBER_SIZE * 2];
	struct buf b = { .p = space, .size = sizeof(space), .max = sizeof(space) };
	const struct rec *r = ev->rec;
	struct str s;

	if (ev->finding == NULL && r != NULL && f->field != FIELD_NONE && rec_has(r, f->field)) {
		enum field_type type = field_info(f->field)->type;

		if (type == FIELD_INT || type == FIELD_FLOAT) {
			*ret = type == FIELD_INT ? (double)r->v[f->field].i : r->v[f->field].f;
			return isfinite(*ret);
		}
	}
	return ctype_value(ev, f, &b, &s) && str_f64(s, ret) && isfinite(*ret);
}

bool
ctype_hash(const struct ctype_event *ev, const struct group_by *g, uint64_t *ret)
{
	char space[4 * GROUP_VALUE_MAX];
	struct buf b = { .p = space, .size = sizeof(space), .max = sizeof(space) };
	uint64_t h = ev->seed;
	bool any = false;

	if (ev->finding == NULL)
		return group_hash(g, ev->rec, h, ret);
	for (size_t i = 0; i < g->n; i++) {
		struct str s;
		bool there;

		buf_reset(&b);
		there = ctype_value(ev, &g->f[i], &b, &s);
		any |= there;
		h = there ? group_hash_text(h, s) : h * 31 + i;
	}
	*ret = h;
	return any;
}

static bool
bound_holds(const struct corr_bound *b, double v)
{
	switch (b->op) {
	case CORR_GT:
		return v > b->value;
	case CORR_GTE:
		return v >= b->value;
	case CORR_LT:
		return v < b->value;
	case CORR_LTE:
		return v <= b->value;
	case CORR_EQ:
		return v >= b->value && v <= b->value;
	case CORR_NEQ:
		return v < b->value || v > b->value;
	}
	return false;
}

bool
ctype_holds(const struct corr *corr, double value)
{
	for (size_t i = 0; i < corr->n_bounds; i++)
		if (!bound_holds(&corr->bound[i], value))
			return false;
	return true;
}

bool
ctype_only_above(const struct corr *corr)
{
	for (size_t i = 0; i < corr->n_bounds; i++)
		if (corr->bound[i].op != CORR_GT && corr->bound[i].op != CORR_GTE)
			return false;
	return true;
}

uint64_t
ctype_least(const struct corr *corr, uint64_t max)
{
	double low = 1;

	for (size_t i = 0; i < corr->n_bounds; i++) {
		const struct corr_bound *b = &corr->bound[i];

		if (b->op == CORR_GT && floor(b->value) + 1 > low)
			low = floor(b->value) + 1;
		else if ((b->op == CORR_GTE || b->op == CORR_EQ) && ceil(b->value) > low)
			low = ceil(b->value);
	}
	for (int i = 0; i < 2; i++, low++) /* the second when `neq` leaves out the first */
		if (low <= (double)max && ctype_holds(corr, low))
			return (uint64_t)low;
	return 0;
}

void
ctype_put_number(double v, struct buf *to)
{
	buf_printf(to, v == floor(v) && fabs(v) < 1e15 ? "%.0f" : "%.6g", v);
}

void
ctype_put_condition(const struct corr *corr, struct buf *to)
{
	static const char *const words[] = {
		[CORR_GT] = "more than ",
		[CORR_GTE] = "at least ",
		[CORR_LT] = "less than ",
		[CORR_LTE] = "at most ",
		[CORR_EQ] = "exactly ",
		[CORR_NEQ] = "other than ",
	};

	buf_str(to, corr->condition);
	for (size_t i = 0; i < corr->n_bounds; i++) {
		buf_str(to, i > 0 ? STR(" and ") : STR(""));
		buf_str(to, str_c(words[corr->bound[i].op]));
		ctype_put_number(corr->bound[i].value, to);
	}
}

void
ctype_put_span(int64_t ns, struct buf *to)
{
	static const struct unit {
		int64_t s;
		char c;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && ns % (units[i].s * CLOCK_S) != 0)
		i++;
	buf_i64(to, ns / (units[i].s * CLOCK_S));
	buf_byte(to, units[i].c);
}
