/* Loads rule files: each document on its own, then correlations are tied to what they name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ruleset.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "detect/compiled.h"
#include "detect/expand.h"
#include "detect/filter.h"
#include "detect/index.h"
#include "detect/link.h"
#include "detect/pool.h"
#include "detect/rule_read.h"

#define FILE_MAX ((size_t)4 << 20)
#define FILES_MAX 50000
#define RULES_MAX 100000
#define FOLDERS_DEEP 16
#define PATH_SIZE 4096

/* Changes when what the same rules mean changes. */
#define MEANING "tocsin rules 2"

/* A document of a file, read as YAML. */
struct document {
	const char *file;
	const struct ydoc *doc;
	uint8_t sum[DIGEST_SIZE];
};

struct load {
	struct ruleset *rs;
	VEC(struct document) documents;
	struct expand *expand;
	filter_list filters;
	struct arena *docs; /* what was read of the files, until the set is complete */
	VEC(struct rule_draft) draft;
	VEC(char *) files;
	struct map *names; /* id or name to place in draft */
	struct buf digest;
	ruleset_note_fn note;
	void *ctx;
};

static void
load_init(struct load *l, ruleset_note_fn note, void *ctx)
{
	*l = (struct load){ .rs = MEM_NEW(struct ruleset),
		.docs = arena_new(POOL_MAX),
		.names = map_new(sizeof(uint32_t), (size_t)2 * RULES_MAX),
		.note = note,
		.ctx = ctx };
	l->rs->arena = arena_new(POOL_MAX);
	l->expand = expand_new();
	atoms_init(&l->rs->atoms, l->rs->arena);
	buf_init(&l->digest, 0);
	buf_str(&l->digest, STR(MEANING));
}

static void
load_fini(struct load *l)
{
	for (size_t i = 0; i < l->draft.n; i++)
		rule_read_fini(&l->draft.p[i]);
	VEC_FINI(&l->draft);
	VEC_FINI(&l->documents);
	filter_fini(&l->filters);
	expand_free(l->expand);
	for (size_t i = 0; i < l->files.n; i++)
		free(l->files.p[i]);
	VEC_FINI(&l->files);
	map_free(l->names);
	buf_fini(&l->digest);
	arena_free(l->docs);
	ruleset_free(l->rs);
}

static void
refuse(struct load *l, struct diag *why, const char *file)
{
	enum err err = err_at(why, FAIL_SYNTAX, file, why->line, why->column);

	(void)err;
	if (l->note != NULL)
		l->note(l->ctx, RULESET_ERROR, why);
}

static void
refuse_at(struct load *l, const char *file, uint32_t line, uint32_t column, const char *text)
{
	struct diag d = { .line = line, .column = column };

	(void)err_set(&d, FAIL_SYNTAX, "%s", text);
	d.line = line;
	d.column = column;
	refuse(l, &d, file);
}

/* False when another rule has the name. */
static bool
claim(struct load *l, const struct crule *r, const struct ydoc *doc, const char *key,
    const char *word)
{
	const struct ydoc *at = ydoc_get(doc, key);
	const struct crule *other;
	char text[300];
	uint32_t *v;
	bool fresh;

	if (word[0] == '\0')
		return true;
	v = map_put(l->names, str_c(word), &fresh);
	if (v != NULL && fresh) {
		*v = (uint32_t)l->draft.n;
		return true;
	}
	if (v != NULL && *v == l->draft.n)
		return true;
	other = v != NULL ? &l->draft.p[*v].rule : r;
	(void)snprintf(text, sizeof(text), "the %s '%.60s' is taken by the rule at %.100s:%u", key,
	    word, other->pub.file, (unsigned)other->pub.line);
	refuse_at(l, r->pub.file, at != NULL ? at->line : doc->line, at != NULL ? at->column : 1,
	    text);
	return false;
}

static void
add_document(struct load *l, const char *file, struct str text, uint32_t line)
{
	struct document d = { .file = file };
	struct ydoc *doc = NULL;
	struct diag why = { 0 };

	if (ydoc_parse(text, line, l->docs, &doc, &why) != OK) {
		refuse(l, &why, file);
		return;
	}
	if (doc == NULL || (doc->kind == YDOC_SCALAR && doc->type == YDOC_NULL))
		return;
	d.doc = doc;
	digest_sha256(text, d.sum);
	VEC_PUSH(&l->documents, d);
}

static void
add_rule(struct load *l, const struct document *d)
{
	const struct rule_reader rd = { &l->rs->atoms, l->expand, d->file, l->note, l->ctx };
	struct rule_draft draft = { 0 };
	struct diag why = { 0 };
	enum err err;

	if (ydoc_get(d->doc, "filter") != NULL) {
		if (filter_add(&l->filters, &rd, d->doc, &why) == OK)
			buf_put(&l->digest, d->sum, sizeof(d->sum));
		else
			refuse(l, &why, d->file);
		return;
	}
	err = rule_read(&rd, d->doc, &draft, &why);
	if (err != OK)
		refuse(l, &why, d->file);
	if (err != OK || l->draft.n >= RULES_MAX ||
	    !claim(l, &draft.rule, d->doc, "id", draft.rule.pub.id) ||
	    !claim(l, &draft.rule, d->doc, "name", draft.rule.name.p)) {
		rule_read_fini(&draft);
		return;
	}
	memcpy(draft.rule.digest, d->sum, sizeof(d->sum));
	buf_put(&l->digest, d->sum, sizeof(d->sum));
	VEC_PUSH(&l->draft, draft);
}

/* Placeholders, then what uses them; filters, then what they are added to. */
static void
read_documents(struct load *l)
{
	struct diag why = { 0 };

	for (size_t i = 0; i < l->documents.n; i++) {
		const struct document *d = &l->documents.p[i];
		const struct ydoc *map = ydoc_get(d->doc, "placeholders");

		if (map == NULL)
			continue;
		if (expand_add(l->expand, map, &why) == OK)
			buf_put(&l->digest, d->sum, sizeof(d->sum));
		else
			refuse(l, &why, d->file);
	}
	for (size_t i = 0; i < l->documents.n; i++)
		if (ydoc_get(l->documents.p[i].doc, "placeholders") == NULL)
			add_rule(l, &l->documents.p[i]);
	for (size_t i = 0; i < l->draft.n && l->filters.n > 0; i++)
		if (l->draft.p[i].rule.expr != NULL &&
		    filter_apply(&l->filters, &l->draft.p[i].rule, &why) != OK)
			refuse(l, &why, why.file);
	filter_finish(&l->filters);
}

static void
add_text(struct load *l, const char *file, struct str text)
{
	uint32_t line = 1, at;
	struct str doc;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_from(text, 3);
	while (ydoc_split(&text, &line, &doc, &at))
		add_document(l, file, doc, at);
}

static void
add_file(struct load *l, const char *path)
{
	const char *file = pool_str(l->rs->arena, str_c(path)).p;
	struct diag why = { 0 };
	struct buf b;

	buf_init(&b, FILE_MAX);
	if (fs_read(path, FILE_MAX, &b, &why) != OK)
		refuse(l, &why, file);
	else
		add_text(l, file, buf_view(&b));
	buf_fini(&b);
}

struct walk {
	struct load *l;
	const char *dir;
	unsigned depth;
};

static enum err walk_path(struct load *l, const char *path, unsigned depth, struct diag *why);

static enum err
walk_name(void *ctx, const char *name)
{
	const struct walk *w = ctx;
	char path[PATH_SIZE];
	struct diag ignored;

	if (name[0] == '.' || fs_join(path, sizeof(path), w->dir, name) != OK)
		return OK;
	return walk_path(w->l, path, w->depth + 1, &ignored);
}

static bool
is_rule_file(const char *path)
{
	return str_ends(str_c(path), STR(".yml")) || str_ends(str_c(path), STR(".yaml"));
}

static enum err
walk_path(struct load *l, const char *path, unsigned depth, struct diag *why)
{
	struct walk w = { l, path, depth };
	struct stat st;

	if (stat(path, &st) != 0)
		return depth > 0
			   ? OK
			   : err_set(why, FAIL_NOT_FOUND, "no such rule file or folder: %s", path);
	if (S_ISDIR(st.st_mode))
		return depth < FOLDERS_DEEP ? fs_each(path, walk_name, &w, why) : OK;
	if (depth > 0 && !is_rule_file(path))
		return OK;
	if (l->files.n == FILES_MAX)
		return err_set(why, FAIL_LIMIT, "more than %d rule files", FILES_MAX);
	VEC_PUSH(&l->files, mem_dup(path, strlen(path)));
	return OK;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum err
finish(struct load *l, struct ruleset **ret, struct diag *why)
{
	struct ruleset *rs = l->rs;
	enum err err;

	link_rules(&(struct link_in){ rs, l->draft.p, l->draft.n, l->names, l->note, l->ctx });
	rs->by_id = map_new(sizeof(uint32_t), rs->rule.n + 1);
	for (uint32_t i = 0; i < rs->rule.n; i++)
		*(uint32_t *)map_put(rs->by_id, str_c(rs->rule.p[i].pub.id), NULL) = i;
	digest_sha256(buf_view(&l->digest), rs->digest);
	err = index_new(rs, &rs->index, why);
	if (err == OK)
		*ret = TAKE(l->rs);
	return err;
}

enum err
ruleset_load(const char *const *paths, size_t n, ruleset_note_fn note, void *ctx,
    struct ruleset **ret, struct diag *why)
{
	struct load l;
	enum err err = OK;

	load_init(&l, note, ctx);
	for (size_t i = 0; i < n && err == OK; i++) {
		size_t from = l.files.n;

		err = walk_path(&l, paths[i], 0, why);
		if (l.files.n > from)
			qsort(l.files.p + from, l.files.n - from, sizeof(*l.files.p), by_path);
	}
	for (size_t i = 0; i < l.files.n && err == OK; i++)
		add_file(&l, l.files.p[i]);
	if (err == OK)
		read_documents(&l);
	if (err == OK)
		err = finish(&l, ret, why);
	load_fini(&l);
	return err;
}

enum err
ruleset_read(const char *name, struct str text, ruleset_note_fn note, void *ctx,
    struct ruleset **ret, struct diag *why)
{
	struct load l;
	enum err err;

	load_init(&l, note, ctx);
	add_text(&l, name, text);
	read_documents(&l);
	err = finish(&l, ret, why);
	load_fini(&l);
	return err;
}

void
ruleset_free(struct ruleset *rs)
{
	if (rs == NULL)
		return;
	index_free(rs->index);
	atoms_fini(&rs->atoms);
	VEC_FINI(&rs->rule);
	VEC_FINI(&rs->any);
	map_free(rs->by_id);
	arena_free(rs->arena);
	free(rs);
}

size_t
ruleset_len(const struct ruleset *rs)
{
	return rs->rule.n;
}

const struct rule *
ruleset_at(const struct ruleset *rs, size_t i)
{
	return &rs->rule.p[i].pub;
}

size_t
ruleset_index(const struct ruleset *rs, const struct rule *r)
{
	const struct crule *c = (const struct crule *)(const void *)r;
	bool in = (uintptr_t)c >= (uintptr_t)rs->rule.p &&
		  (uintptr_t)c < (uintptr_t)(rs->rule.p + rs->rule.n);

	return in ? (size_t)(c - rs->rule.p) : rs->rule.n;
}

const struct rule *
ruleset_find(const struct ruleset *rs, struct str id)
{
	const uint32_t *at = map_get(rs->by_id, id);

	return at != NULL ? &rs->rule.p[*at].pub : NULL;
}

const uint8_t *
ruleset_digest(const struct ruleset *rs)
{
	return rs->digest;
}
