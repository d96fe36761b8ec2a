/* Any bytes as a job of the notify process: refused, or a mail and a webhook that keep their form.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "notify/action.h"
#include "notify/mail.h"
#include "notify/webhook.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Printable ASCII in lines that end in CR LF. */
static void
check_mail(const struct buf *mail)
{
	for (size_t i = 0; i < mail->n; i++) {
		const char c = mail->p[i];

		if (c == '\r'   ? i + 1 >= mail->n || mail->p[i + 1] != '\n'
		    : c == '\n' ? i == 0 || mail->p[i - 1] != '\r'
				: c < 0x20 || c > 0x7e)
			abort();
	}
	if (str_find(buf_view(mail), STR("\r\n.\r\n")) >= 0)
		abort();
}

/* A call is signed, and its headers are a line each. */
static void
check_action(const struct job *j)
{
	struct job as = *j;
	auto_call struct call q = { 0 };

	as.channel.secret = STR("value:whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
	if (action_call(&as, 1795219199000000000, &q, NULL) != OK)
		return;
	if (q.n_headers < 3)
		abort();
	for (size_t i = 0; i < q.n_headers; i++)
		for (const char *p = q.headers[i].p; *p != '\0'; p++)
			if ((unsigned char)*p < 0x20)
				abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const struct str line = { (const char *)data, size };
	struct arena *a = arena_new(JOB_ARENA);
	struct buf mail, body;
	struct job_result r;
	struct job j;

	buf_init(&mail, MAIL_MAX);
	buf_init(&body, 0);
	if (job_parse(a, line, &j, NULL) == OK) {
		webhook_body(&j, &body);
		if (body.n > WEBHOOK_BODY_MAX)
			abort();
		if (mail_put(&j, 1795219199000000000, &mail, NULL) == OK)
			check_mail(&mail);
		check_action(&j);
	}
	if (job_result_parse(line, &r, NULL) == OK && r.id <= 0)
		abort();
	buf_fini(&mail);
	buf_fini(&body);
	arena_free(a);
	return 0;
}
