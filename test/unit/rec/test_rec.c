/* Records: fields, unknown fields, conversions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rec/rec.h"

#include "test.h"

TEST(fields_come_and_go)
{
	struct arena *a = arena_new(1 << 20);
	struct rec r;

	rec_init(&r, a);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		CHECK(!rec_has(&r, (enum field)f));
	CHECK(rec_str(&r, F_HOST).p == NULL);
	CHECK_INT(rec_int(&r, F_PID, -7), -7);
	rec_set_str(&r, F_HOST, STR("h"));
	rec_set_int(&r, F_PID, 12);
	rec_set_float(&r, F_GEO_LAT, 1.5);
	rec_set_bool(&r, F_RAW - 1, true);
	CHECK_SLICE(rec_str(&r, F_HOST), "h");
	CHECK_INT(rec_int(&r, F_PID, -7), 12);
	CHECK(rec_has(&r, F_GEO_LAT));
	rec_unset(&r, F_PID);
	CHECK(!rec_has(&r, F_PID));
	CHECK(rec_has(&r, F_HOST));
	rec_init(&r, a);
	CHECK(!rec_has(&r, F_HOST));
	arena_free(a);
}

TEST(extras_keep_order_and_repeat)
{
	struct arena *a = arena_new(1 << 20);
	const struct rec_extra *x;
	struct rec r;

	rec_init(&r, a);
	for (int i = 0; i < 100; i++) {
		struct rec_extra one = {
			.path = i % 2 == 0 ? STR("even") : STR("odd"), .type = FIELD_INT, .v.i = i
		};

		CHECK_INT(rec_add_extra(&r, &one), OK);
	}
	x = rec_find_extra(&r, STR("odd"), 0);
	for (int i = 1; i < 100; i += 2) {
		CHECK(x != NULL);
		CHECK_INT(x->v.i, i);
		x = rec_find_extra(&r, STR("odd"), (uint32_t)(x - r.extra) + 1);
	}
	CHECK(x == NULL);
	CHECK(rec_find_extra(&r, STR("none"), 0) == NULL);
	CHECK(!r.cut);
	arena_free(a);
}

TEST(too_many_extras_are_cut)
{
	struct arena *a = arena_new(10 << 20);
	struct rec_extra x = { .path = STR("p"), .type = FIELD_INT };
	struct rec r;

	rec_init(&r, a);
	for (unsigned i = 0; i < REC_EXTRA_MAX; i++)
		CHECK_INT(rec_add_extra(&r, &x), OK);
	CHECK(!r.cut);
	CHECK_INT(rec_add_extra(&r, &x), FAIL_LIMIT);
	CHECK(r.cut);
	CHECK_INT(r.n_extra, REC_EXTRA_MAX);
	arena_free(a);
}

TEST(extras_end_with_the_arena)
{
	struct arena *a = arena_new(1000);
	struct rec_extra x = { .path = STR("p"), .type = FIELD_INT };
	struct rec r;
	uint32_t n = 0;

	rec_init(&r, a);
	while (rec_add_extra(&r, &x) == OK)
		n++;
	CHECK(n >= 8 && n < 30);
	CHECK(r.cut);
	CHECK_INT(r.n_extra, n);
	arena_free(a);
}

TEST(text_is_converted)
{
	static const struct {
		enum field f;
		const char *text;
		enum err want;
		int64_t i;     /* INT, BOOL */
		const char *s; /* STR, IP */
		double d;
	} rows[] = {
		{ F_HOST, "web1", OK, 0, "web1", 0 },
		{ F_HOST, "", OK, 0, "", 0 },
		{ F_CLIENT_IP, "192.0.2.1", OK, 0, "192.0.2.1", 0 },
		{ F_CLIENT_IP, "2001:DB8:0::1", OK, 0, "2001:db8::1", 0 },
		{ F_CLIENT_IP, "::ffff:192.0.2.1", OK, 0, "192.0.2.1", 0 },
		{ F_CLIENT_IP, "example.org", FAIL_SYNTAX, 0, NULL, 0 },
		{ F_CLIENT_IP, "", FAIL_SYNTAX, 0, NULL, 0 },
		{ F_STATUS_CODE, "401", OK, 401, NULL, 0 },
		{ F_STATUS_CODE, "-1", OK, -1, NULL, 0 },
		{ F_STATUS_CODE, "4x1", FAIL_SYNTAX, 0, NULL, 0 },
		{ F_STATUS_CODE, "", FAIL_SYNTAX, 0, NULL, 0 },
		{ F_DURATION_MS, "1.25", OK, 0, NULL, 1.25 },
		{ F_DURATION_MS, "fast", FAIL_SYNTAX, 0, NULL, 0 },
		{ F_IS_BLOCKED, "TRUE", OK, 1, NULL, 0 },
		{ F_IS_BLOCKED, "0", OK, 0, NULL, 0 },
		{ F_IS_BLOCKED, "no", OK, 0, NULL, 0 },
		{ F_IS_BLOCKED, "maybe", FAIL_SYNTAX, 0, NULL, 0 },
		{ F_TIMESTAMP, "1", FAIL_SYNTAX, 0, NULL, 0 },
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum field f = rows[i].f;
		struct rec r;

		rec_init(&r, a);
		CHECK_INT(rec_set_text(&r, f, str_c(rows[i].text)), rows[i].want);
		CHECK_INT(rec_has(&r, f), rows[i].want == OK);
		if (rows[i].want != OK)
			continue;
		if (rows[i].s != NULL)
			CHECK_SLICE(r.v[f].s, rows[i].s);
		else if (field_info(f)->type == FIELD_FLOAT)
			CHECK_DOUBLE(r.v[f].f, rows[i].d, 0);
		else if (field_info(f)->type == FIELD_BOOL)
			CHECK_INT(r.v[f].b, rows[i].i);
		else
			CHECK_INT(r.v[f].i, rows[i].i);
	}
	arena_free(a);
}

/* An address that is canonical already is not copied; one that is not needs the arena. */
TEST(addresses_and_the_arena)
{
	struct arena *a = arena_new(4);
	struct str text = STR("192.0.2.1");
	struct rec r;

	rec_init(&r, a);
	CHECK_INT(rec_set_text(&r, F_CLIENT_IP, text), OK);
	CHECK(r.v[F_CLIENT_IP].s.p == text.p);
	CHECK_INT(rec_set_text(&r, F_SERVER_IP, STR("2001:DB8::1")), FAIL_LIMIT);
	CHECK(!rec_has(&r, F_SERVER_IP));
	arena_free(a);
}
