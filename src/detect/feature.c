/* Features of an interval of a key: read from a rule, gathered, as numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_type_isolation_forest.c */
#include "detect/feature.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "detect/bytes.h"
#include "detect/disc.h"
#include "detect/link.h"
#include "detect/pool.h"

#define LARGEST 1e150

/* ---- the rule ---- */

static const struct word {
	const char *word;
	enum feature_kind kind;
	bool named; /* a field or rule follows */
} words[] = {
	{ "requests", FEATURE_REQUESTS, false },
	{ "distinct", FEATURE_DISTINCT, true },
	{ "mean", FEATURE_MEAN, true },
	{ "sum", FEATURE_SUM, true },
	{ "max", FEATURE_MAXIMUM, true },
	{ "share", FEATURE_SHARE, true },
	{ "distance", FEATURE_DISTANCE, false },
};

static enum err
read_share(const struct ctype_reader *rd, const struct ydoc *v, struct str rule, uint32_t *ret,
    struct diag *why)
{
	for (uint32_t i = 0; i < rd->corr->n_refs; i++)
		if (str_eq(rule, rd->corr->ref[i])) {
			*ret = i;
			return OK;
		}
	return ctype_fail(rd, v, why, "'share' is of one of the rules that 'rules' names");
}

static enum err
read_one(const struct ctype_reader *rd, const struct ydoc *v, struct feature *ret, struct diag *why)
{
	struct ydoc rest = *v;
	size_t n = 0;

	if (v->kind != YDOC_SCALAR)
		return ctype_fail(rd, v, why, "a feature is a text like 'mean duration_ms'");
	while (n < v->text.n && v->text.p[n] != ' ')
		n++;
	rest.text = str_from(v->text, n < v->text.n ? n + 1 : n);
	rest.next = NULL;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_eq((struct str){ v->text.p, n }, str_c(words[i].word)) ||
		    words[i].named != (rest.text.n > 0))
			continue;
		ret->kind = words[i].kind;
		ret->name = v->text;
		if (ret->kind == FEATURE_SHARE)
			return read_share(rd, v, rest.text, &ret->ref, why);
		return words[i].named ? link_fields(rd, &rest, &ret->field, why) : OK;
	}
	return ctype_fail(rd, v, why,
	    "a feature is requests, distance, distinct FIELD, mean FIELD, sum FIELD, max FIELD "
	    "or share RULE");
}

enum err
feature_read(const struct ctype_reader *rd, const char *key, struct features *ret, struct diag *why)
{
	const struct ydoc *v = ctype_key(rd, key);
	enum err e;

	if (v == NULL || v->kind != YDOC_LIST || v->n == 0 || v->n > FEATURE_MAX)
		return ctype_fail(rd, v, why, "%s is a list of 1 to %d features", key, FEATURE_MAX);
	for (const struct ydoc *m = v->first; m != NULL; m = m->next) {
		if ((e = read_one(rd, m, &ret->f[ret->n], why)) != OK)
			return e;
		for (size_t i = 0; i < ret->n; i++)
			if (str_eq(ret->f[i].name, ret->f[ret->n].name))
				return ctype_fail(rd, m, why, "this feature is there already");
		/* The document goes, the rule stays. */
		ret->f[ret->n].name = pool_str(rd->arena, ret->f[ret->n].name);
		ret->n++;
	}
	return OK;
}

/* ---- gathering ---- */

static void
direction(const struct disc *d, double ret[3])
{
	const double lat = d->lat * M_PI / 180, lon = d->lon * M_PI / 180;

	ret[0] = cos(lat) * cos(lon);
	ret[1] = cos(lat) * sin(lon);
	ret[2] = sin(lat);
}

static double
far_from(const struct feature_place *usual, const struct disc *d)
{
	const double *at = usual->at;
	struct disc home = { 0 };

	if (usual->n == 0)
		return 0;
	home.lat = atan2(at[2], sqrt(at[0] * at[0] + at[1] * at[1])) * 180 / M_PI;
	home.lon = atan2(at[1], at[0]) * 180 / M_PI;
	return disc_gap(&home, d);
}

static void
add_place(struct feature_span *s, const struct feature_place *usual, const struct ctype_event *ev,
    struct feature_part *p)
{
	double at[3];
	struct disc d;

	if (ev->rec == NULL || !disc_of(ev->rec, &d))
		return;
	direction(&d, at);
	for (int i = 0; i < 3; i++)
		s->at[i] += at[i];
	s->places++;
	p->v = fmax(p->v, far_from(usual, &d));
}

static void
add_number(const struct feature *f, const struct ctype_event *ev, struct feature_part *p)
{
	double v;

	if (!ctype_double(ev, &f->field.f[0], &v))
		return;
	v = fmin(fmax(v, -LARGEST), LARGEST);
	if (f->kind != FEATURE_MAXIMUM)
		p->v = fmin(fmax(p->v + v, -LARGEST), LARGEST);
	else if (p->n == 0 || v > p->v)
		p->v = v;
	p->n++;
}

static void
make_parts(struct feature_span *s, const struct features *fs)
{
	if (s->part != NULL)
		return;
	s->part = mem_zalloc(fs->n * sizeof(*s->part));
	s->n_parts = fs->n;
}

static void
add_value(const struct feature *f, const struct ctype_event *ev, struct feature_part *p)
{
	uint64_t hash;

	if (!ctype_hash(ev, &f->field, &hash))
		return;
	if (p->distinct == NULL)
		p->distinct = MEM_NEW(struct distinct);
	distinct_add(p->distinct, hash);
}

void
feature_add(struct feature_span *s, const struct features *fs, const struct feature_place *usual,
    const struct ctype_event *ev)
{
	make_parts(s, fs);
	s->events += ev->weight;
	for (size_t i = 0; i < fs->n; i++) {
		const struct feature *f = &fs->f[i];
		struct feature_part *p = &s->part[i];

		switch (f->kind) {
		case FEATURE_REQUESTS:
			break;
		case FEATURE_DISTINCT:
			add_value(f, ev, p);
			break;
		case FEATURE_MEAN:
		case FEATURE_SUM:
		case FEATURE_MAXIMUM:
			add_number(f, ev, p);
			break;
		case FEATURE_SHARE:
			p->n += (ev->refs >> f->ref & 1) != 0 ? ev->weight : 0;
			break;
		case FEATURE_DISTANCE:
			add_place(s, usual, ev, p);
			break;
		}
	}
}

void
feature_vector(const struct feature_span *s, const struct features *fs, float *ret)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct feature_part *p = s->part != NULL ? &s->part[i] : NULL;
		double v = 0;

		switch (fs->f[i].kind) {
		case FEATURE_REQUESTS:
			v = (double)s->events;
			break;
		case FEATURE_DISTINCT:
			if (p != NULL && p->distinct != NULL) /* an estimate may be more */
				v = fmin(distinct_count(p->distinct), (double)s->events);
			break;
		case FEATURE_MEAN:
			v = p != NULL && p->n > 0 ? p->v / (double)p->n : 0;
			break;
		case FEATURE_SHARE:
			v = p != NULL && s->events > 0 ? (double)p->n / (double)s->events : 0;
			break;
		case FEATURE_SUM:
		case FEATURE_MAXIMUM:
		case FEATURE_DISTANCE:
			v = p != NULL ? p->v : 0;
			break;
		}
		ret[i] = (float)fmin(fmax(v, -1e38), 1e38);
	}
}

void
feature_settle(struct feature_place *usual, const struct feature_span *s)
{
	if (s->places == 0)
		return;
	usual->n += usual->n < FEATURE_PLACE_MEMORY;
	for (int i = 0; i < 3; i++)
		usual->at[i] += (s->at[i] / (double)s->places - usual->at[i]) / usual->n;
}

void
feature_fini(struct feature_span *s)
{
	for (size_t i = 0; i < s->n_parts; i++)
		free(s->part[i].distinct);
	free(s->part);
	*s = (struct feature_span){ 0 };
}

size_t
feature_bytes(const struct feature_span *s)
{
	size_t n = s->n_parts * sizeof(*s->part);

	for (size_t i = 0; i < s->n_parts; i++)
		n += s->part[i].distinct != NULL ? sizeof(struct distinct) : 0;
	return n;
}

/* ---- as bytes ---- */

/* Events | if any: places, direction | each part: value, number, different values or not, those. */
void
feature_save(const struct feature_span *s, struct buf *to)
{
	bytes_put(to, s->events, 8);
	bytes_put(to, s->places, 8);
	for (int i = 0; i < 3; i++)
		bytes_put_double(to, s->at[i]);
	bytes_put(to, s->part != NULL, 1);
	for (size_t i = 0; i < s->n_parts; i++) {
		bytes_put_double(to, s->part[i].v);
		bytes_put(to, s->part[i].n, 8);
		bytes_put(to, s->part[i].distinct != NULL, 1);
		if (s->part[i].distinct != NULL)
			distinct_save(s->part[i].distinct, to);
	}
}

static bool
load(struct feature_span *s, const struct features *fs, struct str *from)
{
	bool bad = false;
	uint64_t have;

	s->events = bytes_get(from, 8, &bad);
	s->places = bytes_get(from, 8, &bad);
	for (int i = 0; i < 3; i++)
		s->at[i] = bytes_get_double(from, &bad);
	have = bytes_get(from, 1, &bad);
	if (bad || have > 1)
		return false;
	if (have == 1)
		make_parts(s, fs);
	for (size_t i = 0; i < fs->n && have == 1; i++) {
		uint64_t distinct;

		s->part[i].v = bytes_get_double(from, &bad);
		s->part[i].n = bytes_get(from, 8, &bad);
		distinct = bytes_get(from, 1, &bad);
		if (bad || distinct > (fs->f[i].kind == FEATURE_DISTINCT))
			return false;
		if (distinct == 0)
			continue;
		s->part[i].distinct = MEM_NEW(struct distinct);
		if (!distinct_load(s->part[i].distinct, from))
			return false;
	}
	return true;
}

bool
feature_load(struct feature_span *s, const struct features *fs, struct str *from)
{
	if (load(s, fs, from))
		return true;
	feature_fini(s);
	return false;
}

void
feature_save_place(const struct feature_place *p, struct buf *to)
{
	for (int i = 0; i < 3; i++)
		bytes_put_double(to, p->at[i]);
	bytes_put(to, p->n, 1);
}

bool
feature_load_place(struct feature_place *p, struct str *from)
{
	bool bad = false;

	for (int i = 0; i < 3; i++)
		p->at[i] = bytes_get_double(from, &bad);
	p->n = (uint32_t)bytes_get(from, 1, &bad);
	return !bad && p->n <= FEATURE_PLACE_MEMORY;
}
