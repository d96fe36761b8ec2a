/* entity_risk: what was found about an address, user, session or key adds up (detect/score.h). */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_type_entity.c */
#include <math.h>

#include "base/clock.h"
#include "detect/ctype.h"
#include "detect/score.h"

#define LEAST_USUAL 75
#define HALF_LIFE_USUAL (6 * 3600 * CLOCK_S)
#define HALF_LIFE_MAX (90 * 86400 * CLOCK_S)
#define FORGOTTEN 20 /* half-lives: less than a ten-thousandth is left */
#define SHOWN 3      /* rules in the summary */

struct params {
	int64_t half_life;
};

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;
	enum err e;

	if (corr->n_bounds == 0)
		corr->bound[corr->n_bounds++] = (struct corr_bound){ CORR_GTE, LEAST_USUAL };
	if (!ctype_only_above(corr) || !(corr->bound[0].value > 0) || corr->bound[0].value >= 100)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "entity_risk fires from a score of 0 to 100 on, for example gte: 75");
	p->half_life = HALF_LIFE_USUAL;
	e = ctype_span(rd, "half_life", &p->half_life, why);
	if (e == OK && (p->half_life < 60 * CLOCK_S || p->half_life > HALF_LIFE_MAX))
		e = ctype_fail(rd, ctype_key(rd, "half_life"), why,
		    "half_life is a minute to 90 days");
	if (corr->timespan == 0)
		corr->timespan = FORGOTTEN * p->half_life;
	return e;
}

/* What fired; a rule that is fed to the key without firing itself counts as medium. */
static struct score_event
event_of(const struct corr *corr, const struct ctype_event *ev)
{
	const struct finding *f = ev->finding;
	struct score_event s = { .t = ev->t, .seq = ev->seq, .severity = "MEDIUM" };

	if (f != NULL) {
		s.id = str_c(f->rule->id);
		s.title = str_c(f->rule->title);
		s.severity = f->severity != NULL ? f->severity : f->rule->severity;
		s.confidence = f->confidence;
	} else {
		s.id = s.title = corr->ref[ev->refs != 0 ? __builtin_ctzll(ev->refs) : 0];
	}
	return s;
}

static void
put_text(const struct score *s, double score, struct buf *to)
{
	uint8_t order[SCORE_PARTS];

	score_order(s, order);
	buf_printf(to, "score %.0f of 100 from %u rule%s", round(score), (unsigned)s->n,
	    s->n == 1 ? "" : "s");
	for (size_t i = 0; i < s->n && i < SHOWN; i++)
		buf_printf(to, "%s%s (%.0f)", i == 0 ? ": " : ", ", s->parts[order[i]].title,
		    round(s->parts[order[i]].points));
	if (s->n > SHOWN)
		buf_str(to, STR(" ..."));
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	const struct score_event one = event_of(at->corr, ev);
	struct score *s = at->state;
	double score = score_add(s, &one, p->half_life);
	uint8_t order[SCORE_PARTS];

	if (!ctype_holds(at->corr, score))
		return CTYPE_KEPT;
	score_order(s, order);
	ret->value = score;
	ret->first = ret->last = ev->t;
	for (size_t i = 0; i < s->n; i++) {
		const struct score_part *part = &s->parts[order[s->n - 1U - i]];

		ret->events += part->n;
		ret->first = part->first < ret->first ? part->first : ret->first;
		ret->last = part->last > ret->last ? part->last : ret->last;
		if (part->seq != ev->seq)
			ret->evidence[ret->n_evidence++] = part->seq;
	}
	ret->confidence = (unsigned)(score < 99 ? score : 99);
	put_text(s, score, ret->text);
	score_put_details(s, score, p->half_life, ret->details);
	return CTYPE_FIRES;
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct score *s = at->state;

	return score_at(s, s->t, p->half_life) / 100;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct params *p = at->corr->params;

	put_text(at->state, score_at(at->state, t, p->half_life), to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	score_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	return score_load(at->state, from);
}

static void
fini(void *state)
{
	score_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct score *s = at->state;

	return s->n * sizeof(*s->parts);
}

static const char *const keys[] = { "half_life", NULL };

const struct ctype type_entity_risk = {
	.name = "entity_risk",
	.needs = CTYPE_TIMESPAN_MAY | CTYPE_CONDITION_MAY | CTYPE_GROUP,
	.keys = keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct score),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
