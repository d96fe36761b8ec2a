/* What the files that read a book share. */
#ifndef ONCALL_INTERNAL_H
#define ONCALL_INTERNAL_H

#include "base/arena.h"
#include "conf/tree.h"
#include "oncall/book.h"

struct part_zone { /* read once, whoever lives there */
	struct str name;
	struct zone zone;
	struct part_zone *next;
};

struct part { /* a book in the making */
	struct book *b;
	struct arena *a;
	struct part_zone *zones;
	struct diag *why;
};

/* part.c: pieces of a file.  Each fails with the place of what it did not like. */
enum err part_refuse(const struct part *p, const struct tree *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
enum err part_unknown(const struct part *p, const struct tree *at, const char *known);
bool part_is(const struct tree *t, const char *key);
enum err part_text(const struct part *p, const struct tree *t, size_t max, struct str *ret);
enum err part_name(const struct part *p, const struct tree *t, struct str *ret);
enum err part_span(const struct part *p, const struct tree *t, int64_t *ret);
enum err part_count(const struct part *p, const struct tree *t, uint64_t max, unsigned *ret);
enum err part_time(const struct part *p, const struct tree *t, int32_t *ret);
enum err part_rank(const struct part *p, const struct tree *t, unsigned *ret);
enum err part_zone(struct part *p, const struct tree *t, const struct zone **ret,
    struct str *ret_name);
enum err part_person(const struct part *p, const struct tree *t, size_t *ret);
/* Members of a list (1 to max) or a map; `fn` for each. */
typedef enum err (*part_fn)(struct part *p, const struct tree *t, void *ctx);
enum err part_list(struct part *p, const struct tree *t, size_t max, part_fn fn, void *ctx);
enum err part_map(struct part *p, const struct tree *t, part_fn fn, void *ctx);
/* `n` + room of them, zeroed; the old ones copied. */
enum err part_grow(const struct part *p, void **items, size_t n, size_t more, size_t size);

/* people.c, rotas.c, policies.c: one top level part each. */
enum err people_read(struct part *p, const struct tree *t);
enum err rotas_read(struct part *p, const struct tree *t);
enum err rotas_overrides(struct part *p, const struct tree *t);
enum err policies_read(struct part *p, const struct tree *t);
enum err policies_levels(struct part *p, const struct tree *t);
enum err policies_respond(struct part *p, const struct tree *t);

#endif
