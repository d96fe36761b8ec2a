/* Tables of silences, for alert/schema.c. */
#ifndef ALERT_SILENCE_SCHEMA_H
#define ALERT_SILENCE_SCHEMA_H

/*
 * at_most: rank, -1: any.  seen_rank: the most urgent one it has seen; above all ranks: none.
 * told_*: what a window has said it hid, and through when.  held: nobody was told of the alert,
 * and nothing was decided about it since the silence hid it.
 */
#define SILENCES                                                                                   \
	"CREATE TABLE silences(id INTEGER PRIMARY KEY AUTOINCREMENT, window INTEGER NOT NULL,"     \
	" rule_id TEXT NOT NULL, group_key TEXT NOT NULL, user TEXT NOT NULL, net TEXT NOT NULL,"  \
	" tag TEXT NOT NULL, at_most INTEGER NOT NULL, days INTEGER NOT NULL,"                     \
	" from_min INTEGER NOT NULL, to_min INTEGER NOT NULL, offset_min INTEGER NOT NULL,"        \
	" trips INTEGER NOT NULL, owner TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL,"  \
	" alert_id TEXT NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,"             \
	" max_hits INTEGER NOT NULL, created_ns INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT "  \
	"0,"                                                                                       \
	" seen_rank INTEGER NOT NULL DEFAULT 9, alerts INTEGER NOT NULL DEFAULT 0,"                \
	" events INTEGER NOT NULL DEFAULT 0, newest_ns INTEGER NOT NULL DEFAULT 0,"                \
	" ended_ns INTEGER NOT NULL DEFAULT 0, ended_by TEXT NOT NULL DEFAULT '',"                 \
	" ended_why TEXT NOT NULL DEFAULT '', broken_ns INTEGER NOT NULL DEFAULT 0,"               \
	" broken_why TEXT NOT NULL DEFAULT '', broken_alert TEXT NOT NULL DEFAULT '',"             \
	" told_ns INTEGER NOT NULL DEFAULT 0, told_alerts INTEGER NOT NULL DEFAULT 0,"             \
	" told_events INTEGER NOT NULL DEFAULT 0);"                                                \
	"CREATE INDEX silences_held ON silences(id) WHERE ended_ns = 0;"                           \
	"CREATE INDEX silences_untold ON silences(id) WHERE window = 1"                            \
	" AND told_ns < 9223372036854775807;"                                                      \
	"CREATE TABLE silence_known(silence INTEGER NOT NULL, kind INTEGER NOT NULL,"              \
	" value TEXT NOT NULL, PRIMARY KEY(silence, kind, value)) WITHOUT ROWID;"                  \
	"CREATE TABLE silence_hidden(silence INTEGER NOT NULL, alert INTEGER NOT NULL,"            \
	" first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL, events INTEGER NOT NULL,"           \
	" held INTEGER NOT NULL, PRIMARY KEY(silence, alert)) WITHOUT ROWID;"                      \
	"CREATE INDEX silence_hidden_held ON silence_hidden(silence, alert) WHERE held = 1;"       \
	"CREATE INDEX silence_hidden_alert ON silence_hidden(alert);"                              \
	"CREATE TABLE silence_log(silence INTEGER NOT NULL, at_ns INTEGER NOT NULL,"               \
	" by TEXT NOT NULL, action TEXT NOT NULL, note TEXT NOT NULL);"                            \
	"CREATE INDEX silence_log_silence ON silence_log(silence);"                                \
	"CREATE INDEX alerts_quiet ON alerts(last_ns DESC, id, status, severity, demo, count,"     \
	" owner) WHERE quiet <> '';"

#endif
