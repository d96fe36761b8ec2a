/* What an agent says of itself, by its text; what it borrows is kept as places in that text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/agents.h"

#include <stdlib.h>

#include "base/mem.h"
#include "enrich/memo.h"

struct known {
	struct useragent says; /* .version has only its length, and .name one of the agent */
	uint16_t name_at, version_at;
	bool own_name;
};

struct agents {
	struct memo *memo;
};

struct agents *
agents_new(void)
{
	struct agents *a = MEM_NEW(struct agents);

	a->memo = memo_new(sizeof(struct known));
	return a;
}

void
agents_free(struct agents *a)
{
	if (a == NULL)
		return;
	memo_free(a->memo);
	free(a);
}

static bool
is_part(struct str s, struct str whole)
{
	return s.n != 0 && (uintptr_t)s.p >= (uintptr_t)whole.p &&
	       (uintptr_t)s.p < (uintptr_t)whole.p + whole.n;
}

static void
keep(struct known *k, struct str agent, const struct useragent *u)
{
	k->says = *u;
	k->own_name = is_part(u->name, agent);
	if (k->own_name)
		k->name_at = (uint16_t)(u->name.p - agent.p);
	if (u->version.n != 0)
		k->version_at = (uint16_t)(u->version.p - agent.p);
	k->says.version.p = NULL;
}

void
agents_parse(struct agents *a, struct str agent, struct useragent *ret)
{
	struct known *k;
	bool new_;

	k = memo_get(a->memo, agent, &new_);
	if (k == NULL || new_) {
		useragent_parse(agent, ret);
		if (k != NULL)
			keep(k, agent, ret);
		return;
	}
	*ret = k->says;
	if (k->own_name)
		ret->name.p = agent.p + k->name_at;
	if (ret->version.n != 0)
		ret->version.p = agent.p + k->version_at;
}
