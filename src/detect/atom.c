/* The table of atoms and channels of a rule set. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
/* exports: atom */
#include "detect/atom.h"

#include <hs.h>
#include <math.h>
#include <stdio.h>

#include "detect/find.h"
#include "detect/modifier.h"
#include "detect/pool.h"
#include "detect/regex.h"
#include "rec/sent.h"

#define KNOWN_MAX ((size_t)1 << 24)

void
atoms_init(struct atoms *s, struct arena *a)
{
	*s = (struct atoms){ .arena = a, .known = map_new(sizeof(uint32_t), KNOWN_MAX) };
}

void
atoms_fini(struct atoms *s)
{
	for (size_t i = 0; i < s->atom.n; i++)
		hs_free_database(s->atom.p[i].regex);
	VEC_FINI(&s->atom);
	VEC_FINI(&s->chan);
	VEC_FINI(&s->path);
	map_free(s->known);
	s->known = NULL;
}

/* The number kept under (what, a, b, text); UINT32_MAX, to be filled in, when it is new. */
static uint32_t *
known(struct atoms *s, char what, uint64_t a, uint64_t b, struct str text)
{
	struct buf key;
	uint32_t *v;
	bool fresh;

	buf_init(&key, 0);
	buf_printf(&key, "%c %llx %llx ", what, (unsigned long long)a, (unsigned long long)b);
	buf_str(&key, text);
	v = map_put(s->known, buf_view(&key), &fresh);
	assert(v != NULL);
	buf_fini(&key);
	if (fresh)
		*v = UINT32_MAX;
	return v;
}

static uint32_t
add_chan(struct atoms *s, uint32_t *slot, const struct chan *c)
{
	if (*slot == UINT32_MAX) {
		*slot = (uint32_t)s->chan.n;
		VEC_PUSH(&s->chan, *c);
	}
	return *slot;
}

static void
add_path(struct atoms *s, struct str path, uint32_t chan)
{
	uint32_t *slot = known(s, 'p', chan, 0, path);

	if (*slot != UINT32_MAX)
		return;
	*slot = 0;
	VEC_PUSH(&s->path, ((struct chan_path){ pool_str(s->arena, path), chan }));
}

uint32_t
atoms_field(struct atoms *s, struct str name, struct str category, bool *ret_known)
{
	enum field f = field_find_sigma(name, category);
	struct chan c = { .field = f, .also = FIELD_NONE, .name = pool_str(s->arena, name) };
	uint32_t chan;

	*ret_known = f != FIELD_NONE;
	if (f == FIELD_NONE) {
		chan = add_chan(s, known(s, 'x', 0, 0, name), &c);
		add_path(s, name, chan);
		return chan;
	}
	c.name = str_c(field_info(f)->native);
	c.decode = f == F_URL || f == F_ENDPOINT || f == F_QUERY;
	if (field_find(name) != FIELD_NONE) {
		c.also = sent_else(name);
		return add_chan(s, known(s, 'f', (uint64_t)f, c.also, STR("")), &c);
	}
	/* Events that use the rule's own spelling keep it as an unknown field, which goes first. */
	chan = add_chan(s, known(s, 'f', (uint64_t)f, 0, name), &c);
	add_path(s, name, chan);
	return chan;
}

uint32_t
atoms_keywords(struct atoms *s, struct str product)
{
	const struct chan c = {
		.field = FIELD_NONE, .also = FIELD_NONE, .keywords = true, .name = STR("keywords")
	};

	return add_chan(s, known(s, 'k', 0, 0, product), &c);
}

static uint32_t
add_atom(struct atoms *s, uint32_t *slot, const struct atom *a)
{
	*slot = (uint32_t)s->atom.n;
	VEC_PUSH(&s->atom, *a);
	return *slot;
}

uint32_t
atoms_text(struct atoms *s, uint32_t chan, struct str value, unsigned flags)
{
	uint32_t *slot = known(s, 't', chan, flags, value);
	struct atom a = { .kind = ATOM_TEXT, .chan = chan };

	if (*slot != UINT32_MAX)
		return *slot;
	a.wild = wild_parse(value, flags, s->arena);
	find_text(&a, s->arena);
	return add_atom(s, slot, &a);
}

static enum err
compile_regex(const char *re, unsigned flags, hs_database_t **ret, struct diag *why)
{
	hs_compile_error_t *e = NULL;
	enum err err = OK;

	if (hs_compile(re, flags, HS_MODE_BLOCK, NULL, ret, &e) != HS_SUCCESS) {
		err = err_set(why, FAIL_SYNTAX, "the regular expression cannot be used: %s",
		    e != NULL ? e->message : "it does not compile");
		hs_free_compile_error(e);
	}
	return err;
}

/* By what every match contains, where that says enough; else by running it. */
static void
find_regex(struct atom *a, struct arena *arena)
{
	struct str literal = regex_literal(a->key, arena);

	if (literal.n < ATOM_LITERAL_MIN)
		return;
	a->key = literal;
	a->find = FIND_LITERAL;
	a->sure = false;
}

enum err
atoms_regex(struct atoms *s, uint32_t chan, struct str re, unsigned mods, uint32_t *ret,
    struct diag *why)
{
	uint32_t *slot = known(s, 'r', chan, mods, re);
	struct atom a = { .kind = ATOM_RE, .find = FIND_REGEX, .sure = true, .chan = chan };
	enum err err;

	if (*slot == UINT32_MAX) {
		if (memchr(re.p, '\0', re.n) != NULL)
			return err_set(why, FAIL_SYNTAX, "a regular expression cannot hold a NUL");
		a.key = pool_str(s->arena, re);
		a.flags = HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;
		a.flags |= (mods & MOD_RE_I) != 0 ? HS_FLAG_CASELESS : 0U;
		a.flags |= (mods & MOD_RE_M) != 0 ? HS_FLAG_MULTILINE : 0U;
		a.flags |= (mods & MOD_RE_S) != 0 ? HS_FLAG_DOTALL : 0U;
		err = compile_regex(a.key.p, a.flags, &a.regex, why);
		if (err != OK)
			return err;
		find_regex(&a, s->arena);
		(void)add_atom(s, slot, &a);
	}
	*ret = *slot;
	return OK;
}

uint32_t
atoms_cidr(struct atoms *s, uint32_t chan, const struct ip_net *net)
{
	const struct atom a = { .kind = ATOM_CIDR, .chan = chan, .net = *net };
	uint32_t *slot =
	    known(s, 'c', chan, net->bits, (struct str){ (const char *)net->ip.b, 16 });

	return *slot != UINT32_MAX ? *slot : add_atom(s, slot, &a);
}

uint32_t
atoms_number(struct atoms *s, uint32_t chan, const struct atom_number *n)
{
	const struct atom a = { .kind = ATOM_NUMBER, .chan = chan, .number = *n };

	/* Not worth sharing. */
	VEC_PUSH(&s->atom, a);
	return (uint32_t)s->atom.n - 1;
}

uint32_t
atoms_ref(struct atoms *s, uint32_t chan, uint32_t other, unsigned flags)
{
	const struct atom a = { .kind = ATOM_REF, .chan = chan, .ref = other, .flags = flags };

	VEC_PUSH(&s->atom, a);
	return (uint32_t)s->atom.n - 1;
}

static uint32_t
plain(struct atoms *s, char what, enum atom_kind kind, uint32_t chan)
{
	const struct atom a = { .kind = kind, .chan = chan };
	uint32_t *slot = known(s, what, chan, 0, STR(""));

	return *slot != UINT32_MAX ? *slot : add_atom(s, slot, &a);
}

uint32_t
atoms_exists(struct atoms *s, uint32_t chan)
{
	return plain(s, 'e', ATOM_EXISTS, chan);
}

uint32_t
atoms_null(struct atoms *s, uint32_t chan)
{
	return plain(s, 'n', ATOM_NULL, chan);
}

struct str
atom_float_text(double d, char to[ATOM_FLOAT_SIZE])
{
	int n = 0;

	if (d > -1e15 && d < 1e15 && trunc(d) >= d && trunc(d) <= d)
		return (struct str){ to,
			(size_t)snprintf(to, ATOM_FLOAT_SIZE, "%lld", (long long)d) };
	for (int digits = 15; digits <= 17; digits++) {
		double back = 0;

		n = snprintf(to, ATOM_FLOAT_SIZE, "%.*g", digits, d);
		if (str_f64((struct str){ to, (size_t)n }, &back) && back >= d && back <= d)
			break;
	}
	return (struct str){ to, (size_t)n };
}

static bool
holds(enum atom_compare op, bool less, bool equal)
{
	switch (op) {
	case ATOM_LT:
		return less;
	case ATOM_LTE:
		return less || equal;
	case ATOM_GT:
		return !less && !equal;
	case ATOM_GTE:
		return !less;
	case ATOM_EQ:
		return equal;
	}
	return false;
}

bool
atom_compare_int(const struct atom_number *n, int64_t v)
{
	if (n->is_int)
		return holds(n->op, v < n->i, v == n->i);
	return holds(n->op, (double)v < n->f, (double)v >= n->f && (double)v <= n->f);
}

bool
atom_compare_float(const struct atom_number *n, double v)
{
	if (isnan(v))
		return false;
	return holds(n->op, v < n->f, v >= n->f && v <= n->f);
}

bool
atom_compare_text(const struct atom_number *n, struct str text)
{
	int64_t i;
	double d;

	if (str_i64(text, &i))
		return atom_compare_int(n, i);
	return str_f64(text, &d) && atom_compare_float(n, d);
}
