/* The ledger: lines, words, balance, threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/ledger.h"

#include <pthread.h>

#include "test.h"

#define THREADS 4
#define ADDS 50000

TEST(a_source_keeps_its_line)
{
	struct ledger *l = ledger_new();
	unsigned a = ledger_source(l, "http"), b = ledger_source(l, "file:/var/log/auth.log");

	CHECK(a != b);
	CHECK_INT(ledger_source(l, "http"), a);
	CHECK_INT(ledger_len(l), 2);
	CHECK_STR(ledger_name(l, b), "file:/var/log/auth.log");
	ledger_add(l, a, LEDGER_RECEIVED, 3);
	ledger_add(l, a, LEDGER_RECEIVED, 4);
	CHECK_INT(ledger_get(l, a, LEDGER_RECEIVED), 7);
	CHECK_INT(ledger_get(l, b, LEDGER_RECEIVED), 0);
	ledger_free(l);
	ledger_free(NULL);
}

TEST(sources_past_the_cap_share_the_last_line)
{
	struct ledger *l = ledger_new();
	char name[32];

	for (unsigned i = 0; i < LEDGER_SOURCES_MAX + 10; i++) {
		unsigned line;

		(void)snprintf(name, sizeof(name), "s%u", i);
		line = ledger_source(l, name);
		CHECK_INT(line, i < LEDGER_SOURCES_MAX ? i : LEDGER_SOURCES_MAX - 1);
	}
	CHECK_INT(ledger_len(l), LEDGER_SOURCES_MAX);
	CHECK_STR(ledger_name(l, LEDGER_SOURCES_MAX - 1), "(others)");
	ledger_free(l);
}

TEST(every_count_has_its_own_word)
{
	for (int i = 0; i < LEDGER_COUNTS; i++) {
		CHECK(ledger_word((enum ledger_count)i) != NULL);
		for (int k = 0; k < i; k++)
			CHECK(strcmp(ledger_word((enum ledger_count)i),
				  ledger_word((enum ledger_count)k)) != 0);
	}
	CHECK_STR(ledger_word(LEDGER_REFUSED_OVERLOAD), "refused_overload");
}

TEST(in_flight_is_what_is_not_settled)
{
	static const struct {
		enum ledger_count what;
		uint64_t n, left;
	} rows[] = {
		{ LEDGER_RECEIVED, 100, 100 },
		{ LEDGER_LOGGED, 40, 60 },
		{ LEDGER_PARSE_FAILED, 7, 60 }, /* logged as well */
		{ LEDGER_REFUSED_OVERLOAD, 10, 50 },
		{ LEDGER_REFUSED_TOO_LARGE, 10, 40 },
		{ LEDGER_REFUSED_MALFORMED, 10, 30 },
		{ LEDGER_REFUSED_IO, 10, 20 },
		{ LEDGER_LOST_KERNEL, 99, 20 }, /* never received */
		{ LEDGER_TIME_FIXED, 5, 20 },
		{ LEDGER_CUT, 5, 20 },
		{ LEDGER_LOGGED, 20, 0 },
	};
	struct ledger *l = ledger_new();
	unsigned s = ledger_source(l, "x");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ledger_add(l, s, rows[i].what, rows[i].n);
		CHECK_INT(ledger_in_flight(l, s), rows[i].left);
	}
	ledger_free(l);
}

static void *
add_many(void *ctx)
{
	struct ledger *l = ctx;
	unsigned s = ledger_source(l, "shared");

	for (unsigned i = 0; i < ADDS; i++)
		ledger_add(l, s, LEDGER_LOGGED, 1);
	return NULL;
}

TEST(threads_lose_no_count)
{
	struct ledger *l = ledger_new();
	pthread_t t[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		CHECK_INT(pthread_create(&t[i], NULL, add_many, l), 0);
	for (size_t i = 0; i < THREADS; i++)
		CHECK_INT(pthread_join(t[i], NULL), 0);
	CHECK_INT(ledger_len(l), 1);
	CHECK_INT(ledger_get(l, 0, LEDGER_LOGGED), THREADS * ADDS);
	ledger_free(l);
}
