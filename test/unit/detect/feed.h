/* Rules from text or files, records from lines, findings as lines: for the tests of this layer. */
#ifndef FEED_H
#define FEED_H

#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "detect/engine.h"
#include "parse/parser.h"
#include "test.h"

#define FEED_RECEIVED ((int64_t)1431856800 * CLOCK_S) /* 2015-05-17 10:00 UTC */

struct feed {
	struct ruleset *rules;
	struct engine *engine;
	struct parser *parser;
	struct arena *arena;
	struct buf notes;       /* what loading said, a line each */
	struct buf findings;    /* a line each */
	const char *last_level; /* of the last finding */
	uint8_t last_id[16];
	uint64_t seq, n;
	unsigned errors, warnings;
};

static inline void
feed_note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	struct feed *f = ctx;
	char text[500];

	*(kind == RULESET_ERROR ? &f->errors : &f->warnings) += 1;
	buf_printf(&f->notes, "%s\n", err_text(why, text, sizeof(text)));
}

static inline void
feed_engine(struct feed *f, size_t keys_max, int64_t lateness)
{
	const struct engine_opts opts = { keys_max, lateness };
	const struct parser_opts parser_opts = { 0, (int64_t)86400 * 36500 * CLOCK_S };

	f->engine = engine_new(f->rules, &opts);
	if (f->parser == NULL) {
		f->parser = parser_new(&parser_opts);
		f->arena = arena_new((size_t)64 << 20);
	}
}

/* Rules from text. */
static inline void
feed_text(struct feed *f, const char *rules)
{
	struct diag why = { 0 };

	*f = (struct feed){ 0 };
	CHECK_OK(ruleset_read("test.yml", str_c(rules), feed_note, f, &f->rules, &why), why);
	feed_engine(f, 100000, 30 * CLOCK_S);
}

/* Rules from a file or folder. */
static inline void
feed_path(struct feed *f, const char *path)
{
	struct diag why = { 0 };

	*f = (struct feed){ 0 };
	CHECK_OK(ruleset_load(&path, 1, feed_note, f, &f->rules, &why), why);
	feed_engine(f, 100000, 30 * CLOCK_S);
}

static inline void
feed_fini(struct feed *f)
{
	engine_free(f->engine);
	ruleset_free(f->rules);
	parser_free(f->parser);
	arena_free(f->arena);
	buf_fini(&f->notes);
	buf_fini(&f->findings);
}

static inline void
feed_raise(void *ctx, const struct finding *x)
{
	struct feed *f = ctx;

	f->n++;
	f->last_level = x->level;
	memcpy(f->last_id, x->id, sizeof(f->last_id));
	buf_printf(&f->findings, "%s | %.*s | %" PRIu64 " %" PRIu64 " | seq %" PRIu64 "\n",
	    x->rule->title, STR_ARG(x->group), x->n_first, x->n_more, x->seq);
	CHECK(x->n_evidence <= ENGINE_EVIDENCE_MAX);
	if (x->rec != NULL)
		CHECK_INT(x->evidence[x->n_evidence - 1], x->seq);
	CHECK(x->first <= x->last && x->n_first > 0 && x->n_more > 0);
}

/* One line as it would come from a file. */
static inline void
feed_line(struct feed *f, struct str line)
{
	const struct parse_in in = { .message = line,
		.received = FEED_RECEIVED,
		.source = STR("test"),
		.trust_time = true };
	struct diag why;
	struct rec r;

	arena_reset(f->arena);
	rec_init(&r, f->arena);
	(void)!parser_parse(f->parser, &in, &r, &why);
	r.seq = ++f->seq;
	engine_feed(f->engine, &r, feed_raise, f);
}

static inline void
feed_lines(struct feed *f, struct str lines)
{
	struct str line;

	while (str_line(&lines, &line))
		if (line.n > 0)
			feed_line(f, line);
}

/* How often one JSON record matches the rules. */
static inline uint64_t
feed_count(struct feed *f, const char *json)
{
	uint64_t before = f->n;

	feed_line(f, str_c(json));
	return f->n - before;
}

static inline const char *
feed_cstr(struct buf *b)
{
	buf_byte(b, '\0');
	b->n--;
	return b->p;
}

#endif
