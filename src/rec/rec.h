/*
 * One normalised record.  Named rec: event_* belongs to libevent.
 *
 * A field of the catalogue is a slot; what is not in the catalogue is kept in
 * `extra` under its dotted path ("cart.items.sku"; the members of an array
 * share one path, so a path may occur more than once).
 *
 * Strings are borrowed: they live in the raw line, in the arena, or in static
 * memory, all of which outlive the record.  Not thread-safe.
 */
#ifndef REC_REC_H
#define REC_REC_H

#include "base/arena.h"
#include "base/err.h"
#include "rec/field.h"

#define REC_EXTRA_MAX 1024            /* unknown fields of one record; more are cut and flagged */
#define REC_RAW_MAX ((size_t)1 << 20) /* longest line or message that is taken */
#define REC_SOURCE_OWN "tocsin"       /* source of what we say ourselves */
#define REC_TICK "tocsin.tick"        /* event type of it: time passes, though nothing came in */
#define REC_TICK_STARTED "started"    /* status of the one with which a daemon begins to listen */
#define REC_SOURCE_DEMO "demo"        /* source of synthetic records, which can be erased */

union rec_value {
	struct str s; /* STR, IP */
	int64_t i;    /* INT, TIME */
	double f;
	bool b;
};

struct rec_extra {
	struct str path;
	enum field_type type; /* STR, INT, FLOAT or BOOL */
	bool null;            /* JSON null: present, without a value */
	union rec_value v;
};

struct rec {
	uint64_t have[2]; /* bit per field */
	uint64_t null[2]; /* fields that were JSON null; not in have */
	union rec_value v[FIELD_COUNT];
	struct rec_extra *extra;
	uint32_t n_extra, extra_size;
	bool cut;     /* something was left out at a limit */
	uint64_t seq; /* number in the log (scan: line number); 0 before */
	struct arena *arena;
};
_Static_assert(FIELD_COUNT <= 128, "rec.have is too small");

/* Empty, using `a` for what is added later. */
void rec_init(struct rec *r, struct arena *a) NONNULL;

static inline bool
rec_has(const struct rec *r, enum field f)
{
	return (r->have[(unsigned)f / 64] >> ((unsigned)f % 64)) & 1;
}
static inline void
rec_mark(struct rec *r, enum field f)
{
	r->have[(unsigned)f / 64] |= (uint64_t)1 << ((unsigned)f % 64);
}
static inline void
rec_unset(struct rec *r, enum field f)
{
	r->have[(unsigned)f / 64] &= ~((uint64_t)1 << ((unsigned)f % 64));
}
static inline void
rec_set_str(struct rec *r, enum field f, struct str s)
{
	r->v[f].s = s;
	rec_mark(r, f);
}
static inline void
rec_set_int(struct rec *r, enum field f, int64_t i) /* INT and TIME */
{
	r->v[f].i = i;
	rec_mark(r, f);
}
static inline void
rec_set_float(struct rec *r, enum field f, double d)
{
	r->v[f].f = d;
	rec_mark(r, f);
}
static inline void
rec_set_bool(struct rec *r, enum field f, bool b)
{
	r->v[f].b = b;
	rec_mark(r, f);
}
/* Text of a STR or IP field; {NULL, 0} when absent. */
static inline struct str
rec_str(const struct rec *r, enum field f)
{
	return rec_has(r, f) ? r->v[f].s : (struct str){ NULL, 0 };
}
/* Not an event, but that time has passed: for rules that wait, and nobody else. */
static inline bool
rec_is_tick(const struct rec *r)
{
	return str_eq(rec_str(r, F_EVENT_TYPE), STR(REC_TICK)) &&
	       str_eq(rec_str(r, F_SOURCE), STR(REC_SOURCE_OWN));
}
static inline int64_t
rec_int(const struct rec *r, enum field f, int64_t otherwise)
{
	return rec_has(r, f) ? r->v[f].i : otherwise;
}

/*
 * Adds an unknown field; path and text must outlive the record.  FAIL_LIMIT
 * past REC_EXTRA_MAX or the arena's budget: r->cut is set, the record stays good.
 */
enum err rec_add_extra(struct rec *r, const struct rec_extra *x) NONNULL;

/* First extra at or after index `from` with this path, or NULL: loop with from = index + 1. */
const struct rec_extra *rec_find_extra(const struct rec *r, struct str path, uint32_t from) NONNULL;

/*
 * Sets field `f` from text, converted to its type ("401" to INT; RFC 3339 to
 * TIME is not done here).  FAIL_SYNTAX when it does not convert.
 */
enum err rec_set_text(struct rec *r, enum field f, struct str text) NONNULL;

#endif
