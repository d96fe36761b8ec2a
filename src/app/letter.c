/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/delivery.py */
/* Lines for the notify process. */
#include "app/letter.h"

#include "alert/acklink.h"
#include "alert/page.h"
#include "alert/bundle.h"
#include "alert/affected.h"
#include "alert/silence.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/jsonw.h"
#include "notify/job.h"

#define TEST_LONGEST_MS 30000U /* somebody waits for it */

void
letter_channel(const struct channels_row *row, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "name", row->name);
	jsonw_kstr(&w, "type", row->kind);
	jsonw_key(&w, STR("settings"));
	jsonw_raw(&w, row->settings);
	jsonw_kstr(&w, "secret", row->secret);
	jsonw_end(&w);
}

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	letter_channel(row, ctx);
	return OK;
}

static struct str
first_of(const struct alerts_row *row, enum affected_kind wanted)
{
	struct str rest = row->affected, name;
	enum affected_kind kind;
	bool more;

	while (affected_next(&rest, &kind, &name, &more))
		if (kind == wanted && !more)
			return name;
	return STR("");
}

struct letter {
	struct alerts *a;
	struct buf *to;
	bool again; /* it was resolved meanwhile */
};

/* Told anew, by a key of its own: see alert/dispatch.c. */
static bool
is_again(const struct outbox_job *job)
{
	const struct str first =
	    str_from(str_c(job->key), strlen(job->alert_id) + 1 + strlen(job->channel));

	return str_starts(first, STR("-again"));
}

/* Its own, and why it is told though somebody silenced it. */
static void
put_summary(const struct letter *l, struct jsonw *w, const struct alerts_row *row)
{
	auto_buf struct buf text = { 0 };

	if (l->again)
		buf_str(&text, STR("It was resolved and is back. "));
	buf_str(&text, row->summary);
	if (text.n != 0)
		buf_byte(&text, ' ');
	(void)!silence_news(l->a, str_c(row->id), &text, NULL);
	jsonw_kstr(w, "summary", str_trim(buf_view(&text)));
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct str tags = row->tags;
	struct letter *l = ctx;
	struct jsonw w;

	jsonw_init(&w, l->to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "id", str_c(row->id));
	jsonw_kstr(&w, "rule_id", row->rule_id);
	jsonw_kstr(&w, "title", row->title);
	jsonw_kstr(&w, "severity", row->severity);
	jsonw_kstr(&w, "group", row->group);
	put_summary(l, &w, row);
	jsonw_kstr(&w, "advice", row->advice);
	jsonw_kstr(&w, "action", row->action);
	jsonw_kstr(&w, "by", row->status_by);
	jsonw_kstr(&w, "user", first_of(row, AFFECTED_USER));
	jsonw_kstr(&w, "ip", first_of(row, AFFECTED_ADDRESS));
	jsonw_kint(&w, "confidence", row->confidence);
	jsonw_key(&w, STR("tags"));
	jsonw_arr(&w);
	for (unsigned i = 0; tags.n != 0 && i < JOB_TAGS_MAX; i++)
		jsonw_str(&w, str_trim(str_until(&tags, ',')));
	jsonw_end(&w);
	jsonw_kint(&w, "count", (int64_t)row->count);
	jsonw_ktime(&w, "first", row->first);
	jsonw_ktime(&w, "last", row->last);
	jsonw_end(&w);
	return OK;
}

static enum err
on_bundle(void *ctx, const struct bundle *b)
{
	struct jsonw w;

	jsonw_init(&w, ctx);
	jsonw_obj(&w);
	jsonw_kstr(&w, "id", b->id);
	jsonw_kstr(&w, "rule_id", STR("bundle"));
	jsonw_kstr(&w, "title", b->title);
	jsonw_kstr(&w, "severity", str_c(alerts_severity_word(b->severity)));
	jsonw_kstr(&w, "group", b->channel);
	jsonw_kstr(&w, "summary", b->summary);
	jsonw_kstr(&w, "advice", STR(""));
	jsonw_kstr(&w, "action", STR(""));
	jsonw_key(&w, STR("tags"));
	jsonw_arr(&w);
	jsonw_end(&w);
	jsonw_kint(&w, "count", (int64_t)b->alerts);
	jsonw_ktime(&w, "first", b->begin);
	jsonw_ktime(&w, "last", b->closed);
	jsonw_end(&w);
	return OK;
}

/* Short where it is one of a page, for it may stand in an SMS. */
static void
put_ack(struct alerts *a, struct str base, const struct outbox_job *job, struct str url,
    int64_t now, struct buf *ack)
{
	char token[ACKLINK_SIZE], code[PAGE_CODE_SIZE];

	if (page_code(a, str_c(job->key), code, NULL) == OK && code[0] != '\0')
		buf_printf(ack, "%.*s/a/%s", STR_ARG(base), code);
	else
		buf_printf(ack, "%.*s?ack=%s", STR_ARG(url),
		    acklink_personal(a, str_c(job->alert_id), str_c(job->channel),
			str_c(job->person), now + ACKLINK_VALID, token));
}

/* The page of the alert, and its link that acknowledges with one click. */
static void
put_links(struct alerts *a, const struct letter_opts *o, const struct outbox_job *job, int64_t now,
    struct buf *url, struct buf *ack)
{
	struct str base = str_c(o->public_url);

	while (base.n != 0 && base.p[base.n - 1] == '/')
		base.n--;
	if (base.n == 0)
		return;
	if (job->event == OUTBOX_BUNDLE) {
		buf_printf(url, "%.*s/alerts", STR_ARG(base));
		return;
	}
	buf_printf(url, "%.*s/alerts/%s", STR_ARG(base), job->alert_id);
	put_ack(a, base, job, buf_view(url), now, ack);
}

enum err
letter_put(struct alerts *a, const struct letter_opts *o, const struct outbox_job *job, int64_t now,
    struct buf *to, struct diag *why)
{
	auto_buf struct buf channel = { 0 }, alert = { 0 }, url = { 0 }, ack = { 0 };
	struct letter letter = { a, &alert, is_again(job) };
	char created[40];
	enum err e = channels_plain(a, str_c(job->channel), on_channel, &channel, why);

	if (e == OK && job->event == OUTBOX_BUNDLE)
		e = bundle_get(a, str_c(job->alert_id), on_bundle, &alert, why);
	else if (e == OK)
		e = alerts_get(a, str_c(job->alert_id), on_alert, &letter, why);
	if (e != OK)
		return e;
	put_links(a, o, job, now, &url, &ack);
	job_put(&(struct job_order){ .id = job->id,
		    .key = str_c(job->key),
		    .created = str_c(clock_text(job->created, created)),
		    .url = buf_view(&url),
		    .ack_url = buf_view(&ack),
		    .event = str_c(outbox_event_word(job->event)),
		    .person = str_c(job->person),
		    .address = str_c(job->address),
		    .timeout_ms = o->timeout_ms,
		    .channel = buf_view(&channel),
		    .alert = buf_view(&alert) },
	    to);
	return OK;
}

void
letter_test(const struct letter_opts *o, int64_t id, struct str channel,
    const struct letter_for *whom, int64_t now, struct buf *to)
{
	char key[48] = "test-", created[40];
	uint8_t random[16];

	digest_random(random, sizeof(random));
	(void)digest_hex(random, sizeof(random), key + 5);
	job_put(&(struct job_order){ .id = id,
		    .key = str_c(key),
		    .created = str_c(clock_text(now, created)),
		    .timeout_ms = o->timeout_ms < TEST_LONGEST_MS ? o->timeout_ms : TEST_LONGEST_MS,
		    .person = whom->person,
		    .address = whom->address,
		    .test = true,
		    .channel = channel },
	    to);
}
