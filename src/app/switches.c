/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules.py */
/* Switched-off rules, a flag for each. */
#include "app/switches.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "alert/rulestate.h"
#include "base/mem.h"

struct switches {
	const struct ruleset *rules;
	atomic_bool *off; /* by index of the rule */
	_Atomic uint64_t dropped;
};

struct switches *
switches_new(const struct ruleset *rules)
{
	struct switches *s = MEM_NEW(struct switches);

	s->rules = rules;
	s->off = mem_zalloc((ruleset_len(rules) + 1) * sizeof(*s->off));
	return s;
}

void
switches_free(struct switches *s)
{
	if (s == NULL)
		return;
	free(s->off);
	free(s);
}

static enum err
on_row(void *ctx, const struct rulestate_row *row)
{
	switches_set(ctx, row->rule_id, row->enabled);
	return OK;
}

enum err
switches_load(struct switches *s, struct alerts *a, struct diag *why)
{
	return rulestate_each(a, on_row, s, why);
}

void
switches_set(void *ctx, struct str rule_id, bool enabled)
{
	struct switches *s = ctx;
	const struct rule *rule = ruleset_find(s->rules, rule_id);

	if (rule != NULL)
		atomic_store(&s->off[ruleset_index(s->rules, rule)], !enabled);
}

bool
switches_drop(struct switches *s, const struct rule *rule)
{
	if (!atomic_load_explicit(&s->off[ruleset_index(s->rules, rule)], memory_order_relaxed))
		return false;
	atomic_fetch_add(&s->dropped, 1);
	return true;
}

uint64_t
switches_dropped(const struct switches *s)
{
	return atomic_load(&s->dropped);
}
