/* Rule files as trees, by the event interface of libfyaml. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/ydoc.h"

#include <libfyaml.h>

#include "base/utf8.h"
#include "detect/pool.h"

struct load {
	struct fy_parser *parser;
	struct arena *arena;
	uint32_t first_line;
	struct ydoc *root;
	struct ydoc *open[YDOC_DEPTH_MAX]; /* containers we are in */
	struct ydoc *key[YDOC_DEPTH_MAX];  /* read, its value not yet */
	unsigned depth;
	struct diag *why;
};

static bool
is_null(struct str s)
{
	return s.n == 0 || str_eq(s, STR("~")) || str_eq(s, STR("null")) ||
	       str_eq(s, STR("Null")) || str_eq(s, STR("NULL"));
}

static bool
is_bool(struct str s)
{
	static const char *const words[] = { "true", "True", "TRUE", "false", "False", "FALSE" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(s, str_c(words[i])))
			return true;
	return false;
}

/* 0x1f, 0o17 */
static bool
other_base(struct str s, int64_t *ret)
{
	unsigned base = str_starts(s, STR("0x")) ? 16 : str_starts(s, STR("0o")) ? 8 : 0;
	int64_t v = 0;

	if (base == 0 || s.n < 3 || s.n > 17)
		return false;
	for (size_t i = 2; i < s.n; i++) {
		char c = (char)(s.p[i] | 0x20);
		unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
							: 16;

		if (digit >= base || v > (INT64_MAX >> 4))
			return false;
		v = v * base + digit;
	}
	*ret = v;
	return true;
}

bool
ydoc_int(const struct ydoc *v, int64_t *ret)
{
	struct str s = v->text;

	if (v->kind != YDOC_SCALAR || s.n == 0)
		return false;
	return str_i64(s.p[0] == '+' ? str_from(s, 1) : s, ret) ||
	       (v->type == YDOC_INT && other_base(s, ret));
}

static enum ydoc_type
plain_type(struct str s)
{
	int64_t i;
	uint64_t u;
	double d;

	if (is_null(s))
		return YDOC_NULL;
	if (is_bool(s))
		return YDOC_BOOL;
	if (str_i64(s.p[0] == '+' ? str_from(s, 1) : s, &i) || other_base(s, &i) || str_u64(s, &u))
		return YDOC_INT;
	return str_f64(s, &d) ? YDOC_FLOAT : YDOC_TEXT;
}

static enum err
fail_at(struct load *l, uint32_t line, uint32_t column, const char *what)
{
	(void)err_set(l->why, FAIL_SYNTAX, "%s", what);
	return err_at(l->why, FAIL_SYNTAX, NULL, line, column);
}

static enum err
attach(struct load *l, struct ydoc *n, bool opens)
{
	struct ydoc *up = l->depth > 0 ? l->open[l->depth - 1] : NULL;

	if (up == NULL) {
		l->root = n;
	} else if (up->kind == YDOC_MAP && l->key[l->depth - 1] == NULL) {
		if (n->kind != YDOC_SCALAR)
			return fail_at(l, n->line, n->column,
			    "a key must be a single word or text");
		for (const struct ydoc *m = up->first; m != NULL; m = m->next)
			if (str_eq(m->key->text, n->text))
				return fail_at(l, n->line, n->column,
				    "this key is given twice; keep one, or make its values a list");
		l->key[l->depth - 1] = n;
		return OK;
	} else {
		n->key = l->key[l->depth - 1];
		l->key[l->depth - 1] = NULL;
		if (up->last != NULL)
			up->last->next = n;
		else
			up->first = n;
		up->last = n;
		up->n++;
	}
	if (!opens)
		return OK;
	if (l->depth == YDOC_DEPTH_MAX)
		return fail_at(l, n->line, n->column, "nested too deeply");
	l->open[l->depth] = n;
	l->key[l->depth++] = NULL;
	return OK;
}

static struct ydoc *
node_new(struct load *l, enum ydoc_kind kind, struct fy_event *ev)
{
	const struct fy_mark *at = fy_event_start_mark(ev);
	struct ydoc *n = POOL_NEW(l->arena, struct ydoc);

	n->kind = kind;
	n->line = l->first_line + (at != NULL ? (uint32_t)at->line : 0);
	n->column = at != NULL ? (uint32_t)at->column + 1 : 1;
	return n;
}

static struct ydoc *
scalar_new(struct load *l, struct fy_event *ev)
{
	struct ydoc *n = node_new(l, YDOC_SCALAR, ev);
	struct fy_token *tok = ev->scalar.value;
	size_t len = 0;
	const char *p = tok != NULL ? fy_token_get_text(tok, &len) : NULL;

	n->text = pool_str(l->arena, (struct str){ p, p != NULL ? len : 0 });
	if (tok == NULL || fy_token_scalar_style(tok) == FYSS_PLAIN)
		n->type = plain_type(n->text);
	return n;
}

static enum err
on_event(struct load *l, struct fy_event *ev)
{
	const struct fy_mark *at;

	switch ((int)ev->type) {
	case FYET_SCALAR:
		return attach(l, scalar_new(l, ev), false);
	case FYET_MAPPING_START:
		return attach(l, node_new(l, YDOC_MAP, ev), true);
	case FYET_SEQUENCE_START:
		return attach(l, node_new(l, YDOC_LIST, ev), true);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		l->depth--;
		return OK;
	case FYET_ALIAS:
		at = fy_event_start_mark(ev);
		return fail_at(l, l->first_line + (at != NULL ? (uint32_t)at->line : 0),
		    at != NULL ? (uint32_t)at->column + 1 : 1,
		    "aliases (*name) have no place in a rule; write the value out, or quote it");
	default:
		return OK;
	}
}

static enum err
parse_failed(struct load *l, struct fy_diag *diag)
{
	void *it = NULL;
	const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &it);

	if (e == NULL)
		return fail_at(l, l->first_line, 1, "this is not YAML");
	(void)err_set(l->why, FAIL_SYNTAX, "not YAML: %s", e->msg != NULL ? e->msg : "broken");
	return err_at(l->why, FAIL_SYNTAX, NULL,
	    l->first_line + (uint32_t)(e->line > 0 ? e->line - 1 : 0),
	    (uint32_t)(e->column > 0 ? e->column : 1));
}

static enum err
read_events(struct load *l, struct fy_diag *diag)
{
	struct fy_event *ev;
	enum err err = OK;

	while (err == OK && (ev = fy_parser_parse(l->parser)) != NULL) {
		err = on_event(l, ev);
		fy_parser_event_free(l->parser, ev);
	}
	if (err == OK && fy_parser_get_stream_error(l->parser))
		return parse_failed(l, diag);
	return err;
}

enum err
ydoc_parse(struct str text, uint32_t first_line, struct arena *a, struct ydoc **ret,
    struct diag *why)
{
	const struct fy_diag_cfg diag_cfg = { .level = FYET_ERROR, .module_mask = ~0U };
	struct fy_diag *diag = fy_diag_create(&diag_cfg);
	const struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2,
		.diag = diag };
	struct load l = { .arena = a, .first_line = first_line, .why = why };
	enum err err;

	assert(diag != NULL);
	fy_diag_set_collect_errors(diag, true);
	l.parser = fy_parser_create(&cfg);
	assert(l.parser != NULL);
	/* Directives are of no use here, and libfyaml 0.7.12 never ends on some broken ones. */
	if (!utf8_valid(text))
		err = fail_at(&l, first_line, 1, "this is not UTF-8; save the file as UTF-8");
	else if (utf8_line_with(text, '%') >= 0)
		err = fail_at(&l, first_line, 1, "a line begins with '%': leave directives out");
	else if (text.n == 0 || fy_parser_set_string(l.parser, text.p, text.n) != 0)
		err = text.n == 0 ? OK : fail_at(&l, first_line, 1, "this is not YAML");
	else
		err = read_events(&l, diag);
	fy_parser_destroy(l.parser);
	fy_diag_destroy(diag);
	if (err == OK)
		*ret = l.root;
	return err;
}

/* "---" alone or followed by a blank. */
static bool
is_mark(struct str line)
{
	return str_starts(line, STR("---")) &&
	       (line.n == 3 || line.p[3] == ' ' || line.p[3] == '\t' || line.p[3] == '\r');
}

static struct str
line_at(struct str s)
{
	const char *end = memchr(s.p, '\n', s.n);

	return (struct str){ s.p, end != NULL ? (size_t)(end - s.p) : s.n };
}

bool
ydoc_split(struct str *stream, uint32_t *line, struct str *ret, uint32_t *ret_line)
{
	size_t at = 0;

	if (stream->n == 0)
		return false;
	*ret_line = *line;
	do {
		at += line_at(str_from(*stream, at)).n + 1;
		++*line;
	} while (at < stream->n && !is_mark(line_at(str_from(*stream, at))));
	if (at > stream->n)
		at = stream->n;
	*ret = (struct str){ stream->p, at };
	*stream = str_from(*stream, at);
	return true;
}

const struct ydoc *
ydoc_get(const struct ydoc *map, const char *key)
{
	if (map == NULL || map->kind != YDOC_MAP)
		return NULL;
	for (const struct ydoc *m = map->first; m != NULL; m = m->next)
		if (str_eq(m->key->text, str_c(key)))
			return m;
	return NULL;
}
