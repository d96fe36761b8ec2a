/*
 * The ledger: for each source, received = logged + refused + in flight, to
 * the event.  Counters are atomic and may be touched from any thread.
 *
 * The source counts what it takes (received) and what it refuses itself
 * (overload, too large, malformed), lost datagrams and cut messages.  The
 * pipeline counts what becomes of a batch it took: logged, parse_failed,
 * time_fixed, or refused_io.  A source that submits such a batch once more
 * counts its messages as received once more.
 */
#ifndef INGEST_LEDGER_H
#define INGEST_LEDGER_H

#include "base/err.h"
#include "base/str.h"

enum ledger_count {
	LEDGER_RECEIVED, /* messages taken from a sender */
	LEDGER_LOGGED,   /* on disk, the parse.failed ones among them */
	LEDGER_PARSE_FAILED,
	LEDGER_REFUSED_OVERLOAD, /* pipeline full: 429, or a datagram dropped */
	LEDGER_REFUSED_TOO_LARGE,
	LEDGER_REFUSED_MALFORMED, /* a body of which no item could be told apart */
	LEDGER_REFUSED_IO,        /* the log could not be written */
	LEDGER_LOST_KERNEL,       /* datagrams the kernel dropped; never received */
	LEDGER_TIME_FIXED,        /* missing, bad or future event times replaced */
	LEDGER_CUT,               /* longer than a record may be: logged, without the rest */
	LEDGER_COUNTS
};

#define LEDGER_SOURCES_MAX 256
#define LEDGER_NONE UINT32_MAX /* a source that is counted nowhere: our own notes of time */

struct ledger;
struct ledger *ledger_new(void) RETURNS_NONNULL;
void ledger_free(struct ledger *l);

/* The line of a source, a new one at first; sources past the cap share the last line. */
unsigned ledger_source(struct ledger *l, const char *name) NONNULL;
void ledger_add(struct ledger *l, unsigned source, enum ledger_count what, uint64_t n) NONNULL;
uint64_t ledger_get(const struct ledger *l, unsigned source, enum ledger_count what) NONNULL;
unsigned ledger_len(const struct ledger *l) NONNULL;
const char *ledger_name(const struct ledger *l, unsigned source) NONNULL;
/* "received", "refused_overload" ... as in the API and the metrics. */
const char *ledger_word(enum ledger_count what);
/* received - logged - all refused. */
uint64_t ledger_in_flight(const struct ledger *l, unsigned source) NONNULL;

#endif
