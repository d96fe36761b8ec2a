/*
 * Atoms: the single questions rules ask of a record, each kept once for the
 * whole rule set; and channels: where their values come from.
 */
#ifndef DETECT_ATOM_H
#define DETECT_ATOM_H

#include "base/buf.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/map.h"
#include "base/vec.h"
#include "detect/wild.h"
#include "rec/field.h"

enum atom_kind {
	ATOM_TEXT,
	ATOM_RE,
	ATOM_CIDR,
	ATOM_NUMBER,
	ATOM_EXISTS,
	ATOM_NULL,
	ATOM_REF, /* compared with another field of the record */
};

/* How a record makes itself known to the atom; by FIND_NONE it must be asked. */
enum atom_find { FIND_NONE, FIND_EXACT, FIND_HEAD, FIND_TAIL, FIND_LITERAL, FIND_REGEX };

enum atom_compare { ATOM_LT, ATOM_LTE, ATOM_GT, ATOM_GTE, ATOM_EQ };

struct atom_number {
	enum atom_compare op;
	bool is_int;
	int64_t i;
	double f;
	unsigned part; /* one of MOD_TIME: of that part of a time; 0: of the value */
};

struct hs_database;

struct atom {
	enum atom_kind kind;
	enum atom_find find;
	bool sure; /* found is true; else the value is looked at again */
	uint32_t chan;
	struct str key; /* in lower case; FIND_REGEX: the expression */
	struct str
	    other;      /* FIND_LITERAL: the same in upper case, where it is beyond ASCII; or "" */
	unsigned flags; /* FIND_REGEX: of hs_compile; ATOM_REF: of detect/wild.h */
	const struct wild *wild;   /* ATOM_TEXT */
	struct hs_database *regex; /* ATOM_RE: it decides */
	struct ip_net net;         /* ATOM_CIDR */
	struct atom_number number;
	uint32_t ref; /* ATOM_REF: the other channel */
};

#define ATOM_LITERAL_MIN 4 /* shorter ones fire too often to be worth looking for */

/*
 * Unknown fields of the rule's own name for it, where the event has none a
 * field of the catalogue; or the whole message.
 */
struct chan {
	enum field field; /* FIELD_NONE: unknown fields only */
	enum field also;  /* where the event has none: as sent_else(); FIELD_NONE */
	bool keywords;    /* the raw line; without one, every value */
	bool decode;      /* also asked percent-decoded once */
	struct str name;
};

struct chan_path { /* unknown fields of this path belong to this channel */
	struct str path;
	uint32_t chan;
};

struct atoms {
	struct arena *arena;
	VEC(struct atom) atom;
	VEC(struct chan) chan;
	VEC(struct chan_path) path;
	struct map *known; /* of atoms and channels, by what they are */
};

void atoms_init(struct atoms *s, struct arena *a) NONNULL;
void atoms_fini(struct atoms *s) NONNULL;

/* The channel of a name in a rule; *ret_known is false when only unknown fields can have it. */
uint32_t atoms_field(struct atoms *s, struct str name, struct str category,
    bool *ret_known) NONNULL;
/* One for each product: records are not searched for words of products they are not of. */
uint32_t atoms_keywords(struct atoms *s, struct str product) __attribute__((nonnull(1)));

/* Each gives the number of the atom.  `flags` of detect/wild.h. */
uint32_t atoms_text(struct atoms *s, uint32_t chan, struct str value, unsigned flags) NONNULL;
/* FAIL_SYNTAX with the matcher's words when it cannot take the expression.  `mods`: MOD_RE_* */
enum err atoms_regex(struct atoms *s, uint32_t chan, struct str re, unsigned mods, uint32_t *ret,
    struct diag *why) __attribute__((nonnull(1, 5)));
uint32_t atoms_cidr(struct atoms *s, uint32_t chan, const struct ip_net *net) NONNULL;
uint32_t atoms_number(struct atoms *s, uint32_t chan, const struct atom_number *n) NONNULL;
/* `flags`: WILD_CASED, WILD_HEAD, WILD_TAIL */
uint32_t atoms_ref(struct atoms *s, uint32_t chan, uint32_t other, unsigned flags) NONNULL;
uint32_t atoms_exists(struct atoms *s, uint32_t chan) NONNULL;
uint32_t atoms_null(struct atoms *s, uint32_t chan) NONNULL;

/* A number as it is compared with text: shortest, whole numbers without a point. */
#define ATOM_FLOAT_SIZE 32
struct str atom_float_text(double d, char to[ATOM_FLOAT_SIZE]) NONNULL;

/* Does the number compare so with the text of a value?  False when that is no number. */
bool atom_compare_text(const struct atom_number *n, struct str text) __attribute__((nonnull(1)));
bool atom_compare_int(const struct atom_number *n, int64_t v) NONNULL;
bool atom_compare_float(const struct atom_number *n, double v) NONNULL;

#endif
