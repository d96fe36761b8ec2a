/* The same findings in any batches, with any restarts between, give the same alerts. */
#include "fixture.h"

#include "alert/affected.h"
#include "base/db.h"
#include "base/digest.h"

#define FINDINGS 300
#define ALERTS 12

static uint64_t state;

static uint64_t
roll(uint64_t n)
{
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (state >> 33) % n;
}

static char ids[ALERTS][ALERTS_ID_SIZE];
static uint64_t evidence[FINDINGS][3];

static void
make(struct alerts_finding *f)
{
	static const char *const severities[] = { "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO" };
	static char summaries[FINDINGS][32], users[FINDINGS][16], details[FINDINGS][32];

	for (unsigned i = 0; i < ALERTS; i++)
		(void)snprintf(ids[i], sizeof(ids[i]), "%032x", i + 1);
	for (unsigned i = 0; i < FINDINGS; i++) {
		unsigned which = (unsigned)roll(ALERTS);

		f[i] = finding(ids[which], 0);
		(void)snprintf(summaries[i], sizeof(summaries[i]), "finding %u", i);
		for (unsigned j = 0; j < 3; j++)
			evidence[i][j] = i + j + 1;
		f[i].severity = str_c(severities[(which + roll(3)) % ARRAY_LEN(severities)]);
		f[i].confidence = (unsigned)roll(100);
		(void)snprintf(users[i], sizeof(users[i]), "user-%u", (unsigned)roll(60));
		f[i].user = roll(3) == 0 ? STR("") : str_c(users[i]);
		f[i].address = roll(2) == 0 ? STR("192.0.2.1") : STR("");
		(void)snprintf(details[i], sizeof(details[i]), "{\"n\":%u}", i);
		f[i].details = roll(3) == 0 ? STR("") : str_c(details[i]);
		f[i].summary = str_c(summaries[i]);
		f[i].first = 1000 + (int64_t)roll(1000);
		f[i].last = f[i].first + (int64_t)roll(500);
		f[i].n_first = 1 + roll(20);
		f[i].n_more = 1 + roll(3);
		f[i].seq = i + 3;
		f[i].evidence = evidence[i];
		f[i].n_evidence = 3;
		f[i].demo = which < 3 && i < FINDINGS / 2;
	}
}

/* All that must not depend on batches: everything but times of writing and numbers of changes. */
static void
fingerprint(const char *path, char to[2 * DIGEST_SIZE + 1])
{
	auto_buf struct buf all = { 0 };
	uint8_t sum[DIGEST_SIZE];
	struct db_stmt *st;
	struct db *db;
	bool more = true;

	buf_init(&all, 0);
	CHECK_INT(db_open_readonly(path, &db, NULL), OK);
	CHECK_INT(db_prepare(db,
		      "SELECT id || rule_id || severity || rank || summary || first_ns || '-' ||"
		      " last_ns || '-' || count || hex(evidence) || status || demo || confidence ||"
		      " details || affected FROM alerts"
		      " UNION ALL SELECT rule_id || status || severity || demo || '=' || n"
		      " FROM alert_counts WHERE n > 0 UNION ALL SELECT key || rank || state FROM "
		      "outbox UNION ALL SELECT"
		      " 'position' || position FROM detector ORDER BY 1",
		      &st, NULL),
	    OK);
	while (db_step(st, &more, NULL) == OK && more)
		buf_str(&all, db_str(st, 0));
	db_finalize(st);
	db_close(db);
	CHECK(all.n > 1000);
	digest_sha256(buf_view(&all), sum);
	(void)digest_hex(sum, sizeof(sum), to);
}

static struct alerts *
open_named(const char *name)
{
	struct diag why = { 0 };
	struct db *db;
	struct alerts *a;

	CHECK_OK(fs_join(fx_path, sizeof(fx_path), test_dir(), name), why);
	a = open_again();
	CHECK_OK(db_open(fx_path, &db, &why), why);
	CHECK_OK(
	    db_exec(db,
		"INSERT INTO channels(name, type, enabled, min_rank, origin, settings, secret,"
		" created_ns, updated_ns) VALUES('all', 'webhook', 1, 4, 'page', '{}', '', 0, 0),"
		" ('high', 'webhook', 1, 1, 'page', '{}', '', 0, 0),"
		" ('off', 'webhook', 0, 4, 'page', '{}', '', 0, 0)",
		&why),
	    why);
	db_close(db);
	return a;
}

TEST(any_order_of_batches_and_restarts)
{
	static struct alerts_finding f[FINDINGS];
	char want[2 * DIGEST_SIZE + 1], got[2 * DIGEST_SIZE + 1], name[32];
	struct alerts *a;

	state = test_seed();
	make(f);
	a = open_named("one.db");
	apply(a, f, FINDINGS, FINDINGS + 2, 1);
	alerts_close(a);
	fingerprint(fx_path, want);
	for (unsigned round = 0; round < test_rounds(20); round++) {
		(void)snprintf(name, sizeof(name), "round-%u.db", round);
		a = open_named(name);
		for (size_t at = 0, n; at < FINDINGS; at += n) {
			n = 1 + roll(round % 2 != 0 ? 3 : 80);
			n = n < FINDINGS - at ? n : FINDINGS - at;
			apply(a, f + at, n, f[at + n - 1].seq, (int64_t)at);
			if (roll(8) != 0)
				continue;
			alerts_close(a);
			a = open_again();
			CHECK_INT(alerts_position(a), f[at + n - 1].seq);
		}
		alerts_close(a);
		fingerprint(fx_path, got);
		CHECK_STR(got, want);
	}
}

TEST(new_is_said_once_whatever_the_batch)
{
	struct alerts *a = open_new();
	struct alerts_finding f[] = { finding(ID_A, 5), finding(ID_A, 6), finding(ID_B, 7),
		finding(ID_A, 8) };

	apply(a, f, ARRAY_LEN(f), 8, 1);
	CHECK(f[0].is_new && !f[1].is_new && f[2].is_new && !f[3].is_new);
	CHECK_INT(copy_of(a, STR(ID_A)).row.count, 12);
	CHECK_INT(alerts_rev(a), 2);
	alerts_close(a);
}

static void
whom(void *ctx, uint64_t seq, struct buf *set)
{
	char name[16];

	++*(unsigned *)ctx;
	(void)snprintf(name, sizeof(name), "u%u", (unsigned)seq);
	(void)affected_add(set, AFFECTED_USER, str_c(name));
}

static enum err
copy_affected(void *ctx, const struct alerts_row *row)
{
	buf_str(ctx, row->affected);
	buf_printf(ctx, "%u %.*s %.*s", row->confidence, STR_ARG(row->action),
	    STR_ARG(row->details));
	return OK;
}

TEST(who_is_affected)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5), g;
	auto_buf struct buf text = { 0 };
	unsigned asked = 0;

	alerts_whom(a, whom, &asked);
	f.user = STR("ann");
	f.address = STR("192.0.2.1");
	f.action = STR("BLOCK_IP");
	f.details = STR("{\"a\":1}");
	f.confidence = 60;
	apply(a, &f, 1, 5, 1);
	CHECK_INT(asked, 1); /* record 4; that of the finding is known */
	g = finding(ID_A, 6);
	g.user = STR("bob");
	g.confidence = 55;
	apply(a, &g, 1, 6, 1);
	CHECK_INT(asked, 1); /* and of an alert that is there nobody is asked */
	CHECK_INT(alerts_get(a, STR(ID_A), copy_affected, &text, NULL), OK);
	CHECK_SLICE(buf_view(&text), "uu4\nuann\na192.0.2.1\nubob\n60 BLOCK_IP {\"a\":1}");
	{
		static const struct {
			const char *line;
			unsigned n;
		} whom_of[] = { { "uann", 1 }, { "ubob", 1 }, { "uan", 0 }, { "ann", 0 },
			{ "a192.0.2.1", 1 }, { "uu4", 1 }, { "u4", 0 }, { "u%", 0 } };

		for (size_t i = 0; i < ARRAY_LEN(whom_of); i++) {
			struct alerts_filter of = { .whom = str_c(whom_of[i].line) };

			CHECK_INT(count_list(a, &of), whom_of[i].n);
			CHECK_INT(total_of(a, &of), whom_of[i].n);
		}
	}
	alerts_close(a);
}

static int64_t
number(const char *sql)
{
	struct db_stmt *st;
	struct db *db;
	bool row = false;
	int64_t n = -1;

	CHECK_INT(db_open_readonly(fx_path, &db, NULL), OK);
	CHECK_INT(db_prepare(db, sql, &st, NULL), OK);
	if (db_step(st, &row, NULL) == OK && row)
		n = db_int(st, 0);
	db_finalize(st);
	db_close(db);
	return n;
}

TEST(severity_rises_and_tells_whom_it_now_concerns)
{
	struct alerts *a = open_named("rise.db");
	struct alerts_finding f = finding(ID_A, 5);
	struct alerts_filter critical = { .severities = 1U << ALERTS_CRITICAL };
	struct alerts_tally t;

	f.severity = STR("LOW");
	apply(a, &f, 1, 5, 1);
	CHECK_INT(number("SELECT count(*) FROM outbox"), 1); /* "all" */
	f.severity = STR("CRITICAL");
	apply(a, &f, 1, 6, 1);
	CHECK_STR(copy_of(a, STR(ID_A)).severity, "CRITICAL");
	CHECK_INT(number("SELECT count(*) FROM outbox"), 2); /* and "high", once each */
	CHECK_INT(number("SELECT rank FROM alerts"), ALERTS_CRITICAL);
	f.severity = STR("INFO");
	apply(a, &f, 1, 7, 1);
	CHECK_STR(copy_of(a, STR(ID_A)).severity, "CRITICAL");
	CHECK_INT(number("SELECT count(*) FROM outbox"), 2);
	CHECK_INT(count_list(a, &critical), 1);
	CHECK_INT(total_of(a, &critical), 1);
	CHECK_INT(alerts_tally(a, &t, NULL), OK);
	CHECK_INT(t.n[ALERTS_OPEN][ALERTS_CRITICAL], 1);
	CHECK_INT(t.n[ALERTS_OPEN][ALERTS_LOW], 0);
	alerts_close(a);
}
