/* The risk score: every part alone and together, hours, the cap, the levels. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/risk.h"

#include "rec/etype.h"
#include "test.h"

#define S INT64_C(1000000000)
#define HOUR (3600 * S)
#define NOON (12 * HOUR)

/* What the document says about each type, and 1 for what it does not name. */
static const struct {
	const char *type;
	int base;
} bases[] = {
	{ "AUTHENTICATION_FAILURE", 3 },
	{ "AUTHORIZATION_FAILURE", 4 },
	{ "SUSPICIOUS_REQUEST", 5 },
	{ "RATE_LIMIT_EXCEEDED", 6 },
	{ "SSRF_ATTEMPT", 8 },
	{ "SQL_INJECTION_ATTEMPT", 9 },
	{ "XSS_ATTEMPT", 7 },
	{ "BRUTE_FORCE_ATTACK", 8 },
	{ "AUTHENTICATION_SUCCESS", 1 },
	{ "DATA_ACCESS", 1 },
	{ "LOGOUT", 1 },
};

TEST(base_scores)
{
	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		const struct etype *t = etype_find(str_c(bases[i].type));

		CHECK(t != NULL);
		CHECK_INT(t->risk, bases[i].base);
		CHECK_INT(risk_score(&(struct risk_in){ .base = t->risk, .time = NOON }),
		    bases[i].base);
	}
}

/* Every combination of the parts on every base, against a sum made here. */
TEST(all_combinations)
{
	for (int base = 0; base <= 10; base++) {
		for (unsigned bits = 0; bits < 32; bits++) {
			struct risk_in in = { .base = base, .time = bits & 16 ? 3 * HOUR : NOON };
			int want = base;

			in.high_risk_country = (bits & 1) != 0;
			in.anonymous = (bits & 2) != 0;
			in.malicious = (bits & 4) != 0;
			in.has_reputation = true;
			in.reputation = bits & 8 ? 0.29 : 0.3;
			want += (bits & 1 ? 3 : 0) + (bits & 2 ? 2 : 0) + (bits & 4 ? 5 : 0);
			want += (bits & 8 ? 2 : 0) + (bits & 16 ? 1 : 0);
			CHECK_INT(risk_score(&in), want > 10 ? 10 : want);
		}
	}
}

TEST(no_reputation_adds_nothing)
{
	CHECK_INT(risk_score(&(struct risk_in){ .base = 1, .time = NOON }), 1);
	CHECK_INT(risk_score(&(struct risk_in){ .base = 1, .time = NOON, .has_reputation = true }),
	    3);
}

static const struct {
	int64_t time;
	int offset, want;
} hours[] = {
	{ 0, 0, 0 }, { 2 * HOUR - 1, 0, 0 }, { 2 * HOUR, 0, 1 }, { 6 * HOUR, 0, 1 },
	{ 7 * HOUR - 1, 0, 1 }, /* the hour 06 counts to its end */
	{ 7 * HOUR, 0, 0 }, { 23 * HOUR, 0, 0 }, { 0, 7200, 1 }, { 0, -7200, 0 },
	{ 23 * HOUR, 4 * 3600, 1 }, { 8 * HOUR, -2 * 3600, 1 },
	{ INT64_C(1700000000) * S, 0, 0 },     /* 22:13 */
	{ INT64_C(1700000000) * S, 14400, 1 }, /* 02:13 */
	{ -1, 0, 0 },                          /* 23:59:59.999999999 */
	{ -20 * HOUR, 0, 1 },                  /* 04:00 */
	{ INT64_MIN, 7200, 1 },                /* 1677-09-21 02:12:43 */
	{ INT64_MIN, -50400, 0 },              /* the day before, 10:12:43 */
	{ INT64_MAX, -50400, 0 },              /* 2262-04-11 09:47:16 */
};

TEST(night)
{
	for (size_t i = 0; i < ARRAY_LEN(hours); i++)
		CHECK_INT(risk_score(&(struct risk_in){
			      .time = hours[i].time, .utc_offset_s = hours[i].offset }),
		    hours[i].want);
}

TEST(levels)
{
	static const char *const want[] = { "LOW", "LOW", "LOW", "LOW", "MEDIUM", "MEDIUM",
		"MEDIUM", "HIGH", "HIGH", "CRITICAL", "CRITICAL" };

	for (int i = 0; i <= 10; i++)
		CHECK_SLICE(risk_level(i), want[i]);
	CHECK_SLICE(risk_level(-1), "LOW");
	CHECK_SLICE(risk_level(1000), "CRITICAL");
}
