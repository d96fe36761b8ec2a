/* Rules that name rules: who feeds whom, what fields mean there, and what a change would change. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/link.h"

#include <stdio.h>

#include "base/vec.h"
#include "detect/cond.h"
#include "detect/ctype.h"
#include "detect/pool.h"

/* Changes when what the same correlations mean, or remember, changes. */
#define MEANING "tocsin correlations 1"

enum state { NEW, BUSY, GOOD, REFUSED };

struct edge {
	uint32_t rule, corr, ref;
};

struct link {
	const struct link_in *in;
	enum state *state;
	bool *silent, *loud;
	struct str *category; /* of what feeds it, as the first rule says */
	VEC(struct edge) edges;
};

/* `before` and `after` stand around the name. */
static enum err
fail_ref(const struct corr_ref *ref, struct diag *why, const char *before, const char *after)
{
	char name[80];

	(void)err_set(why, FAIL_SYNTAX, "%s'%s'%s", before, str_to_c(ref->name, name, sizeof(name)),
	    after);
	return err_at(why, FAIL_SYNTAX, NULL, ref->line, ref->column);
}

static void
put(struct link *l, const struct rule_draft *d, enum ruleset_note kind, struct diag *why)
{
	(void)!err_at(why, FAIL_SYNTAX, d->rule.pub.file, why->line, why->column);
	if (l->in->note != NULL)
		l->in->note(l->in->ctx, kind, why);
}

void
link_surroundings(struct crule *rule, const struct buf *filters, const struct buf *values)
{
	auto_buf struct buf b = { 0 };

	buf_put(&b, rule->digest, DIGEST_SIZE);
	if (filters != NULL)
		buf_str(&b, buf_view(filters));
	buf_str(&b, buf_view(values));
	if (b.n > DIGEST_SIZE)
		digest_sha256(buf_view(&b), rule->digest);
}

enum err
link_fields(const struct ctype_reader *rd, const struct ydoc *v, struct group_by *ret,
    struct diag *why)
{
	const struct ydoc *m = v->kind == YDOC_LIST ? v->first : v;
	struct group_by g = { .n = 0 };
	char text[200], name[80];
	bool known;

	if (v->kind == YDOC_MAP)
		return corr_fail(v, why, "expected a name or a list of names");
	for (; m != NULL; m = v->kind == YDOC_LIST ? m->next : NULL) {
		if (m->kind != YDOC_SCALAR || m->text.n == 0)
			return corr_fail(m, why, "expected a name");
		if (g.n == COMPILED_GROUP_MAX)
			return corr_fail(m, why, "too many names, at most %d", COMPILED_GROUP_MAX);
		g.f[g.n++] = rule_read_field(rd->arena, m->text, rd->category, &known);
		if (known || ydoc_get(ydoc_get(rd->section, "aliases"), m->text.p) != NULL)
			continue;
		(void)snprintf(text, sizeof(text),
		    "'%s' is no field of the catalogue; a key of this name in the event is meant",
		    str_to_c(m->text, name, sizeof(name)));
		rule_read_warn(&rd->rule, m->line, m->column, text);
	}
	*ret = g;
	return OK;
}

/* What an alias means for each rule: aliases: {ip: {rule_a: client_ip, rule_b: src_ip}} */
static enum err
read_alias(const struct ctype_reader *rd, const struct ydoc *alias, struct crule *rule,
    struct group_by *of, const struct str *category, struct diag *why)
{
	size_t at = 0;
	bool known;

	while (at < rule->group.n && !str_eq(rule->group.f[at].path, alias->key->text))
		at++;
	if (alias->kind != YDOC_MAP)
		return corr_fail(alias, why, "an alias is a map of rules and their fields");
	for (const struct ydoc *m = alias->first; m != NULL; m = m->next) {
		uint32_t i = 0;

		while (i < rd->corr->n_refs && !str_eq(rd->corr->ref[i], m->key->text))
			i++;
		if (i == rd->corr->n_refs)
			return corr_fail(m->key, why,
			    "an alias is of rules that 'rules' names, by the name used there");
		if (m->kind != YDOC_SCALAR || m->text.n == 0)
			return corr_fail(m, why, "expected the name of a field");
		if (at == rule->group.n)
			continue;
		of[i].f[at] = rule_read_field(rd->arena, m->text, category[i], &known);
		of[i].f[at].name = rule->group.f[at].name;
	}
	return OK;
}

static enum err
read_aliases(const struct ctype_reader *rd, struct crule *rule, const struct str *category,
    struct diag *why)
{
	const struct ydoc *v = ydoc_get(rd->section, "aliases");
	struct corr *c = rule->corr;
	struct group_by *of;
	enum err e = OK;

	if (v == NULL || (v->kind == YDOC_SCALAR && v->type == YDOC_NULL))
		return OK;
	if (v->kind != YDOC_MAP || c->any)
		return corr_fail(v, why, "aliases is a map of names, for rules that 'rules' names");
	of = POOL_ARRAY(rd->arena, struct group_by, c->n_refs + 1);
	for (size_t i = 0; i < c->n_refs; i++)
		of[i] = rule->group;
	for (const struct ydoc *m = v->first; m != NULL && e == OK; m = m->next)
		e = read_alias(rd, m, rule, of, category, why);
	c->ref_group = of;
	return e;
}

/* The words of a condition, as names of rules, where `rules` says none. */
static void
words_as_refs(struct rule_draft *d, const struct ydoc *v)
{
	static const char *const no[] = { "and", "or", "not", "1", "any", "all", "of", "them" };
	struct str rest = d->draft.corr.condition;

	while (rest.n > 0) {
		size_t n = 0, known = 0;
		struct str word;

		while (n < rest.n && strchr(" \t\r\n()", rest.p[n]) == NULL)
			n++;
		word = (struct str){ rest.p, n };
		rest = str_from(rest, n + 1);
		for (size_t i = 0; i < ARRAY_LEN(no); i++)
			known += str_eq_nocase(word, str_c(no[i]));
		for (size_t i = 0; i < d->draft.refs.n; i++)
			known += str_eq(d->draft.refs.p[i].name, word);
		if (n > 0 && known == 0 && d->draft.refs.n < COMPILED_REFS_MAX)
			VEC_PUSH(&d->draft.refs, ((struct corr_ref){ word, v->line, v->column }));
	}
}

static enum err
read_words(const struct ctype_reader *rd, struct corr *c, struct diag *why)
{
	const struct ydoc *v = ydoc_get(rd->section, "condition");
	struct cond_name names[COMPILED_REFS_MAX] = { 0 };

	if (c->condition.n == 0)
		return OK;
	for (uint32_t i = 0; i < c->n_refs; i++)
		names[i] = (struct cond_name){ c->ref[i], expr_atom(rd->arena, i), false };
	if (cond_parse(c->condition, names, c->n_refs, rd->arena, &c->names, why) != OK)
		return err_at(why, FAIL_SYNTAX, NULL, v->line,
		    v->column + (why != NULL ? why->column - 1 : 0));
	c->condition = pool_str(rd->arena, c->condition);
	for (uint32_t i = 0; i < c->n_refs; i++)
		if (!names[i].used)
			return corr_fail(v, why, "'rules' names '%.60s', the condition does not",
			    c->ref[i].p);
	return OK;
}

/* Everything that takes knowing the rules. */
static enum err
read_rest(struct link *l, struct rule_draft *d, const struct str *category, struct diag *why)
{
	struct corr *c = d->rule.corr;
	const struct ydoc *section = d->draft.section, *v = ydoc_get(section, "group-by");
	struct arena *a = l->in->rs->arena;
	struct ctype_reader rd = { .rule = { .atoms = &l->in->rs->atoms,
				       .file = d->rule.pub.file,
				       .note = l->in->note,
				       .ctx = l->in->ctx },
		.arena = a,
		.section = section,
		.corr = c,
		.category = c->n_refs > 0 ? category[0] : STR(""),
		.line = d->rule.pub.line };
	enum err e = v != NULL ? link_fields(&rd, v, &d->rule.group, why) : OK;

	v = ydoc_get(ydoc_get(section, "condition"), "field");
	if (e == OK && v != NULL)
		e = link_fields(&rd, v, &c->value, why);
	if (e == OK)
		e = read_aliases(&rd, &d->rule, category, why);
	if (e == OK)
		e = read_words(&rd, c, why);
	c->params = pool_get(a, c->type->params_size + 1);
	if (e == OK && c->type->read != NULL)
		e = c->type->read(&rd, c, c->params, why);
	return e;
}

static bool link_one(struct link *l, uint32_t at, unsigned depth);

/* The place in draft of a rule that is named; it is linked itself by then. */
static enum err
find_ref(struct link *l, const struct corr_ref *ref, unsigned depth, uint32_t *ret,
    struct diag *why)
{
	const uint32_t *at = map_get(l->in->names, ref->name);
	const struct rule_draft *other;

	if (at == NULL || *at >= l->in->n)
		return fail_ref(ref, why, "no rule that was loaded has the id or name ", "");
	other = &l->in->draft[*at];
	*ret = *at;
	if (other->rule.corr == NULL)
		return OK;
	if (other->rule.corr->any)
		return fail_ref(ref, why, "",
		    " is fed by all alerts (rules: any); no correlation can be of it");
	if (l->state[*at] == BUSY)
		return fail_ref(ref, why, "", " and this correlation name each other in a circle");
	if (depth == LINK_DEPTH_MAX)
		return fail_ref(ref, why, "too many correlations of correlations: ", "");
	return link_one(l, *at, depth + 1)
		   ? OK
		   : fail_ref(ref, why, "no rule that was loaded has the id or name ", "");
}

static enum err
find_refs(struct link *l, struct rule_draft *d, unsigned depth, uint32_t *to, struct diag *why)
{
	struct corr *c = d->rule.corr;
	enum err e = OK;

	if (d->draft.refs.n == 0 && c->condition.n > 0)
		words_as_refs(d, ydoc_get(d->draft.section, "condition"));
	for (size_t i = 0; i < d->draft.refs.n && e == OK; i++) {
		e = find_ref(l, &d->draft.refs.p[i], depth, &to[i], why);
		c->ref[i] = pool_str(l->in->rs->arena, d->draft.refs.p[i].name);
	}
	c->n_refs = d->draft.refs.n;
	return e;
}

/* What decides when it fires: its own text and that of all it is fed by. */
static void
put_digest(struct link *l, struct rule_draft *d, const uint32_t *refs)
{
	auto_buf struct buf b = { 0 };

	buf_str(&b, STR(MEANING));
	buf_put(&b, d->rule.digest, DIGEST_SIZE);
	for (size_t i = 0; i < d->rule.corr->n_refs; i++)
		buf_put(&b, l->in->draft[refs[i]].rule.digest, DIGEST_SIZE);
	digest_sha256(buf_view(&b), d->rule.digest);
	memcpy(&d->rule.corr->seed, d->rule.digest, sizeof(d->rule.corr->seed));
}

static bool
link_one(struct link *l, uint32_t at, unsigned depth)
{
	struct rule_draft *d = &l->in->draft[at];
	struct str category[COMPILED_REFS_MAX];
	uint32_t refs[COMPILED_REFS_MAX];
	struct diag why = { 0 };
	enum err e;

	if (l->state[at] != NEW)
		return l->state[at] == GOOD;
	l->state[at] = BUSY;
	e = find_refs(l, d, depth, refs, &why);
	for (size_t i = 0; i < d->rule.corr->n_refs && e == OK; i++)
		category[i] = l->category[refs[i]];
	if (e == OK)
		e = read_rest(l, d, category, &why);
	l->state[at] = e == OK ? GOOD : REFUSED;
	if (e != OK) {
		put(l, d, RULESET_ERROR, &why);
		return false;
	}
	if (d->rule.corr->n_refs > 0)
		l->category[at] = category[0];
	put_digest(l, d, refs);
	for (uint32_t i = 0; i < d->rule.corr->n_refs; i++) {
		VEC_PUSH(&l->edges, ((struct edge){ refs[i], at, i }));
		(d->draft.generate ? l->loud : l->silent)[refs[i]] = true;
	}
	return true;
}

static int
by_rule(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->corr != y->corr ? x->corr < y->corr ? -1 : 1 : x->ref < y->ref ? -1 : 1;
}

/* Places in draft become places in the rule set; correlations that were refused fall out. */
static void
take_rules(struct link *l)
{
	const struct link_in *in = l->in;
	struct corr_feed *feeds = POOL_ARRAY(in->rs->arena, struct corr_feed, l->edges.n + 1);
	uint32_t *place = mem_zalloc((in->n + 1) * sizeof(*place)), n = 0;
	size_t k = 0;

	for (size_t i = 0; i < in->n; i++)
		place[i] = l->state[i] == REFUSED ? UINT32_MAX : n++;
	if (l->edges.n > 0)
		qsort(l->edges.p, l->edges.n, sizeof(*l->edges.p), by_rule);
	for (size_t i = 0; i < in->n; i++) {
		struct crule *r = &in->draft[i].rule;

		if (l->state[i] == REFUSED)
			continue;
		r->pub.alerts = !l->silent[i] || l->loud[i];
		r->feeds = feeds + k;
		for (; k < l->edges.n && l->edges.p[k].rule == i; k++, r->n_feeds++)
			feeds[k] =
			    (struct corr_feed){ place[l->edges.p[k].corr], l->edges.p[k].ref };
		if (r->corr != NULL && r->corr->any)
			VEC_PUSH(&in->rs->any, place[i]);
		VEC_PUSH(&in->rs->rule, *r);
	}
	free(place);
}

void
link_rules(const struct link_in *in)
{
	struct link l = { .in = in,
		.state = mem_zalloc((in->n + 1) * sizeof(*l.state)),
		.silent = mem_zalloc(in->n + 1),
		.loud = mem_zalloc(in->n + 1),
		.category = mem_zalloc((in->n + 1) * sizeof(*l.category)) };

	for (size_t i = 0; i < in->n; i++)
		l.category[i] = in->draft[i].rule.source[DIM_CATEGORY];
	for (uint32_t i = 0; i < in->n; i++)
		if (in->draft[i].rule.corr != NULL)
			(void)link_one(&l, i, 0);
	take_rules(&l);
	VEC_FINI(&l.edges);
	free(l.state);
	free(l.silent);
	free(l.loud);
	free(l.category);
}
