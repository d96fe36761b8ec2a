/*
 * How far responses are carried out that are no matter of the kernel: in the application, in files,
 * in a tracker.  A lease says how it should be, a row here how far whoever carries it out was told;
 * what differs is due.  Nothing is forgotten by a crash: at worst it is told twice, by the same
 * key.
 *
 *   telling -> held -> drift      CARRY_BEGIN taken; CARRY_LOOK found it otherwise, twice
 *   telling -> over               it lasts not, or was refused: the lease says which
 *   held -> ending -> checking -> over     its lease has ended
 *
 * Nothing here reads a clock or sends anything.
 */
#ifndef RESPOND_CARRY_H
#define RESPOND_CARRY_H

#include "respond/leases.h"

#define CARRY_KEY_SIZE 80

enum carry_what { CARRY_BEGIN, CARRY_END, CARRY_LOOK };
enum carry_phase {
	CARRY_TELLING,
	CARRY_HELD,
	CARRY_DRIFT,
	CARRY_ENDING,
	CARRY_CHECKING,
	CARRY_OVER,
	CARRY_PHASES
};
const char *carry_word(enum carry_phase p) RETURNS_NONNULL;

struct carry_job {
	int64_t lease;
	enum carry_what what;
	enum carry_phase phase;
	unsigned turn;  /* one more with each thing that is new to say */
	unsigned tries; /* this one included */
	enum deed deed;
	enum lease_state state;
	int64_t begin, end, until; /* until: what was told before; 0 nothing */
	bool mended;               /* told again already, after it was found otherwise */
	char entity[LEASES_ENTITY + 1], alert[LEASES_ENTITY + 1], rule[LEASES_ENTITY + 1];
	char reason[LEASES_TEXT + 1], by[LEASES_TEXT + 1];
	char key[CARRY_KEY_SIZE]; /* of this job, the same at every try: [a-z0-9-] */
	char id[CARRY_KEY_SIZE];  /* of the response, the same from its beginning to its end */
};

/* At start: what was on its way is due, and what is held is looked at. */
enum err carry_recover(struct leases *l, struct diag *why) __attribute__((nonnull(1)));
/*
 * Compares leases with what was told; worth calling when leases_rev() changed.  `deeds`: bits
 * 1 << enum deed of those that somebody here carries out.
 */
enum err carry_follow(struct leases *l, unsigned deeds, int64_t now, struct diag *why)
    __attribute__((nonnull(1)));
/* Takes what is due, for a minute: then it is due again unless carry_done() says what became. */
enum err carry_due(struct leases *l, int64_t now, struct carry_job *jobs, size_t max, size_t *ret_n,
    struct diag *why) __attribute__((nonnull(1, 3, 5)));

enum carry_verdict { CARRY_DONE, CARRY_RETRY, CARRY_NEVER };
struct carry_result {
	enum carry_verdict verdict;
	bool once;         /* of CARRY_BEGIN: it is done and over, nothing lasts */
	bool on;           /* of CARRY_LOOK: it is in force */
	int64_t look;      /* ns until the state is worth a look; 0: it cannot be looked at */
	int64_t after;     /* of CARRY_RETRY: ns that were asked for; 0: nothing said */
	struct str words;  /* what became of it */
	double wait_scale; /* of all waiting times, 1; tests use less */
};
enum err carry_done(struct leases *l, const struct carry_job *job, const struct carry_result *r,
    int64_t now, struct diag *why) __attribute__((nonnull(1, 2, 3)));
/* ns until try `failed` + 1: 5 s, doubled each time, 10 min at most. */
int64_t carry_wait(unsigned failed);

struct carry_row {
	enum carry_phase phase;
	unsigned tries;
	int64_t seen;     /* last time somebody looked, 0 never */
	struct str words; /* borrowed */
};
typedef void (*carry_fn)(void *ctx, const struct carry_row *row);
/* How far a lease is carried out; fn is not called when nobody carries it out. */
enum err carry_get(struct leases *l, int64_t lease, carry_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
