/* SPDX-License-Identifier: Apache-2.0 */
/* Tactics among tags, and their order. */
#include "detect/tactic.h"

static const char *const names[TACTIC_COUNT] = {
	"reconnaissance",
	"resource-development",
	"initial-access",
	"execution",
	"persistence",
	"privilege-escalation",
	"defense-evasion",
	"credential-access",
	"discovery",
	"lateral-movement",
	"collection",
	"command-and-control",
	"exfiltration",
	"impact",
};

const char *
tactic_name(unsigned i)
{
	return names[i];
}

/* Words with '_' for '-' are older spellings. */
static bool
same(struct str word, const char *name)
{
	if (word.n != strlen(name))
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] != name[i] && !(word.p[i] == '_' && name[i] == '-'))
			return false;
	return true;
}

uint32_t
tactic_bits(struct str tags)
{
	uint32_t bits = 0;

	while (tags.n != 0) {
		struct str tag = str_trim(str_until(&tags, ','));

		if (!str_starts(tag, STR("attack.")))
			continue;
		tag = str_from(tag, 7);
		for (unsigned i = 0; i < TACTIC_COUNT; i++)
			if (same(tag, names[i]))
				bits |= (uint32_t)1 << i;
	}
	return bits;
}

unsigned
tactic_in_order(const int64_t *first)
{
	unsigned longest[TACTIC_COUNT] = { 0 }, most = 0;

	for (unsigned i = 0; i < TACTIC_COUNT; i++) {
		if (first[i] == INT64_MAX)
			continue;
		longest[i] = 1;
		for (unsigned k = 0; k < i; k++)
			if (first[k] <= first[i] && longest[k] + 1 > longest[i])
				longest[i] = longest[k] + 1;
		most = longest[i] > most ? longest[i] : most;
	}
	return most;
}
