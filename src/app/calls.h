/* The lines of a step: who is told by which contact, who cannot be, and why. */
#ifndef APP_CALLS_H
#define APP_CALLS_H

#include "alert/page.h"
#include "oncall/walk.h"

#define CALLS_NOTE_SIZE 160

struct calls { /* in the making; about 20 KB: not on small stacks */
	struct alerts *alerts;
	unsigned step, round, level;
	enum alerts_severity severity;
	int64_t now;
	struct page_order p[PAGE_CALLS_MAX];
	char notes[PAGE_CALLS_MAX][CALLS_NOTE_SIZE], channels[PAGE_CALLS_MAX][OUTBOX_NAME_SIZE];
	size_t n, told;
	int64_t latest; /* when the first of their messages is due, ns; INT64_MAX none */
};

void calls_init(struct calls *c, struct alerts *a, const struct page *p, int64_t now) NONNULL;
/*
 * The first contact from `from` on that works; the ones before it that do not are noted.  `note`
 * may be "".  FAIL_STORE.  With none that works one that is down, with none at all a line that says
 * so.
 */
enum err calls_person(struct calls *c, const struct book_person *person, unsigned from,
    const char *note, struct diag *why) NONNULL;
/* Everybody whom targets mean. */
enum err calls_people(struct calls *c, const struct walk_who *who, size_t n, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* Every channel that is on; `plain`: by the alert's own message. */
enum err calls_all(struct calls *c, bool plain, const char *note, struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
