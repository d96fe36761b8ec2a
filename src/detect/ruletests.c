/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the tests of a rule and writes their events as lines. */
#include "detect/ruletests.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"

#define START ((int64_t)1767225600 * CLOCK_S) /* RULETESTS_START */
#define FAR ((int64_t)3660 * 86400 * CLOCK_S)

struct event {
	int64_t at, every, repeat;
};

static enum err
fail(struct diag *why, const struct ydoc *at, const char *what)
{
	(void)err_set(why, FAIL_SYNTAX, "tests: %s", what);
	return err_at(why, FAIL_SYNTAX, NULL, at->line, at->column);
}

static bool
is_sugar(struct str key)
{
	return str_eq(key, STR("repeat")) || str_eq(key, STR("every")) || str_eq(key, STR("at"));
}

static enum err
read_span(const struct ydoc *v, int64_t *ret, struct diag *why)
{
	if (v == NULL)
		return OK;
	if (v->kind != YDOC_SCALAR || !clock_span(v->text, ret) || *ret < 0 || *ret > FAR)
		return fail(why, v, "every and at are times like 10s, 250ms or 2h");
	return OK;
}

/* `at` comes with what it is when nothing is said. */
static enum err
read_sugar(const struct ydoc *map, struct event *e, struct diag *why)
{
	const struct ydoc *repeat = ydoc_get(map, "repeat");
	enum err err;

	e->repeat = 1;
	e->every = CLOCK_S;
	if (repeat != NULL &&
	    (!ydoc_int(repeat, &e->repeat) || e->repeat < 1 || e->repeat > RULETESTS_REPEAT_MAX))
		return fail(why, repeat, "repeat is a number from 1 to 1000000");
	err = read_span(ydoc_get(map, "every"), &e->every, why);
	if (err == OK)
		err = read_span(ydoc_get(map, "at"), &e->at, why);
	if (err == OK && e->every > FAR / e->repeat)
		err = fail(why, map, "these events last longer than ten years");
	return err;
}

static void
put_scalar(const struct ydoc *v, struct jsonw *w)
{
	int64_t whole;
	double d;

	if (v->type == YDOC_NULL)
		jsonw_null(w);
	else if (v->type == YDOC_BOOL)
		jsonw_bool(w, (v->text.p[0] | 0x20) == 't');
	else if (v->type == YDOC_INT && ydoc_int(v, &whole))
		jsonw_int(w, whole);
	else if (v->type == YDOC_FLOAT && str_f64(v->text, &d))
		jsonw_f64(w, d);
	else
		jsonw_str(w, v->text);
}

/* As deep as a document goes: YDOC_DEPTH_MAX. */
static void
put_json(const struct ydoc *v, bool top, struct jsonw *w)
{
	if (v->kind == YDOC_SCALAR) {
		put_scalar(v, w);
		return;
	}
	if (v->kind == YDOC_MAP)
		jsonw_obj(w);
	else
		jsonw_arr(w);
	for (const struct ydoc *m = v->first; m != NULL; m = m->next) {
		if (top && is_sugar(m->key->text))
			continue;
		if (v->kind == YDOC_MAP)
			jsonw_key(w, m->key->text);
		put_json(m, false, w);
	}
	jsonw_end(w);
}

static enum err
check_fields(const struct ydoc *map, struct diag *why)
{
	size_t fields = 0;

	if (map->kind != YDOC_MAP)
		return fail(why, map, "an event is a map of fields");
	for (const struct ydoc *m = map->first; m != NULL; m = m->next) {
		if (str_eq(m->key->text, STR("timestamp")))
			return fail(why, m->key,
			    "the time of an event is said by at, so long after " RULETESTS_START);
		fields += !is_sugar(m->key->text);
	}
	return fields > 0 ? OK : fail(why, map, "an event needs a field");
}

static enum err
put_events(const struct ydoc *events, struct buf *to, struct diag *why)
{
	struct event e = { .at = 0 };
	enum err err = OK;
	char when[40];

	for (const struct ydoc *m = events->first; m != NULL && err == OK; m = m->next) {
		struct jsonw w;

		err = check_fields(m, why);
		if (err == OK)
			err = read_sugar(m, &e, why);
		if (err != OK)
			break;
		buf_printf(to, "@ %lld %lldms %s ", (long long)e.repeat,
		    (long long)(e.every / CLOCK_MS), clock_text(START + e.at, when));
		jsonw_init(&w, to);
		put_json(m, true, &w);
		buf_byte(to, '\n');
		e.at += e.every * e.repeat;
	}
	return err;
}

static bool
is_scalar(const struct ydoc *v)
{
	return v != NULL && v->kind == YDOC_SCALAR;
}

static enum err
check_keys(const struct ydoc *test, struct diag *why)
{
	static const char *const keys[] = { "name", "events", "fires" };

	if (test->kind != YDOC_MAP)
		return fail(why, test, "a test is a map of name, events and fires");
	for (const struct ydoc *m = test->first; m != NULL; m = m->next) {
		size_t i = 0;

		while (i < ARRAY_LEN(keys) && !str_eq(m->key->text, str_c(keys[i])))
			i++;
		if (i == ARRAY_LEN(keys))
			return fail(why, m->key, "a test has the keys name, events and fires");
	}
	return OK;
}

static enum err
read_one(const struct ydoc *test, struct str *ret_name, bool *ret_fires, struct buf *to,
    struct diag *why)
{
	const struct ydoc *name = ydoc_get(test, "name"), *fires = ydoc_get(test, "fires"),
			  *events = ydoc_get(test, "events");
	enum err e = check_keys(test, why);

	if (e != OK)
		return e;
	if (!is_scalar(name) || name->text.n == 0)
		return fail(why, name != NULL ? name : test, "a test needs a name");
	if (fires != NULL && (!is_scalar(fires) || fires->type != YDOC_BOOL))
		return fail(why, fires, "fires is true or false");
	if (events == NULL || events->kind != YDOC_LIST || events->n == 0)
		return fail(why, events != NULL ? events : test,
		    "events is a list of maps like {event_type: auth.login.failed}");
	*ret_name = name->text;
	*ret_fires = fires == NULL || (fires->text.p[0] | 0x20) == 't';
	return put_events(events, to, why);
}

enum err
ruletests_read(const struct ydoc *tests, ruletests_fn fn, void *ctx, struct diag *why)
{
	auto_buf struct buf lines = { 0 };
	enum err e = OK;

	if (tests->kind != YDOC_LIST)
		return fail(why, tests, "a list of maps with name, events and fires");
	buf_init(&lines, 0);
	for (const struct ydoc *m = tests->first; m != NULL && e == OK; m = m->next) {
		struct str name;
		bool fires;

		buf_reset(&lines);
		e = read_one(m, &name, &fires, &lines, why);
		if (e == OK && fn != NULL)
			fn(ctx, name, fires, buf_view(&lines));
	}
	return e;
}

enum err
ruletests_of(const struct ydoc *doc, ruletests_fn fn, void *ctx, struct diag *why)
{
	const struct ydoc *tests = ydoc_get(ydoc_get(doc, "tocsin"), "tests");

	return tests != NULL ? ruletests_read(tests, fn, ctx, why) : OK;
}
