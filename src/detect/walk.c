/* Ids gone through in order: a few paths, each with where it is and its newest steps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/walk.h"

#include <stdlib.h>

#include "base/mem.h"
#include "detect/bytes.h"

#define DIGITS_MAX 18
#define SEEN 64

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
walk_id(struct str text, struct hash_key key, uint64_t *ret_space, int64_t *ret_id)
{
	size_t end = text.n, from;
	int64_t id = 0;

	while (end > 0 && !digit(text.p[end - 1]))
		end--;
	from = end;
	while (from > 0 && digit(text.p[from - 1]))
		from--;
	if (end == from || end - from > DIGITS_MAX)
		return false;
	for (size_t i = from; i < end; i++)
		id = 10 * id + (text.p[i] - '0');
	*ret_id = id;
	key.k0 = hash_str(key, (struct str){ text.p, from });
	*ret_space = hash_str(key, str_from(text, end));
	return true;
}

/* What an id is to a path. */
enum place { ELSEWHERE, REPEATED, BEHIND, AHEAD };

static enum place
place_of(const struct walk_path *p, const struct walk_shape *s, uint64_t space, int64_t id)
{
	int64_t step = (int64_t)s->step, d = id - p->at;

	if (p->space != space)
		return ELSEWHERE;
	if (d == 0)
		return REPEATED;
	if (p->way == 0)
		return d >= -step && d <= step ? AHEAD : ELSEWHERE;
	d *= p->way;
	if (d > 0)
		return d <= step ? AHEAD : ELSEWHERE;
	if (-d <= SEEN && (p->seen >> (-d - 1) & 1) != 0)
		return REPEATED;
	return -d <= step ? BEHIND : ELSEWHERE;
}

static void
remove_at(struct walk *w, uint32_t i)
{
	timeline_fini(&w->path[i].steps);
	memmove(w->path + i, w->path + i + 1, (w->n - i - 1) * sizeof(*w->path));
	w->n--;
}

static void
expire(struct walk *w, const struct walk_shape *s, int64_t t)
{
	for (uint32_t i = 0; i < w->n;)
		if (w->path[i].t <= t - s->timespan)
			remove_at(w, i);
		else
			i++;
}

/* A free path: when there is none the shortest, of several the one that stood still longest. */
static struct walk_path *
add_path(struct walk *w)
{
	uint32_t worst = 0;

	if (w->n == WALK_PATHS) {
		for (uint32_t i = 1; i < w->n; i++) {
			const struct walk_path *p = &w->path[i], *x = &w->path[worst];

			if (p->steps.n < x->steps.n || (p->steps.n == x->steps.n && p->t < x->t))
				worst = i;
		}
		timeline_fini(&w->path[worst].steps);
		w->path[worst] = (struct walk_path){ 0 };
		return &w->path[worst];
	}
	if (w->n == w->size) {
		w->size = w->size != 0 ? 2 * w->size : 2;
		w->path = mem_resize(w->path, w->size, sizeof(*w->path));
	}
	w->path[w->n] = (struct walk_path){ 0 };
	return &w->path[w->n++];
}

/* The longest path that the id belongs to, of several the nearest. */
static struct walk_path *
find(struct walk *w, const struct walk_shape *s, uint64_t space, int64_t id, enum place *ret)
{
	struct walk_path *best = NULL;

	*ret = ELSEWHERE;
	for (uint32_t i = 0; i < w->n; i++) {
		struct walk_path *p = &w->path[i];
		enum place place = place_of(p, s, space, id);

		if (place == REPEATED) {
			*ret = REPEATED;
			return p;
		}
		if (place == ELSEWHERE || (best != NULL && best->steps.n > p->steps.n) ||
		    (best != NULL && best->steps.n == p->steps.n &&
			llabs(best->at - id) <= llabs(p->at - id)))
			continue;
		best = p;
		*ret = place;
	}
	return best;
}

static void
advance(struct walk_path *p, int64_t id)
{
	int64_t d = id - p->at;

	if (p->way == 0)
		p->way = d > 0 ? 1 : -1;
	d *= p->way;
	p->seen = p->seen << d | (uint64_t)1 << (d - 1);
	p->at = id;
}

static bool
fires(const struct walk *w, const struct walk_shape *s, const struct walk_path *p)
{
	const struct timeline_item *oldest = timeline_at(&p->steps, 0);

	if (p->steps.n < s->threshold || oldest->t <= p->t - s->timespan)
		return false;
	return (double)p->steps.n >= s->share * (double)(w->events - oldest->a + 1);
}

static void
put_step(struct walk_path *p, const struct walk_shape *s, int64_t t, uint64_t seq, uint64_t nth,
    int64_t id)
{
	if (p->steps.n == s->threshold)
		timeline_drop(&p->steps, 1);
	(void)timeline_put(&p->steps, &(struct timeline_item){ t, seq, nth, (uint64_t)id });
}

const struct walk_path *
walk_add(struct walk *w, const struct walk_shape *s, int64_t t, uint64_t seq, uint64_t space,
    int64_t id)
{
	struct walk_path *p;
	enum place place;

	expire(w, s, t);
	p = find(w, s, space, id, &place);
	if (place == REPEATED)
		return NULL;
	w->events++;
	if (p == NULL) {
		p = add_path(w);
		p->space = space;
		p->at = id;
		p->t = t;
		p->seq = seq;
		p->nth = w->events;
		return NULL;
	}
	if (p->way == 0)
		put_step(p, s, p->t, p->seq, p->nth, p->at);
	if (place == AHEAD)
		advance(p, id);
	else
		p->seen |= (uint64_t)1 << ((p->at - id) * p->way - 1);
	p->t = t > p->t ? t : p->t;
	put_step(p, s, t, seq, w->events, id);
	return fires(w, s, p) ? p : NULL;
}

void
walk_fini(struct walk *w)
{
	while (w->n > 0)
		remove_at(w, w->n - 1);
	free(w->path);
	*w = (struct walk){ 0 };
}

size_t
walk_bytes(const struct walk *w)
{
	size_t n = w->n * sizeof(*w->path);

	for (uint32_t i = 0; i < w->n; i++)
		n += timeline_bytes(&w->path[i].steps);
	return n;
}

void
walk_save(const struct walk *w, struct buf *to)
{
	bytes_put(to, w->events, 8);
	bytes_put(to, w->n, 1);
	for (uint32_t i = 0; i < w->n; i++) {
		const struct walk_path *p = &w->path[i];

		bytes_put(to, p->space, 8);
		bytes_put(to, (uint64_t)p->at, 8);
		bytes_put(to, (uint64_t)p->t, 8);
		bytes_put(to, p->seen, 8);
		bytes_put(to, (uint64_t)(p->way + 1), 1);
		bytes_put(to, p->seq, 8);
		bytes_put(to, p->nth, 8);
		timeline_save(&p->steps, to);
	}
}

bool
walk_load(struct walk *w, const struct walk_shape *s, struct str *from)
{
	bool bad = false;
	uint64_t n, way;

	w->events = bytes_get(from, 8, &bad);
	n = bytes_get(from, 1, &bad);
	if (n > WALK_PATHS)
		return false;
	for (; n > 0 && !bad; n--) {
		struct walk_path *p = add_path(w);

		p->space = bytes_get(from, 8, &bad);
		p->at = (int64_t)bytes_get(from, 8, &bad);
		p->t = (int64_t)bytes_get(from, 8, &bad);
		p->seen = bytes_get(from, 8, &bad);
		way = bytes_get(from, 1, &bad);
		p->way = (int8_t)((int)way - 1);
		p->seq = bytes_get(from, 8, &bad);
		p->nth = bytes_get(from, 8, &bad);
		if (bad || way > 2 || p->at < 0 || !timeline_load(&p->steps, s->threshold, from) ||
		    (p->steps.n == 0) != (p->way == 0))
			return false;
	}
	return !bad;
}
