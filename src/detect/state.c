/* exports: engine_ */
/*
 * An engine as bytes, little endian:
 *   "TDE1" | digest of the rule set, 32 | keys_max, lateness | records, findings, evicted, late
 *   | number of keys | keys, the one idle longest first | CRC-32C of all before it
 *   key: rule, u32 | length, u32, group | number of events, u32 | events: time, seq, value
 */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/state.h"

#include "base/crc32c.h"
#include "detect/corr.h"

#define MAGIC STR("TDE1")

struct window_shape
state_shape(const struct engine *e, const struct corr *c)
{
	return (struct window_shape){ c->threshold, c->timespan,
		window_lateness(c->timespan, e->opts.lateness), c->ops->counts_values };
}

struct cursor {
	struct str s;
	bool bad;
};

static void
put(struct buf *to, uint64_t v, size_t n)
{
	uint8_t b[8];

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> (8 * i));
	buf_put(to, b, n);
}

static uint64_t
get(struct cursor *c, size_t n)
{
	uint64_t v = 0;

	if (c->s.n < n) {
		c->bad = true;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(uint8_t)c->s.p[i] << (8 * i);
	c->s = str_from(c->s, n);
	return v;
}

static void
put_key(const struct key *k, struct buf *to)
{
	const struct window *w = &k->window;
	uint64_t live = 0;

	for (uint64_t i = w->first; i < w->first + w->n; i++)
		live += window_get(w, i)->seq != WINDOW_DEAD;
	put(to, k->rule, 4);
	put(to, k->text_n, 4);
	buf_put(to, k->text, k->text_n);
	put(to, live, 4);
	for (uint64_t i = w->first; i < w->first + w->n; i++) {
		const struct window_event *ev = window_get(w, i);

		if (ev->seq == WINDOW_DEAD)
			continue;
		put(to, (uint64_t)ev->t, 8);
		put(to, ev->seq, 8);
		put(to, ev->value, 8);
	}
}

void
engine_save(const struct engine *e, struct buf *to)
{
	size_t start = to->n;

	buf_str(to, MAGIC);
	buf_put(to, e->rs->digest, DIGEST_SIZE);
	put(to, e->opts.keys_max, 8);
	put(to, (uint64_t)e->opts.lateness, 8);
	put(to, e->stats.records, 8);
	put(to, e->stats.findings, 8);
	put(to, keys_evicted(e->keys), 8);
	put(to, e->stats.late, 8);
	put(to, keys_len(e->keys), 8);
	for (const struct key *k = keys_oldest(e->keys); k != NULL; k = k->newer)
		put_key(k, to);
	put(to, crc32c(0, to->p + start, to->n - start), 4);
}

static bool
get_key(struct engine *e, struct cursor *c)
{
	uint64_t rule = get(c, 4), n = get(c, 4), events;
	struct str text = { c->s.p, n };
	struct window_hit hit;
	struct window_shape shape;
	struct key *k;

	if (c->bad || n > c->s.n || rule >= e->rs->rule.n || e->rs->rule.p[rule].corr == NULL)
		return false;
	c->s = str_from(c->s, n);
	events = get(c, 4);
	k = keys_use(e->keys, (uint32_t)rule, text);
	shape = state_shape(e, e->rs->rule.p[rule].corr);
	for (; events > 0 && !c->bad; events--) {
		struct window_event ev = { .t = (int64_t)get(c, 8) };

		ev.seq = get(c, 8);
		ev.value = get(c, 8);
		if (!c->bad && window_add(&k->window, &shape, &ev, &hit) == WINDOW_LATE)
			return false;
	}
	window_settle(&k->window, &shape);
	return !c->bad;
}

static enum err
check(const struct engine *e, struct cursor *c, struct diag *why)
{
	struct cursor crc;
	uint64_t keys_max, lateness;

	if (c->s.n < MAGIC.n + DIGEST_SIZE + 4 || !str_starts(c->s, MAGIC))
		return err_set(why, FAIL_CORRUPT, "this is no detection state");
	crc.s = str_from(c->s, c->s.n - 4);
	c->s.n -= 4;
	if (get(&crc, 4) != crc32c(0, c->s.p, c->s.n))
		return err_set(why, FAIL_CORRUPT, "the checksum of the detection state is wrong");
	c->s = str_from(c->s, MAGIC.n);
	if (memcmp(c->s.p, e->rs->digest, DIGEST_SIZE) != 0)
		return err_set(why, FAIL_EXISTS, "the detection state is of other rules");
	c->s = str_from(c->s, DIGEST_SIZE);
	keys_max = get(c, 8);
	lateness = get(c, 8);
	if (keys_max != e->opts.keys_max || lateness != (uint64_t)e->opts.lateness)
		return err_set(why, FAIL_EXISTS, "the detection state was kept with other limits");
	return OK;
}

enum err
engine_load(struct engine *e, struct str state, struct diag *why)
{
	struct cursor c = { .s = state };
	struct engine_stats stats = { 0 };
	uint64_t n;
	enum err err = check(e, &c, why);

	if (err != OK)
		return err;
	stats.records = get(&c, 8);
	stats.findings = get(&c, 8);
	stats.evicted = get(&c, 8);
	stats.late = get(&c, 8);
	keys_clear(e->keys, stats.evicted);
	for (n = get(&c, 8); n > 0; n--) {
		if (get_key(e, &c))
			continue;
		keys_clear(e->keys, 0);
		return err_set(why, FAIL_CORRUPT, "the detection state does not make sense");
	}
	e->stats = stats;
	return OK;
}
