/* Records as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rec/view.h"

#include "base/utf8.h"
#include "random.h"
#include "test.h"

static void
check_view(const struct rec *r, bool with_raw, const char *want)
{
	auto_buf struct buf b = { 0 };

	view_rec(r, with_raw, &b);
	CHECK_SLICE(buf_view(&b), want);
}

static void
check_extra(const struct rec *r, const char *want)
{
	auto_buf struct buf b = { 0 };

	view_extra(r, &b);
	CHECK_SLICE(buf_view(&b), want);
}

static void
add(struct rec *r, const char *path, enum field_type type, union rec_value v)
{
	struct rec_extra x = { .path = str_c(path), .type = type, .v = v };

	CHECK_INT(rec_add_extra(r, &x), OK);
}

static void
add_null(struct rec *r, const char *path)
{
	struct rec_extra x = { .path = str_c(path), .null = true };

	CHECK_INT(rec_add_extra(r, &x), OK);
}

TEST(types_and_nesting)
{
	struct arena *a = arena_new(10000);
	struct rec r;

	rec_init(&r, a);
	check_view(&r, true, "{}");
	rec_set_int(&r, F_TIMESTAMP, 1500000000);
	rec_set_str(&r, F_CLIENT_IP, STR("192.0.2.1"));
	rec_set_int(&r, F_STATUS_CODE, 401);
	rec_set_float(&r, F_DURATION_MS, 0.25);
	rec_set_str(&r, F_GEO_COUNTRY, STR("DE"));
	rec_set_float(&r, F_GEO_LAT, 48.1);
	rec_set_bool(&r, F_IS_BLOCKED, false);
	rec_set_str(&r, F_MESSAGE, STR("say \"hi\"\n"));
	rec_set_str(&r, F_LS_CATEGORY, STR("webserver"));
	rec_set_str(&r, F_RAW, STR("the line"));
	r.null[F_HOST / 64] |= (uint64_t)1 << (F_HOST % 64);
	check_view(&r, false,
	    "{\"timestamp\":\"1970-01-01T00:00:01.500Z\",\"client_ip\":\"192.0.2.1\","
	    "\"status_code\":401,\"duration_ms\":0.25,"
	    "\"geolocation\":{\"country\":\"DE\",\"latitude\":48.1},\"is_blocked\":false,"
	    "\"message\":\"say \\\"hi\\\"\\n\",\"host\":null,"
	    "\"logsource\":{\"category\":\"webserver\"}}");
	rec_init(&r, a);
	rec_set_str(&r, F_LS_SERVICE, STR("sshd"));
	rec_set_str(&r, F_RAW, STR("the line"));
	check_view(&r, true, "{\"logsource\":{\"service\":\"sshd\"},\"raw\":\"the line\"}");
	arena_free(a);
}

TEST(extras)
{
	struct arena *a = arena_new(10000);
	struct rec r;

	rec_init(&r, a);
	check_extra(&r, "{}");
	rec_set_str(&r, F_HOST, STR("h"));
	add(&r, "n", FIELD_INT, (union rec_value){ .i = -5 });
	add(&r, "cart.sku", FIELD_STR, (union rec_value){ .s = STR("a") });
	add(&r, "f", FIELD_FLOAT, (union rec_value){ .f = 0.5 });
	add_null(&r, "none");
	add(&r, "cart.sku", FIELD_INT, (union rec_value){ .i = 2 });
	add(&r, "b", FIELD_BOOL, (union rec_value){ .b = true });
	add_null(&r, "cart.sku");
	check_extra(&r,
	    "{\"n\":-5,\"cart.sku\":[\"a\",2,null],\"f\":0.5,\"none\":null,\"b\":true}");
	check_view(&r, false,
	    "{\"host\":\"h\",\"n\":-5,\"cart.sku\":[\"a\",2,null],\"f\":0.5,\"none\":null,"
	    "\"b\":true}");
	arena_free(a);
}

/* No name stands twice, whatever the extras are called. */
TEST(names_that_fields_have)
{
	struct arena *a = arena_new(10000);
	struct rec r;

	rec_init(&r, a);
	rec_set_int(&r, F_STATUS_CODE, 200);
	rec_set_str(&r, F_GEO_CITY, STR("Ulm"));
	add(&r, "status_code", FIELD_STR, (union rec_value){ .s = STR("ok") });
	add(&r, "geolocation", FIELD_STR, (union rec_value){ .s = STR("here") });
	add(&r, "logsource", FIELD_INT, (union rec_value){ .i = 1 });
	add(&r, "pid", FIELD_STR, (union rec_value){ .s = STR("x") });
	add(&r, "status", FIELD_INT, (union rec_value){ .i = 2 });
	check_view(&r, false,
	    "{\"status_code\":200,\"geolocation\":{\"city\":\"Ulm\"},"
	    "\"extra.status_code\":\"ok\",\"extra.geolocation\":\"here\",\"logsource\":1,"
	    "\"pid\":\"x\",\"status\":2}");
	check_extra(&r,
	    "{\"status_code\":\"ok\",\"geolocation\":\"here\",\"logsource\":1,\"pid\":\"x\","
	    "\"status\":2}");
	arena_free(a);
}

/* What a program that compares all pairs would write. */
static void
by_definition(const struct rec *r, struct buf *to)
{
	bool comma = false;

	buf_byte(to, '{');
	for (uint32_t i = 0; i < r->n_extra; i++) {
		struct str path = r->extra[i].path;
		unsigned n = 0;

		if (rec_find_extra(r, path, 0) != &r->extra[i])
			continue;
		buf_printf(to, "%s\"%.*s\":", comma ? "," : "", STR_ARG(path));
		comma = true;
		for (uint32_t k = i; k < r->n_extra; k++)
			n += str_eq(r->extra[k].path, path);
		buf_str(to, n > 1 ? STR("[") : STR(""));
		for (uint32_t k = i; k < r->n_extra; k++)
			if (str_eq(r->extra[k].path, path))
				buf_printf(to, "%s%d", k != i ? "," : "", (int)r->extra[k].v.i);
		buf_str(to, n > 1 ? STR("]") : STR(""));
	}
	buf_byte(to, '}');
}

TEST(any_number_of_extras)
{
	static const size_t sizes[] = { 1, 2, 24, 25, 100, REC_EXTRA_MAX };
	uint64_t s = random_start(test_seed());
	struct arena *a = arena_new(16 << 20);

	for (unsigned round = 0; round < test_rounds(60); round++) {
		auto_buf struct buf got = { 0 }, want = { 0 };
		size_t n = sizes[round % ARRAY_LEN(sizes)], names = 1 + random_below(&s, 2 * n);
		static char paths[2 * REC_EXTRA_MAX + 1][24];
		struct rec r;

		rec_init(&r, a);
		for (size_t i = 0; i < n; i++) {
			size_t k = random_below(&s, names);

			(void)snprintf(paths[k], sizeof(paths[k]), "p%zu", k);
			add(&r, paths[k], FIELD_INT, (union rec_value){ .i = (int64_t)i });
		}
		view_extra(&r, &got);
		by_definition(&r, &want);
		CHECK_BYTES(got.p, got.n, want.p, want.n);
		arena_reset(a);
	}
	arena_free(a);
}

/* Quotes that are not escaped come in pairs, brackets outside of text too. */
static void
check_balanced(struct str s)
{
	bool inside = false;
	int depth = 0;

	CHECK(utf8_valid(s));
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		CHECK((unsigned char)c >= 0x20);
		if (inside && c == '\\')
			i++;
		else if (c == '"')
			inside = !inside;
		else if (!inside)
			depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		CHECK(depth > 0 || i + 1 == s.n);
	}
	CHECK(!inside && depth == 0);
}

TEST(any_bytes_give_one_line_of_json)
{
	uint64_t s = random_start(test_seed());
	struct arena *a = arena_new(1 << 20);

	for (unsigned round = 0; round < test_rounds(3000); round++) {
		char text[60], path[20];
		struct str value = { text, random_below(&s, sizeof(text)) };
		struct rec_extra x = { .path = { path, random_below(&s, sizeof(path)) },
			.type = FIELD_STR,
			.v.s = value };
		auto_buf struct buf b = { 0 };
		struct rec r;

		random_bytes(&s, text, value.n);
		random_bytes(&s, path, x.path.n);
		rec_init(&r, a);
		rec_set_str(&r, F_MESSAGE, value);
		rec_set_str(&r, F_GEO_CITY, value);
		rec_set_str(&r, F_RAW, value);
		CHECK_INT(rec_add_extra(&r, &x), OK);
		view_rec(&r, true, &b);
		check_balanced(buf_view(&b));
		arena_reset(a);
	}
	arena_free(a);
}
