/* The rules that ship, with a profile or none, and lines through parsing, enrichment and them. */
#ifndef SHIPPED_H
#define SHIPPED_H

#include <unistd.h>

#include "enrich/enrich.h"
#include "named.h"
#include "parse/caselines.h"

struct shipped {
	struct feed f;
	struct enrich *enrich;
	struct enricher *enricher;
};

static inline void
shipped_load(struct shipped *s, const char *const *paths, size_t n)
{
	const struct enrich_opts opts = { 0 };
	struct diag why = { 0 };

	*s = (struct shipped){ 0 };
	CHECK_OK(ruleset_load(paths, n, feed_note, &s->f, &s->f.rules, &why), why);
	CHECK_OK(enrich_new(&opts, &s->enrich, &why), why);
	s->enricher = enricher_new(s->enrich);
	feed_engine(&s->f, 100000, 30 * CLOCK_S);
}

/* profiles/NAME.yml over rules; NULL: no profile. */
static inline void
shipped_open(struct shipped *s, const char *profile)
{
	char file[300], rules[300];
	const char *paths[2] = { file, rules };

	(void)snprintf(rules, sizeof(rules), "%s", test_source("rules"));
	(void)snprintf(file, sizeof(file), "%s/%s.yml", test_source("profiles"),
	    profile != NULL ? profile : "");
	shipped_load(s, profile != NULL ? paths : paths + 1, profile != NULL ? 2 : 1);
}

static inline void
shipped_open_path(struct shipped *s, const char *path)
{
	shipped_load(s, &path, 1);
}

/* As if nothing had been fed. */
static inline void
shipped_forget(struct shipped *s)
{
	engine_free(s->f.engine);
	feed_engine(&s->f, 100000, 30 * CLOCK_S);
}

static inline void
shipped_close(struct shipped *s)
{
	enricher_free(s->enricher);
	enrich_free(s->enrich);
	feed_fini(&s->f);
}

static inline void
shipped_line(struct shipped *s, struct str line, finding_fn raise, void *ctx)
{
	const struct parse_in in = { .message = line,
		.received = FEED_RECEIVED,
		.source = STR("test"),
		.trust_time = true };
	static struct rec r;
	struct diag why;

	arena_reset(s->f.arena);
	rec_init(&r, s->f.arena);
	(void)!parser_parse(s->f.parser, &in, &r, &why);
	r.seq = ++s->f.seq;
	enricher_apply(s->enricher, &r);
	engine_feed(s->f.engine, &r, raise, ctx);
}

static inline void
shipped_lines(struct shipped *s, struct str lines, finding_fn raise, void *ctx)
{
	struct str line;

	while (str_line(&lines, &line))
		if (line.n > 0)
			shipped_line(s, line, raise, ctx);
}

struct shipped_want {
	struct shipped *s;
	const char *id;
	bool fired;
};

static inline void
shipped_raise(void *ctx, const struct finding *f)
{
	struct shipped_want *w = ctx;

	w->fired |= strcmp(f->rule->id, w->id) == 0;
}

static inline enum err
shipped_on_line(void *ctx, struct str line, struct diag *why)
{
	struct shipped_want *w = ctx;

	(void)why;
	shipped_line(w->s, line, shipped_raise, w);
	return OK;
}

/* Does the rule fire on the lines, with nothing before them? */
static inline bool
shipped_fires(struct shipped *s, const struct crule *r, struct str lines)
{
	struct shipped_want want = { s, r->pub.id, false };
	struct diag why = { 0 };

	shipped_forget(s);
	CHECK_OK(caselines_each(lines, shipped_on_line, &want, &why), why);
	return want.fired;
}

#endif
