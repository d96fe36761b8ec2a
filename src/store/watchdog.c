/* A thread with a deadline. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_query.c */
#include "store/watchdog.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define GRACE CLOCK_S
#define STACK ((size_t)256 << 10)

static struct {
	pthread_t thread;
	pthread_mutex_t mu;
	pthread_cond_t cond;
	bool running, done;
	struct duck *duck;
	struct out *out;
	int64_t deadline;
} dog = { .mu = PTHREAD_MUTEX_INITIALIZER };

/* Until the deadline or until the query is through: true. */
static bool
wait_until(int64_t deadline)
{
	struct timespec at = { deadline / CLOCK_S, deadline % CLOCK_S };
	int late = 0;

	while (!dog.done && late == 0)
		late = pthread_cond_timedwait(&dog.cond, &dog.mu, &at);
	return dog.done;
}

static void *
watch(void *none)
{
	bool through;

	(void)none;
	pthread_mutex_lock(&dog.mu);
	through = wait_until(dog.deadline);
	if (!through) {
		(void)out_problem(dog.out, 504, "The query took too long",
		    STR("it was ended at its time limit"));
		duck_interrupt(dog.duck);
		through = wait_until(dog.deadline + GRACE);
	}
	pthread_mutex_unlock(&dog.mu);
	if (!through)
		_exit(EXIT_FAILURE);
	return NULL;
}

enum err
watchdog_start(struct duck *d, struct out *o, int64_t began, uint64_t timeout_ms, struct diag *why)
{
	pthread_condattr_t clock;
	pthread_attr_t attr;
	int bad;

	dog.duck = d;
	dog.out = o;
	dog.deadline = began + (int64_t)timeout_ms * CLOCK_MS;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&dog.cond, &clock);
	pthread_condattr_destroy(&clock);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	bad = pthread_create(&dog.thread, &attr, watch, NULL);
	pthread_attr_destroy(&attr);
	dog.running = bad == 0;
	return bad == 0 ? OK : err_set(why, FAIL_LIMIT, "no thread for the watchdog");
}

void
watchdog_stop(void)
{
	if (!dog.running)
		return;
	pthread_mutex_lock(&dog.mu);
	dog.done = true;
	pthread_cond_signal(&dog.cond);
	pthread_mutex_unlock(&dog.mu);
	pthread_join(dog.thread, NULL);
	dog.running = false;
}
