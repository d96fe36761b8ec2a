/* SPDX-License-Identifier: Apache-2.0 */
/* The holder of the routes in force. */
#include "alert/routing.h"

#include <pthread.h>
#include <stdlib.h>

#include "alert/internal.h"
#include "base/mem.h"

struct held {
	struct routing_rules rules; /* first: what is handed out points here */
	struct str *policies;
	unsigned users; /* the holder is one */
};

struct routing {
	pthread_mutex_t mutex;
	struct held *now;
};

struct routing *
routing_new(void)
{
	struct routing *r = MEM_NEW(struct routing);

	(void)pthread_mutex_init(&r->mutex, NULL);
	r->now = MEM_NEW(struct held);
	r->now->users = 1;
	return r;
}

/* With the mutex held. */
static void
leave(struct held *h)
{
	if (--h->users != 0)
		return;
	for (size_t i = 0; i < h->rules.n_policies; i++)
		free((char *)(uintptr_t)h->policies[i].p);
	free(h->policies);
	route_free(h->rules.tree);
	free(h);
}

void
routing_free(struct routing *r)
{
	if (r == NULL)
		return;
	leave(r->now);
	(void)pthread_mutex_destroy(&r->mutex);
	free(r);
}

void
routing_set(struct routing *r, const struct routing_rules *rules)
{
	struct held *h = MEM_NEW(struct held);

	h->rules = *rules;
	h->users = 1;
	h->policies = mem_zalloc((rules->n_policies + 1) * sizeof(*h->policies));
	for (size_t i = 0; i < rules->n_policies; i++)
		h->policies[i] = (struct str){ mem_dup(rules->policies[i].p, rules->policies[i].n),
			rules->policies[i].n };
	h->rules.policies = h->policies;
	(void)pthread_mutex_lock(&r->mutex);
	leave(r->now);
	r->now = h;
	(void)pthread_mutex_unlock(&r->mutex);
}

const struct routing_rules *
routing_take(struct routing *r)
{
	const struct routing_rules *rules;

	(void)pthread_mutex_lock(&r->mutex);
	r->now->users++;
	rules = &r->now->rules;
	(void)pthread_mutex_unlock(&r->mutex);
	return rules;
}

void
routing_drop(struct routing *r, const struct routing_rules *rules)
{
	(void)pthread_mutex_lock(&r->mutex);
	leave((struct held *)(uintptr_t)rules);
	(void)pthread_mutex_unlock(&r->mutex);
}

void
routing_join(struct alerts *a, struct routing *r)
{
	a->routing = r;
}

enum err
routing_channels(struct alerts *a, struct plan_channel *to, size_t max, size_t *ret_n,
    struct diag *why)
{
	bool more = false;
	size_t n = 0;
	enum err e = OK;

	while (n < max && (e = db_step(a->channels, &more, why)) == OK && more) {
		(void)str_to_c(db_str(a->channels, 0), to[n].name, sizeof(to[n].name));
		(void)str_to_c(db_str(a->channels, 1), to[n].kind, sizeof(to[n].kind));
		to[n++].min_severity = (enum alerts_severity)db_int(a->channels, 2);
	}
	db_reset(a->channels);
	*ret_n = n;
	return e;
}
