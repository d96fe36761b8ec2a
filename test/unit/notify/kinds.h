/* What tests of channel kinds share: the files that ship, an alert, settings. */
#ifndef TEST_KINDS_H
#define TEST_KINDS_H

#include "base/fs.h"
#include "notify/call.h"
#include "notify/kind.h"
#include "test.h"

static struct kinds kinds;

static inline void
load(void)
{
	struct diag why = { 0 };

	CHECK_OK(kinds_load(test_source("channels"), &kinds, &why), why);
	CHECK(kinds.n >= 18);
}

static inline struct job
a_job(const struct kind *k, const struct jsonr *settings)
{
	return (struct job){ .id = 1,
		.key = STR("a1-chat"),
		.created = STR("2026-11-21T02:03:04.5Z"),
		.url = STR("https://t.example/alerts/a1"),
		.ack_url = STR("https://t.example/alerts/a1?ack=k"),
		.channel = { .name = STR("chat"),
		    .type = JOB_KIND,
		    .kind = k->name,
		    .settings = settings },
		.alert = { .id = STR("a1"),
		    .rule_id = STR("r-9"),
		    .title = STR("Brute force & <more>"),
		    .severity = JOB_HIGH,
		    .group = STR("client_ip=192.0.2.1"),
		    .summary = STR("12 failed log-ins of ann@example.org"),
		    .advice = STR("Block it."),
		    .action = STR("BLOCK_IP"),
		    .user = STR("ann"),
		    .ip = STR("192.0.2.1"),
		    .tags = { STR("attack.t1110"), STR("two words") },
		    .n_tags = 2,
		    .first = STR("2026-11-21T02:00:00Z"),
		    .last = STR("2026-11-21T02:03:00Z"),
		    .count = 12,
		    .confidence = 85 } };
}

static inline const struct jsonr *
settings_of(struct arena *a, const struct kind *k, struct str given, struct buf *to)
{
	const struct jsonr *map = NULL;
	struct diag why = { 0 };

	CHECK_OK(jsonr_parse(a, given, &map, &why), why);
	CHECK_OK(kind_settings(k, map, to, &why), why);
	CHECK_OK(jsonr_parse(a, buf_view(to), &map, &why), why);
	return map;
}

#endif
