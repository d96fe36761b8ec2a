/* A database of the test's own, and findings for it. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdio.h>

#include "alert/act.h"
#include "alert/alerts.h"
#include "base/fs.h"
#include "test.h"

#define ID_A "00112233445566778899aabbccddeeff"
#define ID_B "00112233ffffffffffffffffffffffff"

static char fx_path[512];

static inline struct alerts *
open_again(void)
{
	struct diag why = { 0 };
	struct alerts *a = NULL;

	CHECK_OK(alerts_open(fx_path, &a, &why), why);
	return a;
}

static inline struct alerts *
open_new(void)
{
	struct diag why = { 0 };

	CHECK_OK(fs_join(fx_path, sizeof(fx_path), test_dir(), "state.db"), why);
	return open_again();
}

/* `id` must live as long as the finding. */
static inline struct alerts_finding
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

static inline void
apply(struct alerts *a, struct alerts_finding *f, size_t n, uint64_t position, int64_t now)
{
	struct diag why = { 0 };

	CHECK_OK(alerts_apply(a, f, n, position, now, &why), why);
}

/* The n-th alert of a test: an id and a finding for it. */
static inline void
raise_nth(struct alerts *a, unsigned n, const char *severity, int64_t last)
{
	char id[ALERTS_ID_SIZE];
	struct alerts_finding f;

	(void)snprintf(id, sizeof(id), "%08x000000000000000000000000", n);
	f = finding(id, 9);
	f.severity = str_c(severity);
	f.first = last;
	f.last = last;
	apply(a, &f, 1, 9, last);
}

static inline struct str
nth_id(unsigned n)
{
	static char id[8][ALERTS_ID_SIZE];
	char *to = id[n % 8];

	(void)snprintf(to, sizeof(id[0]), "%08x000000000000000000000000", n);
	return str_c(to);
}

/* Numbers stay; texts are copied up to 63 bytes. */
struct copy {
	struct alerts_row row;
	char owner[64], reason[64], note[64], by[64], summary[64], severity[64];
};

static inline enum err
copy_row(void *ctx, const struct alerts_row *row)
{
	struct copy *c = ctx;

	c->row = *row;
	(void)str_to_c(row->owner, c->owner, sizeof(c->owner));
	(void)str_to_c(row->reason, c->reason, sizeof(c->reason));
	(void)str_to_c(row->status_note, c->note, sizeof(c->note));
	(void)str_to_c(row->status_by, c->by, sizeof(c->by));
	(void)str_to_c(row->summary, c->summary, sizeof(c->summary));
	(void)str_to_c(row->severity, c->severity, sizeof(c->severity));
	return OK;
}

static inline struct copy
copy_of(struct alerts *a, struct str id)
{
	struct copy c = { 0 };
	struct diag why = { 0 };

	CHECK_OK(alerts_get(a, id, copy_row, &c, &why), why);
	return c;
}

static inline enum err
count_row(void *ctx, const struct alerts_row *row)
{
	(void)row;
	++*(unsigned *)ctx;
	return OK;
}

static inline unsigned
count_list(struct alerts *a, const struct alerts_filter *f)
{
	struct diag why = { 0 };
	unsigned n = 0;

	CHECK_OK(alerts_list(a, f, count_row, &n, &why), why);
	return n;
}

static inline uint64_t
total_of(struct alerts *a, const struct alerts_filter *f)
{
	struct diag why = { 0 };
	uint64_t n = 0;

	CHECK_OK(alerts_total(a, f, &n, &why), why);
	return n;
}

#endif
