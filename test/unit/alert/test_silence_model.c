/* SPDX-License-Identifier: Apache-2.0 */
/* Silences against a plain evaluator that knows nothing of databases. */
#include "alert/silence.h"

#include <stdio.h>
#include <string.h>

#include "alert/channels.h"
#include "alert/outbox.h"
#include "fixture.h"
#include "random.h"

#define S ((int64_t)1000000000)
#define T0 ((int64_t)1780000000 * S)
#define SILENCES 5
#define ALERTS 24
#define STEPS 80

/* Everything is a small number; of sets, bits. */
struct facts {
	unsigned users, addresses, countries, tags;
};

struct model_silence {
	int rule, group, user, address, tag, at_most; /* -1: any */
	int64_t id, start, end;
	unsigned trips, max, worst, seen;
	struct facts knows;
	unsigned hits, events, pairs; /* pairs: bits of alerts it hid */
	unsigned held;                /* of these, those that wait for its end */
	bool ended, broken;
};

struct model_alert {
	bool there, told;
	unsigned rule, group, severity, count;
	struct facts f;
	int quiet; /* index of the silence; -1 */
};

struct model {
	struct model_silence s[SILENCES];
	unsigned n_s;
	struct model_alert a[ALERTS];
	int64_t now;
};

static const char *const severities[] = { "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO" };
static const char *const users[] = { "ann", "bob", "eve" };
static const char *const addresses[] = { "192.0.2.1", "198.51.100.1", "203.0.113.1" };
static const char *const networks[] = { "AS64500", "198.51.100.0/24", "AS64502" };
static const char *const countries[] = { "DE", "FR", "RU" };
static const char *const rules[] = { "rule-1", "rule-2" };
static const char *const groups[] = { "a=1", "b=2" };
static const char *const tags[] = { "attack.t1110", "attack.t1078, other" };
static const char *const one_tag[] = { "attack.t1110", "attack.t1078" };

static bool
fits(const struct model_silence *s, const struct model_alert *a)
{
	if (s->rule >= 0 && a->rule != (unsigned)s->rule)
		return false;
	if (s->group >= 0 && a->group != (unsigned)s->group)
		return false;
	if (s->user >= 0 && a->f.users != 1U << s->user)
		return false;
	if (s->address >= 0 && a->f.addresses != 1U << s->address)
		return false;
	if (s->tag >= 0 && a->f.tags != 1U << s->tag)
		return false;
	return s->at_most < 0 || a->severity >= (unsigned)s->at_most;
}

static bool
is_new(const struct model_silence *s, const struct model_alert *a)
{
	if (s->seen + s->hits == 0)
		return false;
	return ((s->trips >> SILENCE_USER & 1) != 0 && (a->f.users & ~s->knows.users) != 0) ||
	       ((s->trips >> SILENCE_NETWORK & 1) != 0 &&
		   (a->f.addresses & ~s->knows.addresses) != 0) ||
	       ((s->trips >> SILENCE_COUNTRY & 1) != 0 &&
		   (a->f.countries & ~s->knows.countries) != 0) ||
	       ((s->trips >> SILENCE_TAG & 1) != 0 && (a->f.tags & ~s->knows.tags) != 0) ||
	       ((s->trips >> SILENCE_SEVERITY & 1) != 0 && a->severity < s->worst);
}

static void
learn(struct model_silence *s, const struct model_alert *a)
{
	s->knows.users |= a->f.users;
	s->knows.addresses |= a->f.addresses;
	s->knows.countries |= a->f.countries;
	s->knows.tags |= a->f.tags;
}

static bool
holds(const struct model *m, const struct model_silence *s)
{
	return !s->ended && !s->broken && s->start <= m->now && m->now < s->end;
}

static void
hide(struct model *m, unsigned i, unsigned n, unsigned events)
{
	struct model_silence *s = &m->s[i];
	struct model_alert *a = &m->a[n];

	if (s->seen + s->hits == 0)
		learn(s, a);
	s->hits += (s->pairs >> n & 1) == 0;
	s->pairs |= 1U << n;
	s->held |= 1U << n;
	s->events += events;
	s->worst = a->severity < s->worst ? a->severity : s->worst;
	a->quiet = (int)i;
}

static void
tell_or_hide(struct model *m, unsigned n, unsigned events)
{
	struct model_alert *a = &m->a[n];
	int hides = -1;
	bool broke = false;

	for (unsigned i = 0; i < m->n_s; i++) {
		struct model_silence *s = &m->s[i];
		const bool already = a->quiet == (int)i;

		if (!holds(m, s) || (!fits(s, a) && !already))
			continue;
		if (is_new(s, a)) {
			s->broken = broke = true;
		} else if (fits(s, a)) {
			if (s->max != 0 && s->hits >= s->max && !already)
				s->ended = true;
			else if (hides < 0)
				hides = (int)i;
		}
	}
	if (!broke && hides >= 0) {
		hide(m, (unsigned)hides, n, events);
		return;
	}
	if (a->quiet >= 0)
		for (unsigned i = 0; i < m->n_s; i++)
			m->s[i].held &= ~(1U << n);
	a->quiet = -1;
	a->told = true;
}

static void
model_tick(struct model *m)
{
	for (unsigned i = 0; i < m->n_s; i++)
		m->s[i].ended |= m->s[i].end <= m->now;
	for (unsigned i = 0; i < m->n_s; i++)
		for (unsigned n = 0; n < ALERTS && !holds(m, &m->s[i]); n++) {
			if ((m->s[i].held >> n & 1) == 0)
				continue;
			m->s[i].held &= ~(1U << n);
			if (m->a[n].quiet == (int)i && m->a[n].severity <= ALERTS_HIGH)
				tell_or_hide(m, n, m->a[n].count);
		}
}

/* One finding, by the model and by the real thing. */
static void
happen(struct model *m, struct alerts *a, uint64_t *random)
{
	const unsigned n = (unsigned)random_below(random, ALERTS);
	const unsigned user = (unsigned)random_below(random, 8) / 3;
	const unsigned at = (unsigned)random_below(random, 8) / 3;
	const unsigned country = (unsigned)random_below(random, 8) / 3;
	const unsigned severity = 1 + (unsigned)random_below(random, 12) / 3;
	struct model_alert *x = &m->a[n];
	const bool is_first = !x->there, worse = x->there && severity < x->severity;
	char id[ALERTS_ID_SIZE];
	struct alerts_finding f;

	if (is_first)
		*x = (struct model_alert){ .there = true,
			.rule = (unsigned)random_below(random, 2),
			.group = (unsigned)random_below(random, 2),
			.severity = severity,
			.f.tags = 1U << random_below(random, 2),
			.quiet = -1 };
	x->severity = severity < x->severity ? severity : x->severity;
	x->f.users |= 1U << user;
	x->f.addresses |= 1U << at;
	x->f.countries |= 1U << country;
	x->count += is_first ? 10 : 1;
	if (is_first || worse || x->quiet >= 0)
		tell_or_hide(m, n, is_first ? 10 : 1);
	(void)snprintf(id, sizeof(id), "%08x000000000000000000000000", n);
	f = finding(id, 9);
	f.rule_id = str_c(rules[x->rule]);
	f.group = str_c(groups[x->group]);
	f.tags = str_c(tags[x->f.tags >> 1]);
	f.severity = str_c(severities[severity]);
	f.user = str_c(users[user]);
	f.address = str_c(addresses[at]);
	f.network = str_c(networks[at]);
	f.country = str_c(countries[country]);
	f.first = f.last = m->now;
	apply(a, &f, 1, 9, m->now);
}

static int
maybe(uint64_t *random, unsigned of)
{
	return random_below(random, 3) == 0 ? (int)random_below(random, of) : -1;
}

static struct str
text_of(const char *const *words, int i)
{
	return i >= 0 ? str_c(words[i]) : STR("");
}

static void
make(struct model *m, struct alerts *a, uint64_t *random)
{
	struct model_silence *s = &m->s[m->n_s];
	struct silence real = { .owner = STR("ann"), .reason = STR("why"), .note = STR("x") };
	struct diag why = { 0 };

	*s = (struct model_silence){ .rule = (int)random_below(random, 2),
		.group = maybe(random, 2),
		.user = maybe(random, 3),
		.address = maybe(random, 3),
		.tag = maybe(random, 2),
		.at_most = maybe(random, 5),
		.start = m->now + (int64_t)random_below(random, 3) * S,
		.trips = (unsigned)random_below(random, SILENCE_ALL_TRIPS + 1),
		.max = (unsigned)random_below(random, 3) * 2,
		.worst = 9 };
	s->end = s->start + (int64_t)(5 + random_below(random, 60)) * S;
	real.match = (struct silence_match){ .rule_id = text_of(rules, s->rule),
		.group = text_of(groups, s->group),
		.user = text_of(users, s->user),
		.net = text_of(addresses, s->address),
		.tag = text_of(one_tag, s->tag),
		.by_severity = s->at_most >= 0,
		.at_most = (enum alerts_severity)(s->at_most >= 0 ? s->at_most : 0) };
	real.start = s->start;
	real.end = s->end;
	real.trips = s->trips;
	real.max_hits = s->max;
	CHECK_OK(silence_add(a, &real, STR("ann"), m->now, &s->id, &why), why);
	for (unsigned n = 0; n < ALERTS; n++)
		if (m->a[n].there && fits(s, &m->a[n])) {
			learn(s, &m->a[n]);
			s->seen++;
			s->worst = m->a[n].severity < s->worst ? m->a[n].severity : s->worst;
		}
	m->n_s++;
}

static enum err
copy_quiet(void *ctx, const struct alerts_row *row)
{
	(void)str_to_c(row->quiet, ctx, SILENCE_QUIET_SIZE);
	return OK;
}

static enum err
copy_silence(void *ctx, const struct silence *s)
{
	*(struct silence *)ctx = *s;
	return OK;
}

static enum err
count_message(void *ctx, const struct outbox_row *row)
{
	(void)row;
	++*(unsigned *)ctx;
	return OK;
}

static void
compare_alert(struct alerts *a, const struct model *m, unsigned n)
{
	const struct model_alert *x = &m->a[n];
	struct outbox_filter of = { .alert_id = nth_id(n) };
	char quiet[SILENCE_QUIET_SIZE] = "", want[SILENCE_QUIET_SIZE] = "";
	unsigned messages = 0;
	struct diag why = { 0 };

	if (!x->there)
		return;
	if (x->quiet >= 0)
		(void)snprintf(want, sizeof(want), "silence:%lld", (long long)m->s[x->quiet].id);
	CHECK_OK(alerts_get(a, nth_id(n), copy_quiet, quiet, &why), why);
	CHECK_STR(quiet, want);
	CHECK_OK(outbox_list(a, &of, count_message, &messages, &why), why);
	CHECK_INT(messages, x->told);
}

static void
compare(struct alerts *a, const struct model *m)
{
	struct alerts_filter quiet = { .quiet = ALERTS_QUIET_ONLY };
	struct diag why = { 0 };
	uint64_t total = 0, silent = 0;

	for (unsigned n = 0; n < ALERTS; n++) {
		compare_alert(a, m, n);
		silent += m->a[n].there && m->a[n].quiet >= 0;
	}
	CHECK_OK(alerts_total(a, &quiet, &total, &why), why);
	CHECK_INT(total, silent);
	for (unsigned i = 0; i < m->n_s; i++) {
		const struct model_silence *s = &m->s[i];
		const struct alerts_filter hidden = { .silence = s->id };
		struct silence real = { 0 };

		CHECK_OK(silence_get(a, s->id, copy_silence, &real, &why), why);
		CHECK_INT(real.alerts, s->hits);
		CHECK_INT(real.events, s->events);
		CHECK_INT(real.broken != 0, s->broken);
		CHECK_INT(real.ended != 0, s->ended);
		CHECK_OK(alerts_total(a, &hidden, &total, &why), why);
		CHECK_INT(total, s->hits);
	}
}

static struct alerts *
open_told(void)
{
	const struct channel c = { .name = STR("desk"),
		.type = CHANNELS_WEBHOOK,
		.enabled = true,
		.min_severity = ALERTS_INFO,
		.origin = CHANNELS_PAGE,
		.url = STR("https://example.org/") };
	struct alerts *a = open_new();
	struct diag why = { 0 };

	CHECK_OK(channels_add(a, &c, 1, &why), why);
	return a;
}

TEST(as_a_plain_evaluator_says)
{
	uint64_t random = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(12); round++) {
		struct alerts *a = open_told();
		struct model m = { .now = T0 };

		for (unsigned step = 0; step < STEPS; step++) {
			size_t n = 0;
			struct diag why = { 0 };

			m.now += (int64_t)random_below(&random, 2) * S;
			if (m.n_s < SILENCES && random_below(&random, 6) == 0)
				make(&m, a, &random);
			happen(&m, a, &random);
			if (random_below(&random, 4) == 0) {
				CHECK_OK(silence_tick(a, m.now, &n, &why), why);
				model_tick(&m);
			}
			if (step % 8 == 7)
				compare(a, &m);
		}
		alerts_close(a);
		CHECK_INT(remove(fx_path), 0);
	}
}
