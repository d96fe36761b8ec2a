/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets: made once, commented on when the incident changes, closed with it. */
#include "incident/ticket.h"

#include "base/buf.h"
#include "base/clock.h"
#include "incident/change.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)
#define MINUTE (60 * CLOCK_S)

static struct incidents *
start(int64_t *ret_n)
{
	const struct incident_new want = {
		.type = INCIDENT_DDOS, .severity = INCIDENT_HIGH, .title = STR("Flood")
	};
	struct incidents *all = NULL;
	struct diag why = { 0 };
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/incidents.db", test_dir());
	CHECK_OK(incident_open_file(path, &all, &why), why);
	CHECK_OK(incident_add(all, &want, NOW, ret_n, &why), why);
	return all;
}

/* "make ticket-1-gh-0 1: words" of what is due. */
static const char *
due(struct incidents *all, int64_t now, struct ticket_job *ret)
{
	static const char *const whats[] = { "make", "comment", "close" };
	static char text[TICKET_WORDS + 200];
	struct diag why = { 0 };
	size_t n = 0;

	CHECK_OK(ticket_due(all, now, ret, 1, &n, &why), why);
	if (n == 0)
		return "nothing";
	(void)snprintf(text, sizeof(text), "%s %s %u: %s", whats[ret->what], ret->key, ret->tries,
	    ret->words);
	return text;
}

static bool
done(struct incidents *all, const struct ticket_job *j, bool ok, bool never, int64_t now)
{
	const struct ticket_result r = { .ok = ok,
		.never = never,
		.ref = ok ? STR("S-7") : STR(""),
		.url = ok ? STR("https://x/S-7") : STR(""),
		.words = ok ? STR("") : STR("refused") };
	struct diag why = { 0 };
	bool over = false;

	CHECK_OK(ticket_done(all, j, &r, now, &over, &why), why);
	return over;
}

static enum err
put_row(void *ctx, const struct ticket_row *row)
{
	buf_printf(ctx, "%.*s %.*s %.*s %.*s %.*s; ", STR_ARG(row->channel), STR_ARG(row->state),
	    STR_ARG(row->ref), STR_ARG(row->url), STR_ARG(row->error));
	return OK;
}

static const char *
list(struct incidents *all, int64_t n)
{
	static char text[600];
	auto_buf struct buf b = { 0 };
	struct diag why = { 0 };

	CHECK_OK(ticket_list(all, n, put_row, &b, &why), why);
	return str_to_c(buf_view(&b), text, sizeof(text));
}

static bool
want(struct incidents *all, int64_t n, const char *channel, int64_t effect, int64_t now)
{
	const struct ticket_want w = { n, effect, str_c(channel), STR("please look") };
	struct diag why = { 0 };
	bool there = false;

	CHECK_OK(ticket_add(all, &w, now, &there, &why), why);
	return there;
}

TEST(from_its_making_to_its_end)
{
	int64_t n = 0;
	struct incidents *all = start(&n);
	struct change_wish w = CHANGE_NOTHING;
	struct diag why = { 0 };
	struct ticket_job j;

	CHECK_STR(due(all, NOW, &j), "nothing");
	CHECK(!want(all, n, "gh", 5, NOW));
	CHECK_STR(due(all, NOW, &j), "make ticket-1-gh-0 1: please look");
	CHECK_INT(j.effect, 5);
	CHECK_STR(j.title, "Flood");
	CHECK_STR(due(all, NOW, &j), "nothing"); /* on its way */
	CHECK_STR(due(all, NOW + MINUTE, &j), "make ticket-1-gh-0 2: please look");
	CHECK(!done(all, &j, false, false, NOW + MINUTE));
	CHECK_STR(due(all, NOW + MINUTE + 9 * CLOCK_S, &j), "nothing");
	CHECK_STR(due(all, NOW + MINUTE + 10 * CLOCK_S, &j), "make ticket-1-gh-0 3: please look");
	CHECK(done(all, &j, true, false, NOW + 2 * MINUTE));
	CHECK_STR(list(all, n), "gh open S-7 https://x/S-7 ; ");
	CHECK(want(all, n, "gh", 6, NOW)); /* one for each channel */
	CHECK_STR(due(all, NOW + 3 * MINUTE, &j), "nothing");
	w.owner = STR("ann");
	CHECK_OK(change_apply(all, n, &w, STR("ann"), NOW + 3 * MINUTE, &why), why);
	CHECK_STR(due(all, NOW + 4 * MINUTE, &j),
	    "comment ticket-1-gh-1 1: Phase: preparation, severity: HIGH, owner: ann");
	CHECK_STR(j.ref, "S-7");
	CHECK(done(all, &j, true, false, NOW + 4 * MINUTE));
	CHECK_OK(change_close(all, n, STR("ann"), STR("over"), NOW + 5 * MINUTE, &why), why);
	CHECK_STR(due(all, NOW + 5 * MINUTE, &j),
	    "comment ticket-1-gh-2 1: Closed. Phase: preparation, severity: HIGH, owner: ann");
	CHECK(done(all, &j, true, false, NOW + 5 * MINUTE));
	CHECK_STR(due(all, NOW + 5 * MINUTE, &j), "close ticket-1-gh-3 1: ");
	CHECK(done(all, &j, true, false, NOW + 5 * MINUTE));
	CHECK_STR(list(all, n), "gh closed S-7 https://x/S-7 ; ");
	CHECK_STR(due(all, NOW + 60 * MINUTE, &j), "nothing");
	incident_close_file(all);
}

TEST(given_up_and_asked_for_anew)
{
	int64_t n = 0, now = NOW;
	struct incidents *all = start(&n);
	struct ticket_job j;

	CHECK(!want(all, n, "gh", 0, NOW));
	(void)due(all, now, &j);
	CHECK(done(all, &j, false, true, now));
	CHECK_STR(list(all, n), "gh failed   refused; ");
	CHECK(!want(all, n, "gh", 9, now));
	for (unsigned i = 1; i <= TICKET_TRIES; i++) {
		now += 60 * MINUTE;
		CHECK(strcmp(due(all, now, &j), "nothing") != 0);
		CHECK_INT(j.tries, i);
		CHECK_INT(done(all, &j, false, false, now), i == TICKET_TRIES);
	}
	CHECK_STR(due(all, now + 60 * MINUTE, &j), "nothing");
	CHECK(!want(all, n, "jira", 0, now));
	CHECK_STR(due(all, now, &j), "make ticket-1-jira-0 1: please look");
	incident_close_file(all);
}
