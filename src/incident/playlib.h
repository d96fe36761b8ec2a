/* The playbooks there are: every *.yml of a folder, immutable once read. */
#ifndef INCIDENT_PLAYLIB_H
#define INCIDENT_PLAYLIB_H

#include "incident/playbook.h"

#define PLAYLIB_MAX 100

struct playlib_book {
	struct playbook *book;
	struct str text; /* of its file */
	int64_t changed; /* the file, ns */
	char file[256];
};
struct playlib {
	struct playlib_book *p[PLAYLIB_MAX]; /* by name */
	size_t n;
};

/* FAIL_SYNTAX and FAIL_LIMIT with the place; FAIL_EXISTS: two of one name. */
enum err playlib_load(const char *dir, struct playlib *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void playlib_fini(struct playlib *l) NONNULL;
const struct playlib_book *playlib_find(const struct playlib *l, struct str name)
    __attribute__((nonnull(1)));
/* The first that is for incidents of this type and no other, else the first that is for it too. */
const struct playlib_book *playlib_for(const struct playlib *l, enum incident_type type) NONNULL;

#endif
