/* SPDX-License-Identifier: Apache-2.0 */
/* Means, weeks and missed targets, from the record. */
#include "incident/figures.h"

#include "base/clock.h"
#include "incident/change.h"
#include "incident/join.h"
#include "incident/story.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S) /* Friday 2027-01-15 */
#define MINUTE (60 * CLOCK_S)
#define WEEK (7 * 24 * 60 * MINUTE)

static const char targets[] = "targets: t\n"
			      "detect: {all: 5m}\n"
			      "acknowledge: {critical: 5m, all: 1h}\n"
			      "contain: {all: 30m}\n";

struct fixture {
	struct incidents *all;
	struct guide *g;
};

static void
begin(struct fixture *f)
{
	struct diag why = { 0 };
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/incidents.db", test_dir());
	CHECK_OK(incident_open_file(path, &f->all, &why), why);
	f->g = guide_new();
	CHECK_OK(guide_read(f->g, str_c(targets), "t", &why), why);
}

static void
end(struct fixture *f)
{
	incident_close_file(f->all);
	guide_free(f->g);
}

struct times { /* minutes */
	int age, detect, ack, respond, contain, close;
};

static int64_t
add(struct fixture *f, enum incident_severity s, const struct times *t, bool drill)
{
	const int64_t detected = NOW - t->age * MINUTE;
	const struct incident_new want = { .type = INCIDENT_DDOS,
		.severity = s,
		.origin = INCIDENT_BY_RULE,
		.title = STR("One"),
		.drill = drill,
		.first = detected - t->detect * MINUTE,
		.detected = detected };
	const int after[INCIDENT_MOMENTS] = { t->ack, t->respond, t->contain };
	struct diag why = { 0 };
	int64_t n = 0;

	CHECK_OK(incident_add(f->all, &want, detected, &n, &why), why);
	for (unsigned i = 0; i < INCIDENT_MOMENTS; i++)
		if (after[i] != 0)
			CHECK_OK(incident_mark(f->all, n, (enum incident_moment)i,
				     detected + after[i] * MINUTE, &why),
			    why);
	if (t->close != 0)
		CHECK_OK(change_close(f->all, n, STR("ana"), STR("done"),
			     detected + t->close * MINUTE, &why),
		    why);
	return n;
}

static int
mean(const struct figures_mean *m)
{
	return m->n != 0 ? (int)(m->sum / (int64_t)m->n / MINUTE) : -1;
}

TEST(means_are_of_what_has_ended)
{
	struct figures fig;
	struct fixture f;
	struct diag why = { 0 };

	begin(&f);
	(void)add(&f, INCIDENT_CRITICAL, &(struct times){ 600, 2, 4, 10, 20, 100 }, false);
	(void)add(&f, INCIDENT_CRITICAL, &(struct times){ 600, 8, 10, 0, 40, 200 }, false);
	(void)add(&f, INCIDENT_LOW, &(struct times){ 10, 4, 0, 0, 0, 0 }, false);
	(void)add(&f, INCIDENT_CRITICAL, &(struct times){ 600, 500, 500, 500, 500, 500 }, true);
	CHECK_OK(figures_take(f.all, f.g, 0, NOW, &fig, &why), why);
	CHECK_INT(fig.all.incidents, 3);
	CHECK_INT(fig.all.open, 1);
	CHECK_INT(fig.drills, 1);
	CHECK_INT(mean(&fig.severity[INCIDENT_CRITICAL].m[GUIDE_DETECT]), 5);
	CHECK_INT(mean(&fig.severity[INCIDENT_CRITICAL].m[GUIDE_ACKNOWLEDGE]), 7);
	CHECK_INT(mean(&fig.severity[INCIDENT_CRITICAL].m[GUIDE_RESPOND]), 10);
	CHECK_INT(mean(&fig.severity[INCIDENT_CRITICAL].m[GUIDE_CONTAIN]), 30);
	CHECK_INT(mean(&fig.type[INCIDENT_DDOS].m[GUIDE_RESOLVE]), 150);
	CHECK_INT(mean(&fig.severity[INCIDENT_LOW].m[GUIDE_RESOLVE]), -1);
	CHECK_INT(fig.all.m[GUIDE_DETECT].breaches, 1);
	CHECK_INT(fig.all.m[GUIDE_ACKNOWLEDGE].breaches, 1);
	CHECK_INT(fig.all.m[GUIDE_CONTAIN].breaches, 1);
	CHECK_INT(fig.all.m[GUIDE_RESOLVE].breaches, 0); /* there is no target */
	CHECK_OK(figures_take(f.all, f.g, NOW - 60 * MINUTE, NOW, &fig, &why), why);
	CHECK_INT(fig.all.incidents, 1);
	end(&f);
}

TEST(weeks_begin_on_monday)
{
	struct figures fig;
	struct fixture f;
	struct diag why = { 0 };
	char text[40];

	begin(&f);
	(void)add(&f, INCIDENT_LOW, &(struct times){ 10, 0, 0, 0, 0, 0 }, false);
	(void)add(&f, INCIDENT_LOW, &(struct times){ 7 * 24 * 60, 0, 0, 0, 0, 0 }, false);
	(void)add(&f, INCIDENT_LOW, &(struct times){ 100 * 7 * 24 * 60, 0, 0, 0, 0, 0 }, false);
	CHECK_OK(figures_take(f.all, f.g, 0, NOW, &fig, &why), why);
	CHECK_STR(clock_text(fig.week_begin[FIGURES_WEEKS - 1], text), "2027-01-11T00:00:00Z");
	CHECK_INT(fig.week_begin[1] - fig.week_begin[0], WEEK);
	CHECK_INT(fig.week[FIGURES_WEEKS - 1].incidents, 1);
	CHECK_INT(fig.week[FIGURES_WEEKS - 2].incidents, 1);
	CHECK_INT(fig.week[0].incidents, 0);
	CHECK_INT(fig.all.incidents, 3);
	end(&f);
}

static enum err
on_breach(void *ctx, const struct figures_breach *b)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 500 - n, "%lld %s %lld; ", (long long)b->n, guide_measure_word(b->m),
	    (long long)(b->target / MINUTE));
	return OK;
}

static enum err
refuse(void *ctx, const struct figures_breach *b)
{
	(void)ctx;
	(void)b;
	return FAIL_STORE;
}

TEST(a_missed_target_is_told_once)
{
	struct fixture f;
	struct diag why = { 0 };
	char text[500] = "";

	begin(&f);
	(void)add(&f, INCIDENT_CRITICAL, &(struct times){ 10, 1, 0, 0, 0, 0 }, false);
	(void)add(&f, INCIDENT_LOW, &(struct times){ 40, 1, 2, 0, 0, 0 }, false);
	(void)add(&f, INCIDENT_LOW, &(struct times){ 400, 1, 0, 0, 0, 0 }, true); /* a drill */
	(void)add(&f, INCIDENT_LOW, &(struct times){ 4, 1, 0, 0, 0, 0 }, false);
	CHECK_INT(figures_breaches(f.all, f.g, NOW, refuse, NULL, &why), FAIL_STORE);
	CHECK_OK(figures_breaches(f.all, f.g, NOW, on_breach, text, &why), why);
	CHECK_STR(text, "2 contain 30; 1 acknowledge 5; ");
	text[0] = '\0';
	CHECK_OK(figures_breaches(f.all, f.g, NOW + MINUTE, on_breach, text, &why), why);
	CHECK_STR(text, "");
	end(&f);
}

TEST(spans_are_read_easily)
{
	char text[40];

	CHECK_STR(figures_span(45 * CLOCK_S, text), "45 s");
	CHECK_STR(figures_span(0, text), "0 s");
	CHECK_STR(figures_span(5 * MINUTE, text), "5 min");
	CHECK_STR(figures_span(80 * MINUTE, text), "1 h 20 min");
	CHECK_STR(figures_span(25 * 60 * MINUTE, text), "1 d 1 h");
}
