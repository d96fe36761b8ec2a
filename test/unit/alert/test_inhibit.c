/* tested: what is explained by an open alert is kept quiet, and told of when it no longer is. */
#include "alert/inhibit.h"

#include "routes_fixture.h"

#define RULES                                                                                      \
	"routes: x\n"                                                                              \
	"inhibit:\n"                                                                               \
	"  - {source: {severity: critical}, target: {severity: [low, medium]}, equal: "            \
	"[address]}\n"                                                                             \
	"route: {to: [{kind: all}]}\n"

struct one {
	unsigned n;
	const char *severity, *user, *address;
	int64_t now;
};

static void
raise(struct alerts *a, const struct one *o)
{
	char id[ALERTS_ID_SIZE];
	struct alerts_finding f;

	(void)snprintf(id, sizeof(id), "%08x000000000000000000000000", o->n);
	f = finding(id, 9);
	f.severity = str_c(o->severity);
	f.user = str_c(o->user);
	f.address = str_c(o->address);
	f.first = f.last = o->now;
	apply(a, &f, 1, 9, o->now);
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	(void)str_to_c(row->quiet, ctx, 64);
	return OK;
}

static const char *
quiet(struct alerts *a, unsigned n)
{
	static char text[64];
	struct diag why = { 0 };

	CHECK_OK(alerts_get(a, nth_id(n), on_alert, text, &why), why);
	return text;
}

static void
close_one(struct alerts *a, unsigned n, int64_t now)
{
	struct diag why = { 0 };
	struct act_done done;

	CHECK_OK(act_one(a, nth_id(n),
		     &(struct act){
			 .action = ACT_RESOLVE, .by = STR("eva"), .reason = STR("true_positive") },
		     now, &done, &why),
	    why);
}

static struct alerts *
begin(const char *rules, struct routing **ret)
{
	struct alerts *a = open_new();

	*ret = routing_new();
	rf_channel(a, "ops", ALERTS_INFO);
	rf_set(*ret, rules, 0, 0);
	routing_join(a, *ret);
	return a;
}

#define BY_1 "inhibited:00000001000000000000000000000000"

TEST(an_alert_with_the_address_of_an_open_one_is_kept_quiet)
{
	struct routing *r;
	struct alerts *a = begin(RULES, &r);

	raise(a, &(struct one){ 1, "CRITICAL", "", "10.0.0.1", 10 });
	raise(a, &(struct one){ 2, "LOW", "", "10.0.0.1", 11 });
	raise(a, &(struct one){ 3, "LOW", "", "10.0.0.2", 12 });
	raise(a, &(struct one){ 4, "HIGH", "", "10.0.0.1", 13 }); /* no target of the rule */
	CHECK_STR(quiet(a, 1), "");
	CHECK_STR(quiet(a, 2), BY_1);
	CHECK_STR(quiet(a, 3), "");
	CHECK_STR(quiet(a, 4), "");
	CHECK_STR(rf_outbox(a), "00000004-ops\n00000003-ops\n00000001-ops\n");
	alerts_close(a);
	routing_free(r);
}

TEST(it_is_told_of_when_it_goes_on_and_the_other_is_closed)
{
	struct routing *r;
	struct alerts *a = begin(RULES, &r);

	raise(a, &(struct one){ 1, "CRITICAL", "", "10.0.0.1", 10 });
	raise(a, &(struct one){ 2, "LOW", "", "10.0.0.1", 11 });
	raise(a, &(struct one){ 2, "LOW", "", "10.0.0.1", 12 });
	CHECK_STR(rf_outbox(a), "00000001-ops\n");
	close_one(a, 1, 13);
	raise(a, &(struct one){ 2, "LOW", "", "10.0.0.1", 14 });
	CHECK_STR(quiet(a, 2), "");
	CHECK(strstr(rf_outbox(a), "00000002-ops\n") != NULL);
	alerts_close(a);
	routing_free(r);
}

TEST(it_is_told_of_when_it_becomes_more_urgent)
{
	struct routing *r;
	struct alerts *a = begin(RULES, &r);

	raise(a, &(struct one){ 1, "CRITICAL", "", "10.0.0.1", 10 });
	raise(a, &(struct one){ 2, "LOW", "", "10.0.0.1", 11 });
	raise(a, &(struct one){ 2, "HIGH", "", "10.0.0.1", 12 });
	CHECK_STR(quiet(a, 2), "");
	CHECK_STR(rf_outbox(a), "00000002-ops\n00000001-ops\n");
	alerts_close(a);
	routing_free(r);
}

/* Or two could hide each other, and nobody hears of either. */
TEST(what_nobody_was_told_of_hides_nothing)
{
	struct routing *r;
	struct alerts *a =
	    begin("routes: x\n"
		  "inhibit:\n"
		  "  - {source: {rule: rule-1}, target: {rule: rule-1}, equal: [user]}\n"
		  "  - {source: {rule: rule-1}, target: {rule: rule-1}, equal: address}\n"
		  "route: {to: [{kind: all}]}\n",
		&r);

	raise(a, &(struct one){ 1, "LOW", "ann", "10.0.0.1", 10 });
	raise(a, &(struct one){ 2, "LOW", "ann", "10.0.0.2", 11 });
	raise(a, &(struct one){ 3, "LOW", "bob", "10.0.0.2", 12 });
	CHECK_STR(quiet(a, 2), BY_1);
	CHECK_STR(quiet(a, 3), "");
	raise(a,
	    &(struct one){ 1, "HIGH", "ann", "10.0.0.1", 13 }); /* not by itself, nor by them */
	CHECK_STR(quiet(a, 1), "");
	alerts_close(a);
	routing_free(r);
}

TEST(what_has_become_quiet_hides_nothing_any_more)
{
	struct routing *r;
	struct alerts *a =
	    begin("routes: x\n"
		  "inhibit:\n"
		  "  - {source: {severity: high}, target: {severity: low}, equal: address}\n"
		  "  - {source: {severity: critical}, target: {severity: high}, equal: user}\n"
		  "route: {to: [{kind: all}]}\n",
		&r);

	raise(a, &(struct one){ 1, "HIGH", "ann", "10.0.0.1", 10 });
	close_one(a, 1, 11);
	raise(a, &(struct one){ 2, "CRITICAL", "ann", "10.0.0.2", 12 });
	raise(a, &(struct one){ 1, "HIGH", "ann", "10.0.0.1", 13 });
	CHECK_STR(quiet(a, 1), "inhibited:00000002000000000000000000000000");
	raise(a, &(struct one){ 3, "LOW", "zoe", "10.0.0.1", 14 });
	CHECK_STR(quiet(a, 3), "");
	alerts_close(a);
	routing_free(r);
}

TEST(all_that_is_named_has_to_be_common)
{
	struct routing *r;
	struct alerts *a =
	    begin("routes: x\n"
		  "inhibit:\n"
		  "  - {source: {severity: high}, target: {severity: low}, equal: [user, "
		  "address]}\n"
		  "  - {source: {severity: critical}, target: {severity: info}}\n"
		  "route: {to: [{kind: all}]}\n",
		&r);

	raise(a, &(struct one){ 1, "HIGH", "ann", "10.0.0.1", 10 });
	raise(a, &(struct one){ 2, "LOW", "ann", "10.0.0.2", 11 });
	raise(a, &(struct one){ 3, "LOW", "bob", "10.0.0.1", 12 });
	raise(a, &(struct one){ 4, "LOW", "ann", "10.0.0.1", 13 });
	raise(a, &(struct one){ 5, "INFO", "zoe", "10.9.9.9", 14 });
	CHECK_STR(quiet(a, 2), "");
	CHECK_STR(quiet(a, 3), "");
	CHECK_STR(quiet(a, 4), BY_1);
	CHECK_STR(quiet(a, 5), "");
	raise(a, &(struct one){ 6, "CRITICAL", "eve", "10.7.7.7", 15 });
	raise(a, &(struct one){ 7, "INFO", "zoe", "10.9.9.8", 16 }); /* nothing has to be common */
	CHECK_STR(quiet(a, 7), "inhibited:00000006000000000000000000000000");
	alerts_close(a);
	routing_free(r);
}

TEST(the_group_key_may_be_what_is_common)
{
	struct routing *r;
	struct alerts *a =
	    begin("routes: x\n"
		  "inhibit: [{source: {severity: high}, target: {severity: low}, equal: "
		  "group}]\n"
		  "route: {to: [{kind: all}]}\n",
		&r);

	rf_raise(a, 1, "HIGH", "g=1", 10);
	rf_raise(a, 2, "LOW", "g=1", 11);
	rf_raise(a, 3, "LOW", "g=2", 12);
	CHECK_STR(quiet(a, 2), BY_1);
	CHECK_STR(quiet(a, 3), "");
	alerts_close(a);
	routing_free(r);
}

TEST(what_is_closed_is_forgotten)
{
	struct routing *r;
	struct alerts *a = begin(RULES, &r);
	struct diag why = { 0 };

	raise(a, &(struct one){ 1, "CRITICAL", "", "10.0.0.1", 10 });
	close_one(a, 1, 11);
	raise(a, &(struct one){ 2, "LOW", "", "10.0.0.1", 12 });
	CHECK_STR(quiet(a, 2), "");
	raise(a, &(struct one){ 1, "CRITICAL", "", "10.0.0.1", 13 }); /* it is back */
	CHECK_OK(inhibit_prune(a, &why), why);
	raise(a, &(struct one){ 3, "LOW", "", "10.0.0.1", 14 });
	CHECK_STR(quiet(a, 3), BY_1);
	close_one(a, 1, 15);
	CHECK_OK(inhibit_prune(a, &why), why);
	raise(a, &(struct one){ 4, "LOW", "", "10.0.0.1", 16 });
	CHECK_STR(quiet(a, 4), "");
	alerts_close(a);
	routing_free(r);
}
