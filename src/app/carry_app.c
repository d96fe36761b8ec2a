/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/actions.py */
/* Deeds of the application: told by signed webhooks, read back by signed questions. */
#include "app/carriers_in.h"
#include "app/delivery.h"
#include "base/clock.h"
#include "base/ip.h"
#include "base/jsonr.h"
#include "base/jsonw.h"
#include "base/uri.h"
#include "notify/job.h"

#define SAID_BUDGET ((size_t)1 << 16)

static enum err
ready(const struct carriers *c, struct diag *why)
{
	const struct conf *k = c->o.conf;

	if (k->respond_app_url[0] == '\0')
		return FAIL_NOT_FOUND;
	if (!uri_http(str_c(k->respond_app_url)) || strchr(k->respond_app_url, '?') != NULL)
		return err_set(why, FAIL_SYNTAX,
		    "respond.app_url: write https://host/path, without a query");
	if (k->respond_app_secret[0] == '\0')
		return err_set(why, FAIL_SYNTAX,
		    "respond.app_secret: without a key the application cannot know who calls");
	return OK;
}

/* Whom it is about: "user", "address", "all". */
static const char *
kind_of(const struct carry_job *j)
{
	struct ip_net net;

	if (deed_to(j->deed) == DEED_TO_ALL)
		return "all";
	if (deed_to(j->deed) == DEED_TO_ADDRESS && ip_net_parse(str_c(j->entity), &net, NULL))
		return "address";
	return "user";
}

static void
put_body(const struct carry_job *j, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "type", j->what == CARRY_BEGIN ? STR("action.begin") : STR("action.end"));
	jsonw_kstr(&w, "id", str_c(j->id));
	jsonw_kstr(&w, "action", str_c(deed_word(j->deed)));
	jsonw_kstr(&w, "kind", str_c(kind_of(j)));
	jsonw_kstr(&w, "entity", str_c(j->entity));
	jsonw_ktime(&w, "since", j->begin);
	jsonw_ktime(&w, "until", j->end);
	jsonw_key(&w, STR("cause"));
	jsonw_obj(&w);
	jsonw_kstr(&w, "alert", str_c(j->alert));
	jsonw_kstr(&w, "rule", str_c(j->rule));
	jsonw_kstr(&w, "reason", str_c(j->reason));
	jsonw_kstr(&w, "by", str_c(j->by));
	jsonw_end(&w);
	jsonw_end(&w);
}

/* Percent-encoded, all but letters, digits and "-._~". */
static void
put_escaped(const char *s, struct buf *to)
{
	for (; *s != '\0'; s++)
		if ((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
		    (*s >= 'A' && *s <= 'Z') || memchr("-._~", *s, 4) != NULL)
			buf_byte(to, *s);
		else
			buf_printf(to, "%%%02X", (unsigned)(unsigned char)*s);
}

static void
put_question(const struct carry_job *j, struct buf *to)
{
	buf_printf(to, "action=%s&kind=%s&entity=", deed_word(j->deed), kind_of(j));
	put_escaped(j->entity, to);
	buf_printf(to, "&id=%s", j->id);
}

#define SECOND 19 /* bytes of a time up to its second */

/* Does the application end it by itself, and no later than it was told?  Times are in UTC. */
static bool
ends(const struct carry_job *j, struct str until)
{
	char text[40];

	return until.n >= SECOND && memcmp(until.p, clock_text(j->end, text), SECOND) <= 0;
}

/* The state an application says it is in: 1 on, 0 off, -1 it does not say. */
static int
read_state(const struct carry_job *j, const char *said, bool *ret_ends)
{
	struct arena *a = arena_new(SAID_BUDGET);
	const struct jsonr *top = NULL;
	int state = -1;

	if (jsonr_parse(a, str_c(said), &top, NULL) == OK) {
		const struct str word = jsonr_text(top, "state", STR(""));

		state = str_eq(word, STR("on")) ? 1 : str_eq(word, STR("off")) ? 0 : -1;
	}
	*ret_ends = ends(j, jsonr_text(top, "until", STR("")));
	arena_free(a);
	return state;
}

static const char *
words_of(enum carry_what what, bool on)
{
	static const char *const words[][2] = {
		[CARRY_BEGIN] = { "the application took it", "the application took it" },
		[CARRY_END] = { "the application took its end", "the application took its end" },
		[CARRY_LOOK] = { "the application does not hold it", "the application holds it" },
	};

	return words[what][on];
}

static void
on_called(void *ctx, const struct job_result *r)
{
	static const enum carry_verdict verdicts[] = {
		[JOB_OK] = CARRY_DONE,
		[JOB_RETRY] = CARRY_RETRY,
		[JOB_NEVER] = CARRY_NEVER,
	};
	struct flight *f = ctx;
	struct carry_result to = { .verdict = verdicts[r->verdict],
		.look = f->c->o.conf->respond_app_check,
		.after = r->after_ms * CLOCK_MS,
		.words = str_c(r->detail) };
	bool by_itself;
	const int state = read_state(&f->job, r->said, &by_itself);

	if (r->verdict == JOB_OK) {
		to.on = state == 1;
		to.words = str_c(words_of(f->job.what, to.on));
		if (f->job.what == CARRY_LOOK && to.on && !by_itself)
			to.words =
			    STR("the application holds it, and names no end of it or a later "
				"one");
		if (f->job.what == CARRY_LOOK && state < 0) {
			to.verdict = CARRY_RETRY;
			to.words = STR("the application answers without a state");
		}
	} else if (r->verdict == JOB_NEVER && deed_app_too(f->job.deed)) {
		to.verdict = CARRY_DONE; /* bouncers carry it out all the same */
		to.look = 0;
	}
	carriers_done(f, &to);
}

static void
run(struct carriers *c, struct flight *f)
{
	const struct conf *k = c->o.conf;
	auto_buf struct buf content = { 0 }, channel = { 0 };
	struct jsonw w;

	if (f->job.what == CARRY_LOOK)
		put_question(&f->job, &content);
	else
		put_body(&f->job, &content);
	jsonw_init(&w, &channel);
	jsonw_obj(&w);
	jsonw_kstr(&w, "name", STR("@application"));
	jsonw_kstr(&w, "type", STR("action"));
	jsonw_key(&w, STR("settings"));
	jsonw_obj(&w);
	jsonw_kstr(&w, "url", str_c(k->respond_app_url));
	jsonw_kbool(&w, "post", f->job.what != CARRY_LOOK);
	jsonw_kbool(&w, "allow_private", true); /* it is one's own, by one's own settings */
	jsonw_kstr(&w, "content", buf_view(&content));
	jsonw_end(&w);
	jsonw_kstr(&w, "secret", str_c(k->respond_app_secret));
	jsonw_end(&w);
	if (!delivery_call(c->o.delivery,
		&(struct job_order){ .key = str_c(f->job.key), .channel = buf_view(&channel) },
		on_called, f))
		carriers_say(f, CARRY_RETRY, "the notify process takes nothing now");
}

const struct carrier carry_app = { DEED_BY_APP, ready, run, NULL };
