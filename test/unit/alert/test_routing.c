/* tested: what follows an alert as the routes in force say, also when they are replaced. */
#include "alert/page.h"
#include "alert/routing.h"

#include <pthread.h>

#include "routes_fixture.h"

static void
resolve(struct alerts *a, unsigned n, int64_t now)
{
	struct diag why = { 0 };
	struct act_done done;

	CHECK_OK(act_one(a, nth_id(n),
		     &(struct act){
			 .action = ACT_RESOLVE, .by = STR("eva"), .reason = STR("benign") },
		     now, &done, &why),
	    why);
}

TEST(what_comes_back_is_told_again_each_time)
{
	struct alerts *a = open_new();

	rf_channel(a, "ops", ALERTS_LOW);
	rf_raise(a, 1, "LOW", "g=1", 10);
	rf_raise(a, 1, "LOW", "g=1", 11); /* counts up */
	CHECK_STR(rf_outbox(a), "00000001-ops\n");
	resolve(a, 1, 12);
	rf_raise(a, 1, "LOW", "g=1", 13);
	rf_raise(a, 1, "LOW", "g=1", 14);
	CHECK_STR(rf_outbox(a), "00000001-ops+\n00000001-ops\n");
	resolve(a, 1, 15);
	rf_raise(a, 1, "HIGH", "g=1", 16); /* and more urgent: one message, not two */
	rf_raise(a, 1, "CRITICAL", "g=1", 17);
	CHECK_STR(rf_outbox(a), "00000001-ops+\n00000001-ops+\n00000001-ops\n");
	alerts_close(a);
}

TEST(more_urgent_it_may_concern_others)
{
	struct alerts *a = open_new();
	struct routing *r = routing_new();

	rf_channel(a, "chat", ALERTS_INFO);
	rf_channel(a, "pager", ALERTS_CRITICAL);
	rf_set(r,
	    "routes: x\nroute:\n  to: [{channel: chat, batch: 1m}]\n  routes:\n"
	    "    - {match: {severity: high}, to: [{channel: chat}, {channel: pager}]}\n",
	    0, 0);
	routing_join(a, r);
	rf_raise(a, 1, "LOW", "g=1", 10);
	CHECK_STR(rf_outbox(a), "");
	rf_raise(a, 1, "HIGH", "g=1", 11);
	CHECK_STR(rf_outbox(a), "00000001-pager\n00000001-chat\n");
	alerts_close(a);
	routing_free(r);
}

static enum err
on_page(void *ctx, const struct page *p)
{
	buf_printf(ctx, "%.8s %s\n", p->alert_id, p->policy);
	return OK;
}

TEST(a_policy_begins_to_escalate_and_a_storm_does_not_ring_for_each)
{
	const struct str policies[] = { STR("first") };
	struct alerts *a = open_new();
	struct routing *r = routing_new();
	struct routing_rules rules = {
		.policies = policies, .n_policies = 1, .storm_limit = 2, .storm_window = 600 * S
	};
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };

	rf_channel(a, "ops", ALERTS_HIGH);
	CHECK_OK(route_read(STR("routes: x\nroute: {to: [{policy: first}]}"), "r.yml", &rules.tree,
		     &why),
	    why);
	routing_set(r, &rules);
	routing_join(a, r);
	for (unsigned i = 1; i <= 4; i++)
		rf_raise(a, i, "HIGH", "g=1", i * S);
	rf_raise(a, 5, "CRITICAL", "g=1", 5 * S);
	CHECK_OK(page_list(a, &(struct page_filter){ 0 }, on_page, &out, &why), why);
	CHECK_SLICE(buf_view(&out), "00000005 first\n00000002 first\n00000001 first\n");
	CHECK_STR(rf_open(a), "ops storm 2 HIGH due 601\n");
	CHECK_STR(rf_outbox(a), "");
	alerts_close(a);
	routing_free(r);
}

/* No channel would get the summary: then a pager rings after all. */
TEST(what_nobody_would_hear_of_is_not_held)
{
	const struct str policies[] = { STR("first") };
	struct alerts *a = open_new();
	struct routing *r = routing_new();
	struct routing_rules rules = {
		.policies = policies, .n_policies = 1, .storm_limit = 1, .storm_window = 600 * S
	};
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };

	rf_channel(a, "ops", ALERTS_CRITICAL);
	CHECK_OK(route_read(STR("routes: x\nroute: {to: [{policy: first}]}"), "r.yml", &rules.tree,
		     &why),
	    why);
	routing_set(r, &rules);
	routing_join(a, r);
	rf_raise(a, 1, "HIGH", "g=1", S);
	rf_raise(a, 2, "HIGH", "g=1", S);
	CHECK_OK(page_list(a, &(struct page_filter){ 0 }, on_page, &out, &why), why);
	CHECK_SLICE(buf_view(&out), "00000002 first\n00000001 first\n");
	CHECK_STR(rf_open(a), "");
	alerts_close(a);
	routing_free(r);
}

TEST(routes_may_be_replaced_at_any_time)
{
	struct alerts *a = open_new();
	struct routing *r = routing_new();
	const struct routing_rules *held;

	rf_channel(a, "one", ALERTS_INFO);
	rf_channel(a, "two", ALERTS_INFO);
	routing_join(a, r);
	rf_raise(a, 1, "LOW", "g=1", 10);
	CHECK_STR(rf_outbox(a), "00000001-two\n00000001-one\n"); /* none: as min_severity says */
	rf_set(r, "routes: x\nroute: {to: [{channel: one}]}", 0, 0);
	held = routing_take(r);
	rf_set(r, "routes: y\nroute: {to: [{channel: two}]}", 0, 0);
	CHECK_SLICE(route_name(held->tree), "x"); /* still whole */
	routing_drop(r, held);
	rf_raise(a, 2, "LOW", "g=1", 11);
	CHECK_STR(rf_outbox(a), "00000002-two\n00000001-two\n00000001-one\n");
	alerts_close(a);
	routing_free(r);
}

static void *
replace(void *arg)
{
	for (unsigned i = 0; i < 300; i++)
		rf_set(arg, "routes: y\nroute: {to: [{kind: webhook}]}", 0, 0);
	return NULL;
}

TEST(routes_are_replaced_while_others_read_them)
{
	struct routing *r = routing_new();
	pthread_t other;

	CHECK_INT(pthread_create(&other, NULL, replace, r), 0);
	for (unsigned i = 0; i < 3000; i++) {
		const struct routing_rules *rules = routing_take(r);

		if (rules->tree != NULL)
			CHECK_SLICE(route_name(rules->tree), "y");
		routing_drop(r, rules);
	}
	CHECK_INT(pthread_join(other, NULL), 0);
	routing_free(r);
}
