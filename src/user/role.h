/*
 * What people and tokens may do: a person has a role, a token has scopes, and
 * a role stands for scopes.  The numbers of the scopes are those of
 * http/route.h; what is kept in the database relies on them.
 */
#ifndef USER_ROLE_H
#define USER_ROLE_H

#include "base/buf.h"

enum role_scope { ROLE_READ = 2, ROLE_INGEST = 4, ROLE_MANAGE = 8, ROLE_WRITE = 16 };
#define ROLE_ALL ((unsigned)(ROLE_READ | ROLE_INGEST | ROLE_MANAGE | ROLE_WRITE))

enum role { ROLE_VIEWER, ROLE_ANALYST, ROLE_RESPONDER, ROLE_ADMIN };

const char *role_word(enum role role) RETURNS_NONNULL; /* "viewer" */
bool role_find(struct str word, enum role *ret) __attribute__((nonnull(2)));
unsigned role_scopes(enum role role);

/* The i-th scope of the set and its word ("read", "ingest", "write", "admin"); false past the end.
 */
bool role_scope_at(unsigned scopes, size_t i, const char **ret) NONNULL;
bool role_scope_find(struct str word, unsigned *ret) __attribute__((nonnull(2)));

#endif
