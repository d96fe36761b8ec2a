/* Rule files: any bytes load or are refused with a place, and what loads can be run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/engine.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses memory over a document it refuses. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml\n";
}

static const struct rec_extra extras[] = {
	{ .path = { "x", 1 }, .type = FIELD_STR, .v.s = { "cmd /enc \xe2\x80\x93x aGk=", 18 } },
	{ .path = { "x", 1 }, .type = FIELD_STR, .v.s = { "2026-08-05T14:02:11Z", 20 } },
	{ .path = { "y", 1 }, .type = FIELD_INT, .v.i = -5 },
	{ .path = { "y", 1 }, .type = FIELD_FLOAT, .v.f = 1e300 },
	{ .path = { "z", 1 }, .null = true },
	{ .path = { "acct", 4 }, .type = FIELD_BOOL, .v.b = true },
};

static void
note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	(void)ctx, (void)kind;
	if (why->text[0] == '\0' || why->line == 0)
		abort();
}

static void
ignore(void *ctx, const struct finding *f)
{
	(void)ctx, (void)f;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const struct engine_opts opts = { 10, 0 };
	struct arena *a = arena_new((size_t)1 << 20);
	struct ruleset *rs = NULL;
	struct engine *e;
	struct diag why;
	struct rec r;

	if (ruleset_read("fuzz", (struct str){ (const char *)data, size }, note, NULL, &rs, &why) ==
	    OK) {
		e = engine_new(rs, &opts);
		rec_init(&r, a);
		rec_set_str(&r, F_URL, STR("/a%20b?x=union select"));
		rec_set_str(&r, F_USER_NAME, STR("root"));
		rec_set_str(&r, F_EVENT_TYPE, STR("auth.login.failed"));
		rec_set_str(&r, F_CLIENT_IP, STR("10.1.2.3"));
		rec_set_int(&r, F_TIMESTAMP, 1785938531000000000);
		for (size_t i = 0; i < ARRAY_LEN(extras); i++)
			(void)!rec_add_extra(&r, &extras[i]);
		engine_feed(e, &r, ignore, NULL);
		engine_free(e);
	}
	ruleset_free(rs);
	arena_free(a);
	return 0;
}
