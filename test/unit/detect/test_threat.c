/* SPDX-License-Identifier: Apache-2.0 */
/* Detections joined to a threat: against counting by hand, in any order; levels, order, bytes. */
#include "detect/threat.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define MIN (60 * CLOCK_S)
#define SPAN (60 * MIN)

struct part {
	const char *id, *tags, *level;
	unsigned confidence;
	int64_t minute;
};

#define PROBE "attack.reconnaissance"
#define BRUTE "attack.t1110,attack.credential-access"
#define LOGIN "attack.initial-access"
#define STEAL "attack.exfiltration"

static const struct {
	const char *name;
	struct part parts[5];
	unsigned rules, tactics, in_order;
	const char *level;
	unsigned confidence;
} rows[] = {
	{ "alone nothing is raised", { { "a", BRUTE, "high", 60, 0 } }, 1, 1, 1, "high", 60 },
	{ "two rules", { { "a", BRUTE, "high", 60, 0 }, { "b", BRUTE, "low", 50, 5 } }, 2, 1, 1,
	    "critical", 65 },
	{ "in the order of an attack",
	    { { "a", PROBE, "low", 50, 0 }, { "b", BRUTE, "medium", 60, 5 },
		{ "c", STEAL, "medium", 70, 9 } },
	    3, 3, 3, "high", 99 },
	{ "the other way round",
	    { { "c", STEAL, "medium", 70, 0 }, { "b", BRUTE, "medium", 60, 5 },
		{ "a", PROBE, "low", 50, 9 } },
	    3, 3, 1, "high", 90 },
	{ "a late one brings the order back",
	    { { "b", BRUTE, "medium", 60, 5 }, { "a", PROBE, "low", 50, 0 } }, 2, 2, 2, "high",
	    75 },
	{ "an hour later it is forgotten",
	    { { "a", PROBE, "low", 50, 0 }, { "b", BRUTE, "medium", 60, 60 } }, 1, 1, 1, "medium",
	    60 },
	{ "the same rule again is one rule",
	    { { "a", PROBE, "low", 50, 0 }, { "a", PROBE, "low", 55, 9 } }, 1, 1, 1, "low", 55 },
	{ "critical is the most",
	    { { "a", PROBE, "critical", 90, 0 }, { "b", LOGIN, "critical", 95, 9 } }, 2, 2, 2,
	    "critical", 99 },
	{ "rules without tactics", { { "a", "", "low", 10, 0 }, { "b", "x", "low", 10, 9 } }, 2, 0,
	    0, "medium", 15 },
};

static bool
add(struct threat *th, const struct part *p, int64_t t, uint64_t seq, struct threat_view *v)
{
	const struct threat_event ev = { t, seq, str_c(p->id), str_c("Title"), str_c(p->tags),
		p->level, p->confidence };

	return threat_add(th, &ev, SPAN, v);
}

TEST(what_it_amounts_to)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct threat th = { 0 };
		struct threat_view v = { 0 };

		fprintf(stderr, "%s\n", rows[i].name);
		for (size_t k = 0; rows[i].parts[k].id != NULL; k++)
			CHECK(add(&th, &rows[i].parts[k], rows[i].parts[k].minute * MIN, k + 1,
			    &v));
		CHECK_INT(v.rules, rows[i].rules);
		CHECK_INT(v.tactics, rows[i].tactics);
		CHECK_INT(v.in_order, rows[i].in_order);
		CHECK_STR(threat_level(v.rank), rows[i].level);
		CHECK_INT(v.confidence, rows[i].confidence);
		threat_fini(&th);
	}
}

TEST(words_where_the_order_is_another)
{
	static const struct part parts[] = { { "a", PROBE, "low", 50, 0 },
		{ "c", STEAL, "medium", 70, 5 }, { "b", BRUTE, "medium", 60, 9 } };
	struct threat th = { 0 };
	struct threat_view v;
	auto_buf struct buf b = { 0 };

	for (size_t k = 0; k < ARRAY_LEN(parts); k++)
		CHECK(add(&th, &parts[k], parts[k].minute * MIN, k + 1, &v));
	threat_put_text(&th, &v, &b);
	buf_byte(&b, '\0');
	CHECK_STR(b.p, "3 rules, 2 of 3 tactics in the order of an attack: reconnaissance, "
		       "credential-access, exfiltration");
	threat_fini(&th);
}

TEST(words)
{
	struct threat th = { 0 };
	struct threat_view v;
	auto_buf struct buf b = { 0 };

	for (size_t k = 0; k < 3; k++)
		CHECK(add(&th, &rows[2].parts[k], rows[2].parts[k].minute * MIN, k + 1, &v));
	threat_put_text(&th, &v, &b);
	buf_byte(&b, '\0');
	CHECK_STR(b.p, "3 rules in the order of an attack: reconnaissance, credential-access, "
		       "exfiltration");
	buf_reset(&b);
	threat_put_details(&th, &v, &b);
	buf_byte(&b, '\0');
	CHECK_STR(b.p,
	    ",\"rules\":3,\"tactics\":[\"reconnaissance\",\"credential-access\",\"exfiltration\"],"
	    "\"tactics_in_order\":3,\"detections\":["
	    "{\"rule_id\":\"a\",\"title\":\"Title\",\"level\":\"low\",\"confidence\":50,\"count\":"
	    "1,"
	    "\"record\":1,\"first\":\"1970-01-01T00:00:00Z\",\"last\":\"1970-01-01T00:00:00Z\","
	    "\"tactics\":[\"reconnaissance\"]},"
	    "{\"rule_id\":\"b\",\"title\":\"Title\",\"level\":\"medium\",\"confidence\":60,"
	    "\"count\":1,\"record\":2,\"first\":\"1970-01-01T00:05:00Z\","
	    "\"last\":\"1970-01-01T00:05:00Z\",\"tactics\":[\"credential-access\"]},"
	    "{\"rule_id\":\"c\",\"title\":\"Title\",\"level\":\"medium\",\"confidence\":70,"
	    "\"count\":1,\"record\":3,\"first\":\"1970-01-01T00:09:00Z\","
	    "\"last\":\"1970-01-01T00:09:00Z\",\"tactics\":[\"exfiltration\"]}]");
	threat_fini(&th);
}

#define MOST 400
struct history {
	int64_t t[MOST];
	unsigned rule[MOST];
	size_t n;
};

/* The most different rules in a window that ends at a firing and contains the last one. */
static unsigned
by_hand(const struct history *h)
{
	int64_t t = h->t[h->n - 1];
	unsigned most = 0;

	for (size_t e = 0; e < h->n; e++) {
		uint32_t seen = 0;

		if (h->t[e] < t || h->t[e] - t >= SPAN)
			continue;
		for (size_t i = 0; i < h->n; i++)
			if (h->t[i] <= h->t[e] && h->t[i] > h->t[e] - SPAN)
				seen |= (uint32_t)1 << h->rule[i];
		if ((unsigned)__builtin_popcount(seen) > most)
			most = (unsigned)__builtin_popcount(seen);
	}
	return most;
}

TEST(any_order_against_counting)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(40); round++) {
		size_t n_rules = 1 + random_below(&s, THREAT_RULES);
		struct history h = { 0 };
		struct threat th = { 0 };
		int64_t now = 100 * SPAN;

		while (h.n < MOST) {
			char id[8];
			unsigned rule = (unsigned)random_below(&s, n_rules);
			struct part p = { id, BRUTE, "low", 50, 0 };
			struct threat_view v;

			(void)snprintf(id, sizeof(id), "%u", rule);
			now += (int64_t)random_below(&s, 12) * MIN;
			h.t[h.n] = now - (int64_t)random_below(&s, 4) *
					     (int64_t)random_below(&s, 14) * MIN;
			h.rule[h.n++] = rule;
			CHECK(add(&th, &p, h.t[h.n - 1], h.n, &v));
			CHECK_INT(v.rules, by_hand(&h));
			CHECK(th.n_firings <= THREAT_FIRINGS && th.n_rules <= THREAT_RULES);
		}
		threat_fini(&th);
	}
}

TEST(bounded)
{
	struct threat th = { 0 };
	struct threat_view v;

	for (uint64_t i = 0; i < 20000; i++) {
		char id[12];
		struct part p = { id, BRUTE, "low", 50, 0 };

		(void)snprintf(id, sizeof(id), "%u", (unsigned)(i * 7919 % 5000));
		CHECK(add(&th, &p, (int64_t)(i * 31 % 100) * CLOCK_S, i, &v));
		CHECK(th.n_firings <= THREAT_FIRINGS && th.n_rules <= THREAT_RULES);
		CHECK(v.rules >= 1 && v.to <= th.n_firings);
	}
	threat_fini(&th);
}

TEST(saved_and_loaded)
{
	uint64_t s = random_start(test_seed());
	auto_buf struct buf one = { 0 }, two = { 0 };
	struct threat th = { 0 }, copy = { 0 };
	struct threat_view a, b;
	struct str from;

	for (uint64_t i = 0; i < 400; i++) {
		char id[8];
		struct part p = { id, LOGIN, "medium", 40, 0 };
		int64_t t = (int64_t)(i * 3 + random_below(&s, 30)) * MIN;

		(void)snprintf(id, sizeof(id), "%u", (unsigned)random_below(&s, 30));
		buf_reset(&one);
		buf_reset(&two);
		threat_save(&th, &one);
		from = buf_view(&one);
		CHECK(threat_load(&copy, &from) && from.n == 0);
		threat_save(&copy, &two);
		CHECK_BYTES(two.p, two.n, one.p, one.n);
		CHECK_INT(add(&th, &p, t, i, &a), add(&copy, &p, t, i, &b));
		CHECK(a.rules == b.rules && a.confidence == b.confidence && a.from == b.from);
		threat_fini(&copy);
	}
	for (size_t n = 0; n < one.n; n++) {
		from = (struct str){ one.p, n };
		CHECK(!threat_load(&copy, &from));
	}
	for (size_t n = 0; n < one.n; n++) {
		one.p[n] = (char)(one.p[n] ^ 0xa5);
		from = buf_view(&one);
		if (threat_load(&copy, &from))
			(void)add(&copy, &rows[0].parts[0], 0, 1, &a);
		threat_fini(&copy);
		one.p[n] = (char)(one.p[n] ^ 0xa5);
	}
	threat_fini(&th);
}
