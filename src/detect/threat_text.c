/* SPDX-License-Identifier: Apache-2.0 */
/* A threat in words, as members of an object, and as bytes. */
/* exports: threat_ */
/* tested by: test/unit/detect/test_threat.c */
#include "base/jsonw.h"
#include "base/mem.h"
#include "detect/bytes.h"
#include "detect/threat.h"

/* What one rule did in the window. */
struct part {
	uint64_t seq;
	int64_t first, last;
	bool there;
};

static void
gather(const struct threat *th, const struct threat_view *v, struct part parts[THREAT_RULES])
{
	for (size_t i = v->from; i < v->to; i++) {
		const struct threat_firing *f = &th->firings[i];
		struct part *p = &parts[f->rule];

		if (!p->there)
			p->first = f->t;
		p->there = true;
		p->last = f->t;
		p->seq = f->seq;
	}
}

/* The rule that came next in the window of those not done, by its first firing; THREAT_RULES: none.
 */
static unsigned
next_part(const struct part parts[THREAT_RULES], uint32_t done)
{
	unsigned next = THREAT_RULES;

	for (unsigned i = 0; i < THREAT_RULES; i++)
		if (parts[i].there && (done >> i & 1) == 0 &&
		    (next == THREAT_RULES || parts[i].first < parts[next].first))
			next = i;
	return next;
}

/* Tactics of the window, in ATT&CK order. */
static uint32_t
all_tactics(const struct threat *th, const struct threat_view *v)
{
	uint32_t bits = 0;

	for (size_t i = v->from; i < v->to; i++)
		bits |= th->rules[th->firings[i].rule].tactics;
	return bits;
}

void
threat_put_text(const struct threat *th, const struct threat_view *v, struct buf *to)
{
	uint32_t bits = all_tactics(th, v);
	const char *between = ": ";

	buf_printf(to, "%u rule%s", v->rules, v->rules == 1 ? "" : "s");
	if (v->tactics > 1 && v->in_order == v->tactics)
		buf_str(to, STR(" in the order of an attack"));
	else if (v->in_order > 1)
		buf_printf(to, ", %u of %u tactics in the order of an attack", v->in_order,
		    v->tactics);
	for (unsigned i = 0; i < TACTIC_COUNT; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		buf_str(to, str_c(between));
		buf_str(to, str_c(tactic_name(i)));
		between = ", ";
	}
}

static void
put_tactics(struct jsonw *w, uint32_t bits)
{
	jsonw_key(w, STR("tactics"));
	jsonw_arr(w);
	for (unsigned i = 0; i < TACTIC_COUNT; i++)
		if (bits >> i & 1)
			jsonw_str(w, str_c(tactic_name(i)));
	jsonw_end(w);
}

static void
put_part(struct jsonw *w, const struct threat_rule *r, const struct part *p)
{
	jsonw_obj(w);
	jsonw_kstr(w, "rule_id", str_c(r->id));
	jsonw_kstr(w, "title", str_c(r->title));
	jsonw_kstr(w, "level", str_c(threat_level(r->rank)));
	jsonw_kint(w, "confidence", r->confidence);
	jsonw_kint(w, "count", (int64_t)r->n);
	jsonw_kint(w, "record", (int64_t)p->seq);
	jsonw_ktime(w, "first", p->first);
	jsonw_ktime(w, "last", p->last);
	put_tactics(w, r->tactics);
	jsonw_end(w);
}

void
threat_put_details(const struct threat *th, const struct threat_view *v, struct buf *to)
{
	struct part parts[THREAT_RULES] = { 0 };
	auto_buf struct buf object = { 0 };
	uint32_t done = 0;
	unsigned next;
	struct jsonw w;

	gather(th, v, parts);
	buf_init(&object, 0);
	jsonw_init(&w, &object);
	jsonw_obj(&w);
	jsonw_kint(&w, "rules", v->rules);
	put_tactics(&w, all_tactics(th, v));
	jsonw_kint(&w, "tactics_in_order", v->in_order);
	jsonw_key(&w, STR("detections"));
	jsonw_arr(&w);
	while ((next = next_part(parts, done)) < THREAT_RULES) {
		put_part(&w, &th->rules[next], &parts[next]);
		done |= (uint32_t)1 << next;
	}
	jsonw_end(&w);
	jsonw_end(&w);
	buf_byte(to, ',');
	buf_put(to, object.p + 1, object.n - 2); /* without the braces */
}

void
threat_save(const struct threat *th, struct buf *to)
{
	bytes_put(to, th->n_rules, 1);
	bytes_put(to, th->n_firings, 1);
	for (size_t i = 0; i < th->n_rules; i++) {
		const struct threat_rule *r = &th->rules[i];

		buf_put(to, r->id, sizeof(r->id));
		buf_put(to, r->title, sizeof(r->title));
		bytes_put(to, r->tactics, 4);
		bytes_put(to, r->rank, 1);
		bytes_put(to, r->confidence, 1);
		bytes_put(to, r->n, 8);
	}
	for (size_t i = 0; i < th->n_firings; i++) {
		bytes_put(to, (uint64_t)th->firings[i].t, 8);
		bytes_put(to, th->firings[i].seq, 8);
		bytes_put(to, th->firings[i].rule, 1);
	}
}

static void
load_rule(struct threat_rule *r, struct str *from, bool *bad)
{
	bytes_get_text(from, r->id, sizeof(r->id), bad);
	bytes_get_text(from, r->title, sizeof(r->title), bad);
	r->tactics = (uint32_t)bytes_get(from, 4, bad);
	r->rank = (uint8_t)bytes_get(from, 1, bad);
	r->confidence = (uint8_t)bytes_get(from, 1, bad);
	r->n = bytes_get(from, 8, bad);
	*bad |= r->tactics >> TACTIC_COUNT != 0 || r->rank > 4 || r->confidence > 100;
}

bool
threat_load(struct threat *th, struct str *from)
{
	bool bad = false;

	th->n_rules = th->size_rules = (uint8_t)bytes_get(from, 1, &bad);
	th->n_firings = th->size_firings = (uint8_t)bytes_get(from, 1, &bad);
	bad |= th->n_rules > THREAT_RULES || th->n_firings > THREAT_FIRINGS;
	if (!bad && th->n_rules != 0)
		th->rules = mem_zalloc(th->n_rules * sizeof(*th->rules));
	if (!bad && th->n_firings != 0)
		th->firings = mem_zalloc(th->n_firings * sizeof(*th->firings));
	for (size_t i = 0; !bad && i < th->n_rules; i++)
		load_rule(&th->rules[i], from, &bad);
	for (size_t i = 0; !bad && i < th->n_firings; i++) {
		struct threat_firing *f = &th->firings[i];

		f->t = (int64_t)bytes_get(from, 8, &bad);
		f->seq = bytes_get(from, 8, &bad);
		f->rule = (uint8_t)bytes_get(from, 1, &bad);
		bad |= f->rule >= th->n_rules || (i > 0 && f->t < th->firings[i - 1].t);
	}
	if (bad)
		threat_fini(th);
	return !bad;
}
