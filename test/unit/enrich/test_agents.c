/* Remembered agents say what they said the first time, of the text at hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/agents.h"

#include "enrich/memo.h"
#include "random.h"
#include "test.h"

static bool
same(struct str x, struct str y)
{
	return x.n == y.n && (x.n == 0 || memcmp(x.p, y.p, x.n) == 0);
}

static bool
within(struct str s, const char *text, size_t n)
{
	return s.n == 0 || (s.p >= text && s.p + s.n <= text + n);
}

static void
check(struct agents *a, struct str agent)
{
	struct useragent plain, u;
	char *copy = malloc(agent.n + 1);

	CHECK(copy != NULL);
	useragent_parse(agent, &plain);
	for (unsigned i = 0; copy != NULL && i < 4; i++) {
		struct str text = { copy, agent.n };

		memcpy(copy, agent.p, agent.n);
		agents_parse(a, text, &u);
		CHECK(same(u.name, plain.name) && same(u.version, plain.version));
		CHECK(same(u.os, plain.os) && same(u.device, plain.device));
		CHECK(same(u.suspicious, plain.suspicious));
		CHECK(within(u.version, copy, agent.n));
		if (within(plain.name, agent.p, agent.n))
			CHECK(within(u.name, copy, agent.n));
	}
	free(copy);
}

TEST(says_the_same_again)
{
	static const char *const cases[] = { "", "-", "  ", "curl/8.5.0", "  curl/8.5.0  ",
		"my-tool/1.2 (x)", " own", "sqlmap/1.7#stable", "Mozilla/5.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
		"Chrome/126.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like "
		"Gecko) Version/17.5 Safari/605.1.15",
		"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.0)" };
	struct agents *a = agents_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check(a, str_c(cases[i]));
	agents_free(a);
	agents_free(NULL);
}

TEST(any_bytes_and_more_agents_than_are_kept)
{
	static const char parts[] = "tool/1.0 (Linux) Chrome/99 bot \x80\n";
	uint64_t s = random_start(test_seed());
	struct agents *a = agents_new();
	char text[MEMO_TEXT_MAX + 20];

	for (unsigned i = 0; i < 3 * MEMO_SIZE; i++) {
		size_t n = random_next(&s) % sizeof(text);

		for (size_t k = 0; k < n; k++)
			text[k] = parts[random_next(&s) % (sizeof(parts) - 1)];
		check(a, (struct str){ text, n });
	}
	agents_free(a);
}
