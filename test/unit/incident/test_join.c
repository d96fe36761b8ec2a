/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts join incidents; incidents are made one. */
#include "incident/join.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "incident/evidence.h"
#include "incident/internal.h"
#include "incident/story.h"
#include "random.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)
#define HOUR (3600 * CLOCK_S)

static struct incidents *
open_it(void)
{
	static unsigned n;
	static char path[600];
	struct incidents *all = NULL;
	struct diag why = { 0 };

	(void)snprintf(path, sizeof(path), "%s/%u.db", test_dir(), n++);
	CHECK_OK(incident_open_file(path, &all, &why), why);
	return all;
}

static int64_t
add(struct incidents *all, enum incident_type type)
{
	const struct incident_new want = { .type = type,
		.severity = INCIDENT_LOW,
		.origin = INCIDENT_BY_RULE,
		.title = STR("One") };
	struct diag why = { 0 };
	int64_t n = 0;

	CHECK_OK(incident_add(all, &want, NOW, &n, &why), why);
	return n;
}

/* "ann 1.2.3.4": one user and one address; "-": none of it. */
static enum err
join(struct incidents *all, int64_t n, const char *id, const char *user, const char *address,
    struct diag *why)
{
	struct join_name names[2];
	struct join_alert a = { .id = str_c(id),
		.title = STR("Alert"),
		.status = STR("open"),
		.severity = INCIDENT_HIGH,
		.first = NOW - HOUR,
		.last = NOW,
		.created = NOW,
		.names = names };

	if (user != NULL)
		names[a.n_names++] = (struct join_name){ JOIN_USER, true, str_c(user) };
	if (address != NULL)
		names[a.n_names++] = (struct join_name){ JOIN_ADDRESS, true, str_c(address) };
	return n != 0 ? join_add(all, n, &a, STR(""), NOW, NULL, why)
		      : join_update(all, &a, NOW, why);
}

static enum err
show_name(void *ctx, enum join_kind kind, struct str name, uint64_t alerts)
{
	buf_printf(ctx, "%s %.*s %llu; ", join_kind_word(kind), STR_ARG(name),
	    (unsigned long long)alerts);
	return OK;
}

static enum err
show_alert(void *ctx, const struct join_row *row)
{
	buf_printf(ctx, "%.*s %.*s; ", STR_ARG(row->id), STR_ARG(row->status));
	return OK;
}

static enum err
show_figures(void *ctx, const struct incident *one)
{
	buf_printf(ctx, "%s %s %llu alerts %llu users %llu addresses %lld %lld; ",
	    incident_severity_word(one->severity), incident_status_word(one->status),
	    (unsigned long long)one->alerts, (unsigned long long)one->users,
	    (unsigned long long)one->addresses, (long long)((NOW - one->first) / CLOCK_S),
	    (long long)((NOW - one->detected) / CLOCK_S));
	return OK;
}

static const char *
figures(struct incidents *all, int64_t n)
{
	static struct buf text;
	struct diag why = { 0 };

	buf_reset(&text);
	CHECK_OK(incident_get(all, n, show_figures, &text, &why), why);
	CHECK_OK(join_names(all, n, show_name, &text, &why), why);
	CHECK_OK(join_alerts(all, n, show_alert, &text, &why), why);
	buf_byte(&text, '\0');
	return text.p;
}

static int64_t
find(struct incidents *all, const char *user, const char *address, unsigned types)
{
	struct join_name names[2];
	struct join_alert a = { .first = NOW, .last = NOW, .names = names };
	struct join_found found;
	struct diag why = { 0 };

	if (user != NULL)
		names[a.n_names++] = (struct join_name){ JOIN_USER, true, str_c(user) };
	if (address != NULL)
		names[a.n_names++] = (struct join_name){ JOIN_ADDRESS, true, str_c(address) };
	CHECK_OK(join_find(all, &a, types, HOUR, &found, &why), why);
	return found.n;
}

TEST(an_alert_is_in_one_incident)
{
	struct incidents *all = open_it();
	const int64_t one = add(all, INCIDENT_BRUTE_FORCE), two = add(all, INCIDENT_DDOS);
	struct diag why = { 0 };
	uint64_t rev;
	int64_t in;

	CHECK_OK(join(all, one, "a1", "ann", "1.2.3.4", &why), why);
	rev = incident_rev(all);
	CHECK_OK(join(all, one, "a1", "ann", "1.2.3.4", &why), why);
	CHECK_INT(incident_rev(all), rev); /* it was there */
	CHECK_INT(join(all, two, "a1", NULL, NULL, &why), FAIL_EXISTS);
	CHECK_STR(why.text, "the alert is in INC-1 already");
	CHECK_OK(join_of(all, STR("a1"), &in, &why), why);
	CHECK_INT(in, one);
	CHECK_OK(join_of(all, STR("a2"), &in, &why), why);
	CHECK_INT(in, 0);
	CHECK_STR(figures(all, one), "HIGH open 1 alerts 1 users 1 addresses 3600 0; user ann 1; "
				     "address 1.2.3.4 1; a1 open; ");
	incident_close_file(all);
}

TEST(open_incidents_of_the_same_entity_are_found)
{
	struct incidents *all = open_it();
	const int64_t one = add(all, INCIDENT_BRUTE_FORCE);
	const unsigned brute = 1U << INCIDENT_BRUTE_FORCE;
	struct diag why = { 0 };

	CHECK_OK(join(all, one, "a1", "ann", "1.2.3.4", &why), why);
	CHECK_INT(find(all, NULL, "1.2.3.4", brute), one);
	CHECK_INT(find(all, "ann", NULL, brute), one);
	CHECK_INT(find(all, "1.2.3.4", NULL, brute), 0); /* an address is no user */
	CHECK_INT(find(all, "ben", "1.2.3.5", brute), 0);
	CHECK_INT(find(all, "ann", NULL, 1U << INCIDENT_DDOS), 0);
	CHECK_INT(find(all, "ann", NULL, 0), one);
	CHECK_INT(find(all, NULL, NULL, 0), 0);
	incident_close_file(all);
}

TEST(many_at_once_become_no_more)
{
	struct incidents *all = open_it();
	struct diag why = { 0 };
	int64_t n = 1;

	for (int i = 0; i < 3; i++) {
		CHECK_OK(join_storm(all, INCIDENT_DDOS, NOW - HOUR, 3, &n, &why), why);
		CHECK_INT(n, 0);
		(void)add(all, INCIDENT_DDOS);
		(void)add(all, INCIDENT_BRUTE_FORCE);
	}
	CHECK_OK(join_storm(all, INCIDENT_DDOS, NOW - HOUR, 3, &n, &why), why);
	CHECK_INT(n, 5); /* the newest of this type */
	CHECK_OK(join_storm(all, INCIDENT_DDOS, NOW + 1, 3, &n, &why), why);
	CHECK_INT(n, 0); /* that was before */
	incident_close_file(all);
}

TEST(two_become_one)
{
	struct incidents *all = open_it();
	const int64_t one = add(all, INCIDENT_BRUTE_FORCE), two = add(all, INCIDENT_DDOS);
	const struct evidence ev = { .seq = 7, .record = STR("{}") };
	struct diag why = { 0 };
	int64_t in;

	CHECK_OK(join(all, one, "a1", "ann", "1.2.3.4", &why), why);
	CHECK_OK(join(all, two, "a2", "ann", "1.2.3.5", &why), why);
	CHECK_OK(evidence_pin(all, one, &ev, NOW, &why), why);
	CHECK_OK(evidence_pin(all, two, &ev, NOW, &why), why);
	CHECK_OK(join_merge(all, one, two, STR("ana"), NOW, &why), why);
	CHECK_OK(join_of(all, STR("a1"), &in, &why), why);
	CHECK_INT(in, two);
	CHECK_STR(figures(all, two),
	    "HIGH open 2 alerts 1 users 2 addresses 3600 0; user ann 2; address 1.2.3.4 1; "
	    "address 1.2.3.5 1; a1 open; a2 open; ");
	CHECK_STR(figures(all, one), "HIGH merged 0 alerts 0 users 0 addresses 3600 0; ");
	CHECK_INT(join_merge(all, one, two, STR("ana"), NOW, &why), FAIL_DENIED);
	CHECK_INT(join_merge(all, two, two, STR("ana"), NOW, &why), FAIL_DENIED);
	CHECK_INT(join(all, one, "a3", NULL, NULL, &why), FAIL_DENIED);
	incident_close_file(all);
}

TEST(there_is_a_bound_to_alerts)
{
	struct incidents *all = open_it();
	const int64_t one = add(all, INCIDENT_BRUTE_FORCE);
	struct diag why = { 0 };
	char id[20];

	CHECK_OK(incident_begin(all, &why), why);
	for (int i = 0; i < INCIDENT_ALERTS_MAX; i++) {
		(void)snprintf(id, sizeof(id), "a%d", i);
		CHECK_OK(join(all, one, id, NULL, NULL, &why), why);
	}
	CHECK_INT(join(all, one, "more", NULL, NULL, &why), FAIL_LIMIT);
	CHECK_OK(incident_finish(all, OK, &why), why);
	incident_close_file(all);
}

TEST(evidence_is_kept_whole)
{
	struct incidents *all = open_it();
	const int64_t one = add(all, INCIDENT_CUSTOM);
	struct evidence ev = { .seq = 7, .record = STR("{\"a\":1}"), .note = STR("see") };
	char *large = calloc(1, EVIDENCE_RECORD + 1);
	struct diag why = { 0 };

	CHECK_OK(evidence_pin(all, one, &ev, NOW, &why), why);
	ev.sha256 = STR("015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
	CHECK(evidence_whole(&ev));
	ev.record = STR("{\"a\":2}");
	CHECK(!evidence_whole(&ev));
	ev.seq = 8;
	ev.record = (struct str){ large, EVIDENCE_RECORD + 1 };
	CHECK_INT(evidence_pin(all, one, &ev, NOW, &why), FAIL_LIMIT);
	free(large);
	ev.record = STR("{}");
	CHECK_OK(incident_begin(all, &why), why);
	for (ev.seq = 100; ev.seq < 99 + EVIDENCE_MAX; ev.seq++)
		CHECK_OK(evidence_pin(all, one, &ev, NOW, &why), why);
	CHECK_INT(evidence_pin(all, one, &ev, NOW, &why), FAIL_LIMIT);
	CHECK_OK(incident_finish(all, OK, &why), why);
	incident_close_file(all);
}

struct item {
	char id[8], user[8], address[16];
	int64_t first, created;
	enum incident_severity severity;
};

/* n 0: it is in one already, and changed. */
static void
join_item(struct incidents *all, int64_t n, const struct item *it)
{
	const struct join_name names[] = { { JOIN_USER, true, str_c(it->user) },
		{ JOIN_ADDRESS, false, str_c(it->address) } };
	const struct join_alert a = { .id = str_c(it->id),
		.title = STR("Alert"),
		.status = STR("open"),
		.severity = it->severity,
		.first = it->first,
		.last = NOW,
		.created = it->created,
		.names = names,
		.n_names = 2 };
	struct diag why = { 0 };

	CHECK_OK(n != 0 ? join_add(all, n, &a, STR(""), NOW, NULL, &why)
			: join_update(all, &a, NOW, &why),
	    why);
}

/* What was added one by one is what reading all of it again finds. */
static void
check_sums(struct incidents *all, int64_t n)
{
	char one_by_one[4000];
	struct diag why = { 0 };

	(void)snprintf(one_by_one, sizeof(one_by_one), "%s", figures(all, n));
	CHECK_OK(join_add_up(all, n, &why), why);
	CHECK_STR(figures(all, n), one_by_one);
}

TEST(what_changes_later_adds_up_as_well)
{
	uint64_t r = random_start(test_seed());
	struct incidents *all = open_it();
	const int64_t one = add(all, INCIDENT_CUSTOM);

	for (unsigned i = 0; i < 60; i++) {
		struct item it = { .created = NOW - HOUR };

		(void)snprintf(it.id, sizeof(it.id), "a%u", i % 20);
		(void)snprintf(it.user, sizeof(it.user), "u%u", (unsigned)random_below(&r, 30));
		(void)snprintf(it.address, sizeof(it.address), "10.0.0.%u",
		    (unsigned)random_below(&r, 3));
		it.first = NOW - HOUR - (int64_t)random_below(&r, 9) * CLOCK_S;
		it.severity = (enum incident_severity)random_below(&r, 5);
		join_item(all, i < 20 ? one : 0, &it);
		check_sums(all, one);
	}
	incident_close_file(all);
}

/* Any order, some of them by way of another incident: the same sets and figures. */
TEST(the_order_of_joining_does_not_matter)
{
	for (unsigned turn = 0; turn < test_rounds(5); turn++) {
		uint64_t r = random_start(test_seed() + turn);
		struct item items[20];
		char first[4000];

		for (unsigned i = 0; i < ARRAY_LEN(items); i++) {
			(void)snprintf(items[i].id, sizeof(items[i].id), "a%u", i);
			(void)snprintf(items[i].user, sizeof(items[i].user), "u%u",
			    (unsigned)random_below(&r, 5));
			(void)snprintf(items[i].address, sizeof(items[i].address), "10.0.0.%u",
			    (unsigned)random_below(&r, 7));
			items[i].created = NOW - (int64_t)random_below(&r, 1000) * CLOCK_S;
			items[i].first = items[i].created - (int64_t)random_below(&r, 9) * CLOCK_S;
			items[i].severity = (enum incident_severity)random_below(&r, 4);
		}
		for (unsigned round = 0; round < 3; round++) {
			struct incidents *all = open_it();
			const int64_t one = add(all, INCIDENT_CUSTOM);
			const int64_t two = add(all, INCIDENT_CUSTOM);
			struct diag why = { 0 };

			for (size_t i = ARRAY_LEN(items) - 1; i > 0; i--) {
				const size_t k = random_below(&r, i + 1);
				const struct item t = items[i];

				items[i] = items[k];
				items[k] = t;
			}
			for (size_t i = 0; i < ARRAY_LEN(items); i++)
				join_item(all, round == 0 || random_below(&r, 2) != 0 ? one : two,
				    &items[i]);
			check_sums(all, one);
			check_sums(all, two);
			CHECK_OK(join_merge(all, two, one, STR(""), NOW, &why), why);
			if (round == 0)
				(void)snprintf(first, sizeof(first), "%s", figures(all, one));
			else
				CHECK_STR(figures(all, one), first);
			incident_close_file(all);
		}
	}
}
