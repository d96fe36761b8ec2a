/* Enriched records: what is added, what is kept, and swaps under running threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/enrich.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/fs.h"
#include "unit/enrich/make_mmdb.h"

#define NOON INT64_C(43200000000000)

static struct enrich *
new_enrich(const struct enrich_opts *opts)
{
	struct enrich *e = NULL;
	struct diag why = { 0 };

	CHECK_OK(enrich_new(opts, &e, &why), why);
	return e;
}

static void
start(struct rec *r, struct arena *a, const char *type, const char *ip)
{
	arena_reset(a);
	rec_init(r, a);
	rec_set_int(r, F_TIMESTAMP, NOON);
	if (type != NULL)
		rec_set_str(r, F_EVENT_TYPE, str_c(type));
	if (ip != NULL)
		rec_set_str(r, F_CLIENT_IP, str_c(ip));
}

static void
write_file(const char *path, struct str content)
{
	struct diag why = { 0 };

	CHECK_OK(fs_replace(path, content, &why), why);
}

static void
write_country(const char *path, const char *country)
{
	struct buf b;

	buf_init(&b, 0);
	make_country("1.2.0.0/16", country, &b);
	write_file(path, buf_view(&b));
	buf_fini(&b);
}

TEST(without_any_data)
{
	struct enrich *e = new_enrich(&(struct enrich_opts){ 0 });
	struct enricher *en = enricher_new(e);
	struct arena *a = arena_new(1 << 16);
	struct enrich_database db;
	struct rec r;

	start(&r, a, "auth.login.failed", "10.1.2.3");
	enricher_apply(en, &r);
	CHECK_SLICE(rec_str(&r, F_NET_CLASS), "private");
	CHECK_INT(rec_int(&r, F_RISK_SCORE, -1), 3);
	CHECK_SLICE(rec_str(&r, F_THREAT_LEVEL), "LOW");
	CHECK(!rec_has(&r, F_GEO_COUNTRY) && !rec_has(&r, F_NET_ANON));
	CHECK(!rec_has(&r, F_HIGH_RISK_COUNTRY));
	start(&r, a, NULL, NULL);
	enricher_apply(en, &r);
	CHECK(!rec_has(&r, F_NET_CLASS));
	CHECK_INT(rec_int(&r, F_RISK_SCORE, -1), 1);
	CHECK(!enrich_database(e, 0, &db));
	arena_free(a);
	enricher_free(en);
	enrich_free(e);
}

/* All parts of the score through real data; `f` says what the sender set himself. */
static const struct {
	const char *type, *ip, *country; /* country the sender gave */
	const char *reputation;          /* "" none */
	int score;
	const char *level;
} scores[] = {
	{ "AUTHENTICATION_FAILURE", "8.8.8.8", NULL, "", 3, "LOW" },
	{ "auth.login.failed", "8.8.8.8", NULL, "", 3, "LOW" },
	{ "AUTHORIZATION_FAILURE", "8.8.8.8", NULL, "", 4, "MEDIUM" },
	{ "SUSPICIOUS_REQUEST", "8.8.8.8", NULL, "", 5, "MEDIUM" },
	{ "RATE_LIMIT_EXCEEDED", "8.8.8.8", NULL, "", 6, "MEDIUM" },
	{ "XSS_ATTEMPT", "8.8.8.8", NULL, "", 7, "HIGH" },
	{ "SSRF_ATTEMPT", "8.8.8.8", NULL, "", 8, "HIGH" },
	{ "BRUTE_FORCE_ATTACK", "8.8.8.8", NULL, "", 8, "HIGH" },
	{ "SQL_INJECTION_ATTEMPT", "8.8.8.8", NULL, "", 9, "CRITICAL" },
	{ "never.heard.of", "8.8.8.8", NULL, "", 1, "LOW" },
	{ "never.heard.of", "1.2.3.4", NULL, "", 4, "MEDIUM" },     /* country */
	{ "never.heard.of", "8.8.8.8", "KP", "", 4, "MEDIUM" },     /* as the sender said */
	{ "never.heard.of", "1.2.3.4", "DE", "", 1, "LOW" },        /* not ours */
	{ "never.heard.of", "198.41.0.4", NULL, "", 3, "LOW" },     /* VPN */
	{ "never.heard.of", "199.7.83.42", NULL, "", 6, "MEDIUM" }, /* malicious */
	{ "never.heard.of", "8.8.8.8", NULL, "0.29", 3, "LOW" },    /* reputation */
	{ "never.heard.of", "8.8.8.8", NULL, "0.3", 1, "LOW" },
	{ "AUTHENTICATION_FAILURE", "1.2.9.9", NULL, "0.1", 10, "CRITICAL" }, /* 3+3+2+5+2 */
};

TEST(risk_from_data)
{
	char mmdb[4096], vpn[4096], bad[4096];
	const char *paths[] = { mmdb }, *countries[] = { "IR", "KP" };
	struct enrich_opts opts = { .mmdb = { paths, 1 },
		.high_risk_countries = { countries, 2 },
		.vpn_networks = vpn,
		.malicious_networks = bad };
	struct arena *a = arena_new(1 << 16);
	struct enricher *en;
	struct enrich *e;
	struct rec r;

	(void)snprintf(mmdb, sizeof(mmdb), "%s/a.mmdb", test_dir());
	(void)snprintf(vpn, sizeof(vpn), "%s/vpn", test_dir());
	(void)snprintf(bad, sizeof(bad), "%s/bad", test_dir());
	write_country(mmdb, "KP");
	write_file(vpn, STR("198.41.0.0/24\n1.2.9.9\n"));
	write_file(bad, STR("199.7.83.0/24\n1.2.9.0/24\n"));
	e = new_enrich(&opts);
	en = enricher_new(e);
	for (size_t twice = 0; twice < 2 * ARRAY_LEN(scores); twice++) { /* also from the cache */
		size_t i = twice % ARRAY_LEN(scores);
		struct rec_extra x = { .path = STR("reputation_score"), .type = FIELD_FLOAT };

		start(&r, a, scores[i].type, scores[i].ip);
		if (scores[i].country != NULL)
			rec_set_str(&r, F_GEO_COUNTRY, str_c(scores[i].country));
		if (str_f64(str_c(scores[i].reputation), &x.v.f))
			CHECK_INT(rec_add_extra(&r, &x), OK);
		enricher_apply(en, &r);
		if (rec_int(&r, F_RISK_SCORE, -1) != scores[i].score)
			test_fail(TEST_AT(score), "case %zu: %d", i,
			    (int)rec_int(&r, F_RISK_SCORE, -1));
		CHECK_SLICE(rec_str(&r, F_THREAT_LEVEL), scores[i].level);
	}
	start(&r, a, "x", "1.2.9.9");
	enricher_apply(en, &r);
	CHECK_SLICE(rec_str(&r, F_GEO_COUNTRY), "KP");
	CHECK(r.v[F_HIGH_RISK_COUNTRY].b && r.v[F_NET_ANON].b);
	CHECK(rec_find_extra(&r, STR("is_known_malicious"), 0) != NULL);
	arena_free(a);
	enricher_free(en);
	enrich_free(e);
}

TEST(night_by_the_configured_zone)
{
	static const struct {
		int hour, offset, score;
	} cases[] = { { 1, 0, 1 }, { 2, 0, 2 }, { 6, 0, 2 }, { 7, 0, 1 }, { 1, 3600, 2 },
		{ 7, -3600, 2 }, { 23, 4 * 3600, 2 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct enrich *e =
		    new_enrich(&(struct enrich_opts){ .utc_offset_s = cases[i].offset });
		struct enricher *en = enricher_new(e);
		struct arena *a = arena_new(1 << 16);
		struct rec r;

		start(&r, a, "x", NULL);
		rec_set_int(&r, F_TIMESTAMP, cases[i].hour * INT64_C(3600000000000));
		enricher_apply(en, &r);
		CHECK_INT(rec_int(&r, F_RISK_SCORE, -1), cases[i].score);
		arena_free(a);
		enricher_free(en);
		enrich_free(e);
	}
}

TEST(what_the_sender_set_is_kept)
{
	char mmdb[4096];
	const char *paths[] = { mmdb };
	struct arena *a = arena_new(1 << 16);
	struct enricher *en;
	struct enrich *e;
	struct rec r;

	(void)snprintf(mmdb, sizeof(mmdb), "%s/a.mmdb", test_dir());
	write_country(mmdb, "KP");
	e = new_enrich(&(struct enrich_opts){ .mmdb = { paths, 1 } });
	en = enricher_new(e);
	start(&r, a, "SQL_INJECTION_ATTEMPT", "1.2.3.4");
	rec_set_int(&r, F_RISK_SCORE, 2);
	rec_set_str(&r, F_GEO_CITY, STR("Pyongyang"));
	rec_set_str(&r, F_NET_CLASS, STR("ours"));
	rec_set_bool(&r, F_NET_ANON, false);
	enricher_apply(en, &r);
	CHECK_INT(rec_int(&r, F_RISK_SCORE, -1), 2);
	CHECK_SLICE(rec_str(&r, F_THREAT_LEVEL), "LOW"); /* of his score */
	CHECK_SLICE(rec_str(&r, F_GEO_CITY), "Pyongyang");
	CHECK(!rec_has(&r, F_GEO_COUNTRY));
	CHECK_SLICE(rec_str(&r, F_NET_CLASS), "ours");
	CHECK(!r.v[F_NET_ANON].b);
	rec_set_str(&r, F_THREAT_LEVEL, STR("HIGH"));
	enricher_apply(en, &r);
	CHECK_SLICE(rec_str(&r, F_THREAT_LEVEL), "HIGH");
	arena_free(a);
	enricher_free(en);
	enrich_free(e);
}

TEST(configured_base_scores)
{
	static const struct conf_score table[] = { { "AUTHENTICATION_FAILURE", 8 },
		{ "my.own", 9 } };
	struct enrich *e = new_enrich(&(struct enrich_opts){ .base_scores = { table, 2 } });
	struct enricher *en = enricher_new(e);
	struct arena *a = arena_new(1 << 16);
	struct rec r;

	start(&r, a, "auth.login.failed", NULL);
	enricher_apply(en, &r);
	CHECK_INT(rec_int(&r, F_RISK_SCORE, -1), 8);
	start(&r, a, "my.own", NULL);
	enricher_apply(en, &r);
	CHECK_INT(rec_int(&r, F_RISK_SCORE, -1), 9);
	arena_free(a);
	enricher_free(en);
	enrich_free(e);
}

TEST(shipped_database)
{
	const char *paths[] = { test_geoip() };
	struct enrich *e = new_enrich(&(struct enrich_opts){ .mmdb = { paths, 1 } });
	struct enricher *en = enricher_new(e);
	struct arena *a = arena_new(1 << 16);
	struct enrich_database db;
	struct rec r;

	start(&r, a, "http.request", "85.214.132.117");
	enricher_apply(en, &r);
	CHECK_SLICE(rec_str(&r, F_GEO_COUNTRY), "DE");
	CHECK_SLICE(rec_str(&r, F_NET_CLASS), "public");
	start(&r, a, "http.request", "192.168.0.1");
	enricher_apply(en, &r);
	CHECK(!rec_has(&r, F_GEO_COUNTRY));
	CHECK(enrich_database(e, 0, &db));
	CHECK_STR(db.path, paths[0]);
	CHECK(db.type[0] != '\0' && db.built > 0);
	arena_free(a);
	enricher_free(en);
	enrich_free(e);
}

/* A database and a list in files, an enricher on them. */
struct live {
	char mmdb[4096], vpn[4096];
	const char *paths[1];
	struct enrich *e;
	struct enricher *en;
	struct arena *a;
	struct rec r;
};

static void
live_init(struct live *l)
{
	struct enrich_opts opts = { .mmdb = { l->paths, 1 }, .vpn_networks = l->vpn };

	(void)snprintf(l->mmdb, sizeof(l->mmdb), "%s/a.mmdb", test_dir());
	(void)snprintf(l->vpn, sizeof(l->vpn), "%s/vpn", test_dir());
	l->paths[0] = l->mmdb;
	write_country(l->mmdb, "DE");
	write_file(l->vpn, STR(""));
	l->e = new_enrich(&opts);
	l->en = enricher_new(l->e);
	l->a = arena_new(1 << 16);
}

static void
live_fini(struct live *l)
{
	arena_free(l->a);
	enricher_free(l->en);
	enrich_free(l->e);
}

/* Country of a record of the next batch; "" for none. */
static struct str
live_country(struct live *l)
{
	struct str s;

	enricher_release(l->en);
	start(&l->r, l->a, "x", "1.2.3.4");
	enricher_apply(l->en, &l->r);
	s = rec_str(&l->r, F_GEO_COUNTRY);
	return s.n != 0 ? s : STR("");
}

static bool
live_reload(struct live *l, const struct enrich_opts *opts)
{
	struct diag why = { 0 };
	bool changed = false;

	CHECK_OK(enrich_reload(l->e, opts, &changed, &why), why);
	return changed;
}

TEST(reload_takes_up_changed_files)
{
	static struct live l;

	live_init(&l);
	CHECK(!live_reload(&l, NULL));
	CHECK_SLICE(live_country(&l), "DE");
	write_country(l.mmdb, "IT");
	write_file(l.vpn, STR("1.2.3.4\n"));
	CHECK(live_reload(&l, NULL));
	CHECK(!live_reload(&l, NULL));
	CHECK_SLICE(live_country(&l), "IT");
	CHECK(rec_has(&l.r, F_NET_ANON));

	/* New settings: no database any more. */
	CHECK(live_reload(&l, &(struct enrich_opts){ 0 }));
	CHECK_SLICE(live_country(&l), "");
	CHECK(!rec_has(&l.r, F_NET_ANON));
	live_fini(&l);
}

TEST(text_of_a_batch_outlives_a_swap)
{
	static struct live l;
	struct rec later;
	struct str before;

	live_init(&l);
	before = live_country(&l);
	write_country(l.mmdb, "FR");
	CHECK(live_reload(&l, NULL));
	CHECK_SLICE(before, "DE");
	rec_init(&later, l.a);
	rec_set_str(&later, F_CLIENT_IP, STR("1.2.3.4"));
	enricher_apply(l.en, &later);
	CHECK_SLICE(rec_str(&later, F_GEO_COUNTRY), "DE"); /* the same batch */
	CHECK_SLICE(live_country(&l), "FR");
	live_fini(&l);
}

/* Said once, and everything stays as it was. */
TEST(bad_files_are_refused)
{
	static struct live l;
	struct diag why = { 0 };
	bool changed = true;

	live_init(&l);
	write_file(l.mmdb, STR("words"));
	CHECK_INT(enrich_reload(l.e, NULL, &changed, &why), FAIL_CORRUPT);
	CHECK_STR(why.file, l.mmdb);
	CHECK(!changed);
	CHECK(!live_reload(&l, NULL));
	CHECK_INT(unlink(l.mmdb), 0);
	CHECK_INT(enrich_reload(l.e, NULL, &changed, &why), FAIL_NOT_FOUND);
	CHECK(!live_reload(&l, NULL));
	CHECK_SLICE(live_country(&l), "DE");
	write_country(l.mmdb, "FR");
	CHECK(live_reload(&l, NULL));
	CHECK_SLICE(live_country(&l), "FR");
	live_fini(&l);
}

static struct enrich *shared;
static atomic_bool stop;

/* Text of a batch is read after the swap that may have happened meanwhile. */
static void *
work(void *arg)
{
	struct enricher *en = enricher_new(shared);
	struct arena *a = arena_new(1 << 16);
	struct rec recs[4];
	uintptr_t bad = 0;

	(void)arg;
	while (!atomic_load(&stop)) {
		for (size_t i = 0; i < ARRAY_LEN(recs); i++) {
			rec_init(&recs[i], a);
			rec_set_str(&recs[i], F_CLIENT_IP, STR("1.2.3.4"));
			enricher_apply(en, &recs[i]);
		}
		for (size_t i = 0; i < ARRAY_LEN(recs); i++) {
			struct str s = rec_str(&recs[i], F_GEO_COUNTRY);

			bad += !str_eq(s, STR("DE")) && !str_eq(s, STR("FR"));
		}
		enricher_release(en);
		arena_reset(a);
	}
	arena_free(a);
	enricher_free(en);
	return (void *)bad;
}

TEST(swaps_under_load)
{
	char mmdb[4096];
	const char *paths[] = { mmdb };
	pthread_t threads[3];
	struct diag why = { 0 };
	void *bad;

	(void)snprintf(mmdb, sizeof(mmdb), "%s/a.mmdb", test_dir());
	write_country(mmdb, "DE");
	shared = new_enrich(&(struct enrich_opts){ .mmdb = { paths, 1 } });
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		CHECK_INT(pthread_create(&threads[i], NULL, work, NULL), 0);
	for (unsigned i = 0; i < 100; i++) {
		bool changed;

		write_country(mmdb, i % 2 == 0 ? "FR" : "DE");
		CHECK_OK(enrich_reload(shared, NULL, &changed, &why), why);
		CHECK(changed);
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		CHECK_INT(pthread_join(threads[i], &bad), 0);
		CHECK(bad == NULL);
	}
	enrich_free(shared);
}
