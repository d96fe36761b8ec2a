/* Sets of enrichment data: what is shared, what is looked up, what is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/snap.h"

#include "base/fs.h"
#include "unit/enrich/make_mmdb.h"

static void
write_country(const char *path, const char *country)
{
	struct diag why = { 0 };
	struct buf b;

	buf_init(&b, 0);
	make_country("1.2.0.0/16", country, &b);
	CHECK_OK(fs_replace(path, buf_view(&b), &why), why);
	buf_fini(&b);
}

TEST(unchanged_databases_are_shared)
{
	char a[4096], b[4096];
	const char *paths[] = { a, b };
	struct enrich_opts opts = { .mmdb = { paths, 2 } };
	struct snap *one = NULL, *two = NULL;
	struct diag why = { 0 };

	(void)snprintf(a, sizeof(a), "%s/a.mmdb", test_dir());
	(void)snprintf(b, sizeof(b), "%s/b.mmdb", test_dir());
	write_country(a, "DE");
	write_country(b, "FR");
	CHECK_OK(snap_new(&opts, NULL, &one, &why), why);
	write_country(b, "IT");
	CHECK_OK(snap_new(&one->opts, one, &two, &why), why);
	CHECK(one->geo[0] == two->geo[0]);
	CHECK(one->geo[1] != two->geo[1]);
	snap_free(one);
	CHECK_STR(geo_type(two->geo[0]), "Test-Country"); /* outlives its first owner */
	snap_free(two);
}

TEST(scores_and_countries)
{
	static const struct conf_score scores[] = { { "auth.login.failed", 7 },
		{ "XSS_ATTEMPT", 0 } };
	static const char *const countries[] = { "KP", "IR" };
	struct enrich_opts opts = { .base_scores = { scores, 2 },
		.high_risk_countries = { countries, 2 } };
	struct snap *s = NULL;
	struct diag why = { 0 };

	CHECK_OK(snap_new(&opts, NULL, &s, &why), why);
	CHECK_INT(snap_base(s, STR("auth.login.failed"), STR("AUTHENTICATION_FAILURE")), 7);
	CHECK_INT(snap_base(s, STR("attack.xss"), STR("XSS_ATTEMPT")), 0);
	CHECK_INT(snap_base(s, STR("attack.ssrf"), STR("SSRF_ATTEMPT")), -1);
	CHECK_INT(snap_base(s, STR("other"), STR("")), -1);
	CHECK(snap_is_high_risk(s, STR("KP")) && snap_is_high_risk(s, STR("ir")));
	CHECK(!snap_is_high_risk(s, STR("DE")) && !snap_is_high_risk(s, STR("")));
	snap_free(s);
}

TEST(bad_files_are_named)
{
	static const char *const missing[] = { "/nonexistent.mmdb" };
	struct snap *s = NULL;
	struct diag why = { 0 };
	char path[4096];

	CHECK_INT(snap_new(&(struct enrich_opts){ .mmdb = { missing, 1 } }, NULL, &s, &why),
	    FAIL_NOT_FOUND);
	CHECK_STR(why.file, "/nonexistent.mmdb");
	CHECK_INT(snap_new(&(struct enrich_opts){ .vpn_networks = "/nonexistent" }, NULL, &s, &why),
	    FAIL_NOT_FOUND);
	CHECK_STR(why.file, "/nonexistent");
	(void)snprintf(path, sizeof(path), "%s/list", test_dir());
	CHECK_OK(fs_replace(path, STR("1.2.3.4\nx\n"), &why), why);
	CHECK_INT(snap_new(&(struct enrich_opts){ .malicious_networks = path }, NULL, &s, &why),
	    FAIL_SYNTAX);
	CHECK_STR(why.file, path);
	CHECK_INT(why.line, 2);
	CHECK(s == NULL);
}

TEST(several_databases_add_up)
{
	char a[4096], b[4096];
	const char *paths[] = { a, b };
	struct enrich_opts opts = { .mmdb = { paths, 2 } };
	static struct make m;
	struct snap *s = NULL;
	struct diag why = { 0 };
	struct geo_place p;
	struct buf file;
	struct ip ip;

	(void)snprintf(a, sizeof(a), "%s/a.mmdb", test_dir());
	(void)snprintf(b, sizeof(b), "%s/b.mmdb", test_dir());
	write_country(a, "DE");
	make_init(&m);
	make_map(&m.data, 1);
	make_text(&m.data, "autonomous_system_number");
	make_number(&m.data, 6, 64496, 4);
	make_network(&m, "1.2.3.0/24", 0);
	buf_init(&file, 0);
	make_finish(&m, "Test-ASN", &file);
	CHECK_OK(fs_replace(b, buf_view(&file), &why), why);
	buf_fini(&file);
	CHECK_OK(snap_new(&opts, NULL, &s, &why), why);
	CHECK(ip_parse(STR("1.2.3.4"), &ip));
	snap_lookup(s, &ip, &p);
	CHECK_SLICE(p.country, "DE");
	CHECK_INT(p.asn, 64496);
	snap_free(s);
}
