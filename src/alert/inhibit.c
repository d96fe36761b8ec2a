/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts that explain others. */
#include "alert/inhibit.h"

#include "alert/affected.h"
#include "alert/internal.h"

/* What sources are found by: a letter and a name; "-" alone is every one. */
#define GROUP 'g'
#define ENTITY_SIZE 512

static const struct {
	unsigned bit;
	enum affected_kind kind;
	char letter;
} kinds[] = {
	{ ROUTE_EQUAL_ADDRESS, AFFECTED_ADDRESS, 'a' },
	{ ROUTE_EQUAL_USER, AFFECTED_USER, 'u' },
};

static struct matcher_case
case_of(const struct dispatch *d, int64_t now)
{
	return (struct matcher_case){ .rule_id = d->rule_id,
		.title = d->title,
		.tags = d->tags,
		.group = d->group,
		.affected = d->affected,
		.severity = d->severity,
		.now = now };
}

static bool
in_set(struct str set, enum affected_kind kind, struct str name)
{
	enum affected_kind k;
	struct str other;

	while (affected_next(&set, &k, &other, NULL))
		if (k == kind && str_eq(other, name))
			return true;
	return false;
}

static bool
share_one(struct str a, struct str b, enum affected_kind kind)
{
	enum affected_kind k;
	struct str name;

	while (affected_next(&a, &k, &name, NULL))
		if (k == kind && in_set(b, kind, name))
			return true;
	return false;
}

static bool
are_equal(unsigned equal, const struct matcher_case *a, const struct matcher_case *b)
{
	if ((equal & ROUTE_EQUAL_GROUP) != 0 && !str_eq(a->group, b->group))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if ((equal & kinds[i].bit) != 0 &&
		    !share_one(a->affected, b->affected, kinds[i].kind))
			return false;
	return true;
}

typedef enum err (*entity_fn)(void *ctx, struct str entity, struct diag *why);

/* Each entity of the alert, of the sort that `equal` is looked up by. */
static enum err
each_entity(unsigned equal, const struct dispatch *d, entity_fn fn, void *ctx, struct diag *why)
{
	enum affected_kind k;
	struct str set = d->affected, name;
	char text[ENTITY_SIZE];
	enum err e = OK;

	if (equal == 0)
		return fn(ctx, STR("-"), why);
	if ((equal & (ROUTE_EQUAL_ADDRESS | ROUTE_EQUAL_USER)) == 0) {
		text[0] = GROUP;
		(void)str_to_c(d->group, text + 1, sizeof(text) - 1);
		return fn(ctx, str_c(text), why);
	}
	while (e == OK && affected_next(&set, &k, &name, NULL)) {
		const size_t i = (equal & ROUTE_EQUAL_ADDRESS) != 0 ? 0 : 1;

		if (k != kinds[i].kind)
			continue;
		text[0] = kinds[i].letter;
		(void)str_to_c(name, text + 1, sizeof(text) - 1);
		e = fn(ctx, str_c(text), why);
	}
	return e;
}

struct looking {
	struct db_stmt *st;
	const struct route_inhibit *rule;
	const struct dispatch *d;
	struct matcher_case target;
	char *by;
};

static enum err
look(void *ctx, struct str entity, struct diag *why)
{
	struct looking *l = ctx;
	bool more = false;
	enum err e = OK;

	db_bind_str(l->st, 1, entity);
	db_bind_int(l->st, 2, INHIBIT_LOOKED_AT);
	db_bind_str(l->st, 3, l->d->id);
	while (l->by[0] == '\0' && (e = db_step(l->st, &more, why)) == OK && more) {
		const struct matcher_case source = { .rule_id = db_str(l->st, 1),
			.title = db_str(l->st, 2),
			.tags = db_str(l->st, 3),
			.group = db_str(l->st, 4),
			.affected = db_str(l->st, 5),
			.severity = (enum alerts_severity)db_int(l->st, 6),
			.now = l->target.now };

		if (matcher_holds(l->rule->source, &source) &&
		    are_equal(l->rule->equal, &source, &l->target))
			(void)str_to_c(db_str(l->st, 0), l->by, ALERTS_ID_SIZE);
	}
	db_reset(l->st);
	return e;
}

enum err
inhibit_hides(struct alerts *a, const struct route_tree *t, const struct dispatch *d, int64_t now,
    char by[ALERTS_ID_SIZE], struct diag *why)
{
	struct looking l = { .d = d, .target = case_of(d, now), .by = by };
	size_t n;
	const struct route_inhibit *rules = route_inhibits(t, &n);
	enum err e;

	by[0] = '\0';
	if (n == 0)
		return OK;
	e = db_prepare(a->db,
	    "SELECT id, rule_id, title, tags, group_key, affected, rank FROM (SELECT alert FROM"
	    " inhibitors WHERE entity = ?1 ORDER BY n DESC LIMIT ?2) JOIN alerts ON id = alert"
	    " WHERE id <> ?3 AND status IN ('open', 'acknowledged', 'in_progress') AND quiet = ''"
	    " AND demo = 0",
	    &l.st, why);
	if (e != OK)
		return e;
	for (size_t i = 0; i < n && e == OK && by[0] == '\0'; i++) {
		l.rule = &rules[i];
		if (matcher_holds(rules[i].target, &l.target))
			e = each_entity(rules[i].equal, d, look, &l, why);
	}
	db_finalize(l.st);
	return e;
}

struct noting {
	struct db_stmt *st;
	const struct dispatch *d;
};

static enum err
note(void *ctx, struct str entity, struct diag *why)
{
	struct noting *n = ctx;

	db_bind_str(n->st, 1, entity);
	db_bind_str(n->st, 2, n->d->id);
	return db_run(n->st, why);
}

enum err
inhibit_note(struct alerts *a, const struct route_tree *t, const struct dispatch *d, int64_t now,
    struct diag *why)
{
	const struct matcher_case c = case_of(d, now);
	struct noting in = { .d = d };
	size_t n;
	const struct route_inhibit *rules = route_inhibits(t, &n);
	enum err e = OK;

	for (size_t i = 0; i < n && e == OK; i++) {
		if (!matcher_holds(rules[i].source, &c))
			continue;
		if (in.st == NULL)
			e = db_prepare(a->db,
			    "INSERT OR IGNORE INTO inhibitors(entity, alert) VALUES(?1, ?2)",
			    &in.st, why);
		if (e == OK)
			e = each_entity(rules[i].equal, d, note, &in, why);
	}
	db_finalize(in.st);
	return e;
}

enum err
inhibit_prune(struct alerts *a, struct diag *why)
{
	return db_exec(a->db,
	    "DELETE FROM inhibitors WHERE alert NOT IN (SELECT id FROM alerts WHERE status IN"
	    " ('open', 'acknowledged', 'in_progress'))",
	    why);
}
