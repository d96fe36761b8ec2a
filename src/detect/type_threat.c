/* threat: detections on one entity within a timespan are one threat (detect/threat.h). */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_type_entity.c */
#include "detect/ctype.h"
#include "detect/threat.h"

#define LEAST_USUAL 2

struct params {
	bool tactics; /* these are counted, not rules */
};

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	const struct ydoc *count = ctype_key(rd, "count");
	struct params *p = params;
	uint64_t most;

	if (count != NULL) {
		p->tactics = count->kind == YDOC_SCALAR && str_eq(count->text, STR("tactics"));
		if (!p->tactics &&
		    (count->kind != YDOC_SCALAR || !str_eq(count->text, STR("rules"))))
			return ctype_fail(rd, count, why, "count is rules or tactics");
	}
	most = p->tactics ? TACTIC_COUNT : THREAT_RULES;
	if (corr->n_bounds == 0)
		corr->bound[corr->n_bounds++] = (struct corr_bound){ CORR_GTE, LEAST_USUAL };
	if (!ctype_only_above(corr) || ctype_least(corr, most) == 0)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "threat fires from a number of rules or tactics on, gt or gte; %u are told "
		    "apart",
		    (unsigned)most);
	return OK;
}

/* What fired; a rule that is fed to the key without firing itself counts as medium. */
static struct threat_event
event_of(const struct corr *corr, const struct ctype_event *ev)
{
	const struct finding *f = ev->finding;
	struct threat_event t = { .t = ev->t, .seq = ev->seq, .level = "medium" };

	if (f != NULL) {
		t.id = str_c(f->rule->id);
		t.title = str_c(f->rule->title);
		t.tags = str_c(f->rule->tags);
		t.level = f->level != NULL ? f->level : f->rule->level;
		t.confidence = f->confidence;
	} else {
		t.id = t.title = corr->ref[ev->refs != 0 ? __builtin_ctzll(ev->refs) : 0];
	}
	return t;
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	const struct threat_event one = event_of(at->corr, ev);
	struct threat *th = at->state;
	struct threat_view v;

	if (!threat_add(th, &one, at->corr->timespan, &v))
		return CTYPE_LATE;
	ret->value = p->tactics ? v.tactics : v.rules;
	if (!ctype_holds(at->corr, ret->value) || (p->tactics && v.rules < 2))
		return CTYPE_KEPT; /* one rule of two tactics is no threat of several */
	for (size_t i = v.from; i < v.to; i++)
		if (th->firings[i].seq != ev->seq)
			ret->evidence[ret->n_evidence++] = th->firings[i].seq;
	ret->events = v.to - v.from;
	ret->first = v.first;
	ret->last = v.last;
	ret->confidence = v.confidence;
	ret->level = threat_level(v.rank);
	threat_put_text(th, &v, ret->text);
	threat_put_details(th, &v, ret->details);
	return CTYPE_FIRES;
}

static double
progress(const struct ctype_at *at)
{
	const struct threat *th = at->state;

	return th->n_rules / (th->n_rules + 1.0);
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct threat *th = at->state;

	(void)t;
	buf_printf(to, "%u rule%s fired", (unsigned)th->n_rules, th->n_rules == 1 ? "" : "s");
	for (size_t i = 0; i < th->n_rules; i++)
		buf_printf(to, "%s%s", i == 0 ? ": " : ", ", th->rules[i].title);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	threat_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	return threat_load(at->state, from);
}

static void
fini(void *state)
{
	threat_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct threat *th = at->state;

	return th->n_rules * sizeof(*th->rules) + th->n_firings * sizeof(*th->firings);
}

static const char *const keys[] = { "count", NULL };

const struct ctype type_threat = {
	.name = "threat",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION_MAY | CTYPE_GROUP,
	.keys = keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct threat),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
