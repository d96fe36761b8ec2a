/* A file of events, made by `tocsin evidence` as a process of its own; what it says is the result
 * of a response. */
#ifndef APP_KEEPFILE_H
#define APP_KEEPFILE_H

#include "app/carriers_in.h"

#define KEEPFILE_NAME 80

/* `args` as of tools_run(). */
void keepfile_make(struct flight *f, const char *const *args) NONNULL;

#endif
