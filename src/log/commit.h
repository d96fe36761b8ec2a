/*
 * The file `commit` of a log: the newest published number, mapped and shared,
 * so that readers in other processes see it at once and wait without polling.
 * It is a hint that the writer renews when it opens the log: readers take it
 * as an upper bound and check every record they read.
 *   "TOCSINC1" | u64 published | u64 ~published | u64 newest segment | u32 wake
 * The number stands there twice; the smaller one counts, so that a damaged
 * byte cannot raise it.
 */
#ifndef LOG_COMMIT_H
#define LOG_COMMIT_H

#include "base/err.h"
#include "base/str.h"

struct commit;

/* The writer creates or repairs it, in place; a reader gets FAIL_NOT_FOUND. */
enum err commit_open(const char *dir, bool writer, struct commit **ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
void commit_close(struct commit *c); /* NULL is fine */

uint64_t commit_published(const struct commit *c) NONNULL; /* all threads, all processes */
/* First number of the newest segment in use.  Read it after commit_published(): it is then
 * at least as new. */
uint64_t commit_segment(const struct commit *c) NONNULL;

/* Writer: makes numbers up to `seq` visible and wakes who waits. */
void commit_publish(struct commit *c, uint64_t seq, uint64_t segment) NONNULL;

/* Changes with every publication. */
uint32_t commit_wake(const struct commit *c) NONNULL;
/* Until commit_wake() is no longer `seen`, or timeout_ms.  May wake early. */
void commit_wait(const struct commit *c, uint32_t seen, int timeout_ms) NONNULL;
/* Another file stands in its place: open anew. */
bool commit_replaced(const struct commit *c) NONNULL;

#endif
