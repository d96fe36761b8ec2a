/* The words of playbooks, one table for reader, writer and pages; and texts with {{words}} in them.
 */
#ifndef INCIDENT_PLAYWORD_H
#define INCIDENT_PLAYWORD_H

#include "base/buf.h"
#include "incident/playbook.h"

/* The tables that playword_at() and playword_find() know. */
enum playword_of {
	PLAYWORD_TYPE,
	PLAYWORD_PHASE,
	PLAYWORD_ACT,
	PLAYWORD_LATE,
	PLAYWORD_FAIL,
	PLAYWORD_ROLE,
	PLAYWORD_ENDED,
	PLAYWORD_KIND,
	PLAYWORD_SEVERITY,
	PLAYWORD_HAS,
	PLAYWORD_TABLES
};

/* The i-th word, blank past the end. */
struct str playword_at(enum playword_of table, unsigned i);
bool playword_find(enum playword_of table, struct str word, unsigned *ret)
    __attribute__((nonnull(3)));
/* All of a table, between blanks. */
struct str playword_all(enum playword_of table);

enum playbook_to playword_to(enum playbook_act act);
/* Does it change something outside, so that nobody but a person lets it happen unasked? */
bool playword_destructive(enum playbook_act act);

/* What {{words}} stand for: data that is put in and never read again.  Several stand in lines. */
struct playword_values {
	struct str address, user, incident, title, type, severity, owner, url;
};
/* The first {{...}} that is no word; {NULL, 0}: all are. */
struct str playword_unknown(struct str text);
void playword_put(struct str text, const struct playword_values *v, struct buf *to)
    __attribute__((nonnull(2, 3)));
/*
 * Is it a query that values can be put in safely: no quote or comment around a {{word}}?
 * FAIL_SYNTAX with what is wrong.
 */
enum err playword_check_sql(struct str sql, struct diag *why);
/* The same text with each {{word}} as a quoted text of SQL, several of them between commas. */
void playword_put_sql(struct str sql, const struct playword_values *v, struct buf *to)
    __attribute__((nonnull(2, 3)));

#endif
