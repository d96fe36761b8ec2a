/* One value: from text to the member of a struct, checked, and compared. */
#ifndef CONF_SETTING_H
#define CONF_SETTING_H

#include "base/arena.h"
#include "conf/row.h"

struct setting_in {
	const struct row *row;
	const char *name; /* of the key in messages: "sources[2].path" */
	struct str dir;   /* base of relative paths; "" for none */
	struct arena *a;  /* what the member points to lives here */
};

/* Not for lists and scores: FAIL_SYNTAX names the key and what to write. */
enum err setting_put(const struct setting_in *in, struct str text, void *base, struct diag *why)
    __attribute__((nonnull(1, 3)));
/* One item of a list. */
enum err setting_item(const struct setting_in *in, struct str text, const char **ret,
    struct diag *why) __attribute__((nonnull(1, 3)));
/* One number of scores. */
enum err setting_score(const struct setting_in *in, struct str text, int64_t *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));

/* Text that a reference to a secret names: a path (made absolute) or a name. */
enum err setting_secret(const struct setting_in *in, bool is_path, struct str text,
    const char **ret, struct diag *why) __attribute__((nonnull(1, 4)));

/* Is the member the same in both structs? */
bool setting_same(const struct row *row, const void *a, const void *b) NONNULL;

#endif
