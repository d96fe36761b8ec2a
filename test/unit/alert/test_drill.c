/* Test alerts: real, marked, told to all, to one, or as alerts of their severity are. */
#include "alert/drill.h"

#include "alert/channels.h"
#include "alert/outbox.h"
#include "fixture.h"

#define S ((int64_t)1000000000)

static void
channel(struct alerts *a, const char *name, enum alerts_severity min, bool enabled)
{
	const struct channel c = { .name = str_c(name),
		.type = CHANNELS_WEBHOOK,
		.enabled = enabled,
		.min_severity = min,
		.origin = CHANNELS_PAGE,
		.url = STR("https://example.org/") };
	struct diag why = { 0 };

	CHECK_OK(channels_add(a, &c, 1, &why), why);
}

static enum err
put_row(void *ctx, const struct outbox_row *r)
{
	buf_printf(ctx, "%.*s ", STR_ARG(r->channel));
	return OK;
}

TEST(who_is_told)
{
	static const struct {
		struct drill d;
		const char *want;
	} rows[] = {
		{ { .severity = ALERTS_LOW }, "some all" },
		{ { .severity = ALERTS_LOW, .channel = { "some", 4 } }, "some" },
		{ { .severity = ALERTS_LOW, .routed = true }, "all" },
		{ { .severity = ALERTS_HIGH, .routed = true }, "some all" },
	};
	struct alerts *a = open_new();

	channel(a, "all", ALERTS_INFO, true);
	channel(a, "off", ALERTS_INFO, false);
	channel(a, "some", ALERTS_HIGH, true);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf got = { 0 };
		char id[ALERTS_ID_SIZE];
		struct drill d = rows[i].d;
		struct outbox_filter f = { 0 };
		struct diag why = { 0 };

		d.by = STR("ann");
		CHECK_OK(drill_raise(a, &d, (int64_t)(i + 1) * S, id, &why), why);
		f.alert_id = str_c(id);
		CHECK_OK(outbox_list(a, &f, put_row, &got, &why), why);
		CHECK_SLICE(str_trim(buf_view(&got)), rows[i].want);
		CHECK_INT(copy_of(a, str_c(id)).row.count, 1);
		CHECK_STR(copy_of(a, str_c(id)).summary,
		    "ann asked for a test of how alerts are told.");
	}
	CHECK_INT(alerts_count(a, STR("open")), ARRAY_LEN(rows));
	alerts_close(a);
}

TEST(a_channel_that_is_not_there_makes_no_alert)
{
	struct alerts *a = open_new();
	const struct drill d = { .channel = STR("none"), .by = STR("ann") };
	char id[ALERTS_ID_SIZE];

	CHECK_INT(drill_raise(a, &d, S, id, NULL), FAIL_NOT_FOUND);
	CHECK_INT(alerts_count(a, STR("")), 0);
	alerts_close(a);
}
