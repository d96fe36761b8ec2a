/*
 * Features of what a key did in an interval, as they are named in a rule:
 *
 *   requests            events
 *   distinct FIELD      different values (detect/distinct.h)
 *   mean FIELD, sum FIELD, max FIELD    of a number; 0 where no event has one
 *   share RULE          share of events for which that rule of `rules` holds
 *   distance            km between the farthest event and the key's usual place
 *
 * A span is one interval of one key: 24 bytes a feature, and 136 for each
 * `distinct`.
 */
#ifndef DETECT_FEATURE_H
#define DETECT_FEATURE_H

#include "detect/ctype.h"
#include "detect/distinct.h"

#define FEATURE_MAX 16

enum feature_kind {
	FEATURE_REQUESTS,
	FEATURE_DISTINCT,
	FEATURE_MEAN,
	FEATURE_SUM,
	FEATURE_MAXIMUM,
	FEATURE_SHARE,
	FEATURE_DISTANCE,
};

struct feature {
	enum feature_kind kind;
	struct group_by field;
	uint32_t ref;
	struct str name; /* as it is written */
};

struct features {
	struct feature f[FEATURE_MAX];
	size_t n;
};

/* The list under `key`. */
enum err feature_read(const struct ctype_reader *rd, const char *key, struct features *ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

/* Where a key usually is: mean of directions from the middle of the Earth. */
struct feature_place {
	double at[3];
	uint32_t n; /* intervals it rests on, at most FEATURE_PLACE_MEMORY */
};
#define FEATURE_PLACE_MEMORY 50

struct feature_part {
	double v;
	uint64_t n;
	struct distinct *distinct;
};

struct feature_span {
	double at[3]; /* sum of the directions of its events */
	uint64_t places, events;
	struct feature_part *part; /* NULL: nothing in it */
	size_t n_parts;
};

void feature_add(struct feature_span *s, const struct features *fs,
    const struct feature_place *usual, const struct ctype_event *ev) NONNULL;
/* fs->n floats. */
void feature_vector(const struct feature_span *s, const struct features *fs, float *ret) NONNULL;
/* The usual place moves a little to where the interval was. */
void feature_settle(struct feature_place *usual, const struct feature_span *s) NONNULL;
void feature_fini(struct feature_span *s) NONNULL; /* then empty */
size_t feature_bytes(const struct feature_span *s) NONNULL;

void feature_save(const struct feature_span *s, struct buf *to) NONNULL;
/* false: corrupt, s is empty. */
bool feature_load(struct feature_span *s, const struct features *fs, struct str *from) NONNULL;
void feature_save_place(const struct feature_place *p, struct buf *to) NONNULL;
bool feature_load_place(struct feature_place *p, struct str *from) NONNULL;

#endif
