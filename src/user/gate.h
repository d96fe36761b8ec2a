/*
 * Passwords are hashed by argon2id (19 MiB, 2 passes), which takes long on
 * purpose: a few threads do it, a bounded number of jobs wait, and the answer
 * comes to the loop.  Loop thread only.
 */
#ifndef USER_GATE_H
#define USER_GATE_H

#include "base/err.h"
#include "base/str.h"

#define GATE_HASH_SIZE 128 /* of a hash as text, terminated */

struct gate;
struct loop;

struct gate_opts { /* 0: the default in brackets */
	struct loop *loop;
	unsigned workers; /* jobs at a time [2] */
	unsigned queue;   /* jobs waiting [32] */
	uint64_t passes;  /* [2] */
	size_t memory;    /* bytes [19 MiB] */
};

struct gate_stats {
	uint64_t done;    /* jobs worked on, ever */
	uint64_t refused; /* for a full queue */
	unsigned most;    /* at a time, ever */
};

/*
 * OK with the hash made, or the one that matched; FAIL_DENIED: it does not
 * match; FAIL_LIMIT: no memory to hash with; FAIL_AGAIN: the gate was closed before.
 */
typedef void (*gate_fn)(void *ctx, enum err e, const char *hash);

struct gate *gate_new(const struct gate_opts *opts) NONNULL RETURNS_NONNULL;
/*
 * Waits for what is being worked on.  fn of all jobs left is posted to the
 * loop: free the loop after the gate.
 */
void gate_free(struct gate *g); /* NULL is fine */

/* The password is copied, and wiped after use.  FAIL_AGAIN when too many wait; then no fn. */
enum err gate_hash(struct gate *g, struct str password, gate_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));
/* hash "": nothing matches, after as long a time as with any other. */
enum err gate_verify(struct gate *g, struct str password, const char *hash, gate_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 3, 4)));
void gate_stats(struct gate *g, struct gate_stats *ret) NONNULL;

#endif
