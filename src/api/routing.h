/* What waits to be told of an alert. */
#ifndef API_ROUTING_H
#define API_ROUTING_H

#include "api/internal.h"

/* "waiting": [...], the bundles that are being collected and have it. */
enum err routing_put_waiting(const struct api *a, struct jsonw *w, struct str alert_id,
    struct diag *why) __attribute__((nonnull(1, 2)));

#endif
