/*
 * At whom responses to an alert are aimed, and who is never hit: the same for the
 * daemon, for previews and for commands.
 */
#ifndef APP_AIM_H
#define APP_AIM_H

#include "alert/alerts.h"
#include "conf/conf.h"
#include "respond/respond.h"

#define AIM_USERS (RESPOND_USERS_MAX + 1)

/* What an alert asks for; borrows from the row and `users`.  False: it is not to be answered. */
bool aim_case(const struct conf *conf, const struct alerts_row *row, struct str users[AIM_USERS],
    struct respond_case *ret) __attribute__((nonnull));
/* Can others than its owner write what comes by this source? */
bool aim_forgeable(const struct conf *conf, struct str origin) __attribute__((nonnull(1)));
/*
 * Loopback, own addresses, gateways, resolvers, private ranges, proxies and what the
 * configuration names.  *ret is to be freed after a failure too.
 */
enum err aim_guard(const struct conf *conf, struct guard **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* And the allow list, in place of what it was. */
enum err aim_allowed(struct leases *l, int64_t now, struct guard *g, struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
