/*
 * isolation_forest: what a key does in an interval is unlike what keys do here.
 *
 * Each interval of a key that has events is a vector of features
 * (detect/feature.h), judged when it is over by a forest that was trained on
 * the vectors of this deployment (detect/learner.h), and then learnt itself.
 *
 * Events may come late as long as their interval is open: until the watermark
 * passes its end, or two newer ones have begun.  A key takes 260 bytes and
 * what its open intervals hold; a rule some MiB: the sample, and two forests
 * while one is in training.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "detect/bytes.h"
#include "detect/feature.h"
#include "detect/learner.h"

#define OPEN 2
#define SEQS 4
#define PART 10 /* a key has at most that part of a slice of the sample */
#define SHOWN 3
#define STOOD_OUT 0.02 /* of the score */

struct params {
	struct learner_shape shape;
	struct features features;
};

struct open {
	int64_t n; /* number of the interval */
	struct feature_span span;
	uint64_t seq[SEQS]; /* the newest */
};

struct state {
	struct open open[OPEN];
	size_t n_open;
	int64_t closed; /* number of the last interval that is over */
	struct feature_place usual;
	uint64_t key; /* number of the key in the rule; 0: new */
	bool begun;   /* closed is set */
};

/* ---- the rule ---- */

static enum err
check(const struct ctype_reader *rd, const struct corr *corr, const struct learner_shape *s,
    struct diag *why)
{
	if (!ctype_only_above(corr))
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "the score of an isolation forest is strange when it is high: gt or gte");
	if (s->train / SAMPLE_SLICES < s->interval || s->retrain < s->interval)
		return ctype_fail(rd, ctype_key(rd, "train"), why,
		    "'train' is at least %d intervals, 'retrain' one", SAMPLE_SLICES);
	return OK;
}

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;
	struct learner_shape *s = &p->shape;
	double learn = 2000;
	enum err e;

	s->interval = 60 * CLOCK_S;
	s->train = (int64_t)7 * 86400 * CLOCK_S;
	s->retrain = (int64_t)6 * 3600 * CLOCK_S;
	s->contamination = 0.01;
	if ((e = feature_read(rd, "features", &p->features, why)) != OK ||
	    (e = ctype_span(rd, "interval", &s->interval, why)) != OK ||
	    (e = ctype_span(rd, "train", &s->train, why)) != OK ||
	    (e = ctype_span(rd, "retrain", &s->retrain, why)) != OK ||
	    (e = ctype_number(rd, "learn", 256, 20000, &learn, why)) != OK ||
	    (e = ctype_number(rd, "contamination", 0.0001, 0.2, &s->contamination, why)) != OK)
		return e;
	s->learn = (unsigned)learn;
	s->sample =
	    (struct sample_shape){ (unsigned)p->features.n, s->learn, s->learn / PART, corr->seed };
	if (corr->timespan == 0)
		corr->timespan = s->train;
	return check(rd, corr, s, why);
}

/* ---- what is said ---- */

static void
put_number(double v, struct buf *to)
{
	buf_printf(to, v == floor(v) && fabs(v) < 1e15 ? "%.0f" : "%.4g", v);
}

/* The feature of these that adds most, but for those taken already; n: none that stood out. */
static size_t
foremost(const double *why, size_t n, uint32_t taken)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++)
		if (!(taken >> i & 1) && why[i] >= STOOD_OUT && (best == n || why[i] > why[best]))
			best = i;
	return best;
}

static void
put_features(const struct params *p, const struct iforest *model, const float *vector,
    struct ctype_hit *ret)
{
	double why[IFOREST_FEATURES_MAX];
	uint32_t taken = 0;
	size_t k, n = 0;

	iforest_explain(model, vector, why);
	while ((k = foremost(why, p->features.n, taken)) < p->features.n && n++ < SHOWN) {
		const struct iforest_usual *u = iforest_usual(model, (unsigned)k);

		taken |= 1U << k;
		buf_str(ret->text, n == 1 ? STR(": ") : STR(", "));
		buf_str(ret->text, p->features.f[k].name);
		buf_byte(ret->text, ' ');
		put_number((double)vector[k], ret->text);
		buf_str(ret->text, STR(" (usual "));
		put_number((double)u->low, ret->text);
		buf_str(ret->text, STR(" to "));
		put_number((double)u->high, ret->text);
		buf_byte(ret->text, ')');
	}
	buf_str(ret->details, STR(",\"features\":{"));
	for (k = 0; k < p->features.n; k++) {
		const struct iforest_usual *u = iforest_usual(model, (unsigned)k);

		buf_str(ret->details, k > 0 ? STR(",\"") : STR("\""));
		jsonw_escape(p->features.f[k].name, ret->details);
		buf_printf(ret->details,
		    "\":{\"value\":%.7g,\"low\":%.7g,\"middle\":%.7g,\"high\":%.7g,\"adds\":%.3f}",
		    (double)vector[k], (double)u->low, (double)u->middle, (double)u->high, why[k]);
	}
	buf_byte(ret->details, '}');
}

static void
fill(const struct ctype_at *at, const struct open *o, const float *vector, double score,
    struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	const struct learner *l = at->shared;
	double most = iforest_score(l->model, iforest_limit(l->model));

	ret->value = score;
	ret->events = o->span.events;
	ret->first = o->n * p->shape.interval;
	ret->last = ret->first + p->shape.interval;
	ret->confidence = (unsigned)(100 * score);
	for (size_t i = SEQS; i-- > 0;)
		if (o->seq[i] != 0)
			ret->evidence[ret->n_evidence++] = o->seq[i];
	buf_printf(ret->text, "score %.2f, usual is up to %.2f", score, most);
	buf_printf(ret->details, ",\"score\":%.4f,\"limit\":%.4f,\"models\":%llu", score, most,
	    (unsigned long long)l->models);
	put_features(p, l->model, vector, ret);
}

/* ---- intervals ---- */

static int64_t
number_of(const struct params *p, int64_t t)
{
	return t / p->shape.interval - (t % p->shape.interval < 0);
}

/* The oldest open interval is over. */
static bool
close_oldest(const struct ctype_at *at, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	struct learner *l = at->shared;
	struct state *s = at->state;
	struct open o = s->open[0];
	const int64_t end = (o.n + 1) * p->shape.interval;
	float vector[FEATURE_MAX];
	uint32_t path = 0;
	bool fires;

	s->open[0] = s->open[1];
	s->n_open--;
	s->closed = o.n;
	s->begun = true;
	learner_time(l, &p->shape, end);
	feature_vector(&o.span, &p->features, vector);
	fires =
	    learner_judge(l, vector, &path) && ctype_holds(at->corr, iforest_score(l->model, path));
	if (fires)
		fill(at, &o, vector, iforest_score(l->model, path), ret);
	else
		feature_settle(&s->usual, &o.span);
	learner_learn(l, &p->shape, s->key, end, vector, fires);
	feature_fini(&o.span);
	return fires;
}

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
	if (s->n_open == OPEN) {
		if (i == 0)
			return NULL;
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
	struct learner *l = at->shared;
	struct state *s = at->state;
	bool fires = false;
	struct open *o;

	if (s->key == 0)
		s->key = ++l->keys;
	o = open_at(at, number_of(p, ev->t), &fires, ret);
	if (o == NULL)
		return CTYPE_LATE;
	feature_add(&o->span, &p->features, &s->usual, ev);
	memmove(o->seq + 1, o->seq, sizeof(o->seq) - sizeof(*o->seq));
	o->seq[0] = ev->seq;
	return fires ? CTYPE_FIRES : CTYPE_KEPT;
}

static int64_t
next(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct state *s = at->state;

	return s->n_open > 0 ? (s->open[0].n + 1) * p->shape.interval : INT64_MAX;
}

static enum ctype_result
due(const struct ctype_at *at, int64_t watermark, struct ctype_hit *ret)
{
	(void)watermark;
	return close_oldest(at, ret) ? CTYPE_FIRES : CTYPE_KEPT;
}

static double
progress(const struct ctype_at *at)
{
	const struct state *s = at->state;

	return (double)s->usual.n / FEATURE_PLACE_MEMORY / 2 + (s->begun ? 0.25 : 0);
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct params *p = at->corr->params;
	const struct learner *l = at->shared;
	const struct state *s = at->state;
	float vector[FEATURE_MAX];

	if (l->model == NULL) {
		buf_printf(to,
		    "still learning: %zu of %u vectors, of which a key gives at most %u in %d%% "
		    "of ",
		    sample_size(&l->sample), p->shape.learn, p->shape.sample.per_key,
		    100 / SAMPLE_SLICES);
		ctype_put_span(p->shape.train, to);
		return;
	}
	for (size_t i = 0; i < s->n_open; i++) {
		double score;

		if (s->open[i].n != number_of(p, t))
			continue;
		feature_vector(&s->open[i].span, &p->features, vector);
		score = iforest_score(l->model, iforest_path(l->model, vector));
		buf_printf(to, "score %.2f so far in this ", score);
		ctype_put_span(p->shape.interval, to);
		buf_str(to, STR(", "));
	}
	buf_printf(to, "fires above %.2f", iforest_score(l->model, iforest_limit(l->model)));
	if (at->corr->n_bounds > 0) {
		buf_str(to, STR(" and "));
		ctype_put_condition(at->corr, to);
	}
	if (l->incident != 0)
		buf_str(to, STR("; an incident, nothing is learnt"));
}

/* ---- as bytes ---- */

static void
save(const struct ctype_at *at, struct buf *to)
{
	const struct state *s = at->state;

	bytes_put(to, s->n_open, 1);
	for (size_t i = 0; i < s->n_open; i++) {
		bytes_put(to, (uint64_t)s->open[i].n, 8);
		for (size_t k = 0; k < SEQS; k++)
			bytes_put(to, s->open[i].seq[k], 8);
		feature_save(&s->open[i].span, to);
	}
	bytes_put(to, (uint64_t)s->closed, 8);
	feature_save_place(&s->usual, to);
	bytes_put(to, s->key, 8);
	bytes_put(to, s->begun, 1);
}

static bool
load_open(const struct params *p, int64_t far, struct open *o, struct str *from)
{
	bool bad = false;

	o->n = (int64_t)bytes_get(from, 8, &bad);
	for (size_t k = 0; k < SEQS; k++)
		o->seq[k] = bytes_get(from, 8, &bad);
	return !bad && o->n >= -far && o->n <= far && feature_load(&o->span, &p->features, from);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct params *p = at->corr->params;
	const int64_t far = INT64_MAX / 4 / p->shape.interval;
	struct state *s = at->state;
	bool bad = false;
	uint64_t n = bytes_get(from, 1, &bad), begun;

	if (bad || n > OPEN)
		return false;
	for (s->n_open = 0; s->n_open < n; s->n_open++)
		if (!load_open(p, far, &s->open[s->n_open], from))
			return false;
	s->closed = (int64_t)bytes_get(from, 8, &bad);
	bad = bad || !feature_load_place(&s->usual, from);
	s->key = bytes_get(from, 8, &bad);
	begun = bytes_get(from, 1, &bad);
	s->begun = begun == 1;
	if (bad || begun > 1 || s->key == 0 || s->closed < -far || s->closed > far)
		return false;
	return n == 0 ||
	       ((!s->begun || s->open[0].n > s->closed) && (n < 2 || s->open[0].n < s->open[1].n));
}

static void
fini(void *state)
{
	struct state *s = state;

	for (size_t i = 0; i < s->n_open; i++)
		feature_fini(&s->open[i].span);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct state *s = at->state;
	size_t n = 0;

	for (size_t i = 0; i < s->n_open; i++)
		n += feature_bytes(&s->open[i].span);
	return n;
}

static void
shared_save(const struct corr *corr, const void *shared, struct buf *to)
{
	const struct params *p = corr->params;

	learner_save(shared, &p->shape, to);
}

static bool
shared_load(const struct corr *corr, void *shared, struct str *from)
{
	const struct params *p = corr->params;

	return learner_load(shared, &p->shape, from);
}

static void
shared_fini(void *shared)
{
	learner_fini(shared);
}

static const char *const keys[] = { "interval", "features", "contamination", "train", "retrain",
	"learn", NULL };

const struct ctype type_isolation_forest = {
	.name = "isolation_forest",
	.needs = CTYPE_TIMESPAN_MAY | CTYPE_CONDITION_MAY,
	.keys = keys,
	.params_size = sizeof(struct params),
	.shared_size = sizeof(struct learner),
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
	.shared_save = shared_save,
	.shared_load = shared_load,
	.shared_fini = shared_fini,
	.bytes = bytes,
};
