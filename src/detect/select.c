/* Selections: map = and, list = or, texts without a field = keywords. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/select.h"

#include <stdio.h>

#include "detect/modifier.h"

typedef VEC(const struct expr *) expr_list;

/* One "field|modifiers" of a selection. */
struct item {
	const struct select *s;
	struct str field;
	unsigned mods;
	uint32_t chan;
	struct diag *why;
};

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "%s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

static const struct expr *
leaf(const struct item *it, uint32_t atom)
{
	return expr_atom(it->s->atoms->arena, atom);
}

static enum err
cidr_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	struct ip_net net;
	bool masked = false;

	if (!ip_net_parse(v->text, &net, &masked))
		return fail(it->why, v, "cidr takes a network like 10.0.0.0/8 or 2001:db8::/32");
	if (masked && it->s->warn != NULL)
		it->s->warn(it->s->ctx, v,
		    "the network has bits set behind its prefix; they are ignored");
	*ret = leaf(it, atoms_cidr(it->s->atoms, it->chan, &net));
	return OK;
}

static enum err
number_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	struct atom_number n = { .op = ATOM_GTE };

	if ((it->mods & MOD_LT) != 0)
		n.op = ATOM_LT;
	else if ((it->mods & MOD_LTE) != 0)
		n.op = ATOM_LTE;
	else if ((it->mods & MOD_GT) != 0)
		n.op = ATOM_GT;
	n.is_int = str_i64(v->text, &n.i);
	if (n.is_int)
		n.f = (double)n.i;
	else if (!str_f64(v->text, &n.f))
		return fail(it->why, v, "lt, lte, gt and gte compare with a number");
	*ret = leaf(it, atoms_number(it->s->atoms, it->chan, &n));
	return OK;
}

static enum err
exists_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	const struct expr *e = leaf(it, atoms_exists(it->s->atoms, it->chan));

	if (v->type != YDOC_BOOL)
		return fail(it->why, v, "exists is true or false");
	*ret = (v->text.p[0] | 0x20) == 't' ? e : expr_not(it->s->atoms->arena, e);
	return OK;
}

static enum err
regex_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	uint32_t atom;
	enum err err = atoms_regex(it->s->atoms, it->chan, v->text, it->mods, &atom, it->why);

	if (err != OK)
		return err_at(it->why, err, NULL, v->line, v->column);
	*ret = leaf(it, atom);
	return OK;
}

static enum err
text_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	unsigned flags = 0;
	struct str text = v->text;
	char number[ATOM_FLOAT_SIZE];
	double d;

	if ((it->mods & MOD_CONTAINS) != 0 || it->field.n == 0)
		flags |= WILD_HEAD | WILD_TAIL;
	flags |= (it->mods & MOD_STARTS) != 0 ? WILD_TAIL : 0U;
	flags |= (it->mods & MOD_ENDS) != 0 ? WILD_HEAD : 0U;
	flags |= (it->mods & MOD_CASED) != 0 ? WILD_CASED : 0U;
	if (v->type == YDOC_FLOAT && str_f64(text, &d))
		text = atom_float_text(d, number);
	if (v->type == YDOC_INT && text.p[0] == '+')
		text = str_from(text, 1);
	*ret = leaf(it, atoms_text(it->s->atoms, it->chan, text, flags));
	return OK;
}

static enum err
build_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	if (v->kind != YDOC_SCALAR)
		return fail(it->why, v, "a value is text, a number, true, false or null");
	if ((it->mods & MOD_EXISTS) != 0)
		return exists_value(it, v, ret);
	if (v->type == YDOC_NULL) {
		if ((it->mods & ~(unsigned)MOD_ALL) != 0 || it->field.n == 0)
			return fail(it->why, v,
			    "null stands alone, without modifiers; for empty text write ''");
		*ret = leaf(it, atoms_null(it->s->atoms, it->chan));
		return OK;
	}
	if ((it->mods & MOD_RE) != 0)
		return regex_value(it, v, ret);
	if ((it->mods & MOD_CIDR) != 0)
		return cidr_value(it, v, ret);
	if ((it->mods & MOD_COMPARE) != 0)
		return number_value(it, v, ret);
	return text_value(it, v, ret);
}

static enum err
build_values(const struct item *it, const struct ydoc *value, const struct expr **ret)
{
	enum expr_op op = (it->mods & MOD_ALL) != 0 ? EXPR_AND : EXPR_OR;
	expr_list list = { 0 };
	enum err err = OK;

	if (value->kind == YDOC_MAP)
		return fail(it->why, value, "a field has a value or a list of values, not a map");
	if (value->kind == YDOC_SCALAR) {
		if (op == EXPR_AND)
			return fail(it->why, value, "'all' needs a list of values");
		return build_value(it, value, ret);
	}
	if (value->n == 0)
		return fail(it->why, value, "the list of values is empty");
	for (const struct ydoc *v = value->first; err == OK && v != NULL; v = v->next) {
		const struct expr *e = NULL;

		err = build_value(it, v, &e);
		VEC_PUSH(&list, e);
	}
	if (err == OK)
		*ret = expr_join(it->s->atoms->arena, op, list.p, list.n);
	VEC_FINI(&list);
	return err;
}

static void
warn_unknown(const struct select *s, const struct ydoc *key, struct str field)
{
	char text[200];

	if (s->warn == NULL)
		return;
	(void)snprintf(text, sizeof(text),
	    "'%.*s' is no field of the catalogue; a key of this name in the event is meant",
	    field.n > 80 ? 80 : (int)field.n, field.p);
	s->warn(s->ctx, key, text);
}

static enum err
build_item(const struct select *s, const struct ydoc *member, const struct expr **ret,
    struct diag *why)
{
	struct item it = { .s = s, .why = why };
	struct str chain = member->key->text;
	bool known;
	enum err err;

	it.field = str_until(&chain, '|');
	err = modifier_parse(chain, &it.mods, why);
	if (err != OK)
		return err_at(why, err, NULL, member->key->line, member->key->column);
	if (it.field.n == 0) {
		if ((it.mods & (MOD_EXISTS | MOD_CIDR | MOD_COMPARE)) != 0)
			return fail(why, member->key, "this modifier needs a field before it");
		it.chan = atoms_keywords(s->atoms);
	} else {
		it.chan = atoms_field(s->atoms, it.field, s->category, &known);
		if (!known)
			warn_unknown(s, member->key, it.field);
	}
	return build_values(&it, member, ret);
}

static enum err
build_map(const struct select *s, const struct ydoc *map, const struct expr **ret, struct diag *why)
{
	expr_list list = { 0 };
	enum err err = OK;

	if (map->n == 0)
		return fail(why, map, "the selection is empty");
	for (const struct ydoc *m = map->first; err == OK && m != NULL; m = m->next) {
		const struct expr *e = NULL;

		err = build_item(s, m, &e, why);
		VEC_PUSH(&list, e);
	}
	if (err == OK)
		*ret = expr_join(s->atoms->arena, EXPR_AND, list.p, list.n);
	VEC_FINI(&list);
	return err;
}

static enum err
build_keyword(const struct select *s, const struct ydoc *v, const struct expr **ret,
    struct diag *why)
{
	const struct item it = { .s = s, .chan = atoms_keywords(s->atoms), .why = why };

	return build_value(&it, v, ret);
}

enum err
select_build(const struct select *s, const struct ydoc *def, const struct expr **ret,
    struct diag *why)
{
	expr_list list = { 0 };
	enum err err = OK;

	if (def->kind == YDOC_MAP)
		return build_map(s, def, ret, why);
	if (def->kind == YDOC_SCALAR)
		return build_keyword(s, def, ret, why);
	if (def->n == 0)
		return fail(why, def, "the selection is empty");
	for (const struct ydoc *m = def->first; err == OK && m != NULL; m = m->next) {
		const struct expr *e = NULL;

		if (m->kind == YDOC_LIST)
			err = fail(why, m, "a selection holds maps or texts, not lists in lists");
		else if (m->kind == YDOC_MAP)
			err = build_map(s, m, &e, why);
		else
			err = build_keyword(s, m, &e, why);
		VEC_PUSH(&list, e);
	}
	if (err == OK)
		*ret = expr_join(s->atoms->arena, EXPR_OR, list.p, list.n);
	VEC_FINI(&list);
	return err;
}
