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

struct index;
struct corr_ops;

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

struct corr {
	const struct corr_ops *ops; /* detect/corr.h */
	uint64_t threshold;         /* fires at this many or more */
	int64_t timespan;           /* ns */
	struct group_by value;      /* value_count: what is counted */
};

struct crule {
	struct rule pub;
	struct str name, title;
	struct str source[DIM_COUNT]; /* log source; "" where the rule does not care */
	const struct expr *expr;      /* of a detection rule */
	struct corr *corr;            /* of a correlation rule */
	struct group_by group;
	bool default_group;    /* client_ip, else the user, else the host */
	const uint32_t *feeds; /* correlations it feeds, ascending */
	size_t n_feeds;
};

struct ruleset {
	struct arena *arena;
	struct atoms atoms;
	VEC(struct crule) rule;
	struct map *by_id;
	struct index *index;
	uint8_t digest[DIGEST_SIZE];
};

#endif
