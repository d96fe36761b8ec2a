/*
 * Files: every open is O_CLOEXEC, every write is complete, every fsync can be
 * made to fail in a test (base/crash.h), and so can "fs.write", "fs.rename",
 * "fs.replace" and "fs.sync_dir".  What is absent is FAIL_NOT_FOUND, what is
 * there already FAIL_EXISTS, everything else FAIL_IO.
 */
#ifndef BASE_FS_H
#define BASE_FS_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

void fs_closep(int *fd); /* for auto_close; -1 is fine */

/* open(2) with O_CLOEXEC and mode 0600. */
enum err fs_open(const char *path, int flags, int *ret_fd, struct diag *why);
/* The whole file, at most max bytes (FAIL_LIMIT). */
enum err fs_read(const char *path, size_t max, struct buf *to, struct diag *why);
/* All n bytes at the current offset / at `at`; partial writes are continued. */
enum err fs_write_all(int fd, const void *p, size_t n, struct diag *why);
enum err fs_pwrite_all(int fd, const void *p, size_t n, off_t at, struct diag *why);
/* fdatasync(2); `point` names it for fault injection ("journal.sync"). */
enum err fs_sync(int fd, const char *point, struct diag *why);
enum err fs_sync_dir(const char *dir, struct diag *why);
/*
 * Temporary file PATH.tmp, write, fsync, rename, fsync of the folder: old or new, never half.
 * One writer per path.
 */
enum err fs_replace(const char *path, struct str content, struct diag *why);
/* mkdir -p with mode 0700. */
enum err fs_mkdirs(const char *path, struct diag *why);
/* Calls fn for each name but . and ..; stops and returns what fn returns when it is not OK. */
enum err fs_each(const char *dir, enum err (*fn)(void *ctx, const char *name), void *ctx,
    struct diag *why);

/* dir + "/" + name into `to`; FAIL_LIMIT when it does not fit. */
enum err fs_join(char *to, size_t size, const char *dir, const char *name);

#endif
