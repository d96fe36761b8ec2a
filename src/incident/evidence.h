/*
 * Evidence of incidents: records of the log, pinned by their number.  A copy
 * stays here with its SHA-256 when the log's retention takes the record away.
 */
#ifndef INCIDENT_EVIDENCE_H
#define INCIDENT_EVIDENCE_H

#include "incident/incident.h"

#define EVIDENCE_MAX 500            /* of one incident */
#define EVIDENCE_AUTO 5             /* of one alert, pinned when it joins */
#define EVIDENCE_RECORD 65536       /* bytes of one record */
#define EVIDENCE_HASH_SIZE (64 + 1) /* hexadecimal */

struct evidence { /* texts are borrowed for the call */
	uint64_t seq;
	int64_t at;    /* when it was pinned */
	struct str by; /* "" the program */
	struct str note;
	struct str record; /* an object of JSON */
	struct str sha256; /* of `record`, hexadecimal; set when read */
};
/*
 * Of a number that is pinned already only the note changes, when there is one.  FAIL_LIMIT: there
 * are too many, or the record is too long; FAIL_DENIED: the incident is not open.
 */
enum err evidence_pin(struct incidents *all, int64_t n, const struct evidence *want, int64_t now,
    struct diag *why) __attribute__((nonnull(1, 3)));
typedef enum err (*evidence_fn)(void *ctx, const struct evidence *ev);
/* By number. */
enum err evidence_list(struct incidents *all, int64_t n, evidence_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 3)));
/* Does the copy still have its hash? */
bool evidence_whole(const struct evidence *ev) NONNULL;

#endif
