/* What an SMTP server says, and what that means for a mail. */
#ifndef NOTIFY_SMTP_H
#define NOTIFY_SMTP_H

#include "notify/job.h"

/* How far a dialogue went, by the commands that were sent. */
enum smtp_stage { SMTP_SESSION, SMTP_MAIL, SMTP_RCPT, SMTP_DATA };

struct smtp_dialogue {
	enum smtp_stage stage;
	bool over; /* QUIT was sent: what comes now says nothing about the mail */
	unsigned recipients, refused, refused_for_good; /* RCPT answered; of these; by 5xx */
	int code;                      /* answer to the last command; 0: none yet */
	char line[JOB_DETAIL_SIZE];    /* its last line */
	char refusal[JOB_DETAIL_SIZE]; /* the last refused RCPT */
};

/* Lines as they were sent and received; secrets among them are not kept. */
void smtp_sent(struct smtp_dialogue *d, struct str line) __attribute__((nonnull(1)));
void smtp_received(struct smtp_dialogue *d, struct str line) __attribute__((nonnull(1)));

/*
 * The verdict of a server that spoke.  5xx to sender, recipients or content is for good; to a
 * greeting or a login it is not, for that is mended on our side.
 */
void smtp_verdict(const struct smtp_dialogue *d, bool accepted, struct job_result *ret) NONNULL;

#endif
