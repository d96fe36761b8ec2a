/* SPDX-License-Identifier: Apache-2.0 */
/* The dialogue with an SMTP server. */
#include "notify/smtp.h"

static const struct {
	struct str verb;
	enum smtp_stage stage;
} verbs[] = {
	{ { "MAIL FROM:", 10 }, SMTP_MAIL },
	{ { "RCPT TO:", 8 }, SMTP_RCPT },
	{ { "DATA\r\n", 6 }, SMTP_DATA },
	{ { "EHLO ", 5 }, SMTP_SESSION },
	{ { "HELO ", 5 }, SMTP_SESSION },
};

void
smtp_sent(struct smtp_dialogue *d, struct str line)
{
	if (d->over)
		return;
	if (str_starts(line, STR("QUIT"))) {
		d->over = true;
		return;
	}
	d->code = 0;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (str_starts(line, verbs[i].verb)) {
			d->stage = verbs[i].stage;
			return;
		}
}

void
smtp_received(struct smtp_dialogue *d, struct str line)
{
	uint64_t code;

	line = str_trim(line);
	if (d->over || line.n < 3 || !str_u64((struct str){ line.p, 3 }, &code) || code < 200 ||
	    code > 599)
		return;
	d->code = (int)code;
	(void)str_to_c(line, d->line, sizeof(d->line));
	if (d->stage != SMTP_RCPT || (line.n > 3 && line.p[3] == '-'))
		return;
	d->recipients++;
	if (code < 300)
		return;
	d->refused++;
	d->refused_for_good += code >= 500;
	(void)str_to_c(line, d->refusal, sizeof(d->refusal));
}

void
smtp_verdict(const struct smtp_dialogue *d, bool accepted, struct job_result *ret)
{
	/* Words of a login that is wanted or wrong, whenever they come. */
	const bool login = d->code == 530 || d->code == 534 || d->code == 535 || d->code == 538;

	if (accepted && d->refused != 0)
		job_result_set(ret, JOB_OK, "%s; %u of %u recipients refused: %s", d->line,
		    d->refused, d->recipients, d->refusal);
	else if (accepted)
		job_result_set(ret, JOB_OK, "%s", d->line);
	else if (d->stage >= SMTP_MAIL && d->code >= 500 && !login &&
		 (d->stage != SMTP_RCPT || d->refused == d->refused_for_good))
		job_result_set(ret, JOB_NEVER, "%s", d->line);
	else
		job_result_set(ret, JOB_RETRY, "%s", d->line);
}
