/* Selections: map = and, list = or, texts without a field = keywords. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/select.h"

#include <stdio.h>

#include "base/base64.h"
#include "detect/encode.h"
#include "detect/modifier.h"
#include "detect/taxonomy.h"

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

static void
warn(const struct select *s, const struct ydoc *at, const char *text)
{
	if (s->warn != NULL)
		s->warn(s->ctx, at, text);
}

static void
warn_unknown(const struct select *s, const struct ydoc *at, struct str field)
{
	auto_buf struct buf near = { 0 };
	char text[200];

	if (s->warn == NULL || taxonomy_known(field))
		return;
	buf_init(&near, 0);
	if (taxonomy_near(field, &near))
		(void)snprintf(text, sizeof(text),
		    "'%.*s' is no known field, did you mean '%.*s'? A key of this name in the "
		    "event is meant",
		    field.n > 60 ? 60 : (int)field.n, field.p, STR_ARG(buf_view(&near)));
	else
		(void)snprintf(text, sizeof(text),
		    "'%.*s' is no known field; a key of this name in the event is meant",
		    field.n > 80 ? 80 : (int)field.n, field.p);
	s->warn(s->ctx, at, text);
}

static const struct expr *
leaf(const struct item *it, uint32_t atom)
{
	return expr_atom(it->s->atoms->arena, atom);
}

struct nets {
	const struct item *it;
	const struct ydoc *v;
	expr_list list;
};

static enum err
on_net(void *ctx, struct str text)
{
	struct nets *n = ctx;
	struct ip_net net;
	bool masked = false;
	char address[IP_TEXT_SIZE], note[160];

	if (!ip_net_parse(text, &net, &masked))
		return fail(n->it->why, n->v,
		    "cidr takes a network like 10.0.0.0/8 or 2001:db8::/32");
	if (masked) {
		(void)snprintf(note, sizeof(note),
		    "the network has bits set behind its prefix; they are ignored: write %s/%u",
		    ip_text(&net.ip, address), net.bits - (ip_is_v4(&net.ip) ? 96U : 0U));
		warn(n->it->s, n->v, note);
	}
	VEC_PUSH(&n->list, leaf(n->it, atoms_cidr(n->it->s->atoms, n->it->chan, &net)));
	return OK;
}

static enum err
cidr_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	struct nets n = { .it = it, .v = v };
	enum err err;

	if ((it->mods & MOD_EXPAND) != 0)
		err = expand_each(it->s->expand, v->text, on_net, &n, it->why);
	else
		err = on_net(&n, v->text);
	if (err == OK)
		*ret = expr_join(it->s->atoms->arena, EXPR_OR, n.list.p, n.list.n);
	else
		err = err_at(it->why, err, NULL, v->line, v->column);
	VEC_FINI(&n.list);
	return err;
}

/* Says when no time has a part like this. */
static void
warn_part(const struct item *it, const struct ydoc *v, int64_t i)
{
	static const struct {
		unsigned mod;
		int from, to;
		const char *text;
	} parts[] = {
		{ MOD_MINUTE, 0, 59, "a minute is 0 to 59; no time has this one" },
		{ MOD_HOUR, 0, 23, "an hour is 0 to 23; no time has this one" },
		{ MOD_DAY, 1, 31, "a day is 1 to 31; no time has this one" },
		{ MOD_WEEK, 1, 53, "a week is 1 to 53; no time has this one" },
		{ MOD_MONTH, 1, 12, "a month is 1 to 12; no time has this one" },
	};

	for (size_t k = 0; k < ARRAY_LEN(parts); k++)
		if ((it->mods & parts[k].mod) != 0 && (i < parts[k].from || i > parts[k].to))
			warn(it->s, v, parts[k].text);
}

static enum err
number_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	struct atom_number n = { .op = ATOM_GTE, .part = it->mods & MOD_TIME };

	if ((it->mods & MOD_LT) != 0)
		n.op = ATOM_LT;
	else if ((it->mods & MOD_LTE) != 0)
		n.op = ATOM_LTE;
	else if ((it->mods & MOD_GT) != 0)
		n.op = ATOM_GT;
	else if ((it->mods & MOD_GTE) == 0)
		n.op = ATOM_EQ;
	n.is_int = ydoc_int(v, &n.i);
	if (n.is_int) {
		n.f = (double)n.i;
		warn_part(it, v, n.i);
	} else if (n.part != 0) {
		return fail(it->why, v, "a part of a time is a whole number: 'timestamp|hour: 23'");
	} else if (!str_f64(v->text, &n.f)) {
		return fail(it->why, v, "lt, lte, gt and gte compare with a number");
	}
	*ret = leaf(it, atoms_number(it->s->atoms, it->chan, &n));
	return OK;
}

static unsigned
wild_flags(const struct item *it)
{
	unsigned flags = 0;

	if ((it->mods & MOD_CONTAINS) != 0 || it->field.n == 0)
		flags |= WILD_HEAD | WILD_TAIL;
	flags |= (it->mods & MOD_STARTS) != 0 ? WILD_TAIL : 0U;
	flags |= (it->mods & MOD_ENDS) != 0 ? WILD_HEAD : 0U;
	flags |= (it->mods & MOD_CASED) != 0 ? WILD_CASED : 0U;
	return flags | ((it->mods & MOD_WINDASH) != 0 ? WILD_WINDASH : 0U);
}

static enum err
ref_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	uint32_t other;
	bool known;

	if (v->type != YDOC_TEXT || v->text.n == 0)
		return fail(it->why, v, "fieldref takes the name of another field");
	other = atoms_field(it->s->atoms, v->text, it->s->category, &known);
	if (!known)
		warn_unknown(it->s, v, v->text);
	*ret = leaf(it, atoms_ref(it->s->atoms, it->chan, other, wild_flags(it)));
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

/* The texts one value becomes. */
struct texts {
	const struct item *it;
	const struct ydoc *v;
	expr_list list;
	unsigned flags;
};

static void
add_text(struct texts *t, struct str text, unsigned flags)
{
	VEC_PUSH(&t->list,
	    leaf(t->it, atoms_text(t->it->s->atoms, t->it->chan, text, t->flags | flags)));
}

static enum err
add_encoded(struct texts *t, struct str text)
{
	unsigned mods = t->it->mods;
	auto_buf struct buf plain = { 0 }, wide = { 0 }, out = { 0 };
	struct str bytes;

	buf_init(&plain, 0);
	buf_init(&wide, 0);
	buf_init(&out, 0);
	if (!encode_plain(text, &plain))
		return fail(t->it->why, t->v,
		    "a wildcard cannot be encoded: write the text without * and ?, or \\* and \\?");
	bytes = buf_view(&plain);
	if ((mods & MOD_WIDE) != 0) {
		encode_utf16(bytes, mods, &wide);
		bytes = buf_view(&wide);
	}
	for (unsigned i = 0; i < ENCODE_OFFSETS; i++) {
		buf_reset(&out);
		if ((mods & MOD_BASE64) != 0)
			base64_put(bytes, &out);
		else
			encode_offset(bytes, i, &out);
		if (out.n == 0)
			return fail(t->it->why, t->v, "the text is too short for this encoding");
		add_text(t, buf_view(&out), WILD_LITERAL);
		if ((mods & MOD_BASE64) != 0)
			break;
	}
	return OK;
}

static enum err
on_text(void *ctx, struct str text)
{
	struct texts *t = ctx;

	if ((t->it->mods & MOD_ENCODE) != 0)
		return add_encoded(t, text);
	add_text(t, text, 0);
	return OK;
}

static enum err
add_number(struct texts *t, struct str text)
{
	char number[ATOM_FLOAT_SIZE];
	int64_t i;
	double d;

	if (t->v->type == YDOC_FLOAT && str_f64(text, &d))
		text = atom_float_text(d, number);
	if (t->v->type == YDOC_INT && text.p[0] == '+')
		text = str_from(text, 1);
	if (t->v->type == YDOC_INT && ydoc_int(t->v, &i)) {
		(void)snprintf(number, sizeof(number), "%lld", (long long)i);
		if (!str_eq(text, str_c(number))) {
			/* 0x1410, 010: what YAML says it is, and what the author may have meant. */
			warn(t->it->s, t->v,
			    "without quotes this is a number to YAML; it is looked for as it "
			    "stands, too");
			add_text(t, str_c(number), 0);
		}
	}
	return on_text(t, text);
}

static enum err
text_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	struct texts t = { .it = it, .v = v, .flags = wild_flags(it) };
	enum err err;

	if ((it->mods & MOD_EXPAND) != 0)
		err = expand_each(it->s->expand, v->text, on_text, &t, it->why);
	else
		err = add_number(&t, v->text);
	if (err == OK && t.list.n == 0)
		warn(it->s, v,
		    "this placeholder has no values, so nothing matches it; give them in a "
		    "document 'placeholders: {name: [...]}' among the rules");
	if (err == OK)
		*ret = expr_join(it->s->atoms->arena, EXPR_OR, t.list.p, t.list.n);
	else
		err = err_at(it->why, err, NULL, v->line, v->column);
	VEC_FINI(&t.list);
	return err;
}

static enum err
build_value(const struct item *it, const struct ydoc *v, const struct expr **ret)
{
	if (v->kind != YDOC_SCALAR)
		return fail(it->why, v, "a value is text, a number, true, false or null");
	if ((it->mods & MOD_EXISTS) != 0)
		return exists_value(it, v, ret);
	if (v->type == YDOC_NULL) {
		if ((it->mods & ~(unsigned)(MOD_ALL | MOD_NEQ)) != 0 || it->field.n == 0)
			return fail(it->why, v,
			    "null stands alone, without modifiers; for empty text write ''");
		*ret = leaf(it, atoms_null(it->s->atoms, it->chan));
		return OK;
	}
	if ((it->mods & MOD_RE) != 0)
		return regex_value(it, v, ret);
	if ((it->mods & MOD_CIDR) != 0)
		return cidr_value(it, v, ret);
	if ((it->mods & (MOD_COMPARE | MOD_TIME)) != 0)
		return number_value(it, v, ret);
	if ((it->mods & MOD_FIELDREF) != 0)
		return ref_value(it, v, ret);
	return text_value(it, v, ret);
}

static enum err
build_list(const struct item *it, const struct ydoc *value, const struct expr **ret)
{
	enum expr_op op = (it->mods & MOD_ALL) != 0 ? EXPR_AND : EXPR_OR;
	expr_list list = { 0 };
	enum err err = OK;

	if (value->n == 0)
		return fail(it->why, value, "the list of values is empty");
	for (const struct ydoc *v = value->first; err == OK && v != NULL; v = v->next) {
		const struct expr *e = NULL;

		err = build_value(it, v, &e);
		VEC_PUSH(&list, e);
		if (v->kind == YDOC_SCALAR && v->type == YDOC_NULL)
			warn(it->s, v,
			    "null in a list is not Sigma everywhere; make it a selection of its "
			    "own");
	}
	if (err == OK)
		*ret = expr_join(it->s->atoms->arena, op, list.p, list.n);
	VEC_FINI(&list);
	return err;
}

static enum err
build_values(const struct item *it, const struct ydoc *value, const struct expr **ret)
{
	enum err err;

	if (value->kind == YDOC_MAP)
		return fail(it->why, value, "a field has a value or a list of values, not a map");
	if (value->kind == YDOC_SCALAR && (it->mods & MOD_ALL) != 0)
		return fail(it->why, value, "'all' needs a list of values");
	err = value->kind == YDOC_SCALAR ? build_value(it, value, ret) : build_list(it, value, ret);
	if (err == OK && (it->mods & MOD_NEQ) != 0)
		*ret = expr_not(it->s->atoms->arena, *ret);
	return err;
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
	if (it.field.n < member->key->text.n && chain.n == 0)
		return fail(why, member->key, "a modifier stands behind each '|'");
	err = modifier_parse(chain, &it.mods, why);
	if (err != OK)
		return err_at(why, err, NULL, member->key->line, member->key->column);
	if (it.field.n == 0) {
		if ((it.mods & (MOD_EXISTS | MOD_CIDR | MOD_COMPARE | MOD_TIME | MOD_FIELDREF)) !=
		    0)
			return fail(why, member->key, "this modifier needs a field before it");
		it.chan = atoms_keywords(s->atoms, s->product);
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
	const struct item it = { .s = s, .chan = atoms_keywords(s->atoms, s->product), .why = why };

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
