/* SPDX-License-Identifier: Apache-2.0 */
/* Which networks say where somebody is. */
#include "detect/netkind.h"

#include "test.h"

static const struct row {
	const char *class, *org;
	int64_t asn;
	bool anonymous;
	enum netkind kind;
} rows[] = {
	{ "public", "Deutsche Telekom AG", 3320, false, NETKIND_FIXED },
	{ "", "", 0, false, NETKIND_FIXED },
	{ "documentation", "", 0, false, NETKIND_FIXED },
	{ "private", "", 0, false, NETKIND_UNKNOWN },
	{ "cgnat", "", 0, false, NETKIND_UNKNOWN },
	{ "loopback", "", 0, false, NETKIND_UNKNOWN },
	{ "public", "Comcast Cable", 7922, true, NETKIND_ANONYMOUS },
	{ "public", "T-MOBILE USA INC", 0, false, NETKIND_MOBILE },
	{ "public", "Cellco Partnership DBA Verizon Wireless", 0, false, NETKIND_MOBILE },
	{ "public", "", 21928, false, NETKIND_MOBILE },
	{ "public", "Cloudflare, Inc.", 13335, true, NETKIND_RELAY },
	{ "public", "Akamai iCloud Private Relay", 0, false, NETKIND_RELAY },
	{ "public", "NordVPN S.A.", 0, true, NETKIND_VPN },
	{ "public", "Datacamp Limited", 60068, true, NETKIND_VPN },
	{ "public", "Zscaler Switzerland GmbH", 62044, false, NETKIND_GATEWAY },
	{ "public", "Space Exploration Technologies Corporation", 0, false, NETKIND_SATELLITE },
	{ "public", "AMAZON-02", 16509, false, NETKIND_HOSTING },
	{ "public", "Some Web Hosting SRL", 0, false, NETKIND_HOSTING },
	{ "public", "Tor Exit Foundation", 0, false, NETKIND_TOR },
	{ "public", "Torrance Cable", 0, false, NETKIND_FIXED },
	{ "public", "x", -5, false, NETKIND_FIXED },
};

TEST(kinds)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(1 << 16);
		struct rec r;

		fprintf(stderr, "%s\n", rows[i].org);
		rec_init(&r, a);
		rec_set_str(&r, F_NET_CLASS, str_c(rows[i].class));
		rec_set_str(&r, F_AS_ORG, str_c(rows[i].org));
		if (rows[i].asn != 0)
			rec_set_int(&r, F_ASN, rows[i].asn);
		rec_set_bool(&r, F_NET_ANON, rows[i].anonymous);
		CHECK_STR(netkind_word(netkind_of(&r)), netkind_word(rows[i].kind));
		arena_free(a);
	}
}

TEST(each_kind_has_a_word)
{
	for (unsigned i = 0; i < NETKIND_COUNT; i++)
		for (unsigned k = 0; k <= i; k++)
			CHECK((i == k) == (strcmp(netkind_word((enum netkind)i),
					       netkind_word((enum netkind)k)) == 0));
}
