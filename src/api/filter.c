/* SPDX-License-Identifier: Apache-2.0 */
/* Which alerts: from the query of a request, or from a JSON object with the same names. */
/* tested by: test/unit/api/test_alerts.c */
#include "api/alert.h"
#include "base/clock.h"
#include "parse/time.h"

#define TEXT_MAX 1024
#define SEARCH_MAX 200

/* "open,acknowledged" as bits. */
static bool
read_statuses(struct str value, unsigned *ret)
{
	enum alerts_status s;

	for (*ret = 0; value.n != 0; *ret |= 1U << s)
		if (!alerts_status_find(str_trim(str_until(&value, ',')), &s))
			return false;
	return true;
}

static bool
read_severities(struct str value, unsigned *ret)
{
	enum alerts_severity s;

	for (*ret = 0; value.n != 0; *ret |= 1U << s)
		if (!alerts_severity_find(str_trim(str_until(&value, ',')), &s))
			return false;
	return true;
}

static bool
read_demo(struct str value, enum alerts_demo *ret)
{
	*ret = str_eq(value, STR("true")) ? ALERTS_DEMO_ONLY : ALERTS_DEMO_NONE;
	return *ret == ALERTS_DEMO_ONLY || str_eq(value, STR("false"));
}

static bool
read_quiet(struct str value, enum alerts_quiet *ret)
{
	*ret = str_eq(value, STR("yes")) ? ALERTS_QUIET_ONLY : ALERTS_QUIET_NONE;
	return *ret == ALERTS_QUIET_ONLY || str_eq(value, STR("no"));
}

static bool
read_text(struct str value, size_t max, struct str *ret)
{
	*ret = value.n != 0 ? value : STR("");
	return value.n <= max;
}

enum err
filter_take(struct alerts_filter *f, struct str name, struct str value, struct diag *why)
{
	bool good;

	if (str_eq(name, STR("status")))
		good = read_statuses(value, &f->statuses);
	else if (str_eq(name, STR("severity")))
		good = read_severities(value, &f->severities);
	else if (str_eq(name, STR("rule_id")))
		good = read_text(value, TEXT_MAX, &f->rule_id);
	else if (str_eq(name, STR("group")))
		good = read_text(value, TEXT_MAX, &f->group);
	else if (str_eq(name, STR("owner")))
		good = read_text(value, ACT_NAME_MAX, &f->owner);
	else if (str_eq(name, STR("q")))
		good = read_text(value, SEARCH_MAX, &f->text);
	else if (str_eq(name, STR("from")))
		good = time_any(value, 0, clock_wall(), &f->from);
	else if (str_eq(name, STR("to")))
		good = time_any(value, 0, clock_wall(), &f->to);
	else if (str_eq(name, STR("demo")))
		good = read_demo(value, &f->demo);
	else if (str_eq(name, STR("quiet")))
		good = read_quiet(value, &f->quiet);
	else if (str_eq(name, STR("silence")))
		good = str_i64(value, &f->silence) && f->silence > 0;
	else
		return FAIL_NOT_FOUND;
	if (!good)
		return err_set(why, FAIL_SYNTAX, "%.*s: this value makes no sense", STR_ARG(name));
	return OK;
}

bool
filter_query(struct http *r, struct alerts_filter *f,
    bool (*other)(void *ctx, struct str name, struct str value), void *ctx)
{
	struct str name, value;

	for (size_t i = 0; http_query_at(r, i, &name, &value); i++) {
		struct diag why = { 0 };
		enum err e = filter_take(f, name, value, &why);

		if (e == FAIL_NOT_FOUND && other != NULL && other(ctx, name, value))
			continue;
		if (e != OK) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return false;
		}
	}
	return true;
}

/* A text, several as a list, a truth value: as they would stand in a query. */
static enum err
take_value(struct alerts_filter *f, const struct jsonr *v, struct diag *why)
{
	if (v->type == JSONR_BOOL)
		return filter_take(f, v->key, v->b ? STR("true") : STR("false"), why);
	if (v->type == JSONR_TEXT)
		return filter_take(f, v->key, v->s, why);
	return err_set(why, FAIL_SYNTAX, "filter.%.*s: must be a text",
	    (int)(v->key.n < 64 ? v->key.n : 64), v->key.p);
}

enum err
filter_map(const struct jsonr *map, struct alerts_filter *f, struct diag *why)
{
	for (const struct jsonr *v = map->first; v != NULL; v = v->next) {
		enum err e = v->type == JSONR_NULL ? OK : take_value(f, v, why);

		if (e == FAIL_NOT_FOUND)
			e = err_set(why, FAIL_SYNTAX, "filter.%.*s: there is no such member here",
			    (int)(v->key.n < 64 ? v->key.n : 64), v->key.p);
		if (e != OK)
			return e;
	}
	return OK;
}
