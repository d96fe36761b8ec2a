/* SPDX-License-Identifier: Apache-2.0 */
/* Signed calls to the application. */
#include "notify/action.h"

#include "base/clock.h"
#include "notify/secret.h"
#include "notify/sign.h"
#include "notify/webhook.h"

/* The values are a key as jobs have them, a number or base64: nothing that ends a line. */
static void
put_header(struct call *q, const char *name, struct str value)
{
	struct buf *h = &q->headers[q->n_headers++];

	buf_printf(h, "%s: %.*s", name, STR_ARG(value));
	buf_byte(h, '\0');
}

static enum err
sign(const struct job *j, struct str content, int64_t now, struct buf *to, struct diag *why)
{
	auto_secret struct buf secret = { 0 };
	enum err e;

	if (j->channel.secret.n == 0)
		return err_set(why, FAIL_NOT_FOUND, "there is no key to sign calls with");
	buf_init(&secret, SECRET_MAX);
	e = secret_get(j->channel.secret, &secret, why);
	return e == OK ? sign_put(buf_view(&secret), j->key, now / CLOCK_S, content, to, why) : e;
}

enum err
action_call(const struct job *j, int64_t now, struct call *ret, struct diag *why)
{
	const struct str content = jsonr_text(j->channel.settings, "content", STR(""));
	const bool post = jsonr_bool(j->channel.settings, "post", false);
	auto_buf struct buf signature = { 0 }, at = { 0 };
	enum err e;

	if (content.n == 0 || content.n > ACTION_CONTENT_MAX ||
	    memchr(content.p, '\0', content.n) != NULL)
		return err_set(why, FAIL_SYNTAX, "there is nothing that could be sent");
	e = sign(j, content, now, &signature, why);
	if (e != OK)
		return e;
	buf_str(&ret->url, j->channel.url);
	if (post)
		buf_str(&ret->body, content);
	else
		buf_printf(&ret->url, "?%.*s", STR_ARG(content));
	buf_byte(&ret->url, '\0');
	buf_str(&ret->method, post ? STR("POST") : STR("GET"));
	buf_byte(&ret->method, '\0');
	buf_i64(&at, now / CLOCK_S);
	if (post)
		put_header(ret, "Content-Type", STR("application/json"));
	put_header(ret, "webhook-id", j->key);
	put_header(ret, "webhook-timestamp", buf_view(&at));
	put_header(ret, "webhook-signature", buf_view(&signature));
	return OK;
}

void
action_verdict(long status, struct str retry_after, struct str said, int64_t now,
    struct job_result *ret)
{
	webhook_verdict(status, retry_after, said, now, ret);
	/* It was understood and is refused for good: to say it again changes nothing. */
	if (status == 400 || status == 409 || status == 422)
		ret->verdict = JOB_NEVER;
	if (ret->verdict == JOB_OK)
		(void)str_to_c(said, ret->said, sizeof(ret->said));
}
