/* Short forms and what becomes of them. */
#include "store/shortform.h"

#include "store/sqltok.h"
#include "test.h"

static const struct {
	const char *from, *to;
} expansions[] = {
	{ "", "" },
	{ "SELECT 1", "SELECT 1" },
	{ "SELECT 1;;", "SELECT 1" },
	{ "SELECT 1; SELECT 2", "SELECT 1; SELECT 2" },
	{ "SELECT a -- why\nFROM t", "SELECT a FROM t" },
	{ "SELECT a /* x /* y */ z */ FROM t", "SELECT a FROM t" },
	{ "# what it is\nSELECT a FROM t", "SELECT a FROM t" },
	{ "SELECT #1 FROM t", "SELECT #1 FROM t" },
	{ "SELECT '-- no comment' FROM t", "SELECT '-- no comment' FROM t" },
	{ "SELECT $$; -- $$ FROM t", "SELECT $$; -- $$ FROM t" },
	{ "count(*) WHERE status_code = 500",
	    "SELECT count(*) FROM security_events  WHERE status_code = 500" },
	{ "count(*)", "SELECT count(*) FROM security_events" },
	{ "count(*) WHERE status='open'", "SELECT count(*) FROM incidents  WHERE status='open'" },
	{ "count(*) WHERE status='failed'",
	    "SELECT count(*) FROM security_events  WHERE status='failed'" },
	{ "avg(resolve_time - detect_time)",
	    "SELECT avg(resolve_time - detect_time) FROM incidents" },
	{ "max(count) WHERE rule_id = 'x'", "SELECT max(count) FROM alerts  WHERE rule_id = 'x'" },
	{ "SELECT host WHERE app = 'sshd' LIMIT 3",
	    "SELECT host FROM security_events  WHERE app = 'sshd' LIMIT 3" },
	{ "SELECT (SELECT max(i) FROM t) WHERE true",
	    "SELECT (SELECT max(i) FROM t) FROM security_events  WHERE true" },
	{ "SELECT a FROM t WHERE x IS DISTINCT FROM 3",
	    "SELECT a FROM t WHERE x IS DISTINCT FROM 3" },
	{ "EXPLAIN SELECT host WHERE pid = 3",
	    "EXPLAIN SELECT host FROM security_events  WHERE pid = 3" },
	{ "SELECT a FROM t WHERE timestamp > now() - 24h",
	    "SELECT a FROM t WHERE timestamp > now() - INTERVAL '24 hour'" },
	{ "SELECT now() - 5m, now() -90s, now() - 2d, now() - 1w",
	    "SELECT now() - INTERVAL '5 minute', now() - INTERVAL '90 second',"
	    " now() - INTERVAL '2 day', now() - INTERVAL '1 week'" },
	{ "SELECT a - 1 h FROM t", "SELECT a - 1 h FROM t" },
	{ "SELECT 1h", "SELECT 1h" },
	{ "SELECT time_bucket('5 minutes') FROM t",
	    "SELECT time_bucket(INTERVAL '5 minutes', \"timestamp\") FROM t" },
	{ "SELECT time_bucket(INTERVAL 1 hour, x) FROM t",
	    "SELECT time_bucket(INTERVAL 1 hour, x) FROM t" },
	{ "SELECT 'never ends", "SELECT 'never ends" },
	{ "DROP TABLE t", "DROP TABLE t" },
};

/* As it is compared: one blank where there are several. */
static void
squeeze(struct buf *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->n; i++)
		if (b->p[i] != ' ' || (n > 0 && b->p[n - 1] != ' '))
			b->p[n++] = b->p[i];
	b->n = n;
	buf_byte(b, '\0');
}

TEST(expands)
{
	struct buf got, want;
	size_t i;

	for (i = 0; i < ARRAY_LEN(expansions); i++) {
		buf_init(&got, 0);
		buf_init(&want, 0);
		shortform_expand(str_c(expansions[i].from), &got);
		buf_str(&want, str_c(expansions[i].to));
		squeeze(&got);
		squeeze(&want);
		CHECK_STR(got.p, want.p);
		buf_fini(&got);
		buf_fini(&want);
	}
}

static const struct {
	const char *from, *column, *to; /* to NULL: nothing to wrap */
} wraps[] = {
	{ "SELECT a, b, count(*) FROM t GROUP BY a", "b",
	    "SELECT a, any_value(b) AS b, count(*) FROM t GROUP BY a" },
	{ "SELECT a, g.c, sum(g.c) FROM t GROUP BY a", "g",
	    "SELECT a, any_value(g.c) AS c, sum(g.c) FROM t GROUP BY a" },
	{ "SELECT a, e.b x FROM t e GROUP BY a", "b",
	    "SELECT a, any_value(e.b) x FROM t e GROUP BY a" },
	{ "SELECT a, upper(b) FROM t WHERE b = 'b' GROUP BY a ORDER BY b", "b",
	    "SELECT a, upper( any_value(b)) FROM t WHERE b = 'b' GROUP BY a ORDER BY "
	    "any_value(b)" },
	{ "SELECT a, \"b\" FROM t GROUP BY a", "b",
	    "SELECT a, any_value(\"b\") AS \"b\" FROM t GROUP BY a" },
	{ "SELECT a, max(b) FROM t GROUP BY a", "b", NULL },
	{ "SELECT a, (SELECT b FROM u LIMIT 1) FROM t GROUP BY a", "b", NULL },
	{ "SELECT a FROM t", "b", NULL },
};

TEST(wraps_columns_outside_aggregates)
{
	struct buf got, want;
	size_t i;

	for (i = 0; i < ARRAY_LEN(wraps); i++) {
		buf_init(&got, 0);
		buf_init(&want, 0);
		CHECK_INT(shortform_any_value(str_c(wraps[i].from), str_c(wraps[i].column), &got),
		    wraps[i].to != NULL);
		if (wraps[i].to != NULL) {
			buf_str(&want, str_c(wraps[i].to));
			squeeze(&got);
			squeeze(&want);
			CHECK_STR(got.p, want.p);
		}
		buf_fini(&got);
		buf_fini(&want);
	}
}

TEST(tokens)
{
	static const char sql[] = "a1 \"q\"\"x\" 'it''s' E'\\'' 1.5e-3 $t$ ' $t$ <=";
	static const enum sqltok_kind kinds[] = { SQLTOK_WORD, SQLTOK_NAME, SQLTOK_STRING,
		SQLTOK_STRING, SQLTOK_NUMBER, SQLTOK_STRING, SQLTOK_SIGN, SQLTOK_SIGN };
	struct sqltok_list l;
	size_t i;

	CHECK(sqltok_split(str_c(sql), &l));
	CHECK_INT(l.t.n, ARRAY_LEN(kinds));
	for (i = 0; i < ARRAY_LEN(kinds); i++)
		CHECK_INT(l.t.p[i].kind, kinds[i]);
	CHECK(!l.t.p[7].spaced);
	sqltok_free(&l);
	CHECK(!sqltok_split(STR("/* /* */"), &l));
	CHECK(!sqltok_split(STR("$$ x"), &l));
	CHECK(!sqltok_split(STR("\"x"), &l));
}

TEST(any_bytes_are_survived)
{
	uint64_t x = test_seed() | 1;
	char text[64];
	struct buf out;
	unsigned round;
	size_t i, n;

	for (round = 0; round < test_rounds(20000); round++) {
		n = 0;
		for (i = 0; i < sizeof(text); i++) {
			static const char marks[] =
			    "'\"$-/*#;()., aeE19\n=\\time_bucket(fromselect";

			x = x * 6364136223846793005ULL + 1442695040888963407ULL;
			text[n++] = marks[(x >> 33) % (sizeof(marks) - 1)];
		}
		n = (x >> 20) % sizeof(text);
		buf_init(&out, 0);
		shortform_expand((struct str){ text, n }, &out);
		(void)shortform_any_value((struct str){ text, n }, STR("a"), &out);
		CHECK(!buf_overflow(&out));
		buf_fini(&out);
	}
}
