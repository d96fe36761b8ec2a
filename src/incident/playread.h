/* What the files that read playbooks share. */
#ifndef INCIDENT_PLAYREAD_H
#define INCIDENT_PLAYREAD_H

#include "conf/tree.h"
#include "incident/playbook.h"
#include "incident/playword.h"

struct playread {
	struct arena *arena;
	struct playbook *book;
	size_t at; /* the step that is read */
	size_t conds;
	struct diag *why;
};

/* One member of a map: `to` is what the map is read into. */
struct playread_key {
	const char *name;
	enum err (*read)(struct playread *r, const struct tree *t, void *to);
};

enum err playread_refuse(struct playread *r, const struct tree *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* Each member by its key; refuses what is no key, with the one that was meant, and what comes
 * twice. */
enum err playread_map(struct playread *r, const struct tree *t, const struct playread_key *keys,
    size_t n, void *to);
enum err playread_text(struct playread *r, const struct tree *t, size_t max, struct str *ret);
/* As texts, of few letters. */
enum err playread_name(struct playread *r, const struct tree *t, struct str *ret);
enum err playread_number(struct playread *r, const struct tree *t, uint64_t max, uint64_t *ret);
enum err playread_word(struct playread *r, const struct tree *t, enum playword_of table,
    unsigned *ret);
/* One word or a list of them: bits. */
enum err playread_set(struct playread *r, const struct tree *t, enum playword_of table,
    unsigned *ret);
/* The index of the step a text names. */
enum err playread_step(struct playread *r, const struct tree *t, size_t *ret);

/* playstep.c: r->at, but for id and when. */
enum err playread_one(struct playread *r, const struct tree *t, struct playbook_step *s);
/* playwhen.c: the condition of r->at. */
enum err playread_when(struct playread *r, const struct tree *t, const struct playbook_cond **ret);

#endif
