/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents: opened, listed, expected; their timelines. */
#include "incident/incident.h"

#include "base/clock.h"
#include "incident/story.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)

static struct incidents *
open_it(void)
{
	static char path[600];
	struct incidents *all = NULL;
	struct diag why = { 0 };

	(void)snprintf(path, sizeof(path), "%s/incidents.db", test_dir());
	CHECK_OK(incident_open_file(path, &all, &why), why);
	return all;
}

static int64_t
add(struct incidents *all, const char *title, enum incident_type type)
{
	const struct incident_new want = {
		.type = type, .severity = INCIDENT_HIGH, .title = str_c(title), .by = STR("ana")
	};
	struct diag why = { 0 };
	int64_t n = 0;

	CHECK_OK(incident_add(all, &want, NOW, &n, &why), why);
	return n;
}

static enum err
show(void *ctx, const struct incident *one)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 1000 - n, "%lld %s %s %s %.*s; ", (long long)one->n,
	    incident_type_word(one->type), incident_status_word(one->status),
	    incident_phase_word(one->phase), STR_ARG(one->title));
	return OK;
}

static const char *
list(struct incidents *all, const struct incident_filter *f)
{
	static char text[1000];
	struct diag why = { 0 };

	text[0] = '\0';
	CHECK_OK(incident_list(all, f, show, text, &why), why);
	return text;
}

static enum err
show_entry(void *ctx, const struct story_entry *e)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 1000 - n, "%s %.*s %.*s; ", story_word(e->kind), STR_ARG(e->who),
	    STR_ARG(e->text));
	return OK;
}

static const char *
story(struct incidents *all, const struct story_filter *f)
{
	static char text[1000];
	struct diag why = { 0 };

	text[0] = '\0';
	CHECK_OK(story_list(all, f, show_entry, text, &why), why);
	return text;
}

TEST(words_are_found_again)
{
	enum incident_type type;
	enum incident_phase phase;
	enum story_kind kind;
	int64_t n;

	for (unsigned i = 0; i < INCIDENT_TYPES; i++) {
		CHECK(incident_type_find(str_c(incident_type_word((enum incident_type)i)), &type));
		CHECK_INT(type, i);
	}
	for (unsigned i = 0; i < INCIDENT_PHASES; i++) {
		CHECK(incident_phase_find(str_c(incident_phase_word((enum incident_phase)i)),
		    &phase));
		CHECK_INT(phase, i);
	}
	for (unsigned i = 0; i < STORY_KINDS; i++) {
		CHECK(story_find(str_c(story_word((enum story_kind)i)), &kind));
		CHECK_INT(kind, i);
	}
	CHECK(incident_name_read(STR("INC-41"), &n));
	CHECK_INT(n, 41);
	CHECK(incident_name_read(STR("inc-7"), &n));
	CHECK_INT(n, 7);
	CHECK(!incident_name_read(STR("INC-0"), &n));
	CHECK(!incident_name_read(STR("INC-"), &n));
	CHECK(!incident_name_read(STR("41x"), &n));
}

TEST(they_are_opened_and_listed)
{
	struct incidents *all = open_it();
	struct incident_filter f = { 0 };
	struct diag why = { 0 };
	int64_t n = 0;

	CHECK_INT(incident_rev(all), 0);
	CHECK_INT(add(all, "One", INCIDENT_BRUTE_FORCE), 1);
	CHECK_INT(add(all, "Two of them", INCIDENT_DDOS), 2);
	CHECK_STR(list(all, &f), "2 ddos open preparation Two of them; "
				 "1 brute-force open preparation One; ");
	f.types = 1U << INCIDENT_BRUTE_FORCE;
	CHECK_STR(list(all, &f), "1 brute-force open preparation One; ");
	f = (struct incident_filter){ .text = STR("TWO") };
	CHECK_STR(list(all, &f), "2 ddos open preparation Two of them; ");
	f = (struct incident_filter){ .before = 2, .limit = 1 };
	CHECK_STR(list(all, &f), "1 brute-force open preparation One; ");
	f = (struct incident_filter){ .statuses = 1U << INCIDENT_CLOSED };
	CHECK_STR(list(all, &f), "");
	CHECK_INT(incident_add(all, &(struct incident_new){ .title = STR(" ") }, NOW, &n, &why),
	    FAIL_SYNTAX);
	incident_close_file(all);
}

TEST(a_timeline_is_added_to)
{
	struct incidents *all = open_it();
	const int64_t n = add(all, "One", INCIDENT_CUSTOM);
	struct story_entry e = { .incident = n,
		.at = NOW + 1,
		.kind = STORY_NOTE,
		.who = STR("ben"),
		.text = STR("looked") };
	struct story_filter f = { .incident = n };
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(story_add(all, &e, NOW + 1, &id, &why), why);
	CHECK(id != 0);
	e = (struct story_entry){ .incident = n,
		.at = NOW + 2,
		.kind = STORY_MESSAGE,
		.noise = true,
		.text = STR("told"),
		.ref = STR("m1") };
	CHECK_OK(story_add(all, &e, NOW + 1, &id, &why), why);
	CHECK_OK(story_add(all, &e, NOW + 1, &id, &why), why);
	CHECK_INT(id, 0); /* once */
	CHECK_STR(story(all, &f), "opened ana opened by hand; note ben looked; ");
	f.noise = true;
	CHECK_STR(story(all, &f), "opened ana opened by hand; note ben looked; message  told; ");
	f.kinds = 1U << STORY_NOTE;
	CHECK_STR(story(all, &f), "note ben looked; ");
	e.incident = 99;
	CHECK_INT(story_add(all, &e, NOW, &id, &why), FAIL_NOT_FOUND);
	incident_close_file(all);
}

TEST(a_change_says_what_was_looked_at)
{
	struct incidents *all = open_it();
	const int64_t n = add(all, "One", INCIDENT_CUSTOM);
	const struct story_entry e = { .incident = n,
		.at = NOW,
		.kind = STORY_NOTE,
		.who = STR("ben"),
		.text = STR("was here") };
	const uint64_t rev = incident_rev(all);
	struct diag why = { 0 };

	CHECK_OK(incident_expect(all, n, rev, &why), why);
	CHECK_OK(story_add(all, &e, NOW, NULL, &why), why);
	CHECK(incident_rev(all) > rev);
	CHECK_INT(incident_expect(all, n, rev, &why), FAIL_EXISTS);
	CHECK_STR(why.text, "INC-1 was changed meanwhile (ben: was here)");
	CHECK_OK(incident_expect(all, n, 0, &why), why);
	CHECK_INT(incident_expect(all, 9, 0, &why), FAIL_NOT_FOUND);
	incident_close_file(all);
}
