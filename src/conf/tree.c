/* YAML text to a tree, from the events of libfyaml: no document of its own, no aliases, no tags. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/tree.h"

#include <libfyaml.h>

#include "base/utf8.h"

struct build {
	struct fy_parser *fyp;
	struct arena *a;
	struct diag *why;
	struct tree *stack[TREE_DEPTH_MAX];
	struct tree **tail[TREE_DEPTH_MAX]; /* where the next member goes */
	struct tree *key;                   /* read, its value is not */
	size_t depth, nodes;
	uint32_t line, column; /* of the last event */
	struct tree *root;
};

const char *
tree_word(const struct tree *t)
{
	static const char *const words[] = { "nothing", "text", "a list", "a map" };

	return words[t->kind];
}

static enum err
fail(struct build *b, enum err e, const char *text)
{
	(void)err_set(b->why, e, "%s", text);
	return err_at(b->why, e, NULL, b->line, b->column);
}

/* The mark of a quoted text stands behind its quote, that of an alias behind its star. */
static void
note_place(struct build *b, struct fy_event *event)
{
	const struct fy_mark *mark = fy_event_start_mark(event);
	enum fy_scalar_style style;

	if (mark == NULL || mark->line < 0 || mark->column < 0)
		return;
	b->line = (uint32_t)mark->line + 1;
	b->column = (uint32_t)mark->column + 1;
	if (event->type == FYET_ALIAS && b->column > 1)
		b->column--;
	if (event->type != FYET_SCALAR || fy_event_get_token(event) == NULL)
		return;
	style = fy_token_scalar_style(fy_event_get_token(event));
	if ((style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) && b->column > 1)
		b->column--;
}

static enum err
new_node(struct build *b, enum tree_kind kind, struct tree **ret)
{
	struct tree *t;

	if (++b->nodes > TREE_NODES_MAX)
		return fail(b, FAIL_LIMIT, "too many values");
	t = arena_alloc(b->a, sizeof(*t));
	if (t == NULL)
		return fail(b, FAIL_LIMIT, "too much text");
	t->kind = kind;
	t->line = b->line;
	t->column = b->column;
	*ret = t;
	return OK;
}

static bool
is_null(struct str s)
{
	return s.n == 0 || str_eq(s, STR("~")) || str_eq(s, STR("null"));
}

static enum err
scalar(struct build *b, struct fy_event *event, struct tree **ret)
{
	struct fy_token *token = fy_event_get_token(event);
	struct tree *t;
	struct str text = { "", 0 };
	enum err e = new_node(b, TREE_TEXT, &t);

	if (e != OK)
		return e;
	if (token != NULL) {
		text.p = fy_token_get_text(token, &text.n);
		t->quoted = fy_token_scalar_style(token) != FYSS_PLAIN;
	}
	if (text.p == NULL)
		text = STR("");
	if (!t->quoted && is_null(text))
		t->kind = TREE_NULL;
	if (!arena_copy(b->a, text, &t->text))
		return fail(b, FAIL_LIMIT, "too much text");
	*ret = t;
	return OK;
}

/* A map gets two nodes in turn, the first being the key of the second. */
static enum err
attach(struct build *b, struct tree *t)
{
	struct tree *top;

	if (b->depth == 0) {
		b->root = t;
		return OK;
	}
	top = b->stack[b->depth - 1];
	if (top->kind == TREE_MAP && b->key == NULL) {
		if (t->kind != TREE_TEXT && t->kind != TREE_NULL)
			return fail(b, FAIL_SYNTAX, "a key must be text");
		b->key = t;
		return OK;
	}
	if (top->kind == TREE_MAP) {
		t->key = b->key->text;
		t->key_line = b->key->line;
		t->key_column = b->key->column;
		b->key = NULL;
	}
	*b->tail[b->depth - 1] = t;
	b->tail[b->depth - 1] = &t->next;
	top->n++;
	return OK;
}

static enum err
begin(struct build *b, enum tree_kind kind)
{
	struct tree *t;
	enum err e = new_node(b, kind, &t);

	if (e == OK)
		e = attach(b, t);
	if (e != OK)
		return e;
	if (b->depth == TREE_DEPTH_MAX)
		return fail(b, FAIL_LIMIT, "nested too deeply");
	b->stack[b->depth] = t;
	b->tail[b->depth] = &t->first;
	b->depth++;
	return OK;
}

static enum err
take(struct build *b, struct fy_event *event)
{
	struct tree *t;
	enum err e;

	note_place(b, event);
	switch ((int)event->type) {
	case FYET_MAPPING_START:
		return begin(b, TREE_MAP);
	case FYET_SEQUENCE_START:
		return begin(b, TREE_LIST);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		b->depth--;
		return OK;
	case FYET_SCALAR:
		e = scalar(b, event, &t);
		return e != OK ? e : attach(b, t);
	case FYET_ALIAS:
		return fail(b, FAIL_SYNTAX, "aliases (*name) are not taken here");
	case FYET_DOCUMENT_START:
		if (b->root == NULL)
			return OK;
		return fail(b, FAIL_SYNTAX, "a second document: only one is taken");
	default:
		return OK;
	}
}

/* Some errors the library keeps to itself: then the place is that of what was read last. */
static enum err
syntax(struct build *b, struct fy_diag *diag)
{
	void *prev = NULL;
	const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &prev);
	struct str text;

	if (error == NULL)
		return fail(b, FAIL_SYNTAX, "not YAML from here on");
	text = str_trim(str_c(error->msg));
	(void)err_set(b->why, FAIL_SYNTAX, "not YAML: %.*s", STR_ARG(text));
	if (error->line < 0 || error->column < 0)
		return err_at(b->why, FAIL_SYNTAX, NULL, b->line, b->column);
	return err_at(b->why, FAIL_SYNTAX, NULL, (uint32_t)error->line + 1,
	    (uint32_t)error->column + 1);
}

static void
say_nothing(struct fy_diag *diag, void *user, const char *text, size_t n)
{
	(void)diag;
	(void)user;
	(void)text;
	(void)n;
}

static enum err
read_events(struct build *b, struct fy_diag *diag)
{
	struct fy_event *event;
	enum err e = OK;
	bool ended = false;

	while (e == OK && (event = fy_parser_parse(b->fyp)) != NULL) {
		ended = event->type == FYET_STREAM_END;
		e = take(b, event);
		fy_parser_event_free(b->fyp, event);
	}
	if (e == OK && (!ended || fy_parser_get_stream_error(b->fyp)))
		return syntax(b, diag);
	return e;
}

/* Bytes the library would take but nobody could read. */
static enum err
check_bytes(struct str text, struct diag *why)
{
	uint32_t line = 1, column = 1, c;
	size_t n;

	for (; text.n != 0; text = str_from(text, n)) {
		n = utf8_next(text, &c);
		if (c == 0 || (n == 1 && c == 0xfffd)) {
			(void)err_set(why, FAIL_SYNTAX, "not YAML: %s",
			    c == 0 ? "a NUL byte" : "not UTF-8");
			return err_at(why, FAIL_SYNTAX, NULL, line, column);
		}
		column = c == '\n' ? 1 : column + 1;
		line += c == '\n';
	}
	return OK;
}

/* Directives are of no use here, and libfyaml 0.7.12 never ends on some broken ones. */
static enum err
check_directives(struct str text, struct diag *why)
{
	ptrdiff_t at = utf8_line_with(text, '%');
	uint32_t line = 1;

	if (at < 0)
		return OK;
	for (ptrdiff_t i = 0; i < at; i++)
		line += text.p[i] == '\n';
	return err_at(why,
	    err_set(why, FAIL_SYNTAX, "a line begins with '%%': leave directives out"), NULL, line,
	    1);
}

enum err
tree_read(struct str text, struct arena *a, struct tree **ret, struct diag *why)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_JSON_NONE };
	struct build b = { .a = a, .why = why, .line = 1, .column = 1 };
	enum err e;

	e = check_bytes(text, why);
	if (e != OK)
		return e;
	e = check_directives(text, why);
	if (e != OK)
		return e;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.output_fn = say_nothing;
	cfg.diag = fy_diag_create(&diag_cfg);
	if (cfg.diag == NULL)
		return err_set(why, FAIL_LIMIT, "cannot begin to read YAML");
	fy_diag_set_collect_errors(cfg.diag, true);
	b.fyp = fy_parser_create(&cfg);
	if (b.fyp == NULL || fy_parser_set_string(b.fyp, text.p, text.n) != 0)
		e = err_set(why, FAIL_LIMIT, "cannot begin to read YAML");
	else
		e = read_events(&b, cfg.diag);
	fy_parser_destroy(b.fyp);
	fy_diag_destroy(cfg.diag);
	if (e != OK)
		return e;
	if (b.root == NULL) {
		b.root = arena_alloc(a, sizeof(*b.root)); /* an empty file says nothing */
		if (b.root == NULL)
			return err_set(why, FAIL_LIMIT, "too much text");
		b.root->line = b.root->column = 1;
	}
	*ret = b.root;
	return OK;
}

static enum err
check_keys(const struct tree *map, struct diag *why)
{
	if (map->n > TREE_KEYS_MAX)
		return err_at(why,
		    err_set(why, FAIL_LIMIT, "a map has at most %d keys", TREE_KEYS_MAX), NULL,
		    map->line, map->column);
	for (const struct tree *m = map->first; m != NULL; m = m->next)
		for (const struct tree *k = map->first; k != m; k = k->next)
			if (str_eq(k->key, m->key))
				return err_at(why,
				    err_set(why, FAIL_SYNTAX,
					"%.*s stands here twice, first in line %u",
					m->key.n < 60 ? (int)m->key.n : 60, m->key.p, k->key_line),
				    NULL, m->key_line, m->key_column);
	return OK;
}

static enum err
check_all(const struct tree *t, struct diag *why)
{
	enum err e = t->kind == TREE_MAP ? check_keys(t, why) : OK;

	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = check_all(m, why);
	return e;
}

enum err
tree_read_once(struct str text, struct arena *a, struct tree **ret, struct diag *why)
{
	enum err e = tree_read(text, a, ret, why);

	return e == OK ? check_all(*ret, why) : e;
}
