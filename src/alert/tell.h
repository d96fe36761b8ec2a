/*
 * Channels that hear what becomes of an alert they were told of: that somebody
 * took it on, closed it, or that it came back.  A trigger of the schema writes
 * these messages in the transaction that changes the alert, whoever changes it.
 *
 * A message of this sort waits for those before it of the same alert and
 * channel.  A newer one takes the place of one that was not sent yet.
 */
#ifndef ALERT_TELL_H
#define ALERT_TELL_H

#include "alert/alerts.h"

#define TELL_KINDS_MAX 128

struct tell_kind {
	struct str type; /* of channels: "pagerduty" */
	bool ack, resolve;
};

/* All types that can say one of the two; replaces what was known.  FAIL_LIMIT. */
enum err tell_kinds(struct alerts *a, const struct tell_kind *kinds, size_t n, struct diag *why)
    __attribute__((nonnull(1)));

/* tell.c: the table and the trigger, for the schema. */
#define TELL                                                                                       \
	"CREATE TABLE channel_kinds(type TEXT PRIMARY KEY, ack INTEGER NOT NULL,"                  \
	" resolve INTEGER NOT NULL) WITHOUT ROWID;"                                                \
	"CREATE TRIGGER alerts_tell AFTER UPDATE OF status ON alerts WHEN old.status <> "          \
	"new.status"                                                                               \
	" BEGIN" TELL_AGAIN TELL_DROP TELL_ACK TELL_RESOLVE " END;"

#define TELL_CLOSED(row) row ".status IN ('resolved', 'false_positive')"
#define TELL_ACKED(row) row ".status IN ('acknowledged', 'in_progress')"
#define TELL_INTO(word)                                                                            \
	" INSERT OR IGNORE INTO outbox(alert_id, channel, key, rank, next_ns, created_ns, event)"  \
	" SELECT new.id, c.name, new.id || '-' || c.name || '-" word "' || new.rev, new.rank,"     \
	" new.updated_ns, new.updated_ns, '" word "' FROM channels c JOIN channel_kinds k ON"      \
	" k.type = c.type WHERE c.enabled = 1"
#define TELL_TOLD(what)                                                                            \
	" EXISTS (SELECT 1 FROM outbox o WHERE o.alert_id = new.id AND o.channel = c.name"         \
	" AND " what ")"

/*
 * It was closed there, perhaps: it is raised there again.  When it happened again it is counted up,
 * and goes the way of all alerts (dispatch.h).
 */
#define TELL_AGAIN                                                                                 \
	TELL_INTO("raise")                                                                         \
	" AND k.resolve = 1 AND new.count = old.count AND " TELL_CLOSED(                           \
	    "old") " AND NOT " TELL_CLOSED("new") " AND" TELL_TOLD("o.event = 'resolve' AND "      \
								   "(o.state <> "                  \
								   "'pending' OR o.attempts > 0)") ";"

/* What was to be said is over. */
#define TELL_DROP                                                                                  \
	" DELETE FROM outbox WHERE alert_id = new.id AND state = 'pending' AND event IN ('ack',"   \
	" 'resolve') AND NOT (" TELL_CLOSED("old") " AND " TELL_CLOSED(                            \
	    "new") ") AND NOT (" TELL_ACKED("old") " AND " TELL_ACKED("new") ");"

#define TELL_ACK                                                                                   \
	TELL_INTO("ack")                                                                           \
	" AND k.ack = 1 AND " TELL_ACKED("new") " AND NOT " TELL_ACKED("old") " AND" TELL_TOLD(    \
	    "o.event = 'raise' AND o.state <> 'dead'") ";"

#define TELL_RESOLVE                                                                               \
	TELL_INTO("resolve")                                                                       \
	" AND k.resolve = 1 AND " TELL_CLOSED("new") " AND NOT " TELL_CLOSED(                      \
	    "old") " AND" TELL_TOLD("o.event = 'raise' AND o.state <> 'dead'") ";"

#endif
