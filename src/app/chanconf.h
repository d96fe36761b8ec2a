/* The channels of the configuration file go into the database, where everything reads them. */
#ifndef APP_CHANCONF_H
#define APP_CHANCONF_H

#include "alert/channels.h"
#include "conf/conf.h"
#include "notify/kind.h"

/* At start, before the detector; and when the configuration was read again. */
enum err chanconf_apply(struct alerts *a, const struct conf *conf, const struct kinds *kinds,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

#endif
