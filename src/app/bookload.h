/* The book of who is on call, from the files that the configuration names. */
#ifndef APP_BOOKLOAD_H
#define APP_BOOKLOAD_H

#include "conf/conf.h"
#include "oncall/book.h"

/*
 * oncall.file, and the escalations that ship for the profile (escalations/NAME.yml).  Neither:
 * an empty book.  FAIL_SYNTAX with the place, FAIL_IO.
 */
enum err bookload(const struct conf *conf, struct book **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* One file with what ships; `file` in place of oncall.file. */
enum err bookload_file(const struct conf *conf, const char *file, struct book **ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

#endif
