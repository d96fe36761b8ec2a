/*
 * JSON events.  The document is walked in its order; each value goes to the
 * field its path names if it fits there, and to the unknown fields otherwise.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/native.h"

#include <stdlib.h>

#include "base/mem.h"
#include "parse/internal.h"
#include "parse/json.h"
#include "parse/names.h"
#include "parse/native_set.h"
#include "parse/synonym.h"
#include "parse/put.h"
#include "parse/winevent.h"
#include "rec/etype.h"
#include "rec/sent.h"

#define PATH_MAX_N 1024 /* of an unknown field that is nested; the rest is cut */
#define SEEN_SIZE 4096  /* slots for keys in one message */
#define SEEN_MAX (SEEN_SIZE / 2)

struct walk {
	struct parser *p;
	struct rec *r;
	const struct json_doc *doc;
	struct str raw;
	size_t raw_at;
	bool in_order; /* texts are looked up in `raw` as they come */
	struct native_set set;
	char fold[NAMES_FOLD_MAX + 16];
	char path[PATH_MAX_N];
};

struct native {
	struct names *names;
	struct seen {
		uint64_t generation, hash;
		struct str key;
		size_t object;
	} seen[SEEN_SIZE];
	uint64_t generation;
	size_t n_seen;
	struct walk walk; /* here for its size; begun anew for each message */
};

/* A key on the way down; `path` is made when an unknown field needs it. */
struct node {
	const struct node *up;
	struct str key, path;
	size_t folded;
};

struct native *
native_new(void)
{
	struct native *n = MEM_NEW(struct native);

	n->names = names_new();
	return n;
}

void
native_free(struct native *n)
{
	if (n == NULL)
		return;
	names_free(n->names);
	free(n);
}

static bool
native_sniff(struct str s)
{
	if (str_starts(s, STR("\xef\xbb\xbf")))
		s = str_from(s, 3);
	s = str_trim(s);
	if (s.n == 0 || s.p[0] == '{')
		return s.n > 0;
	/* A bracket begins many a log line; an array must end in one, too. */
	if (s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	s = str_trim(str_from(s, 1));
	return memchr("[{\"]-0123456789tfn", s.p[0], 18) != NULL;
}

/*
 * The text of the tape as it stands in the message, where it lives longer and
 * costs nothing; or, had it escapes, a copy.  Works because every string is
 * asked for in the order of the document.
 */
static struct str
keep(struct walk *w, struct str s)
{
	const char *p = NULL;
	size_t left = w->raw.n - w->raw_at;
	struct str copy = STR("");

	if (w->in_order)
		p = memchr(w->raw.p + w->raw_at, '"', left);
	if (p != NULL) {
		left -= (size_t)(p + 1 - (w->raw.p + w->raw_at));
		if (left > s.n && p[1 + s.n] == '"' && memcmp(p + 1, s.p, s.n) == 0) {
			w->raw_at = (size_t)(p + 2 + s.n - w->raw.p);
			return (struct str){ p + 1, s.n };
		}
		for (p++; p < w->raw.p + w->raw.n && *p != '"'; p++)
			p += *p == '\\';
		w->raw_at = (size_t)(p - w->raw.p) + 1;
		w->in_order = w->raw_at <= w->raw.n;
	}
	if (!arena_copy(w->r->arena, s, &copy))
		w->r->cut = true;
	return copy;
}

/* Is the key new to this object?  Past SEEN_MAX keys nobody looks. */
static bool
is_new(struct walk *w, size_t object, struct str key)
{
	struct native *n = w->p->native;
	uint64_t h = (object + key.n) * 0x9e3779b97f4a7c15U, word;
	size_t i = 0;

	for (; i + 8 <= key.n; i += 8) {
		memcpy(&word, key.p + i, sizeof(word));
		h = (h ^ word) * 0x9fb21c651e98df25U;
		h ^= h >> 29;
	}
	word = 0;
	memcpy(&word, key.p + i, key.n - i);
	h = (h ^ word) * 0x9fb21c651e98df25U;
	h ^= h >> 29;
	for (i = (size_t)(h >> 32) % SEEN_SIZE; n->seen[i].generation == n->generation;
	     i = (i + 1) % SEEN_SIZE) {
		const struct seen *s = &n->seen[i];

		if (s->hash == h && s->object == object && str_eq(s->key, key))
			return false;
	}
	if (n->n_seen == SEEN_MAX)
		return true;
	n->seen[i] = (struct seen){ n->generation, h, key, object };
	n->n_seen++;
	return true;
}

/* "a.b.c", from the root down. */
static struct str
path_of(struct walk *w, struct node *node)
{
	size_t at = PATH_MAX_N;

	if (node->path.p != NULL)
		return node->path;
	if (node->up == NULL) {
		node->path = node->key;
		return node->path;
	}
	for (const struct node *k = node; k != NULL; k = k->up) {
		size_t n = k->key.n < at ? k->key.n : at;

		w->r->cut |= n < k->key.n;
		at -= n;
		memcpy(w->path + at, k->key.p + k->key.n - n, n);
		if (k->up != NULL && at > 0)
			w->path[--at] = '.';
	}
	node->path = STR("");
	if (!arena_copy(w->r->arena, (struct str){ w->path + at, PATH_MAX_N - at }, &node->path))
		w->r->cut = true;
	return node->path;
}

static void
add_extra(struct walk *w, struct str path, const struct json_value *v)
{
	struct rec_extra x = { .path = path, .type = FIELD_STR };

	if (v->type == JSON_INT) {
		x.type = FIELD_INT;
		x.v.i = v->i;
	} else if (v->type == JSON_REAL) {
		x.type = FIELD_FLOAT;
		x.v.f = v->f;
	} else if (v->type == JSON_BOOL) {
		x.type = FIELD_BOOL;
		x.v.b = v->b;
	} else if (v->type == JSON_TEXT || v->type == JSON_BIG) {
		x.v.s = native_set_text(&w->set, v);
	} else {
		x.null = true;
	}
	(void)!rec_add_extra(w->r, &x);
}

/* "metadata.ip" is "ip" where nothing better names the field. */
static size_t
wrapper(const char *fold, size_t n)
{
	for (size_t i = 0; i < SENT_WRAPPERS; i++) {
		const struct str *word = &sent_wrappers[i];

		if (n > word->n && memcmp(fold, word->p, word->n) == 0)
			return word->n;
	}
	return 0;
}

static struct str
sent_path(struct walk *w, struct str path)
{
	char *to = arena_bytes(w->r->arena, path.n + 5);

	if (to == NULL) {
		w->r->cut = true;
		return path;
	}
	memcpy(to, "sent.", 5);
	memcpy(to + 5, path.p, path.n);
	return (struct str){ to, path.n + 5 };
}

/* True when a field took the value. */
static bool
set_field(struct walk *w, struct node *node, const struct names_row *row, bool inner,
    const struct json_value *v)
{
	struct rec_extra was;

	for (; row != NULL; row = row->next) {
		enum names_strength strength = inner ? NAMES_INNER : row->strength;

		if (!native_set_value(&w->set, row, strength, v, &was))
			continue;
		if (was.path.p != NULL)
			(void)!rec_add_extra(w->r, &was);
		if (strength != NAMES_OWN)
			w->set.from[row->field] = path_of(w, node);
		return true;
	}
	return false;
}

static void
leaf(struct walk *w, struct node *node, struct json_value *v)
{
	const struct names_row *row = NULL;
	size_t n = node->folded, skip = 0;
	bool inner = false;

	if (v->type == JSON_TEXT)
		v->s = keep(w, v->s);
	if (n <= NAMES_FOLD_MAX) {
		memset(w->fold + n, 0, 8); /* members of an array may have written there */
		row = names_find(w->p->native->names, w->fold, n);
	}
	if (row == NULL && node->up != NULL && n <= NAMES_FOLD_MAX &&
	    (skip = wrapper(w->fold, n)) != 0) {
		row = names_find(w->p->native->names, w->fold + skip, n - skip);
		inner = true;
	}
	if (row != NULL && row->how == SENT_OURS)
		add_extra(w, inner ? path_of(w, node) : sent_path(w, path_of(w, node)), v);
	else if (row == NULL || !set_field(w, node, row, inner, v))
		add_extra(w, path_of(w, node), v);
}

static void value(struct walk *w, struct node *node, struct json_value *v);

/* Says which keys came twice; the first was taken. */
static void
put_duplicate(struct walk *w, struct node *node)
{
	/* The texts of the value are not asked for, so the order is lost. */
	w->in_order = false;
	put_extra(w->r, STR("_duplicate_keys"), path_of(w, node));
}

static void
object(struct walk *w, const struct node *up, size_t at)
{
	const size_t this = at, folded = up != NULL ? up->folded : 0;
	struct json_value key, v;

	for (;;) {
		struct node node = { .up = up, .folded = NAMES_FOLD_MAX + 1 };

		json_read(w->doc, at, &key);
		if (key.type != JSON_TEXT)
			return;
		json_read(w->doc, key.next, &v);
		at = v.next;
		node.key = keep(w, key.s);
		if (!is_new(w, this, node.key)) {
			put_duplicate(w, &node);
			continue;
		}
		if (folded < NAMES_FOLD_MAX) {
			size_t n = folded;

			if (up != NULL)
				w->fold[n++] = '.';
			node.folded = names_fold(w->p->native->names, w->fold, n, node.key);
		}
		value(w, &node, &v);
	}
}

/* Depth is bounded by JSON_DEPTH_MAX. */
static void
value(struct walk *w, struct node *node, struct json_value *v)
{
	struct json_value member;
	size_t at;

	if (v->type != JSON_OBJECT && v->type != JSON_ARRAY) {
		leaf(w, node, v);
		return;
	}
	json_read(w->doc, v->first, &member);
	if (member.type == JSON_END) {
		add_extra(w, path_of(w, node), &(struct json_value){ .type = JSON_NULL });
		return;
	}
	if (v->type == JSON_OBJECT) {
		object(w, node, v->first);
		return;
	}
	for (at = v->first; member.type != JSON_END; at = member.next) {
		json_read(w->doc, at, &member);
		if (member.type != JSON_END)
			value(w, node, &member);
	}
}

/* An application's own name for what the registry has: "LOGIN_FAILED" of authentication. */
static void
put_type(struct rec *r)
{
	struct str name = r->v[F_EVENT_TYPE].s, type;
	const struct rec_extra *x;
	struct rec_extra sent = { .path = STR("sent.event_type"), .type = FIELD_STR };
	enum synonym_end end = SYNONYM_UNSAID;

	if (!rec_has(r, F_CATEGORY) || etype_find(name) != NULL)
		return;
	x = rec_find_extra(r, STR("metadata.success"), 0);
	if (x == NULL)
		x = rec_find_extra(r, STR("success"), 0);
	if (x != NULL && x->type == FIELD_BOOL && !x->null)
		end = x->v.b ? SYNONYM_GOOD : SYNONYM_BAD;
	type = synonym_of(r->v[F_CATEGORY].s, name, end);
	if (type.n == 0)
		return;
	sent.v.s = name;
	(void)!rec_add_extra(r, &sent);
	rec_set_str(r, F_EVENT_TYPE, type);
}

/* The Sigma category, by the type of the event; else a request is one of a web server. */
static void
put_category(struct rec *r, bool web)
{
	const struct etype *type = etype_find(r->v[F_EVENT_TYPE].s);
	struct str name = type != NULL ? type->name : r->v[F_EVENT_TYPE].s;
	struct str category = type != NULL ? type->category : STR("");

	if (str_starts(name, STR("auth.")))
		rec_set_str(r, F_LS_CATEGORY, STR("authentication"));
	else if (str_eq(category, STR("database")) || str_eq(category, STR("host")))
		rec_set_str(r, F_LS_CATEGORY, category);
	else if (web)
		rec_set_str(r, F_LS_CATEGORY, STR("webserver"));
}

/* A request, rather than something else with a verb or a status: what it asked for is there. */
static bool
is_request(const struct rec *r)
{
	return (rec_has(r, F_URL) || rec_has(r, F_ENDPOINT)) &&
	       (rec_has(r, F_METHOD) || rec_has(r, F_STATUS_CODE));
}

/*
 * What the fields there are say about those that are not.  A log source is only said of events
 * whose kind is known: rules of all sources look at others.
 */
static void
derive(struct walk *w)
{
	struct rec *r = w->r;
	bool web, said = rec_has(r, F_EVENT_TYPE);

	if (rec_has(r, F_URL) && !rec_has(r, F_ENDPOINT))
		put_url(r, r->v[F_URL].s);
	if (w->set.bad_time && !rec_has(r, F_TIMESTAMP))
		rec_set_str(r, F_TIME_FLAG, STR("bad"));
	r->null[0] &= ~r->have[0];
	r->null[1] &= ~r->have[1];
	web = said ? rec_has(r, F_METHOD) || rec_has(r, F_ENDPOINT) || rec_has(r, F_STATUS_CODE)
		   : is_request(r);
	if (!rec_has(r, F_EVENT_TYPE))
		rec_set_str(r, F_EVENT_TYPE, web ? STR("http.request") : STR("log"));
	put_type(r);
	if (!rec_has(r, F_LS_PRODUCT) &&
	    (web || (said && etype_find(r->v[F_EVENT_TYPE].s) != NULL)))
		rec_set_str(r, F_LS_PRODUCT, STR("application"));
	if (!rec_has(r, F_LS_CATEGORY))
		put_category(r, web);
}

static enum err
native_parse(struct parser *p, const struct parse_in *in, struct rec *r, struct diag *why)
{
	struct walk *w = &p->native->walk;
	struct json_doc doc;
	struct json_value root;
	enum err e = json_parse(p->json, in->message, &doc, why);

	if (e != OK)
		return e;
	json_read(&doc, 1, &root);
	if (root.type != JSON_OBJECT) {
		rec_set_str(r, F_EVENT_TYPE, STR("log"));
		rec_set_str(r, F_MESSAGE, str_trim(in->message));
		return OK;
	}
	if (winevent_is(&doc, root.first)) {
		winevent_read(&doc, root.first, in->received, r);
		return OK;
	}
	w->p = p;
	w->r = r;
	w->doc = &doc;
	w->raw = in->message;
	w->raw_at = 0;
	w->in_order = !doc.mended;
	p->native->generation++;
	p->native->n_seen = 0;
	native_set_begin(&w->set, p, r, in->received);
	object(w, NULL, root.first);
	derive(w);
	return OK;
}

const struct format_ops native_format = {
	.name = "json",
	.doc = "one JSON value a message: native names, ECS names, common spellings",
	.sniff = native_sniff,
	.parse = native_parse,
};
