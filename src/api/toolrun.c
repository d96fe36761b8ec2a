/* exports: tools_handle_ */
/* POST /v1/backtest, POST /v1/response/preview and GET /v1/rules/{id}/why-not: commands that are
 * run for the asker. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/backtest.py */
#include <stdlib.h>

#include "api/alert.h"
#include "api/body.h"
#include "api/internal.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/jsonr.h"
#include "base/mem.h"
#include "detect/ruleset.h"
#include "parse/time.h"

#define TEXT_SIZE 256
#define RULE_INPUT "/dev/stdin"

struct waiting {
	struct http *r;
};

/* What a command says that could not do it: {"error": "..."}. */
static void
refuse(struct http *r, struct str output)
{
	struct arena *a = arena_new((size_t)1 << 20);
	const struct jsonr *top = NULL;
	struct diag why = { 0 };
	struct str text = STR("it cannot be done"), sent = { 0 };

	if (output.n != 0 && jsonr_parse(a, output, &top, &why) == OK)
		text = jsonr_text(top, "error", text);
	if (str_starts(text, STR(RULE_INPUT ":")))
		text =
		    str_from(text, strlen(RULE_INPUT ":")); /* line and column of what was sent */
	else if (str_starts(text, STR(RULE_INPUT " ")))
		sent = str_from(text, strlen(RULE_INPUT));
	if (sent.n != 0)
		http_problem(r, 422, "what was sent%.*s", STR_ARG(sent));
	else
		http_problem(r, 422, "%.*s", STR_ARG(text));
	arena_free(a);
}

static void
on_done(void *ctx, int status, struct str output)
{
	struct waiting *w = ctx;

	if (status == 0)
		http_reply(w->r, 200, HTTP_JSON, output);
	else if (status > 0)
		refuse(w->r, output);
	else
		http_problem(w->r, 503, "it took longer than a minute, or said too much");
	free(w);
}

static void
run(const struct api *a, struct http *r, const char *const *args, struct str input)
{
	struct waiting *w;
	struct diag why = { 0 };
	enum err e;

	if (a->host.tool_run == NULL) {
		http_problem(r, 503, "commands cannot be run here");
		return;
	}
	w = MEM_NEW(struct waiting);
	w->r = r;
	e = a->host.tool_run(a->host.tool_ctx, args, input, on_done, w, &why);
	if (e == OK) {
		http_hold(r, NULL, NULL);
		return;
	}
	free(w);
	if (e == FAIL_AGAIN)
		http_add_header(r, "Retry-After", "5");
	http_problem(r, e == FAIL_AGAIN ? 429 : 503, "%s", why.text);
}

/* Words that go to a command line: none begins with "-", so none is an option. */
static bool
is_word(struct http *r, const char *name, struct str s, char to[TEXT_SIZE])
{
	if (s.n != 0 && s.n < TEXT_SIZE && s.p[0] != '-' && memchr(s.p, '\0', s.n) == NULL) {
		(void)str_to_c(s, to, TEXT_SIZE);
		return true;
	}
	http_problem(r, 422, "'%s' must be given, of at most %d characters", name, TEXT_SIZE - 1);
	return false;
}

static bool
is_time(struct http *r, const char *name, struct str s)
{
	int64_t ns;

	if (clock_span(s, &ns) || time_any(s, 0, clock_wall(), &ns))
		return true;
	http_problem(r, 422, "'%s' is a time like 2026-11-01T00:00:00Z, or a span like 7d", name);
	return false;
}

void
tools_handle_backtest(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str rule = { 0 }, id = { 0 }, since = { 0 };
	const struct body_field fields[] = {
		{ "rule", BODY_TEXT, false, &rule, NULL },
		{ "rule_id", BODY_TEXT, false, &id, NULL },
		{ "since", BODY_TEXT, false, &since, NULL },
	};
	char id_text[TEXT_SIZE] = RULE_INPUT, since_text[TEXT_SIZE];
	const char *args[] = { "backtest", "--json", id_text, NULL, NULL, NULL };

	if (!body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	if ((rule.n == 0) == (id.n == 0)) {
		http_problem(r, 422,
		    "give a rule as YAML in 'rule', or the id of one in 'rule_id'");
		return;
	}
	if (id.n != 0 && !is_word(r, "rule_id", id, id_text))
		return;
	if (since.n != 0) {
		if (!is_word(r, "since", since, since_text) || !is_time(r, "since", since))
			return;
		args[3] = "--since";
		args[4] = since_text;
	}
	run(a, r, args, rule);
}

void
tools_handle_why_not(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct rule *rule = ruleset_find(a->host.rules, http_param(r, "id"));
	char entity[TEXT_SIZE], at[TEXT_SIZE];
	struct str given = { 0 }, who = { 0 };
	const char *args[] = { "rules", "explain", "--why-not", "--json", "--entity", entity, "",
		NULL, NULL, NULL };

	if (rule == NULL) {
		http_problem(r, 404, "no rule that is loaded has this id");
		return;
	}
	args[6] = rule->id;
	(void)http_query(r, "entity", &who);
	if (!is_word(r, "entity", who, entity))
		return;
	if (http_query(r, "at", &given)) {
		if (!is_word(r, "at", given, at) || !is_time(r, "at", given))
			return;
		args[7] = "--at";
		args[8] = at;
	}
	run(a, r, args, STR(""));
}

/* As a name on a command line: bytes that may stand in none become "?". */
static void
put_name(struct str name, char to[TEXT_SIZE])
{
	size_t n = name.n < TEXT_SIZE - 1 ? name.n : TEXT_SIZE - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = name.p[i] != '\0' ? name.p[i] : '?';
	to[n] = '\0';
	if (to[0] == '-')
		to[0] = '?';
}

void
tools_handle_preview(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str policy = { 0 }, since = { 0 };
	const struct body_field fields[] = {
		{ "policy", BODY_TEXT, false, &policy, NULL },
		{ "since", BODY_TEXT, false, &since, NULL },
	};
	char policy_text[TEXT_SIZE], since_text[TEXT_SIZE], by[TEXT_SIZE];
	const char *args[] = { "response", "preview", "--json", "--by", by, NULL, NULL, NULL, NULL,
		NULL };
	size_t n = 5;

	if (!body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	put_name(alert_caller(r), by);
	if (policy.n != 0) {
		if (!is_word(r, "policy", policy, policy_text))
			return;
		if (strpbrk(policy_text, "/.") != NULL) {
			http_problem(r, 422, "policy: is the name of one that ships");
			return;
		}
		args[n++] = "--policy";
		args[n++] = policy_text;
	}
	if (since.n != 0) {
		if (!is_word(r, "since", since, since_text) || !is_time(r, "since", since))
			return;
		args[n++] = "--since";
		args[n++] = since_text;
	}
	run(a, r, args, STR(""));
}
