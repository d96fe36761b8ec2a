/* Lists, totals and groups give what looking at every alert gives. */
#include "fixture.h"

#include "base/vec.h"

#define ALERTS 400

static uint64_t state;

static uint64_t
roll(uint64_t n)
{
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (state >> 33) % n;
}

/* What a filter sees of an alert. */
struct seen {
	char id[ALERTS_ID_SIZE], rule[16], group[32], owner[16], title[24], summary[24];
	enum alerts_status status;
	enum alerts_severity severity;
	int64_t last;
	uint64_t count;
	bool demo;
};

static struct seen all[ALERTS];

static void
make_one(struct alerts *a, unsigned i, struct seen *s)
{
	static const char *const titles[] = { "Brute force", "Path traversal", "50% of_it" };
	struct alerts_finding f;

	(void)snprintf(s->id, sizeof(s->id), "%08x%024x", (unsigned)roll(1U << 31), i);
	(void)snprintf(s->rule, sizeof(s->rule), "rule-%u", (unsigned)roll(4));
	(void)snprintf(s->group, sizeof(s->group), "client_ip=192.0.2.%u", (unsigned)roll(9));
	(void)snprintf(s->title, sizeof(s->title), "%s", titles[roll(3)]);
	(void)snprintf(s->summary, sizeof(s->summary), "seen %u", (unsigned)roll(50));
	s->severity = (enum alerts_severity)roll(ALERTS_SEVERITIES);
	s->last = 1000 + (int64_t)roll(60); /* many at the same time */
	s->demo = roll(5) == 0;
	f = finding(s->id, 9);
	f.rule_id = str_c(s->rule);
	f.group = str_c(s->group);
	f.title = str_c(s->title);
	f.summary = str_c(s->summary);
	f.severity = str_c(alerts_severity_word(s->severity));
	f.first = f.last = s->last;
	f.n_first = s->count = 1 + roll(9);
	f.demo = s->demo;
	apply(a, &f, 1, i + 1, i + 1);
}

static void
change_one(struct alerts *a, struct seen *s)
{
	static const struct {
		enum act_action action;
		enum alerts_status to;
	} moves[] = { { ACT_ACK, ALERTS_ACKNOWLEDGED }, { ACT_START, ALERTS_IN_PROGRESS },
		{ ACT_RESOLVE, ALERTS_RESOLVED }, { ACT_FALSE_POSITIVE, ALERTS_FALSE_POSITIVE } };
	size_t which = roll(ARRAY_LEN(moves));
	struct act act = { .action = moves[which].action,
		.by = roll(2) != 0 ? STR("ann") : STR("bob"),
		.note = STR("n"),
		.reason = moves[which].action == ACT_RESOLVE ? STR("other") : STR("") };
	struct act_done done;
	struct diag why = { 0 };

	CHECK_OK(act_one(a, str_c(s->id), &act, 500, &done, &why), why);
	s->status = moves[which].to;
	if (which < 2)
		(void)str_to_c(act.by, s->owner, sizeof(s->owner));
}

static int
compare(const void *x, const void *y)
{
	const struct seen *a = x, *b = y;

	if (a->last != b->last)
		return a->last > b->last ? -1 : 1;
	return strcmp(a->id, b->id);
}

static struct alerts *
fill(void)
{
	struct alerts *a = open_new();

	for (unsigned i = 0; i < ALERTS; i++)
		make_one(a, i, &all[i]);
	for (unsigned i = 0; i < ALERTS; i++)
		if (roll(2) != 0)
			change_one(a, &all[i]);
	qsort(all, ALERTS, sizeof(all[0]), compare);
	return a;
}

static struct alerts_filter
random_filter(void)
{
	static const struct str rules[] = { { "rule-0", 6 }, { "rule-3", 6 }, { "rule-9", 6 } };
	static const struct str groups[] = { { "client_ip=192.0.2.1", 19 },
		{ "client_ip=192.0.2.7", 19 }, { "", 0 } };
	static const struct str owners[] = { { "", 0 }, { "ann", 3 }, { "zoe", 3 } };
	static const struct str texts[] = { { "BRUTE", 5 }, { "%", 1 }, { "2.7", 3 }, { "f_i", 3 },
		{ "seen 1", 6 }, { "rule-2", 6 }, { "\\", 1 }, { "'", 1 } };
	struct alerts_filter f = { 0 };

	if (roll(2) != 0)
		f.statuses = 1 + (unsigned)roll((1U << ALERTS_STATUSES) - 1);
	if (roll(2) != 0)
		f.severities = 1 + (unsigned)roll((1U << ALERTS_SEVERITIES) - 1);
	if (roll(3) == 0)
		f.rule_id = rules[roll(ARRAY_LEN(rules))];
	if (roll(3) == 0)
		f.group = groups[roll(ARRAY_LEN(groups))];
	if (roll(3) == 0)
		f.owner = owners[roll(ARRAY_LEN(owners))];
	if (roll(3) == 0)
		f.text = texts[roll(ARRAY_LEN(texts))];
	if (roll(3) == 0)
		f.from = 1000 + (int64_t)roll(40);
	if (roll(3) == 0)
		f.to = 1010 + (int64_t)roll(50);
	f.demo = (enum alerts_demo)roll(3);
	return f;
}

static bool
has_text(const struct seen *s, struct str text)
{
	const struct str texts[] = { str_c(s->title), str_c(s->group), str_c(s->summary),
		str_c(s->rule), str_c(s->id) };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_find_nocase(texts[i], text) >= 0)
			return true;
	return text.n == 0;
}

/* size: one line for each member of a filter */
static bool
matches(const struct alerts_filter *f, const struct seen *s)
{
	return has_text(s, f->text) && (f->statuses == 0 || (f->statuses >> s->status & 1) != 0) &&
	       (f->severities == 0 || (f->severities >> s->severity & 1) != 0) &&
	       (f->rule_id.p == NULL || str_eq(f->rule_id, str_c(s->rule))) &&
	       (f->group.p == NULL || str_eq(f->group, str_c(s->group))) &&
	       (f->owner.p == NULL || str_eq(f->owner, str_c(s->owner))) &&
	       (f->from == 0 || s->last >= f->from) && (f->to == 0 || s->last < f->to) &&
	       (f->demo == ALERTS_DEMO_ANY || s->demo == (f->demo == ALERTS_DEMO_ONLY));
}

struct walk {
	char ids[ALERTS][ALERTS_ID_SIZE];
	size_t n;
	struct alerts_filter *f; /* its cursor */
};

static enum err
on_row(void *ctx, const struct alerts_row *row)
{
	struct walk *w = ctx;
	char text[ALERTS_CURSOR_SIZE];

	CHECK(w->n < ALERTS);
	memcpy(w->ids[w->n++], row->id, ALERTS_ID_SIZE);
	CHECK(alerts_cursor_read(str_c(alerts_cursor(row, text)), w->f));
	return OK;
}

TEST(any_filter_page_by_page)
{
	struct alerts *a;
	static struct walk w;

	state = test_seed();
	a = fill();
	for (unsigned round = 0; round < test_rounds(300); round++) {
		struct alerts_filter f = random_filter();
		struct diag why = { 0 };
		size_t want = 0, before;

		f.limit = 1 + (unsigned)roll(120);
		w.n = 0;
		w.f = &f;
		do {
			before = w.n;
			CHECK_OK(alerts_list(a, &f, on_row, &w, &why), why);
			CHECK(w.n - before <= f.limit);
		} while (w.n != before);
		for (size_t i = 0; i < ALERTS; i++) {
			f.after_id[0] = '\0';
			if (!matches(&f, &all[i]))
				continue;
			CHECK(want < w.n);
			CHECK_STR(w.ids[want], all[i].id);
			want++;
		}
		CHECK_INT(w.n, want);
		CHECK_INT(total_of(a, &f), want);
	}
	alerts_close(a);
}

struct groups {
	const struct alerts_filter *f;
	enum alerts_by by;
	size_t n;
	uint64_t alerts;
};

static enum err
on_group(void *ctx, const struct alerts_group *g)
{
	struct groups *gs = ctx;
	uint64_t alerts = 0, open = 0, count = 0;
	enum alerts_severity worst = ALERTS_INFO;
	int64_t last = 0;

	for (size_t i = 0; i < ALERTS; i++) {
		const struct seen *s = &all[i];
		const char *key = gs->by == ALERTS_BY_RULE    ? s->rule
				  : gs->by == ALERTS_BY_GROUP ? s->group
							      : alerts_severity_word(s->severity);

		if (!str_eq(g->key, str_c(key)) || !matches(gs->f, s))
			continue;
		alerts++;
		open += s->status == ALERTS_OPEN;
		count += s->count;
		worst = s->severity < worst ? s->severity : worst;
		last = s->last > last ? s->last : last;
	}
	CHECK_INT(g->alerts, alerts);
	CHECK_INT(g->open, open);
	CHECK_INT(g->count, count);
	CHECK_INT(g->last, last);
	CHECK_SLICE(g->severity, alerts_severity_word(worst));
	CHECK(gs->by == ALERTS_BY_SEVERITY ? g->title.n == 0 : g->title.n != 0);
	gs->n++;
	gs->alerts += alerts;
	return OK;
}

TEST(any_filter_by_groups)
{
	struct alerts *a;

	state = test_seed();
	a = fill();
	for (unsigned round = 0; round < test_rounds(100); round++) {
		struct alerts_filter f = random_filter();
		struct groups gs = { .f = &f, .by = (enum alerts_by)(round % 3) };
		struct diag why = { 0 };

		CHECK_OK(alerts_groups(a, gs.by, &f, on_group, &gs, &why), why);
		CHECK_INT(gs.alerts, total_of(a, &f));
	}
	alerts_close(a);
}

TEST(cursors_are_checked)
{
	static const char *const bad[] = { "", ".", "5", "5.", "x.00000000000000000000000000000000",
		"5.0000000000000000000000000000000", "5.0000000000000000000000000000000G",
		"5.00000000000000000000000000000000.1", "5.0000000000000000000000000000000'" };
	struct alerts_filter f = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!alerts_cursor_read(str_c(bad[i]), &f));
	CHECK(alerts_cursor_read(STR("-5.00112233445566778899aabbccddeeff"), &f));
	CHECK_INT(f.after_last, -5);
	CHECK_STR(f.after_id, ID_A);
}

TEST(as_of_leaves_out_what_came_later)
{
	struct alerts *a = open_new();
	struct alerts_filter f = { 0 };
	uint64_t rev;

	raise_nth(a, 1, "LOW", 5);
	raise_nth(a, 2, "LOW", 5);
	rev = alerts_rev(a);
	raise_nth(a, 3, "LOW", 5);
	raise_nth(a, 1, "LOW", 6); /* happens again: it was there */
	f.as_of = rev;
	CHECK_INT(total_of(a, &f), 2);
	CHECK_INT(count_list(a, &f), 2);
	alerts_close(a);
}
