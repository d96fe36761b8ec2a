/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of event types, and what it gives a record. */
#include "rec/etype.h"

#define SLOTS 512U /* for two names of each type: a power of two, mostly empty */

static const struct etype types[] = {
#define ETYPE(dotted, upper, category, outcome, severity, risk)                                    \
	{ { dotted, sizeof(dotted) - 1 }, { upper, sizeof(upper) - 1 },                            \
		{ category, sizeof(category) - 1 }, { outcome, sizeof(outcome) - 1 },              \
		{ severity, sizeof(severity) - 1 }, risk },
#include "rec/etype.def"
#undef ETYPE
};
_Static_assert(ARRAY_LEN(types) < 128, "slots hold two names of each in a byte");

static uint8_t slots[SLOTS]; /* 0 empty, else 1 + 2 * type + (by its upper-case name) */

/* Caseless: from the length and the eight bytes at either end. */
static inline unsigned
slot_of(struct str name)
{
	uint64_t head = 0, tail = 0;

	if (name.n >= 8) {
		memcpy(&head, name.p, 8);
		memcpy(&tail, name.p + name.n - 8, 8);
	} else {
		memcpy(&head, name.p, name.n);
	}
	head = ((head | 0x2020202020202020U) + name.n) * 0x9e3779b97f4a7c15U;
	tail = (tail | 0x2020202020202020U) * 0xc2b2ae3d27d4eb4fU;
	return (unsigned)((head ^ tail) >> 40) % SLOTS;
}

static struct str
name_of(unsigned slot)
{
	const struct etype *t = &types[(slot - 1) / 2];

	return slot % 2 == 0 ? t->upper : t->name;
}

static void
add_name(struct str name, unsigned slot)
{
	unsigned at = slot_of(name);

	if (name.n == 0)
		return;
	while (slots[at] != 0)
		at = (at + 1) % SLOTS;
	slots[at] = (uint8_t)slot;
}

/* Before main(), so that lookups need no lock. */
__attribute__((constructor)) static void
build(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		add_name(types[i].name, 1 + 2 * i);
		add_name(types[i].upper, 2 + 2 * i);
	}
}

const struct etype *
etype_find(struct str name)
{
	if (name.n == 0 || name.n > 64)
		return NULL;
	for (unsigned at = slot_of(name); slots[at] != 0; at = (at + 1) % SLOTS) {
		struct str known = name_of(slots[at]);

		if (known.n == name.n &&
		    (memcmp(known.p, name.p, name.n) == 0 || str_eq_nocase(known, name)))
			return &types[(slots[at] - 1) / 2];
	}
	return NULL;
}

const struct etype *
etype_at(size_t i)
{
	return i < ARRAY_LEN(types) ? &types[i] : NULL;
}

static const struct {
	struct str word, severity;
} words[] = {
#define WORD(word, severity)                                                                       \
	{                                                                                          \
		{ word, sizeof(word) - 1 },                                                        \
		{                                                                                  \
			severity, sizeof(severity) - 1                                             \
		}                                                                                  \
	}
	WORD("info", "INFO"),
	WORD("low", "LOW"),
	WORD("medium", "MEDIUM"),
	WORD("high", "HIGH"),
	WORD("critical", "CRITICAL"),
	WORD("informational", "INFO"),
	WORD("information", "INFO"),
	WORD("trace", "INFO"),
	WORD("debug", "INFO"),
	WORD("notice", "LOW"),
	WORD("warn", "MEDIUM"),
	WORD("warning", "MEDIUM"),
	WORD("moderate", "MEDIUM"),
	WORD("err", "HIGH"),
	WORD("error", "HIGH"),
	WORD("severe", "HIGH"),
	WORD("crit", "CRITICAL"),
	WORD("fatal", "CRITICAL"),
	WORD("alert", "CRITICAL"),
	WORD("emerg", "CRITICAL"),
	WORD("emergency", "CRITICAL"),
	WORD("panic", "CRITICAL"),
#undef WORD
};

/* 0 to 7 are those of syslog; from 10 on those of Node.js loggers: 30 info, 40 warn, 50 error. */
static struct str
severity_of_number(uint64_t n)
{
	if (n <= 2 || n >= 60)
		return STR("CRITICAL");
	if (n == 3 || n >= 50)
		return STR("HIGH");
	if (n == 4 || n >= 40)
		return STR("MEDIUM");
	return n == 5 ? STR("LOW") : STR("INFO");
}

bool
etype_severity(struct str text, struct str *ret)
{
	uint64_t n;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_eq_nocase(text, words[i].word))
			continue;
		*ret = words[i].severity;
		return true;
	}
	if (!str_u64(text, &n))
		return false;
	*ret = severity_of_number(n);
	return true;
}

static void
fill(struct rec *r, enum field f, struct str s)
{
	if (s.n != 0 && rec_str(r, f).n == 0)
		rec_set_str(r, f, s);
}

void
etype_apply(struct rec *r)
{
	struct str type = rec_str(r, F_EVENT_TYPE), given = rec_str(r, F_SEVERITY), severity;
	const struct etype *t = etype_find(type);

	if (given.n != 0) {
		if (!etype_severity(given, &severity))
			rec_unset(r, F_SEVERITY);
		else if (!str_eq(given, severity))
			rec_set_str(r, F_SEVERITY, severity);
	}
	if (t == NULL)
		return;
	if (!str_eq(type, t->name))
		rec_set_str(r, F_EVENT_TYPE, t->name);
	fill(r, F_CATEGORY, t->category);
	fill(r, F_OUTCOME, t->outcome);
	fill(r, F_SEVERITY, t->severity);
}
