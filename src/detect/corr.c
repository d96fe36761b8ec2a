/* Correlation types and the `correlation` section of a rule. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/corr.h"

#include <stdio.h>

#include "base/clock.h"

/* Thresholds bound what one key keeps: see detect/window.h. */
static const struct corr_ops types[] = {
	{ "event_count", false, 100000 },
	{ "value_count", true, 10000 },
};

static const char *const later[] = { "temporal", "temporal_ordered", "value_sum", "value_avg",
	"value_percentile", "value_median" };

#define TIMESPAN_MAX (366 * 86400 * CLOCK_S)

const struct corr_ops *
corr_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(name, str_c(types[i].name)))
			return &types[i];
	return NULL;
}

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "correlation: %s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

static enum err
read_type(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	d->corr.ops = v->kind == YDOC_SCALAR ? corr_find(v->text) : NULL;
	if (d->corr.ops != NULL)
		return OK;
	for (size_t i = 0; i < ARRAY_LEN(later) && v->kind == YDOC_SCALAR; i++)
		if (str_eq(v->text, str_c(later[i])))
			return fail(why, v,
			    "this type is not supported yet; event_count and value_count are");
	return fail(why, v, "type is event_count or value_count");
}

/* A text or a list of texts. */
static enum err
read_names(const struct ydoc *v, struct str *to, size_t max, size_t *n, struct diag *why)
{
	const struct ydoc *m = v->kind == YDOC_LIST ? v->first : v;

	*n = 0;
	if (v->kind == YDOC_MAP)
		return fail(why, v, "expected a name or a list of names");
	for (; m != NULL; m = v->kind == YDOC_LIST ? m->next : NULL) {
		if (m->kind != YDOC_SCALAR || m->text.n == 0)
			return fail(why, m, "expected a name");
		if (*n == max)
			return fail(why, m, "too many names, at most 8");
		to[(*n)++] = m->text;
	}
	return OK;
}

static enum err
read_rules(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	const struct ydoc *m = v->kind == YDOC_LIST ? v->first : v;

	if (v->kind == YDOC_MAP)
		return fail(why, v, "rules is a list of names or ids of detection rules");
	for (; m != NULL; m = v->kind == YDOC_LIST ? m->next : NULL) {
		if (m->kind != YDOC_SCALAR || m->text.n == 0)
			return fail(why, m, "rules is a list of names or ids of detection rules");
		VEC_PUSH(&d->refs, ((struct corr_ref){ m->text, m->line, m->column }));
	}
	return OK;
}

static enum err
read_timespan(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	bool unit = v->kind == YDOC_SCALAR && v->text.n > 1 &&
		    strchr("smhd", v->text.p[v->text.n - 1]) != NULL;

	if (!unit || !clock_span(v->text, &d->corr.timespan) || d->corr.timespan <= 0)
		return fail(why, v, "timespan is a number and s, m, h or d: 5m");
	if (d->corr.timespan > TIMESPAN_MAX)
		return fail(why, v, "timespan is at most 366d");
	return OK;
}

static enum err
read_threshold(const struct ydoc *v, uint64_t more, struct corr_draft *d, struct diag *why)
{
	uint64_t n;

	if (d->corr.threshold != 0)
		return fail(why, v->key,
		    "the condition has two comparisons; only gt or gte can be followed "
		    "in a stream, and one of them is enough");
	if (v->kind != YDOC_SCALAR || !str_u64(v->text, &n) || n > UINT32_MAX || n + more == 0)
		return fail(why, v, "the threshold is a whole number above 0");
	d->corr.threshold = n + more;
	return OK;
}

static enum err
read_condition(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	enum err err = OK;

	if (v->kind != YDOC_MAP)
		return fail(why, v, "condition is a map like 'gte: 10'");
	for (const struct ydoc *m = v->first; err == OK && m != NULL; m = m->next) {
		if (str_eq(m->key->text, STR("gte")))
			err = read_threshold(m, 0, d, why);
		else if (str_eq(m->key->text, STR("gt")))
			err = read_threshold(m, 1, d, why);
		else if (str_eq(m->key->text, STR("field")))
			err = read_names(m, d->value, COMPILED_GROUP_MAX, &d->n_value, why);
		else if (str_eq(m->key->text, STR("lt")) || str_eq(m->key->text, STR("lte")) ||
			 str_eq(m->key->text, STR("eq")) || str_eq(m->key->text, STR("neq")))
			err = fail(why, m->key,
			    "only gt and gte can be decided while events still come in");
		else
			err = fail(why, m->key, "condition knows gt, gte and field");
	}
	return err;
}

static enum err
read_group(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	return read_names(v, d->group, COMPILED_GROUP_MAX, &d->n_group, why);
}

static enum err
read_generate(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	if (v->kind != YDOC_SCALAR || v->type != YDOC_BOOL)
		return fail(why, v, "generate is true or false");
	d->generate = (v->text.p[0] | 0x20) == 't';
	return OK;
}

static enum err
read_aliases(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	(void)d;
	return fail(why, v->key, "aliases are not supported yet");
}

static enum err
read_group_typo(const struct ydoc *v, struct corr_draft *d, struct diag *why)
{
	(void)d;
	return fail(why, v->key, "write group-by, with a hyphen");
}

static const struct section_key {
	const char *key;
	enum err (*read)(const struct ydoc *v, struct corr_draft *d, struct diag *why);
	bool must;
} keys[] = {
	{ "type", read_type, true },
	{ "rules", read_rules, true },
	{ "group-by", read_group, false },
	{ "timespan", read_timespan, true },
	{ "condition", read_condition, true },
	{ "generate", read_generate, false },
	{ "aliases", read_aliases, false },
	{ "group_by", read_group_typo, false },
};

static enum err
read_keys(const struct ydoc *section, struct corr_draft *d, struct diag *why)
{
	enum err err = OK;

	for (const struct ydoc *m = section->first; err == OK && m != NULL; m = m->next) {
		size_t i = 0;

		while (i < ARRAY_LEN(keys) && !str_eq(m->key->text, str_c(keys[i].key)))
			i++;
		if (i == ARRAY_LEN(keys))
			return fail(why, m->key,
			    "there are the keys type, rules, group-by, timespan, "
			    "condition and generate");
		err = keys[i].read(m, d, why);
	}
	for (size_t i = 0; err == OK && i < ARRAY_LEN(keys); i++) {
		if (keys[i].must && ydoc_get(section, keys[i].key) == NULL) {
			(void)err_set(why, FAIL_SYNTAX, "correlation: '%s' is missing",
			    keys[i].key);
			err = err_at(why, FAIL_SYNTAX, NULL, section->line, section->column);
		}
	}
	return err;
}

static enum err
check(const struct ydoc *section, const struct corr_draft *d, struct diag *why)
{
	const struct ydoc *condition = ydoc_get(section, "condition");
	char text[100];

	if (d->corr.threshold == 0)
		return fail(why, condition, "the condition needs gt or gte");
	if (d->corr.threshold > d->corr.ops->threshold_max) {
		(void)snprintf(text, sizeof(text), "%s counts to %llu at most", d->corr.ops->name,
		    (unsigned long long)d->corr.ops->threshold_max);
		return fail(why, condition, text);
	}
	if (d->corr.ops->counts_values && d->n_value == 0)
		return fail(why, condition, "value_count needs 'field': what is counted");
	if (!d->corr.ops->counts_values && d->n_value > 0)
		return fail(why, condition,
		    "event_count counts events; 'field' belongs to value_count");
	if (d->refs.n == 0)
		return fail(why, section, "'rules' is empty");
	return OK;
}

enum err
corr_read(const struct ydoc *section, struct corr_draft *ret, struct diag *why)
{
	enum err err;

	*ret = (struct corr_draft){ 0 };
	if (section->kind != YDOC_MAP)
		return fail(why, section, "expected a map");
	err = read_keys(section, ret, why);
	return err == OK ? check(section, ret, why) : err;
}

void
corr_draft_fini(struct corr_draft *d)
{
	VEC_FINI(&d->refs);
}
