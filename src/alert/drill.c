/* SPDX-License-Identifier: Apache-2.0 */
/* A test alert and its messages. */
#include "alert/drill.h"

#include <stdio.h>

#include "alert/internal.h"
#include "alert/outbox.h"
#include "base/digest.h"

#define TITLE "TEST ALERT: nothing happened"
#define TAGS DRILL_RULE ",drill"
#define ADVICE "Nothing is wrong. Acknowledge or close it as you would any other."
#define SUMMARY_SIZE 200

static struct alerts_finding
finding_of(const struct drill *d, const char *id, int64_t now, char summary[SUMMARY_SIZE])
{
	(void)snprintf(summary, SUMMARY_SIZE, "%.*s asked for a test of how alerts are told.",
	    STR_ARG(d->by));
	return (struct alerts_finding){ .id = str_c(id),
		.rule_id = STR(DRILL_RULE),
		.title = STR(TITLE),
		.severity = str_c(alerts_severity_word(d->severity)),
		.tags = STR(TAGS),
		.advice = STR(ADVICE),
		.group = STR("test"),
		.summary = str_c(summary),
		.first = now,
		.last = now,
		.n_first = 1 };
}

static enum err
insert(struct alerts *a, const struct drill *d, const struct alerts_finding *f, int64_t now,
    struct diag *why)
{
	const struct str texts[] = { f->id, f->rule_id, f->title, f->severity, f->tags, f->advice,
		f->group, f->summary };
	uint64_t rev = 0;
	enum err e = txn_revs(a, 1, &rev, why);

	if (e != OK)
		return e;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		db_bind_str(a->insert, (int)i + 1, texts[i]);
	db_bind_int(a->insert, 9, (int64_t)d->severity);
	for (int i = 10; i <= 12; i++) /* first, last, created */
		db_bind_int(a->insert, i, now);
	db_bind_int(a->insert, 13, 1);
	db_bind_int(a->insert, 14, (int64_t)rev);
	db_bind_int(a->insert, 15, 0);
	db_bind_blob(a->insert, 16, STR(""));
	db_bind_int(a->insert, 17, 0);
	for (int i = 18; i <= 20; i++) /* action, details, affected */
		db_bind_str(a->insert, i, STR(""));
	return db_run(a->insert, why);
}

static enum err
tell(struct alerts *a, const struct drill *d, const char *id, struct str channel, int64_t now,
    struct diag *why)
{
	return outbox_add(a,
	    &(struct outbox_order){ .alert_id = str_c(id),
		.channel = channel,
		.event = OUTBOX_RAISE,
		.severity = d->severity },
	    now, now, why);
}

static enum err
tell_every_one(struct alerts *a, const struct drill *d, const char *id, int64_t now,
    struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db, "SELECT name FROM channels WHERE enabled = 1 ORDER BY name",
	    &st, why);

	if (e != OK)
		return e;
	while (e == OK && (e = db_step(st, &more, why)) == OK && more)
		e = tell(a, d, id, db_str(st, 0), now, why);
	db_finalize(st);
	return e;
}

enum err
drill_raise(struct alerts *a, const struct drill *d, int64_t now, char id[ALERTS_ID_SIZE],
    struct diag *why)
{
	char summary[SUMMARY_SIZE];
	struct alerts_finding f;
	uint8_t random[(ALERTS_ID_SIZE - 1) / 2];
	enum err e;

	digest_random(random, sizeof(random));
	(void)digest_hex(random, sizeof(random), id);
	f = finding_of(d, id, now, summary);
	if (d->routed)
		return alerts_apply(a, &f, 1, ALERTS_STAY, now, why);
	e = txn_begin(a, why);
	if (e != OK)
		return e;
	e = insert(a, d, &f, now, why);
	if (e == OK && d->channel.n != 0)
		e = tell(a, d, id, d->channel, now, why);
	else if (e == OK)
		e = tell_every_one(a, d, id, now, why);
	return txn_end(a, e, why);
}
