/* A rule as the engine sees it, and the rule set around it. */
#ifndef DETECT_COMPILED_H
#define DETECT_COMPILED_H

#include "base/buf.h"
#include "base/digest.h"
#include "detect/atom.h"
#include "detect/expr.h"
#include "detect/ruleset.h"

#define COMPILED_GROUP_MAX 8 /* fields of a group-by, or counted fields */
#define COMPILED_DEFAULT_SUPPRESS (24 * 3600 * (int64_t)1000000000)

#define COMPILED_REFS_MAX 64 /* rules a correlation names */

struct index;
struct ctype;

enum compiled_dim { DIM_PRODUCT, DIM_CATEGORY, DIM_SERVICE, DIM_COUNT };

/* A field by which events are grouped, or whose values are counted. */
struct group_field {
	struct str name;  /* as it stands in the group text */
	enum field field; /* FIELD_NONE: unknown field `path` */
	struct str path;
};

struct group_by {
	struct group_field f[COMPILED_GROUP_MAX];
	size_t n;
};

enum corr_op { CORR_GT, CORR_GTE, CORR_LT, CORR_LTE, CORR_EQ, CORR_NEQ };

struct corr_bound {
	enum corr_op op;
	double value;
};

/* A correlation: what is common to all types, and what its type made of the rest. */
struct corr {
	const struct ctype *type; /* detect/ctype.h */
	void *params;             /* the type's own */
	int64_t timespan;         /* ns; 0: the rule says none */
	struct corr_bound bound[2];
	size_t n_bounds;
	double percentile;        /* condition.percentile; below 0: not given */
	struct group_by value;    /* condition.field */
	const struct expr *names; /* condition of words: an atom is the number of a rule below */
	struct str condition;     /* its text */
	size_t n_refs;            /* rules it names: bits of ctype_event.refs */
	struct str ref[COMPILED_REFS_MAX]; /* as they are named */
	const struct group_by *ref_group;  /* one for each, where aliases make a difference */
	bool any;                          /* fed by all that alerts; refs is 1 */
	uint64_t seed;                     /* of hashes of values: always the same for the rule */
};

/* What a rule feeds when it holds or fires. */
struct corr_feed {
	uint32_t corr; /* number of the correlation */
	uint32_t ref;  /* place of the rule in it */
};

struct crule {
	struct rule pub;
	struct str name, title;
	struct str source[DIM_COUNT]; /* log source; "" where the rule does not care */
	const struct expr *expr;      /* of a detection rule */
	struct corr *corr;            /* of a correlation rule */
	struct group_by group;
	bool default_group;            /* client_ip, else the user, else the host */
	unsigned at_most;              /* alerts that begin within an hour; 0: any number */
	const struct corr_feed *feeds; /* ascending */
	size_t n_feeds;
	uint8_t digest[DIGEST_SIZE]; /* of what decides when it fires, rules it names included */
};

struct ruleset {
	struct arena *arena;
	struct atoms atoms;
	VEC(struct crule) rule;
	struct map *by_id;
	size_t files;
	VEC(uint32_t) any; /* correlations that all alerts feed */
	struct index *index;
	uint8_t digest[DIGEST_SIZE];
};

#endif
