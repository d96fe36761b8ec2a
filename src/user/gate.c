/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that hash passwords, by libsodium. */
#include "user/gate.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ev/loop.h"
#include "user/secret.h"

_Static_assert(GATE_HASH_SIZE >= crypto_pwhash_STRBYTES, "a hash fits");

#define WORKERS_MOST 8
#define PASSES 2
#define MEMORY ((size_t)19 << 20)

/* Of nobody's password, for names that are not known: same cost, never a match. */
static const char nobody[GATE_HASH_SIZE] = "$argon2id$v=19$m=19456,t=2,p=1$"
					   "ruPa7oFCtaYT+fhjJo1XWQ$"
					   "bR9HMHbJtGBcJWyLp6cpmJv6ZQ8d1nVHhqZRtZ4cQkE";

struct job {
	struct job *next;
	struct gate *gate;
	bool verify;
	char *password;
	size_t n;
	char hash[GATE_HASH_SIZE];
	enum err result;
	gate_fn fn;
	void *ctx;
};

struct gate {
	struct gate_opts opts;
	pthread_t threads[WORKERS_MOST];
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct job *first, **last; /* waiting */
	unsigned waiting, running;
	struct gate_stats stats;
	bool stop;
};

/* On the loop thread. */
static void
deliver(void *arg)
{
	struct job *j = arg;

	j->fn(j->ctx, j->result, j->hash);
	secret_wipe(j, sizeof(*j));
	free(j);
}

/* The password goes as soon as it is not needed. */
static void
finish(struct job *j, enum err result)
{
	struct loop *loop = j->gate->opts.loop;

	secret_wipe(j->password, j->n);
	free(j->password);
	j->result = result;
	loop_post(loop, deliver, j);
}

static enum err
work(const struct gate *g, struct job *j)
{
	bool known = j->hash[0] != '\0';

	if (!j->verify)
		return crypto_pwhash_str(j->hash, j->password, j->n, g->opts.passes,
			   g->opts.memory) == 0
			   ? OK
			   : FAIL_LIMIT;
	errno = 0;
	if (crypto_pwhash_str_verify(known ? j->hash : nobody, j->password, j->n) != 0)
		return errno == ENOMEM ? FAIL_LIMIT : FAIL_DENIED;
	return known ? OK : FAIL_DENIED;
}

static void *
worker(void *arg)
{
	struct gate *g = arg;

	pthread_mutex_lock(&g->lock);
	for (;;) {
		struct job *j = g->first;
		enum err result;

		if (g->stop)
			break;
		if (j == NULL) {
			pthread_cond_wait(&g->more, &g->lock);
			continue;
		}
		g->first = j->next;
		if (g->first == NULL)
			g->last = &g->first;
		g->waiting--;
		g->running++;
		if (g->running > g->stats.most)
			g->stats.most = g->running;
		pthread_mutex_unlock(&g->lock);
		result = work(g, j);
		pthread_mutex_lock(&g->lock);
		g->running--;
		g->stats.done++;
		finish(j, result);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

struct gate *
gate_new(const struct gate_opts *opts)
{
	struct gate *g = MEM_NEW(struct gate);

	if (sodium_init() < 0)
		abort();
	g->opts = *opts;
	if (g->opts.workers == 0)
		g->opts.workers = 2;
	if (g->opts.workers > WORKERS_MOST)
		g->opts.workers = WORKERS_MOST;
	if (g->opts.queue == 0)
		g->opts.queue = 32;
	if (g->opts.passes == 0)
		g->opts.passes = PASSES;
	if (g->opts.memory == 0)
		g->opts.memory = MEMORY;
	g->last = &g->first;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->more, NULL);
	for (unsigned i = 0; i < g->opts.workers; i++)
		if (pthread_create(&g->threads[i], NULL, worker, g) != 0)
			abort();
	return g;
}

void
gate_free(struct gate *g)
{
	struct job *next;

	if (g == NULL)
		return;
	pthread_mutex_lock(&g->lock);
	g->stop = true;
	pthread_cond_broadcast(&g->more);
	pthread_mutex_unlock(&g->lock);
	for (unsigned i = 0; i < g->opts.workers; i++)
		pthread_join(g->threads[i], NULL);
	for (struct job *j = g->first; j != NULL; j = next) {
		next = j->next;
		finish(j, FAIL_AGAIN);
	}
	pthread_mutex_destroy(&g->lock);
	pthread_cond_destroy(&g->more);
	free(g);
}

/* Takes the job over; it goes when the queue is full. */
static enum err
enqueue(struct gate *g, struct job *j, struct diag *why)
{
	bool full;

	pthread_mutex_lock(&g->lock);
	full = g->waiting >= g->opts.queue;
	if (full) {
		g->stats.refused++;
	} else {
		*g->last = j;
		g->last = &j->next;
		g->waiting++;
		pthread_cond_signal(&g->more);
	}
	pthread_mutex_unlock(&g->lock);
	if (!full)
		return OK;
	secret_wipe(j->password, j->n);
	free(j->password);
	free(j);
	return err_set(why, FAIL_AGAIN, "too many passwords are being checked");
}

static struct job *
job_new(struct gate *g, struct str password, gate_fn fn, void *ctx)
{
	struct job *j = MEM_NEW(struct job);

	j->gate = g;
	j->password = mem_dup(password.n != 0 ? password.p : "", password.n);
	j->n = password.n;
	j->fn = fn;
	j->ctx = ctx;
	return j;
}

enum err
gate_hash(struct gate *g, struct str password, gate_fn fn, void *ctx, struct diag *why)
{
	return enqueue(g, job_new(g, password, fn, ctx), why);
}

enum err
gate_verify(struct gate *g, struct str password, const char *hash, gate_fn fn, void *ctx,
    struct diag *why)
{
	struct job *j = job_new(g, password, fn, ctx);

	j->verify = true;
	(void)str_to_c(str_c(hash), j->hash, sizeof(j->hash));
	return enqueue(g, j, why);
}

void
gate_stats(struct gate *g, struct gate_stats *ret)
{
	pthread_mutex_lock(&g->lock);
	*ret = g->stats;
	pthread_mutex_unlock(&g->lock);
}
