/*
 * What finds the atoms of one channel in a value: a table of ends and whole
 * texts, one of literals, and a database of regular expressions.
 */
#ifndef DETECT_FINDER_H
#define DETECT_FINDER_H

#include "detect/atom.h"
#include "detect/ends.h"
#include "detect/grams.h"
#include "detect/lists.h"

struct hs_database;
struct hs_scratch;

struct finder {
	struct hs_database *regexes;
	struct grams *literals;
	struct ends *ends;
	size_t literal_min;                    /* shorter values hold none */
	struct lists literal_atoms, end_atoms; /* by the number of the key */
};

/* What an atom makes itself known by. */
struct finder_key {
	struct str text;
	uint32_t chan, atom;
	enum atom_find find;
	unsigned flags; /* FIND_REGEX */
};
typedef VEC(struct finder_key) finder_keys;

/* Appends the keys of an atom that has some. */
void finder_add(finder_keys *to, const struct atom *a, uint32_t number) NONNULL;
void finder_sort(finder_keys *keys) NONNULL; /* those of a channel stand together */

/* For n keys of one channel, sorted.  FAIL_LIMIT when the matcher refuses. */
enum err finder_init(struct finder *f, const struct finder_key *key, size_t n, struct diag *why)
    __attribute__((nonnull(1)));
void finder_fini(struct finder *f) NONNULL;

/* What scanning needs, for one thread; begins zeroed. */
struct finder_scratch {
	struct hs_scratch *hs;
	struct buf folded;
};

/* Grows it to what the finder needs. */
void finder_reserve(const struct finder *f, struct finder_scratch *scratch) NONNULL;
void finder_scratch_fini(struct finder_scratch *scratch) NONNULL;

/* Calls found() for each atom that `text` may hold; an atom may come repeatedly. */
typedef void (*finder_found_fn)(void *ctx, uint32_t atom);
void finder_scan(const struct finder *f, struct str text, struct finder_scratch *scratch,
    finder_found_fn found, void *ctx) __attribute__((nonnull(1, 3, 4)));

/* One regular expression alone; room for it must be reserved. */
void finder_reserve_regex(const struct hs_database *regex, struct finder_scratch *s) NONNULL;
bool finder_regex_holds(const struct hs_database *regex, struct str text, struct finder_scratch *s)
    __attribute__((nonnull(1, 3)));

/* Does it look for literals only, for which values may be joined by a byte of no literal? */
static inline bool
finder_is_plain(const struct finder *f)
{
	return f->regexes == NULL && f->ends == NULL;
}

#endif
