/* Values a key was seen with. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/known.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "detect/bytes.h"

static void
hide(struct known *k, uint64_t hash)
{
	for (size_t i = 0; i < KNOWN_SHOWN; i++)
		if (k->shown[i].len > 0 && k->shown[i].hash == hash)
			k->shown[i] = (struct known_text){ 0 };
}

static void
remove_at(struct known *k, uint32_t i)
{
	hide(k, k->item[i].hash);
	memmove(k->item + i, k->item + i + 1, (k->n - i - 1) * sizeof(*k->item));
	k->n--;
}

static void
forget(struct known *k, const struct known_shape *s, int64_t t)
{
	for (uint32_t i = 0; i < k->n && s->memory > 0;)
		if (k->item[i].last <= t - s->memory)
			remove_at(k, i);
		else
			i++;
	if (k->n == 0)
		k->events = k->values = 0;
}

/* Room for one more. */
static void
make_room(struct known *k)
{
	uint32_t oldest = 0;

	if (k->n == KNOWN_MAX) {
		for (uint32_t i = 1; i < k->n; i++)
			if (k->item[i].last < k->item[oldest].last)
				oldest = i;
		remove_at(k, oldest);
	}
	if (k->n == k->size) {
		k->size = k->size != 0 ? 2 * k->size : 2;
		k->item = mem_resize(k->item, k->size, sizeof(*k->item));
	}
}

/* The value's text takes a free place, or that of one which is seldom seen. */
static void
show(struct known *k, uint64_t hash, struct str text)
{
	struct known_text *least = &k->shown[0];

	if (text.n == 0)
		return;
	for (size_t i = 0; i < KNOWN_SHOWN; i++) {
		struct known_text *x = &k->shown[i];

		if (x->len > 0 && x->hash == hash) {
			x->n++;
			return;
		}
		if (least->len > 0 && (x->len == 0 || x->n < least->n))
			least = x;
	}
	if (least->len > 0 && least->n > 1) {
		least->n--; /* counts against the seldom one, as in a vote */
		return;
	}
	*least = (struct known_text){ .hash = hash, .n = 1, .cut = text.n > KNOWN_TEXT };
	least->len = (uint8_t)(least->cut ? KNOWN_TEXT : text.n);
	memcpy(least->text, text.p, least->len);
}

enum known_result
known_add(struct known *k, const struct known_shape *s, int64_t t, uint64_t hash, struct str text)
{
	bool found = false;
	enum known_result got;

	forget(k, s, t);
	for (uint32_t i = 0; i < k->n && !found; i++) {
		if (k->item[i].hash != hash)
			continue;
		found = true;
		k->item[i].last = t > k->item[i].last ? t : k->item[i].last;
	}
	got = found ? KNOWN_OLD : k->events < s->learn ? KNOWN_LEARNING : KNOWN_NEW;
	if (!found) {
		make_room(k);
		k->item[k->n++] = (struct known_item){ hash, t };
		k->values++;
	}
	k->events++;
	show(k, hash, text);
	return got;
}

void
known_put(const struct known *k, uint64_t without, struct buf *to)
{
	const struct known_text *by[KNOWN_SHOWN];
	size_t n = 0, others = k->n;

	for (uint32_t i = 0; i < k->n; i++)
		others -= k->item[i].hash == without;
	for (size_t i = 0; i < KNOWN_SHOWN; i++) {
		const struct known_text *x = &k->shown[i];
		size_t at = n;

		if (x->len == 0 || x->hash == without)
			continue;
		for (; at > 0 && by[at - 1]->n < x->n; at--)
			by[at] = by[at - 1];
		by[at] = x;
		n++;
	}
	for (size_t i = 0; i < n; i++) {
		buf_str(to, i > 0 ? STR(", ") : STR(""));
		utf8_show((struct str){ by[i]->text, by[i]->len }, to);
		buf_str(to, by[i]->cut ? STR("...") : STR(""));
	}
	if (others > n && n > 0)
		buf_printf(to, " and %zu more", others - n);
	else if (others > n)
		buf_printf(to, "%zu others", others);
}

/*
 * Of n events v were of a value new at their time, the last one among them: by
 * the rule of succession the next is new with (v - 1 + 1) / (n - 1 + 2).
 */
unsigned
known_confidence(const struct known *k)
{
	double usual = (double)k->values / (double)(k->events + 1);
	double sure = 100 * (1 - usual);

	return sure < 1 ? 1 : sure > 99 ? 99 : (unsigned)sure;
}

void
known_fini(struct known *k)
{
	free(k->item);
	*k = (struct known){ 0 };
}

void
known_save(const struct known *k, struct buf *to)
{
	bytes_put(to, k->n, 1);
	bytes_put(to, k->events, 8);
	bytes_put(to, k->values, 8);
	for (uint32_t i = 0; i < k->n; i++) {
		bytes_put(to, k->item[i].hash, 8);
		bytes_put(to, (uint64_t)k->item[i].last, 8);
	}
	for (size_t i = 0; i < KNOWN_SHOWN; i++) {
		const struct known_text *x = &k->shown[i];

		bytes_put(to, x->len, 1);
		bytes_put(to, x->cut, 1);
		bytes_put(to, x->hash, 8);
		bytes_put(to, x->n, 8);
		buf_put(to, x->text, x->len);
	}
}

static bool
load_text(struct known_text *x, struct str *from)
{
	bool bad = false;

	x->len = (uint8_t)bytes_get(from, 1, &bad);
	x->cut = bytes_get(from, 1, &bad) != 0;
	x->hash = bytes_get(from, 8, &bad);
	x->n = bytes_get(from, 8, &bad);
	if (bad || x->len > KNOWN_TEXT || x->len > from->n)
		return false;
	memcpy(x->text, from->p, x->len);
	*from = str_from(*from, x->len);
	return true;
}

bool
known_load(struct known *k, struct str *from)
{
	bool bad = false;
	uint64_t n = bytes_get(from, 1, &bad);

	k->events = bytes_get(from, 8, &bad);
	k->values = bytes_get(from, 8, &bad);
	for (; n > 0 && n <= KNOWN_MAX && !bad; n--) {
		make_room(k);
		k->item[k->n].hash = bytes_get(from, 8, &bad);
		k->item[k->n++].last = (int64_t)bytes_get(from, 8, &bad);
	}
	for (size_t i = 0; i < KNOWN_SHOWN && !bad; i++)
		bad = !load_text(&k->shown[i], from);
	return !bad && n == 0;
}
