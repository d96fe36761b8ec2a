/* Correlation types: signals a second on one core by the number of live keys, bytes of a key. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "detect/state.h"

#define SIGNALS 1000000
#define PARTS 8 /* the best counts */

/* One rule of each type; what it has no use for is left out. */
static const struct sample {
	const char *type, *keys;
} samples[] = {
	{ "event_count", "rules: [r0]\n  timespan: 10m\n  condition: {gte: 20}" },
	{ "value_count", "rules: [r0]\n  timespan: 10m\n  condition: {field: user_name, gte: 20}" },
	{ "value_sum", "rules: [r0]\n  timespan: 10m\n  condition: {field: bytes_out, gt: 1e12}" },
	{ "value_avg", "rules: [r0]\n  timespan: 10m\n  condition: {field: bytes_out, gt: 1e9}" },
	{ "value_percentile", "rules: [r0]\n  timespan: 10m\n  condition: {field: bytes_out, "
			      "percentile: 95, gt: 1e9}" },
	{ "value_median",
	    "rules: [r0]\n  timespan: 10m\n  condition: {field: bytes_out, gt: 1e9}" },
	{ "temporal", "rules: [r0, r1, r2]\n  timespan: 10m" },
	{ "temporal_ordered", "rules: [r0, r1, r2]\n  timespan: 10m" },
	{ "ratio", "rules: [r0, r1]\n  part: r1\n  minimum: 50\n  timespan: 10m\n  condition: "
		   "{gte: 90%}" },
	{ "sustained", "rules: [r0]\n  timespan: 10m\n  condition: {field: bytes_out, gt: 1e9}" },
	{ "consecutive", "rules: [r0, r1]\n  reset: r1\n  timespan: 10m\n  condition: {gte: 50}" },
	{ "new_value",
	    "rules: [r0]\n  learn: 1000000\n  timespan: 90d\n  condition: {field: user_name}" },
	{ "off_hours", "rules: [r0]\n  learn: 1000000\n  timespan: 60d" },
	{ "concurrent_values",
	    "rules: [r0]\n  timespan: 15m\n  condition: {field: user_name, gt: 50}" },
	{ "sequence_walk",
	    "rules: [r0]\n  timespan: 10m\n  condition: {field: bytes_out, gte: 50}" },
	{ "absence", "rules: [r0]\n  timespan: 1h" },
	{ "geo_velocity", "rules: [r0]\n  condition: {gt: 800}" },
	{ "entity_risk", "rules: [r0]\n  condition: {gte: 99}" },
	{ "threat", "rules: [r0]\n  timespan: 1h\n  condition: {gte: 5}" },
	{ "deviation", "rules: [r0]\n  measure: count\n  interval: 5m\n  timespan: 14d\n"
		       "  condition: {gt: 3}" },
	{ "isolation_forest",
	    "rules: [r0]\n  interval: 1m\n  features: [requests]\n  train: 7d\n  learn: 2000" },
};

static void
ignore(void *ctx, const struct finding *f)
{
	(void)f;
	++*(uint64_t *)ctx;
}

static void
say(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	char text[500];

	(void)ctx;
	if (kind == RULESET_ERROR)
		fprintf(stderr, "%s\n", err_text(why, text, sizeof(text)));
}

static struct ruleset *
load(const struct sample *s)
{
	struct ruleset *rules = NULL;
	struct buf b = { 0 };
	struct diag why;

	for (unsigned i = 0; i < 3; i++)
		buf_printf(&b,
		    "title: R%u\nname: r%u\nlogsource: {category: webserver}\n"
		    "detection: {s: {method: 'm%u'}, condition: s}\n---\n",
		    i, i, i);
	buf_printf(&b, "title: C\ncorrelation:\n  type: %s\n  group-by: [client_ip]\n  %s\n",
	    s->type, s->keys);
	if (ruleset_read(s->type, buf_view(&b), say, NULL, &rules, &why) != OK)
		rules = NULL;
	buf_fini(&b);
	return rules;
}

/* Records are told to the engine as far ahead as it takes, as the detector does. */
struct event {
	struct rec r;
	char ip[16], user[16];
	uint64_t refs;
};

struct run {
	struct event ev[ENGINE_AHEAD + 1];
	size_t made, fed;
	uint64_t draw, seq;
	int64_t t, step;
};

/* Of this process: others may be busy. */
static int64_t
cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * CLOCK_S + ts.tv_nsec;
}

static uint64_t
next(uint64_t *s)
{
	uint64_t z = *s += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

/* An address of the key, without snprintf: it must not be what is measured. */
static void
put_hex(char *to, const char *head, size_t head_n, uint64_t v)
{
	memcpy(to, head, head_n);
	for (size_t i = 0; i < 6; i++)
		to[head_n + i] = "0123456789abcdef"[(v >> (20 - 4 * i)) & 15];
}

static void
make(struct engine *e, struct run *run, uint64_t key, const struct crule *rule, uint32_t number)
{
	struct event *ev = &run->ev[run->made++ % ARRAY_LEN(run->ev)];
	uint64_t draw = next(&run->draw);
	size_t n_refs = rule->corr->n_refs; /* of three, the last never comes: nothing fires */
	struct rec *r = &ev->r;

	put_hex(ev->ip, "fd00::", 6, key);
	put_hex(ev->user, "user-", 5, draw % 5);
	r->v[F_BYTES_OUT].i = (int64_t)(draw >> 20) % 100000;
	r->v[F_TIMESTAMP].i = run->t + (draw % 100 == 0 ? -(int64_t)(draw % (20 * CLOCK_S)) : 0);
	r->seq = ++run->seq;
	run->t += run->step;
	ev->refs = (uint64_t)1 << (draw >> 50) % (n_refs > 2 ? n_refs - 1 : n_refs + (n_refs == 0));
	engine_signal_ahead(e, number, r);
}

/* Makes one, and feeds the one that was made a few before. */
static void
signal(struct engine *e, struct run *run, uint64_t key, const struct crule *rule, uint32_t number,
    uint64_t *findings)
{
	struct event *ev;

	make(e, run, key, rule, number);
	if (run->made - run->fed < ENGINE_AHEAD)
		return;
	ev = &run->ev[run->fed++ % ARRAY_LEN(run->ev)];
	if (rule->corr->any)
		engine_signal(e, 0, 1, &ev->r, ignore, findings);
	else
		engine_signal(e, number, ev->refs, &ev->r, ignore, findings);
}

static void
begin(struct run *run, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(run->ev); i++) {
		struct event *ev = &run->ev[i];

		rec_init(&ev->r, a);
		rec_set_int(&ev->r, F_TIMESTAMP, run->t);
		rec_set_str(&ev->r, F_CLIENT_IP, (struct str){ ev->ip, 12 });
		rec_set_str(&ev->r, F_USER_NAME, (struct str){ ev->user, 11 });
		rec_set_str(&ev->r, F_METHOD, STR("m0"));
		rec_set_int(&ev->r, F_BYTES_OUT, 0);
		rec_set_float(&ev->r, F_GEO_LAT, 52.5);
		rec_set_float(&ev->r, F_GEO_LON, 13.4);
	}
}

static void
measure(const struct sample *s, const struct ruleset *rules, size_t keys)
{
	uint32_t number = (uint32_t)ruleset_len(rules) - 1;
	const struct crule *rule = &rules->rule.p[number];
	struct engine *e = engine_new(rules,
	    &(struct engine_opts){
		.keys_max = keys + 1, .lateness = 30 * CLOCK_S, .bytes_max = (size_t)16 << 30 });
	/* Eight events of each key in ten minutes, however many keys there are. */
	struct run run = { .t = (int64_t)1779012000 * CLOCK_S,
		.step = 600 * CLOCK_S / (8 * (int64_t)keys) };
	struct arena *a = arena_new(1U << 20);
	struct engine_stats stats;
	uint64_t findings = 0, n;
	int64_t start, best = INT64_MAX;

	begin(&run, a);
	for (n = 0; n < keys; n++)
		signal(e, &run, n, rule, number, &findings);
	for (n = 0; n < 8 * keys && n < SIGNALS; n++)
		signal(e, &run, next(&run.draw) % keys, rule, number, &findings);
	for (unsigned part = 0; part < PARTS; part++) {
		start = cpu();
		for (n = 0; n < SIGNALS / PARTS; n++)
			signal(e, &run, next(&run.draw) % keys, rule, number, &findings);
		start = cpu() - start;
		best = start < best ? start : best;
	}
	engine_stats(e, &stats);
	printf("corr %-18s %8zu keys %6.0f ns %10.0f signals/s %6.0f bytes/key, %llu findings\n",
	    s->type, keys, (double)best * PARTS / SIGNALS, SIGNALS * 1e9 / (double)best / PARTS,
	    (double)stats.bytes / (double)stats.keys, (unsigned long long)findings);
	fflush(stdout);
	engine_free(e);
	arena_free(a);
}

/* What a restart costs. */
static void
measure_state(const struct ruleset *rules, size_t keys)
{
	const struct engine_opts opts = { .keys_max = keys, .lateness = 30 * CLOCK_S };
	struct engine *e = engine_new(rules, &opts), *other = engine_new(rules, &opts);
	uint32_t number = (uint32_t)ruleset_len(rules) - 1;
	struct run run = { .t = (int64_t)1779012000 * CLOCK_S, .step = 1000 };
	struct arena *a = arena_new(1U << 20);
	struct buf b = { 0 };
	uint64_t findings = 0;
	struct diag why;
	int64_t t[3];

	begin(&run, a);
	for (uint64_t n = 0; n < keys; n++)
		signal(e, &run, n, &rules->rule.p[number], number, &findings);
	buf_init(&b, (size_t)4 << 30);
	t[0] = cpu();
	engine_save(e, &b);
	t[1] = cpu();
	if (engine_load(other, buf_view(&b), &why) != OK)
		printf("state: %s\n", why.text);
	t[2] = cpu();
	printf("corr state of %zu keys: %.0f MB, saved in %.0f ms, loaded in %.0f ms\n", keys,
	    (double)b.n / 1e6, (double)(t[1] - t[0]) / 1e6, (double)(t[2] - t[1]) / 1e6);
	buf_fini(&b);
	engine_free(e);
	engine_free(other);
	arena_free(a);
}

int
main(int argc, char **argv)
{
	static const size_t sizes[] = { 1000, 10000, 100000, 1000000 };

	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		struct ruleset *rules;

		if (argc > 1 && strcmp(argv[1], samples[i].type) != 0)
			continue;
		rules = load(&samples[i]);
		if (rules == NULL || ruleset_len(rules) != 4) {
			ruleset_free(rules);
			continue;
		}
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
			measure(&samples[i], rules, sizes[k]);
		if (i == 0)
			measure_state(rules, 1000000);
		ruleset_free(rules);
	}
	return 0;
}
