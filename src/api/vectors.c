/* Tactics from tags, counted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/vectors.h"

#include <stdlib.h>

#define OTHER "Other"

/* Techniques (t1110.001), groups and software have a number; tactics are words. */
static bool
is_tactic(struct str word)
{
	return word.n >= 4 && !(word.p[1] >= '0' && word.p[1] <= '9');
}

char *
vectors_tactic(struct str tags, char to[40])
{
	while (tags.n != 0) {
		struct str word = str_trim(str_until(&tags, ','));
		bool start = true;

		if (!str_starts(word, STR("attack.")))
			continue;
		word = str_from(word, 7);
		if (!is_tactic(word))
			continue;
		(void)str_to_c(word, to, 40);
		for (char *c = to; *c != '\0'; c++) {
			if (*c == '-' || *c == '_')
				*c = ' ';
			else if (start && *c >= 'a' && *c <= 'z')
				*c = (char)(*c - 'a' + 'A');
			start = *c == ' ';
		}
		return to;
	}
	return str_to_c(STR(OTHER), to, 40);
}

static struct vectors_series *
series_of(struct vectors *v, const char *name)
{
	struct vectors_series *s;

	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->series[i].name, name) == 0)
			return &v->series[i];
	if (v->n == VECTORS_TACTICS)
		return &v->series[VECTORS_TACTICS - 1];
	s = &v->series[v->n++];
	(void)str_to_c(v->n == VECTORS_TACTICS ? STR(OTHER) : str_c(name), s->name,
	    sizeof(s->name));
	return s;
}

void
vectors_add(struct vectors *v, struct str tags, size_t i, uint64_t n)
{
	char name[40];
	struct vectors_series *s;

	if (i >= v->steps || i >= VECTORS_STEPS)
		return;
	s = series_of(v, vectors_tactic(tags, name));
	s->n[i] += n;
	s->total += n;
}

static int
more_first(const void *pa, const void *pb)
{
	const struct vectors_series *a = pa, *b = pb;
	bool a_other = strcmp(a->name, OTHER) == 0, b_other = strcmp(b->name, OTHER) == 0;

	if (a_other != b_other)
		return a_other ? 1 : -1;
	if (a->total != b->total)
		return a->total > b->total ? -1 : 1;
	return strcmp(a->name, b->name);
}

void
vectors_settle(struct vectors *v)
{
	struct vectors_series *last = &v->series[VECTORS_SERIES - 1];

	qsort(v->series, v->n, sizeof(v->series[0]), more_first);
	if (v->n <= VECTORS_SERIES)
		return;
	for (size_t i = VECTORS_SERIES; i < v->n; i++) {
		last->total += v->series[i].total;
		for (size_t k = 0; k < v->steps; k++)
			last->n[k] += v->series[i].n[k];
	}
	(void)str_to_c(STR(OTHER), last->name, sizeof(last->name));
	v->n = VECTORS_SERIES;
}
