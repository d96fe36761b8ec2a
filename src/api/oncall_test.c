/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/oncall/test: a test message by each contact of a person. */
/* exports: oncall_handle_test */
/* tested by: test/e2e/oncall.py */
#include <stdlib.h>

#include "api/body.h"
#include "api/channel.h"
#include "api/oncall.h"
#include "base/mem.h"

#define TESTS_MAX 16 /* on their way, of anybody */
#define DETAIL_MAX 300

struct test;
struct one { /* what came back of a contact */
	struct test *of;
	char channel[CHANNELS_NAME_MAX + 1], detail[DETAIL_MAX];
	bool ok;
	int64_t ms;
};

struct test { /* lives until all have come back and it is answered */
	struct api *a;
	struct http *r;
	struct buf person;
	struct one contacts[BOOK_CONTACTS_MAX];
	size_t n, left;
};

static void
come_back(struct test *t)
{
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	if (--t->left != 0)
		return;
	buf_init(&body, 0);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_kstr(&w, "person", buf_view(&t->person));
	jsonw_key(&w, STR("contacts"));
	jsonw_arr(&w);
	for (size_t i = 0; i < t->n; i++) {
		jsonw_obj(&w);
		jsonw_kstr(&w, "channel", str_c(t->contacts[i].channel));
		jsonw_kbool(&w, "ok", t->contacts[i].ok);
		jsonw_kint(&w, "ms", t->contacts[i].ms);
		jsonw_kstr(&w, "detail", str_c(t->contacts[i].detail));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
	http_reply(t->r, 200, HTTP_JSON, buf_view(&body));
	buf_fini(&t->person);
	free(t);
}

static void
on_sent(void *ctx, const struct api_sent *sent)
{
	struct one *c = ctx;

	c->of->a->n_tests--;
	c->ok = sent->ok;
	c->ms = sent->ms;
	(void)str_to_c(sent->detail, c->detail, sizeof(c->detail));
	come_back(c->of);
}

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	struct jsonw w;

	if (!row->enabled)
		return OK;
	jsonw_init(&w, ctx);
	jsonw_obj(&w);
	jsonw_kstr(&w, "name", row->name);
	jsonw_kstr(&w, "type", row->kind);
	jsonw_key(&w, STR("settings"));
	jsonw_raw(&w, row->settings);
	jsonw_kstr(&w, "secret", row->secret);
	jsonw_end(&w);
	return OK;
}

static void
send_one(struct test *t, const struct book_contact *contact, struct one *c)
{
	struct api *a = t->a;
	auto_buf struct buf channel = { 0 };
	const struct api_sent off = { .detail =
					  STR("there is no channel of that name that is on") };

	c->of = t;
	(void)str_to_c(contact->channel, c->channel, sizeof(c->channel));
	a->n_tests++;
	t->left++;
	buf_init(&channel, 0);
	if (channels_get(a->host.alerts, contact->channel, on_channel, &channel, NULL) != OK ||
	    channel.n == 0)
		on_sent(c, &off);
	else
		a->host.page_test(a->host.channel_ctx, buf_view(&channel), buf_view(&t->person),
		    contact->to, on_sent, c);
}

void
oncall_handle_test(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str name = STR("");
	const struct body_field fields[] = { { "person", BODY_TEXT, true, &name, NULL } };
	const struct book_person *person;
	struct test *t;

	if (!body_read(a, r, fields, ARRAY_LEN(fields)))
		return;
	person = a->host.book != NULL ? book_person(*a->host.book, name) : NULL;
	if (person == NULL) {
		http_problem(r, 422, "person: there is nobody of that name");
		return;
	}
	if (a->host.page_test == NULL) {
		http_problem(r, 503, "there is nobody who sends messages");
		return;
	}
	if (a->n_tests + person->n > TESTS_MAX) {
		http_add_header(r, "Retry-After", "5");
		http_problem(r, 429, "test messages are on their way");
		return;
	}
	t = MEM_NEW(struct test);
	t->a = a;
	t->r = r;
	t->n = person->n;
	t->left = 1; /* this one: none may come back before all were sent */
	buf_init(&t->person, 0);
	buf_str(&t->person, person->name);
	http_hold(r, NULL, NULL);
	for (size_t i = 0; i < t->n; i++)
		send_one(t, &person->contacts[i], &t->contacts[i]);
	come_back(t);
}
