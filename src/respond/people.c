/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and the people of each, in a table of a fixed size. */
#include "respond/people.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

#define WAYS 8
#define SETS (PEOPLE_PLACES / WAYS)

static const char magic[8] = "TOCPEO1\n";

struct people {
	struct hash_key key;
	struct people_place *at; /* SETS times WAYS */
};

struct people *
people_new(void)
{
	struct people *p = MEM_NEW(struct people);

	p->key = hash_key_random();
	p->at = mem_zalloc(PEOPLE_PLACES * sizeof(*p->at));
	return p;
}

void
people_free(struct people *p)
{
	if (p == NULL)
		return;
	free(p->at);
	free(p);
}

static struct people_place *
set_of(const struct people *p, const struct ip *ip)
{
	const struct str bytes = { (const char *)ip->b, sizeof(ip->b) };

	return &p->at[hash_str(p->key, bytes) % SETS * WAYS];
}

static bool
is(const struct people_place *at, const struct ip *ip)
{
	return at->last != 0 && memcmp(&at->ip, ip, sizeof(*ip)) == 0;
}

const struct people_place *
people_at(const struct people *p, const struct ip *ip)
{
	const struct people_place *set = set_of(p, ip);

	for (size_t i = 0; i < WAYS; i++)
		if (is(&set[i], ip))
			return &set[i];
	return NULL;
}

/* Its place, or that of the one that was used longest ago, made free. */
static struct people_place *
claim(struct people *p, const struct ip *ip)
{
	struct people_place *set = set_of(p, ip), *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (is(&set[i], ip))
			return &set[i];
		if (set[i].last < oldest->last)
			oldest = &set[i];
	}
	*oldest = (struct people_place){ .ip = *ip };
	return oldest;
}

static struct str
cut(struct str user)
{
	return (struct str){ user.p, user.n < PEOPLE_NAME ? user.n : PEOPLE_NAME };
}

static bool
known(const struct people_one *one, int64_t t)
{
	return one->first <= t - PEOPLE_AGE;
}

/* Of two that are there, who goes: one who is not known yet, else the one seen longest ago. */
static bool
goes(const struct people_one *a, const struct people_one *b, int64_t t)
{
	return known(a, t) != known(b, t) ? !known(a, t) : a->last < b->last;
}

static struct people_one *
one_of(struct people_place *at, struct str user, int64_t t)
{
	struct people_one *oldest = &at->who[0];

	for (uint32_t i = 0; i < at->n; i++) {
		if (str_eq(str_c(at->who[i].name), user))
			return &at->who[i];
		if (goes(&at->who[i], oldest, t))
			oldest = &at->who[i];
	}
	if (at->n < PEOPLE_NAMES)
		oldest = &at->who[at->n++];
	*oldest = (struct people_one){ 0 };
	(void)str_to_c(user, oldest->name, sizeof(oldest->name));
	return oldest;
}

void
people_add(struct people *p, const struct ip *ip, struct str user, struct str agent, int64_t t)
{
	struct people_place *at;
	struct people_one *one;

	if (user.n == 0 || t <= 0)
		return;
	at = claim(p, ip);
	at->last = t > at->last ? t : at->last;
	if (agent.n != 0)
		at->agents |= (uint64_t)1 << (hash_str((struct hash_key){ 1, 2 }, agent) & 63);
	one = one_of(at, cut(user), t);
	one->first = one->first == 0 || t < one->first ? t : one->first;
	one->last = t > one->last ? t : one->last;
}

bool
people_knows(const struct people_place *at, struct str user, int64_t t)
{
	for (uint32_t i = 0; i < at->n; i++)
		if (str_eq(str_c(at->who[i].name), cut(user)))
			return known(&at->who[i], t);
	return false;
}

unsigned
people_known(const struct people_place *at, int64_t t, unsigned *ret_set)
{
	unsigned n = 0, set = 0;

	for (uint32_t i = 0; i < at->n; i++)
		if (known(&at->who[i], t)) {
			set |= 1U << i;
			n++;
		}
	if (ret_set != NULL)
		*ret_set = set;
	return n;
}

unsigned
people_agents(const struct people_place *at)
{
	return (unsigned)__builtin_popcountll(at->agents);
}

bool
people_shared(const struct people_place *at, int64_t t)
{
	const unsigned n = people_known(at, t, NULL);

	return n >= PEOPLE_SHARED || (n > 1 && people_agents(at) >= PEOPLE_AGENTS);
}

void
people_save(const struct people *p, struct buf *to)
{
	buf_put(to, magic, sizeof(magic));
	for (size_t i = 0; i < PEOPLE_PLACES; i++) {
		const struct people_place *at = &p->at[i];

		if (at->last == 0)
			continue;
		buf_put(to, at, offsetof(struct people_place, who));
		buf_put(to, at->who, at->n * sizeof(at->who[0]));
	}
}

static bool
take(struct str *from, void *to, size_t n)
{
	if (from->n < n)
		return false;
	memcpy(to, from->p, n);
	*from = str_from(*from, n);
	return true;
}

bool
people_load(struct people *p, struct str from)
{
	char head[sizeof(magic)];

	if (!take(&from, head, sizeof(head)) || memcmp(head, magic, sizeof(magic)) != 0)
		return false;
	while (from.n != 0) {
		struct people_place at = { 0 };

		if (!take(&from, &at, offsetof(struct people_place, who)) || at.last <= 0 ||
		    at.n > PEOPLE_NAMES || !take(&from, at.who, at.n * sizeof(at.who[0])))
			return false;
		for (uint32_t i = 0; i < at.n; i++)
			at.who[i].name[PEOPLE_NAME] = '\0';
		*claim(p, &at.ip) = at;
	}
	return true;
}
