/* Alerts: counted once, status rules, evidence caps, listing. */
#include "alert/alerts.h"
#include "base/fs.h"
#include "test.h"

static struct alerts *
open_new(void)
{
	char path[512];
	struct diag why = { 0 };
	struct alerts *a = NULL;

	CHECK_OK(fs_join(path, sizeof(path), test_dir(), "state.db"), why);
	CHECK_OK(alerts_open(path, &a, &why), why);
	return a;
}

static struct alerts_finding
finding(const char *id, uint64_t seq)
{
	static uint64_t evidence[2];

	evidence[0] = seq - 1;
	evidence[1] = seq;
	return (struct alerts_finding){ .id = str_c(id),
		.rule_id = STR("rule-1"),
		.title = STR("Brute force"),
		.severity = STR("HIGH"),
		.tags = STR("attack.t1110"),
		.advice = STR("block it"),
		.group = STR("client_ip=203.0.113.7"),
		.summary = STR("10 failures"),
		.first = 1000,
		.last = 2000,
		.n_first = 10,
		.n_more = 1,
		.seq = seq,
		.evidence = evidence,
		.n_evidence = 2 };
}

#define ID_A "00112233445566778899aabbccddeeff"
#define ID_B "00112233ffffffffffffffffffffffff"

static void
apply(struct alerts *a, struct alerts_finding *f, size_t n, uint64_t position, int64_t now)
{
	struct diag why = { 0 };

	CHECK_OK(alerts_apply(a, f, n, position, now, &why), why);
}

static enum err
copy_row(void *ctx, const struct alerts_row *row)
{
	*(struct alerts_row *)ctx = *row; /* texts die with the call; numbers stay */
	return OK;
}

static enum err
count_rows(void *ctx, const struct alerts_row *row)
{
	(void)row;
	++*(int *)ctx;
	return OK;
}

static struct alerts_row
row_of(struct alerts *a, const char *id)
{
	struct alerts_row row = { 0 };
	struct diag why = { 0 };

	CHECK_OK(alerts_get(a, str_c(id), copy_row, &row, &why), why);
	return row;
}

TEST(the_first_finding_makes_it_later_ones_count)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 50);
	struct alerts_row row;

	apply(a, &f, 1, 60, 5);
	CHECK(f.is_new);
	f.seq = 70;
	f.last = 3000;
	apply(a, &f, 1, 80, 6);
	CHECK(!f.is_new);
	row = row_of(a, ID_A);
	CHECK_INT(row.count, 11);
	CHECK_INT(row.last, 3000);
	CHECK_INT(row.created, 5);
	CHECK_INT(row.updated, 6);
	CHECK_INT(row.n_evidence, 3);
	CHECK_INT(row.evidence[0], 49);
	CHECK_INT(row.evidence[2], 70);
	CHECK_INT(alerts_position(a), 80);
	alerts_close(a);
}

TEST(position_survives_and_moves_without_findings)
{
	struct alerts *a = open_new();
	char path[512];
	struct diag why = { 0 };

	CHECK_INT(alerts_position(a), 0);
	apply(a, NULL, 0, 123, 1);
	alerts_close(a);
	CHECK_OK(fs_join(path, sizeof(path), test_dir(), "state.db"), why);
	CHECK_OK(alerts_open(path, &a, &why), why);
	CHECK_INT(alerts_position(a), 123);
	alerts_close(a);
}

TEST(evidence_is_capped_and_counting_goes_on)
{
	struct alerts *a = open_new();
	struct alerts_row row;

	for (uint64_t i = 0; i < 2 * ALERTS_EVIDENCE_MAX; i++) {
		struct alerts_finding f = finding(ID_A, 10 + i);

		apply(a, &f, 1, 10 + i, (int64_t)i);
	}
	row = row_of(a, ID_A);
	CHECK_INT(row.n_evidence, ALERTS_EVIDENCE_MAX);
	CHECK_INT(row.count, 10 + 2 * ALERTS_EVIDENCE_MAX - 1);
	alerts_close(a);
}

TEST(a_prefix_must_be_unique)
{
	struct alerts *a = open_new();
	struct alerts_finding both[] = { finding(ID_A, 9), finding(ID_B, 9) };
	struct alerts_row row;

	apply(a, both, 2, 9, 1);
	CHECK_INT(alerts_get(a, STR("00112233"), copy_row, &row, NULL), FAIL_EXISTS);
	CHECK_INT(alerts_get(a, STR("00112233f"), copy_row, &row, NULL), OK);
	CHECK_INT(alerts_get(a, STR("001"), copy_row, &row, NULL), FAIL_NOT_FOUND);
	CHECK_INT(alerts_get(a, STR("deadbeef"), copy_row, &row, NULL), FAIL_NOT_FOUND);
	CHECK_INT(alerts_get(a, STR("0011' OR 1=1"), copy_row, &row, NULL), FAIL_NOT_FOUND);
	alerts_close(a);
}

TEST(status_follows_the_table)
{
	static const struct {
		enum alerts_status to;
		const char *note;
		enum err want;
	} steps[] = {
		{ ALERTS_OPEN, "", FAIL_DENIED },
		{ ALERTS_ACKNOWLEDGED, "", OK },
		{ ALERTS_ACKNOWLEDGED, "", FAIL_DENIED },
		{ ALERTS_RESOLVED, "", OK },
		{ ALERTS_ACKNOWLEDGED, "", FAIL_DENIED },
		{ ALERTS_OPEN, "", OK },
		{ ALERTS_FALSE_POSITIVE, "  ", FAIL_SYNTAX },
		{ ALERTS_FALSE_POSITIVE, "our own scanner", OK },
		{ ALERTS_RESOLVED, "", FAIL_DENIED },
		{ ALERTS_OPEN, "", OK },
	};
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);

	apply(a, &f, 1, 5, 1);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		CHECK_INT(alerts_set_status(a, STR(ID_A), steps[i].to, STR("ann"),
			      str_c(steps[i].note), (int64_t)i + 2, NULL),
		    steps[i].want);
	CHECK_INT(row_of(a, ID_A).status, ALERTS_OPEN);
	alerts_close(a);
}

TEST(what_comes_back_after_it_was_resolved_is_open_again)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);

	apply(a, &f, 1, 5, 1);
	CHECK_INT(alerts_set_status(a, STR(ID_A), ALERTS_RESOLVED, STR("ann"), STR(""), 2, NULL),
	    OK);
	apply(a, &f, 1, 6, 3);
	CHECK_INT(row_of(a, ID_A).status, ALERTS_OPEN);
	CHECK_INT(alerts_set_status(a, STR(ID_A), ALERTS_FALSE_POSITIVE, STR("ann"), STR("ours"), 4,
		      NULL),
	    OK);
	apply(a, &f, 1, 7, 5);
	CHECK_INT(row_of(a, ID_A).status, ALERTS_FALSE_POSITIVE);
	alerts_close(a);
}

TEST(list_filters_and_pages)
{
	struct alerts *a = open_new();
	struct alerts_filter filter = { .status = STR("open") };
	char id[33];
	int n = 0;

	for (unsigned i = 0; i < 30; i++) {
		struct alerts_finding f;

		(void)snprintf(id, sizeof(id), "%032x", i + 1);
		f = finding(id, 9);
		f.severity = i % 2 != 0 ? STR("LOW") : STR("HIGH");
		apply(a, &f, 1, 9, 100 + i);
	}
	CHECK_INT(alerts_list(a, &filter, count_rows, &n, NULL), OK);
	CHECK_INT(n, 30);
	filter.severity = STR("LOW");
	n = 0;
	CHECK_INT(alerts_list(a, &filter, count_rows, &n, NULL), OK);
	CHECK_INT(n, 15);
	filter.before = 110;
	filter.limit = 3;
	n = 0;
	CHECK_INT(alerts_list(a, &filter, count_rows, &n, NULL), OK);
	CHECK_INT(n, 3);
	CHECK_INT(alerts_count(a, STR("open")), 30);
	CHECK_INT(alerts_count(a, STR("resolved")), 0);
	alerts_close(a);
}
