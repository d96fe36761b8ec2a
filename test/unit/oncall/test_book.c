/* The file of people, rotas and policies: what it says, and where it is wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "oncall/book.h"

#include "base/clock.h"
#include "base/fs.h"
#include "oncall/civil.h"
#include "test.h"

static enum err
read_one(const char *text, struct book **ret, struct diag *why)
{
	const struct book_text t = { str_c(text), "oncall.yml" };

	return book_read(&t, 1, ret, why);
}

#define ANA "people: [{name: ana, contacts: [{channel: sms}]}]\n"

TEST(where_it_is_wrong)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "people: [{name: ana}]\n", "oncall.yml:1:10: a person has at least name" },
		{ "people: [{name: a b, contacts: [{channel: sms}]}]\n",
		    "oncall.yml:1:17: a name is of letters" },
		{ "people:\n  - name: ana\n    contacts: [{channel: sms}]\n    zone: "
		  "Europe/Nowhere\n",
		    "oncall.yml:4:11: " },
		{ "people:\n  - name: ana\n    phone: 1\n",
		    "oncall.yml:3:5: 'phone' is not known" },
		{ ANA "rotas: [{name: r, layers: [{members: [ben]}]}]\n",
		    "oncall.yml:2:39: there is nobody called 'ben'" },
		{ ANA "rotas: [{name: r, layers: [{members: [ana], every: 5h}]}]\n",
		    "oncall.yml:2:52: every: is like" },
		{ ANA "rotas: [{name: r, layers: [{members: [ana], every: 1d, on: mon}]}]\n",
		    "oncall.yml:2:28: on: only" },
		{ ANA "rotas: [{name: r, layers: [{members: [ana], at: \"25:00\"}]}]\n",
		    "oncall.yml:2:49: at: is a time of day" },
		{ ANA "rotas: [{name: r, layers: [{members: [ana], only: [{days: [mo]}]}]}]\n",
		    "oncall.yml:2:60: a day is mon" },
		{ ANA "policies: [{name: p, steps: [{tell: [{rota: x}]}]}]\n",
		    "oncall.yml:2:45: there is no rota 'x'" },
		{ ANA "policies: [{name: p, steps: [{after: 5m}, {after: 1m}]}]\n",
		    "oncall.yml:2:43: a step is not earlier" },
		{ ANA "policies: [{name: p, steps: [{level: L5}]}]\n",
		    "oncall.yml:2:38: level: is L1" },
		{ ANA "policies: [{name: p, every: 1s, steps: [{level: L1}]}]\n",
		    "oncall.yml:2:29: every: is at least 1m" },
		{ ANA "policies: [{name: p, steps: [{}]}, {name: p, steps: [{}]}]\n",
		    "oncall.yml:2:36: there are two policies" },
		{ "respond: {urgent: {within: 5m}}\n", "oncall.yml:1:11: a severity is" },
		{ "respond: {high: {within: 0s}}\n", "oncall.yml:1:17: within: is a time" },
		{ "levels: {L0: [{channel: x}]}\n", "oncall.yml:1:10: 'L0' is not known" },
		{ "oncall: 1\n", "oncall.yml:1:1: 'oncall' is not known" },
		{ "- a\n", "oncall.yml:1:1: a file has" },
		{ ANA "rotas: [{name: r, layers: [{members: [ana]}]}]\n"
		      "overrides: [{rota: r, person: ana, from: 2026-01-02T00:00, to: "
		      "2026-01-01T00:00}]\n",
		    "oncall.yml:3:13: an override ends" },
		{ "people: [{name: ana, contacts: [{channel: sms}]\n", "oncall.yml:" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct book *b = NULL;
		struct diag why = { 0 };
		char text[400];

		CHECK(read_one(rows[i].text, &b, &why) != OK);
		(void)err_text(&why, text, sizeof(text));
		if (strncmp(text, rows[i].want, strlen(rows[i].want)) != 0)
			test_fail(TEST_AT(rows), "row %zu: %s, want %s", i, text, rows[i].want);
	}
}

TEST(order_does_not_matter)
{
	struct book *b = NULL;
	struct diag why = { 0 };

	CHECK_OK(
	    read_one("policies: [{name: p, repeat: 2, steps: [{tell: [{rota: r}, {person: "
		     "ana}, {channel: ops}]}, {after: 5m, level: l2, until: resolved}]}]\n"
		     "levels: {L2: [{person: ana}]}\n"
		     "rotas: [{name: r, layers: [{members: [ana], every: 2w, on: wed}]}]\n" ANA,
		&b, &why),
	    why);
	CHECK_INT(b->policies[0].n, 2);
	CHECK_INT(b->policies[0].repeat, 2);
	CHECK_INT(b->policies[0].steps[1].level, 2);
	CHECK(b->policies[0].steps[1].resolved);
	CHECK_INT(book_tell(b, &b->policies[0].steps[0])->n, 3);
	CHECK_INT(book_tell(b, &b->policies[0].steps[1])->n, 1);
	CHECK_INT(b->policies[0].steps[1].after, 300 * CLOCK_S);
	CHECK_INT(civil_weekday(b->rotas[0].layers[0].start), 3);
	CHECK_INT(b->rotas[0].layers[0].every, 14);
	book_free(b);
}

/* What the first file says counts; the second adds. */
TEST(two_files)
{
	const struct book_text texts[] = {
		{ STR(ANA "levels: {L1: [{person: ana}]}\nrespond: {high: {within: 1m}}\n"
			  "policies: [{name: own, title: mine, steps: [{}]}]\n"),
		    "a.yml" },
		{ STR("escalation: p\nrespond: {high: {within: 9m}, low: {within: 2h, policy: "
		      "own}}\n"
		      "policies: [{name: own, title: shipped, steps: [{}]}, {name: more, steps: "
		      "[{}]}]\n"),
		    "b.yml" },
	};
	struct book *b = NULL;
	struct diag why = { 0 };

	CHECK_OK(book_read(texts, 2, &b, &why), why);
	CHECK_INT(b->n_policies, 2);
	CHECK(str_eq(book_policy(b, STR("own"))->title, STR("mine")));
	CHECK(book_policy(b, STR("more")) != NULL);
	CHECK_INT(b->responses[1].within, 60 * CLOCK_S);
	CHECK_INT(b->responses[3].within, 7200 * CLOCK_S);
	CHECK(!b->responses[0].set);
	book_free(b);
}

TEST(quiet_hours)
{
	static const struct {
		const char *at; /* UTC; ana lives an hour further */
		unsigned rank;
		const char *want; /* "": they are not on */
	} rows[] = {
		{ "2026-01-05T20:59Z", 1, "" }, { "2026-01-05T21:00Z", 1, "2026-01-06T06:00Z" },
		{ "2026-01-06T05:59Z", 2, "2026-01-06T06:00Z" }, { "2026-01-06T06:00Z", 2, "" },
		{ "2026-01-05T22:00Z", 0, "" }, /* critical comes through */
	};
	static const struct zone utc;
	struct book *b = NULL;
	struct diag why = { 0 };

	CHECK_OK(read_one("people: [{name: ana, zone: \"+01:00\", contacts: [{channel: sms}],"
			  " quiet: {from: \"22:00\", to: \"07:00\"}}]\n",
		     &b, &why),
	    why);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t at = 0, want = 0;

		CHECK(civil_moment(&utc, str_c(rows[i].at), &at));
		if (rows[i].want[0] != '\0')
			CHECK(civil_moment(&utc, str_c(rows[i].want), &want));
		CHECK_INT(book_quiet(&b->people[0], rows[i].rank, at), want);
	}
	book_free(b);
}

/* More than the caps is refused, not cut. */
TEST(caps)
{
	auto_buf struct buf text = { 0 };
	struct book *b = NULL;
	struct diag why = { 0 };

	buf_str(&text, STR("people:\n"));
	for (unsigned i = 0; i <= BOOK_PEOPLE_MAX; i++)
		buf_printf(&text, "  - {name: p%u, contacts: [{channel: sms}]}\n", i);
	buf_byte(&text, '\0');
	CHECK_INT(read_one(text.p, &b, &why), FAIL_SYNTAX);
	CHECK(read_one("", &b, &why) == OK && b->n_people == 0);
	book_free(b);
	CHECK_OK(book_read(NULL, 0, &b, &why), why);
	book_free(b);
}

/* A file of the sources, with somebody for each level. */
static enum err
read_file(const char *path, struct book **ret, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct book_text t[] = { { .file = path },
		{ STR("levels: {L1: [{channel: a}], L2: [{channel: b}], L4: [{channel: c}]}\n"),
		    "levels.yml" } };
	enum err e = fs_read(test_source(path), 1 << 20, &text, why);

	t[0].text = buf_view(&text);
	return e == OK ? book_read(t, 2, ret, why) : e;
}

TEST(policies_that_tell_nobody)
{
	struct book *b;
	struct diag why = { 0 };

	CHECK_OK(read_one(ANA
		     "levels: {L2: [{person: ana}]}\n"
		     "policies: [{name: a, steps: [{}]}, {name: b, steps: [{}, {level: L2}]}]\n",
		     &b, &why),
	    why);
	CHECK_INT(b->n_policies, 1);
	CHECK(book_policy(b, STR("b")) != NULL);
	book_free(b);
}

/* The times of the requirements, in minutes: to take it on, and until L2. */
TEST(what_ships)
{
	static const struct {
		const char *file;
		int within[4], second[4]; /* by rank; 0: none */
	} rows[] = {
		{ "escalations/paiid.yml", { 5, 15, 60, 1440 }, { 5, 30, 240, 10080 } },
		{ "escalations/tradepro.yml", { 5, 15, 60, 240 }, { 5, 15, 60, 240 } },
		{ "escalations/wellflow.yml", { 30, 120, 120, 0 }, { 15, 60, 240, 0 } },
		{ "escalations/mosaajii.yml", { 5, 15, 60, 240 }, { 5, 15, 240, 0 } },
		{ "escalations/default.yml", { 5, 15, 60, 240 }, { 5, 15, 240, 0 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct book *b;
		struct diag why = { 0 };

		CHECK_OK(read_file(rows[i].file, &b, &why), why);
		for (unsigned r = 0; r < 4; r++) {
			const struct book_policy *p = book_policy(b, str_c(book_severity(r)));

			CHECK_INT(b->responses[r].within / CLOCK_S / 60, rows[i].within[r]);
			CHECK_INT(p != NULL ? p->steps[1].after / CLOCK_S / 60 : 0,
			    rows[i].second[r]);
			CHECK(p == NULL || p->steps[1].level == 2);
		}
		CHECK_INT(book_policy(b, STR("critical"))->steps[3].level, 4);
		book_free(b);
	}
}

TEST(the_example)
{
	struct book *b;
	struct diag why = { 0 };

	if (read_file("oncall.example.yml", &b, &why) == FAIL_NOT_FOUND)
		TEST_SKIP("no tz database on this machine");
	CHECK_INT(b->n_people, 3);
	CHECK(str_eq(b->people[2].user, STR("lea.admin")));
	CHECK_INT(b->levels[2].n, 2);
	book_free(b);
}
