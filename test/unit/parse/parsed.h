/* One message through a parser, for the tests of this folder. */
#ifndef TEST_PARSED_H
#define TEST_PARSED_H

#include "base/clock.h"
#include "base/mem.h"
#include "parse/format.h"
#include "rec/view.h"
#include "test.h"

/* 2026-11-21T01:20:00Z, when all messages of the tests arrive. */
#define PARSED_AT ((int64_t)1795224000 * CLOCK_S)

struct parsed {
	struct parser *p;
	struct arena *a;
	struct rec *r;
	struct buf view;
	struct diag why;
	enum err e;
};

static inline void
parsed_begin(struct parsed *t)
{
	struct parser_opts opts = { 0, 300 * CLOCK_S };

	*t = (struct parsed){ .p = parser_new(&opts),
		.a = arena_new((size_t)64 << 20),
		.r = mem_zalloc(sizeof(struct rec)) };
	buf_init(&t->view, 0);
}

static inline void
parsed_end(struct parsed *t)
{
	parser_free(t->p);
	arena_free(t->a);
	buf_fini(&t->view);
	free(t->r);
}

/* Format "auto" or a name.  The record lives until the next message. */
static inline struct rec *
parsed_str(struct parsed *t, const char *format, struct str message)
{
	struct parse_in in = { .message = message,
		.received = PARSED_AT,
		.source = STR("test"),
		.format = format_find(str_c(format)),
		.trust_time = true };

	arena_reset(t->a);
	rec_init(t->r, t->a);
	t->e = parser_parse(t->p, &in, t->r, &t->why);
	return t->r;
}

static inline struct rec *
parsed_c(struct parsed *t, const char *format, const char *message)
{
	return parsed_str(t, format, str_c(message));
}

/* A field or, by its path, an unknown field as text ("" when absent), terminated. */
static inline const char *
parsed_get(struct parsed *t, const char *name)
{
	static char kept[8][512];
	static unsigned next;
	char *to = kept[next++ % 8];
	enum field f = field_find(str_c(name));
	const struct rec_extra *x;

	to[0] = '\0';
	if (f != FIELD_NONE && rec_has(t->r, f)) {
		enum field_type type = field_info(f)->type;

		if (field_is_text(type))
			return str_to_c(t->r->v[f].s, to, 512);
		if (type == FIELD_FLOAT)
			(void)snprintf(to, 512, "%g", t->r->v[f].f);
		else if (type == FIELD_BOOL)
			(void)snprintf(to, 512, "%s", t->r->v[f].b ? "true" : "false");
		else if (type == FIELD_TIME)
			(void)clock_text(t->r->v[f].i, to);
		else
			(void)snprintf(to, 512, "%" PRId64, t->r->v[f].i);
		return to;
	}
	x = rec_find_extra(t->r, str_c(name), 0);
	if (x == NULL)
		return to;
	if (x->null)
		return "null";
	if (x->type == FIELD_STR)
		return str_to_c(x->v.s, to, 512);
	if (x->type == FIELD_FLOAT)
		(void)snprintf(to, 512, "%g", x->v.f);
	else if (x->type == FIELD_BOOL)
		(void)snprintf(to, 512, "%s", x->v.b ? "true" : "false");
	else
		(void)snprintf(to, 512, "%" PRId64, x->v.i);
	return to;
}

#endif
