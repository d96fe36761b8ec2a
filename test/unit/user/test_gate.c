/* Hashing passwords: right answers, a bounded queue, few at a time, no leak at the end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "user/gate.h"

#include "base/clock.h"
#include "ev/loop.h"
#include "test.h"

#define QUICK ((size_t)64 << 10)

struct heard {
	struct loop *loop;
	unsigned n, left, by[FAIL_COUNT_];
	char hash[GATE_HASH_SIZE];
};

static struct loop *
new_loop(void)
{
	struct loop *l;
	struct diag why = { 0 };

	CHECK_OK(loop_new(&l, &why), why);
	return l;
}

static void
hear(void *ctx, enum err e, const char *hash)
{
	struct heard *h = ctx;

	h->n++;
	h->by[e]++;
	snprintf(h->hash, sizeof(h->hash), "%s", hash);
	if (--h->left == 0)
		loop_stop(h->loop);
}

/* Waits for `n` answers. */
static void
wait_for(struct heard *h, unsigned n)
{
	struct diag why = { 0 };

	h->left = n;
	CHECK_OK(loop_run(h->loop, &why), why);
}

TEST(a_password_matches_its_hash_and_nothing_else)
{
	struct heard h = { .loop = new_loop() };
	struct gate *g = gate_new(&(struct gate_opts){ .loop = h.loop });
	char hash[GATE_HASH_SIZE];

	CHECK_INT(gate_hash(g, STR("correct horse"), hear, &h, NULL), OK);
	wait_for(&h, 1);
	CHECK_INT(h.by[OK], 1);
	memcpy(hash, h.hash, sizeof(hash));
	CHECK(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
	CHECK_INT(gate_verify(g, STR("correct horse"), hash, hear, &h, NULL), OK);
	wait_for(&h, 1);
	CHECK_INT(h.by[OK], 2);
	CHECK_STR(h.hash, hash);
	CHECK_INT(gate_verify(g, STR("Correct horse"), hash, hear, &h, NULL), OK);
	CHECK_INT(gate_verify(g, STR("correct horse\0"), hash, hear, &h, NULL), OK);
	CHECK_INT(gate_verify(g, STR(""), hash, hear, &h, NULL), OK);
	CHECK_INT(gate_verify(g, STR("correct horse"), "", hear, &h, NULL), OK);
	CHECK_INT(gate_verify(g, STR(""), "", hear, &h, NULL), OK);
	CHECK_INT(gate_verify(g, STR("correct horse"), "not a hash", hear, &h, NULL), OK);
	wait_for(&h, 6);
	CHECK_INT(h.by[FAIL_DENIED], 6);
	gate_free(g);
	loop_free(h.loop);
}

TEST(a_hash_has_salt)
{
	struct heard h = { .loop = new_loop() };
	struct gate *g = gate_new(&(struct gate_opts){
	    .loop = h.loop, .workers = 1, .memory = QUICK, .passes = 1 });
	char first[GATE_HASH_SIZE];

	CHECK_INT(gate_hash(g, STR("same"), hear, &h, NULL), OK);
	wait_for(&h, 1);
	memcpy(first, h.hash, sizeof(first));
	CHECK_INT(gate_hash(g, STR("same"), hear, &h, NULL), OK);
	wait_for(&h, 1);
	CHECK(strcmp(first, h.hash) != 0);
	gate_free(g);
	loop_free(h.loop);
}

/* Whether a name is known does not show in the time: the stand-in costs what a real hash does. */
TEST(nobody_takes_as_long_as_somebody)
{
	struct heard h = { .loop = new_loop() };
	struct gate *g = gate_new(&(struct gate_opts){ .loop = h.loop, .workers = 1 });
	int64_t spent[2] = { INT64_MAX, INT64_MAX };
	char hash[GATE_HASH_SIZE];

	CHECK_INT(gate_hash(g, STR("x"), hear, &h, NULL), OK);
	wait_for(&h, 1);
	memcpy(hash, h.hash, sizeof(hash));
	for (int i = 0; i < 10; i++) {
		int64_t start = clock_mono(), took;

		CHECK_INT(gate_verify(g, STR("y"), i % 2 != 0 ? hash : "", hear, &h, NULL), OK);
		wait_for(&h, 1);
		took = clock_mono() - start;
		if (took < spent[i % 2])
			spent[i % 2] = took;
	}
	/* Best of five each; far apart only when no hashing is done. */
	CHECK(spent[0] > spent[1] / 3 && spent[0] < spent[1] * 3);
	gate_free(g);
	loop_free(h.loop);
}

TEST(few_at_a_time_and_a_bounded_queue)
{
	struct heard h = { .loop = new_loop() };
	struct gate *g = gate_new(&(struct gate_opts){ .loop = h.loop, .queue = 10 });
	struct gate_stats s;
	unsigned taken = 0;
	struct diag why = { 0 };

	for (int i = 0; i < 500; i++)
		taken += gate_verify(g, STR("x"), "", hear, &h, &why) == OK;
	CHECK(taken >= 10 && taken < 100);
	CHECK(why.text[0] != '\0');
	wait_for(&h, taken);
	gate_stats(g, &s);
	CHECK_INT(s.done, taken);
	CHECK_INT(s.refused, 500 - taken);
	CHECK(s.most <= 2);
	gate_free(g);
	loop_free(h.loop);
}

TEST(closing_answers_everything)
{
	struct heard h = { .loop = new_loop() };
	struct gate *g = gate_new(&(struct gate_opts){ .loop = h.loop, .workers = 1 });

	h.left = 1000;
	for (int i = 0; i < 20; i++)
		CHECK_INT(gate_verify(g, STR("x"), "", hear, &h, NULL), OK);
	gate_free(g);
	loop_free(h.loop);
	CHECK_INT(h.n, 20);
	CHECK(h.by[FAIL_AGAIN] >= 18);
	CHECK_INT(h.by[FAIL_AGAIN] + h.by[FAIL_DENIED], 20);
}

TEST(no_memory_is_said)
{
	struct heard h = { .loop = new_loop() };
	/* More than there is address space for. */
	struct gate *g =
	    gate_new(&(struct gate_opts){ .loop = h.loop, .memory = (size_t)4 << 40, .passes = 1 });

	CHECK_INT(gate_hash(g, STR("x"), hear, &h, NULL), OK);
	wait_for(&h, 1);
	CHECK_INT(h.by[FAIL_LIMIT], 1);
	gate_free(g);
	loop_free(h.loop);
}
