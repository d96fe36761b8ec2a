/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/cli.py */
/* Gathers findings into alerts, attackers and targets. */
#include "app/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/mem.h"

struct report {
	struct map *alerts;      /* id -> struct report_alert */
	struct map *entities[2]; /* name -> struct report_entity */
	struct map *pairs;       /* "kind id name": this alert counts for that entity */
	uint64_t dropped;
};

int
report_rank(const char *severity)
{
	static const char *const ranks[] = { "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL" };

	for (size_t i = 0; i < ARRAY_LEN(ranks); i++)
		if (strcmp(severity, ranks[i]) == 0)
			return (int)i;
	return 0;
}

struct report *
report_new(void)
{
	struct report *r = MEM_NEW(struct report);

	r->alerts = map_new(sizeof(struct report_alert), REPORT_ALERTS_MAX);
	for (size_t i = 0; i < ARRAY_LEN(r->entities); i++)
		r->entities[i] = map_new(sizeof(struct report_entity), REPORT_ENTITIES_MAX);
	r->pairs = map_new(1, 4 * (size_t)REPORT_ENTITIES_MAX);
	return r;
}

static void
drop_text(struct str s)
{
	union {
		const char *in;
		char *out;
	} p = { .in = s.p };

	free(p.out);
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	for (size_t it = 0;;) {
		struct report_alert *a = map_next(r->alerts, &it, NULL);

		if (a == NULL)
			break;
		drop_text(a->group);
		drop_text(a->summary);
		drop_text(a->details);
	}
	map_free(r->alerts);
	for (size_t i = 0; i < ARRAY_LEN(r->entities); i++) {
		for (size_t it = 0;;) {
			struct report_entity *e = map_next(r->entities[i], &it, NULL);

			if (e == NULL)
				break;
			drop_text(e->name);
			drop_text(e->detail);
		}
		map_free(r->entities[i]);
	}
	map_free(r->pairs);
	free(r);
}

static struct str
keep(struct str s)
{
	return (struct str){ mem_dup(s.p, s.n), s.n };
}

/* True the first time this alert meets this entity. */
static bool
pair_is_new(struct report *r, enum report_kind kind, const struct report_alert *a, struct str name)
{
	auto_buf struct buf key = { 0 };
	bool is_new = false;

	buf_printf(&key, "%d %s ", (int)kind, a->id);
	buf_str(&key, name);
	(void)map_put(r->pairs, buf_view(&key), &is_new);
	return is_new;
}

static void
add_entity(struct report *r, enum report_kind kind, struct str name, struct str detail,
    const struct finding *f, const struct report_alert *a)
{
	bool is_new = false;
	struct report_entity *e = name.n != 0 ? map_put(r->entities[kind], name, &is_new) : NULL;
	int rank = report_rank(f->severity);

	if (e == NULL)
		return;
	if (is_new) {
		e->name = keep(name);
		e->detail = keep(detail);
		e->first = f->first;
		e->last = f->last;
	}
	if (kind == REPORT_TARGETS && e->seq != f->seq)
		e->events++;
	if (kind == REPORT_ATTACKERS && a->count > e->events)
		e->events = a->count;
	e->seq = f->seq;
	e->alerts += pair_is_new(r, kind, a, name);
	if (rank > e->worst)
		e->worst = rank;
	if (f->first < e->first)
		e->first = f->first;
	if (f->last > e->last)
		e->last = f->last;
}

static struct str
first_of(const struct rec *rec, const enum field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rec_str(rec, fields[i]).n != 0)
			return rec_str(rec, fields[i]);
	return (struct str){ NULL, 0 };
}

static void
add_entities(struct report *r, const struct finding *f, const struct report_alert *a)
{
	static const enum field users[] = { F_USER_NAME, F_USER_EMAIL, F_USER_ID };
	static const enum field paths[] = { F_ENDPOINT, F_URL };
	struct str user, path;

	if (f->rec == NULL) /* time made it fire */
		return;
	user = first_of(f->rec, users, ARRAY_LEN(users));
	path = first_of(f->rec, paths, ARRAY_LEN(paths));
	add_entity(r, REPORT_ATTACKERS, rec_str(f->rec, F_CLIENT_IP),
	    rec_str(f->rec, F_GEO_COUNTRY), f, a);
	add_entity(r, REPORT_TARGETS, user, STR("user"), f, a);
	if (user.n == 0)
		add_entity(r, REPORT_TARGETS, path, STR("path"), f, a);
}

/* The worst severity, the highest confidence, the newest details. */
static void
again(struct report_alert *a, const struct finding *f)
{
	if (report_rank(f->severity) > report_rank(a->severity))
		a->severity = f->severity;
	if (f->confidence > a->confidence)
		a->confidence = f->confidence;
	if (f->details.n == 0)
		return;
	drop_text(a->details);
	a->details = keep(f->details);
}

void
report_add(struct report *r, const struct finding *f)
{
	char hex[33];
	bool is_new = false;
	struct report_alert *a;

	(void)digest_hex(f->id, sizeof(f->id), hex);
	a = map_put(r->alerts, str_c(hex), &is_new);
	if (a == NULL) {
		r->dropped++;
		return;
	}
	if (is_new) {
		memcpy(a->id, hex, sizeof(a->id));
		a->rule = f->rule;
		a->group = keep(f->group);
		a->summary = keep(f->summary);
		a->details = keep(f->details);
		a->severity = f->severity;
		a->confidence = f->confidence;
		a->first = f->first;
		a->last = f->last;
		a->count = f->n_first;
		a->n_evidence = f->n_evidence;
		memcpy(a->evidence, f->evidence, f->n_evidence * sizeof(a->evidence[0]));
	} else {
		a->count += f->n_more;
		if (a->n_evidence < ENGINE_EVIDENCE_MAX)
			a->evidence[a->n_evidence++] = f->seq;
		if (f->first < a->first)
			a->first = f->first;
		if (f->last > a->last)
			a->last = f->last;
		drop_text(a->summary);
		a->summary = keep(f->summary);
		again(a, f);
	}
	add_entities(r, f, a);
}

static int
by_time(const void *x, const void *y)
{
	const struct report_alert *a = *(const struct report_alert *const *)x;
	const struct report_alert *b = *(const struct report_alert *const *)y;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return strcmp(a->id, b->id);
}

static int
by_severity(const void *x, const void *y)
{
	const struct report_alert *a = *(const struct report_alert *const *)x;
	const struct report_alert *b = *(const struct report_alert *const *)y;
	int ra = report_rank(a->severity), rb = report_rank(b->severity);

	return ra != rb ? rb - ra : by_time(x, y);
}

const struct report_alert **
report_alerts(const struct report *r, enum report_order order, size_t *ret_n)
{
	size_t n = map_len(r->alerts), i = 0;
	const struct report_alert **all = mem_alloc((n + 1) * sizeof(*all));

	for (size_t it = 0; i < n;)
		all[i++] = map_next(r->alerts, &it, NULL);
	qsort(all, n, sizeof(*all), order == REPORT_BY_TIME ? by_time : by_severity);
	*ret_n = n;
	return all;
}

static int
by_worst(const void *x, const void *y)
{
	const struct report_entity *a = *(const struct report_entity *const *)x;
	const struct report_entity *b = *(const struct report_entity *const *)y;

	if (a->worst != b->worst)
		return b->worst - a->worst;
	if (a->events != b->events)
		return a->events > b->events ? -1 : 1;
	return str_cmp(a->name, b->name);
}

const struct report_entity **
report_entities(const struct report *r, enum report_kind kind, size_t *ret_n)
{
	size_t n = map_len(r->entities[kind]), i = 0;
	const struct report_entity **all = mem_alloc((n + 1) * sizeof(*all));

	for (size_t it = 0; i < n;)
		all[i++] = map_next(r->entities[kind], &it, NULL);
	qsort(all, n, sizeof(*all), by_worst);
	*ret_n = n;
	return all;
}

uint64_t
report_dropped(const struct report *r)
{
	return r->dropped;
}

size_t
report_len(const struct report *r)
{
	return map_len(r->alerts);
}
