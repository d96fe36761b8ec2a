/*
 * Who is on call: of a rota at an instant, and over a stretch of time.  What
 * counts is, in this order: the newest override; the last layer that is on;
 * nobody.
 */
#ifndef ONCALL_ROTA_H
#define ONCALL_ROTA_H

#include "oncall/book.h"

#define ROTA_NOBODY SIZE_MAX

struct rota_case {
	const struct book *book;
	const struct book_rota *rota;
	const struct book_override *overrides; /* besides those of the book: they go before them */
	size_t n;                              /* the last one is the newest */
};

/* Index of the person, ROTA_NOBODY. */
size_t rota_at(const struct rota_case *c, int64_t now) NONNULL;
/* When that may change: the first instant after `now`; INT64_MAX never. */
int64_t rota_edge(const struct rota_case *c, int64_t now) NONNULL;

struct rota_shift {
	size_t person; /* or ROTA_NOBODY */
	int64_t from, to;
};
/* What fn returns other than OK ends it and is returned. */
typedef enum err (*rota_fn)(void *ctx, const struct rota_shift *s);
/* From..to without a gap, each shift as long as it is the same person. */
enum err rota_schedule(const struct rota_case *c, int64_t from, int64_t to, rota_fn fn, void *ctx)
    __attribute__((nonnull(1, 4)));
/* The one who is on call after that, and from when; false: nobody else within 60 days. */
bool rota_next(const struct rota_case *c, int64_t now, struct rota_shift *ret) NONNULL;

#endif
