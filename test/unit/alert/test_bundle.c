/* tested: what is collected when, over restarts, and what a bundle says. */
#include "routes_fixture.h"

#define BATCH "routes: x\nroute: {to: [{kind: webhook, batch: 15m}]}"
#define DAILY "routes: x\nroute: {to: [{kind: webhook, digest: daily}]}"
#define WEEKLY "routes: x\nroute: {to: [{kind: webhook, digest: weekly}]}"
#define KEPT                                                                                       \
	"routes: x\n"                                                                              \
	"inhibit: [{source: {severity: high}, target: {severity: info}, equal: group}]\n"          \
	"route:\n"                                                                                 \
	"  to: [{kind: webhook}]\n"                                                                \
	"  routes: [{match: {severity: low}, to: [{kind: webhook, digest: daily}]}]\n"
#define T0 ((int64_t)1000000 * S) /* Monday 1970-01-12 13:46:40 */
#define DAY ((int64_t)86400)

static struct alerts *
begin(const char *yaml, struct routing **ret)
{
	struct alerts *a = open_new();

	*ret = routing_new();
	rf_channel(a, "ops", ALERTS_INFO);
	rf_set(*ret, yaml, 0, 0);
	routing_join(a, *ret);
	return a;
}

static void
end(struct alerts *a, struct routing *r)
{
	alerts_close(a);
	routing_free(r);
}

TEST(a_batch_is_due_a_window_after_its_first_alert)
{
	struct routing *r;
	struct alerts *a = begin(BATCH, &r);

	rf_raise(a, 1, "LOW", "g=1", T0);
	rf_raise(a, 2, "HIGH", "g=1", T0 + 899 * S);
	CHECK_STR(rf_open(a), "ops batch 2 HIGH due 1000900\n");
	CHECK_STR(rf_outbox(a), "");
	CHECK_INT(rf_close(a, T0 + 900 * S - 1), 0);
	CHECK_INT(rf_close(a, T0 + 900 * S), 1);
	CHECK_INT(rf_close(a, T0 + 900 * S), 0);
	CHECK_STR(rf_open(a), "");
	CHECK_STR(rf_said(a), "HIGH 2 alerts in 15 minutes\nBy severity: HIGH 1, LOW 1\n"
			      "2 x Brute force (HIGH): g=1\n");
	rf_raise(a, 3, "LOW", "g=1", T0 + 900 * S);
	CHECK_STR(rf_open(a), "ops batch 1 LOW due 1001800\n");
	end(a, r);
}

TEST(who_asks_for_the_messages_of_an_alert_hears_of_its_bundle)
{
	struct routing *r;
	struct alerts *a = begin(BATCH, &r);
	auto_buf struct buf out = { 0 };
	const struct outbox_filter f = { .limit = 50, .alert_id = nth_id(1) };
	const struct outbox_filter other = { .limit = 50, .alert_id = nth_id(2) };
	struct diag why = { 0 };

	rf_raise(a, 1, "LOW", "g=1", T0);
	CHECK_OK(bundle_of(a, nth_id(1), rf_on_bundle, &out, &why), why);
	CHECK_SLICE(buf_view(&out), "ops batch 1 LOW due 1000900\n");
	buf_reset(&out);
	CHECK_INT(rf_close(a, T0 + 900 * S), 1);
	rf_raise(a, 2, "LOW", "g=1", T0 + 901 * S);
	CHECK_OK(bundle_of(a, nth_id(1), rf_on_bundle, &out, &why), why);
	CHECK_INT(out.n, 0);
	CHECK_OK(outbox_list(a, &f, rf_on_row, &out, &why), why);
	CHECK(strstr(rf_outbox(a), "*-ops\n") != NULL);
	CHECK(str_eq(buf_view(&out), str_c(rf_outbox(a))));
	buf_reset(&out);
	CHECK_OK(outbox_list(a, &other, rf_on_row, &out, &why), why);
	CHECK_INT(out.n, 0);
	end(a, r);
}

TEST(an_alert_is_once_in_a_bundle_and_may_be_in_the_next)
{
	struct routing *r;
	struct alerts *a = begin(BATCH, &r);

	rf_raise(a, 1, "LOW", "g=1", T0);
	rf_raise(a, 1, "MEDIUM", "g=1", T0 + S); /* more urgent: it follows the routes again */
	rf_raise(a, 1, "MEDIUM", "g=1", T0 + 2 * S);
	CHECK_STR(rf_open(a), "ops batch 1 MEDIUM due 1000900\n");
	CHECK_INT(rf_close(a, T0 + 900 * S), 1);
	rf_raise(a, 1, "HIGH", "g=1", T0 + 901 * S);
	CHECK_STR(rf_open(a), "ops batch 1 HIGH due 1001801\n");
	end(a, r);
}

TEST(a_daily_digest_comes_at_its_time_whatever_day_it_is_begun)
{
	struct routing *r;
	struct alerts *a = begin(DAILY, &r);
	const int64_t midnight = 12 * DAY * S, eight = midnight + 8 * 3600 * S;

	rf_raise(a, 1, "LOW", "g=1", midnight - 1); /* the day before at eight is over */
	rf_raise(a, 2, "LOW", "g=2", midnight);
	rf_raise(a, 3, "LOW", "g=3", eight - 1);
	CHECK_INT(rf_close(a, eight - 1), 0);
	CHECK_INT(rf_close(a, eight), 1);
	CHECK(strstr(rf_said(a), "Daily digest: 3 alerts\n") != NULL);
	rf_raise(a, 4, "LOW", "g=1", eight);
	CHECK_STR(rf_open(a), "ops daily 1 LOW due 1152000\n"); /* a day later */
	end(a, r);
}

TEST(a_restart_in_between_changes_nothing)
{
	struct routing *r;
	struct alerts *a = begin(BATCH, &r);

	rf_raise(a, 1, "LOW", "g=1", T0);
	alerts_close(a);
	a = open_again();
	routing_join(a, r);
	rf_raise(a, 2, "LOW", "g=2", T0 + 100 * S);
	CHECK_STR(rf_open(a), "ops batch 2 LOW due 1000900\n");
	alerts_close(a);
	a = open_again(); /* down when it was due: it goes out once, late */
	CHECK_INT(rf_close(a, T0 + 5000 * S), 1);
	alerts_close(a);
	a = open_again();
	CHECK_INT(rf_close(a, T0 + 6000 * S), 0);
	CHECK(strstr(rf_said(a), "2 alerts in 15 minutes") != NULL);
	end(a, r);
}

TEST(a_report_says_what_there_was)
{
	struct routing *r;
	struct alerts *a = begin(WEEKLY, &r);
	struct diag why = { 0 };
	struct act_done done;

	for (unsigned i = 0; i < 7; i++) {
		char group[20];

		(void)snprintf(group, sizeof(group), "ip=10.0.0.%u", i < 3 ? 0 : i);
		rf_raise(a, i, i == 0 ? "CRITICAL" : "LOW", group, T0 + i * S);
	}
	CHECK_OK(act_one(a, nth_id(0),
		     &(struct act){
			 .action = ACT_RESOLVE, .by = STR("eva"), .reason = STR("benign") },
		     T0 + 50 * S, &done, &why),
	    why);
	CHECK_STR(rf_open(a), "ops weekly 7 CRITICAL due 1584000\n"); /* Monday 1970-01-19 08:00 */
	CHECK_INT(rf_close(a, (int64_t)1584000 * S), 1);
	CHECK_STR(rf_said(a),
	    "CRITICAL Weekly report: 7 alerts\n"
	    "By severity: CRITICAL 1, LOW 6\n"
	    "7 x Brute force (CRITICAL): ip=10.0.0.0; ip=10.0.0.3; ip=10.0.0.4; "
	    "2 more\n"
	    "All alerts of this time: CRITICAL 1, LOW 6\n"
	    "Top rules: Brute force 7\n"
	    "Most affected: ip=10.0.0.0 3, ip=10.0.0.3 1, ip=10.0.0.4 1, ip=10.0.0.5 "
	    "1, ip=10.0.0.6 1\n"
	    "Still open: LOW 6\n");
	end(a, r);
}

TEST(a_report_says_what_was_kept_from_people)
{
	struct routing *r;
	struct alerts *a =
	    begin("routes: x\n"
		  "inhibit: [{source: {severity: high}, target: {severity: info}, equal: "
		  "group}]\n"
		  "route:\n"
		  "  to: [{kind: webhook}]\n"
		  "  routes: [{match: {severity: low}, to: [{kind: webhook, digest: "
		  "daily}]}]\n",
		&r);
	struct outbox_job job;
	const struct outbox_policy policy = { .scale = 1 };
	struct diag why = { 0 };
	size_t n = 0;

	rf_set(r, KEPT, 2, 60 * S);
	rf_raise(a, 1, "HIGH", "g=1", T0);
	CHECK_OK(outbox_claim(a, 1, T0, &job, 1, &n, &why), why);
	CHECK_OK(outbox_result(a, &(struct outbox_result){ .id = job.id, .verdict = OUTBOX_NEVER },
		     &policy, T0, &why),
	    why);
	rf_raise(a, 2, "HIGH", "g=2", T0 + S);
	rf_raise(a, 3, "INFO", "g=1", T0 + 2 * S); /* explained by the first */
	rf_raise(a, 4, "HIGH", "g=3", T0 + 3 * S); /* held */
	CHECK_INT(rf_close(a, T0 + 60 * S), 1);
	rf_raise(a, 5, "LOW", "g=4", T0 + 61 * S);
	CHECK_INT(rf_close(a, T0 + DAY * S), 1);
	CHECK_STR(rf_said(a), "LOW Daily digest: 1 alert\n"
			      "By severity: LOW 1\n"
			      "1 x Brute force (LOW): g=4\n"
			      "All alerts of this time: HIGH 3, LOW 1, INFO 1\n"
			      "Top rules: Brute force 5\n"
			      "Most affected: g=1 2, g=2 1, g=3 1, g=4 1\n"
			      "Still open: HIGH 3, LOW 1, INFO 1\n"
			      "Messages not delivered: given up 1, waiting 2\n"
			      "Nobody was told of: explained by others 1\n"
			      "Held in a storm for summaries: ops 1\n");
	end(a, r);
}

TEST(a_report_that_was_begun_comes_though_nothing_happened)
{
	struct routing *r;
	struct alerts *a = begin(KEPT, &r);
	const struct bundle_place weekly = { STR("ops"), STR("w"), BUNDLE_WEEKLY, 9 * S };
	const struct bundle_place daily = { STR("ops"), STR("d"), BUNDLE_DAILY, 9 * S };
	struct diag why = { 0 };

	CHECK_OK(bundle_begin(a, &weekly, 1, &why), why);
	CHECK_OK(bundle_begin(a, &weekly, 2, &why), why);
	CHECK_OK(bundle_begin(a, &daily, 3, &why), why);
	CHECK_INT(rf_close(a, 9 * S), 2);
	CHECK_STR(rf_said(a), "INFO Weekly report: no alerts\n");
	CHECK_OK(bundle_begin(a, &weekly, 4, &why),
	    why); /* nor for others when its channel is gone */
	CHECK_OK(channels_remove(a, STR("ops"), &why), why);
	rf_channel(a, "ears", ALERTS_INFO);
	CHECK_INT(rf_close(a, 9 * S), 1);
	CHECK(strstr(rf_outbox(a), "-ears") == NULL);
	end(a, r);
}

static enum err
on_place(void *ctx, const struct outbox_row *row)
{
	buf_printf(ctx, "%.*s %s\n", STR_ARG(row->channel), outbox_event_word(row->event));
	return OK;
}

TEST(a_bundle_waits_for_its_channel_and_when_it_is_gone_goes_to_others)
{
	struct routing *r;
	struct alerts *a = begin(BATCH, &r);
	auto_buf struct buf out = { 0 };
	const struct outbox_filter f = { .limit = 50 };
	struct diag why = { 0 };
	int64_t next = 0;

	rf_raise(a, 1, "LOW", "g=1", T0);
	CHECK_OK(channels_set(a,
		     &(struct channel){ .name = STR("ops"),
			 .type = CHANNELS_WEBHOOK,
			 .min_severity = ALERTS_INFO,
			 .origin = CHANNELS_PAGE,
			 .url = STR("https://example.com/hook") },
		     2, &why),
	    why);
	CHECK_OK(bundle_next(a, &next, &why), why);
	CHECK(next == INT64_MAX);
	CHECK_INT(rf_close(a, T0 + 5000 * S), 0);
	CHECK_OK(channels_remove(a, STR("ops"), &why), why);
	rf_channel(a, "deaf", ALERTS_HIGH);
	rf_channel(a, "ears", ALERTS_LOW);
	CHECK_OK(bundle_next(a, &next, &why), why);
	CHECK_INT(next, T0 + 900 * S);
	CHECK_INT(rf_close(a, T0 + 5000 * S), 1);
	CHECK_OK(outbox_list(a, &f, on_place, &out, &why), why);
	CHECK_SLICE(buf_view(&out), "ears bundle\n");
	end(a, r);
}

TEST(what_attackers_write_does_not_make_the_rest_fall_out)
{
	struct routing *r;
	struct alerts *a = begin(BATCH, &r);
	char group[1000];

	memset(group, 'x', sizeof(group) - 1);
	group[sizeof(group) - 1] = '\0';
	group[10] = '\n';
	for (unsigned i = 0; i < 40; i++) {
		group[0] = (char)('a' + i % 26);
		rf_raise(a, i, "LOW", group, T0);
	}
	CHECK_INT(rf_close(a, T0 + 900 * S), 1);
	CHECK(strstr(rf_said(a), "xxx...; 23 more\n") != NULL);
	CHECK(strlen(rf_said(a)) < 600);
	end(a, r);
}

TEST(old_bundles_are_forgotten)
{
	struct routing *r;
	struct alerts *a = begin(BATCH, &r);
	struct diag why = { 0 };
	auto_buf struct buf out = { 0 };
	char id[ALERTS_ID_SIZE] = "";
	const struct outbox_filter f = { .limit = 1 };

	rf_raise(a, 1, "LOW", "g=1", T0);
	CHECK_INT(rf_close(a, T0 + 900 * S), 1);
	CHECK_OK(outbox_list(a, &f, rf_newest, id, &why), why);
	CHECK_OK(bundle_prune(a, T0 + 900 * S + BUNDLE_KEEP, &why), why);
	CHECK_OK(bundle_get(a, str_c(id), rf_words, &out, &why), why);
	CHECK_OK(bundle_prune(a, T0 + 901 * S + BUNDLE_KEEP, &why), why);
	CHECK_INT(bundle_get(a, str_c(id), rf_words, &out, &why), FAIL_NOT_FOUND);
	end(a, r);
}
