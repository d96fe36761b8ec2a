/*
 * The log: append-only segments of records, the truth everything else follows.
 * One process writes; any number read (log/reader.h).
 *
 * A folder holds segments named by their first sequence number, %020u.log:
 *   header   64 bytes: "TOCSIN-LOG\n\0", u32 version, u64 first seq, i64 created, zeros,
 *            u32 crc32c of these 60
 *   record   u32 mark, u32 n, u64 seq, i64 received, u32 crc32c of the payload,
 *            u32 crc32c of these 28 bytes, n payload bytes (rec/codec.h)
 * Numbers are little endian; seq starts at 1 and rises by one.  The mark and
 * the header's own CRC, which also covers the place it stands at, let a reader
 * find the next good record after damage, so a flipped or torn byte costs at
 * most the record it is in.  A record of a segment counts up to the number
 * that the next segment begins with.
 *   commit       the last published seq, shared with readers (log/commit.h)
 *   lock         held by the writer
 *   quarantine/  bad tails, SEGMENT-OFFSET.bad
 */
#ifndef LOG_JOURNAL_H
#define LOG_JOURNAL_H

#include "base/buf.h"
#include "base/err.h"

struct journal;

struct journal_opts {
	const char *dir;
	size_t segment_size;  /* no segment grows past it, but for one record alone; 0: 64 MiB */
	int64_t retain_age;   /* ns; segments whose newest record is older may go; 0: for ever */
	uint64_t retain_size; /* bytes of all segments; the oldest may go past this; 0: no limit */
};

/* What opening had to do; records_kept alone is set after a clean stop. */
struct journal_recovery {
	uint64_t records_kept;      /* good records read in the last segment */
	uint64_t records_lost;      /* numbers missing there, or published and no longer found */
	uint64_t bytes_quarantined; /* of a bad tail, copied to quarantine/ */
	char quarantine[256];       /* that file, "" when there is none */
};

/* One record to append. */
struct journal_item {
	struct str payload;
	int64_t received;
};

/*
 * Opens or creates; takes a lock on the folder (FAIL_EXISTS when another
 * process writes there).  Recovery keeps every good record and cuts a bad
 * tail off after copying it to dir/quarantine/; damage before that stays where
 * it is, for readers to step over.  Numbers of published records are not given
 * again even when the records are lost.  FAIL_DENIED: a newer version wrote
 * here; nothing was touched.
 */
enum err journal_open(const struct journal_opts *opts, struct journal **ret,
    struct journal_recovery *ret_recovery, struct diag *why);
void journal_close(struct journal *j); /* NULL is fine */

/*
 * Writes all items (payloads of at most 16 MiB, else FAIL_LIMIT) with rising
 * numbers from *ret_first, syncs, publishes.  OK means on disk.  A failed sync
 * seals the segment and the items go to a new one.  FAIL_IO when that failed
 * too, or a write did: nothing of it is published, and the numbers are used
 * again; try again later.  Writer thread only.
 */
enum err journal_append(struct journal *j, const struct journal_item *items, size_t n,
    uint64_t *ret_first, struct diag *why);

uint64_t journal_last(const struct journal *j); /* newest published seq, 0 when empty; any thread */
uint64_t
journal_first(const struct journal *j); /* oldest seq still held, else the next; any thread */
uint64_t journal_bytes(const struct journal *j); /* on disk; any thread */
uint64_t journal_seals(const struct journal *j); /* segments given up after a failed sync */

/*
 * Unlinks segments that age or size let go and that every follower has read:
 * only those whose records are all <= `followed`.  Never the newest.  Writer thread.
 */
enum err journal_retain(struct journal *j, uint64_t followed, int64_t now, struct diag *why);

#endif
