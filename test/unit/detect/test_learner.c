/* Learning of a rule: when it trains, what it does not learn, how far one who poisons it gets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/learner.h"

#include <math.h>

#include "base/clock.h"
#include "detect/trainer.h"
#include "random.h"
#include "test.h"

#define MINUTE (60 * CLOCK_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define START ((int64_t)1767571200 * CLOCK_S)
#define FEATURES 4
#define KEYS 40

static const struct learner_shape shape = { .sample = { FEATURES, 500, 50, 3 },
	.interval = MINUTE,
	.train = 16 * HOUR,
	.retrain = HOUR,
	.learn = 500,
	.contamination = 0.01 };

static uint64_t state;

static float
bell(void)
{
	float sum = -6;

	for (int i = 0; i < 12; i++)
		sum += (float)(random_next(&state) >> 40) * 0x1p-24F;
	return sum;
}

static void
usual(float *v, float scale)
{
	static const float middle[FEATURES] = { 20, 6, 80, 50 };

	for (int k = 0; k < FEATURES; k++)
		v[k] = scale * middle[k] * (1 + 0.2F * bell());
}

/* One vector of a key, judged and learnt as the type does it. */
static bool
live(struct learner *l, uint64_t key, int64_t t, const float *v)
{
	uint32_t path;
	bool fired;

	learner_time(l, &shape, t);
	fired = learner_judge(l, v, &path);
	learner_learn(l, &shape, key, t, v, fired);
	return fired;
}

/* A minute of all keys; how many fired. */
static unsigned
minute(struct learner *l, int64_t t, float scale)
{
	unsigned fired = 0;
	float v[FEATURES];

	for (uint64_t key = 1; key <= KEYS; key++) {
		usual(v, scale);
		fired += live(l, key, t, v);
	}
	return fired;
}

TEST(trains_when_it_has_learnt_enough_and_takes_over_one_interval_later)
{
	struct learner l = { 0 };
	int64_t t = START;

	state = random_start(test_seed());
	while (l.trainer == NULL && t < START + DAY) {
		CHECK(l.model == NULL && sample_size(&l.sample) < 500);
		(void)minute(&l, t += MINUTE, 1);
	}
	CHECK(l.model == NULL && sample_size(&l.sample) >= 500);
	CHECK_INT(l.effective, t + MINUTE);
	(void)minute(&l, t += MINUTE, 1);
	CHECK(l.model != NULL && l.trainer == NULL);
	CHECK_INT(l.models, 1);
	for (; t < START + 5 * HOUR; t += MINUTE)
		(void)minute(&l, t, 1);
	CHECK_INT(l.models, 5);
	learner_fini(&l);
}

TEST(one_per_cent_fires_however_often_it_is_trained)
{
	struct learner l = { 0 };
	double first = 0, last = 0;
	int64_t t = START;

	state = random_start(test_seed());
	for (; t < START + 2 * DAY; t += MINUTE) {
		unsigned n = minute(&l, t, 1);

		if (t >= START + 2 * HOUR && t < START + 14 * HOUR)
			first += n;
		if (t >= START + 36 * HOUR)
			last += n;
	}
	first /= 720 * KEYS;
	last /= 720 * KEYS;
	fprintf(stderr, "fired on the first day %.4f, on the second, after %u trainings, %.4f\n",
	    first, (unsigned)l.models, last);
	CHECK(first > 0.003 && first < 0.025);
	CHECK(last > 0.002 && last < 0.025);
	CHECK_INT(l.incident, 0);
	learner_fini(&l);
}

TEST(nothing_is_learnt_during_an_incident_but_what_lasts_is_the_new_usual)
{
	struct learner l = { 0 };
	int64_t t = START, begin;
	uint64_t models;
	unsigned fired = 0;

	state = random_start(test_seed());
	for (; t < START + 6 * HOUR; t += MINUTE)
		(void)minute(&l, t, 1);
	begin = t;
	fired = minute(&l, t += MINUTE, 3); /* and a training at this hour */
	models = l.models;
	for (; t < begin + 3 * HOUR; t += MINUTE)
		fired += minute(&l, t, 3);
	CHECK(fired > 3 * 60 * KEYS * 9 / 10);
	CHECK(l.incident != 0);
	CHECK_INT(l.models, models);
	/* It ends: what was usual still is. */
	fired = 0;
	for (int i = 0; i < 60; i++, t += MINUTE)
		fired += minute(&l, t, 1);
	CHECK(fired < 60 * KEYS / 20);
	CHECK_INT(l.incident, 0);
	/* It does not end. */
	begin = t;
	for (; t < begin + 18 * HOUR; t += MINUTE)
		(void)minute(&l, t, 3);
	fired = 0;
	for (int i = 0; i < 60; i++, t += MINUTE)
		fired += minute(&l, t, 3);
	CHECK(fired < 60 * KEYS / 20);
	learner_fini(&l);
}

/*
 * One of the keys raises all it does by `growth` a minute, for `hours` after a day.  The multiple
 * at which nine of ten of its last hundred vectors had fired, or that it had at the end.
 */
static double
poison(double growth, int hours, bool *found)
{
	struct learner l = { 0 };
	double scale = 1, fired = 0;
	int64_t t = START;
	float v[FEATURES];

	state = random_start(1);
	for (; t < START + DAY; t += MINUTE)
		(void)minute(&l, t, 1);
	*found = false;
	for (int64_t end = t + hours * HOUR; t < end && !*found; t += MINUTE) {
		(void)minute(&l, t, 1);
		scale *= growth;
		usual(v, (float)scale);
		fired += ((live(&l, 999, t, v) ? 1 : 0) - fired) / 30;
		*found = fired > 0.5;
	}
	learner_fini(&l);
	return scale;
}

TEST(who_raises_what_he_does_slowly_is_found)
{
	static const struct {
		const char *what;
		double growth;
		int hours;
		double at_most;
	} cases[] = {
		{ "1% a minute", 1.01, 4, 3.5 },
		{ "10% an hour", 1.0015897, 24, 3.5 },
		{ "3% an hour", 1.000492763, 48, 3.5 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool found;
		double multiple = poison(cases[i].growth, cases[i].hours, &found);

		fprintf(stderr, "%s: half of the vectors fire at x%.2f%s\n", cases[i].what,
		    multiple, found ? "" : ", not found");
		CHECK(found);
		CHECK(multiple < cases[i].at_most);
	}
}

TEST(the_same_vectors_give_the_same_verdicts_after_being_saved_at_any_time)
{
	struct learner a = { 0 }, b = { 0 };
	struct buf saved = { 0 }, again = { 0 };
	float v[FEATURES];

	state = random_start(test_seed());
	for (int64_t i = 0; i < 120 * KEYS; i++) {
		int64_t t = START + i / KEYS * MINUTE;

		usual(v, i % 97 == 0 ? 2 : 1);
		CHECK_INT(live(&a, (uint64_t)i % KEYS, t, v), live(&b, (uint64_t)i % KEYS, t, v));
		if (i % 241 == 240 || (b.trainer != NULL && i % 7 == 0)) {
			struct str from;

			buf_reset(&saved);
			buf_reset(&again);
			learner_save(&b, &shape, &saved);
			from = buf_view(&saved);
			CHECK(learner_load(&b, &shape, &from));
			CHECK_INT(from.n, 0);
			learner_save(&b, &shape, &again);
			CHECK_BYTES(again.p, again.n, saved.p, saved.n);
		}
	}
	CHECK_INT(a.models, b.models);
	CHECK(a.models >= 2);
	for (size_t n = 0; n < saved.n; n += 1 + n / 20) {
		struct str from = { saved.p, n };

		CHECK(!learner_load(&b, &shape, &from));
	}
	for (unsigned round = 0; round < test_rounds(40); round++) {
		size_t at = random_below(&state, saved.n);
		const char was = saved.p[at];
		struct str from = buf_view(&saved);

		saved.p[at] = (char)random_next(&state);
		if (learner_load(&b, &shape, &from))
			(void)live(&b, 1, START + 3 * HOUR, v);
		saved.p[at] = was;
	}
	learner_fini(&a);
	learner_fini(&b);
	buf_fini(&saved);
	buf_fini(&again);
}

TEST(a_trainer_gives_what_training_here_gives)
{
	const struct iforest_opts opts = { .contamination = 0.01, .seed = 9 };
	float *v = malloc(300 * FEATURES * sizeof(*v));
	struct buf one = { 0 }, two = { 0 };
	struct iforest *f;
	struct trainer *t;

	CHECK(v != NULL);
	state = random_start(test_seed());
	for (int i = 0; i < 300; i++)
		usual(v + i * FEATURES, 1);
	f = iforest_train(v, 300, FEATURES, &opts);
	iforest_save(f, &one);
	t = trainer_start(v, 300, FEATURES, &opts);
	iforest_save(trainer_wait(t), &two);
	CHECK_BYTES(one.p, one.n, two.p, two.n);
	trainer_free(t);
	trainer_free(trainer_done(f));
	trainer_free(NULL);
	buf_fini(&one);
	buf_fini(&two);
}
