/* exports: engine_ */
/*
 * An engine as bytes, little endian:
 *   "TDE3" | keys_max, lateness, idle, bytes_max | records, findings, evicted, late | said, draw,
 *   sweep | watermark (detect/mark.c) | number of storms, each with the digest of its rule
 *   (detect/storm.c) | number of keys | sections | CRC-32C of all before it
 *   section: digest of the rule, 32 | its length | evicted | length of what keys share, that
 *   | number of keys | keys
 *   key: place, born, used, touched, begin, demo | length, group | length, state
 * A section is skipped by its length when no rule has the digest.
 */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/state.h"

#include "base/crc32c.h"

#define MAGIC STR("TDE3")

/* Appends what fn() writes with its length in front. */
static size_t
begin_part(struct buf *to)
{
	ctype_put(to, 0, 8);
	return to->n;
}

static void
end_part(struct buf *to, size_t start)
{
	uint64_t n = to->n - start;

	for (size_t i = 0; i < 8 && !to->overflow; i++)
		to->p[start - 8 + i] = (char)(n >> (8 * i));
}

static bool
get_part(struct str *from, struct str *ret)
{
	bool ok = true;
	uint64_t n = ctype_get(from, 8, &ok);

	if (!ok || n > from->n)
		return false;
	*ret = (struct str){ from->p, n };
	*from = str_from(*from, n);
	return true;
}

static void
put_key(const struct engine *e, struct key *k, struct buf *to)
{
	const struct ctype_at at = state_at(e, k);
	size_t part;

	ctype_put(to, k->place, 4);
	ctype_put(to, k->born, 4);
	ctype_put(to, k->used, 4);
	ctype_put(to, (uint64_t)k->touched, 8);
	ctype_put(to, (uint64_t)k->begin, 8);
	ctype_put(to, k->demo, 1);
	part = begin_part(to);
	buf_str(to, key_text(k));
	end_part(to, part);
	part = begin_part(to);
	at.corr->type->save(&at, to);
	end_part(to, part);
}

static void
put_section(const struct engine *e, uint32_t rule, struct key *const *key, size_t n, struct buf *to)
{
	const struct crule *r = &e->rs->rule.p[rule];
	size_t section, part;

	buf_put(to, r->digest, DIGEST_SIZE);
	section = begin_part(to);
	ctype_put(to, e->evicted[rule], 8);
	part = begin_part(to);
	if (e->shared[rule] != NULL)
		r->corr->type->shared_save(r->corr, e->shared[rule], to);
	end_part(to, part);
	ctype_put(to, n, 8);
	for (size_t i = 0; i < n; i++)
		put_key(e, key[i], to);
	end_part(to, section);
}

/* Keys by rule, and by place among those of a rule: counted, then put where they belong. */
static void
put_sections(const struct engine *e, struct buf *to)
{
	size_t n = keys_len(e->keys), n_rules = e->rs->rule.n;
	size_t *end = mem_zalloc((n_rules + 1) * sizeof(*end));
	struct key **key = mem_alloc((n + 1) * sizeof(*key));

	for (size_t i = 0; i < n; i++)
		end[keys_at(e->keys, i)->rule + 1]++;
	for (size_t i = 0; i < n_rules; i++)
		end[i + 1] += end[i];
	for (size_t i = 0; i < n; i++) {
		struct key *k = keys_at(e->keys, i);

		key[end[k->rule]++] = k;
	}
	for (uint32_t i = 0; i < n_rules; i++) {
		size_t from = i > 0 ? end[i - 1] : 0;

		if (e->rs->rule.p[i].corr != NULL)
			put_section(e, i, key + from, end[i] - from, to);
	}
	free(key);
	free(end);
}

static void
put_storms(const struct engine *e, struct buf *to)
{
	uint64_t n = 0;

	for (size_t i = 0; i < e->rs->rule.n; i++)
		n += e->storm[i] != NULL;
	ctype_put(to, n, 8);
	for (size_t i = 0; i < e->rs->rule.n; i++) {
		if (e->storm[i] == NULL)
			continue;
		buf_put(to, e->rs->rule.p[i].digest, DIGEST_SIZE);
		storm_save(e->storm[i], to);
	}
}

void
engine_save(const struct engine *e, struct buf *to)
{
	size_t start = to->n;

	buf_str(to, MAGIC);
	ctype_put(to, e->opts.keys_max, 8);
	ctype_put(to, (uint64_t)e->opts.lateness, 8);
	ctype_put(to, (uint64_t)e->opts.idle, 8);
	ctype_put(to, e->opts.bytes_max, 8);
	ctype_put(to, e->stats.records, 8);
	ctype_put(to, e->stats.findings, 8);
	ctype_put(to, e->stats.evicted, 8);
	ctype_put(to, e->stats.late, 8);
	ctype_put(to, (uint64_t)e->said, 8);
	ctype_put(to, keys_draw(e->keys), 8);
	ctype_put(to, e->sweep, 8);
	mark_save(e->mark, to);
	put_storms(e, to);
	ctype_put(to, keys_len(e->keys), 8);
	put_sections(e, to);
	ctype_put(to, crc32c(0, to->p + start, to->n - start), 4);
}

/* While a state is read. */
struct loading {
	struct engine *e;
	struct str s;
	bool *have;       /* rules that got their section */
	struct key **key; /* by place in the engine that was saved */
	uint64_t n_keys;
};

static bool
get_key(struct loading *l, uint32_t rule, struct str *from)
{
	struct engine *e = l->e;
	const struct ctype *type = e->rs->rule.p[rule].corr->type;
	bool ok = true, fresh;
	uint64_t place = ctype_get(from, 4, &ok), born = ctype_get(from, 4, &ok),
		 used = ctype_get(from, 4, &ok);
	uint64_t touched = ctype_get(from, 8, &ok), begin = ctype_get(from, 8, &ok);
	uint64_t demo = ctype_get(from, 1, &ok);
	struct str text, state;
	struct ctype_at at;
	struct key *k;

	if (!ok || !get_part(from, &text) || !get_part(from, &state) || place >= l->n_keys ||
	    l->key[place] != NULL || keys_len(e->keys) >= l->n_keys)
		return false;
	k = keys_use(e->keys, rule, text, type->state_size, &fresh);
	if (!fresh)
		return false;
	l->key[place] = k;
	k->born = (uint32_t)born;
	k->used = (uint32_t)used;
	k->touched = (int64_t)touched;
	k->begin = (int64_t)begin;
	k->demo = demo & 1;
	at = state_at(e, k);
	if (!type->load(&at, &state) || state.n > 0)
		return false;
	if (type->next != NULL)
		due_set(&e->due, k, type->next(&at));
	if (type->bytes != NULL)
		keys_told(e->keys, k, type->bytes(&at));
	return true;
}

static bool
get_section(struct loading *l)
{
	struct str digest = { l->s.p, DIGEST_SIZE }, section, shared;
	struct engine *e = l->e;
	const struct corr *c;
	bool ok = true;
	uint32_t rule = 0;
	uint64_t n, evicted;

	l->s = str_from(l->s, DIGEST_SIZE);
	if (!get_part(&l->s, &section))
		return false;
	while (rule < e->rs->rule.n &&
	       (e->rs->rule.p[rule].corr == NULL || l->have[rule] ||
		   memcmp(e->rs->rule.p[rule].digest, digest.p, DIGEST_SIZE) != 0))
		rule++;
	if (rule == e->rs->rule.n)
		return true;
	l->have[rule] = true;
	c = e->rs->rule.p[rule].corr;
	evicted = ctype_get(&section, 8, &ok);
	if (!ok || !get_part(&section, &shared))
		return false;
	if (e->shared[rule] != NULL &&
	    (!c->type->shared_load(c, e->shared[rule], &shared) || shared.n > 0))
		return false;
	e->evicted[rule] = evicted;
	for (n = ctype_get(&section, 8, &ok); n > 0 && ok; n--)
		ok = get_key(l, rule, &section);
	return ok && section.n == 0;
}

static enum err
check(const struct engine *e, struct str *s, struct diag *why)
{
	struct str crc;
	bool ok = true;

	if (s->n < MAGIC.n + 4 || !str_starts(*s, MAGIC))
		return err_set(why, FAIL_CORRUPT, "this is no detection state");
	crc = str_from(*s, s->n - 4);
	s->n -= 4;
	if (ctype_get(&crc, 4, &ok) != crc32c(0, s->p, s->n))
		return err_set(why, FAIL_CORRUPT, "the checksum of the detection state is wrong");
	*s = str_from(*s, MAGIC.n);
	if (ctype_get(s, 8, &ok) != e->opts.keys_max ||
	    (int64_t)ctype_get(s, 8, &ok) != e->opts.lateness ||
	    (int64_t)ctype_get(s, 8, &ok) != e->opts.idle ||
	    ctype_get(s, 8, &ok) != e->opts.bytes_max || !ok)
		return err_set(why, FAIL_EXISTS, "the detection state was kept with other limits");
	return OK;
}

static void
forget_all(struct engine *e)
{
	keys_clear(e->keys, 0);
	mark_free(e->mark);
	e->mark = mark_new(e->opts.lateness, e->opts.idle);
	e->stats = (struct engine_stats){ 0 };
	e->said = KEY_NEVER;
	e->sweep = 0;
	for (size_t i = 0; i < e->rs->rule.n; i++) {
		const struct corr *c = e->rs->rule.p[i].corr;

		e->evicted[i] = 0;
		free(e->storm[i]);
		e->storm[i] = NULL;
		if (e->shared[i] == NULL)
			continue;
		if (c->type->shared_fini != NULL)
			c->type->shared_fini(e->shared[i]);
		memset(e->shared[i], 0, c->type->shared_size);
	}
}

/* Those of rules that are gone are left out. */
static bool
get_storms(struct loading *l)
{
	const struct ruleset *rs = l->e->rs;
	bool ok = true;

	for (uint64_t n = ctype_get(&l->s, 8, &ok); n > 0 && ok; n--) {
		const char *digest = l->s.p;
		struct storm one = { 0 };

		if (l->s.n < DIGEST_SIZE)
			return false;
		l->s = str_from(l->s, DIGEST_SIZE);
		ok = storm_load(&one, &l->s);
		for (size_t i = 0; i < rs->rule.n && ok; i++) {
			if (l->e->storm[i] != NULL || rs->rule.p[i].at_most == 0 ||
			    memcmp(rs->rule.p[i].digest, digest, DIGEST_SIZE) != 0)
				continue;
			l->e->storm[i] = MEM_NEW(struct storm);
			*l->e->storm[i] = one;
			break;
		}
	}
	return ok;
}

static bool
get_all(struct loading *l)
{
	struct engine *e = l->e;
	bool ok = true;
	uint64_t draw;

	e->stats.records = ctype_get(&l->s, 8, &ok);
	e->stats.findings = ctype_get(&l->s, 8, &ok);
	e->stats.evicted = ctype_get(&l->s, 8, &ok);
	e->stats.late = ctype_get(&l->s, 8, &ok);
	e->said = (int64_t)ctype_get(&l->s, 8, &ok);
	draw = ctype_get(&l->s, 8, &ok);
	e->sweep = ctype_get(&l->s, 8, &ok);
	ok = ok && mark_load(e->mark, &l->s) && get_storms(l);
	l->n_keys = ctype_get(&l->s, 8, &ok);
	if (!ok || l->n_keys > e->opts.keys_max || l->n_keys > l->s.n)
		return false;
	l->key = mem_zalloc((l->n_keys + 1) * sizeof(struct key *));
	while (l->s.n > DIGEST_SIZE && ok)
		ok = get_section(l);
	if (ok && l->s.n == 0)
		keys_order(e->keys, l->key, l->n_keys, draw);
	return ok && l->s.n == 0;
}

enum err
engine_load(struct engine *e, struct str state, struct diag *why)
{
	struct loading l = { .e = e, .s = state };
	enum err err = check(e, &l.s, why);
	bool ok;

	if (err != OK)
		return err;
	forget_all(e);
	e->began = false;
	l.have = mem_zalloc(e->rs->rule.n + 1);
	ok = get_all(&l);
	e->empty.n = 0;
	for (uint32_t i = 0; i < e->rs->rule.n && ok; i++)
		if (e->rs->rule.p[i].corr != NULL && !l.have[i])
			VEC_PUSH(&e->empty, i);
	free(l.key);
	free(l.have);
	if (ok)
		return OK;
	forget_all(e);
	return err_set(why, FAIL_CORRUPT, "the detection state does not make sense");
}

const uint32_t *
engine_empty(const struct engine *e, size_t *ret_n)
{
	*ret_n = e->empty.n;
	return e->empty.p;
}
