/* SPDX-License-Identifier: Apache-2.0 */
/* Body of a webhook and meaning of its answer. */
#include "notify/webhook.h"

#include <curl/curl.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/utf8.h"

#define AFTER_MAX_MS ((int64_t)86400 * 1000)
#define SAID_MAX 120

/* A text of at most `max` bytes, whole characters. */
static void
put_cut(struct jsonw *w, const char *key, struct str s, size_t max)
{
	if (s.n > max) {
		s.n = max;
		while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	jsonw_kstr(w, key, s);
}

static void
put_alert(const struct job *j, size_t max, struct jsonw *w)
{
	const struct job_alert *a = &j->alert;

	put_cut(w, "id", a->id, 64);
	put_cut(w, "rule_id", a->rule_id, 256);
	put_cut(w, "title", a->title, max);
	jsonw_kstr(w, "severity", str_c(job_severity_word(a->severity)));
	put_cut(w, "group", a->group, max);
	put_cut(w, "summary", a->summary, max);
	put_cut(w, "advice", a->advice, max);
	if (a->by.n != 0)
		put_cut(w, "by", a->by, 128);
	if (a->action.n != 0)
		put_cut(w, "action", a->action, 64);
	if (a->confidence > 0)
		jsonw_kint(w, "confidence", a->confidence);
	jsonw_key(w, STR("tags"));
	jsonw_arr(w);
	for (size_t i = 0; i < a->n_tags; i++)
		if (a->tags[i].n <= 64)
			jsonw_str(w, a->tags[i]);
	jsonw_end(w);
	jsonw_kint(w, "count", a->count);
	put_cut(w, "first", a->first, 40);
	put_cut(w, "last", a->last, 40);
	if (j->url.n != 0 && j->url.n < 2000)
		jsonw_kstr(w, "url", j->url);
}

static void
put_body(const struct job *j, size_t max, struct buf *to)
{
	static const char *const types[JOB_EVENTS] = {
		[JOB_RAISE] = "alert.raised",
		[JOB_COMMENT] = "ticket.commented",
		[JOB_CLOSE] = "ticket.closed",
		[JOB_ACK] = "alert.acknowledged",
		[JOB_RESOLVE] = "alert.resolved",
		[JOB_BUNDLE] = "alerts.bundle",
	};
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "type", str_c(j->test ? "test" : types[j->event]));
	put_cut(&w, "timestamp", j->created, 40);
	jsonw_key(&w, STR("data"));
	jsonw_obj(&w);
	put_cut(&w, "channel", j->channel.name, 64);
	if (j->person.n != 0)
		put_cut(&w, "person", j->person, 64);
	if (j->test)
		jsonw_kstr(&w, "message", STR("Tocsin reaches this address."));
	else
		put_alert(j, max, &w);
	jsonw_end(&w);
	jsonw_end(&w);
}

void
webhook_body(const struct job *j, struct buf *to)
{
	/* An escape makes six bytes of one; the smallest cut fits whatever the text. */
	static const size_t cuts[] = { 4000, 1500, 500 };

	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		buf_reset(to);
		put_body(j, cuts[i], to);
		if (to->n <= WEBHOOK_BODY_MAX)
			return;
	}
}

static int64_t
after_ms(struct str text, int64_t now)
{
	char date[64];
	uint64_t s;
	int64_t ms;

	text = str_trim(text);
	if (text.n == 0 || text.n >= sizeof(date))
		return 0;
	if (str_u64(text, &s)) {
		ms = s < (uint64_t)AFTER_MAX_MS / 1000 ? (int64_t)s * 1000 : AFTER_MAX_MS;
	} else {
		const time_t at = curl_getdate(str_to_c(text, date, sizeof(date)), NULL);

		ms = at < 0 ? 0 : (int64_t)at * 1000 - now / CLOCK_MS;
	}
	return ms < 0 ? 0 : ms < AFTER_MAX_MS ? ms : AFTER_MAX_MS;
}

void
webhook_verdict(long status, struct str retry_after, struct str said, int64_t now,
    struct job_result *ret)
{
	const char *words = "";

	ret->after_ms = 0;
	said = str_trim(said);
	if (said.n > SAID_MAX)
		said.n = SAID_MAX;
	if (status >= 200 && status < 300) {
		job_result_set(ret, JOB_OK, "%ld", status);
		return;
	}
	if (status >= 300 && status < 400)
		words = " (redirects are not followed)";
	if (status == 410) {
		job_result_set(ret, JOB_NEVER, "410: the receiver wants no more of these");
		return;
	}
	job_result_set(ret, JOB_RETRY, "%ld%s%s%.*s", status, words, said.n != 0 ? ": " : "",
	    STR_ARG(said));
	ret->after_ms = after_ms(retry_after, now);
}
