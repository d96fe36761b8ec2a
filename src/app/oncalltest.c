/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/oncall.py */
/* `tocsin oncall test PERSON`: a message that says it is a test, by each contact. */
#include "app/oncalltest.h"

#include <stdio.h>

#include "alert/channels.h"
#include "app/cmd.h"
#include "app/letter.h"
#include "app/sendtest.h"

struct contacts {
	const struct book_person *person;
	struct buf channels[BOOK_CONTACTS_MAX];
	struct sendtest tests[BOOK_CONTACTS_MAX];
	size_t of[BOOK_CONTACTS_MAX], n; /* contact of each test */
};

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	if (row->enabled)
		letter_channel(row, ctx);
	return OK;
}

static void
say(const struct contacts *c, size_t contact, const char *how, const char *detail)
{
	printf("%.*s by %.*s: %s: %s\n", STR_ARG(c->person->name),
	    STR_ARG(c->person->contacts[contact].channel), how, detail);
}

static void
on_sent(void *ctx, size_t i, const struct job_result *r)
{
	const struct contacts *c = ctx;

	say(c, c->of[i], r->verdict == JOB_OK ? "arrived" : "not delivered", r->detail);
}

/* The channels of the contacts; those that are off or are not there are said. */
static bool
find(struct alerts *a, struct contacts *c)
{
	bool all = c->person->n != 0;

	for (size_t i = 0; i < c->person->n; i++) {
		const struct book_contact *contact = &c->person->contacts[i];
		struct buf *to = &c->channels[c->n];

		buf_init(to, 0);
		if (channels_get(a, contact->channel, on_channel, to, NULL) != OK || to->n == 0) {
			say(c, i, "not sent", "there is no channel of that name that is on");
			all = false;
			continue;
		}
		c->tests[c->n] = (struct sendtest){ buf_view(to), c->person->name, contact->to };
		c->of[c->n++] = i;
	}
	return all;
}

int
oncalltest_run(const struct conf *conf, const struct book *book, const char *state,
    const char *person, struct diag *why)
{
	struct contacts c = { .person = book_person(book, str_c(person)) };
	struct alerts *a = NULL;
	bool all = false, arrived = false;
	enum err e;

	if (c.person == NULL) {
		(void)!err_set(why, FAIL_NOT_FOUND, "there is nobody called %s", person);
		return cmd_fail(why);
	}
	e = alerts_open(state, &a, why);
	if (e == OK) {
		all = find(a, &c);
		e = sendtest_all(conf, c.tests, c.n, on_sent, &c, &arrived, why);
	}
	alerts_close(a);
	for (size_t i = 0; i < BOOK_CONTACTS_MAX; i++)
		buf_fini(&c.channels[i]);
	if (e != OK)
		return cmd_fail(why);
	return all && arrived ? CMD_OK : CMD_FOUND;
}
