/* doc/rules.md: its table of rules is what the profiles load.  RULES_WRITE=1 writes it anew. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ctype.h"
#include "shipped.h"

#define PAGE "doc/rules.md"
#define BEGIN "<!-- rules by profile: written by the test -->\n"
#define END "<!-- end -->\n"

static const char *const profiles[] = { NULL, "default", "tradepro", "wellflow", "paiid",
	"mosaajii" };

static void
put_span(int64_t ns, struct buf *to)
{
	static const struct {
		int64_t ns;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "m" }, { 1, "s" } };

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (ns % (units[i].ns * CLOCK_S) != 0)
			continue;
		buf_printf(to, " in %lld%s", (long long)(ns / (units[i].ns * CLOCK_S)),
		    units[i].unit);
		return;
	}
}

/* "> 20 in 1h, high", "high" of a rule on single events, "off". */
static void
put_cell(const struct crule *r, struct buf *to)
{
	static const char *const ops[] = { [CORR_GT] = ">",
		[CORR_GTE] = ">=",
		[CORR_LT] = "<",
		[CORR_LTE] = "<=",
		[CORR_EQ] = "=",
		[CORR_NEQ] = "!=" };
	size_t before = to->n;

	if (!r->pub.alerts) {
		buf_str(to, STR("off"));
		return;
	}
	for (size_t i = 0; r->corr != NULL && i < r->corr->n_bounds; i++)
		buf_printf(to, "%s %.6g", ops[r->corr->bound[i].op], r->corr->bound[i].value);
	if (r->corr != NULL && r->corr->timespan > 0)
		put_span(r->corr->timespan, to);
	buf_printf(to, "%s%s", to->n > before ? ", " : "", r->pub.level);
}

static void
put_row(struct shipped *s, const struct crule *r, struct buf *to)
{
	struct buf plain, cell;

	buf_init(&plain, 0);
	buf_init(&cell, 0);
	put_cell(r, &plain);
	buf_printf(to, "| `%s` | %s | %s | ", r->name.p, r->pub.title,
	    r->corr != NULL ? r->corr->type->name : "detection");
	for (size_t i = 0; i < r->group.n; i++)
		buf_printf(to, "%s%.*s", i > 0 ? ", " : "", STR_ARG(r->group.f[i].name));
	buf_printf(to, " | %.*s", STR_ARG(buf_view(&plain)));
	for (size_t i = 1; i < ARRAY_LEN(profiles); i++) {
		buf_reset(&cell);
		put_cell(named(&s[i].f, r->name.p), &cell);
		if (str_eq(buf_view(&cell), buf_view(&plain)))
			buf_str(to, STR(" | on"));
		else
			buf_printf(to, " | %.*s", STR_ARG(buf_view(&cell)));
	}
	buf_str(to, STR(" |\n"));
	buf_fini(&plain);
	buf_fini(&cell);
}

static void
put_table(struct buf *to)
{
	struct shipped s[ARRAY_LEN(profiles)];

	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		shipped_open(&s[i], profiles[i]);
		CHECK_STR(feed_cstr(&s[i].f.notes), "");
	}
	buf_str(to, STR("| rule | title | type | by | as written | default | tradepro | wellflow | "
			"paiid | mosaajii |\n|---|---|---|---|---|---|---|---|---|---|\n"));
	for (size_t i = 0; i < s[0].f.rules->rule.n; i++)
		if (s[0].f.rules->rule.p[i].pub.alerts)
			put_row(s, &s[0].f.rules->rule.p[i], to);
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		shipped_close(&s[i]);
}

TEST(the_page_shows_the_rules)
{
	struct buf page, table, want;
	struct str text;
	ptrdiff_t from, to;
	struct diag why;

	buf_init(&page, 0);
	buf_init(&table, 0);
	buf_init(&want, 0);
	test_timeout(120);
	CHECK_OK(fs_read(test_source(PAGE), 1U << 20, &page, &why), why);
	text = buf_view(&page);
	from = str_find(text, STR(BEGIN));
	to = str_find(text, STR(END));
	CHECK(from > 0 && to > from);
	from += (ptrdiff_t)strlen(BEGIN);
	put_table(&table);
	if (getenv("RULES_WRITE") != NULL) {
		buf_str(&want, (struct str){ text.p, (size_t)from });
		buf_str(&want, buf_view(&table));
		buf_str(&want, str_from(text, (size_t)to));
		CHECK_OK(fs_replace(test_source(PAGE), buf_view(&want), &why), why);
	} else if (!str_eq(buf_view(&table), (struct str){ text.p + from, (size_t)(to - from) })) {
		test_fail(TEST_AT(PAGE),
		    PAGE " is old: RULES_WRITE=1 build/test/test_detect_rules_page writes it");
	}
	buf_fini(&page);
	buf_fini(&table);
	buf_fini(&want);
}

/* Every rule that can alert is named in the part that people wrote. */
TEST(the_page_tells_what_each_needs)
{
	struct shipped s;
	struct buf page;
	struct str own;
	struct diag why;
	char name[100];

	buf_init(&page, 0);
	CHECK_OK(fs_read(test_source(PAGE), 1U << 20, &page, &why), why);
	own = buf_view(&page);
	own.n = (size_t)str_find(own, STR(BEGIN));
	shipped_open(&s, NULL);
	for (size_t i = 0; i < s.f.rules->rule.n; i++) {
		const struct crule *r = &s.f.rules->rule.p[i];

		(void)snprintf(name, sizeof(name), "`%s`", r->name.p);
		if (r->pub.alerts && str_find(own, str_c(name)) < 0)
			test_fail(TEST_AT(name), "%s does not name %s", PAGE, name);
	}
	shipped_close(&s);
	buf_fini(&page);
}
