/* Overrides of people: kept, listed, taken away and still known; never more than the cap. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/override.h"

#include "alert/internal.h"
#include "fixture.h"

#define H ((int64_t)3600 * 1000000000)

static enum err
on_row(void *ctx, const struct override *o)
{
	buf_printf(ctx, "%d %.*s %.*s %d-%d %.*s%s%.*s|", (int)o->id, STR_ARG(o->rota),
	    STR_ARG(o->person), (int)(o->from / H), (int)(o->to / H), STR_ARG(o->why),
	    o->removed != 0 ? " removed by " : "", STR_ARG(o->removed_by));
	return OK;
}

static void
list_is(struct alerts *a, int64_t after, bool removed, const char *want)
{
	auto_buf struct buf got = { 0 };
	struct diag why = { 0 };

	CHECK_OK(override_list(a, after, removed, on_row, &got, &why), why);
	buf_byte(&got, '\0');
	CHECK_STR(got.p, want);
}

TEST(kept_and_taken_away)
{
	struct alerts *a = open_new();
	struct override o = { .rota = STR("first"),
		.person = STR("ben"),
		.by = STR("ana"),
		.why = STR("ill"),
		.from = 5 * H,
		.to = 9 * H };
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(override_add(a, &o, 1 * H, &id, &why), why);
	o.from = 6 * H;
	CHECK_OK(override_add(a, &o, 1 * H, &id, &why), why);
	CHECK_INT(id, 2);
	list_is(a, 0, false, "1 first ben 5-9 ill|2 first ben 6-9 ill|");
	list_is(a, 9 * H, false, "");
	CHECK_OK(override_remove(a, 1, STR("eve"), 2 * H, &why), why);
	CHECK_INT(override_remove(a, 1, STR("eve"), 2 * H, &why), FAIL_NOT_FOUND);
	list_is(a, 0, false, "2 first ben 6-9 ill|");
	list_is(a, 0, true, "1 first ben 5-9 ill removed by eve|2 first ben 6-9 ill|");
	CHECK_INT(override_add(a, &o, 9 * H, &id, &why), FAIL_SYNTAX); /* past */
	o.to = o.from;
	CHECK_INT(override_add(a, &o, 1 * H, &id, &why), FAIL_SYNTAX);
	o.to = o.from + 2 * OVERRIDE_SPAN_MAX;
	CHECK_INT(override_add(a, &o, 1 * H, &id, &why), FAIL_SYNTAX);
	alerts_close(a);
}

TEST(cap)
{
	struct alerts *a = open_new();
	const struct override o = {
		.rota = STR("r"), .person = STR("p"), .by = STR("b"), .to = 9 * H
	};
	struct diag why = { 0 };
	int64_t id;

	CHECK_OK(db_exec(a->db, "BEGIN", &why), why);
	for (unsigned i = 0; i < OVERRIDE_MAX; i++)
		CHECK_OK(override_add(a, &o, 1, &id, &why), why);
	CHECK_INT(override_add(a, &o, 1, &id, &why), FAIL_LIMIT);
	CHECK_OK(override_remove(a, 7, STR("b"), 1, &why), why);
	CHECK_OK(override_add(a, &o, 1, &id, &why), why);
	CHECK_OK(db_exec(a->db, "COMMIT", &why), why);
	alerts_close(a);
}
