/* Tables of keys: they are consistent, and a key meant is found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/row.h"

#include "test.h"

TEST(tables_are_consistent)
{
	const struct row *row;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		CHECK(row_find(str_c(row->path)) == row); /* no name twice */
		CHECK(!row_is_section(str_c(row->path)));
		CHECK(row->doc[0] != '\0' && row->doc[strlen(row->doc) - 1] == '.');
		CHECK(row_example(row->type)[0] != '\0' && row_word(row->type)[0] != '\0');
	}
	for (size_t i = 0; (row = row_source_at(i)) != NULL; i++) {
		CHECK(row_find_of(row_source_at, str_c(row->path)) == row);
		CHECK((row->needs & ~row->takes) == 0);
	}
	for (size_t i = 0; (row = row_channel_at(i)) != NULL; i++) {
		CHECK(row_find_of(row_channel_at, str_c(row->path)) == row);
		CHECK((row->needs & ~row->takes) == 0);
		CHECK(row_example(row->type)[0] != '\0' && row_word(row->type)[0] != '\0');
	}
}

TEST(sections)
{
	CHECK(row_is_section(STR("http")));
	CHECK(row_is_section(STR("enrich.risk")));
	CHECK(!row_is_section(STR("htt")));
	CHECK(!row_is_section(STR("")));
	CHECK(!row_is_section(STR("sources")));
}

static const struct {
	const char *typed, *meant; /* NULL: nothing is near */
} typos[] = {
	{ "http.lisen", "http.listen" },
	{ "htpp", "http" },
	{ "source", "sources" },
	{ "chanels", "channels" },
	{ "data-dir", "data_dir" },
	{ "datadir", "data_dir" },
	{ "enrich.risk.base_score", "enrich.risk.base_scores" },
	{ "enrich.risks", "enrich.risk" },
	{ "store.max_rows", "query.max_rows" }, /* right name, wrong section */
	{ "rules", "detect.rules" },
	{ "xyzzyxyzzy", NULL },
	{ "", NULL },
};

TEST(nearest)
{
	for (size_t i = 0; i < ARRAY_LEN(typos); i++) {
		struct str got = row_nearest(str_c(typos[i].typed));

		if (typos[i].meant == NULL)
			CHECK_INT(got.n, 0);
		else
			CHECK_SLICE(got, typos[i].meant);
	}
	CHECK_SLICE(row_nearest_of(row_source_at, STR("pth")), "path");
	CHECK_SLICE(row_nearest_of(row_source_at, STR("trust-time")), "trust_time");
	CHECK_INT(row_nearest_of(row_source_at, STR("colour")).n, 0);
	CHECK_SLICE(row_nearest_word(STR("syslog"), STR("file syslog_udp")), "");
	CHECK_SLICE(row_nearest_word(STR("syslogudp"), STR("file syslog_udp")), "syslog_udp");
}
