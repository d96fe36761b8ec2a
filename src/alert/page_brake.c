/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of pages that are too many at once. */
/* exports: page_ */
/* tested by: test/unit/alert/test_page_brake.c */
#include "alert/page_brake.h"

#include <stdio.h>

#include "alert/bundle.h"
#include "alert/internal.h"

#define NAME_SIZE (OUTBOX_PERSON_SIZE + OUTBOX_NAME_SIZE + 32)

/* "person:ana", "person-later:ana": messages of quiet hours are counted where they are sent. */
static void
name_of(const struct page_order *o, const char *what, int64_t now, char to[NAME_SIZE])
{
	const struct str whom = o->person.n != 0 ? o->person : o->channel;

	(void)snprintf(to, NAME_SIZE, "%s%s%s:%.*s", o->person.n != 0 ? "person" : "told", what,
	    o->due > now ? "-later" : "", STR_ARG(whom));
}

/* Each counts; of CRITICAL ones the first goes whatever came before. */
static enum err
ask(struct alerts *a, const struct brake *b, const struct page_order *o,
    enum alerts_severity severity, int64_t now, int64_t *ret_until, struct diag *why)
{
	const struct brake one = { 1, b->window };
	const int64_t at = o->due > now ? o->due : now;
	char name[NAME_SIZE];
	int64_t until = 0;
	enum err e;

	name_of(o, "", now, name);
	e = brake_ask(a, b, str_c(name), ALERTS_HIGH, at, ret_until, why);
	if (e != OK || severity != ALERTS_CRITICAL)
		return e;
	name_of(o, "-critical", now, name);
	e = brake_ask(a, &one, str_c(name), ALERTS_HIGH, at, &until, why);
	if (until == 0)
		*ret_until = 0;
	return e;
}

enum err
page_brake(struct alerts *a, const struct brake *b, const struct page_order *o,
    const char *alert_id, enum alerts_severity severity, int64_t now, char key[OUTBOX_KEY_SIZE],
    struct diag *why)
{
	struct bundle_place place = { .channel = o->channel, .form = BUNDLE_PAGE };
	char slot[NAME_SIZE], id[ALERTS_ID_SIZE];
	int64_t until = 0;
	enum err e;

	key[0] = '\0';
	if (b->limit == 0)
		return OK;
	e = ask(a, b, o, severity, now, &until, why);
	if (e != OK || until == 0)
		return e;
	(void)snprintf(slot, sizeof(slot), "page-%.*s-%u", STR_ARG(o->person), o->contact);
	place.slot = str_c(slot);
	place.due = until;
	e = bundle_collect(a, &place, str_c(alert_id), severity, now, why);
	if (e == OK)
		e = bundle_at(a, o->channel, place.slot, id, why);
	if (e == OK)
		(void)snprintf(key, OUTBOX_KEY_SIZE, "%s-%.*s", id, STR_ARG(o->channel));
	return e;
}

static enum err
whom(struct alerts *a, struct str key, struct page_summary *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT person, address FROM page_calls WHERE key = ?1 ORDER BY id DESC LIMIT 1", &st,
	    why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, key);
	e = db_step(st, &row, why);
	if (e == OK && row) {
		(void)str_to_c(db_str(st, 0), ret->person, sizeof(ret->person));
		(void)str_to_c(db_str(st, 1), ret->address, sizeof(ret->address));
	}
	db_finalize(st);
	return e;
}

enum err
page_summary(struct alerts *a, struct str bundle, struct str channel, struct page_summary *ret,
    struct diag *why)
{
	char key[OUTBOX_KEY_SIZE];
	int64_t n = 0;
	enum err e;

	*ret = (struct page_summary){ 0 };
	(void)snprintf(key, sizeof(key), "%.*s-%.*s", STR_ARG(bundle), STR_ARG(channel));
	e = whom(a, str_c(key), ret, why);
	if (e == OK)
		e = txn_run(a,
		    "DELETE FROM bundle_items WHERE bundle = ?1 AND alert NOT IN (SELECT alert_id"
		    " FROM page_calls WHERE key = ?2 AND state = 'summary')",
		    bundle, str_c(key), why);
	if (e == OK)
		e = txn_number(a, "SELECT count(*) FROM bundle_items WHERE bundle = ?1", bundle, &n,
		    why);
	ret->alerts = (uint64_t)n;
	return e;
}
