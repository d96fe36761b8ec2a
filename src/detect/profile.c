/* Profiles change the YAML of rules before it is read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/profile.h"

#include "detect/pool.h"

struct row { /* a rule that the profile names */
	struct str rule;
	const struct ydoc *at;   /* the name */
	const struct ydoc *tune; /* NULL: it is off */
	bool used;
};

struct profile {
	const char *file;
	struct arena *arena;
	struct row *row;
	size_t n;
};

bool
profile_is(const struct ydoc *doc)
{
	const struct ydoc *v = ydoc_get(doc, "profile");

	return v != NULL && v->kind == YDOC_SCALAR;
}

const char *
profile_file(const struct profile *p)
{
	return p->file;
}

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "profile: %s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

static enum err
read_off(struct profile *p, const struct ydoc *v, struct diag *why)
{
	if (v->kind != YDOC_LIST)
		return fail(why, v, "off is a list of rules by name or id");
	for (const struct ydoc *m = v->first; m != NULL; m = m->next) {
		if (m->kind != YDOC_SCALAR || m->text.n == 0)
			return fail(why, m, "off is a list of rules by name or id");
		p->row[p->n++] = (struct row){ .rule = m->text, .at = m };
	}
	return OK;
}

static enum err
read_tune(struct profile *p, const struct ydoc *v, struct diag *why)
{
	if (v->kind != YDOC_MAP)
		return fail(why, v, "tune is a map of rules and what changes");
	for (const struct ydoc *m = v->first; m != NULL; m = m->next) {
		if (m->kind != YDOC_MAP || m->n == 0)
			return fail(why, m, "what changes is a map like {level: high}");
		p->row[p->n++] = (struct row){ .rule = m->key->text, .at = m->key, .tune = m };
	}
	return OK;
}

enum err
profile_read(const struct ydoc *doc, const char *file, struct arena *a, struct profile **ret,
    struct diag *why)
{
	static const char *const words[] = { "profile", "title", "description", "off", "tune" };
	const struct ydoc *off = ydoc_get(doc, "off"), *tune = ydoc_get(doc, "tune");
	struct profile *p = POOL_NEW(a, struct profile);
	enum err err = OK;

	for (const struct ydoc *m = doc->first; m != NULL; m = m->next) {
		size_t i = 0;

		while (i < ARRAY_LEN(words) && !str_eq(m->key->text, str_c(words[i])))
			i++;
		if (i == ARRAY_LEN(words))
			return fail(why, m->key,
			    "there are the keys profile, title, description, off and tune");
	}
	p->file = file;
	p->arena = a;
	p->row = POOL_ARRAY(a, struct row,
	    (off != NULL ? off->n : 0) + (tune != NULL ? tune->n : 0) + 1);
	if (off != NULL)
		err = read_off(p, off, why);
	if (err == OK && tune != NULL)
		err = read_tune(p, tune, why);
	if (err == OK)
		*ret = p;
	return err;
}

static struct ydoc *
copy(struct arena *a, const struct ydoc *d, struct buf *digest)
{
	struct ydoc *to = POOL_NEW(a, struct ydoc);

	*to = *d;
	to->line += PROFILE_LINES;
	to->next = to->first = to->last = NULL;
	if (d->key != NULL)
		to->key = copy(a, d->key, digest);
	buf_str(digest, d->text);
	buf_byte(digest, '\0');
	for (const struct ydoc *m = d->first; m != NULL; m = m->next) {
		struct ydoc *member = copy(a, m, digest);

		if (to->last != NULL)
			to->last->next = member;
		else
			to->first = member;
		to->last = member;
	}
	return to;
}

/* The rule's tree is ours to change. */
static struct ydoc *
writable(const struct ydoc *d)
{
	return (struct ydoc *)(uintptr_t)d;
}

static void
append(struct ydoc *map, struct ydoc *member)
{
	if (map->last != NULL)
		map->last->next = member;
	else
		map->first = member;
	map->last = member;
	map->n++;
}

/* The member of this name becomes `value`, or joins the map. */
static void
put(struct ydoc *map, const char *name, struct ydoc *value)
{
	struct ydoc *was = writable(ydoc_get(map, name)), *next;
	const struct ydoc *key;

	if (was == NULL) {
		append(map, value);
		return;
	}
	next = was->next;
	key = was->key;
	*was = *value;
	was->next = next;
	was->key = key;
}

static struct ydoc *
new_key(struct profile *p, const struct ydoc *like, const char *name)
{
	struct ydoc *key = POOL_NEW(p->arena, struct ydoc);

	*key = (struct ydoc){ .kind = YDOC_SCALAR,
		.text = str_c(name),
		.line = like->line + PROFILE_LINES,
		.column = like->column };
	return key;
}

/* A map of this name in the rule, made when it is not there. */
static struct ydoc *
section(struct profile *p, struct ydoc *rule, const char *name, const struct ydoc *like)
{
	struct ydoc *map = writable(ydoc_get(rule, name));

	if (map != NULL)
		return map;
	map = POOL_NEW(p->arena, struct ydoc);
	*map = (struct ydoc){ .kind = YDOC_MAP,
		.line = like->line + PROFILE_LINES,
		.column = like->column,
		.key = new_key(p, like, name) };
	append(rule, map);
	return map;
}

/* A new condition without a field is about the old one's. */
static void
keep_field(struct profile *p, const struct ydoc *was, struct ydoc *value)
{
	const struct ydoc *field = ydoc_get(was, "field");
	struct ydoc *to;
	struct buf ignored;

	if (field == NULL || value->kind != YDOC_MAP || ydoc_get(value, "field") != NULL)
		return;
	buf_init(&ignored, 0);
	to = copy(p->arena, field, &ignored);
	buf_fini(&ignored);
	to->line -= PROFILE_LINES;
	append(value, to);
}

/* "detection.amount.record_count|gt": every key must be there; keys may have dots themselves. */
static struct ydoc *
find_path(struct ydoc *map, struct str path)
{
	struct ydoc *found;

	if (map->kind != YDOC_MAP && map->kind != YDOC_LIST)
		return NULL;
	for (struct ydoc *m = map->first; m != NULL; m = m->next) {
		struct str key = m->key != NULL ? m->key->text : STR("");

		if (map->kind == YDOC_LIST) {
			found = find_path(m, path);
			if (found != NULL)
				return found;
			continue;
		}
		if (str_eq(path, key))
			return m;
		if (!str_starts(path, key) || path.p[key.n] != '.')
			continue;
		found = find_path(m, str_from(path, key.n + 1));
		if (found != NULL)
			return found;
	}
	return NULL;
}

static bool
one_of(struct str word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (str_eq(word, str_c(*list)))
			return true;
	return false;
}

static enum err
change(struct profile *p, struct ydoc *rule, const struct ydoc *m, struct buf *digest,
    struct diag *why)
{
	static const char *const root[] = { "level", "title", "description", "tags", "status",
		NULL };
	static const char *const own[] = { "action", "advice", "at-most", "confidence", "suppress",
		NULL };
	struct ydoc *corr = writable(ydoc_get(rule, "correlation")), *value, *at;
	const char *key = m->key->text.p;

	value = copy(p->arena, m, digest);
	if (one_of(m->key->text, root)) {
		put(rule, key, value);
	} else if (one_of(m->key->text, own) ||
		   (corr == NULL && str_eq(m->key->text, STR("group-by")))) {
		put(section(p, rule, "tocsin", m), key, value);
	} else if (str_find(m->key->text, STR(".")) >= 0) {
		at = find_path(rule, m->key->text);
		if (at == NULL)
			return fail(why, m->key, "the rule has no such key");
		value->key = at->key;
		value->next = at->next;
		*at = *value;
	} else if (corr != NULL) {
		if (str_eq(m->key->text, STR("condition")))
			keep_field(p, ydoc_get(corr, "condition"), value);
		put(corr, key, value);
	} else {
		return fail(why, m->key,
		    "of a detection rule level, title, description, tags, status, action, advice, "
		    "suppress, at-most and group-by can change, and keys by their path like "
		    "detection.selection.event_type");
	}
	return OK;
}

static bool
is_named(const struct row *row, struct str id, struct str name)
{
	return str_eq(row->rule, id) || (name.n > 0 && str_eq(row->rule, name));
}

static struct str
text_of(const struct ydoc *rule, const char *key)
{
	const struct ydoc *v = ydoc_get(rule, key);

	return v != NULL && v->kind == YDOC_SCALAR ? v->text : STR("");
}

enum err
profile_apply(struct profile *p, struct ydoc *rule, struct buf *digest, struct diag *why)
{
	struct str id = text_of(rule, "id"), name = text_of(rule, "name");

	for (size_t i = 0; i < p->n; i++) {
		struct row *row = &p->row[i];

		if (!is_named(row, id, name))
			continue;
		row->used = true;
		if (row->tune == NULL) {
			buf_str(digest, STR("off"));
			continue;
		}
		for (const struct ydoc *m = row->tune->first; m != NULL; m = m->next) {
			enum err err = change(p, rule, m, digest, why);

			if (err != OK)
				return err;
		}
	}
	return OK;
}

bool
profile_off(struct profile *p, struct str id, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->row[i].tune == NULL && is_named(&p->row[i], id, name))
			return true;
	return false;
}

void
profile_unknown(const struct profile *p, void (*note)(void *ctx, struct diag *why), void *ctx)
{
	for (size_t i = 0; i < p->n; i++) {
		struct diag why = { 0 };
		char name[80];

		if (p->row[i].used)
			continue;
		(void)err_set(&why, FAIL_SYNTAX, "profile: no rule has the name or id '%s'",
		    str_to_c(p->row[i].rule, name, sizeof(name)));
		(void)err_at(&why, FAIL_SYNTAX, p->file, p->row[i].at->line, p->row[i].at->column);
		note(ctx, &why);
	}
}
