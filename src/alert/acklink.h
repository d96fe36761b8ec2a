/*
 * One-click acknowledge: a token in a message stands for "the receiver of this
 * channel", or the person it was sent to, "acknowledges this alert", until it
 * expires.  It can do nothing else.
 */
#ifndef ALERT_ACKLINK_H
#define ALERT_ACKLINK_H

#include "alert/alerts.h"

#define ACKLINK_SIZE 160
#define ACKLINK_VALID ((int64_t)7 * 86400 * 1000000000) /* ns */

/* EXPIRY.CHANNEL.MAC, for links; the key is in the database.  Returns `to`. */
char *acklink_make(const struct alerts *a, struct str alert_id, struct str channel, int64_t expires,
    char to[ACKLINK_SIZE]);
/* EXPIRY.CHANNEL.PERSON.MAC: the same for one person; `person` "" or of letters, digits, - and _.
 */
char *acklink_personal(const struct alerts *a, struct str alert_id, struct str channel,
    struct str person, int64_t expires, char to[ACKLINK_SIZE]);
/* True with the name of the channel, a part of `token`, when it is genuine and not expired. */
bool acklink_check(const struct alerts *a, struct str alert_id, struct str token, int64_t now,
    struct str *ret_channel);
/* Of a token that was checked: whose it is; "" nobody's. */
struct str acklink_person(struct str token);

#endif
