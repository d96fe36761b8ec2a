/* Who is on call, against a plain evaluator that goes minute by minute, around changes of DST. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "oncall/rota.h"

#include <time.h>

#include "base/clock.h"
#include "oncall/civil.h"
#include "random.h"
#include "test.h"

#define DAYS 9
#define BEFORE 3 /* days that are only lived through */

/* What the C library's clock on the wall shows, and the furthest it ever did. */
struct plain {
	int64_t now, furthest;
};

static void
tick(struct plain *p, int64_t s)
{
	time_t t = (time_t)s;
	struct tm tm;
	int64_t wall;

	(void)localtime_r(&t, &tm);
	wall = (int64_t)timegm(&tm);
	p->now = s;
	if (wall > p->furthest)
		p->furthest = wall;
}

static bool
plain_open(const struct plain *p, const struct book_layer *l)
{
	const int64_t today = p->furthest / CIVIL_DAY;

	if (l->n_windows == 0)
		return true;
	for (size_t i = 0; i < l->n_windows; i++)
		for (int64_t d = today - 1; d <= today; d++) {
			const struct book_window *w = &l->windows[i];
			const int64_t from = d * CIVIL_DAY + w->from;
			const int64_t to =
			    (w->to > w->from ? d : d + 1) * (int64_t)CIVIL_DAY + w->to;

			if ((w->days >> ((d + 4) % 7) & 1) != 0 && p->furthest >= from &&
			    p->furthest < to)
				return true;
		}
	return false;
}

static size_t
plain_who(const struct plain *p, const struct rota_case *c)
{
	for (size_t i = c->n; i-- > 0;)
		if (c->overrides[i].from <= p->now * CLOCK_S &&
		    p->now * CLOCK_S < c->overrides[i].to)
			return c->overrides[i].person;
	for (size_t i = c->rota->n; i-- > 0;) {
		const struct book_layer *l = &c->rota->layers[i];
		int64_t turns = 0, at = l->start * CIVIL_DAY + l->at;

		for (; at <= p->furthest; turns++)
			at +=
			    l->per_day > 1 ? CIVIL_DAY / l->per_day : (int64_t)l->every * CIVIL_DAY;
		if (turns > 0 && plain_open(p, l))
			return l->members[(size_t)(turns - 1) % l->n];
	}
	return ROTA_NOBODY;
}

static void
random_layer(uint64_t *rnd, struct book_layer *l, int64_t day)
{
	static const unsigned per_day[] = { 1, 1, 2, 3, 4, 6, 24 }, every[] = { 1, 2, 3, 7, 14 };

	*l = (struct book_layer){ .n = 1 + random_below(rnd, 4), .every = 1 };
	for (size_t i = 0; i < l->n; i++)
		l->members[i] = random_below(rnd, 5);
	l->start = day - (int64_t)random_below(rnd, 40) + 3;
	l->at = (int32_t)random_below(rnd, 48) * 1800;
	l->per_day = per_day[random_below(rnd, ARRAY_LEN(per_day))];
	if (l->per_day == 1)
		l->every = every[random_below(rnd, ARRAY_LEN(every))];
	l->n_windows = random_below(rnd, 3);
	for (size_t i = 0; i < l->n_windows; i++)
		l->windows[i] = (struct book_window){
			1U << random_below(rnd, 7) | (unsigned)random_next(rnd) % 128,
			(int32_t)random_below(rnd, 49) * 1800, (int32_t)random_below(rnd, 49) * 1800
		};
}

struct shifts {
	struct rota_shift s[2000];
	size_t n;
	int64_t from;
};

static enum err
on_shift(void *ctx, const struct rota_shift *s)
{
	struct shifts *all = ctx;

	CHECK_INT(s->from, all->n != 0 ? all->s[all->n - 1].to : all->from);
	CHECK(s->to > s->from);
	CHECK(all->n == 0 || all->s[all->n - 1].person != s->person);
	CHECK(all->n < ARRAY_LEN(all->s));
	all->s[all->n++] = *s;
	return OK;
}

static void
compare(struct rota_case *c, int64_t day)
{
	static struct shifts all;
	struct plain p = { .furthest = INT64_MIN };
	const int64_t from = day * CIVIL_DAY, to = (day + DAYS) * CIVIL_DAY;
	size_t at = 0;

	all.n = 0;
	all.from = from * CLOCK_S;
	CHECK_INT(rota_schedule(c, from * CLOCK_S, to * CLOCK_S, on_shift, &all), OK);
	CHECK_INT(all.s[all.n - 1].to, to * CLOCK_S);
	for (int64_t s = from - BEFORE * CIVIL_DAY; s < to; s += 60) {
		tick(&p, s);
		if (s < from)
			continue;
		while (all.s[at].to <= s * CLOCK_S)
			at++;
		if (all.s[at].person != plain_who(&p, c))
			test_fail(TEST_AT(compare), "minute %lld: %zd, want %zd",
			    (long long)(s - from) / 60, (ptrdiff_t)all.s[at].person,
			    (ptrdiff_t)plain_who(&p, c));
		if (s % 3540 == 0)
			CHECK_INT((intmax_t)rota_at(c, s * CLOCK_S), (intmax_t)all.s[at].person);
	}
}

TEST(like_the_plain_evaluator)
{
	static const struct {
		const char *zone;
		int64_t year;
		unsigned month, day; /* the clocks change in the days behind it, or not */
	} rows[] = { { "Europe/Berlin", 2026, 3, 25 }, { "Europe/Berlin", 2026, 10, 21 },
		{ "America/New_York", 2026, 3, 4 }, { "America/New_York", 2026, 10, 28 },
		{ "Australia/Lord_Howe", 2026, 10, 1 }, { "Australia/Lord_Howe", 2026, 4, 1 },
		{ "America/St_Johns", 2026, 10, 30 }, { "Asia/Kolkata", 2026, 6, 1 },
		{ "UTC", 2028, 2, 26 }, { "Pacific/Chatham", 2026, 9, 24 } };
	uint64_t rnd = random_start(test_seed());
	unsigned seen = 0;

	for (unsigned round = 0; round < test_rounds(60); round++) {
		const size_t i = round % ARRAY_LEN(rows);
		const int64_t day = clock_days(rows[i].year, rows[i].month, rows[i].day);
		struct book_layer layers[3];
		struct book_rota rota = { .layers = layers, .n = 1 + random_below(&rnd, 3) };
		struct book book = { .rotas = &rota, .n_rotas = 1 };
		struct book_override over[3];
		struct rota_case c = { &book, &rota, over, random_below(&rnd, 4) };
		struct diag why = { 0 };
		struct zone z;

		if (zone_find(str_c(rows[i].zone), &z, &why) == FAIL_NOT_FOUND)
			continue;
		seen++;
		setenv("TZ", rows[i].zone, 1);
		tzset();
		rota.zone = &z;
		for (size_t k = 0; k < rota.n; k++)
			random_layer(&rnd, &layers[k], day);
		for (size_t k = 0; k < c.n; k++) {
			over[k] = (struct book_override){ .person = 5 + k,
				.from = (day * 24 + (int64_t)random_below(&rnd, 200)) * 3600 *
					CLOCK_S };
			over[k].to =
			    over[k].from + (int64_t)random_below(&rnd, 40) * 1800 * CLOCK_S;
		}
		compare(&c, day);
	}
	if (seen < 2)
		TEST_SKIP("no tz database on this machine");
}

static const char text[] =
    "people:\n"
    "  - {name: ana, contacts: [{channel: sms}]}\n"
    "  - {name: ben, contacts: [{channel: sms}]}\n"
    "rotas:\n"
    "  - name: first\n"
    "    zone: CET-1CEST,M3.5.0,M10.5.0/3\n"
    "    layers:\n"
    "      - {members: [ana, ben], start: 2026-03-23, every: 1d, at: \"09:00\"}\n";

/* 2026-03-29 has 23 hours there: the hand-over stays at nine. */
TEST(hand_over_across_the_change)
{
	const struct book_text t = { str_c(text), "oncall.yml" };
	struct rota_shift next;
	struct rota_case c = { 0 };
	struct diag why = { 0 };
	struct book *b;
	int64_t at;

	CHECK_OK(book_read(&t, 1, &b, &why), why);
	c.book = b;
	c.rota = &b->rotas[0];
	at = (clock_days(2026, 3, 28) * 24 + 8) * 3600 * CLOCK_S; /* 09:00 of the 28th */
	CHECK_INT((intmax_t)rota_at(&c, at - 1), 0);
	CHECK_INT((intmax_t)rota_at(&c, at), 1);
	CHECK_INT(rota_edge(&c, at), at + 23 * 3600 * CLOCK_S);
	CHECK(rota_next(&c, at, &next));
	CHECK_INT((intmax_t)next.person, 0);
	CHECK_INT(next.from, at + 23 * 3600 * CLOCK_S);
	CHECK_INT(next.to - next.from, 24 * 3600 * CLOCK_S);
	/* Before the first hand-over: nobody. */
	CHECK_INT((intmax_t)rota_at(&c, clock_days(2026, 3, 23) * 86400 * CLOCK_S),
	    (intmax_t)ROTA_NOBODY);
	book_free(b);
}

TEST(nobody_else)
{
	static const char one[] = "people: [{name: ana, contacts: [{channel: sms}]}]\n"
				  "rotas: [{name: first, layers: [{members: [ana]}]}]\n";
	const struct book_text t = { str_c(one), "oncall.yml" };
	struct rota_case c = { 0 };
	struct rota_shift next;
	struct diag why = { 0 };
	struct book *b;

	CHECK_OK(book_read(&t, 1, &b, &why), why);
	c.book = b;
	c.rota = &b->rotas[0];
	CHECK(!rota_next(&c, clock_days(2026, 3, 23) * 86400 * CLOCK_S, &next));
	book_free(b);
}
