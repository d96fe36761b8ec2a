/* Who is due next, against looking at all that wait. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/due.h"

#include "test.h"

#define KEYS 60

static uint64_t state;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

/* A text with a long head in common, of any length behind it, now and then with a NUL. */
static struct key *
new_key(size_t number)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "client_ip=%.*s%zu", (int)below(12), "aaaabbbbcccc",
	    number);
	struct key *k = mem_zalloc(sizeof(*k) + 8 + (size_t)n + 1);

	k->state_n = 8;
	k->due = INT64_MAX;
	k->rule = (uint32_t)below(3);
	k->text_n = (uint32_t)n + (below(4) == 0);
	memcpy((char *)k->state + 8, text, (size_t)n + 1);
	return k;
}

static bool
is_before(const struct key *a, const struct key *b)
{
	if (a->due != b->due)
		return a->due < b->due;
	if (a->rule != b->rule)
		return a->rule < b->rule;
	return str_cmp(key_text(a), key_text(b)) < 0;
}

static struct key *
first_of(struct key *const *key, const int64_t *due, int64_t until)
{
	struct key *best = NULL;

	for (size_t i = 0; i < KEYS; i++) {
		CHECK_INT(key[i]->due, due[i]);
		if (due[i] <= until && (best == NULL || is_before(key[i], best)))
			best = key[i];
	}
	return best;
}

/* Moves some key: on, back, or out; `least` is what time has come to. */
static void
move_one(struct due *d, struct key *const *key, int64_t *due, int64_t least)
{
	size_t i = below(KEYS);

	due[i] = below(5) == 0 ? INT64_MAX : least + (int64_t)below(20);
	due_set(d, key[i], due[i]);
}

static void
one_round(void)
{
	struct due d = { 0 };
	struct key *key[KEYS], *want, *got;
	int64_t due[KEYS], now = 0;
	size_t waiting;

	for (size_t i = 0; i < KEYS; i++) {
		key[i] = new_key(i);
		due[i] = INT64_MAX;
	}
	for (unsigned step = 0; step < 100; step++) {
		for (uint64_t n = below(KEYS); n > 0; n--)
			move_one(&d, key, due, now);
		now += (int64_t)below(8);
		while ((want = first_of(key, due, now)) != NULL) {
			got = due_next(&d, now);
			CHECK(got == want);
			for (size_t i = 0; i < KEYS; i++)
				if (key[i] == want)
					due[i] = below(2) == 0 ? INT64_MAX
							       : want->due + 1 + (int64_t)below(9);
			for (size_t i = 0; i < KEYS; i++)
				if (key[i] == want)
					due_set(&d, want, due[i]);
			if (below(6) == 0) /* what it fires changes others, some of them due */
				move_one(&d, key, due, now - 4);
		}
		CHECK(due_next(&d, now) == NULL);
		waiting = 0;
		for (size_t i = 0; i < KEYS; i++) {
			waiting += due[i] != INT64_MAX;
			CHECK_INT(key[i]->heap != 0, due[i] != INT64_MAX);
		}
		CHECK_INT(due_len(&d), waiting);
	}
	for (size_t i = 0; i < KEYS; i++)
		free(key[i]);
	due_fini(&d);
}

TEST(due_against_looking_at_all)
{
	state = test_seed() | 1;
	for (unsigned i = 0; i < test_rounds(60); i++)
		one_round();
}

TEST(none_waits)
{
	struct due d = { 0 };

	CHECK(due_next(&d, INT64_MAX) == NULL);
	CHECK_INT(due_len(&d), 0);
	due_fini(&d);
}
