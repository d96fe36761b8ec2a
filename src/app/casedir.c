/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules_test.py */
/* Reads case folders, and feeds them to rule sets. */
#include "app/casedir.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonr.h"
#include "detect/ruletests.h"
#include "detect/ruletext.h"
#include "enrich/enrich.h"
#include "parse/caselines.h"
#include "parse/format.h"
#include "rec/codec.h"

#define INPUT_MAX ((size_t)64 << 20)
#define EXPECT_MAX ((size_t)1 << 20)
#define CASES_BYTES ((size_t)1 << 30)
#define RECORD_BYTES ((size_t)16 << 20)
#define PATH_SIZE 1024
#define RECEIVED                                                                                   \
	((int64_t)1431856800 * CLOCK_S) /* 2015-05-17 10:00 UTC, where lines say no year           \
					 */

struct casedir {
	struct arena *arena, *record;
	VEC(struct casedir_one) one;
	struct parser *parser;
	struct enrich *enrich;
	struct enricher *enricher;
	struct buf ids;
	struct rec rec; /* here, not on the stack: it is large */
};

static enum err
keep(struct casedir *c, struct str s, struct str *ret, struct diag *why)
{
	return arena_copy(c->arena, s, ret)
		   ? OK
		   : err_set(why, FAIL_LIMIT, "the cases together are larger than 1 GiB");
}

typedef VEC(struct str) texts;

static enum err
add_line(struct casedir *c, struct str line, texts *to, struct diag *why)
{
	const struct parse_in in = { .message = line, .received = RECEIVED, .trust_time = true };
	auto_buf struct buf packed = { 0 };
	struct str kept;
	enum err e;

	arena_reset(c->record);
	rec_init(&c->rec, c->record);
	(void)!parser_parse(c->parser, &in, &c->rec, NULL);
	enricher_apply(c->enricher, &c->rec);
	buf_init(&packed, 0);
	e = codec_encode(&c->rec, &packed, why);
	if (e == OK)
		e = keep(c, buf_view(&packed), &kept, why);
	if (e == OK)
		VEC_PUSH(to, kept);
	return e;
}

/* FAIL_NOT_FOUND when the folder has no input: it is no case. */
static enum err
read_input(const char *dir, struct buf *text, struct diag *why)
{
	static const char *const names[] = { "input.jsonl", "input.log" };
	enum err e = FAIL_NOT_FOUND;
	char path[PATH_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(names) && e == FAIL_NOT_FOUND; i++) {
		e = fs_join(path, sizeof(path), dir, names[i]);
		if (e == OK)
			e = fs_read(path, INPUT_MAX, text, why);
	}
	return e;
}

struct lines {
	struct casedir *c;
	texts *to;
};

static enum err
on_line(void *ctx, struct str line, struct diag *why)
{
	struct lines *l = ctx;

	return add_line(l->c, line, l->to, why);
}

static enum err
add_events(struct casedir *c, struct str text, struct casedir_one *to, struct diag *why)
{
	texts recs = { 0 };
	enum err e = caselines_each(text, on_line, &(struct lines){ c, &recs }, why);
	struct str *kept = arena_alloc(c->arena, (recs.n + 1) * sizeof(*kept));

	if (e == OK && kept != NULL && recs.n != 0)
		memcpy(kept, recs.p, recs.n * sizeof(*kept));
	to->rec = kept;
	to->n_rec = recs.n;
	VEC_FINI(&recs);
	return e == OK && kept == NULL ? err_set(why, FAIL_LIMIT, "the cases are too large") : e;
}

static enum err
add_case(struct casedir *c, const char *dir, const char *name, struct diag *why)
{
	struct casedir_one one = { 0 };
	auto_buf struct buf text = { 0 }, expect = { 0 };
	char path[PATH_SIZE];
	struct str kept;
	enum err e;

	buf_init(&text, 0);
	buf_init(&expect, 0);
	e = read_input(dir, &text, why);
	if (e == OK)
		e = add_events(c, buf_view(&text), &one, why);
	if (e == OK)
		e = fs_join(path, sizeof(path), dir, "expect.jsonl");
	if (e == OK)
		e = fs_read(path, EXPECT_MAX, &expect, why);
	if (e != OK)
		return e;
	e = keep(c, buf_view(&expect), &one.expect, why);
	if (e == OK)
		e = keep(c, str_c(name), &one.name, why);
	if (e == OK)
		e = fs_join(path, sizeof(path), dir, "rules.yml");
	if (e == OK && access(path, R_OK) == 0) {
		e = keep(c, (struct str){ path, strlen(path) + 1 }, &kept, why);
		one.rules = kept.p;
	}
	if (e == OK)
		VEC_PUSH(&c->one, one);
	return e;
}

struct walk {
	struct casedir *c;
	const char *dir, *rule;
	struct diag *why;
};

/* A hit or a miss of the rule that the folder is named after. */
static enum err
walk_file(void *ctx, const char *name)
{
	const struct walk *w = ctx;
	struct casedir_one one = { .fires = str_starts(str_c(name), STR("hit")) };
	auto_buf struct buf text = { 0 }, label = { 0 };
	char path[PATH_SIZE];
	enum err e;

	if (!one.fires && !str_starts(str_c(name), STR("miss")))
		return OK;
	buf_init(&text, 0);
	e = fs_join(path, sizeof(path), w->dir, name);
	if (e == OK)
		e = fs_read(path, INPUT_MAX, &text, w->why);
	if (e == OK)
		e = add_events(w->c, buf_view(&text), &one, w->why);
	buf_printf(&label, "%s/%s", w->rule, name);
	if (e == OK)
		e = keep(w->c, buf_view(&label), &one.name, w->why);
	if (e == OK)
		e = keep(w->c, str_c(w->rule), &one.rule, w->why);
	if (e == OK)
		VEC_PUSH(&w->c->one, one);
	return e;
}

static enum err
walk_name(void *ctx, const char *name)
{
	const struct walk *w = ctx;
	struct walk inside = { w->c, NULL, name, w->why };
	char path[PATH_SIZE];
	struct stat st;
	enum err e;

	if (name[0] == '.' || fs_join(path, sizeof(path), w->dir, name) != OK ||
	    stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return OK;
	e = add_case(w->c, path, name, w->why);
	if (e != FAIL_NOT_FOUND)
		return e;
	inside.dir = path;
	return fs_each(path, walk_file, &inside, w->why);
}

static int
by_name(const void *a, const void *b)
{
	const struct casedir_one *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

struct carried {
	struct casedir *c;
	const struct rule *rule;
	enum err e;
	struct diag *why;
};

static void
on_carried(void *ctx, struct str name, bool fires, struct str lines)
{
	struct carried *t = ctx;
	struct casedir_one one = { .fires = fires };
	auto_buf struct buf label = { 0 };

	buf_init(&label, 0);
	buf_printf(&label, "%s: %.*s", t->rule->title, STR_ARG(name));
	if (t->e == OK)
		t->e = add_events(t->c, lines, &one, t->why);
	if (t->e == OK)
		t->e = keep(t->c, buf_view(&label), &one.name, t->why);
	if (t->e == OK)
		t->e = keep(t->c, str_c(t->rule->id), &one.rule, t->why);
	if (t->e == OK)
		VEC_PUSH(&t->c->one, one);
}

/* The tests that rules carry. */
static enum err
add_carried(struct casedir *c, const struct ruleset *rs, struct diag *why)
{
	struct arena *a = arena_new(RECORD_BYTES);
	struct carried t = { .c = c, .why = why };

	for (size_t i = 0; i < ruleset_len(rs) && t.e == OK; i++) {
		struct ydoc *doc;

		arena_reset(a);
		t.rule = ruleset_at(rs, i);
		if (ruletext_doc(t.rule, a, &doc, NULL) == OK)
			(void)ruletests_of(doc, on_carried, &t, NULL);
	}
	arena_free(a);
	return t.e;
}

enum err
casedir_load(const char *path, const struct ruleset *rs, struct casedir **ret, struct diag *why)
{
	struct casedir *c = MEM_NEW(struct casedir);
	struct walk w = { c, path, NULL, why };
	enum err e = enrich_new(&(struct enrich_opts){ 0 }, &c->enrich, why);

	if (e == OK)
		c->enricher = enricher_new(c->enrich);
	c->parser =
	    parser_new(&(struct parser_opts){ .future_max = (int64_t)86400 * 36500 * CLOCK_S });
	c->arena = arena_new(CASES_BYTES);
	c->record = arena_new(RECORD_BYTES);
	buf_init(&c->ids, 0);
	if (e == OK && path != NULL)
		e = add_case(c, path, path, why);
	if (e == FAIL_NOT_FOUND)
		e = fs_each(path, walk_name, &w, why);
	if (e == OK && path != NULL && c->one.n == 0)
		e = err_set(why, FAIL_NOT_FOUND,
		    "%s holds no case: folders with hit.jsonl and miss.jsonl, or with "
		    "input.jsonl and expect.jsonl",
		    path);
	if (e == OK)
		e = add_carried(c, rs, why);
	if (e == OK && c->one.n == 0)
		e = err_set(why, FAIL_NOT_FOUND,
		    "no rule carries a test (tocsin.tests), and no folder of cases was named");
	if (e != OK) {
		casedir_free(c);
		return e;
	}
	qsort(c->one.p, c->one.n, sizeof(*c->one.p), by_name);
	*ret = c;
	return OK;
}

void
casedir_free(struct casedir *c)
{
	if (c == NULL)
		return;
	VEC_FINI(&c->one);
	parser_free(c->parser);
	enricher_free(c->enricher);
	enrich_free(c->enrich);
	arena_free(c->arena);
	arena_free(c->record);
	buf_fini(&c->ids);
	free(c);
}

size_t
casedir_len(const struct casedir *c)
{
	return c->one.n;
}

const struct casedir_one *
casedir_at(const struct casedir *c, size_t i)
{
	return &c->one.p[i];
}

struct run {
	struct casedir *c;
	const struct rule *only;
	struct buf *to;
};

/* Findings of one id are one alert; of one rule also of one level. */
static void
on_finding(void *ctx, const struct finding *f)
{
	const struct run *r = ctx;
	char level = r->only != NULL ? f->level[0] : '\0';
	const size_t size = sizeof(f->id) + 1;

	if (r->only != NULL && f->rule != r->only)
		return;
	for (size_t i = 0; i < r->c->ids.n; i += size)
		if (memcmp(r->c->ids.p + i, f->id, sizeof(f->id)) == 0 &&
		    r->c->ids.p[i + size - 1] == level)
			return;
	buf_put(&r->c->ids, f->id, sizeof(f->id));
	buf_byte(&r->c->ids, level);
	buf_str(r->to, str_c(f->rule->title));
	buf_byte(r->to, '\t');
	buf_str(r->to, f->group);
	if (r->only != NULL)
		buf_printf(r->to, "\t%s", f->level);
	buf_byte(r->to, '\n');
}

void
casedir_run(struct casedir *c, size_t i, const struct ruleset *rs, const struct rule *only,
    struct buf *to)
{
	const struct casedir_one *one = &c->one.p[i];
	const struct engine_opts opts = { .keys_max = 100000, .lateness = 30 * CLOCK_S };
	struct engine *e = engine_new(rs, &opts);
	struct run run = { c, only, to };

	buf_reset(&c->ids);
	for (size_t k = 0; k < one->n_rec; k++) {
		arena_reset(c->record);
		rec_init(&c->rec, c->record);
		if (codec_decode(one->rec[k], &c->rec, NULL) != OK)
			abort(); /* we wrote it */
		c->rec.seq = k + 1;
		engine_feed(e, &c->rec, on_finding, &run);
	}
	engine_free(e);
}

enum err
casedir_expect(struct casedir *c, size_t i, struct buf *to, struct diag *why)
{
	struct str rest = c->one.p[i].expect, line;
	const struct jsonr *top;
	uint32_t number = 0;
	enum err e;

	while (str_line(&rest, &line)) {
		number++;
		if (str_trim(line).n == 0)
			continue;
		arena_reset(c->record);
		e = jsonr_parse(c->record, line, &top, why);
		if (e != OK)
			return err_at(why, e, "expect.jsonl", number, 0);
		buf_str(to, jsonr_text(top, "title", STR("")));
		buf_byte(to, '\t');
		buf_str(to, jsonr_text(top, "group", STR("")));
		buf_byte(to, '\n');
	}
	return OK;
}
