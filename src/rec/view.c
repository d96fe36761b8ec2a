/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON. */
#include "rec/view.h"

#include <pthread.h>

#include "base/hash.h"
#include "base/jsonw.h"

#define NONE UINT16_MAX
#define FEW 24U /* extras that are compared one by one */

static void
put_value(struct jsonw *w, enum field_type type, const union rec_value *v)
{
	switch (type) {
	case FIELD_INT:
		jsonw_int(w, v->i);
		return;
	case FIELD_FLOAT:
		jsonw_f64(w, v->f);
		return;
	case FIELD_BOOL:
		jsonw_bool(w, v->b);
		return;
	case FIELD_TIME:
		jsonw_time(w, v->i);
		return;
	case FIELD_STR:
	case FIELD_IP:
	default:
		jsonw_str(w, v->s);
		return;
	}
}

static void
put_extra(struct jsonw *w, const struct rec_extra *x)
{
	if (x->null)
		jsonw_null(w);
	else
		put_value(w, x->type, &x->v);
}

/* Extras by path: those of one path are chained in their order. */
struct chains {
	uint16_t next[REC_EXTRA_MAX]; /* of the same path, or NONE */
	uint16_t last[REC_EXTRA_MAX]; /* of the chain that begins here */
	bool first[REC_EXTRA_MAX];    /* does a chain begin here? */
	uint16_t slots[2 * REC_EXTRA_MAX];
};
_Static_assert(REC_EXTRA_MAX < NONE, "an index fits 16 bits");

static struct hash_key key;

static void
make_key(void)
{
	key = hash_key_random();
}

static void
chain(const struct rec *r, uint32_t n, struct chains *c)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	uint32_t size = 2;

	(void)pthread_once(&once, make_key);
	while (size < 2 * n)
		size *= 2;
	memset(c->slots, 0xff, size * sizeof(c->slots[0]));
	for (uint16_t i = 0; i < n; i++) {
		struct str path = r->extra[i].path;
		uint32_t at = (uint32_t)hash_str(key, path) & (size - 1);

		while (c->slots[at] != NONE && !str_eq(r->extra[c->slots[at]].path, path))
			at = (at + 1) & (size - 1);
		c->next[i] = NONE;
		c->first[i] = c->slots[at] == NONE;
		if (c->first[i])
			c->slots[at] = i;
		else
			c->next[c->last[c->slots[at]]] = i;
		c->last[c->slots[at]] = i;
	}
}

static bool
is_present(const struct rec *r, enum field f)
{
	return rec_has(r, f) || (r->null[f / 64] >> (f % 64) & 1) != 0;
}

/* Does the object have a member of this name from the catalogue? */
static bool
is_taken(const struct rec *r, struct str path)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		struct str name = str_c(field_info((enum field)f)->native);

		if (is_present(r, (enum field)f) && str_starts(name, path) &&
		    (name.n == path.n || name.p[path.n] == '.'))
			return true;
	}
	return false;
}

/* An object of all extras: beside the fields of the catalogue, or alone. */
struct extras {
	const struct rec *r;
	struct jsonw *w;
	bool beside;
};

static void
put_key(const struct extras *x, struct str path)
{
	auto_buf struct buf name = { 0 };

	if (!x->beside || !is_taken(x->r, path)) {
		jsonw_key(x->w, path);
		return;
	}
	buf_str(&name, STR("extra."));
	buf_str(&name, path);
	jsonw_key(x->w, buf_view(&name));
}

static void
put_many(const struct extras *x, uint32_t n)
{
	struct chains c;

	chain(x->r, n, &c);
	for (uint32_t i = 0; i < n; i++) {
		if (!c.first[i])
			continue;
		put_key(x, x->r->extra[i].path);
		if (c.next[i] == NONE) {
			put_extra(x->w, &x->r->extra[i]);
			continue;
		}
		jsonw_arr(x->w);
		for (uint32_t k = i; k != NONE; k = c.next[k])
			put_extra(x->w, &x->r->extra[k]);
		jsonw_end(x->w);
	}
}

static void
put_few(const struct extras *x, uint32_t n)
{
	const struct rec *r = x->r;

	for (uint32_t i = 0; i < n; i++) {
		struct str path = r->extra[i].path;
		const struct rec_extra *again = rec_find_extra(r, path, i + 1);

		if (rec_find_extra(r, path, 0) != &r->extra[i])
			continue;
		put_key(x, path);
		if (again == NULL) {
			put_extra(x->w, &r->extra[i]);
			continue;
		}
		jsonw_arr(x->w);
		put_extra(x->w, &r->extra[i]);
		for (; again != NULL;
		     again = rec_find_extra(r, path, (uint32_t)(again - r->extra) + 1))
			put_extra(x->w, again);
		jsonw_end(x->w);
	}
}

static void
put_extras(const struct extras *x)
{
	uint32_t n = x->r->n_extra < REC_EXTRA_MAX ? x->r->n_extra : REC_EXTRA_MAX;

	if (n <= FEW)
		put_few(x, n);
	else
		put_many(x, n);
}

/* Opens and closes the object that fields like "geolocation.country" are nested in. */
static void
enter_group(struct jsonw *w, struct str *group, struct str wanted)
{
	if (str_eq(*group, wanted))
		return;
	if (group->n != 0)
		jsonw_end(w);
	if (wanted.n != 0) {
		jsonw_key(w, wanted);
		jsonw_obj(w);
	}
	*group = wanted;
}

void
view_rec(const struct rec *r, bool with_raw, struct buf *to)
{
	struct str group = { NULL, 0 };
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = field_info((enum field)f);
		struct str name, head;

		if (!is_present(r, (enum field)f) || (f == F_RAW && !with_raw))
			continue;
		name = str_c(info->native);
		head = str_until(&(struct str){ name.p, name.n }, '.');
		if (head.n == name.n)
			head.n = 0;
		enter_group(&w, &group, head);
		jsonw_key(&w, head.n != 0 ? str_from(name, head.n + 1) : name);
		if (rec_has(r, (enum field)f))
			put_value(&w, info->type, &r->v[f]);
		else
			jsonw_null(&w);
	}
	enter_group(&w, &group, (struct str){ NULL, 0 });
	put_extras(&(struct extras){ r, &w, true });
	jsonw_end(&w);
}

void
view_extra(const struct rec *r, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	put_extras(&(struct extras){ r, &w, false });
	jsonw_end(&w);
}
