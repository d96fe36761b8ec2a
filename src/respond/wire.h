/*
 * Between the daemon and `tocsin enforce`: lines of JSON over a Unix socket.
 * The daemon says how it should be, all of it, at every change and each minute:
 *
 *   {"block":[["203.0.113.7",3599],...],"slow":[...],"never":["192.0.2.0/24",...]}
 *
 * with the seconds that are left, and is told how it is:
 *
 *   {"ok":true,"why":"","there":1,"added":1,"removed":0,"waiting":0,"refused":["10.0.0.1"]}
 *
 * What was said last replaces all that was said before, so a lost line costs nothing.
 */
#ifndef RESPOND_WIRE_H
#define RESPOND_WIRE_H

#include "base/arena.h"
#include "respond/kernel.h"

#define WIRE_LINE_MAX ((size_t)4 << 20)
#define WIRE_ITEMS_MAX 20000
#define WIRE_NEVER_MAX 5000
#define WIRE_REFUSED_MAX 100
#define WIRE_BUDGET ((size_t)64 << 20) /* memory for reading one line */

struct wire_state {
	struct kernel_item *items;
	size_t n;
	struct ip_net *never;
	size_t n_never;
};

/* One line, its end included. */
void wire_put_state(struct buf *to, const struct wire_state *s) NONNULL;
/* Lives as long as the arena.  FAIL_SYNTAX, FAIL_LIMIT: nothing of it counts. */
enum err wire_read_state(struct arena *a, struct str line, struct wire_state *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));

struct wire_answer {
	bool ok;
	char why[200];
	uint64_t there, added, removed;
	uint64_t waiting;                   /* not yet: too many in this minute */
	char refused[WIRE_REFUSED_MAX][64]; /* canonical */
	size_t n_refused;
};

void wire_put_answer(struct buf *to, const struct wire_answer *a) NONNULL;
enum err wire_read_answer(struct str line, struct wire_answer *ret, struct diag *why)
    __attribute__((nonnull(2)));

#endif
