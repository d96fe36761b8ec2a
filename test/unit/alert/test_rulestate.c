/* Switched rules are kept, the newest switching counts. */
#include "alert/rulestate.h"

#include "base/buf.h"
#include "fixture.h"

static enum err
put_row(void *ctx, const struct rulestate_row *row)
{
	buf_printf(ctx, "%.*s %d %.*s %.*s %lld|", STR_ARG(row->rule_id), row->enabled,
	    STR_ARG(row->by), STR_ARG(row->note), (long long)row->time);
	return OK;
}

TEST(kept_and_replaced)
{
	struct alerts *a = open_new();
	auto_buf struct buf text = { 0 };
	struct diag why = { 0 };

	buf_init(&text, 0);
	CHECK_OK(rulestate_set(a, STR("b"), false, STR("ann"), STR("noise"), 1, &why), why);
	CHECK_OK(rulestate_set(a, STR("a"), false, STR("bob"), STR(""), 2, &why), why);
	CHECK_OK(rulestate_set(a, STR("b"), true, STR("bob"), STR("again"), 3, &why), why);
	alerts_close(a);
	a = open_again();
	CHECK_OK(rulestate_each(a, put_row, &text, &why), why);
	CHECK_SLICE(buf_view(&text), "a 0 bob  2|b 1 bob again 3|");
	alerts_close(a);
}
