/* Training beside the detector. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_learner.c */
#include "detect/trainer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"

struct trainer {
	pthread_t thread;
	bool running;
	float *vectors;
	size_t n;
	unsigned n_features;
	struct iforest_opts opts;
	struct iforest *forest;
};

static void *
train(void *ctx)
{
	struct trainer *t = ctx;

	t->forest = iforest_train(t->vectors, t->n, t->n_features, &t->opts);
	return NULL;
}

struct trainer *
trainer_start(float *vectors, size_t n, unsigned n_features, const struct iforest_opts *opts)
{
	struct trainer *t = MEM_NEW(struct trainer);
	sigset_t all, before;

	t->vectors = vectors;
	t->n = n;
	t->n_features = n_features;
	t->opts = *opts;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for other threads */
	t->running = pthread_create(&t->thread, NULL, train, t) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!t->running)
		(void)train(t);
	return t;
}

struct trainer *
trainer_done(struct iforest *f)
{
	struct trainer *t = MEM_NEW(struct trainer);

	t->forest = f;
	return t;
}

const struct iforest *
trainer_wait(struct trainer *t)
{
	if (t->running)
		pthread_join(t->thread, NULL);
	t->running = false;
	free(TAKE(t->vectors));
	return t->forest;
}

struct iforest *
trainer_take(struct trainer *t)
{
	struct iforest *f;

	(void)trainer_wait(t);
	f = t->forest;
	free(t);
	return f;
}

void
trainer_free(struct trainer *t)
{
	if (t != NULL)
		iforest_free(trainer_take(t));
}
