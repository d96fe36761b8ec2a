/* A users.db of the case's own, and a clock that stands still. */
#ifndef BASE_H
#define BASE_H

#include "base/fs.h"
#include "test.h"
#include "user/users.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)
#define HASH "$argon2id$not-a-real-one"

static inline const char *
base_path(void)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/users.db", test_dir());
	return path;
}

static inline struct users *
base_open(const char *path)
{
	struct users *u;
	struct diag why = { 0 };

	CHECK_OK(users_open(path, &u, &why), why);
	return u;
}

/* A user who can log in. */
static inline void
base_add(struct users *u, const char *name, enum role role)
{
	struct diag why = { 0 };

	CHECK_OK(users_add(u, str_c(name), role, NOW, &why), why);
	CHECK_OK(users_set_hash(u, name, HASH, &why), why);
}

#endif
