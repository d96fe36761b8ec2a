/*
 * The state of a rollup as bytes:
 *   "TOCROL2\n" | u32 crc32c of what follows, little endian | numbers
 * Numbers are varints: began, began_at, through, erased, then for each side
 *   records, outside, first, last, head | n, n country codes of two bytes
 *   n, then per bucket its number, events, success, failure
 *   n, then per hour its number, endpoints, addresses, n, n times country and failed logins
 *   habits (stat/habits.h)
 * A top is n, then per slot weight, n, bad, risk, two bytes of country, length and bytes of the
 * key.
 */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: rollup_ */
/* tested by: test/unit/stat/test_rollup.c */
#include "base/crc32c.h"
#include "base/mem.h"
#include "stat/rollup_in.h"

static const char magic[8] = "TOCROL2\n";
#define HEAD_SIZE (sizeof(magic) + 4)

static void
put(struct buf *to, uint64_t v)
{
	while (v >= 0x80) {
		buf_byte(to, (char)(v | 0x80));
		v >>= 7;
	}
	buf_byte(to, (char)v);
}

static void
put_top(struct buf *to, const struct top *t)
{
	put(to, t->n);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct top_slot *slot = &t->slots[i];

		put(to, slot->weight);
		put(to, slot->n);
		put(to, slot->bad);
		put(to, slot->risk);
		buf_put(to, slot->country, 2);
		put(to, slot->key_n);
		buf_put(to, slot->key, slot->key_n);
	}
}

static void
put_hour(struct buf *to, const struct rollup_hour *h)
{
	unsigned n = 0;

	put(to, h->at);
	put_top(to, &h->endpoints);
	put_top(to, &h->addresses);
	for (unsigned i = 0; i < ROLLUP_CODES; i++)
		n += h->failed[i] != 0;
	put(to, n);
	for (unsigned i = 0; i < ROLLUP_CODES; i++) {
		if (h->failed[i] != 0) {
			put(to, i);
			put(to, h->failed[i]);
		}
	}
}

static void
put_rings(struct buf *to, const struct rollup_side *s)
{
	const uint64_t newest = s->head,
		       oldest = newest < ROLLUP_BUCKETS ? 0 : newest - (ROLLUP_BUCKETS - 1);
	size_t n = 0;

	for (uint64_t b = oldest; b != newest + 1; b++)
		n += rollup_bucket_at(s, b) != NULL;
	put(to, n);
	for (uint64_t b = oldest; b != newest + 1; b++) {
		const struct rollup_bucket *one = rollup_bucket_at(s, b);

		if (one == NULL)
			continue;
		put(to, one->at);
		put(to, one->events);
		put(to, one->success);
		put(to, one->failure);
	}
	n = 0;
	for (uint64_t h = oldest / 12; h <= newest / 12; h++)
		n += rollup_hour_at(s, h) != NULL;
	put(to, n);
	for (uint64_t h = oldest / 12; h <= newest / 12; h++)
		if (rollup_hour_at(s, h) != NULL)
			put_hour(to, rollup_hour_at(s, h));
}

static void
put_side(struct buf *to, const struct rollup_side *s)
{
	put(to, s->records);
	put(to, s->outside);
	put(to, s->first);
	put(to, s->last);
	put(to, s->head);
	put(to, s->n_codes);
	buf_put(to, s->codes[1], (size_t)s->n_codes * 2);
	if (s->head == 0)
		return;
	put_rings(to, s);
	habits_save(s->habits, to);
}

void
rollup_save(struct rollup *r, struct buf *to)
{
	size_t at = to->n;
	uint32_t crc = 0;

	buf_put(to, magic, sizeof(magic));
	buf_put(to, &crc, sizeof(crc));
	pthread_mutex_lock(&r->mu);
	put(to, r->began);
	put(to, (uint64_t)r->began_at);
	put(to, r->through);
	put(to, r->erased);
	for (size_t k = 0; k < ROLLUP_SIDES; k++)
		put_side(to, &r->sides[k]);
	pthread_mutex_unlock(&r->mu);
	if (buf_overflow(to))
		return;
	crc = crc32c(0, to->p + at + HEAD_SIZE, to->n - at - HEAD_SIZE);
	for (size_t i = 0; i < 4; i++)
		to->p[at + sizeof(magic) + i] = (char)(crc >> (8 * i));
}

struct cursor {
	struct str rest;
	bool bad;
};

/* The next number, at most `max`; 0 and c->bad otherwise. */
static uint64_t
get(struct cursor *c, uint64_t max)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64 && c->rest.n != 0; shift += 7) {
		uint64_t byte = (unsigned char)c->rest.p[0];

		c->rest = str_from(c->rest, 1);
		if (shift == 63 && byte > 1)
			break;
		v |= (byte & 0x7f) << shift;
		if (byte >= 0x80)
			continue;
		if (v > max || (byte == 0 && shift != 0))
			break;
		return v;
	}
	c->bad = true;
	return 0;
}

static uint32_t
get32(struct cursor *c)
{
	return (uint32_t)get(c, UINT32_MAX);
}

static void
get_bytes(struct cursor *c, char *to, size_t n)
{
	if (c->rest.n < n) {
		c->bad = true;
		return;
	}
	memcpy(to, c->rest.p, n);
	c->rest = str_from(c->rest, n);
}

static void
get_top(struct cursor *c, struct top *t)
{
	uint64_t n = get(c, TOP_SLOTS);

	while (n-- != 0 && !c->bad) {
		struct top_slot slot = { .weight = get32(c) };

		slot.n = get32(c);
		slot.bad = get32(c);
		slot.risk = (uint8_t)get(c, UINT8_MAX);
		get_bytes(c, slot.country, sizeof(slot.country));
		slot.key_n = (uint8_t)get(c, TOP_KEY_MAX);
		get_bytes(c, slot.key, slot.key_n);
		c->bad = c->bad || !top_restore(t, &slot);
	}
}

static void
get_hour(struct cursor *c, struct rollup_side *s, uint64_t *last)
{
	uint64_t at = get(c, s->head / 12), n, code, after = 0;
	struct rollup_hour *h;

	c->bad = c->bad || at <= *last || !rollup_hour_inside(s, at);
	if (c->bad)
		return;
	*last = at;
	h = rollup_hour_make(s, (uint32_t)at);
	get_top(c, &h->endpoints);
	get_top(c, &h->addresses);
	for (n = get(c, ROLLUP_CODES); n != 0 && !c->bad; n--) {
		code = get(c, s->n_codes);
		c->bad = c->bad || (after != 0 && code < after);
		after = code + 1;
		h->failed[code] = get32(c);
		c->bad = c->bad || h->failed[code] == 0;
	}
}

static void
get_rings(struct cursor *c, struct rollup_side *s)
{
	uint64_t last = 0, n, at;

	for (n = get(c, ROLLUP_BUCKETS); n != 0 && !c->bad; n--) {
		struct rollup_bucket *b;

		at = get(c, s->head);
		c->bad = c->bad || at <= last || !rollup_inside(s, at);
		if (c->bad)
			return;
		last = at;
		b = rollup_bucket_make(s, (uint32_t)at);
		b->events = get32(c);
		b->success = get32(c);
		b->failure = get32(c);
	}
	last = 0;
	for (n = get(c, ROLLUP_HOURS); n != 0 && !c->bad; n--)
		get_hour(c, s, &last);
}

static void
get_side(struct cursor *c, struct rollup_side *s)
{
	s->records = get(c, UINT64_MAX);
	s->outside = get(c, s->records);
	s->first = get(c, UINT64_MAX);
	s->last = get(c, UINT64_MAX);
	s->head = (uint32_t)get(c, UINT32_MAX / 2);
	s->n_codes = (unsigned)get(c, ROLLUP_CODES - 1);
	get_bytes(c, s->codes[1], (size_t)s->n_codes * 2);
	if (s->head == 0 || c->bad)
		return;
	get_rings(c, s);
	s->habits = habits_new();
	c->bad = c->bad || !habits_load(s->habits, &c->rest);
}

static void
get_all(struct cursor *c, struct rollup *r)
{
	r->began = get(c, UINT64_MAX);
	r->began_at = (int64_t)get(c, INT64_MAX);
	r->through = get(c, UINT64_MAX);
	r->erased = get(c, UINT64_MAX);
	for (size_t k = 0; k < ROLLUP_SIDES && !c->bad; k++)
		get_side(c, &r->sides[k]);
	c->bad = c->bad || c->rest.n != 0;
}

/* Everything but the mutex changes places. */
static void
swap(struct rollup *a, struct rollup *b)
{
	struct rollup held = *a;

	a->through = b->through;
	a->began = b->began;
	a->began_at = b->began_at;
	a->erased = b->erased;
	memcpy(a->sides, b->sides, sizeof(a->sides));
	memcpy(b->sides, held.sides, sizeof(b->sides));
}

enum err
rollup_load(struct rollup *r, struct str state, struct diag *why)
{
	struct cursor c = { .rest = str_from(state, HEAD_SIZE) };
	struct rollup *fresh;
	uint32_t crc = 0;

	if (state.n < HEAD_SIZE || memcmp(state.p, magic, sizeof(magic)) != 0)
		return err_set(why, FAIL_CORRUPT, "these are no figures");
	for (size_t i = 0; i < 4; i++)
		crc |= (uint32_t)(unsigned char)state.p[sizeof(magic) + i] << (8 * i);
	if (crc != crc32c(0, c.rest.p, c.rest.n))
		return err_set(why, FAIL_CORRUPT, "the figures do not match their checksum");
	fresh = rollup_new();
	get_all(&c, fresh);
	if (!c.bad) {
		pthread_mutex_lock(&r->mu);
		swap(r, fresh);
		pthread_mutex_unlock(&r->mu);
	}
	rollup_free(fresh);
	return c.bad ? err_set(why, FAIL_CORRUPT, "the figures do not make sense") : OK;
}
