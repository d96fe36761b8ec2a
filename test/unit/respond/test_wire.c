/* SPDX-License-Identifier: Apache-2.0 */
/* The lines between the daemon and the helper. */
#include "respond/wire.h"

#include "test.h"

TEST(a_state_comes_through)
{
	static const char line[] = "{\"block\":[[\"203.0.113.7\",60],[\"2001:db8::/56\",5]],"
				   "\"slow\":[[\"203.0.113.9\",1]],\"never\":[\"192.0.2.0/24\"]}\n";
	struct arena *arena = arena_new(WIRE_BUDGET);
	auto_buf struct buf b = { 0 };
	struct wire_state s;
	struct diag why = { 0 };

	CHECK_OK(wire_read_state(arena, str_c(line), &s, &why), why);
	CHECK_INT(s.n, 3);
	CHECK_INT(s.items[1].left, 5);
	CHECK_INT(s.items[1].net.bits, 56);
	CHECK(!s.items[1].slow && s.items[2].slow);
	CHECK_INT(s.n_never, 1);
	wire_put_state(&b, &s);
	CHECK_SLICE(buf_view(&b), line);
	arena_free(arena);
}

TEST(what_is_no_state)
{
	static const char *const bad[] = { "", "[]", "{}", "{\"block\":[],\"slow\":[]}",
		"{\"block\":{},\"slow\":[],\"never\":[]}",
		"{\"block\":[\"1.2.3.4\"],\"slow\":[],\"never\":[]}",
		"{\"block\":[[\"1.2.3.4\"]],\"slow\":[],\"never\":[]}",
		"{\"block\":[[\"1.2.3.4\",0]],\"slow\":[],\"never\":[]}",
		"{\"block\":[[\"1.2.3.4\",1e9]],\"slow\":[],\"never\":[]}",
		"{\"block\":[[\"1.2.3.4\",\"5\"]],\"slow\":[],\"never\":[]}",
		"{\"block\":[[\"1.2.3.4; flush ruleset\",5]],\"slow\":[],\"never\":[]}",
		"{\"block\":[],\"slow\":[],\"never\":[5]}",
		"{\"block\":[],\"slow\":[],\"never\":[\"x\"]}" };
	struct arena *arena = arena_new(WIRE_BUDGET);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct wire_state s = { .n = 77 };

		CHECK(wire_read_state(arena, str_c(bad[i]), &s, NULL) != OK);
		CHECK_INT(s.n, 77);
	}
	arena_free(arena);
}

TEST(there_is_a_most)
{
	struct arena *arena = arena_new(WIRE_BUDGET);
	auto_buf struct buf b = { 0 };
	struct wire_state s;

	buf_str(&b, STR("{\"slow\":[],\"never\":[],\"block\":["));
	for (int i = 0; i <= WIRE_ITEMS_MAX; i++)
		buf_printf(&b, "%s[\"1.2.3.4\",5]", i != 0 ? "," : "");
	buf_str(&b, STR("]}"));
	CHECK(b.n < WIRE_LINE_MAX);
	CHECK_INT(wire_read_state(arena, buf_view(&b), &s, NULL), FAIL_LIMIT);
	arena_free(arena);
}

TEST(an_answer_comes_through)
{
	struct wire_answer a = { .ok = true, .there = 3, .added = 2, .waiting = 1, .n_refused = 1 };
	struct wire_answer got;
	auto_buf struct buf b = { 0 };
	struct diag why = { 0 };

	(void)snprintf(a.refused[0], sizeof(a.refused[0]), "10.0.0.1");
	(void)snprintf(a.why, sizeof(a.why), "nft: \"no\"");
	wire_put_answer(&b, &a);
	CHECK_OK(wire_read_answer(buf_view(&b), &got, &why), why);
	CHECK(got.ok && got.there == 3 && got.added == 2 && got.waiting == 1);
	CHECK_STR(got.why, a.why);
	CHECK_INT(got.n_refused, 1);
	CHECK_STR(got.refused[0], "10.0.0.1");
	CHECK(wire_read_answer(STR("{\"ok\":1}"), &got, NULL) != OK);
}
