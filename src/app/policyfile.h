/* Where the response policy comes from: one that ships, or a file. */
#ifndef APP_POLICYFILE_H
#define APP_POLICYFILE_H

#include "conf/conf.h"
#include "respond/policy.h"

/* As respond.policy says; *ret is NULL for `none`. */
enum err policyfile_read(const struct conf *conf, struct policy **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* responses/NAME.yml that ships, or a file when there is a "/" in it or it ends in .yml. */
enum err policyfile_named(const char *name, struct policy **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
