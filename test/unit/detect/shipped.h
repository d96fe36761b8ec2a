/* The rules that ship, with a profile or none, and lines through parsing, enrichment and them. */
#ifndef SHIPPED_H
#define SHIPPED_H

#include <unistd.h>

#include "enrich/enrich.h"
#include "named.h"
#include "parse/time.h"

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

/* Lines of a case written out, sorted by time. */
struct shipped_event {
	int64_t t;
	size_t n, from, len; /* number, place in text */
};
typedef VEC(struct shipped_event) shipped_events;

static inline int
shipped_by_time(const void *a, const void *b)
{
	const struct shipped_event *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->n < y->n ? -1 : 1;
}

static inline void
shipped_event_text(struct str json, int64_t t, uint64_t i, struct buf *to)
{
	char when[40];

	buf_printf(to, "{\"timestamp\":\"%s\",", clock_text(t, when));
	for (json = str_from(json, 1); json.n > 0;) {
		if (str_starts(json, STR("@i"))) {
			buf_u64(to, i);
			json = str_from(json, 2);
			continue;
		}
		buf_byte(to, json.p[0]);
		json = str_from(json, 1);
	}
}

/* "@ 20 3s 2026-03-01T10:00:00Z {...}" */
static inline void
shipped_repeat(struct str line, shipped_events *events, struct buf *text)
{
	struct str rest = line, count, step, start;
	int64_t ns, t;
	uint64_t n;

	(void)str_until(&rest, ' ');
	count = str_until(&rest, ' ');
	step = str_until(&rest, ' ');
	start = str_until(&rest, ' ');
	if (!str_u64(count, &n) || !clock_span(step, &ns) || time_iso(start, 0, &t) != start.n ||
	    rest.n == 0 || rest.p[0] != '{')
		test_fail(TEST_AT(line), "not understood: %.*s", STR_ARG(line));
	for (uint64_t i = 0; i < n; i++, t += ns) {
		struct shipped_event e = { t, events->n, text->n, 0 };

		shipped_event_text(rest, t, i, text);
		e.len = text->n - e.from;
		VEC_PUSH(events, e);
	}
}

struct shipped_want {
	const char *id;
	bool fired;
};

static inline void
shipped_raise(void *ctx, const struct finding *f)
{
	struct shipped_want *w = ctx;

	w->fired |= strcmp(f->rule->id, w->id) == 0;
}

/* Does the rule fire on the lines, with nothing before them? */
static inline bool
shipped_fires(struct shipped *s, const struct crule *r, struct str lines)
{
	struct shipped_want want = { r->pub.id, false };
	shipped_events events = { 0 };
	struct buf text;
	struct str line;

	buf_init(&text, 0);
	shipped_forget(s);
	while (str_line(&lines, &line)) {
		if (str_starts(line, STR("@ ")))
			shipped_repeat(line, &events, &text);
		else if (line.n > 0)
			shipped_line(s, line, shipped_raise, &want);
	}
	if (events.n > 0)
		qsort(events.p, events.n, sizeof(*events.p), shipped_by_time);
	for (size_t i = 0; i < events.n; i++)
		shipped_line(s, (struct str){ text.p + events.p[i].from, events.p[i].len },
		    shipped_raise, &want);
	VEC_FINI(&events);
	buf_fini(&text);
	return want.fired;
}

#endif
