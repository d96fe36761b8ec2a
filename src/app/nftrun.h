/* Runs nft(8): a fixed program with fixed words, its input by a descriptor, no shell. */
#ifndef APP_NFTRUN_H
#define APP_NFTRUN_H

#include "base/buf.h"
#include "base/err.h"

/* `nft -f -` with `script`: all of it or nothing.  FAIL_NOT_FOUND: no nft; FAIL_IO: it says no. */
enum err nftrun_script(struct str script, struct diag *why);
/* `nft -j list table inet tocsin`.  FAIL_IO: there is no such table, or it may not be looked at. */
enum err nftrun_list(struct buf *to, struct diag *why) __attribute__((nonnull(1)));

#endif
