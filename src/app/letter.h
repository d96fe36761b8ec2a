/* What the notify process is told about a message: from rows of state.db to a line of JSON. */
#ifndef APP_LETTER_H
#define APP_LETTER_H

#include "alert/channels.h"
#include "alert/outbox.h"
#include "base/buf.h"

struct letter_opts {
	const char *public_url; /* begins the links; "" for none */
	unsigned timeout_ms;
};

/* {"name":..,"type":..,"settings":{..},"secret":..} */
void letter_channel(const struct channels_row *row, struct buf *to) NONNULL;

/* The line of a delivery.  FAIL_NOT_FOUND: its alert or its channel is gone. */
enum err letter_put(struct alerts *a, const struct letter_opts *o, const struct outbox_job *job,
    int64_t now, struct buf *to, struct diag *why) __attribute__((nonnull(1, 2, 3, 5)));

struct letter_for { /* whom a message is for; "" */
	struct str person, address;
};
/* The line of a test message; `channel` is an object as letter_channel() makes it. */
void letter_test(const struct letter_opts *o, int64_t id, struct str channel,
    const struct letter_for *whom, int64_t now, struct buf *to) __attribute__((nonnull(1, 4, 6)));

#endif
