/*
 * One atom asked of one record: the values of its channel are looked at, one
 * by one.  What a scan has found already is the matcher's to know.
 */
#ifndef DETECT_ASK_H
#define DETECT_ASK_H

#include "detect/compiled.h"
#include "rec/rec.h"

/* The present record and room for what is made of its values. */
struct ask {
	const struct ruleset *rs;
	const struct rec *r;
	struct buf target[2], decoded[2]; /* [1]: of a field compared with another */
	unsigned level;
};

/* A value under a channel's name; borrowed until the next one. */
struct ask_value {
	struct str text;
	enum field_type type;
	const union rec_value *v;
};

void ask_init(struct ask *q, const struct ruleset *rs) NONNULL;
void ask_fini(struct ask *q) NONNULL;

/* Further questions are about this record. */
static inline void
ask_begin(struct ask *q, const struct rec *r)
{
	q->r = r;
}

/* Calls fn for each value until it says true; says whether it did. */
typedef bool (*ask_value_fn)(void *ctx, const struct ask_value *v);
/* Values of a channel that has a field of the catalogue, without unknown fields of its names. */
bool ask_each_field(struct ask *q, const struct chan *c, ask_value_fn fn, void *ctx)
    __attribute__((nonnull(1, 2, 3)));
/*
 * The raw line.  Of a JSON object, whose line writes texts with escapes, and
 * without a line: every value, but for those we add ourselves.
 */
bool ask_each_keyword(struct ask *q, ask_value_fn fn, void *ctx) __attribute__((nonnull(1, 2)));
bool ask_extra(const struct rec_extra *x, ask_value_fn fn, void *ctx)
    __attribute__((nonnull(1, 2)));
/* All values of a channel: an event's own key of the rule's name goes before the field. */
bool ask_each(struct ask *q, uint32_t chan, ask_value_fn fn, void *ctx)
    __attribute__((nonnull(1, 3)));

/*
 * Does the atom hold?  Of a regular expression this only says whether there is
 * a value: it is decided by the scan alone.
 */
bool ask_atom(struct ask *q, const struct atom *a) NONNULL;

#endif
