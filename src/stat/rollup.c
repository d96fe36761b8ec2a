/* Counting records into the rings of buckets and hours. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/rollup.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stat/rollup_in.h"
#include "stat/shape.h"

#define AHEAD_MAX (24 * 3600 * CLOCK_S) /* event time past the time of receipt */
#define RISK_LEAST 2                    /* an address gets a place from this score on */
#define RISK_MOST 10

struct rollup *
rollup_new(void)
{
	struct rollup *r = MEM_NEW(struct rollup);

	pthread_mutex_init(&r->mu, NULL);
	return r;
}

void
rollup_side_fini(struct rollup_side *s)
{
	free(s->buckets);
	for (size_t i = 0; i < ROLLUP_HOURS; i++)
		free(s->hours[i]);
	habits_free(s->habits);
	memset(s, 0, sizeof(*s));
}

void
rollup_free(struct rollup *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < ROLLUP_SIDES; i++)
		rollup_side_fini(&r->sides[i]);
	pthread_mutex_destroy(&r->mu);
	free(r);
}

struct rollup_bucket *
rollup_bucket_at(const struct rollup_side *s, uint64_t bucket)
{
	struct rollup_bucket *b;

	if (s->buckets == NULL || !rollup_inside(s, bucket))
		return NULL;
	b = &s->buckets[bucket % ROLLUP_BUCKETS];
	return b->at == bucket && b->at != 0 ? b : NULL;
}

struct rollup_hour *
rollup_hour_at(const struct rollup_side *s, uint64_t hour)
{
	struct rollup_hour *h;

	if (!rollup_hour_inside(s, hour))
		return NULL;
	h = s->hours[hour % ROLLUP_HOURS];
	return h != NULL && h->at == hour ? h : NULL;
}

struct rollup_bucket *
rollup_bucket_make(struct rollup_side *s, uint32_t bucket)
{
	struct rollup_bucket *b;

	if (s->buckets == NULL)
		s->buckets = mem_zalloc(ROLLUP_BUCKETS * sizeof(*s->buckets));
	b = &s->buckets[bucket % ROLLUP_BUCKETS];
	if (b->at != bucket)
		*b = (struct rollup_bucket){ .at = bucket };
	return b;
}

struct rollup_hour *
rollup_hour_make(struct rollup_side *s, uint32_t hour)
{
	struct rollup_hour **h = &s->hours[hour % ROLLUP_HOURS];

	if (*h == NULL) {
		*h = MEM_NEW(struct rollup_hour);
		(*h)->at = hour;
	} else if ((*h)->at != hour) {
		memset(*h, 0, sizeof(**h));
		(*h)->at = hour;
	}
	return *h;
}

/* Number of a country; 0 when it is none, or the table is full. */
static unsigned
code_of(struct rollup_side *s, struct str country)
{
	if (country.n != 2)
		return 0;
	for (unsigned i = 1; i <= s->n_codes; i++)
		if (memcmp(s->codes[i], country.p, 2) == 0)
			return i;
	for (unsigned i = 0; i < 2; i++)
		if (country.p[i] < 'A' || country.p[i] > 'Z')
			return 0;
	if (s->n_codes == ROLLUP_CODES - 1)
		return 0;
	memcpy(s->codes[++s->n_codes], country.p, 2);
	return s->n_codes;
}

/* Logins a record stands for: "message repeated 3 times" is three. */
static uint32_t
times(const struct rec *rec)
{
	int64_t n = rec_int(rec, F_RECORD_COUNT, 1);

	return n < 1 ? 1 : n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void
count_endpoint(struct rollup_hour *h, const struct rec *rec)
{
	char shape[SHAPE_MAX + 1];
	struct str endpoint = rec_str(rec, F_ENDPOINT);
	struct top_slot *slot;

	if (endpoint.n == 0)
		return;
	slot = top_add(&h->endpoints, shape_path(endpoint, shape), 1);
	slot->n = top_plus(slot->n, 1);
	if (rec_int(rec, F_STATUS_CODE, 0) >= 400)
		slot->bad = top_plus(slot->bad, 1);
}

static void
count_address(struct rollup_hour *h, const struct rec *rec, uint32_t failures)
{
	struct str ip = rec_str(rec, F_CLIENT_IP), country = rec_str(rec, F_GEO_COUNTRY);
	int64_t risk = rec_int(rec, F_RISK_SCORE, 0);
	struct top_slot *slot;

	if (ip.n == 0)
		return;
	risk = risk < 0 ? 0 : risk > RISK_MOST ? RISK_MOST : risk;
	slot = risk >= RISK_LEAST ? top_add(&h->addresses, ip, (uint32_t)risk)
				  : top_find(&h->addresses, ip);
	if (slot == NULL)
		return;
	slot->n = top_plus(slot->n, 1);
	slot->bad = top_plus(slot->bad, failures);
	if (risk > slot->risk)
		slot->risk = (uint8_t)risk;
	if (country.n == 2)
		memcpy(slot->country, country.p, 2);
}

static void
count(struct rollup_side *s, const struct rec *rec, uint32_t bucket)
{
	struct str type = rec_str(rec, F_EVENT_TYPE);
	struct rollup_bucket *b;
	struct rollup_hour *h;
	uint32_t failures = 0;

	if (bucket > s->head)
		s->head = bucket;
	b = rollup_bucket_make(s, bucket);
	b->events = top_plus(b->events, 1);
	if (str_eq(type, STR("auth.login.failed")))
		failures = times(rec);
	else if (str_eq(type, STR("auth.login.success")))
		b->success = top_plus(b->success, times(rec));
	b->failure = top_plus(b->failure, failures);
	if (s->habits == NULL)
		s->habits = habits_new();
	habits_add(s->habits, rec, rec_int(rec, F_TIMESTAMP, rec_int(rec, F_RECEIVED, 0)));
	if (!rollup_hour_inside(s, bucket / 12))
		return;
	h = rollup_hour_make(s, bucket / 12);
	if (failures != 0) {
		uint32_t *failed = &h->failed[code_of(s, rec_str(rec, F_GEO_COUNTRY))];

		*failed = top_plus(*failed, failures);
	}
	count_endpoint(h, rec);
	count_address(h, rec, failures);
}

/* Bucket of a record's event time; 0 when it is outside the window. */
static uint32_t
bucket_of(const struct rollup_side *s, const struct rec *rec)
{
	int64_t received = rec_int(rec, F_RECEIVED, 0), t = rec_int(rec, F_TIMESTAMP, received);
	int64_t bucket = t / (ROLLUP_STEP * CLOCK_S);

	if (t <= 0 || bucket < 12 || bucket > UINT32_MAX / 2 ||
	    (received > 0 && t / 2 - received / 2 > AHEAD_MAX / 2))
		return 0;
	if (bucket > s->head || rollup_inside(s, (uint64_t)bucket))
		return (uint32_t)bucket;
	return 0;
}

void
rollup_add(struct rollup *r, const struct rec *rec)
{
	bool demo = str_eq(rec_str(rec, F_SOURCE), STR(REC_SOURCE_DEMO));
	struct rollup_side *s = &r->sides[demo ? ROLLUP_DEMO : ROLLUP_REAL];
	uint32_t bucket;

	pthread_mutex_lock(&r->mu);
	if (rec->seq > r->through) {
		r->through = rec->seq;
		if (r->began == 0) {
			r->began = rec->seq;
			r->began_at = rec_int(rec, F_RECEIVED, 0) / CLOCK_S;
			r->began_at = r->began_at > 0 ? r->began_at : 0;
		}
		if ((!demo || rec->seq > r->erased) && !rec_is_tick(rec)) {
			bucket = bucket_of(s, rec);
			s->first = s->records++ == 0 ? rec->seq : s->first;
			s->last = rec->seq;
			if (bucket != 0)
				count(s, rec, bucket);
			else
				s->outside++;
		}
	}
	pthread_mutex_unlock(&r->mu);
}

void
rollup_passed(struct rollup *r, uint64_t seq)
{
	pthread_mutex_lock(&r->mu);
	if (seq > r->through)
		r->through = seq;
	pthread_mutex_unlock(&r->mu);
}

void
rollup_erase_demo(struct rollup *r, uint64_t through)
{
	pthread_mutex_lock(&r->mu);
	if (through > r->erased) {
		r->erased = through;
		rollup_side_fini(&r->sides[ROLLUP_DEMO]);
	}
	pthread_mutex_unlock(&r->mu);
}

bool
rollup_habits(struct rollup *r, struct str user, struct habits_user *ret)
{
	const struct habits_user *u = NULL;

	pthread_mutex_lock(&r->mu);
	for (size_t i = 0; i < ROLLUP_SIDES && u == NULL; i++)
		if (r->sides[i].habits != NULL)
			u = habits_get(r->sides[i].habits, user);
	if (u != NULL)
		*ret = *u;
	pthread_mutex_unlock(&r->mu);
	return u != NULL;
}

void
rollup_totals(struct rollup *r, struct rollup_totals *ret)
{
	const struct rollup_side *real = &r->sides[ROLLUP_REAL], *demo = &r->sides[ROLLUP_DEMO];

	pthread_mutex_lock(&r->mu);
	*ret = (struct rollup_totals){ .through = r->through,
		.began = r->began,
		.began_at = r->began_at,
		.records = real->records,
		.outside = real->outside,
		.demo = demo->records,
		.demo_first = demo->first,
		.demo_last = demo->last,
		.erased = r->erased };
	pthread_mutex_unlock(&r->mu);
}
