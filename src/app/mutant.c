/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules_test.py */
/* Writes the profile that a mutant is. */
#include "app/mutant.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "detect/yflow.h"

#define WHAT_SIZE 400

void
mutant_begin(struct mutant *m, struct str path)
{
	buf_reset(&m->text);
	buf_str(&m->text, STR("profile: mutant\ntune:\n  "));
	yflow_quoted(str_c(m->rule->id), &m->text);
	buf_str(&m->text, STR(":\n    "));
	yflow_quoted(path, &m->text);
	buf_str(&m->text, STR(": "));
}

void
mutant_give(struct mutant *m, const char *fmt, ...)
{
	char what[WHAT_SIZE];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	buf_byte(&m->text, '\n');
	m->fn(m->ctx, what, buf_view(&m->text));
}

void
mutant_put(struct mutant *m, const struct ydoc *v, const struct ydoc *at, const char *with)
{
	yflow_put(v, at, with, &m->text);
}

void
mutant_without(struct mutant *m, struct str path, const struct ydoc *v, const struct ydoc *at)
{
	struct str name = at->key != NULL ? at->key->text : at->text;

	mutant_begin(m, path);
	mutant_put(m, v, at, NULL);
	if (name.n != 0)
		mutant_give(m, "%.*s without %.*s", STR_ARG(path), STR_ARG(name));
	else
		mutant_give(m, "%.*s without what stands in line %u", STR_ARG(path),
		    (unsigned)at->line);
}

void
mutant_each_without(struct mutant *m, struct str path, const struct ydoc *list, bool last)
{
	if (list->kind != YDOC_LIST || (list->n < 2 && !last))
		return;
	for (const struct ydoc *c = list->first; c != NULL; c = c->next)
		mutant_without(m, path, list, c);
}

/* A number with what stands behind it: "5", "0.1", "5%". */
static bool
read_number(const struct ydoc *v, double *ret, char unit[4])
{
	char text[40], *end;

	if (v->kind != YDOC_SCALAR || v->text.n == 0 || v->text.n >= sizeof(text))
		return false;
	(void)str_to_c(v->text, text, sizeof(text));
	*ret = strtod(text, &end);
	(void)snprintf(unit, 4, "%.3s", end);
	return end != text && (*end == '\0' || strcmp(end, "%") == 0);
}

/* One more or less; a twentieth where the number is large, so that a case need not hit it. */
static double
step_of(double n)
{
	if (floor(n) != n)
		return fabs(n) / 10;
	return fabs(n) <= 100 ? 1 : ceil(fabs(n) / 20);
}

void
mutant_number(struct mutant *m, struct str path, const struct ydoc *v, const struct ydoc *at,
    double low)
{
	struct str name = at->key != NULL && at != v ? at->key->text : STR("");
	char unit[4], to[40];
	double n;

	if (!read_number(at, &n, unit))
		return;
	for (int k = -1; k <= 1; k += 2) {
		double other = n + k * step_of(n);

		if (other <= low)
			continue;
		(void)snprintf(to, sizeof(to), "%.10g%s", other, unit);
		mutant_begin(m, path);
		mutant_put(m, v, at, to);
		mutant_give(m, "%.*s%s%.*s %.*s -> %s", STR_ARG(path), name.n != 0 ? " " : "",
		    STR_ARG(name), STR_ARG(at->text), to);
	}
}

bool
mutant_is_bound(struct str key)
{
	static const char *const words[] = { "gt", "gte", "lt", "lte", "eq", "neq", "percentile" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(key, str_c(words[i])))
			return true;
	return false;
}
