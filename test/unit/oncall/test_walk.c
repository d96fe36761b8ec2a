/* How a page walks: step by step, round by round, then to everybody, and never without an end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "oncall/walk.h"

#include "base/buf.h"
#include "base/clock.h"
#include "test.h"

#define MIN ((int64_t)60 * CLOCK_S)

/* Lives through a page minute by minute: "what step round @minute|". */
static void
live(const struct book_policy *p, int64_t held_from, int64_t minutes, struct buf *to)
{
	struct walk_at at = { 0 };

	for (int64_t m = 0; m < minutes; m++) {
		struct walk w;

		at.held = m >= held_from;
		while ((w = walk_next(p, at, m * MIN)).what != WALK_WAIT) {
			if (w.what == WALK_END || w.what == WALK_OVER) {
				buf_printf(to, "%s @%d", w.what == WALK_END ? "end" : "over",
				    (int)m);
				buf_byte(to, '\0');
				return;
			}
			buf_printf(to, "%s %u %u @%d|", w.what == WALK_TELL ? "tell" : "all",
			    w.at.step, w.at.round, (int)m);
			at = walk_past(p, &w, m * MIN);
		}
		CHECK(w.due > m * MIN);
		CHECK_INT(w.due, walk_due(p, &at));
	}
	buf_byte(to, '\0');
}

TEST(steps_rounds_everybody)
{
	struct book_step steps[] = { { .level = 1 }, { .after = 5 * MIN, .level = 2 },
		{ .after = 15 * MIN, .level = 3 } };
	const struct book_policy p = { .steps = steps, .n = 3, .repeat = 1, .every = 10 * MIN };
	auto_buf struct buf got = { 0 };

	live(&p, INT64_MAX, 75, &got);
	CHECK_STR(got.p, "tell 0 0 @0|tell 1 0 @5|tell 2 0 @15|tell 0 1 @25|tell 1 1 @30|"
			 "tell 2 1 @40|all 3 1 @50|all 3 2 @60|all 3 3 @70|");
	buf_reset(&got);
	live(&p, 7, 75, &got); /* taken on after seven minutes */
	CHECK_STR(got.p, "tell 0 0 @0|tell 1 0 @5|end @7");
	steps[2].resolved = true;
	buf_reset(&got);
	live(&p, 7, 75, &got);
	CHECK_STR(got.p, "tell 0 0 @0|tell 1 0 @5|tell 2 0 @15|end @15");
}

TEST(it_ends_some_day)
{
	const struct book_policy p = {
		.steps = &(struct book_step){ .level = 1 }, .n = 1, .every = MIN
	};
	auto_buf struct buf got = { 0 };

	live(&p, INT64_MAX, 1000, &got);
	CHECK(strstr(got.p, "|all 1 11 @12|over @13") != NULL);
}

TEST(without_a_policy)
{
	auto_buf struct buf got = { 0 };

	live(NULL, INT64_MAX, 61, &got);
	CHECK_STR(got.p, "all 0 0 @0|all 0 1 @30|all 0 2 @60|");
	buf_reset(&got);
	live(NULL, 1, 61, &got);
	CHECK_STR(got.p, "all 0 0 @0|end @1");
}

TEST(each_person_once)
{
	static const char text[] =
	    "people:\n"
	    "  - {name: ana, contacts: [{channel: sms}]}\n"
	    "  - {name: ben, contacts: [{channel: sms}]}\n"
	    "rotas:\n"
	    "  - {name: a, layers: [{members: [ana]}]}\n"
	    "  - {name: b, layers: [{members: [ben], start: 2100-01-01}]}\n"
	    "levels: {L1: [{rota: a}, {person: ana}, {rota: b}, {channel: ops}, {person: ben}]}\n";
	const struct book_text t = { str_c(text), "oncall.yml" };
	const int64_t now = clock_days(2026, 1, 1) * 86400 * CLOCK_S;
	struct walk_who who[WALK_PEOPLE_MAX];
	const struct book_override over = { .rota = 1, .person = 0, .to = INT64_MAX };
	struct diag why = { 0 };
	struct book *b;

	CHECK_OK(book_read(&t, 1, &b, &why), why);
	CHECK_INT(walk_people(b, &b->levels[0], NULL, 0, now, who), 4);
	CHECK(str_eq(who[0].person->name, STR("ana")));
	CHECK(who[1].person == NULL && str_eq(who[1].rota, STR("b")));
	CHECK(str_eq(who[2].channel, STR("ops")));
	CHECK(str_eq(who[3].person->name, STR("ben")));
	CHECK_INT(walk_people(b, &b->levels[0], &over, 1, now, who), 3); /* ana stands in */
	book_free(b);
}
