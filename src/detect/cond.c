/* Conditions by recursive descent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/cond.h"

#include "base/vec.h"

struct parse {
	struct str text;
	size_t at, start; /* behind and before the present word */
	struct str word;  /* "" at the end */
	struct cond_name *names;
	size_t n_names;
	struct arena *arena;
	struct diag *why;
	unsigned depth;
};

typedef VEC(const struct expr *) expr_list;

static enum err parse_or(struct parse *p, const struct expr **ret);

static enum err
fail(struct parse *p, const char *what)
{
	if (p->word.n > 0)
		(void)err_set(p->why, FAIL_SYNTAX, "condition: %s, found '%.*s'", what,
		    p->word.n > 60 ? 60 : (int)p->word.n, p->word.p);
	else
		(void)err_set(p->why, FAIL_SYNTAX, "condition: %s, found the end", what);
	return err_at(p->why, FAIL_SYNTAX, NULL, 1, (uint32_t)p->start + 1);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '*' || c == '.' || (unsigned char)c >= 0x80;
}

static void
next(struct parse *p)
{
	struct str s = p->text;

	while (p->at < s.n && is_blank(s.p[p->at]))
		p->at++;
	p->start = p->at;
	while (p->at < s.n && is_word(s.p[p->at]))
		p->at++;
	if (p->at == p->start && p->at < s.n)
		p->at++; /* a character on its own: ( ) | ... */
	p->word = (struct str){ s.p + p->start, p->at - p->start };
}

static bool
is(const struct parse *p, const char *word)
{
	return str_eq(p->word, str_c(word));
}

/* "sel*" and the like; only "*" is special. */
static bool
fits(struct str pattern, struct str name)
{
	size_t i = 0, j = 0, star = SIZE_MAX, mark = 0;

	while (j < name.n) {
		if (i < pattern.n && pattern.p[i] == '*') {
			star = i++;
			mark = j;
		} else if (i < pattern.n && pattern.p[i] == name.p[j]) {
			i++;
			j++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			j = ++mark;
		} else {
			return false;
		}
	}
	while (i < pattern.n && pattern.p[i] == '*')
		i++;
	return i == pattern.n;
}

static enum err
parse_of(struct parse *p, bool all, const struct expr **ret)
{
	bool them = is(p, "them");
	struct str pattern = them ? STR("*") : p->word;
	expr_list found = { 0 };
	enum err err = OK;

	if (pattern.n == 0 || !is_word(pattern.p[0]))
		return fail(p, "after 'of' stands 'them', a name or a pattern like sel_*");
	for (size_t i = 0; i < p->n_names; i++) {
		struct cond_name *name = &p->names[i];

		if (name->name.n > 0 && name->name.p[0] == '_' && pattern.p[0] != '_')
			continue;
		if (!fits(pattern, name->name))
			continue;
		name->used = true;
		VEC_PUSH(&found, name->expr);
	}
	if (found.n == 0)
		err = fail(p, "no selection has a name that fits");
	else
		*ret = expr_join(p->arena, all ? EXPR_AND : EXPR_OR, found.p, found.n);
	VEC_FINI(&found);
	if (err == OK)
		next(p);
	return err;
}

static enum err
parse_name(struct parse *p, const struct expr **ret)
{
	for (size_t i = 0; i < p->n_names; i++) {
		if (!str_eq(p->names[i].name, p->word))
			continue;
		p->names[i].used = true;
		*ret = p->names[i].expr;
		next(p);
		return OK;
	}
	if (memchr(p->word.p, '*', p->word.n) != NULL)
		return fail(p, "a pattern needs '1 of' or 'all of' before it");
	if (is(p, "AND") || is(p, "OR") || is(p, "NOT"))
		return fail(p, "and, or, not are written in lower case");
	return fail(p, "there is no selection of this name");
}

/* "1 of x", "any of x", "all of x"; else the name it might be. */
static enum err
parse_word(struct parse *p, const struct expr **ret)
{
	struct parse ahead = *p;
	bool all = is(p, "all"), of;

	next(&ahead);
	of = is(&ahead, "of");
	if (of && (all || is(p, "1") || is(p, "any"))) {
		next(&ahead);
		*p = ahead;
		return parse_of(p, all, ret);
	}
	if (of)
		return fail(p, "a quantifier is '1 of', 'any of' or 'all of'");
	return parse_name(p, ret);
}

static enum err
parse_prim(struct parse *p, const struct expr **ret)
{
	enum err err;

	if (is(p, "(")) {
		if (++p->depth > EXPR_DEPTH_MAX)
			return fail(p, "nested too deeply");
		next(p);
		err = parse_or(p, ret);
		if (err != OK)
			return err;
		if (!is(p, ")"))
			return fail(p, "expected 'and', 'or' or ')'");
		p->depth--;
		next(p);
		return OK;
	}
	if (is(p, "|"))
		return fail(p,
		    "pipes like '| count() by' are gone from Sigma; write a correlation rule of "
		    "type event_count or value_count");
	if (p->word.n == 0 || !is_word(p->word.p[0]) || is(p, "and") || is(p, "or"))
		return fail(p, "expected the name of a selection, 'not', '1 of', 'all of' or '('");
	return parse_word(p, ret);
}

static enum err
parse_not(struct parse *p, const struct expr **ret)
{
	bool negate = false;
	enum err err;

	while (is(p, "not")) {
		negate = !negate;
		next(p);
	}
	err = parse_prim(p, ret);
	if (err == OK && negate)
		*ret = expr_not(p->arena, *ret);
	return err;
}

typedef enum err (*parse_fn)(struct parse *p, const struct expr **ret);

/* x {word x} */
static enum err
parse_chain(struct parse *p, parse_fn part, const char *word, enum expr_op op,
    const struct expr **ret)
{
	expr_list list = { 0 };
	const struct expr *e = NULL;
	enum err err = part(p, &e);

	if (err != OK)
		return err;
	VEC_PUSH(&list, e);
	while (err == OK && is(p, word)) {
		next(p);
		err = part(p, &e);
		VEC_PUSH(&list, e);
	}
	if (err == OK)
		*ret = expr_join(p->arena, op, list.p, list.n);
	VEC_FINI(&list);
	return err;
}

static enum err
parse_and(struct parse *p, const struct expr **ret)
{
	return parse_chain(p, parse_not, "and", EXPR_AND, ret);
}

static enum err
parse_or(struct parse *p, const struct expr **ret)
{
	return parse_chain(p, parse_and, "or", EXPR_OR, ret);
}

enum err
cond_parse(struct str text, struct cond_name *names, size_t n, struct arena *a,
    const struct expr **ret, struct diag *why)
{
	struct parse p = { .text = text, .names = names, .n_names = n, .arena = a, .why = why };
	const struct expr *e = NULL;
	enum err err;

	next(&p);
	err = parse_or(&p, &e);
	if (err != OK)
		return err;
	if (is(&p, "|"))
		return fail(&p,
		    "pipes like '| count() by' are gone from Sigma; write a correlation rule of "
		    "type event_count or value_count");
	if (p.word.n > 0)
		return fail(&p, "expected 'and' or 'or'");
	*ret = e;
	return OK;
}
