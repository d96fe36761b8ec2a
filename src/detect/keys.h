/*
 * Live group keys of all correlations, each with the state of its type behind
 * it in one piece.  There is a cap on their number and one on their bytes:
 * beyond it, of a few keys drawn at random the one goes that is nearest to
 * nothing, and of equals the youngest.  So a flood of new keys throws out
 * itself: an old key that is almost there goes only when all drawn are better.
 * What is drawn depends on what was fed alone.
 */
#ifndef DETECT_KEYS_H
#define DETECT_KEYS_H

#include "base/str.h"

struct keys;

struct key {
	uint64_t hash;
	uint32_t born;   /* number of the record that made it, and ... */
	uint32_t used;   /* ... of the last one that fed it; the lower half of them */
	int64_t touched; /* newest event time */
	int64_t begin;   /* of its episode; KEY_NEVER */
	int64_t due;     /* what it waits for; INT64_MAX */
	uint32_t rule;   /* correlation it belongs to */
	uint32_t place;  /* among all keys */
	uint32_t heap;   /* place among those that wait, from 1; 0: does not */
	uint32_t text_n;
	uint32_t bytes; /* what it holds beyond this, as last told */
	uint32_t state_n : 31;
	uint32_t demo : 1; /* fed by demonstration records alone */
	uint64_t state[];
};
#define KEY_NEVER INT64_MIN

struct keys_opts {
	size_t max;       /* keys */
	size_t bytes_max; /* of all keys with what they hold */
	/* How much a key is worth, 0 to 1, less than 0: nothing; called for few keys at a time. */
	double (*worth)(void *ctx, const struct key *k);
	void (*gone)(void *ctx, struct key *k, bool evicted); /* frees what the state holds */
	void *ctx;
};

struct keys *keys_new(const struct keys_opts *opts) RETURNS_NONNULL;
void keys_free(struct keys *ks); /* NULL is fine */

/*
 * The key, or a new one with a zeroed state (*ret_new), after making room for
 * it.  Others may go by this call and by keys_told(), never the one returned.
 */
struct key *keys_use(struct keys *ks, uint32_t rule, struct str text, size_t state_size,
    bool *ret_new) __attribute__((nonnull(1, 5), returns_nonnull));
/*
 * The key with this hash will be used soon: step 0, then 1, then 2 fetch its
 * place, itself, and what its state points at first, each from memory that the
 * one before had fetched, so best not all at once.
 */
uint64_t keys_hash(const struct keys *ks, uint32_t rule, struct str text) NONNULL;
void keys_ahead(const struct keys *ks, uint64_t hash, unsigned step) NONNULL;

/* The key holds so many bytes beyond itself now. */
void keys_told(struct keys *ks, struct key *k, size_t bytes) NONNULL;

void keys_drop(struct keys *ks, struct key *k) NONNULL;

struct key *keys_at(const struct keys *ks, size_t i) NONNULL; /* below keys_len() */
size_t keys_len(const struct keys *ks) NONNULL;
size_t keys_bytes(const struct keys *ks) NONNULL;
uint64_t keys_draw(const struct keys *ks) NONNULL; /* state of the draw, for saving */
void keys_clear(struct keys *ks, uint64_t draw) NONNULL;
/* Every key once, with NULLs between: the order in which they are drawn from. */
void keys_order(struct keys *ks, struct key *const *order, size_t n, uint64_t draw) NONNULL;

static inline struct str
key_text(const struct key *k)
{
	return (struct str){ (const char *)k->state + k->state_n, k->text_n };
}

#endif
