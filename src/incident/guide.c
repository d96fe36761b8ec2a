/* SPDX-License-Identifier: Apache-2.0 */
/* The guide, asked. */
#include "incident/guide.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "incident/guide_in.h"

#define BUDGET ((size_t)8 << 20)
#define WINDOW (24 * 3600 * CLOCK_S)

static const char *const measures[GUIDE_MEASURES] = { "detect", "acknowledge", "respond", "contain",
	"resolve" };

struct guide *
guide_new(void)
{
	struct guide *p = MEM_NEW(struct guide);

	p->arena = arena_new(BUDGET);
	p->window = WINDOW;
	return p;
}

void
guide_free(struct guide *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p);
}

static bool
has(const struct guide_words *words, struct str one)
{
	for (size_t i = 0; i < words->n; i++)
		if (str_eq(words->p[i], one))
			return true;
	return false;
}

static bool
has_tag(const struct guide_words *words, struct str tags)
{
	while (tags.n != 0) {
		struct str some = str_until(&tags, ',');

		while (some.n != 0)
			if (has(words, str_trim(str_until(&some, ' '))))
				return true;
	}
	return false;
}

static bool
fits(const struct guide_row *row, const struct guide_case *c)
{
	if (row->rules.n != 0 && !has(&row->rules, c->rule_id))
		return false;
	if (row->tags.n != 0 && !has_tag(&row->tags, c->tags))
		return false;
	return row->severities == 0 || (row->severities & 1U << c->severity) != 0;
}

bool
guide_find(const struct guide *p, const struct guide_case *c, struct guide_answer *ret)
{
	for (size_t i = 0; i < p->n_rows; i++)
		if (fits(&p->rows[i], c)) {
			*ret = p->rows[i].answer;
			return true;
		}
	return false;
}

unsigned
guide_related(const struct guide *p, enum incident_type t)
{
	const unsigned own = 1U << t;

	return (p->chain & own) != 0 ? p->chain : own;
}

int64_t
guide_window(const struct guide *p)
{
	return p->window;
}

const struct guide_step *
guide_step(const struct guide *p, enum incident_type t, enum incident_phase ph, size_t i)
{
	const struct guide_steps *common = &p->steps[INCIDENT_TYPES][ph], *own = &p->steps[t][ph];

	if (i < common->n)
		return &common->p[i];
	i -= common->n;
	return i < own->n ? &own->p[i] : NULL;
}

const char *
guide_measure_word(enum guide_measure m)
{
	return measures[m];
}

int64_t
guide_begin(const struct incident *one, enum guide_measure m)
{
	return m == GUIDE_DETECT ? one->first : one->detected;
}

int64_t
guide_end(const struct incident *one, enum guide_measure m)
{
	const int64_t ends[GUIDE_MEASURES] = { one->detected, one->acked, one->responded,
		one->contained, one->closed };

	return ends[m];
}

int64_t
guide_target(const struct guide *p, enum guide_measure m, enum incident_severity s)
{
	return p->target[m][s] != 0 ? p->target[m][s] : p->target_all[m];
}

struct str
guide_targets_name(const struct guide *p)
{
	return p->targets;
}
