/* SPDX-License-Identifier: Apache-2.0 */
/* Rotas: their layers, restrictions and overrides. */
/* tested by: test/unit/oncall/test_book.c */
#include "base/clock.h"
#include "oncall/civil.h"
#include "oncall/internal.h"

#define START 19723 /* 2024-01-01, a Monday */
#define EVERY_MAX 366
#define ALL_DAYS 127U
#define LAYER "a layer has members, start, every, on, at and only"
#define OVERRIDE "an override has rota, person, from, to, by and why"

static bool
find_day(struct str word, unsigned *ret)
{
	static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

	for (unsigned i = 0; i < ARRAY_LEN(days); i++)
		if (str_eq_nocase(word, str_c(days[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

/* "mon" or "mon-fri" */
static enum err
read_days(struct part *p, const struct tree *t, void *ctx)
{
	unsigned *to = ctx, first, last;
	struct str rest = t->text, word = str_until(&rest, '-');

	if (t->kind != TREE_TEXT || !find_day(word, &first))
		return part_refuse(p, t, "a day is mon, tue, wed, thu, fri, sat or sun");
	last = first;
	if (rest.n != 0 && !find_day(rest, &last))
		return part_refuse(p, t, "a range of days is like mon-fri");
	for (unsigned d = first;; d = (d + 1) % 7) {
		*to |= 1U << d;
		if (d == last)
			return OK;
	}
}

static enum err
window_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_window *w = ctx;

	if (part_is(t, "from"))
		return part_time(p, t, &w->from);
	if (part_is(t, "to"))
		return part_time(p, t, &w->to);
	if (!part_is(t, "days"))
		return part_unknown(p, t, "a restriction has days, from and to");
	w->days = 0;
	if (t->kind == TREE_TEXT)
		return read_days(p, t, &w->days);
	return part_list(p, t, 7, read_days, &w->days);
}

static enum err
read_window(struct part *p, const struct tree *t, void *ctx)
{
	struct book_layer *l = ctx;
	struct book_window *w = &l->windows[l->n_windows++];

	*w = (struct book_window){ ALL_DAYS, 0, CIVIL_DAY };
	return part_map(p, t, window_member, w);
}

static enum err
read_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_layer *l = ctx;

	return part_person(p, t, &l->members[l->n++]);
}

/* "12h", "1d", "2w" */
static enum err
read_every(struct part *p, const struct tree *t, struct book_layer *l)
{
	struct str number = t->text;
	uint64_t n = 0;
	char unit = '\0';

	if (t->kind == TREE_TEXT && number.n > 1) {
		unit = number.p[--number.n];
		if (!str_u64(number, &n))
			n = 0;
	}
	if (unit == 'h' && n >= 1 && n <= 24 && 24 % n == 0) {
		l->every = 1;
		l->per_day = (unsigned)(24 / n);
		return OK;
	}
	n *= unit == 'w' ? 7 : 1;
	if ((unit != 'd' && unit != 'w') || n < 1 || n > EVERY_MAX)
		return part_refuse(p, t,
		    "every: is like 1w, 1d or 12h (hours that divide a day, at most 366d)");
	l->every = (unsigned)n;
	l->per_day = 1;
	return OK;
}

struct layer {
	struct book_layer *l;
	bool has_on;
	unsigned on;
};

static enum err
layer_member(struct part *p, const struct tree *t, void *ctx)
{
	struct layer *in = ctx;

	if (part_is(t, "members"))
		return part_list(p, t, BOOK_MEMBERS_MAX, read_member, in->l);
	if (part_is(t, "start"))
		return t->kind == TREE_TEXT && civil_date(t->text, &in->l->start)
			   ? OK
			   : part_refuse(p, t, "start: is a day like 2026-01-05");
	if (part_is(t, "every"))
		return read_every(p, t, in->l);
	if (part_is(t, "at"))
		return part_time(p, t, &in->l->at);
	if (part_is(t, "only"))
		return part_list(p, t, BOOK_WINDOWS_MAX, read_window, in->l);
	if (!part_is(t, "on"))
		return part_unknown(p, t, LAYER);
	in->has_on = true;
	if (t->kind != TREE_TEXT || !find_day(t->text, &in->on))
		return part_refuse(p, t, "on: is a day like mon");
	return OK;
}

static enum err
read_layer(struct part *p, const struct tree *t, void *ctx)
{
	struct book_rota *r = ctx;
	struct layer in = { .l = &r->layers[r->n++] };
	enum err e;

	*in.l = (struct book_layer){ .start = START, .every = 7, .per_day = 1 };
	e = part_map(p, t, layer_member, &in);
	if (e == OK && in.l->n == 0)
		e = part_refuse(p, t, "a layer has at least members");
	if (e == OK && in.has_on && in.l->every % 7 != 0)
		e = part_refuse(p, t, "on: only hand-overs every week or more happen on a day");
	while (e == OK && in.has_on && civil_weekday(in.l->start) != in.on)
		in.l->start++;
	return e;
}

static enum err
rota_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_rota *r = ctx;
	enum err e;

	if (part_is(t, "name"))
		return part_name(p, t, &r->name);
	if (part_is(t, "title"))
		return part_text(p, t, 100, &r->title);
	if (part_is(t, "zone"))
		return part_zone(p, t, &r->zone, &r->zone_name);
	if (!part_is(t, "layers"))
		return part_unknown(p, t, "a rota has name, title, zone and layers");
	e = part_grow(p, (void **)&r->layers, 0, BOOK_LAYERS_MAX, sizeof(struct book_layer));
	return e == OK ? part_list(p, t, BOOK_LAYERS_MAX, read_layer, r) : e;
}

static enum err
read_rota(struct part *p, const struct tree *t, void *ctx)
{
	static const struct zone utc;
	struct book_rota r = { .zone = &utc, .zone_name = STR("UTC") };
	enum err e = part_map(p, t, rota_member, &r);

	(void)ctx;
	if (e != OK)
		return e;
	if (r.name.n == 0 || r.n == 0)
		return part_refuse(p, t, "a rota has at least name and layers");
	if (book_rota(p->b, r.name) != NULL)
		return part_refuse(p, t, "there are two rotas called '%.*s'", STR_ARG(r.name));
	if (r.title.n == 0)
		r.title = r.name;
	p->b->rotas[p->b->n_rotas++] = r;
	return OK;
}

enum err
rotas_read(struct part *p, const struct tree *t)
{
	enum err e = part_grow(p, (void **)&p->b->rotas, p->b->n_rotas, BOOK_ROTAS_MAX,
	    sizeof(struct book_rota));

	return e == OK ? part_list(p, t, BOOK_ROTAS_MAX, read_rota, NULL) : e;
}

struct override {
	struct book_override o;
	const struct book_rota *rota;
	const struct tree *from, *to;
};

static enum err
override_member(struct part *p, const struct tree *t, void *ctx)
{
	struct override *in = ctx;
	struct str name;
	enum err e;

	if (part_is(t, "person"))
		return part_person(p, t, &in->o.person);
	if (part_is(t, "by"))
		return part_text(p, t, 64, &in->o.by);
	if (part_is(t, "why"))
		return part_text(p, t, 200, &in->o.why);
	if (part_is(t, "from")) {
		in->from = t;
		return OK;
	}
	if (part_is(t, "to")) {
		in->to = t;
		return OK;
	}
	if (!part_is(t, "rota"))
		return part_unknown(p, t, OVERRIDE);
	e = part_name(p, t, &name);
	if (e != OK)
		return e;
	in->rota = book_rota(p->b, name);
	return in->rota != NULL ? OK : part_refuse(p, t, "there is no rota '%.*s'", STR_ARG(name));
}

static enum err
read_moment(struct part *p, const struct tree *t, const struct zone *z, int64_t *ret)
{
	if (t->kind == TREE_TEXT && civil_moment(z, t->text, ret))
		return OK;
	return part_refuse(p, t, "%.*s: is a time like 2026-12-24T09:00", STR_ARG(t->key));
}

static enum err
read_override(struct part *p, const struct tree *t, void *ctx)
{
	struct override in = { .o = { .person = SIZE_MAX } };
	enum err e = part_map(p, t, override_member, &in);

	(void)ctx;
	if (e != OK)
		return e;
	if (in.rota == NULL || in.o.person == SIZE_MAX || in.from == NULL || in.to == NULL)
		return part_refuse(p, t, "an override has at least rota, person, from and to");
	in.o.rota = (size_t)(in.rota - p->b->rotas);
	e = read_moment(p, in.from, in.rota->zone, &in.o.from);
	if (e == OK)
		e = read_moment(p, in.to, in.rota->zone, &in.o.to);
	if (e == OK && in.o.from >= in.o.to)
		e = part_refuse(p, t, "an override ends after it began");
	if (e == OK)
		p->b->overrides[p->b->n_overrides++] = in.o;
	return e;
}

enum err
rotas_overrides(struct part *p, const struct tree *t)
{
	enum err e = part_grow(p, (void **)&p->b->overrides, p->b->n_overrides, BOOK_OVERRIDES_MAX,
	    sizeof(struct book_override));

	return e == OK ? part_list(p, t, BOOK_OVERRIDES_MAX, read_override, NULL) : e;
}
