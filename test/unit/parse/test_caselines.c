/* Lines that stand for many events. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/caselines.h"

#include "base/buf.h"
#include "test.h"

static enum err
add(void *ctx, struct str line, struct diag *why)
{
	struct buf *to = ctx;

	(void)why;
	buf_str(to, line);
	buf_byte(to, '\n');
	return OK;
}

static enum err
two(void *ctx, struct str line, struct diag *why)
{
	(void)line;
	return ++*(unsigned *)ctx == 2 ? err_set(why, FAIL_LIMIT, "enough") : OK;
}

TEST(in_the_order_of_their_times_behind_all_others)
{
	auto_buf struct buf got = { 0 };
	struct diag why = { 0 };

	CHECK_OK(caselines_each(STR("@ 2 3s 2026-03-01T10:00:00Z {\"n\":\"@i\"}\n\nplain\n"
				    "@ 3 1500ms 2026-03-01T10:00:00Z {\"m\":@i}\nlast"),
		     add, &got, &why),
	    why);
	buf_byte(&got, '\0');
	CHECK_STR(got.p, "plain\nlast\n"
			 "{\"timestamp\":\"2026-03-01T10:00:00Z\",\"n\":\"0\"}\n"
			 "{\"timestamp\":\"2026-03-01T10:00:00Z\",\"m\":0}\n"
			 "{\"timestamp\":\"2026-03-01T10:00:01.500Z\",\"m\":1}\n"
			 "{\"timestamp\":\"2026-03-01T10:00:03Z\",\"n\":\"1\"}\n"
			 "{\"timestamp\":\"2026-03-01T10:00:03Z\",\"m\":2}\n");
}

TEST(what_is_not_understood_is_said)
{
	static const char *const bad[] = { "@ x 3s 2026-03-01T10:00:00Z {}",
		"@ 1 3x 2026-03-01T10:00:00Z {}", "@ 1 3s yesterday {}",
		"@ 1 3s 2026-03-01T10:00:00Z []", "@ 1000001 3s 2026-03-01T10:00:00Z {}", "@ 1" };
	auto_buf struct buf got = { 0 };
	struct diag why = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_INT(caselines_each(str_c(bad[i]), add, &got, &why), FAIL_SYNTAX);
		CHECK(strstr(why.text, bad[i]) != NULL);
	}
	CHECK_INT(got.n, 0);
}

TEST(too_many_bytes_and_who_has_enough)
{
	static char text[2000];
	struct diag why = { 0 };
	auto_buf struct buf got = { 0 };
	unsigned n = 0;

	(void)snprintf(text, sizeof(text), "@ 1000000 1s 2026-03-01T10:00:00Z {\"n\":\"%0*d\"}",
	    900, 0);
	CHECK_INT(caselines_each(str_c(text), add, &got, &why), FAIL_LIMIT);
	CHECK_INT(caselines_each(STR("@ 9 1s 2026-03-01T10:00:00Z {}\na"), two, &n, &why),
	    FAIL_LIMIT);
	CHECK_STR(why.text, "enough");
	CHECK_INT(n, 2);
}
