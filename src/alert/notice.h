/*
 * Something else than an alert that people are told at once: a bundle that is
 * closed from the start and sent by every channel whose min_severity it reaches, or by one.
 */
#ifndef ALERT_NOTICE_H
#define ALERT_NOTICE_H

#include "alert/alerts.h"

struct notice {
	struct str id; /* 32 hexadecimal digits: the same notice is written once */
	enum alerts_severity severity;
	struct str title, summary;
	struct str channel; /* only by this one, whatever the severity; "": by all */
};
enum err notice_add(struct alerts *a, const struct notice *n, int64_t now, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
