/* `tocsin oncall test PERSON`. */
#ifndef APP_ONCALLTEST_H
#define APP_ONCALLTEST_H

#include "conf/conf.h"
#include "oncall/book.h"

/*
 * A message that says it is a test by each contact of that person, and what came back; the daemon
 * may run or not.  `state`: path of the database.  An exit status (app/cmd.h): CMD_FOUND when one
 * did not arrive.
 */
int oncalltest_run(const struct conf *conf, const struct book *book, const char *state,
    const char *person, struct diag *why) NONNULL;

#endif
