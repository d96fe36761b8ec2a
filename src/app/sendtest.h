/* Test messages of commands: sent here and now, whether the daemon runs or not. */
#ifndef APP_SENDTEST_H
#define APP_SENDTEST_H

#include "conf/conf.h"
#include "notify/job.h"

struct sendtest {
	struct str channel;         /* as letter_channel() makes it */
	struct str person, address; /* whom it is for; "" */
};
typedef void (*sendtest_fn)(void *ctx, size_t i, const struct job_result *r);
/* One after the other; *ret_arrived: every one of them did. */
enum err sendtest_all(const struct conf *conf, const struct sendtest *t, size_t n, sendtest_fn fn,
    void *ctx, bool *ret_arrived, struct diag *why) __attribute__((nonnull(1, 4, 6)));

#endif
