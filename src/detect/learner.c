/* Learning of a rule: sample, model, the next model, incidents. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/learner.h"

#include <math.h>

#include "detect/bytes.h"
#include "detect/trainer.h"

void
learner_fini(struct learner *l)
{
	sample_fini(&l->sample);
	iforest_free(l->model);
	trainer_free(l->trainer);
	*l = (struct learner){ 0 };
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static void
train(struct learner *l, const struct learner_shape *s, int64_t t)
{
	const struct iforest_opts opts = {
		.contamination = fmax(0, s->contamination - sample_missed(&l->sample)),
		.seed = s->sample.seed + l->models,
	};

	l->trainer = trainer_start(sample_vectors(&l->sample, &s->sample), sample_size(&l->sample),
	    s->sample.features, &opts);
	l->effective = t + s->interval;
	l->models++;
}

/* Forgets all but the numbers of keys. */
static void
begin_anew(struct learner *l)
{
	const uint64_t keys = l->keys, models = l->models;

	learner_fini(l);
	l->keys = keys;
	l->models = models;
}

void
learner_time(struct learner *l, const struct learner_shape *s, int64_t t)
{
	int64_t turn = floor_div(t, s->retrain);

	if (l->incident != 0 && t - l->incident >= s->train)
		begin_anew(l);
	sample_roll(&l->sample, floor_div(t, s->train / SAMPLE_SLICES));
	if (l->trainer != NULL && t >= l->effective) {
		iforest_free(l->model);
		l->model = trainer_take(l->trainer);
		l->trainer = NULL;
	}
	if (l->trainer == NULL && l->incident == 0 && (l->model == NULL || turn > l->turn) &&
	    sample_size(&l->sample) >= s->learn)
		train(l, s, t);
	l->turn = turn > l->turn || l->models == 0 ? turn : l->turn;
}

bool
learner_judge(const struct learner *l, const float *vector, uint32_t *ret)
{
	if (l->model == NULL)
		return false;
	*ret = iforest_path(l->model, vector);
	return *ret < iforest_limit(l->model);
}

void
learner_learn(struct learner *l, const struct learner_shape *s, uint64_t key, int64_t t,
    const float *vector, bool fired)
{
	const double most = fmin(fmax(LEARNER_INCIDENT, 5 * s->contamination), 0.5);

	if (l->model != NULL)
		l->fired += ((fired ? 1 : 0) - l->fired) / LEARNER_MEMORY;
	if (l->fired > most && l->incident == 0)
		l->incident = t != 0 ? t : 1;
	else if (l->fired < most / 2)
		l->incident = 0;
	if (l->incident != 0)
		return;
	if (fired)
		sample_miss(&l->sample);
	else
		sample_add(&l->sample, &s->sample, key, floor_div(t, s->interval), vector);
}

/* ---- as bytes ---- */

/* Sample | model or not, it | next model or not, it | the numbers. */
void
learner_save(const struct learner *l, const struct learner_shape *s, struct buf *to)
{
	sample_save(&l->sample, &s->sample, to);
	bytes_put(to, l->model != NULL, 1);
	if (l->model != NULL)
		iforest_save(l->model, to);
	bytes_put(to, l->trainer != NULL, 1);
	if (l->trainer != NULL)
		iforest_save(trainer_wait(l->trainer), to);
	bytes_put(to, (uint64_t)l->effective, 8);
	bytes_put(to, (uint64_t)l->turn, 8);
	bytes_put(to, (uint64_t)l->incident, 8);
	bytes_put_double(to, l->fired);
	bytes_put(to, l->models, 8);
	bytes_put(to, l->keys, 8);
}

static bool
load_model(const struct learner_shape *s, struct iforest **ret, struct str *from)
{
	bool bad = false;
	uint64_t have = bytes_get(from, 1, &bad);

	if (bad || have > 1)
		return false;
	if (have == 0)
		return true;
	*ret = iforest_load(from);
	return *ret != NULL && iforest_features(*ret) == s->sample.features;
}

static bool
load(struct learner *l, const struct learner_shape *s, struct str *from)
{
	struct iforest *coming = NULL;
	bool bad = false, ok;

	ok = sample_load(&l->sample, &s->sample, from) && load_model(s, &l->model, from) &&
	     load_model(s, &coming, from);
	if (coming != NULL)
		l->trainer = trainer_done(coming);
	l->effective = (int64_t)bytes_get(from, 8, &bad);
	l->turn = (int64_t)bytes_get(from, 8, &bad);
	l->incident = (int64_t)bytes_get(from, 8, &bad);
	l->fired = bytes_get_double(from, &bad);
	l->models = bytes_get(from, 8, &bad);
	l->keys = bytes_get(from, 8, &bad);
	return ok && !bad && l->fired >= 0 && l->fired <= 1 && l->incident > INT64_MIN / 4 &&
	       l->incident < INT64_MAX / 4;
}

bool
learner_load(struct learner *l, const struct learner_shape *s, struct str *from)
{
	learner_fini(l);
	if (load(l, s, from))
		return true;
	learner_fini(l);
	return false;
}
