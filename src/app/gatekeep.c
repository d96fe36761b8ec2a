/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/enforce.py */
/* Compares the kernel with what it should hold, and mends the difference. */
#include "app/gatekeep.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/nftrun.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "respond/guard.h"

#define DRIFT 5      /* seconds a time in the kernel may be off */
#define SINGLES 2000 /* elements tried one by one after a refusal */

struct wanted {
	struct kernel_item item;
	int64_t end; /* monotonic */
	bool there;
};

struct gatekeep {
	struct guard *guard;
	struct map *wanted;         /* "set net" -> struct wanted */
	uint8_t never[DIGEST_SIZE]; /* of the networks the kernel protects by our last word */
	bool told;                  /* how it should be; until then what is there stays */
	bool framed;                /* our last word about the frame was taken */
};

struct round { /* one comparison */
	struct gatekeep *k;
	struct wire_answer *answer;
	int64_t mono;
	struct buf script;
	VEC(struct kernel_item) changes; /* what the script adds or renews */
	VEC(struct kernel_item) gone;
};

static char *
key_of(const struct kernel_item *item, char to[80])
{
	char text[GUARD_TEXT];

	(void)snprintf(to, 80, "%s %s", kernel_set(item), guard_text(&item->net, text));
	return to;
}

enum err
gatekeep_new(const struct gatekeep_opts *o, struct gatekeep **ret, struct diag *why)
{
	struct gatekeep *k = MEM_NEW(struct gatekeep);
	enum err e = OK;

	k->guard = guard_new(o->per_minute);
	k->wanted = map_new(sizeof(struct wanted), WIRE_ITEMS_MAX);
	if (!o->private_too)
		guard_private(k->guard);
	for (size_t i = 0; o->never[i] != NULL && e == OK; i++)
		e = guard_add(k->guard, GUARD_CONF, str_c(o->never[i]), "by --never", why);
	if (e != OK) {
		gatekeep_free(k);
		return e;
	}
	*ret = k;
	return OK;
}

void
gatekeep_free(struct gatekeep *k)
{
	if (k == NULL)
		return;
	guard_free(k->guard);
	map_free(k->wanted);
	free(k);
}

static void
refuse(struct wire_answer *a, const struct ip_net *net)
{
	char text[GUARD_TEXT];

	if (a->n_refused < WIRE_REFUSED_MAX)
		(void)snprintf(a->refused[a->n_refused++], sizeof(a->refused[0]), "%s",
		    guard_text(net, text));
}

/* Protected networks as the kernel gets them. */
static size_t
list_never(const struct gatekeep *k, struct ip_net *to)
{
	const struct ip_net *net;
	size_t n = 0;

	while ((net = guard_at(k->guard, n)) != NULL)
		to[n++] = *net;
	return n;
}

/* The frame, when it is missing or protects others than it should. */
static void
frame(struct round *r, bool missing)
{
	auto_free struct ip_net *never = mem_alloc(GUARD_MAX * sizeof(*never));
	struct gatekeep *k = r->k;
	size_t n;
	uint8_t now[DIGEST_SIZE];

	guard_house(k->guard);
	n = list_never(k, never);
	digest_sha256((struct str){ (const char *)never, n * sizeof(*never) }, now);
	if (!missing && k->framed && memcmp(now, k->never, sizeof(now)) == 0)
		return;
	memcpy(k->never, now, sizeof(now));
	k->framed = false;
	kernel_put_table(&r->script, never, n);
}

/* An element of the kernel: as it should be, or to be renewed, or to go. */
static void
on_element(void *ctx, const struct kernel_item *item)
{
	struct round *r = ctx;
	char key[80], text[GUARD_TEXT], canonical[GUARD_TEXT];
	struct wanted *w = map_get(r->k->wanted, str_c(key_of(item, key)));
	int64_t left;

	if (!r->k->told)
		return;
	if (w == NULL || w->end <= r->mono ||
	    guard_check(r->k->guard, str_c(guard_text(&item->net, text)), canonical, NULL) != OK) {
		*VEC_ADD(&r->gone) = *item;
		return;
	}
	left = (w->end - r->mono) / CLOCK_S;
	w->there = true;
	r->answer->there++;
	if (item->left < left - DRIFT || item->left > left + DRIFT) {
		w->item.left = left;
		*VEC_ADD(&r->changes) = w->item;
	}
}

/* What should be there and is not. */
static void
add_missing(struct round *r)
{
	struct gatekeep *k = r->k;
	char text[GUARD_TEXT], canonical[GUARD_TEXT];
	struct wanted *w;
	struct str key;
	size_t it = 0;

	while ((w = map_next(k->wanted, &it, &key)) != NULL) {
		if (w->there || w->end <= r->mono)
			continue;
		if (guard_check(k->guard, str_c(guard_text(&w->item.net, text)), canonical, NULL) !=
		    OK) {
			refuse(r->answer, &w->item.net);
			continue;
		}
		if (!guard_take(k->guard, r->mono)) {
			r->answer->waiting++;
			continue;
		}
		w->item.left = (w->end - r->mono + CLOCK_S - 1) / CLOCK_S;
		*VEC_ADD(&r->changes) = w->item;
		r->answer->added++;
	}
}

/* One by one: which of them is it that nft does not take? */
static void
singly(struct round *r)
{
	auto_buf struct buf one = { 0 };

	for (size_t i = 0; i < r->gone.n && i < SINGLES; i++) {
		buf_reset(&one);
		kernel_put_gone(&one, &r->gone.p[i]);
		if (nftrun_script(buf_view(&one), NULL) != OK)
			r->answer->removed -= r->answer->removed != 0;
	}
	for (size_t i = 0; i < r->changes.n && i < SINGLES; i++) {
		buf_reset(&one);
		kernel_put_item(&one, &r->changes.p[i]);
		if (nftrun_script(buf_view(&one), NULL) == OK)
			continue;
		refuse(r->answer, &r->changes.p[i].net);
		r->answer->added -= r->answer->added != 0;
	}
}

static enum err
apply(struct round *r, struct diag *why)
{
	const size_t framed = r->script.n;
	enum err e;

	for (size_t i = 0; i < r->gone.n; i++)
		kernel_put_gone(&r->script, &r->gone.p[i]);
	for (size_t i = 0; i < r->changes.n; i++)
		kernel_put_item(&r->script, &r->changes.p[i]);
	r->answer->removed = r->gone.n;
	if (r->script.n == 0)
		return OK;
	e = nftrun_script(buf_view(&r->script), why);
	if (e == OK) {
		r->k->framed = true;
		return OK;
	}
	/* The frame by itself, and then each of the others. */
	if (framed != 0)
		e = nftrun_script((struct str){ r->script.p, framed }, why);
	else
		e = OK;
	if (e != OK)
		return e;
	r->k->framed = true;
	singly(r);
	return OK;
}

static void
forget_there(struct gatekeep *k)
{
	struct wanted *w;
	struct str key;
	size_t it = 0;

	while ((w = map_next(k->wanted, &it, &key)) != NULL)
		w->there = false;
}

void
gatekeep_look(struct gatekeep *k, int64_t mono, struct wire_answer *ret)
{
	struct round r = { .k = k, .answer = ret, .mono = mono };
	auto_buf struct buf listed = { 0 };
	struct diag why = { 0 };
	bool missing;
	enum err e;

	*ret = (struct wire_answer){ .ok = true };
	forget_there(k);
	missing = nftrun_list(&listed, NULL) != OK;
	frame(&r, missing);
	e = missing ? OK : kernel_read(buf_view(&listed), on_element, &r, &why);
	if (e == OK) {
		add_missing(&r);
		e = apply(&r, &why);
	}
	ret->there += ret->added;
	if (e != OK) {
		ret->ok = false;
		ret->added = 0;
		(void)snprintf(ret->why, sizeof(ret->why), "%.190s", why.text);
	}
	buf_fini(&r.script);
	VEC_FINI(&r.changes);
	VEC_FINI(&r.gone);
}

void
gatekeep_set(struct gatekeep *k, const struct wire_state *s, int64_t mono, struct wire_answer *ret)
{
	char key[80], text[GUARD_TEXT];

	k->told = true;
	map_free(k->wanted);
	k->wanted = map_new(sizeof(struct wanted), WIRE_ITEMS_MAX);
	guard_clear(k->guard, GUARD_ALLOWED);
	for (size_t i = 0; i < s->n_never; i++)
		if (guard_add(k->guard, GUARD_ALLOWED, str_c(guard_text(&s->never[i], text)),
			"said by the daemon", NULL) != OK)
			break; /* as many as can be */
	for (size_t i = 0; i < s->n; i++) {
		struct wanted *w = map_put(k->wanted, str_c(key_of(&s->items[i], key)), NULL);

		if (w == NULL)
			break;
		w->item = s->items[i];
		w->end = mono + s->items[i].left * CLOCK_S;
	}
	gatekeep_look(k, mono, ret);
}
