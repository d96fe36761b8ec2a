/* new_value: a value that the key was never seen with, as a user's country or device. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_types.c */
#include "base/utf8.h"
#include "detect/ctype.h"
#include "detect/known.h"

#define LEARN_DEFAULT 3
#define LEARN_MAX 1e6
#define TEXT_MAX 200

struct params {
	struct known_shape shape;
};

static const char *const own_keys[] = { "learn", NULL };

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;
	double learn = LEARN_DEFAULT;
	enum err e = ctype_number(rd, "learn", 1, LEARN_MAX, &learn, why);

	p->shape = (struct known_shape){ corr->timespan, (uint32_t)learn };
	if (e == OK && corr->n_bounds > 0)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "new_value compares nothing; its condition is 'field'");
	return e;
}

/* Values of the fields, with " / " between; false when one is absent. */
static bool
text_of(const struct ctype_event *ev, const struct group_by *g, struct buf *scratch, struct buf *to)
{
	struct str s;

	for (size_t i = 0; i < g->n; i++) {
		buf_reset(scratch);
		if (!ctype_value(ev, &g->f[i], scratch, &s))
			return false;
		buf_str(to, i > 0 ? STR(" / ") : STR(""));
		buf_str(to, (struct str){ s.p, s.n < TEXT_MAX ? s.n : TEXT_MAX });
	}
	return true;
}

/* "new geolocation.country JP; usual: NL, DE" */
static void
put_text(const struct ctype_at *at, uint64_t hash, struct str text, struct buf *to)
{
	const struct group_by *g = &at->corr->value;

	buf_str(to, STR("new "));
	for (size_t i = 0; i < g->n; i++) {
		buf_str(to, i > 0 ? STR(" / ") : STR(""));
		buf_str(to, g->f[i].name);
	}
	buf_byte(to, ' ');
	utf8_show(text, to);
	buf_str(to, STR("; usual: "));
	known_put(at->state, hash, to);
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	char space[2][COMPILED_GROUP_MAX * (TEXT_MAX + 3)];
	struct buf scratch = { .p = space[0], .size = sizeof(space[0]), .max = sizeof(space[0]) };
	struct buf text = { .p = space[1], .size = sizeof(space[1]), .max = sizeof(space[1]) };
	struct known *k = at->state;
	uint64_t hash;

	if (!ctype_hash(ev, &at->corr->value, &hash) ||
	    !text_of(ev, &at->corr->value, &scratch, &text))
		return CTYPE_KEPT;
	if (known_add(k, &p->shape, ev->t, hash, buf_view(&text)) != KNOWN_NEW)
		return CTYPE_KEPT;
	ret->value = (double)(k->n - 1);
	ret->confidence = known_confidence(k);
	put_text(at, hash, buf_view(&text), ret->text);
	buf_printf(ret->details, ",\"known_values\":%u,\"events_before\":%llu", k->n - 1,
	    (unsigned long long)(k->events - 1));
	return CTYPE_FIRES;
}

/* A key that has learned is worth more than one that has just begun. */
static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct known *k = at->state;
	double part = (double)k->events / (double)p->shape.learn;

	return part < 1 ? part : 1;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct params *p = at->corr->params;
	const struct known *k = at->state;

	(void)t;
	buf_printf(to, "%llu events, the first %u of which only taught; known: ",
	    (unsigned long long)k->events, p->shape.learn);
	known_put(k, 0, to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	known_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	return known_load(at->state, from);
}

static void
fini(void *state)
{
	known_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct known *k = at->state;

	return k->n * sizeof(*k->item);
}

const struct ctype type_new_value = {
	.name = "new_value",
	.needs = CTYPE_TIMESPAN_MAY | CTYPE_FIELD | CTYPE_GROUP,
	.keys = own_keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct known),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
