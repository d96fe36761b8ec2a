/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-overs by the clock on the wall; restrictions; overrides. */
#include "oncall/rota.h"

#include "base/clock.h"
#include "oncall/civil.h"

#define AHEAD 8 /* days in which a restriction surely begins or ends */
#define NEXT_MAX ((int64_t)60 * CIVIL_DAY * CLOCK_S)

/* The k-th hand-over of a layer. */
static int64_t
hand_over(const struct book_rota *r, const struct book_layer *l, int64_t k)
{
	const int64_t days = k / l->per_day * l->every;
	const int64_t part = k % l->per_day * (CIVIL_DAY / l->per_day);

	return civil_instant(r->zone, l->start + days, l->at + part);
}

/* The last hand-over at or before `now`; -1 before the first. */
static int64_t
turn_at(const struct book_rota *r, const struct book_layer *l, int64_t now)
{
	const int64_t day = civil_wall(r->zone, now) / CIVIL_DAY;
	int64_t k = (day - l->start) / l->every * l->per_day + l->per_day;

	if (now < hand_over(r, l, 0))
		return -1;
	if (k < 0)
		k = 0;
	while (hand_over(r, l, k) <= now)
		k++;
	while (k > 0 && hand_over(r, l, k) > now)
		k--;
	return k;
}

static int64_t
window_end(const struct book_window *w)
{
	return w->to > w->from ? w->to : w->to + CIVIL_DAY;
}

/* Is one of the windows open?  One of yesterday may last. */
static bool
is_open(const struct book_rota *r, const struct book_layer *l, int64_t now)
{
	const int64_t today = civil_wall(r->zone, now) / CIVIL_DAY;

	for (size_t i = 0; i < l->n_windows; i++) {
		const struct book_window *w = &l->windows[i];

		for (int64_t day = today - 1; day <= today; day++)
			if ((w->days >> civil_weekday(day) & 1) != 0 &&
			    civil_instant(r->zone, day, w->from) <= now &&
			    now < civil_instant(r->zone, day, window_end(w)))
				return true;
	}
	return l->n_windows == 0;
}

static size_t
of_layers(const struct book_rota *r, int64_t now)
{
	for (size_t i = r->n; i-- > 0;) {
		const struct book_layer *l = &r->layers[i];
		const int64_t turn = turn_at(r, l, now);

		if (turn >= 0 && is_open(r, l, now))
			return l->members[(size_t)turn % l->n];
	}
	return ROTA_NOBODY;
}

static bool
of_overrides(const struct book_override *o, size_t n, size_t rota, int64_t now, size_t *ret)
{
	for (size_t i = n; i-- > 0;)
		if (o[i].rota == rota && o[i].from <= now && now < o[i].to) {
			*ret = o[i].person;
			return true;
		}
	return false;
}

size_t
rota_at(const struct rota_case *c, int64_t now)
{
	const size_t rota = (size_t)(c->rota - c->book->rotas);
	size_t person;

	if (of_overrides(c->overrides, c->n, rota, now, &person) ||
	    of_overrides(c->book->overrides, c->book->n_overrides, rota, now, &person))
		return person;
	return of_layers(c->rota, now);
}

static int64_t
sooner(int64_t best, int64_t at, int64_t now)
{
	return at > now && at < best ? at : best;
}

static int64_t
edge_of_layer(const struct book_rota *r, const struct book_layer *l, int64_t now)
{
	const int64_t today = civil_wall(r->zone, now) / CIVIL_DAY;
	int64_t best = INT64_MAX, k = turn_at(r, l, now) + 1;

	while (hand_over(r, l, k) <= now)
		k++;
	best = sooner(best, hand_over(r, l, k), now);
	for (size_t i = 0; i < l->n_windows; i++)
		for (int64_t day = today - 1; day <= today + AHEAD; day++) {
			if ((l->windows[i].days >> civil_weekday(day) & 1) == 0)
				continue;
			best = sooner(best, civil_instant(r->zone, day, l->windows[i].from), now);
			best = sooner(best, civil_instant(r->zone, day, window_end(&l->windows[i])),
			    now);
		}
	return best;
}

static int64_t
edge_of_overrides(const struct book_override *o, size_t n, size_t rota, int64_t now)
{
	int64_t best = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		if (o[i].rota != rota)
			continue;
		best = sooner(best, o[i].from, now);
		best = sooner(best, o[i].to, now);
	}
	return best;
}

int64_t
rota_edge(const struct rota_case *c, int64_t now)
{
	const size_t rota = (size_t)(c->rota - c->book->rotas);
	int64_t best = edge_of_overrides(c->overrides, c->n, rota, now);

	best = sooner(best, edge_of_overrides(c->book->overrides, c->book->n_overrides, rota, now),
	    now);
	for (size_t i = 0; i < c->rota->n; i++)
		best = sooner(best, edge_of_layer(c->rota, &c->rota->layers[i], now), now);
	return best;
}

enum err
rota_schedule(const struct rota_case *c, int64_t from, int64_t to, rota_fn fn, void *ctx)
{
	struct rota_shift s = { .person = rota_at(c, from), .from = from };
	enum err e = OK;

	while (s.from < to && e == OK) {
		s.to = s.from;
		do
			s.to = rota_edge(c, s.to);
		while (s.to < to && rota_at(c, s.to) == s.person);
		if (s.to > to)
			s.to = to;
		e = fn(ctx, &s);
		s.from = s.to;
		s.person = rota_at(c, s.from);
	}
	return e;
}

bool
rota_next(const struct rota_case *c, int64_t now, struct rota_shift *ret)
{
	const size_t person = rota_at(c, now);
	int64_t at = now;

	do
		at = rota_edge(c, at);
	while (at < now + NEXT_MAX && (rota_at(c, at) == person || rota_at(c, at) == ROTA_NOBODY));
	if (at >= now + NEXT_MAX)
		return false;
	ret->person = rota_at(c, at);
	ret->from = ret->to = at;
	do
		ret->to = rota_edge(c, ret->to);
	while (ret->to < now + 2 * NEXT_MAX && rota_at(c, ret->to) == ret->person);
	return true;
}
