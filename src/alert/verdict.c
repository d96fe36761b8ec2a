/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts of rules, counted by the database, and hints from what they have in common. */
#include "alert/verdict.h"

#include <inttypes.h>

#include "alert/internal.h"
#include "base/ip.h"
#include "base/utf8.h"
#include "base/vec.h"

static const char *const words[VERDICT_COUNT] = { "true_positive", "false_positive", "benign" };

const char *
verdict_word(enum verdict v)
{
	return words[v];
}

static bool
find_word(struct str word, enum verdict *ret)
{
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		if (str_eq(word, str_c(words[i]))) {
			*ret = (enum verdict)i;
			return true;
		}
	return false;
}

double
verdict_precision(const struct verdict_tally *t)
{
	uint64_t all = t->n[VERDICT_TRUE] + t->n[VERDICT_FALSE] + t->n[VERDICT_BENIGN];

	return all == 0 ? -1 : (double)t->n[VERDICT_TRUE] / (double)all;
}

enum err
verdict_each(struct alerts *a, verdict_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT rule_id, sum(n) FILTER (WHERE verdict = 'true_positive'), sum(n) FILTER (WHERE"
	    " verdict = 'false_positive'), sum(n) FILTER (WHERE verdict = 'benign')"
	    " FROM alert_verdicts GROUP BY rule_id HAVING sum(n) > 0",
	    &st, why);

	while (e == OK && (e = db_step(st, &more, why)) == OK && more) {
		struct verdict_tally t = { .rule_id = db_str(st, 0) };

		for (int i = 0; i < VERDICT_COUNT; i++)
			t.n[i] = (uint64_t)db_int(st, 1 + i);
		e = fn(ctx, &t);
	}
	db_finalize(st);
	return e;
}

/* The address in a group: "client_ip=192.0.2.7, user_name=ann". */
static bool
address_of(struct str group, struct ip *ret)
{
	while (group.n != 0) {
		struct str part = str_trim(str_until(&group, ','));

		(void)str_until(&part, '=');
		if (ip_parse(part, ret))
			return true;
	}
	return false;
}

/* Leading bits that two addresses share. */
static unsigned
shared_bits(const struct ip *a, const struct ip *b)
{
	unsigned n = 0;

	while (n < 128 && (((a->b[n / 8] ^ b->b[n / 8]) >> (7 - n % 8)) & 1) == 0)
		n++;
	return n;
}

/*
 * The narrowest network that all false alerts are from and no true one; only
 * one that says something: /8 for IPv4, /16 for IPv6.
 */
static bool
common_network(const struct verdict_alert *all, size_t n, struct ip_net *ret)
{
	unsigned bits = 129;
	struct ip first, ip;

	for (size_t i = 0; i < n; i++) {
		if (all[i].verdict == VERDICT_TRUE)
			continue;
		if (!address_of(all[i].group, &ip))
			return false;
		if (bits == 129) {
			first = ip;
			bits = 128;
		}
		if (shared_bits(&first, &ip) < bits)
			bits = shared_bits(&first, &ip);
	}
	if (bits == 129 || bits < (ip_is_v4(&first) ? 96U + 8 : 16U))
		return false;
	for (size_t i = 0; i < n; i++)
		if (all[i].verdict == VERDICT_TRUE && address_of(all[i].group, &ip) &&
		    shared_bits(&first, &ip) >= bits)
			return false;
	*ret = (struct ip_net){ first, bits };
	for (unsigned i = bits; i < 128; i++)
		ret->ip.b[i / 8] &= (uint8_t) ~(1U << (7 - i % 8));
	return true;
}

static void
put_network(const struct ip_net *net, struct buf *to)
{
	char text[IP_TEXT_SIZE];

	buf_str(to, str_c(ip_text(&net->ip, text)));
	if (net->bits < 128)
		buf_printf(to, "/%u", ip_is_v4(&net->ip) ? net->bits - 96 : net->bits);
}

/* The group most false alerts are of, when no true one is. */
static bool
common_group(const struct verdict_alert *all, size_t n, struct str *ret, uint64_t *ret_n)
{
	*ret_n = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t same = 0;
		bool clean = all[i].group.n != 0;

		for (size_t k = 0; k < n && clean; k++) {
			if (!str_eq(all[i].group, all[k].group))
				continue;
			clean = all[k].verdict != VERDICT_TRUE;
			same++;
		}
		if (clean && same > *ret_n) {
			*ret = all[i].group;
			*ret_n = same;
		}
	}
	return *ret_n > 1;
}

struct sums {
	uint64_t n, kept, noise; /* noise: false and benign ones */
	uint64_t least_true, most_noise;
};

static struct sums
sum_up(const struct verdict_alert *all, size_t n)
{
	struct sums s = { .n = n, .least_true = UINT64_MAX };

	for (size_t i = 0; i < n; i++) {
		if (all[i].verdict == VERDICT_TRUE) {
			s.kept++;
			s.least_true = all[i].count < s.least_true ? all[i].count : s.least_true;
		} else {
			s.noise++;
			s.most_noise = all[i].count > s.most_noise ? all[i].count : s.most_noise;
		}
	}
	return s;
}

/* The lowest number of events that leaves out most of the noise and nothing that is true. */
static bool
put_threshold(const struct verdict_alert *all, size_t n, const struct sums *s, struct buf *to)
{
	uint64_t out = 0, at;

	if (s->kept == 0)
		return false;
	at = s->most_noise < s->least_true ? s->most_noise + 1 : s->least_true;
	for (size_t i = 0; i < n; i++)
		out += all[i].verdict != VERDICT_TRUE && all[i].count < at;
	if (2 * out <= s->noise)
		return false;
	buf_printf(to,
	    "a threshold of %" PRIu64 " events would have kept %s and left out %" PRIu64
	    " of the others",
	    at,
	    s->kept == 1   ? "the true one"
	    : s->kept == 2 ? "both true ones"
			   : "all true ones",
	    out);
	return true;
}

void
verdict_hint(const struct verdict_alert *all, size_t n, struct buf *to)
{
	struct sums s = sum_up(all, n);
	struct ip_net net;
	struct str group;
	uint64_t of_group;
	size_t before;

	if (n < VERDICT_HINT_LEAST || 2 * s.noise < n)
		return;
	buf_printf(to, "%" PRIu64 " of %" PRIu64 " verdicts are false or benign", s.noise, s.n);
	before = to->n;
	if (common_network(all, n, &net)) {
		buf_str(to, STR(", all from "));
		put_network(&net, to);
		buf_str(to, STR(": add a filter"));
	} else if (common_group(all, n, &group, &of_group) && 2 * of_group >= s.noise) {
		buf_printf(to, ", %" PRIu64 " of them of ", of_group);
		utf8_show(group, to);
		buf_str(to, STR(": add a filter"));
	}
	buf_str(to, to->n == before ? STR("; ") : STR("; or "));
	if (put_threshold(all, n, &s, to))
		return;
	to->n -= to->n == before + 2 ? 2 : 5;
	if (to->n == before && s.kept == 0)
		buf_str(to, STR(": switch the rule off, or lower its level"));
}

/* A verdict as a number, and texts that outlive the statement. */
struct gathered {
	VEC(struct verdict_alert) v;
	struct buf groups;
};

static enum err
gather(struct db_stmt *st, struct gathered *g, struct diag *why)
{
	bool more = false;
	enum err e;

	while ((e = db_step(st, &more, why)) == OK && more) {
		struct verdict_alert one = { .count = (uint64_t)db_int(st, 2) };
		struct str group = db_str(st, 1);

		if (!find_word(db_str(st, 0), &one.verdict))
			continue;
		one.group.n = group.n; /* its place is known when all are there */
		buf_str(&g->groups, group);
		VEC_PUSH(&g->v, one);
	}
	return e;
}

enum err
verdict_rule_hint(struct alerts *a, struct str rule_id, struct buf *to, struct diag *why)
{
	struct gathered g = { 0 };
	const char *p;
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "SELECT iif(status = 'resolved', reason, status), group_key, count FROM alerts"
	    " WHERE rule_id = ?1 AND demo = 0 AND (status = 'false_positive' OR"
	    " (status = 'resolved' AND reason IN ('true_positive', 'benign')))"
	    " ORDER BY last_ns DESC LIMIT ?2",
	    &st, why);

	if (e != OK)
		return e;
	buf_init(&g.groups, 0);
	db_bind_str(st, 1, rule_id);
	db_bind_int(st, 2, VERDICT_ALERTS_MAX);
	e = gather(st, &g, why);
	p = g.groups.p;
	for (size_t i = 0; i < g.v.n; i++) {
		g.v.p[i].group.p = p;
		p += g.v.p[i].group.n;
	}
	if (e == OK)
		verdict_hint(g.v.p, g.v.n, to);
	db_finalize(st);
	VEC_FINI(&g.v);
	buf_fini(&g.groups);
	return e;
}
