/* Dialogues with SMTP servers and what they mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/smtp.h"

#include "test.h"

/* "> " is what we send, "< " what the server says. */
struct row {
	const char *name, *lines[20];
	bool accepted;
	enum job_verdict want;
	const char *detail;
};

#define HELLO "> EHLO us\r\n", "< 250-mx", "< 250 AUTH PLAIN"
#define MAIL "> MAIL FROM:<a@b>\r\n", "< 250 ok"

static const struct row rows[] = {
	{ "good",
	    { "< 220 hi", HELLO, MAIL, "> RCPT TO:<c@d>\r\n", "< 250 ok", "> DATA\r\n", "< 354 go",
		"< 250 2.0.0 queued as 7", "> QUIT\r\n", "< 221 bye" },
	    true, JOB_OK, "250 2.0.0 queued as 7" },
	{ "one of two refused",
	    { "< 220 hi", HELLO, MAIL, "> RCPT TO:<c@d>\r\n", "< 550 no such user",
		"> RCPT TO:<e@f>\r\n", "< 250 ok", "> DATA\r\n", "< 354 go", "< 250 queued" },
	    true, JOB_OK, "250 queued; 1 of 2 recipients refused: 550 no such user" },
	{ "all refused",
	    { "< 220 hi", HELLO, MAIL, "> RCPT TO:<c@d>\r\n", "< 550 no such user", "> QUIT\r\n",
		"< 221 bye" },
	    false, JOB_NEVER, "550 no such user" },
	{ "one later, one never",
	    { "< 220 hi", MAIL, "> RCPT TO:<c@d>\r\n", "< 451 greylisted", "> RCPT TO:<e@f>\r\n",
		"< 550 no" },
	    false, JOB_RETRY, "550 no" },
	{ "greylisted", { "< 220 hi", MAIL, "> RCPT TO:<c@d>\r\n", "< 451 4.7.1 later" }, false,
	    JOB_RETRY, "451 4.7.1 later" },
	{ "content refused",
	    { MAIL, "> RCPT TO:<c@d>\r\n", "< 250 ok", "> DATA\r\n", "< 354 go", "< 554-spam",
		"< 554 5.7.1 surely" },
	    false, JOB_NEVER, "554 5.7.1 surely" },
	{ "sender refused", { "> MAIL FROM:<a@b>\r\n", "< 553 not you" }, false, JOB_NEVER,
	    "553 not you" },
	{ "login wanted", { "> MAIL FROM:<a@b>\r\n", "< 530 5.7.0 log in first" }, false, JOB_RETRY,
	    "530 5.7.0 log in first" },
	{ "login wrong", { "< 220 hi", HELLO, "> AUTH PLAIN AGEAYg==\r\n", "< 535 5.7.8 wrong" },
	    false, JOB_RETRY, "535 5.7.8 wrong" },
	{ "login that looks like a verb",
	    { HELLO, "> AUTH LOGIN\r\n", "< 334 x", "> DATAdGVz\r\n", "< 535 wrong" }, false,
	    JOB_RETRY, "535 wrong" },
	{ "turned away", { "< 554 no SMTP here" }, false, JOB_RETRY, "554 no SMTP here" },
	{ "too busy", { "< 421 4.3.2 later" }, false, JOB_RETRY, "421 4.3.2 later" },
	{ "control characters", { "< 421 \033[31mred" }, false, JOB_RETRY, "421 \\x1b[31mred" },
};

TEST(dialogues)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct smtp_dialogue d = { 0 };
		struct job_result r = { 0 };

		for (size_t k = 0; rows[i].lines[k] != NULL; k++) {
			const struct str line = str_c(rows[i].lines[k] + 2);

			if (rows[i].lines[k][0] == '>')
				smtp_sent(&d, line);
			else
				smtp_received(&d, line);
		}
		smtp_verdict(&d, rows[i].accepted, &r);
		if (r.verdict != rows[i].want || strcmp(r.detail, rows[i].detail) != 0)
			test_fail(TEST_AT(rows), "%s: %d %s", rows[i].name, (int)r.verdict,
			    r.detail);
	}
}

TEST(a_command_without_an_answer_has_no_code)
{
	struct smtp_dialogue d = { 0 };

	smtp_sent(&d, STR("RCPT TO:<c@d>\r\n"));
	smtp_received(&d, STR("550 no"));
	CHECK_INT(d.code, 550);
	smtp_sent(&d, STR("DATA\r\n"));
	CHECK_INT(d.code, 0);
	smtp_received(&d, STR("nonsense"));
	smtp_received(&d, STR("9"));
	smtp_received(&d, STR(""));
	smtp_received(&d, STR("999 high"));
	CHECK_INT(d.code, 0);
}
