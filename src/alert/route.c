/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of routes: read, walked. */
#include "alert/route.h"

#include <stdlib.h>

#include "alert/daytime.h"
#include "base/clock.h"
#include "base/mem.h"

#define BUDGET ((size_t)16 << 20)
#define NAME_MAX_BYTES 100U
#define DIGEST_AT (8U * 60)
#define MONDAY 2U /* bit of daytime days */

struct route_tree {
	struct arena *arena;
	struct str name, title;
	char *file;
	struct matcher_in in;
	struct route_node *root;
	struct route_inhibit *inhibits;
	size_t n_inhibits, n_nodes;
	const struct tree *zone_at; /* of `zone`: read before anything else */
};

static enum err
refuse(struct diag *why, const struct tree *at, const char *what)
{
	return err_at(why, err_set(why, FAIL_SYNTAX, "%s", what), NULL, at->line, at->column);
}

static enum err
refuse_key(struct diag *why, const struct tree *at, const char *what)
{
	return err_at(why,
	    err_set(why, FAIL_SYNTAX, "%.*s: %s", (int)(at->key.n < 40 ? at->key.n : 40), at->key.p,
		what),
	    NULL, at->key_line, at->key_column);
}

static bool
key_is(const struct tree *t, const char *key)
{
	return str_eq(t->key, str_c(key));
}

static enum err
read_name(const struct tree *t, struct str *ret, struct diag *why)
{
	if (t->kind != TREE_TEXT || t->text.n == 0 || t->text.n > NAME_MAX_BYTES)
		return refuse(why, t, "write a text of 1 to 100 bytes");
	*ret = t->text;
	return OK;
}

static enum err
read_bool(const struct tree *t, bool *ret, struct diag *why)
{
	*ret = t->kind == TREE_TEXT && str_eq(t->text, STR("true"));
	if (*ret || (t->kind == TREE_TEXT && str_eq(t->text, STR("false"))))
		return OK;
	return refuse(why, t, "write true or false");
}

/* What belongs to one target while it is read. */
struct half {
	struct route_tree *r;
	struct route_target *t;
	const struct tree *batch, *digest, *at, *on;
};

static enum err
read_target_member(struct half *h, const struct tree *m, struct diag *why)
{
	const struct {
		const char *key;
		struct str *to;
	} names[] = {
		{ "channel", &h->t->channel },
		{ "kind", &h->t->kind },
		{ "policy", &h->t->policy },
	};
	const struct {
		const char *key;
		const struct tree **to;
	} later[] = { { "batch", &h->batch }, { "digest", &h->digest }, { "at", &h->at },
		{ "on", &h->on } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (key_is(m, names[i].key)) {
			enum err e = read_name(m, names[i].to, why);

			return e == OK && names[i].to->n > 40 ? refuse(why, m, "at most 40 bytes")
							      : e;
		}
	for (size_t i = 0; i < ARRAY_LEN(later); i++)
		if (key_is(m, later[i].key)) {
			*later[i].to = m;
			return OK;
		}
	if (key_is(m, "zone"))
		return matcher_zone(h->r->in.a, m, &h->t->zone, why);
	if (key_is(m, "optional"))
		return read_bool(m, &h->t->optional, why);
	return refuse_key(why, m,
	    "a target has channel, kind or policy; batch, or digest with at, on and zone; "
	    "optional");
}

static enum err
read_digest(struct half *h, struct diag *why)
{
	struct route_target *t = h->t;
	const bool daily = h->digest->kind == TREE_TEXT && str_eq(h->digest->text, STR("daily"));
	const bool weekly = h->digest->kind == TREE_TEXT && str_eq(h->digest->text, STR("weekly"));

	if (!daily && !weekly)
		return refuse(why, h->digest, "write daily or weekly");
	t->form = daily ? ROUTE_DAILY : ROUTE_WEEKLY;
	t->at = DIGEST_AT;
	t->days = daily ? DAYTIME_DAYS : MONDAY;
	if (h->at != NULL && (h->at->kind != TREE_TEXT || !daytime_clock(h->at->text, &t->at)))
		return refuse(why, h->at, "write a time of day in quotes: \"08:00\"");
	if (h->on == NULL)
		return OK;
	if (daily)
		return refuse_key(why, h->on, "only a weekly digest has a day");
	if (h->on->kind == TREE_TEXT && daytime_days(h->on->text, &t->days) &&
	    (t->days & (t->days - 1)) == 0)
		return OK;
	return refuse(why, h->on, "write one day: mon, tue, wed, thu, fri, sat or sun");
}

static enum err
read_when(struct half *h, const struct tree *at, struct diag *why)
{
	struct route_target *t = h->t;

	if (h->batch != NULL && h->digest != NULL)
		return refuse(why, at, "write batch or digest, not both");
	if (h->digest != NULL)
		return read_digest(h, why);
	if (h->at != NULL || h->on != NULL)
		return refuse(why, at, "at and on are those of a digest: write digest: daily");
	if (h->batch == NULL)
		return OK;
	t->form = ROUTE_BATCH;
	if (h->batch->kind == TREE_TEXT && clock_span(h->batch->text, &t->window) &&
	    t->window >= ROUTE_BATCH_MIN && t->window <= ROUTE_BATCH_MAX)
		return OK;
	return refuse(why, h->batch, "write a time of 1s to 24h: 15m");
}

/* What is collected together: targets of different routes too, when they say the same. */
static enum err
name_slot(struct route_tree *r, struct route_target *t, const struct tree *zone, struct diag *why)
{
	auto_buf struct buf slot = { 0 };
	unsigned day = 0;

	if (t->form == ROUTE_NOW)
		return OK;
	while (t->form == ROUTE_WEEKLY && (t->days & 1U << day) == 0)
		day++;
	if (t->form == ROUTE_BATCH)
		buf_printf(&slot, "batch-%lld", (long long)t->window);
	else
		buf_printf(&slot, "%s-%u-%u-%.*s", route_form_word(t->form), day, t->at,
		    STR_ARG(zone != NULL ? zone->text : STR("UTC")));
	return arena_copy(r->in.a, buf_view(&slot), &t->slot)
		   ? OK
		   : err_set(why, FAIL_LIMIT, "too much text");
}

static enum err
read_target(struct route_tree *r, const struct tree *at, struct route_target *t, struct diag *why)
{
	struct half h = { .r = r, .t = t };
	const struct tree *zone = r->zone_at;
	enum err e = OK;

	*t = (struct route_target){ .channel = STR(""),
		.kind = STR(""),
		.policy = STR(""),
		.slot = STR(""),
		.zone = r->in.zone,
		.line = at->line };
	if (at->kind != TREE_MAP)
		return refuse(why, at, "write a target like {channel: NAME} or {kind: slack}");
	for (const struct tree *m = at->first; m != NULL && e == OK; m = m->next) {
		e = read_target_member(&h, m, why);
		zone = key_is(m, "zone") ? m : zone;
	}
	if (e == OK)
		e = read_when(&h, at, why);
	if (e != OK)
		return e;
	if (t->policy.n != 0 && (t->channel.n != 0 || t->kind.n != 0 || t->form != ROUTE_NOW))
		return refuse(why, at,
		    "a policy stands alone and says itself when: {policy: NAME}");
	if (t->channel.n == 0 && t->kind.n == 0 && t->policy.n == 0)
		return refuse(why, at, "say whom: channel, kind or policy");
	return name_slot(r, t, zone, why);
}

static enum err
read_targets(struct route_tree *r, const struct tree *t, struct route_node *n, struct diag *why)
{
	struct route_target *to;
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n > ROUTE_TARGETS_MAX)
		return refuse(why, t, "write a list of at most 20 targets: [{kind: all}]");
	to = arena_alloc(r->in.a, (t->n + 1) * sizeof(*to));
	if (to == NULL)
		return err_set(why, FAIL_LIMIT, "too much text");
	n->targets = to;
	n->inherits = false;
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = read_target(r, m, &to[n->n_targets++], why);
	return e;
}

static enum err read_children(struct route_tree *r, const struct tree *t, struct route_node *n,
    struct diag *why);

static enum err
read_node_member(struct route_tree *r, const struct tree *m, struct route_node *n,
    const struct tree **children, struct diag *why)
{
	if (key_is(m, "name"))
		return read_name(m, &n->name, why);
	if (key_is(m, "to") && n->targets == NULL)
		return read_targets(r, m, n, why);
	if (key_is(m, "match") && n->parent != NULL)
		return matcher_read(&r->in, m, &n->match, why);
	if (key_is(m, "continue") && n->parent != NULL)
		return read_bool(m, &n->goes_on, why);
	if (key_is(m, "routes")) {
		*children = m; /* once the targets they inherit are known */
		return OK;
	}
	return refuse_key(why, m,
	    n->parent != NULL
		? "a route has the members name, match, to, continue and routes, each once"
		: "the first route is for every alert: write name, to and routes");
}

/* Depth is that of the tree of text, which is bounded. */
static enum err
read_node(struct route_tree *r, const struct tree *t, const struct route_node *parent,
    struct route_node **ret, struct diag *why)
{
	struct route_node *n = arena_alloc(r->in.a, sizeof(*n));
	const struct tree *children = NULL;
	enum err e = OK;

	if (n == NULL || ++r->n_nodes > ROUTE_NODES_MAX)
		return err_at(why, err_set(why, FAIL_LIMIT, "at most 500 routes"), NULL, t->line,
		    t->column);
	*n = (struct route_node){ .name = STR(""), .parent = parent, .line = t->line };
	n->inherits = parent != NULL;
	if (t->kind != TREE_MAP)
		return refuse(why, t, "a route is a map with match and to");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = read_node_member(r, m, n, &children, why);
	if (e != OK)
		return e;
	if (parent == NULL && n->targets == NULL)
		return refuse(why, t, "the first route says whom to tell: write to: [{kind: all}]");
	if (n->inherits) {
		n->targets = parent->targets;
		n->n_targets = parent->n_targets;
	}
	*ret = n;
	return children != NULL ? read_children(r, children, n, why) : OK;
}

static enum err
read_children(struct route_tree *r, const struct tree *t, struct route_node *n, struct diag *why)
{
	const struct route_node **tail = &n->first;
	enum err e = OK;

	if (t->kind != TREE_LIST)
		return refuse(why, t, "write a list of routes");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		struct route_node *child = NULL;

		e = read_node(r, m, n, &child, why);
		if (e != OK)
			break;
		*tail = child;
		tail = &child->next;
	}
	return e;
}

static enum err
read_equal(const struct tree *t, unsigned *ret, struct diag *why)
{
	static const char *const words[] = { "address", "user", "group" };
	const struct tree *m = t->kind == TREE_LIST ? t->first : t;

	for (; m != NULL; m = t->kind == TREE_LIST ? m->next : NULL) {
		unsigned i = 0;

		while (i < ARRAY_LEN(words) &&
		       (m->kind != TREE_TEXT || !str_eq(m->text, str_c(words[i]))))
			i++;
		if (i == ARRAY_LEN(words))
			return refuse(why, m, "write address, user or group");
		*ret |= 1U << i;
	}
	return OK;
}

static enum err
read_inhibit(struct route_tree *r, const struct tree *t, struct route_inhibit *to, struct diag *why)
{
	enum err e = OK;

	if (t->kind != TREE_MAP)
		return refuse(why, t, "write {source: {...}, target: {...}, equal: [address]}");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		if (key_is(m, "source"))
			e = matcher_read(&r->in, m, &to->source, why);
		else if (key_is(m, "target"))
			e = matcher_read(&r->in, m, &to->target, why);
		else if (key_is(m, "equal"))
			e = read_equal(m, &to->equal, why);
		else
			e = refuse_key(why, m, "write source, target and equal");
	}
	if (e == OK && (to->source == NULL || to->target == NULL))
		e = refuse(why, t, "write both source and target");
	return e;
}

static enum err
read_inhibits(struct route_tree *r, const struct tree *t, struct diag *why)
{
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n > ROUTE_INHIBIT_MAX)
		return refuse(why, t, "write a list of at most 50");
	r->inhibits = arena_alloc(r->in.a, (t->n + 1) * sizeof(*r->inhibits));
	if (r->inhibits == NULL)
		return err_set(why, FAIL_LIMIT, "too much text");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = read_inhibit(r, m, &r->inhibits[r->n_inhibits++], why);
	return e;
}

static enum err
read_zone(struct route_tree *r, const struct tree *top, struct diag *why)
{
	struct zone *utc = arena_alloc(r->in.a, sizeof(*utc));

	if (utc == NULL)
		return err_set(why, FAIL_LIMIT, "too much text");
	r->in.zone = utc; /* zeroed is UTC */
	for (const struct tree *m = top->first; m != NULL; m = m->next)
		if (key_is(m, "zone")) {
			r->zone_at = m;
			return matcher_zone(r->in.a, m, &r->in.zone, why);
		}
	return OK;
}

static enum err
read_top(struct route_tree *r, const struct tree *top, struct diag *why)
{
	enum err e;

	if (top->kind != TREE_MAP)
		return refuse(why, top, "write a map with routes: NAME and route: {to: [...]}");
	e = read_zone(r, top, why);
	for (const struct tree *m = top->first; m != NULL && e == OK; m = m->next) {
		if (key_is(m, "zone"))
			continue;
		if (key_is(m, "routes"))
			e = read_name(m, &r->name, why);
		else if (key_is(m, "title"))
			e = read_name(m, &r->title, why);
		else if (key_is(m, "inhibit") && r->inhibits == NULL)
			e = read_inhibits(r, m, why);
		else if (key_is(m, "route") && r->root == NULL)
			e = read_node(r, m, NULL, &r->root, why);
		else
			e = refuse_key(why, m,
			    "write routes (its name), title, zone, inhibit and route, each once");
	}
	if (e == OK && (r->name.n == 0 || r->root == NULL))
		e = refuse(why, top, "at least routes (its name) and route have to be there");
	return e;
}

enum err
route_read(struct str text, const char *file, struct route_tree **ret, struct diag *why)
{
	struct route_tree *r = MEM_NEW(struct route_tree);
	struct tree *top = NULL;
	struct diag here = { 0 };
	struct str kept;
	enum err e = OK;

	r->arena = r->in.a = arena_new(BUDGET);
	r->name = r->title = STR("");
	if (!arena_copy(r->arena, text, &kept))
		e = err_set(&here, FAIL_LIMIT, "too much text");
	if (e == OK)
		e = tree_read(kept, r->arena, &top, &here);
	if (e == OK)
		e = read_top(r, top, &here);
	if (e != OK) {
		(void)err_set(why, e, "%s", here.text);
		route_free(r);
		return err_at(why, e, file, here.line, here.column);
	}
	r->file = mem_dup(file, strlen(file));
	*ret = r;
	return OK;
}

void
route_free(struct route_tree *t)
{
	if (t == NULL)
		return;
	arena_free(t->arena);
	free(t->file);
	free(t);
}

struct str
route_name(const struct route_tree *t)
{
	return t->name;
}

struct str
route_title(const struct route_tree *t)
{
	return t->title;
}

const char *
route_file(const struct route_tree *t)
{
	return t->file;
}

const struct route_node *
route_root(const struct route_tree *t)
{
	return t->root;
}

const struct route_inhibit *
route_inhibits(const struct route_tree *t, size_t *ret_n)
{
	*ret_n = t->n_inhibits;
	return t->inhibits;
}
