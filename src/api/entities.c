/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/entities: what is known of a user, an address, a session or an API key. */
/* exports: entities_handle */
#include <math.h>
#include <stdio.h>

#include "alert/affected.h"
#include "api/alert.h"
#include "api/internal.h"
#include "base/clock.h"
#include "detect/score.h"
#include "stat/rollup.h"

#define ALERTS_SHOWN 20
#define HALF_LIFE (6 * 3600 * CLOCK_S) /* as entity_risk has it where a rule says nothing */
#define SINCE ((int64_t)30 * 86400 * CLOCK_S)

struct entity {
	enum affected_kind kind;
	const char *word; /* of its kind; NULL: not given */
	struct str id;
	struct score score;
	struct jsonw w;
	int64_t now;
	unsigned n, limit;
	bool more;
};

static const struct {
	const char *word;
	enum affected_kind kind;
} kinds[] = { { "user", AFFECTED_USER }, { "address", AFFECTED_ADDRESS },
	{ "session", AFFECTED_SESSION }, { "key", AFFECTED_KEY } };

static bool
take_kind(struct entity *e, struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(word, str_c(kinds[i].word))) {
			e->kind = kinds[i].kind;
			e->word = kinds[i].word;
			return true;
		}
	return false;
}

static bool
take(struct entity *e, struct str name, struct str value)
{
	if (str_eq(name, STR("kind")))
		return take_kind(e, value);
	if (!str_eq(name, STR("id")) || value.n == 0 || value.n > AFFECTED_NAME)
		return false;
	e->id = value;
	return true;
}

static bool
read_query(struct http *r, struct entity *e)
{
	struct str name, value;

	for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
		if (!take(e, name, value)) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(name.n < 64 ? name.n : 64), name.p);
			return false;
		}
	if (e->word == NULL || e->id.n == 0) {
		http_problem(r, 400, "say kind (user, address, session or key) and id");
		return false;
	}
	return true;
}

/* False alarms and what is long over say nothing of a risk. */
static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct entity *e = ctx;
	char severity[16];
	const struct score_event ev = { .t = row->last < e->now ? row->last : e->now,
		.id = row->rule_id,
		.title = row->title,
		.severity = str_to_c(row->severity, severity, sizeof(severity)),
		.confidence = row->confidence };

	if (row->status != ALERTS_FALSE_POSITIVE)
		(void)score_add(&e->score, &ev, HALF_LIFE);
	if (e->n++ < e->limit)
		alert_put(&e->w, row);
	else
		e->more = true;
	return OK;
}

static void
put_words(struct jsonw *w, const char *key, const struct habits_word words[HABITS_WORDS])
{
	bool done[HABITS_WORDS] = { false };

	jsonw_key(w, str_c(key));
	jsonw_arr(w);
	for (size_t k = 0; k < HABITS_WORDS; k++) {
		size_t best = HABITS_WORDS;

		for (size_t i = 0; i < HABITS_WORDS; i++)
			if (!done[i] && words[i].n != 0 &&
			    (best == HABITS_WORDS || words[i].n > words[best].n))
				best = i;
		if (best == HABITS_WORDS)
			break;
		done[best] = true;
		jsonw_obj(w);
		jsonw_kstr(w, "name", str_c(words[best].text));
		jsonw_kint(w, "events", words[best].n);
		jsonw_ktime(w, "last", words[best].last);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_login(struct jsonw *w, const struct habits_user *u)
{
	jsonw_key(w, STR("last_login"));
	if (u->login == 0) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	jsonw_ktime(w, "time", u->login);
	jsonw_kstr(w, "address", str_c(u->login_address));
	jsonw_kstr(w, "country", str_c(u->login_country));
	jsonw_kstr(w, "city", str_c(u->login_city));
	jsonw_end(w);
}

static void
put_usual(struct jsonw *w, const struct habits_user *u)
{
	jsonw_obj(w);
	jsonw_kstr(w, "role", str_c(u->roles));
	jsonw_ktime(w, "first", u->first);
	jsonw_ktime(w, "last", u->last);
	jsonw_kint(w, "events", (int64_t)u->events);
	jsonw_kint(w, "logins", (int64_t)u->logins);
	jsonw_kint(w, "failed", (int64_t)u->failed);
	put_login(w, u);
	put_words(w, "countries", u->countries);
	put_words(w, "devices", u->devices);
	put_words(w, "addresses", u->addresses);
	jsonw_key(w, STR("hours"));
	jsonw_arr(w);
	for (size_t i = 0; i < ARRAY_LEN(u->hours); i++)
		jsonw_int(w, u->hours[i]);
	jsonw_end(w);
	jsonw_end(w);
}

static enum err
put_entity(struct api *a, struct entity *e, struct diag *why)
{
	char line[AFFECTED_NAME + 2];
	struct alerts_filter f = { .from = e->now - SINCE, .limit = ALERT_LIST_MAX };
	struct habits_user u;
	enum err err;

	(void)snprintf(line, sizeof(line), "%c%.*s", affected_letter(e->kind), STR_ARG(e->id));
	f.whom = str_c(line);
	jsonw_obj(&e->w);
	jsonw_kstr(&e->w, "kind", str_c(e->word));
	jsonw_kstr(&e->w, "id", e->id);
	jsonw_key(&e->w, STR("usual"));
	if (e->kind == AFFECTED_USER && a->host.rollup != NULL &&
	    rollup_habits(a->host.rollup, e->id, &u))
		put_usual(&e->w, &u);
	else
		jsonw_null(&e->w);
	jsonw_key(&e->w, STR("alerts"));
	jsonw_arr(&e->w);
	err = alerts_list(a->host.alerts, &f, on_alert, e, why);
	jsonw_end(&e->w);
	jsonw_kbool(&e->w, "more_alerts", e->more);
	jsonw_kint(&e->w, "risk", (int64_t)round(score_at(&e->score, e->now, HALF_LIFE)));
	jsonw_end(&e->w);
	return err;
}

void
entities_handle(void *ctx, struct http *r)
{
	struct entity e = { .now = clock_wall(), .limit = ALERTS_SHOWN };
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	enum err err;

	if (!read_query(r, &e))
		return;
	buf_init(&body, 0);
	jsonw_init(&e.w, &body);
	err = put_entity(ctx, &e, &why);
	score_fini(&e.score);
	if (err == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, err, &why);
}
