/* absence: a key from which nothing came for the timespan, as a host that fell silent. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_types.c */
#include "base/clock.h"
#include "detect/bytes.h"
#include "detect/ctype.h"
#include "detect/group.h"
#include "detect/link.h"
#include "detect/pool.h"

#define EXPECT_MAX 1000

struct params {
	size_t n; /* groups that are expected */
	struct str *group;
};

/* Of the rule. */
struct shared {
	bool expected; /* the groups were made */
	bool any;      /* watched_from says something: */
	int64_t watched_from;
};

struct state {
	int64_t last;
	bool waits; /* it has not fired since */
};

static const char *const own_keys[] = { "expect", NULL };

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	const struct ydoc *expect = ctype_key(rd, "expect"), *v;
	struct params *p = params;
	struct group_by by = { .n = 0 };
	enum err e = ctype_fields(rd, "group-by", &by, why);

	(void)corr;
	if (e != OK || expect == NULL)
		return e;
	if (by.n != 1)
		return ctype_fail(rd, expect, why,
		    "expect lists values of the one field in group-by");
	if (expect->kind != YDOC_LIST || expect->n == 0 || expect->n > EXPECT_MAX)
		return ctype_fail(rd, expect, why, "expect is a list of 1 to %d names", EXPECT_MAX);
	p->group = POOL_ARRAY(rd->arena, struct str, expect->n);
	for (v = expect->first; v != NULL; v = v->next) {
		auto_buf struct buf b = { 0 };

		if (v->kind != YDOC_SCALAR || v->text.n == 0 || v->text.n > GROUP_VALUE_MAX)
			return ctype_fail(rd, v, why, "expected a name");
		buf_str(&b, by.f[0].name);
		buf_byte(&b, '=');
		buf_str(&b, v->text);
		p->group[p->n++] = pool_str(rd->arena, buf_view(&b));
	}
	return OK;
}

static bool
expects(const struct corr *corr, void *shared, size_t i, struct str *ret)
{
	const struct params *p = corr->params;
	struct shared *s = shared;

	if (s->expected || i >= p->n) {
		s->expected = true;
		return false;
	}
	*ret = p->group[i];
	return true;
}

static void
resumed(void *shared, int64_t t)
{
	struct shared *s = shared;

	if (!s->any || t > s->watched_from)
		s->watched_from = t;
	s->any = true;
}

static int64_t
silent_from(const struct ctype_at *at)
{
	const struct shared *s = at->shared;
	const struct state *st = at->state;

	return s->any && s->watched_from > st->last ? s->watched_from : st->last;
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	struct state *st = at->state;

	(void)ret;
	if (!st->waits || ev->t > st->last)
		st->last = ev->t;
	st->waits = true;
	return CTYPE_KEPT;
}

static int64_t
next(const struct ctype_at *at)
{
	const struct state *st = at->state;

	return st->waits ? silent_from(at) + at->corr->timespan : INT64_MAX;
}

static void
put_silence(const struct ctype_at *at, struct buf *to)
{
	const struct state *st = at->state;

	buf_str(to, STR("nothing since "));
	clock_put(st->last - st->last % CLOCK_S, to);
}

static enum ctype_result
due(const struct ctype_at *at, int64_t watermark, struct ctype_hit *ret)
{
	struct state *st = at->state;
	int64_t from = silent_from(at);

	if (!st->waits || watermark < from + at->corr->timespan)
		return CTYPE_KEPT;
	st->waits = false;
	ret->value = (double)((watermark - st->last) / CLOCK_S);
	ret->events = 1;
	ret->first = st->last;
	ret->last = from + at->corr->timespan;
	put_silence(at, ret->text);
	buf_str(ret->text, STR(", for "));
	ctype_put_span(at->corr->timespan, ret->text);
	if (from != st->last)
		buf_str(ret->text, STR(" in which it was listened to"));
	buf_str(ret->details, STR(",\"silent_since\":\""));
	clock_put(st->last, ret->details);
	buf_byte(ret->details, '"');
	return CTYPE_FIRES;
}

static double
progress(const struct ctype_at *at)
{
	const struct state *st = at->state;

	return st->waits ? 1 : 0; /* to forget one that waits is to miss it */
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct state *st = at->state;

	(void)t;
	put_silence(at, to);
	buf_str(to, st->waits ? STR("; it fires after ") : STR("; it has fired after "));
	ctype_put_span(at->corr->timespan, to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	const struct state *st = at->state;

	bytes_put(to, (uint64_t)st->last, 8);
	bytes_put(to, st->waits, 1);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	struct state *st = at->state;
	bool bad = false;

	st->last = (int64_t)bytes_get(from, 8, &bad);
	st->waits = bytes_get(from, 1, &bad) != 0;
	return !bad;
}

static void
shared_save(const struct corr *corr, const void *shared, struct buf *to)
{
	const struct shared *s = shared;

	(void)corr;
	bytes_put(to, s->expected, 1);
	bytes_put(to, s->any, 1);
	bytes_put(to, (uint64_t)s->watched_from, 8);
}

static bool
shared_load(const struct corr *corr, void *shared, struct str *from)
{
	struct shared *s = shared;
	bool bad = false;

	(void)corr;
	s->expected = bytes_get(from, 1, &bad) != 0;
	s->any = bytes_get(from, 1, &bad) != 0;
	s->watched_from = (int64_t)bytes_get(from, 8, &bad);
	return !bad;
}

const struct ctype type_absence = {
	.name = "absence",
	.needs = CTYPE_TIMESPAN | CTYPE_GROUP,
	.keys = own_keys,
	.params_size = sizeof(struct params),
	.shared_size = sizeof(struct shared),
	.state_size = sizeof(struct state),
	.read = read,
	.feed = feed,
	.next = next,
	.due = due,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.shared_save = shared_save,
	.shared_load = shared_load,
	.expects = expects,
	.resumed = resumed,
};
