/* The `correlation` section of a rule: its type, the rules it names, timespan and condition. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/corr.h"

#include <stdio.h>

#include "base/clock.h"
#include "detect/ctype.h"

#define TIMESPAN_MAX (366 * 86400 * CLOCK_S)

enum err
corr_fail_v(const struct ydoc *at, struct diag *why, const char *fmt, va_list args)
{
	char text[200];

	(void)vsnprintf(text, sizeof(text), fmt, args);
	(void)err_set(why, FAIL_SYNTAX, "correlation: %s", text);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

enum err
corr_fail(const struct ydoc *at, struct diag *why, const char *fmt, ...)
{
	va_list args;
	enum err e;

	va_start(args, fmt);
	e = corr_fail_v(at, why, fmt, args);
	va_end(args);
	return e;
}

enum err
corr_span(const struct ydoc *v, int64_t *ret, struct diag *why)
{
	static const struct unit {
		char c;
		int64_t s;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 },
		{ 'M', 2629746 }, { 'y', 31556952 } };
	const char *key = v->key != NULL ? v->key->text.p : "a span";
	uint64_t n = 0;

	if (v->kind != YDOC_SCALAR || v->text.n < 2 ||
	    !str_u64((struct str){ v->text.p, v->text.n - 1 }, &n) || n == 0)
		return corr_fail(v, why, "%.40s is a number and s, m, h or d: 5m", key);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (v->text.p[v->text.n - 1] != units[i].c)
			continue;
		if (n > (uint64_t)(TIMESPAN_MAX / CLOCK_S / units[i].s))
			return corr_fail(v, why, "%.40s is at most 366d", key);
		*ret = (int64_t)n * units[i].s * CLOCK_S;
		return OK;
	}
	return corr_fail(v, why, "%.40s is a number and s, m, h or d: 5m", key);
}

enum err
corr_number(const struct ydoc *v, double *ret, struct diag *why)
{
	bool share = v->kind == YDOC_SCALAR && str_ends(v->text, STR("%"));
	double d;

	if (v->kind != YDOC_SCALAR || !str_f64((struct str){ v->text.p, v->text.n - share }, &d))
		return corr_fail(v, why, "expected a number");
	*ret = share ? d / 100 : d;
	return OK;
}

static enum err
read_type(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
#define X(name) ", " #name
	static const char types[] =
#include "detect/ctypes.def"
	    ;
#undef X

	d->corr.type = v->kind == YDOC_SCALAR ? ctype_find(v->text) : NULL;
	return d->corr.type != NULL ? OK : corr_fail(v, why, "the types are %s", types + 2);
}

static enum err
read_rules(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	const struct ydoc *m = v->kind == YDOC_LIST ? v->first : v;

	if (v->kind == YDOC_SCALAR && str_eq(v->text, STR("any"))) {
		d->corr.any = true;
		return OK;
	}
	for (; m != NULL; m = v->kind == YDOC_LIST ? m->next : NULL) {
		if (m->kind != YDOC_SCALAR || m->text.n == 0)
			return corr_fail(v, why, "rules is a list of names or ids of rules");
		if (d->refs.n == COMPILED_REFS_MAX)
			return corr_fail(m, why, "at most %d rules", COMPILED_REFS_MAX);
		for (size_t i = 0; i < d->refs.n; i++)
			if (str_eq(d->refs.p[i].name, m->text))
				return corr_fail(m, why, "this rule is named twice");
		VEC_PUSH(&d->refs, ((struct corr_ref){ m->text, m->line, m->column }));
	}
	return OK;
}

static enum err
read_timespan(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	return corr_span(v, &d->corr.timespan, why);
}

static enum err
read_bound(const struct ydoc *v, enum corr_op op, struct corr_draft *d, struct diag *why)
{
	struct corr_bound b = { .op = op };
	enum err e = corr_number(v, &b.value, why);

	if (e != OK)
		return e;
	if (d->corr.n_bounds == ARRAY_LEN(d->corr.bound))
		return corr_fail(v->key, why, "a condition has two comparisons at most: a range");
	d->corr.bound[d->corr.n_bounds++] = b;
	return OK;
}

static enum err
read_member(const struct ydoc *m, struct corr_draft *d, struct diag *why)
{
	static const char *const ops[] = {
		[CORR_GT] = "gt",
		[CORR_GTE] = "gte",
		[CORR_LT] = "lt",
		[CORR_LTE] = "lte",
		[CORR_EQ] = "eq",
		[CORR_NEQ] = "neq",
	};
	unsigned needs = d->corr.type->needs;

	for (unsigned i = 0; i < ARRAY_LEN(ops); i++)
		if (str_eq(m->key->text, str_c(ops[i])))
			return read_bound(m, (enum corr_op)i, d, why);
	if (str_eq(m->key->text, STR("field"))) {
		if (needs & (CTYPE_FIELD | CTYPE_FIELD_MAY))
			return OK; /* read when it is known of what */
		return corr_fail(m->key, why, "%s has no use for 'field'", d->corr.type->name);
	}
	if (str_eq(m->key->text, STR("percentile")) && needs & CTYPE_PERCENTILE)
		return corr_number(m, &d->corr.percentile, why);
	return corr_fail(m->key, why, "condition knows gt, gte, lt, lte, eq, neq and field");
}

/* Two bounds are a range: one from below and one from above that leave something between. */
static enum err
check_bounds(const struct ydoc *v, const struct corr *c, struct diag *why)
{
	bool first = c->bound[0].op == CORR_GT || c->bound[0].op == CORR_GTE;
	const struct corr_bound *low = &c->bound[!first], *high = &c->bound[first];

	if (c->n_bounds < 2)
		return OK;
	if ((low->op != CORR_GT && low->op != CORR_GTE) ||
	    (high->op != CORR_LT && high->op != CORR_LTE))
		return corr_fail(v, why, "two comparisons are a range: gt or gte, and lt or lte");
	if (low->value > high->value ||
	    (low->value == high->value && (low->op == CORR_GT || high->op == CORR_LT)))
		return corr_fail(v, why, "no number is in this range");
	return OK;
}

static enum err
read_condition(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	enum err err = OK;

	if (v->kind == YDOC_SCALAR && d->corr.type->needs & CTYPE_NAMES && v->text.n > 0) {
		d->corr.condition = v->text;
		return OK;
	}
	if (v->kind != YDOC_MAP)
		return corr_fail(v, why, "condition is a map like 'gte: 10'");
	for (const struct ydoc *m = v->first; err == OK && m != NULL; m = m->next)
		err = read_member(m, d, why);
	return err == OK ? check_bounds(v, &d->corr, why) : err;
}

static enum err
read_generate(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	if (v->kind != YDOC_SCALAR || v->type != YDOC_BOOL)
		return corr_fail(v, why, "generate is true or false");
	d->generate = (v->text.p[0] | 0x20) == 't';
	return OK;
}

static enum err
read_later(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	(void)v, (void)d, (void)why;
	return OK; /* detect/link.c: it takes the rules that are named */
}

/* In the order in which they are read. */
static const struct section_key {
	const char *key;
	enum err (*read)(const struct ydoc *v, struct corr_draft *d, struct diag *why);
	unsigned must, may; /* by the type's needs; 0: always */
} keys[] = {
	{ "rules", read_rules, 0, 0 },
	{ "timespan", read_timespan, CTYPE_TIMESPAN, CTYPE_TIMESPAN | CTYPE_TIMESPAN_MAY },
	{ "condition", read_condition, CTYPE_CONDITION | CTYPE_FIELD,
	    CTYPE_CONDITION | CTYPE_CONDITION_MAY | CTYPE_FIELD | CTYPE_FIELD_MAY | CTYPE_NAMES },
	{ "generate", read_generate, 0, 0 },
	{ "group-by", read_later, CTYPE_GROUP, 0 },
	{ "aliases", read_later, 0, 0 },
};

static bool
is_own(const struct ctype *type, struct str key)
{
	for (const char *const *k = type->keys; k != NULL && *k != NULL; k++)
		if (str_eq(key, str_c(*k)))
			return true;
	return false;
}

static enum err
check_keys(const struct ydoc *section, const struct ctype *type, struct diag *why)
{
	for (const struct ydoc *m = section->first; m != NULL; m = m->next) {
		bool known = is_own(type, m->key->text) || str_eq(m->key->text, STR("type"));
		char own[160];
		size_t n = 0;

		for (size_t i = 0; i < ARRAY_LEN(keys) && !known; i++)
			known = str_eq(m->key->text, str_c(keys[i].key)) &&
				(keys[i].may == 0 || keys[i].may & type->needs);
		if (known)
			continue;
		own[0] = '\0';
		for (const char *const *k = type->keys; k != NULL && *k != NULL; k++)
			if (n < sizeof(own))
				n += (size_t)snprintf(own + n, sizeof(own) - n, ", %s", *k);
		return corr_fail(m->key, why,
		    "%s has the keys rules, group-by, timespan, condition, aliases, generate%s",
		    type->name, own);
	}
	return OK;
}

static enum err
read_keys(const struct ydoc *section, struct corr_draft *d, struct diag *why)
{
	enum err err = OK;

	for (size_t i = 0; i < ARRAY_LEN(keys) && err == OK; i++) {
		const struct ydoc *v = ydoc_get(section, keys[i].key);

		if (v != NULL)
			err = keys[i].read(v, d, why);
		else if (keys[i].must & d->corr.type->needs)
			err = corr_fail(section, why, "'%s' is missing", keys[i].key);
	}
	return err;
}

static enum err
check(const struct ydoc *section, const struct corr_draft *d, struct diag *why)
{
	const struct ydoc *condition = ydoc_get(section, "condition"),
			  *at = condition != NULL ? condition : section;
	const struct ctype *type = d->corr.type;

	if (type->needs & CTYPE_CONDITION && d->corr.n_bounds == 0 && d->corr.condition.n == 0)
		return corr_fail(at, why, "the condition needs gt, gte, lt, lte, eq or neq");
	if (type->needs & CTYPE_FIELD && ydoc_get(condition, "field") == NULL)
		return corr_fail(at, why, "%s needs 'field': which values are looked at",
		    type->name);
	if (type->needs & CTYPE_PERCENTILE && d->corr.percentile < 0)
		return corr_fail(at, why,
		    "%s needs 'percentile': which one is compared, like percentile: 95",
		    type->name);
	if (d->refs.n == 0 && !d->corr.any && d->corr.condition.n == 0)
		return corr_fail(section, why,
		    ydoc_get(section, "rules") != NULL ? "'rules' is empty" : "'rules' is missing");
	return OK;
}

enum err
corr_read(const struct ydoc *section, struct corr_draft *ret, struct diag *why)
{
	const struct ydoc *type;
	enum err err;

	*ret = (struct corr_draft){ .section = section, .corr = { .percentile = -1 } };
	if (section->kind != YDOC_MAP)
		return corr_fail(section, why, "expected a map");
	type = ydoc_get(section, "type");
	if (type == NULL)
		return corr_fail(section, why, "'type' is missing");
	err = read_type(type, ret, why);
	if (err == OK && ydoc_get(section, "group_by") != NULL)
		return corr_fail(ydoc_get(section, "group_by")->key, why,
		    "write group-by, with a hyphen");
	if (err == OK)
		err = check_keys(section, ret->corr.type, why);
	if (err == OK)
		err = read_keys(section, ret, why);
	return err == OK ? check(section, ret, why) : err;
}

void
corr_draft_fini(struct corr_draft *d)
{
	VEC_FINI(&d->refs);
}
