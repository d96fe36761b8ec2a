/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lists, totals, groups and changes of N alerts cost, in time of the processor (of a machine
 * that does other things too, the clock on the wall says little): bench_alerts FOLDER [N].
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "alert/act.h"
#include "alert/outbox.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"

#define BATCH 2000

static uint64_t state = 1;

static uint64_t
roll(uint64_t n)
{
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (state >> 33) % n;
}

static int64_t
cpu(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * CLOCK_S + t.tv_nsec;
}

static _Noreturn void
die(const struct diag *why)
{
	(void)fprintf(stderr, "%s\n", why->text);
	exit(1);
}

struct texts {
	char id[ALERTS_ID_SIZE], rule[24], group[40], summary[120];
};

static void
make(struct alerts_finding *f, struct texts *t, uint64_t i)
{
	static const char *const severities[] = { "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO" };
	static const uint64_t evidence[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	int64_t last = (int64_t)1700000000 * CLOCK_S + (int64_t)i * CLOCK_S;

	(void)snprintf(t->id, sizeof(t->id), "%016llx%016llx",
	    (unsigned long long)(i * 0x9e3779b97f4a7c15U), (unsigned long long)i);
	(void)snprintf(t->rule, sizeof(t->rule), "rule-%03u", (unsigned)roll(150));
	(void)snprintf(t->group, sizeof(t->group), "client_ip=203.%u.%u.%u", (unsigned)roll(256),
	    (unsigned)roll(256), (unsigned)roll(256));
	(void)snprintf(t->summary, sizeof(t->summary),
	    "%u failed logins from %s within 5 minutes, for 12 users", (unsigned)roll(500),
	    t->group);
	*f = (struct alerts_finding){ .id = str_c(t->id),
		.rule_id = str_c(t->rule),
		.title = STR("Many failed logins from one address"),
		.severity = str_c(severities[roll(5)]),
		.tags = STR("attack.credential-access,attack.t1110.001"),
		.advice = STR("Block the address for some time; look for a login that worked."),
		.group = str_c(t->group),
		.summary = str_c(t->summary),
		.first = last - 300 * CLOCK_S,
		.last = last,
		.n_first = 10,
		.n_more = 1,
		.seq = i + 1,
		.evidence = evidence,
		.n_evidence = 10 };
}

static void
fill(struct alerts *a, uint64_t n)
{
	auto_free struct alerts_finding *f = mem_alloc(BATCH * sizeof(*f));
	auto_free struct texts *t = mem_alloc(BATCH * sizeof(*t));
	int64_t begun = cpu();
	struct diag why = { 0 };

	for (uint64_t at = 0; at < n; at += BATCH) {
		for (uint64_t i = 0; i < BATCH; i++)
			make(&f[i], &t[i], at + i);
		if (alerts_apply(a, f, BATCH, at + BATCH, clock_wall(), &why) != OK)
			die(&why);
	}
	printf("%-48s %9.0f alerts/s\n", "new alerts", (double)n / ((double)(cpu() - begun) / 1e9));
}

static enum err
skip_row(void *ctx, const struct alerts_row *row)
{
	(void)row;
	++*(unsigned *)ctx;
	return OK;
}

static enum err
skip_group(void *ctx, const struct alerts_group *g)
{
	(void)g;
	++*(unsigned *)ctx;
	return OK;
}

/* A page, its total and the groups of a filter. */
static void
measure(struct alerts *a, const char *name, const struct alerts_filter *f)
{
	double ms[3];
	enum err e[3];
	uint64_t total = 0;
	unsigned rows = 0, groups = 0;

	for (int what = 0; what < 3; what++) {
		int64_t begun = cpu();

		e[what] = what == 0 ? alerts_list(a, f, skip_row, &rows, NULL)
			  : what == 1
			      ? alerts_total(a, f, &total, NULL)
			      : alerts_groups(a, ALERTS_BY_RULE, f, skip_group, &groups, NULL);
		ms[what] = (double)(cpu() - begun) / 1e6;
	}
	printf("%-32s page %7.1f ms%s  total %8llu %7.1f ms%s  groups %7.1f ms%s\n", name, ms[0],
	    e[0] == OK ? "" : "!", (unsigned long long)total, ms[1], e[1] == OK ? "" : "!", ms[2],
	    e[2] == OK ? "" : "!");
}

static void
measure_all(struct alerts *a)
{
	static const struct {
		const char *name;
		struct alerts_filter f;
	} rows[] = {
		{ "all", { 0 } },
		{ "open", { .statuses = 1U << ALERTS_OPEN } },
		{ "resolved (none)", { .statuses = 1U << ALERTS_RESOLVED } },
		{ "open, acknowledged; CRITICAL",
		    { .statuses = 3, .severities = 1U << ALERTS_CRITICAL } },
		{ "one rule", { .rule_id = { "rule-007", 8 } } },
		{ "one rule, resolved (none)",
		    { .rule_id = { "rule-007", 8 }, .statuses = 1U << ALERTS_RESOLVED } },
		{ "one group", { .group = { "client_ip=203.0.113.7", 21 } } },
		{ "an owner (none)", { .owner = { "ann", 3 } } },
		{ "no owner", { .owner = { "", 0 } } },
		{ "last 1000 s of the first day", { .from = (int64_t)1700003600 * CLOCK_S,
						      .to = (int64_t)1700004600 * CLOCK_S } },
		{ "text, frequent", { .text = { "failed", 6 } } },
		{ "text, rare", { .text = { "203.0.113.77 ", 13 } } },
		{ "text, rare, of an hour", { .text = { "203.0.113.77 ", 13 },
						.from = (int64_t)1700003600 * CLOCK_S,
						.to = (int64_t)1700007200 * CLOCK_S } },
		{ "no demonstration", { .demo = ALERTS_DEMO_NONE } },
		{ "the demonstration (none)", { .demo = ALERTS_DEMO_ONLY } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		measure(a, rows[i].name, &rows[i].f);
}

static void
measure_changes(struct alerts *a)
{
	struct act ack = { .action = ACT_ACK, .by = STR("bench") };
	struct alerts_filter f = { .as_of = ACT_MANY_MAX };
	struct act_done done;
	struct diag why = { 0 };
	uint64_t n = 0, changed = 0;
	int64_t begun = cpu();

	for (unsigned i = 0; i < 1000; i++)
		n += alerts_rev(a);
	printf("%-48s %9.1f us\n", "asking for the newest change",
	    (double)(cpu() - begun) / 1e3 / 1000);
	if (alerts_total(a, &f, &n, &why) != OK)
		die(&why);
	begun = cpu();
	if (act_filter(a, &f, n, &ack, clock_wall(), &done, &why) != OK)
		die(&why);
	printf("acknowledging %-34llu %9.1f ms\n", (unsigned long long)done.changed,
	    (double)(cpu() - begun) / 1e6);
	begun = cpu();
	if (act_undo(a, str_c(done.undo), STR("bench"), clock_wall(), &changed, &why) != OK)
		die(&why);
	printf("taking it back %-33llu %9.1f ms\n", (unsigned long long)changed,
	    (double)(cpu() - begun) / 1e6);
}

int
main(int argc, char **argv)
{
	char path[512];
	struct alerts *a;
	struct diag why = { 0 };
	uint64_t n = 10000;

	if (argc < 2 || (argc > 2 && !str_u64(str_c(argv[2]), &n))) {
		(void)fprintf(stderr, "usage: bench_alerts FOLDER [N]\n");
		return 2;
	}
	if (fs_join(path, sizeof(path), argv[1], "bench-state.db") != OK ||
	    alerts_open(path, &a, &why) != OK)
		die(&why);
	if (alerts_count(a, STR("")) < n)
		fill(a, n - alerts_count(a, STR("")));
	printf("%llu alerts\n", (unsigned long long)alerts_count(a, STR("")));
	measure_all(a);
	measure_changes(a);
	alerts_close(a);
	return 0;
}
