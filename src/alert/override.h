/* Overrides of rotas that people made on the page or by the API: kept with who and why, also when
 * they are taken away.  Those of the file are src/oncall's. */
#ifndef ALERT_OVERRIDE_H
#define ALERT_OVERRIDE_H

#include "alert/alerts.h"

#define OVERRIDE_MAX 500 /* that have not ended */
#define OVERRIDE_WHY_MAX 200
#define OVERRIDE_SPAN_MAX ((int64_t)366 * 86400 * 1000000000)

struct override { /* texts are borrowed during the call of an override_fn */
	int64_t id;
	struct str rota, person, by, why;
	int64_t from, to, created; /* ns */
	int64_t removed;           /* 0: not */
	struct str removed_by;
};

/* FAIL_SYNTAX: the times make no sense, or a text is too long; FAIL_LIMIT. */
enum err override_add(struct alerts *a, const struct override *o, int64_t now, int64_t *ret_id,
    struct diag *why) __attribute__((nonnull(1, 2, 4)));
/* FAIL_NOT_FOUND: there is none, or it was removed. */
enum err override_remove(struct alerts *a, int64_t id, struct str by, int64_t now, struct diag *why)
    __attribute__((nonnull(1)));
typedef enum err (*override_fn)(void *ctx, const struct override *o);
/* Those that end after `after`, in the order in which they were made; removed ones on demand. */
enum err override_list(struct alerts *a, int64_t after, bool removed, override_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 4)));

#endif
