/* Aggregations as correlations. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/aggregate.h"

#include "base/attr.h"

#define WORD_MAX 40 /* characters of a name that are shown */

static struct str
word(struct str *s)
{
	struct str rest = str_trim(*s);
	size_t n = 0;

	while (n < rest.n && strchr(" \t()<>=,", rest.p[n]) == NULL && rest.p[n] != '\0')
		n++;
	if (n == 0 && rest.n > 0)
		n = rest.n > 1 && (rest.p[0] == '<' || rest.p[0] == '>') && rest.p[1] == '=' ? 2
											     : 1;
	*s = str_from(rest, n);
	return (struct str){ rest.p, n };
}

static const char *
type_of(struct str function, bool field)
{
	static const struct {
		const char *function, *plain, *of_field;
	} rows[] = {
		{ "count", "event_count", "value_count" },
		{ "sum", NULL, "value_sum" },
		{ "avg", NULL, "value_avg" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(function, str_c(rows[i].function)))
			return field ? rows[i].of_field : rows[i].plain;
	return NULL;
}

static const char *
bound_of(struct str op)
{
	static const char *const ops[][2] = { { ">", "gt" }, { ">=", "gte" }, { "<", "lt" },
		{ "<=", "lte" }, { "=", "eq" }, { "==", "eq" } };

	for (size_t i = 0; i < ARRAY_LEN(ops); i++)
		if (str_eq(op, str_c(ops[i][0])))
			return ops[i][1];
	return NULL;
}

static struct str
shown(struct str s)
{
	return (struct str){ s.p, s.n < WORD_MAX ? s.n : WORD_MAX };
}

void
aggregate_advice(struct str pipe, struct str timeframe, struct buf *to)
{
	struct str rest = str_from(pipe, 1), function = word(&rest), field = STR(""), by = STR("");
	struct str w = word(&rest);
	const char *type, *bound;

	if (str_eq(w, STR("("))) {
		w = word(&rest);
		if (!str_eq(w, STR(")"))) {
			field = w;
			(void)word(&rest);
		}
		w = word(&rest);
	}
	if (str_eq(w, STR("by"))) {
		by = word(&rest);
		w = word(&rest);
	}
	type = type_of(function, field.n > 0);
	bound = bound_of(w);
	w = word(&rest);
	if (str_eq(function, STR("near")))
		buf_str(to, STR("'| near' is gone from Sigma: give each part a rule with a name, "
				"and tie them: 'correlation: {type: temporal, rules: [a, b], "
				"group-by: [...], timespan: 5m}'"));
	else if (type == NULL || bound == NULL || w.n == 0)
		buf_str(to, STR("pipes are gone from Sigma: give the rule a name and write a "
				"correlation of type event_count, value_count, value_sum or "
				"value_avg over it"));
	else {
		buf_printf(to,
		    "pipes are gone from Sigma: give the rule a name and write 'correlation: "
		    "{type: %s, rules: [NAME], ",
		    type);
		if (by.n > 0)
			buf_printf(to, "group-by: [%.*s], ", STR_ARG(shown(by)));
		buf_printf(to, "timespan: %.*s, condition: {",
		    STR_ARG(timeframe.n > 0 ? shown(timeframe) : STR("5m")));
		if (field.n > 0)
			buf_printf(to, "field: %.*s, ", STR_ARG(shown(field)));
		buf_printf(to, "%s: %.*s}}'", bound, STR_ARG(shown(w)));
	}
}
