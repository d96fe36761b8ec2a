/*
 * deviation: a key does much more or less in an interval than it usually does.
 *
 * What is counted (events, or the sum of a field) is judged against the key's
 * own baseline (detect/baseline.h), which rests on the intervals that are over.
 * Too much is found at the event that makes it too much, too little when the
 * interval is over.  Intervals without events are no samples unless too little
 * matters: then up to SILENT_MAX in a row count as 0, and a silence fires once.
 *
 * From the third interval in a row that fires it is an incident, and nothing is
 * learnt; one or two are taken for what they are, the tail of the usual, drawn
 * in to the bound: were they left out, the deviation would shrink and shrink.
 * In the key's first week everything is learnt so.  An incident as long as the
 * timespan is the new usual.
 *
 * Events may come late as long as their interval is open: until the watermark
 * passes its end, or two newer ones have begun.  A key takes 260 bytes, with
 * seasons 1.4 KiB (day) or 9.4 KiB (week) more.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/clock.h"
#include "detect/baseline.h"
#include "detect/bytes.h"
#include "detect/ctype.h"

#define OPEN 2 /* intervals of a key that are not over */
#define SEQS 5
#define INCIDENT 2 /* intervals that fired before it is one */
#define SILENT_MAX 288
#define NEVER INT64_MIN

enum side { ABOVE = 1, BELOW = 2 };

struct params {
	struct baseline_shape shape;
	int64_t interval;
	double minimum; /* less is not too much */
	unsigned sides;
	bool sums;
};

struct open {
	int64_t n; /* number of the interval */
	double value;
	uint64_t events, seq[SEQS]; /* the newest ones */
	bool fired;
};

struct state {
	struct baseline base;
	struct open open[OPEN];
	size_t n_open;
	int64_t closed;      /* number of the last interval that is over */
	int64_t fires_since; /* end of the first of the intervals that fired in a row */
	uint64_t last_seq;
	uint32_t silent;
	bool begun; /* closed is set */
};

/* ---- the rule ---- */

static enum err
read_word(const struct ctype_reader *rd, const char *key, const char *const *words, unsigned *ret,
    struct diag *why)
{
	const struct ydoc *v = ctype_key(rd, key);

	if (v == NULL)
		return OK;
	for (unsigned i = 0; words[i] != NULL; i++)
		if (v->kind == YDOC_SCALAR && str_eq(v->text, str_c(words[i]))) {
			*ret = i;
			return OK;
		}
	return ctype_fail(rd, v, why, "%s is %s%s%s or %s", key, words[0],
	    words[2] != NULL ? ", " : "", words[2] != NULL ? words[1] : "",
	    words[words[2] != NULL ? 2 : 1]);
}

static enum err
check(const struct ctype_reader *rd, struct corr *corr, struct params *p, struct diag *why)
{
	if (corr->n_bounds == 0)
		corr->bound[corr->n_bounds++] = (struct corr_bound){ CORR_GT, 3 };
	if (!ctype_only_above(corr))
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "deviation fires above a number of standard deviations: gt or gte");
	if (p->sums != (corr->value.n > 0))
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    p->sums ? "measure: sum needs condition.field"
			    : "condition.field needs measure: sum");
	if (corr->value.n > 1)
		return ctype_fail(rd, ctype_key(rd, "condition"), why, "one field is summed");
	if (corr->timespan / p->interval < (int64_t)p->shape.learn)
		return ctype_fail(rd, ctype_key(rd, "timespan"), why,
		    "timespan is what is remembered: at least 'learn' times 'interval'");
	return OK;
}

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	static const char *const measures[] = { "count", "sum", NULL };
	static const char *const sides[] = { "above", "below", "both", NULL };
	static const char *const seasons[] = { "none", "day", "week", NULL };
	static const unsigned buckets[] = { 0, BASELINE_DAY, BASELINE_WEEK };
	struct params *p = params;
	unsigned measure = 0, side = 0, season = 0;
	double learn = 20;
	enum err e;

	p->interval = 300 * CLOCK_S;
	p->shape.bound = 5;
	p->shape.drift = 0.02;
	p->shape.floor = 0.1;
	if ((e = read_word(rd, "measure", measures, &measure, why)) != OK ||
	    (e = read_word(rd, "side", sides, &side, why)) != OK ||
	    (e = read_word(rd, "seasonal", seasons, &season, why)) != OK ||
	    (e = ctype_span(rd, "interval", &p->interval, why)) != OK ||
	    (e = ctype_number(rd, "learn", 5, 100000, &learn, why)) != OK ||
	    (e = ctype_number(rd, "minimum", 0, 1e15, &p->minimum, why)) != OK ||
	    (e = ctype_number(rd, "drift", 0, 1, &p->shape.drift, why)) != OK)
		return e;
	p->sums = measure == 1;
	p->sides = side + 1;
	if (corr->timespan == 0)
		corr->timespan = (int64_t)14 * 86400 * CLOCK_S;
	p->shape.memory = corr->timespan;
	p->shape.learn = (unsigned)learn;
	p->shape.buckets = buckets[season];
	p->shape.counts = !p->sums;
	return check(rd, corr, p, why);
}

/* ---- judging ---- */

static int64_t
number_of(const struct params *p, int64_t t)
{
	return t / p->interval - (t % p->interval < 0);
}

/* How far out the value is on one of these sides; 0 where nothing can be said. */
static double
distance(const struct params *p, unsigned sides, const struct baseline_view *v, double value)
{
	double d = v->learnt ? baseline_distance(v, value) : 0;

	if (d > 0)
		return (sides & ABOVE) != 0 && value >= p->minimum ? d : 0;
	return (sides & BELOW) != 0 ? -d : 0;
}

static void
put_number(double v, struct buf *to)
{
	buf_printf(to, v == floor(v) && fabs(v) < 1e15 ? "%.0f" : "%.4g", v);
}

static void
fill(const struct ctype_at *at, const struct open *o, const struct baseline_view *v, double d,
    uint64_t now, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	const struct state *s = at->state;

	ret->value = d;
	ret->events = o->events;
	ret->first = o->n * p->interval;
	ret->confidence = (unsigned)fmin(100 * d * d / (1 + d * d), 99); /* Cantelli's bound */
	for (size_t i = SEQS; i-- > 0;)
		if (o->seq[i] != 0 && o->seq[i] != now)
			ret->evidence[ret->n_evidence++] = o->seq[i];
	if (ret->n_evidence == 0 && now == 0)
		ret->evidence[ret->n_evidence++] = s->last_seq;
	put_number(o->value, ret->text);
	buf_str(ret->text, p->sums ? STR(" ") : STR(" events"));
	if (p->sums)
		buf_str(ret->text, at->corr->value.f[0].name);
	buf_str(ret->text, STR(" in "));
	ctype_put_span(p->interval, ret->text);
	buf_printf(ret->text, ", usual is %.4g with a deviation of %.3g%s: %.1f deviations %s",
	    v->mean, v->deviation, v->seasonal ? " at this hour" : "", d,
	    o->value > v->mean ? "above" : "below");
	buf_printf(ret->details,
	    ",\"value\":%.17g,\"mean\":%.6g,\"deviation\":%.6g,\"deviations\":%.6g,"
	    "\"samples\":%.0f,\"seasonal\":%s",
	    o->value, v->mean, v->deviation, d, v->samples, v->seasonal ? "true" : "false");
}

static bool
judge(const struct ctype_at *at, struct open *o, unsigned sides, uint64_t now,
    struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	const struct state *s = at->state;
	struct baseline_view v = baseline_at(&s->base, &p->shape, o->n * p->interval);
	double d = distance(p, p->sides & sides, &v, o->value);

	if (d <= 0 || !ctype_holds(at->corr, d))
		return false;
	o->fired = true;
	fill(at, o, &v, d, now, ret);
	return true;
}

static void
learn(const struct ctype_at *at, const struct open *o)
{
	const struct params *p = at->corr->params;
	struct state *s = at->state;
	int64_t t = o->n * p->interval;

	if (!o->fired || !baseline_settled(&s->base, &p->shape, t)) {
		s->fires_since = NEVER;
	} else if (s->fires_since == NEVER) {
		s->fires_since = t;
	} else if (t - s->fires_since >= at->corr->timespan) { /* so it has been all the time */
		s->fires_since = NEVER;
		baseline_fini(&s->base);
	} else if (t - s->fires_since >= INCIDENT * p->interval) {
		return;
	}
	baseline_add(&s->base, &p->shape, t, o->value);
}

/* The interval is over. */
static bool
close_one(const struct ctype_at *at, struct open *o, struct ctype_hit *ret)
{
	struct state *s = at->state;
	bool fires = !o->fired && judge(at, o, BELOW, 0, ret);

	learn(at, o);
	s->closed = o->n;
	s->begun = true;
	return fires;
}

static bool
close_oldest(const struct ctype_at *at, struct ctype_hit *ret)
{
	struct state *s = at->state;
	struct open o = s->open[0];

	s->open[0] = s->open[1];
	s->n_open--;
	return close_one(at, &o, ret);
}

/* ---- what is fed ---- */

/* The interval with this number, open or opened; NULL: it is over. */
static struct open *
open_at(const struct ctype_at *at, int64_t n, bool *fires, struct ctype_hit *ret)
{
	struct state *s = at->state;
	size_t i = 0;

	if (s->begun && n <= s->closed)
		return NULL;
	while (i < s->n_open && s->open[i].n < n)
		i++;
	if (i < s->n_open && s->open[i].n == n)
		return &s->open[i];
	if (s->n_open == OPEN && i == 0)
		return NULL;
	if (s->n_open == OPEN) {
		*fires = close_oldest(at, ret);
		i--;
	}
	if (i < s->n_open)
		s->open[1] = s->open[0];
	s->n_open++;
	s->open[i] = (struct open){ .n = n };
	return &s->open[i];
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	struct state *s = at->state;
	double value = (double)ev->weight;
	bool fires = false;
	struct open *o;

	if (p->sums && !ctype_double(ev, &at->corr->value.f[0], &value))
		return CTYPE_KEPT;
	if (!s->begun && s->n_open == 0)
		s->fires_since = NEVER;
	while (s->n_open > 0 && (s->open[0].n + 1) * p->interval <= ev->watermark)
		fires |= close_oldest(at, ret);
	o = open_at(at, number_of(p, ev->t), &fires, ret);
	if (o == NULL)
		return CTYPE_LATE;
	s->silent = 0;
	s->last_seq = ev->seq;
	o->value = fmin(fmax(o->value + value, -1e150), 1e150);
	o->events += ev->weight;
	memmove(o->seq + 1, o->seq, sizeof(o->seq) - sizeof(*o->seq));
	o->seq[0] = ev->seq;
	if (!fires)
		fires = judge(at, o, ABOVE, ev->seq, ret);
	return fires ? CTYPE_FIRES : CTYPE_KEPT;
}

static bool
waits_for_silence(const struct params *p, const struct state *s)
{
	return (p->sides & BELOW) != 0 && s->begun && s->silent < SILENT_MAX;
}

static int64_t
next(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct state *s = at->state;

	if (waits_for_silence(p, s))
		return (s->closed + 2) * p->interval;
	/* Where only much matters the next event will do to end an interval. */
	return s->n_open > 0 && (p->sides & BELOW) != 0 ? (s->open[0].n + 1) * p->interval
							: INT64_MAX;
}

static enum ctype_result
due(const struct ctype_at *at, int64_t watermark __attribute__((unused)), struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	struct state *s = at->state;
	bool fires;

	if (waits_for_silence(p, s) && (s->n_open == 0 || s->open[0].n > s->closed + 1)) {
		struct open nothing = { .n = s->closed + 1 };

		s->silent++;
		fires = close_one(at, &nothing, ret);
		if (fires)
			s->silent = SILENT_MAX;
	} else {
		fires = close_oldest(at, ret);
	}
	ret->last = (s->closed + 1) * p->interval;
	return fires ? CTYPE_FIRES : CTYPE_KEPT;
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct state *s = at->state;

	return fmin(s->base.all.weight / p->shape.learn, 1);
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct params *p = at->corr->params;
	const struct state *s = at->state;
	struct baseline_view v = baseline_at(&s->base, &p->shape, t);
	int64_t n = number_of(p, t);
	double value = 0;

	for (size_t i = 0; i < s->n_open; i++)
		value = s->open[i].n == n ? s->open[i].value : value;
	put_number(value, to);
	buf_str(to, STR(" so far in this "));
	ctype_put_span(p->interval, to);
	if (!v.learnt)
		buf_printf(to, "; still learning: %u of %u intervals", s->base.all.samples,
		    p->shape.learn);
	else
		buf_printf(to,
		    ", usual is %.4g with a deviation of %.3g%s: %.1f deviations, fires at ",
		    v.mean, v.deviation, v.seasonal ? " at this hour" : "",
		    baseline_distance(&v, value));
	if (v.learnt)
		ctype_put_condition(at->corr, to);
	if (s->fires_since != NEVER && t - s->fires_since >= INCIDENT * p->interval)
		buf_str(to, STR("; an incident, nothing is learnt"));
}

/* ---- as bytes ---- */

static void
save(const struct ctype_at *at, struct buf *to)
{
	const struct params *p = at->corr->params;
	const struct state *s = at->state;

	baseline_save(&s->base, &p->shape, to);
	bytes_put(to, s->n_open, 1);
	for (size_t i = 0; i < s->n_open; i++) {
		const struct open *o = &s->open[i];

		bytes_put(to, (uint64_t)o->n, 8);
		bytes_put_double(to, o->value);
		bytes_put(to, o->events, 8);
		for (size_t k = 0; k < SEQS; k++)
			bytes_put(to, o->seq[k], 8);
		bytes_put(to, o->fired, 1);
	}
	bytes_put(to, (uint64_t)s->closed, 8);
	bytes_put(to, (uint64_t)s->fires_since, 8);
	bytes_put(to, s->last_seq, 8);
	bytes_put(to, s->silent, 2);
	bytes_put(to, s->begun, 1);
}

/* Numbers of intervals whose times can be told. */
static bool
is_number(const struct params *p, int64_t n)
{
	return n > INT64_MIN / 4 / p->interval && n < INT64_MAX / 4 / p->interval;
}

static bool
load_open(const struct params *p, struct open *o, struct str *from)
{
	bool bad = false;
	uint64_t fired;

	o->n = (int64_t)bytes_get(from, 8, &bad);
	o->value = bytes_get_double(from, &bad);
	o->events = bytes_get(from, 8, &bad);
	for (size_t k = 0; k < SEQS; k++)
		o->seq[k] = bytes_get(from, 8, &bad);
	fired = bytes_get(from, 1, &bad);
	o->fired = fired == 1;
	return !bad && fired <= 1 && is_number(p, o->n);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct params *p = at->corr->params;
	struct state *s = at->state;
	bool bad = !baseline_load(&s->base, &p->shape, from);
	uint64_t n = bytes_get(from, 1, &bad), begun;

	if (bad || n > OPEN)
		return false;
	for (s->n_open = 0; s->n_open < n; s->n_open++)
		if (!load_open(p, &s->open[s->n_open], from))
			return false;
	s->closed = (int64_t)bytes_get(from, 8, &bad);
	s->fires_since = (int64_t)bytes_get(from, 8, &bad);
	s->last_seq = bytes_get(from, 8, &bad);
	s->silent = (uint32_t)bytes_get(from, 2, &bad);
	begun = bytes_get(from, 1, &bad);
	s->begun = begun == 1;
	if (bad || begun > 1 || !is_number(p, s->closed) || s->silent > SILENT_MAX)
		return false;
	if (s->fires_since != NEVER && !is_number(p, s->fires_since / p->interval))
		return false;
	return n == 0 ||
	       ((!s->begun || s->open[0].n > s->closed) && (n < 2 || s->open[0].n < s->open[1].n));
}

static void
fini(void *state)
{
	struct state *s = state;

	baseline_fini(&s->base);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct state *s = at->state;

	return s->base.season != NULL ? p->shape.buckets * sizeof(*s->base.season) : 0;
}

static const char *const keys[] = { "measure", "interval", "learn", "seasonal", "side", "minimum",
	"drift", NULL };

const struct ctype type_deviation = {
	.name = "deviation",
	.needs = CTYPE_TIMESPAN_MAY | CTYPE_CONDITION_MAY | CTYPE_FIELD_MAY,
	.keys = keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct state),
	.read = read,
	.feed = feed,
	.next = next,
	.due = due,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
