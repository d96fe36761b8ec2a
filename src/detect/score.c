/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of entities: adding, fading, joining. */
#include "detect/score.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "detect/bytes.h"

static const struct weight {
	const char *severity;
	double points, ceiling;
} weights[] = {
	{ "INFO", 1, 2 },
	{ "LOW", 10, 15 },
	{ "MEDIUM", 25, 35 },
	{ "HIGH", 45, 60 },
	{ "CRITICAL", 70, 90 },
};

void
score_fini(struct score *s)
{
	free(s->parts);
	*s = (struct score){ 0 };
}

static const struct weight *
weight_of(const char *severity)
{
	for (size_t i = 0; i < ARRAY_LEN(weights); i++)
		if (strcmp(weights[i].severity, severity) == 0)
			return &weights[i];
	return &weights[0];
}

/* What is left after so long. */
static double
faded(int64_t ns, int64_t half_life)
{
	return ns <= 0 ? 1 : exp2(-(double)ns / (double)half_life);
}

static double
join(const struct score *s, double factor)
{
	double doubt = 1;

	for (size_t i = 0; i < s->n; i++)
		doubt *= 1 - s->parts[i].points * factor / 100;
	return 100 * (1 - doubt);
}

double
score_at(const struct score *s, int64_t t, int64_t half_life)
{
	return join(s, faded(t - s->t, half_life));
}

static struct score_part *
find_part(const struct score *s, struct str id)
{
	char cut[SCORE_ID];

	(void)str_to_c(id, cut, sizeof(cut));
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->parts[i].id, cut) == 0)
			return &s->parts[i];
	return NULL;
}

static struct score_part *
new_part(struct score *s)
{
	struct score_part *least;

	if (s->n < SCORE_PARTS) {
		if (s->n == s->size) {
			s->size = (uint8_t)(s->size == 0 ? 2 : 2 * s->size);
			s->parts = mem_resize(s->parts, s->size, sizeof(*s->parts));
		}
		return &s->parts[s->n++];
	}
	least = &s->parts[0];
	for (size_t i = 1; i < s->n; i++)
		if (s->parts[i].points < least->points)
			least = &s->parts[i];
	return least;
}

static struct score_part *
part_of(struct score *s, const struct score_event *ev)
{
	struct score_part *p = find_part(s, ev->id);

	if (p != NULL)
		return p;
	p = new_part(s);
	*p = (struct score_part){ .first = ev->t, .last = ev->t };
	(void)str_to_c(ev->id, p->id, sizeof(p->id));
	(void)str_to_c(ev->title, p->title, sizeof(p->title));
	return p;
}

/* Everything stands at t from now on. */
static void
fade(struct score *s, int64_t t, int64_t half_life)
{
	double left = faded(t - s->t, half_life);

	for (size_t i = 0; i < s->n; i++)
		s->parts[i].points *= left;
	s->t = t;
}

double
score_add(struct score *s, const struct score_event *ev, int64_t half_life)
{
	const struct weight *w = weight_of(ev->severity);
	struct score_part *p;
	double sure = ev->confidence == 0 || ev->confidence > 100 ? 1 : ev->confidence / 100.0;
	double more;

	if (s->n == 0 || ev->t > s->t)
		fade(s, ev->t, half_life);
	p = part_of(s, ev);
	more = w->points * sure * faded(s->t - ev->t, half_life) * (1 - p->points / w->ceiling);
	p->points += more > 0 ? more : 0;
	p->n++;
	if (ev->t >= p->last)
		p->seq = ev->seq;
	p->first = ev->t < p->first ? ev->t : p->first;
	p->last = ev->t > p->last ? ev->t : p->last;
	return join(s, 1);
}

void
score_order(const struct score *s, uint8_t order[SCORE_PARTS])
{
	for (uint8_t i = 0; i < s->n; i++) {
		uint8_t at = i;

		while (at > 0 && s->parts[order[at - 1]].points < s->parts[i].points) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = i;
	}
}

void
score_put_details(const struct score *s, double score, int64_t half_life, struct buf *to)
{
	auto_buf struct buf object = { 0 };
	uint8_t order[SCORE_PARTS];
	struct jsonw w;

	score_order(s, order);
	buf_init(&object, 0);
	jsonw_init(&w, &object);
	jsonw_obj(&w);
	jsonw_kint(&w, "score", (int64_t)round(score));
	jsonw_kint(&w, "half_life_s", half_life / CLOCK_S);
	jsonw_key(&w, STR("detections"));
	jsonw_arr(&w);
	for (size_t i = 0; i < s->n; i++) {
		const struct score_part *p = &s->parts[order[i]];

		jsonw_obj(&w);
		jsonw_kstr(&w, "rule_id", str_c(p->id));
		jsonw_kstr(&w, "title", str_c(p->title));
		jsonw_kint(&w, "count", (int64_t)p->n);
		jsonw_kint(&w, "points", (int64_t)round(p->points));
		jsonw_ktime(&w, "first", p->first);
		jsonw_ktime(&w, "last", p->last);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
	buf_byte(to, ',');
	buf_put(to, object.p + 1, object.n - 2); /* without the braces */
}

void
score_save(const struct score *s, struct buf *to)
{
	bytes_put(to, (uint64_t)s->t, 8);
	bytes_put(to, s->n, 1);
	for (size_t i = 0; i < s->n; i++) {
		const struct score_part *p = &s->parts[i];

		buf_put(to, p->id, sizeof(p->id));
		buf_put(to, p->title, sizeof(p->title));
		bytes_put_double(to, p->points);
		bytes_put(to, p->n, 8);
		bytes_put(to, p->seq, 8);
		bytes_put(to, (uint64_t)p->first, 8);
		bytes_put(to, (uint64_t)p->last, 8);
	}
}

bool
score_load(struct score *s, struct str *from)
{
	bool bad = false;

	s->t = (int64_t)bytes_get(from, 8, &bad);
	s->n = s->size = (uint8_t)bytes_get(from, 1, &bad);
	bad |= s->n > SCORE_PARTS;
	s->parts = bad || s->n == 0 ? NULL : mem_zalloc(s->n * sizeof(*s->parts));
	for (size_t i = 0; !bad && i < s->n; i++) {
		struct score_part *p = &s->parts[i];

		bytes_get_text(from, p->id, sizeof(p->id), &bad);
		bytes_get_text(from, p->title, sizeof(p->title), &bad);
		p->points = bytes_get_double(from, &bad);
		bad |= !(p->points >= 0 && p->points <= 100);
		p->n = bytes_get(from, 8, &bad);
		p->seq = bytes_get(from, 8, &bad);
		p->first = (int64_t)bytes_get(from, 8, &bad);
		p->last = (int64_t)bytes_get(from, 8, &bad);
	}
	if (bad)
		score_fini(s);
	return !bad;
}
