/* Signatures: the published vector, two keys, what is no key. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/sign.h"

#include "test.h"

#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY "{\"test\": 2432232314}"
#define KEY "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

TEST(the_vector_of_standard_webhooks)
{
	static const struct {
		const char *secret, *want;
	} rows[] = {
		{ KEY, SIGNATURE },
		{ "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", SIGNATURE },
		{ " " KEY "\n" KEY "\t", SIGNATURE " " SIGNATURE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };
		struct diag why = { 0 };

		CHECK_OK(sign_put(str_c(rows[i].secret), STR(ID), 1614265330, STR(BODY), &b, &why),
		    why);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
}

TEST(what_is_no_key)
{
	static const char *const rows[] = { "", " \n", "whsec_", "whsec_%%%", "whsec_AAAA",
		"whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", KEY " x",
		KEY " " KEY " " KEY " " KEY " " KEY,
		/* 65 bytes */
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AA"
		"AAA=" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };
		struct diag why = { 0 };

		if (sign_put(str_c(rows[i]), STR(ID), 0, STR(BODY), &b, &why) != FAIL_SYNTAX)
			test_fail(TEST_AT(rows), "\"%s\" is taken", rows[i]);
		CHECK(strstr(why.text, "MfKQ") == NULL);
	}
}
