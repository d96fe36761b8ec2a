/* SPDX-License-Identifier: Apache-2.0 */
/* CACAO 2.0: how steps, conditions and parallel parts come out. */
#include "incident/cacao.h"

#include "base/arena.h"
#include "base/jsonr.h"
#include "test.h"

static const char text[] =
    "playbook: x\ntitle: X\nfor: ddos\nsteps:\n"
    "  - {id: a, title: A, manual: {instructions: \"ask {{user}}\", form: [{name: v}]}}\n"
    "  - {id: b, title: B, auto: {action: BLOCK_IP, for: 1h}, timeout: 5m,\n"
    "     when: {answer: {step: a, field: v, is: \"it's\"}, any: [{has: address}, {severity: "
    "[high, low]}]}}\n"
    "  - {id: c, title: C, after: [a], auto: {action: QUERY, sql: \"select {{address}}\"}, "
    "on_fail: "
    "continue}\n"
    "  - {id: d, title: D, after: [b, c], auto: {action: NOTIFY, say: \"over {{url}}\"},\n"
    "     when: {not: {found: {step: c, at_least: 2}}, result: {step: b, is: [done, "
    "timed_out]}}}\n";

static const struct jsonr *
find(const struct jsonr *map, const char *type, const char *name)
{
	for (const struct jsonr *m = map->first; m != NULL; m = m->next)
		if (str_eq(jsonr_text(m, "type", STR("")), str_c(type)) &&
		    str_eq(jsonr_text(m, "name", STR("")), str_c(name)))
			return m;
	return NULL;
}

static const struct jsonr *
at(const struct jsonr *map, const struct jsonr *step, const char *key)
{
	char id[80];

	return jsonr_get(map, str_to_c(jsonr_text(step, key, STR("")), id, sizeof(id)));
}

static void
check_steps(const struct jsonr *top)
{
	const struct jsonr *flow = jsonr_get(top, "workflow"),
			   *start = at(flow, top, "workflow_start");
	const struct jsonr *a = at(flow, start, "on_completion"), *both, *b, *d, *one;

	CHECK_SLICE(jsonr_text(a, "name", STR("")), "A");
	one = jsonr_get(a, "commands")->first;
	CHECK_SLICE(jsonr_text(one, "type", STR("")), "manual");
	CHECK_SLICE(jsonr_text(one, "command", STR("")), "ask __user__:value Note: v");
	both = at(flow, a, "on_success");
	CHECK_SLICE(jsonr_text(both, "type", STR("")), "parallel");
	CHECK_INT(jsonr_get(both, "next_steps")->n, 2);
	CHECK_SLICE(jsonr_text(at(flow, a, "on_failure"), "type", STR("")), "end");
	b = find(flow, "if-condition", "B");
	CHECK_SLICE(jsonr_text(b, "condition", STR("")),
	    "(__step_a_v__:value = 'it\\'s' AND ((__addresses__:value >= 1) OR "
	    "((__severity__:value = 'high' OR __severity__:value = 'low'))))");
	one = at(flow, b, "on_true");
	CHECK_INT(jsonr_int(one, "timeout", 0), 300000);
	CHECK_SLICE(jsonr_text(jsonr_get(one, "commands")->first, "command", STR("")),
	    "POST /v1/blocks HTTP/1.1");
	CHECK_SLICE(jsonr_text(jsonr_get(one, "commands")->first, "content", STR("")),
	    "{\"action\":\"BLOCK_IP\",\"entity\":\"__address__:value\",\"for\":\"3600s\"}");
	one = find(flow, "action", "C");
	CHECK_SLICE(jsonr_text(jsonr_get(one, "commands")->first, "content", STR("")),
	    "{\"sql\":\"select __address__:value\"}");
	CHECK(jsonr_get(one, "on_completion") != NULL && jsonr_get(one, "on_success") == NULL);
	d = at(flow, both, "on_completion");
	CHECK_SLICE(jsonr_text(d, "condition", STR("")),
	    "(NOT (__step_c_found__:value >= 2) AND (__step_b_state__:value = 'done' OR "
	    "__step_b_state__:value = 'timed_out'))");
	CHECK_SLICE(jsonr_text(at(flow, d, "on_completion"), "type", STR("")), "end");
}

TEST(a_playbook_as_cacao)
{
	auto_buf struct buf out = { 0 }, again = { 0 };
	struct arena *arena = arena_new(1 << 20);
	const struct jsonr *top = NULL;
	struct playbook *p = NULL;
	struct diag why = { 0 };

	CHECK_OK(playbook_read(str_c(text), "x", &p, &why), why);
	cacao_put(p, INT64_C(1800000000123456789), &out);
	cacao_put(p, INT64_C(1800000000123456789), &again);
	CHECK(str_eq(buf_view(&out), buf_view(&again)));
	CHECK_OK(jsonr_parse(arena, buf_view(&out), &top, &why), why);
	CHECK_SLICE(jsonr_text(top, "spec_version", STR("")), "cacao-2.0");
	CHECK_SLICE(jsonr_text(top, "modified", STR("")), "2027-01-15T08:00:00.123Z");
	CHECK(jsonr_get(jsonr_get(top, "playbook_variables"), "__step_a_v__") != NULL);
	check_steps(top);
	playbook_free(p);
	arena_free(arena);
}
