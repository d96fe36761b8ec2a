/* event_count: so many events of the key within the timespan. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include "detect/slide.h"

#define THRESHOLD_MAX 100000
#define EVENTS_LEAST 64 /* kept of a key, for those that come later than a short timespan */
#define WEIGHT_MAX ((uint64_t)1 << 40)

/* escalate: {field: user_name, gte: 3, level: critical} */
struct escalate {
	struct group_by field;
	uint64_t gte;
	const char *level; /* NULL: nothing escalates */
};

struct params {
	struct slide_params slide;
	struct escalate escalate;
};

struct state {
	struct slide slide;
	uint64_t sum; /* of weights */
};

static bool
item(const struct corr *c, const struct ctype_event *ev, struct timeline_item *to)
{
	const struct params *p = c->params;

	to->a = ev->weight < WEIGHT_MAX ? ev->weight : WEIGHT_MAX;
	if (p->escalate.level != NULL && !ctype_hash(ev, &p->escalate.field, &to->b))
		to->b = 0;
	return true;
}

static void
add(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct state *s = state;

	(void)c;
	s->sum += one->a;
}

static void
take(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct state *s = state;

	(void)c;
	s->sum -= one->a;
}

static double
value(const struct corr *c, const void *state)
{
	const struct state *s = state;

	(void)c;
	return (double)s->sum;
}

static uint64_t
events(const struct corr *c, const void *state)
{
	const struct state *s = state;

	(void)c;
	return s->sum;
}

static void
fold(struct timeline_item *into, const struct timeline_item *from)
{
	into->a += from->a;
}

static void
say(const struct corr *c, double v, struct buf *to)
{
	(void)c;
	buf_u64(to, (uint64_t)v);
	buf_str(to, STR(" events"));
}

/* So many different values among the events raise the level.  `gte` is small. */
static void
more(const struct corr *c, const struct slide *s, size_t from, size_t to, struct ctype_hit *ret)
{
	const struct escalate *x = &((const struct params *)c->params)->escalate;
	uint64_t seen[ENGINE_EVIDENCE_MAX];
	size_t n = 0;

	for (size_t i = to; x->level != NULL && i-- > from && n < x->gte;) {
		uint64_t hash = timeline_at(&s->tl, i)->b;
		size_t k = 0;

		while (k < n && seen[k] != hash)
			k++;
		if (k == n && hash != 0)
			seen[n++] = hash;
	}
	if (x->level == NULL || n < x->gte)
		return;
	ret->level = x->level;
	buf_printf(ret->text, ", of %zu different %.*s or more", n, STR_ARG(x->field.f[0].name));
}

static const struct slide_ops ops = {
	.item = item,
	.add = add,
	.remove = take,
	.value = value,
	.events = events,
	.fold = fold,
	.say = say,
	.more = more,
};

static enum err
read_escalate(const struct ctype_reader *rd, struct escalate *x, struct diag *why)
{
	static const char *const levels[] = { "informational", "low", "medium", "high",
		"critical" };
	const struct ydoc *v = ctype_key(rd, "escalate"), *field, *gte, *level;
	uint64_t n = 0;

	if (v == NULL)
		return OK;
	field = ydoc_get(v, "field");
	gte = ydoc_get(v, "gte");
	level = ydoc_get(v, "level");
	if (field == NULL || gte == NULL || level == NULL || v->n != 3)
		return ctype_fail(rd, v, why,
		    "escalate is like {field: user_name, gte: 3, level: critical}");
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (level->kind == YDOC_SCALAR && str_eq(level->text, str_c(levels[i])))
			x->level = levels[i];
	if (x->level == NULL)
		return ctype_fail(rd, level, why,
		    "level is informational, low, medium, high or critical");
	if (gte->kind != YDOC_SCALAR || !str_u64(gte->text, &n) || n == 0 ||
	    n > ENGINE_EVIDENCE_MAX)
		return ctype_fail(rd, gte, why, "gte is a whole number from 1 to %d",
		    ENGINE_EVIDENCE_MAX);
	x->gte = n;
	return ctype_fields_at(rd, field, &x->field, why);
}

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;
	uint64_t least = ctype_least(corr, THRESHOLD_MAX);

	slide_read(rd, corr, &ops, &p->slide);
	if (least == 0)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "no count from 1 to %d is like that%s", THRESHOLD_MAX,
		    p->slide.at_end ? "; for keys that fall silent there is type: absence" : "");
	if (!p->slide.at_end && 2 * least < SLIDE_MAX)
		p->slide.max = 2 * least < EVENTS_LEAST ? EVENTS_LEAST : 2 * least;
	return read_escalate(rd, &p->escalate, why);
}

static const char *const keys[] = { "escalate", NULL };

const struct ctype type_event_count = {
	.name = "event_count",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION,
	.keys = keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct state),
	.read = read,
	SLIDE_MEMBERS(slide_fini, slide_bytes),
};
