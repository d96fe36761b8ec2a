/* SPDX-License-Identifier: Apache-2.0 */
/* People, and how they are reached. */
/* tested by: test/unit/oncall/test_book.c */
#include "oncall/internal.h"

#define PERSON "a person has name, user, zone, contacts and quiet"

static enum err
contact_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_contact *c = ctx;

	if (part_is(t, "channel"))
		return part_name(p, t, &c->channel);
	if (part_is(t, "to"))
		return part_text(p, t, 256, &c->to);
	return part_unknown(p, t, "a contact has channel and to");
}

static enum err
read_contact(struct part *p, const struct tree *t, void *ctx)
{
	struct book_person *one = ctx;
	struct book_contact *c = &one->contacts[one->n++];
	enum err e = part_map(p, t, contact_member, c);

	if (e == OK && c->channel.n == 0)
		e = part_refuse(p, t, "a contact has at least channel");
	return e;
}

static enum err
quiet_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_person *one = ctx;

	if (part_is(t, "from"))
		return part_time(p, t, &one->quiet_from);
	if (part_is(t, "to"))
		return part_time(p, t, &one->quiet_to);
	if (part_is(t, "except"))
		return part_rank(p, t, &one->quiet_rank);
	return part_unknown(p, t, "quiet hours have from, to and except");
}

static enum err
person_member(struct part *p, const struct tree *t, void *ctx)
{
	struct book_person *one = ctx;

	if (part_is(t, "name"))
		return part_name(p, t, &one->name);
	if (part_is(t, "user"))
		return part_text(p, t, 64, &one->user);
	if (part_is(t, "zone"))
		return part_zone(p, t, &one->zone, &one->zone_name);
	if (part_is(t, "contacts"))
		return part_list(p, t, BOOK_CONTACTS_MAX, read_contact, one);
	if (!part_is(t, "quiet"))
		return part_unknown(p, t, PERSON);
	one->quiet = true;
	one->quiet_from = one->quiet_to = -1;
	return part_map(p, t, quiet_member, one);
}

static enum err
read_person(struct part *p, const struct tree *t, void *ctx)
{
	static const struct zone utc; /* no change, offset 0 */
	struct book_person one = { .zone = &utc, .zone_name = STR("UTC") };
	enum err e = part_map(p, t, person_member, &one);

	(void)ctx;
	if (e != OK)
		return e;
	if (one.name.n == 0 || one.n == 0)
		return part_refuse(p, t, "a person has at least name and contacts");
	if (one.quiet && (one.quiet_from < 0 || one.quiet_to < 0))
		return part_refuse(p, t, "quiet hours have from and to");
	if (book_person(p->b, one.name) != NULL)
		return part_refuse(p, t, "there are two people called '%.*s'", STR_ARG(one.name));
	if (one.user.n == 0)
		one.user = one.name;
	p->b->people[p->b->n_people++] = one;
	return OK;
}

enum err
people_read(struct part *p, const struct tree *t)
{
	enum err e = part_grow(p, (void **)&p->b->people, p->b->n_people, BOOK_PEOPLE_MAX,
	    sizeof(struct book_person));

	return e == OK ? part_list(p, t, BOOK_PEOPLE_MAX, read_person, NULL) : e;
}
