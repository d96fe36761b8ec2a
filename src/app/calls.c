/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/oncall.py */
/* Lines of steps. */
#include "app/calls.h"

#include <stdio.h>

#include "alert/channels.h"
#include "base/clock.h"
#include "base/digest.h"
#include "oncall/civil.h"

#define NIGHT_ENDS (7 * 3600) /* s of a day */

void
calls_init(struct calls *c, struct alerts *a, const struct page *p, int64_t now)
{
	c->alerts = a;
	c->step = p->step;
	c->round = p->round;
	c->level = p->level;
	c->severity = p->severity;
	c->now = now;
	c->n = c->told = 0;
	c->latest = INT64_MAX;
}

/* 62 characters: 65 bits of chance. */
static void
make_code(char to[PAGE_CODE_SIZE])
{
	static const char digits[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint64_t random[PAGE_CODE_SIZE - 1];

	digest_random(random, sizeof(random));
	for (size_t i = 0; i < PAGE_CODE_SIZE - 1; i++)
		to[i] = digits[random[i] % 62];
	to[PAGE_CODE_SIZE - 1] = '\0';
}

/* A line more, or NULL when there are too many. */
static struct page_order *
add(struct calls *c, enum page_told told, const char *note)
{
	struct page_order *o = &c->p[c->n];

	if (c->n == PAGE_CALLS_MAX)
		return NULL;
	(void)snprintf(c->notes[c->n], CALLS_NOTE_SIZE, "%s", note);
	*o = (struct page_order){ .told = told,
		.step = c->step,
		.round = c->round,
		.level = c->level,
		.due = c->now,
		.note = str_c(c->notes[c->n]) };
	c->n++;
	if (told != PAGE_TOLD)
		return o;
	make_code(o->code);
	c->told++;
	return o;
}

static void
add_contact(struct calls *c, const struct book_person *person, unsigned i, enum page_told told,
    const char *note)
{
	const int64_t quiet = book_quiet(person, (unsigned)c->severity, c->now);
	char later[CALLS_NOTE_SIZE], until[40];
	struct page_order *o;

	if (told == PAGE_TOLD && quiet != 0) {
		(void)snprintf(later, sizeof(later), "quiet hours until %s",
		    clock_text(quiet, until));
		note = later;
	}
	o = add(c, told, note);
	if (o == NULL)
		return;
	o->person = person->name;
	o->contact = i;
	o->channel = person->contacts[i].channel;
	o->address = person->contacts[i].to;
	o->due = quiet != 0 ? quiet : c->now;
	o->night = civil_wall(person->zone, o->due) % CIVIL_DAY < NIGHT_ENDS;
	if (told == PAGE_TOLD && o->due < c->latest)
		c->latest = o->due;
}

enum err
calls_person(struct calls *c, const struct book_person *person, unsigned from, const char *note,
    struct diag *why)
{
	enum page_channel is[BOOK_CONTACTS_MAX];
	size_t best = person->n;
	struct page_order *o;
	enum err e = OK;

	for (size_t i = from; i < person->n && e == OK; i++)
		e = page_channel(c->alerts, person->contacts[i].channel, &is[i], why);
	if (e != OK)
		return e;
	for (size_t i = from; i < person->n && best == person->n; i++)
		if (is[i] == PAGE_CHANNEL_OK)
			best = i;
	for (size_t i = from; i < person->n && best == person->n && from == 0; i++)
		if (is[i] == PAGE_CHANNEL_DOWN)
			best = i; /* better than nothing: it is tried again */
	for (unsigned i = from; i < person->n; i++) {
		if (i == best) {
			add_contact(c, person, i, PAGE_TOLD, note);
			return OK;
		}
		add_contact(c, person, i, PAGE_SKIPPED,
		    is[i] == PAGE_CHANNEL_OFF ? "the channel is off" : "the channel is down");
	}
	o = add(c, PAGE_NOBODY, "no other contact that works");
	if (o != NULL)
		o->person = person->name;
	return OK;
}

static enum err
add_channel(struct calls *c, struct str channel, struct diag *why)
{
	enum page_channel is = PAGE_CHANNEL_OFF;
	enum err e = page_channel(c->alerts, channel, &is, why);
	struct page_order *o;

	if (e != OK)
		return e;
	o = add(c, is == PAGE_CHANNEL_OFF ? PAGE_SKIPPED : PAGE_TOLD,
	    is == PAGE_CHANNEL_OFF ? "the channel is off" : "");
	if (o == NULL)
		return OK;
	o->channel = channel;
	if (o->told == PAGE_TOLD)
		c->latest = c->now;
	return OK;
}

enum err
calls_people(struct calls *c, const struct walk_who *who, size_t n, struct diag *why)
{
	char note[CALLS_NOTE_SIZE];
	enum err e = OK;

	for (size_t i = 0; i < n && e == OK; i++) {
		if (who[i].person != NULL) {
			e = calls_person(c, who[i].person, 0, "", why);
		} else if (who[i].channel.n != 0) {
			e = add_channel(c, who[i].channel, why);
		} else {
			(void)snprintf(note, sizeof(note), "nobody is on call in the rota %.*s",
			    STR_ARG(who[i].rota));
			(void)add(c, PAGE_NOBODY, note);
		}
	}
	if (n == 0)
		(void)add(c, PAGE_NOBODY, "the step names nobody");
	return e;
}

struct all {
	struct calls *c;
	bool plain;
	const char *note;
};

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	const struct all *all = ctx;
	struct page_order *o;

	if (!row->enabled)
		return OK;
	o = add(all->c, PAGE_TOLD, all->note);
	if (o == NULL)
		return OK;
	/* The row is gone before the order is used. */
	o->channel = str_c(str_to_c(row->name, all->c->channels[all->c->n - 1], OUTBOX_NAME_SIZE));
	o->plain = all->plain;
	all->c->latest = all->c->now;
	return OK;
}

enum err
calls_all(struct calls *c, bool plain, const char *note, struct diag *why)
{
	struct all all = { c, plain, note };
	enum err e = channels_list(c->alerts, on_channel, &all, why);

	if (e == OK && c->told == 0)
		(void)add(c, PAGE_NOBODY, "there is no channel that is on");
	return e;
}
