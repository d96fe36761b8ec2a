/* What incidents go by, from the files that ship or a folder of one's own. */
#ifndef APP_GUIDELOAD_H
#define APP_GUIDELOAD_H

#include "conf/conf.h"
#include "incident/guide.h"

/* FAIL_NOT_FOUND, FAIL_SYNTAX with the place.  Owned by the caller: guide_free(). */
enum err guideload_read(const struct conf *c, struct guide **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
