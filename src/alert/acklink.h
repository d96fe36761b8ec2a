/*
 * One-click acknowledge: a token in a message stands for "the receiver of this
 * channel acknowledges this alert", until it expires.  It can do nothing else.
 */
#ifndef ALERT_ACKLINK_H
#define ALERT_ACKLINK_H

#include "alert/alerts.h"

#define ACKLINK_SIZE 96
#define ACKLINK_VALID ((int64_t)7 * 86400 * 1000000000) /* ns */

/* EXPIRY.CHANNEL.MAC, for links; the key is in the database.  Returns `to`. */
char *acklink_make(const struct alerts *a, struct str alert_id, struct str channel, int64_t expires,
    char to[ACKLINK_SIZE]);
/* True with the name of the channel, a part of `token`, when it is genuine and not expired. */
bool acklink_check(const struct alerts *a, struct str alert_id, struct str token, int64_t now,
    struct str *ret_channel);

#endif
