/* Loads rule files: each document on its own, then correlations are tied to what they name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ruleset.h"

#include <stdio.h>

#include "base/fs.h"
#include "detect/brief.h"
#include "detect/compiled.h"
#include "detect/expand.h"
#include "detect/filter.h"
#include "detect/index.h"
#include "detect/link.h"
#include "detect/pool.h"
#include "detect/profile.h"
#include "detect/rule_files.h"
#include "detect/rule_read.h"

#define FILE_MAX ((size_t)4 << 20)
#define RULES_MAX 100000

/* Changes when what the same rules mean changes. */
#define MEANING "tocsin rules 2"

/* A document of a file, read as YAML. */
struct document {
	const char *file;
	struct ydoc *doc;
	uint8_t sum[DIGEST_SIZE]; /* of its text */
};

struct load {
	struct ruleset *rs;
	VEC(struct document) documents;
	struct expand *expand;
	filter_list filters;
	struct arena *docs; /* what was read of the files, until the set is complete */
	VEC(struct rule_draft) draft;
	rule_files files;
	struct map *names; /* id or name to place in draft */
	struct buf digest;
	struct buf filter_sums, value_sums; /* of documents of filters, of placeholders */
	struct profile *profile;            /* NULL: none so far */
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
	buf_init(&l->filter_sums, 0);
	buf_init(&l->value_sums, 0);
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
	rule_files_fini(&l->files);
	map_free(l->names);
	buf_fini(&l->digest);
	buf_fini(&l->filter_sums);
	buf_fini(&l->value_sums);
	arena_free(l->docs);
	ruleset_free(l->rs);
}

/* What was put into a rule by a profile has its place there. */
static void
tell(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	struct load *l = ctx;
	struct diag d = *why;

	if (l->note == NULL)
		return;
	if (d.line >= PROFILE_LINES && l->profile != NULL)
		(void)!err_at(&d, FAIL_SYNTAX, profile_file(l->profile), d.line - PROFILE_LINES,
		    d.column);
	l->note(l->ctx, kind, &d);
}

static void
refuse(struct load *l, struct diag *why, const char *file)
{
	(void)!err_at(why, FAIL_SYNTAX, file, why->line, why->column);
	tell(l, RULESET_ERROR, why);
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

/* One rule; what it was made from is in `digest`. */
static void
add_rule(struct load *l, const char *file, struct ydoc *doc, struct buf *digest)
{
	const struct rule_reader rd = {
		.atoms = &l->rs->atoms, .expand = l->expand, .file = file, .note = tell, .ctx = l
	};
	struct rule_draft draft = { 0 };
	struct diag why = { 0 };

	if (l->profile != NULL && profile_apply(l->profile, doc, digest, &why) != OK) {
		refuse(l, &why, profile_file(l->profile));
		return;
	}
	if (rule_read(&rd, doc, &draft, &why) != OK) {
		refuse(l, &why, file);
		rule_read_fini(&draft);
		return;
	}
	if (l->draft.n >= RULES_MAX || !claim(l, &draft.rule, doc, "id", draft.rule.pub.id) ||
	    !claim(l, &draft.rule, doc, "name", draft.rule.name.p)) {
		rule_read_fini(&draft);
		return;
	}
	digest_sha256(buf_view(digest), draft.rule.digest);
	buf_put(&l->digest, draft.rule.digest, DIGEST_SIZE);
	VEC_PUSH(&l->draft, draft);
}

struct short_rules { /* a document of them, while it is written out */
	struct load *l;
	const struct document *d;
};

static void
add_long_form(void *ctx, struct ydoc *doc)
{
	struct short_rules *s = ctx;
	struct buf digest;

	buf_init(&digest, 0);
	buf_put(&digest, s->d->sum, DIGEST_SIZE);
	buf_str(&digest, ydoc_get(doc, "id")->text);
	add_rule(s->l, s->d->file, doc, &digest);
	buf_fini(&digest);
}

static void
refuse_short(void *ctx, struct diag *why)
{
	struct short_rules *s = ctx;

	refuse(s->l, why, s->d->file);
}

static void
add_profile(struct load *l, const char *file, const struct ydoc *doc)
{
	struct diag why = { 0 };

	if (l->profile != NULL || l->documents.n > 0)
		refuse_at(l, file, doc->line, doc->column,
		    "a profile stands before all rules, and there is one of them");
	else if (profile_read(doc, file, l->docs, &l->profile, &why) != OK)
		refuse(l, &why, file);
}

static void
add_document(struct load *l, const char *file, struct str text, uint32_t line)
{
	struct document d = { .file = file };
	struct diag why = { 0 };

	if (ydoc_parse(text, line, l->docs, &d.doc, &why) != OK) {
		refuse(l, &why, file);
		return;
	}
	if (d.doc == NULL || (d.doc->kind == YDOC_SCALAR && d.doc->type == YDOC_NULL))
		return;
	if (profile_is(d.doc)) {
		add_profile(l, file, d.doc);
		return;
	}
	digest_sha256(text, d.sum);
	VEC_PUSH(&l->documents, d);
}

static void
add_filter(struct load *l, const struct document *d)
{
	const struct rule_reader rd = {
		.atoms = &l->rs->atoms, .expand = l->expand, .file = d->file, .note = tell, .ctx = l
	};
	struct diag why = { 0 };

	if (filter_add(&l->filters, &rd, d->doc, &why) == OK)
		buf_put(&l->filter_sums, d->sum, DIGEST_SIZE);
	else
		refuse(l, &why, d->file);
}

static void
add_placeholders(struct load *l, const struct document *d)
{
	struct diag why = { 0 };

	if (expand_add(l->expand, ydoc_get(d->doc, "placeholders"), &why) == OK)
		buf_put(&l->value_sums, d->sum, DIGEST_SIZE);
	else
		refuse(l, &why, d->file);
}

static void
read_document(struct load *l, const struct document *d)
{
	struct short_rules rules = { l, d };
	const struct brief_sink sink = { add_long_form, refuse_short, &rules };
	struct buf digest;

	if (ydoc_get(d->doc, "filter") != NULL) {
		add_filter(l, d);
	} else if (brief_is(d->doc)) {
		brief_each(d->doc, l->docs, &sink);
	} else {
		buf_init(&digest, 0);
		buf_put(&digest, d->sum, DIGEST_SIZE);
		add_rule(l, d->file, d->doc, &digest);
		buf_fini(&digest);
	}
}

/* Placeholders, then what uses them; filters, then what they are added to. */
static void
read_documents(struct load *l)
{
	struct diag why = { 0 };

	for (size_t i = 0; i < l->documents.n; i++)
		if (ydoc_get(l->documents.p[i].doc, "placeholders") != NULL)
			add_placeholders(l, &l->documents.p[i]);
	for (size_t i = 0; i < l->documents.n; i++)
		if (ydoc_get(l->documents.p[i].doc, "placeholders") == NULL)
			read_document(l, &l->documents.p[i]);
	for (size_t i = 0; i < l->draft.n; i++) {
		struct crule *rule = &l->draft.p[i].rule;
		const struct expr *before = rule->expr;

		if (before != NULL && l->filters.n > 0 &&
		    filter_apply(&l->filters, rule, &why) != OK)
			refuse(l, &why, why.file);
		link_surroundings(rule, rule->expr != before ? &l->filter_sums : NULL,
		    &l->value_sums);
	}
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

	l->rs->files++;
	buf_init(&b, FILE_MAX);
	if (fs_read(path, FILE_MAX, &b, &why) != OK)
		refuse(l, &why, file);
	else
		add_text(l, file, buf_view(&b));
	buf_fini(&b);
}

static void
refuse_name(void *ctx, struct diag *why)
{
	tell(ctx, RULESET_ERROR, why);
}

/* Takes the correlation from what its rules feed. */
static void
starve(struct ruleset *rs, uint32_t corr)
{
	size_t any = 0;

	for (size_t i = 0; i < rs->rule.n; i++) {
		struct crule *r = &rs->rule.p[i];
		struct corr_feed *feeds =
		    (struct corr_feed *)(uintptr_t)r->feeds; /* of our own pool */
		size_t n = 0;

		for (size_t k = 0; k < r->n_feeds; k++)
			if (feeds[k].corr != corr)
				feeds[n++] = feeds[k];
		r->n_feeds = n;
	}
	for (size_t i = 0; i < rs->any.n; i++)
		if (rs->any.p[i] != corr)
			rs->any.p[any++] = rs->any.p[i];
	rs->any.n = any;
}

/* Correlations that are off and feed nobody need no keys; then perhaps those before them. */
static void
starve_all(struct ruleset *rs)
{
	bool *starved = mem_zalloc(rs->rule.n + 1), more = true;

	while (more) {
		more = false;
		for (uint32_t i = 0; i < rs->rule.n; i++) {
			const struct crule *r = &rs->rule.p[i];

			if (r->corr == NULL || r->pub.alerts || r->n_feeds > 0 || starved[i])
				continue;
			starve(rs, i);
			starved[i] = more = true;
		}
	}
	free(starved);
}

static void
use_profile(struct load *l)
{
	for (size_t i = 0; i < l->rs->rule.n; i++) {
		struct crule *r = &l->rs->rule.p[i];

		if (profile_off(l->profile, str_c(r->pub.id), r->name))
			r->pub.alerts = !(r->pub.off = true);
	}
	starve_all(l->rs);
	profile_unknown(l->profile, refuse_name, l);
}

static enum err
finish(struct load *l, struct ruleset **ret, struct diag *why)
{
	struct ruleset *rs = l->rs;
	enum err err;

	link_rules(&(struct link_in){ rs, l->draft.p, l->draft.n, l->names, tell, l });
	if (l->profile != NULL)
		use_profile(l);
	rs->by_id = map_new(sizeof(uint32_t), rs->rule.n + 1);
	for (uint32_t i = 0; i < rs->rule.n; i++)
		*(uint32_t *)map_put(rs->by_id, str_c(rs->rule.p[i].pub.id), NULL) = i;
	buf_str(&l->digest, buf_view(&l->filter_sums));
	buf_str(&l->digest, buf_view(&l->value_sums));
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
	enum err err;

	load_init(&l, note, ctx);
	err = rule_files_find(paths, n, &l.files, why);
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
ruleset_files(const struct ruleset *rs)
{
	return rs->files;
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
