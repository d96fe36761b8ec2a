/* SPDX-License-Identifier: Apache-2.0 */
/* Who records were about: the newest from memory, older ones from the log, nothing that is gone. */
#include "app/whom.h"

#include "alert/affected.h"
#include "base/fs.h"
#include "log/journal.h"
#include "rec/codec.h"
#include "test.h"

#define RECORDS (WHOM_RECENT + 5000)

static void
record(uint64_t seq, struct arena *a, struct rec *r, char user[32])
{
	arena_reset(a);
	rec_init(r, a);
	r->seq = seq;
	(void)snprintf(user, 32, "user-%u", (unsigned)seq);
	rec_set_str(r, seq % 2 == 0 ? F_USER_NAME : F_USER_EMAIL, str_c(user));
	if (seq % 3 == 0)
		rec_set_str(r, F_CLIENT_IP, STR("192.0.2.1"));
	if (seq % 5 == 0) {
		rec_set_str(r, F_SESSION_ID, STR("s-9"));
		rec_set_str(r, F_API_KEY, STR("billing"));
		rec_set_str(r, F_GEO_COUNTRY, STR("DE"));
	}
	if (seq % 7 == 0)
		rec_set_int(r, F_ASN, 64500);
	if (seq % 11 == 0)
		rec_set_str(r, F_SOURCE, seq % 2 == 0 ? STR("edge") : STR("http"));
}

#define BATCH 500

static void
make_log(const char *dir, struct whom *w)
{
	static struct rec r;
	static struct journal_item items[BATCH];
	static size_t ends[BATCH];
	const struct journal_opts opts = { .dir = dir, .segment_size = (size_t)1 << 18 };
	struct arena *a = arena_new(1 << 16);
	auto_buf struct buf payloads = { 0 };
	struct diag why = { 0 };
	struct journal *j;
	size_t n = 0;
	char user[32];

	CHECK_OK(journal_open(&opts, &j, NULL, &why), why);
	for (uint64_t i = 1; i <= RECORDS; i++) {
		uint64_t seq;

		record(i, a, &r, user);
		CHECK_OK(codec_encode(&r, &payloads, &why), why);
		ends[n++] = payloads.n;
		whom_add(w, &r);
		if (n < BATCH && i < RECORDS)
			continue;
		for (size_t k = 0, from = 0; k < n; from = ends[k++])
			items[k] =
			    (struct journal_item){ { payloads.p + from, ends[k] - from }, 1 };
		CHECK_OK(journal_append(j, items, n, &seq, &why), why);
		CHECK_INT(seq, i - n + 1);
		buf_reset(&payloads);
		n = 0;
	}
	journal_close(j);
	arena_free(a);
}

static void
check(struct whom *w, uint64_t seq)
{
	auto_buf struct buf set = { 0 };
	char want[120];

	whom_put(w, seq, &set);
	(void)snprintf(want, sizeof(want), "uuser-%u\n%s%s%s%s%s", (unsigned)seq,
	    seq % 3 == 0 ? "a192.0.2.1\n" : "", seq % 5 == 0 ? "cDE\n" : "",
	    seq % 5 == 0 ? "ss-9\nkbilling\n" : "",
	    seq % 7 == 0   ? "nAS64500\n"
	    : seq % 3 == 0 ? "n192.0.2.0/24\n"
			   : "",
	    seq % 11 != 0  ? ""
	    : seq % 2 == 0 ? "oedge\n"
			   : "ohttp\n");
	CHECK_SLICE(buf_view(&set), want);
}

TEST(more_sources_than_are_known_by_name)
{
	static struct rec r;
	struct arena *a = arena_new(1 << 16);
	struct whom *w = whom_new(".");

	for (unsigned i = 1; i <= 300; i++) {
		auto_buf struct buf set = { 0 };
		char name[16], want[40];

		(void)snprintf(name, sizeof(name), "s%u", i);
		arena_reset(a);
		rec_init(&r, a);
		r.seq = i;
		rec_set_str(&r, F_SOURCE, str_c(name));
		whom_add(w, &r);
		whom_put(w, i, &set);
		(void)snprintf(want, sizeof(want), "o%s\n", i <= 254 ? name : "others");
		CHECK_SLICE(buf_view(&set), want);
	}
	whom_free(w);
	arena_free(a);
}

TEST(network_of_an_address)
{
	static const struct {
		const char *address, *network;
		int64_t as;
	} cases[] = {
		{ "192.0.2.77", "192.0.2.0/24", 0 },
		{ "2001:db8:1:2ff:3::9", "2001:db8:1:200::/56", 0 },
		{ "192.0.2.77", "AS64500", 64500 },
		{ "192.0.2.77", "192.0.2.0/24", -1 },
		{ "nonsense", "", 0 },
	};
	static struct rec r;
	struct arena *a = arena_new(1 << 16);
	char to[WHOM_NETWORK];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		arena_reset(a);
		rec_init(&r, a);
		rec_set_str(&r, F_CLIENT_IP, str_c(cases[i].address));
		if (cases[i].as != 0)
			rec_set_int(&r, F_ASN, cases[i].as);
		CHECK_STR(whom_network(&r, to), cases[i].network);
	}
	arena_free(a);
}

TEST(memory_and_log_say_the_same)
{
	const char *dir = test_dir();
	struct whom *w, *cold;
	auto_buf struct buf set = { 0 };
	char log[512];

	CHECK(fs_join(log, sizeof(log), dir, "log") == OK && fs_mkdirs(log, NULL) == OK);
	w = whom_new(log);
	make_log(log, w);
	cold = whom_new(log);
	whom_allow(w, 100);
	whom_allow(cold, 1000);
	for (uint64_t seq = RECORDS; seq > RECORDS - 50; seq--) {
		check(w, seq);
		check(cold, seq);
	}
	for (uint64_t seq = 1; seq < 5000; seq += 97) {
		check(w, seq);
		check(cold, seq);
	}
	/* No more than is allowed. */
	whom_allow(w, 1);
	check(w, 7);
	whom_put(w, 8, &set);
	CHECK_INT(set.n, 0);
	/* What is not there is nobody. */
	whom_allow(w, 10);
	whom_put(w, RECORDS + 10, &set);
	whom_put(w, 0, &set);
	CHECK_INT(set.n, 0);
	whom_free(w);
	whom_free(cold);
}
