/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of the schema: written once, added to at the end. */
#include "alert/schema.h"

#include "alert/brake.h"
#include "alert/bundle.h"
#include "alert/inhibit.h"

#include "alert/silence_schema.h"
#include "alert/tell.h"

/* The first form: one table, found by id. */
#define FIRST                                                                                      \
	"CREATE TABLE alerts(id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, title TEXT NOT NULL,"     \
	" severity TEXT NOT NULL, tags TEXT NOT NULL, advice TEXT NOT NULL,"                       \
	" group_key TEXT NOT NULL, summary TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open',"    \
	" status_by TEXT NOT NULL DEFAULT '', status_note TEXT NOT NULL DEFAULT '',"               \
	" first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL, created_ns INTEGER NOT NULL,"       \
	" updated_ns INTEGER NOT NULL, count INTEGER NOT NULL, evidence BLOB NOT NULL)"            \
	" WITHOUT ROWID;"                                                                          \
	"CREATE INDEX alerts_updated ON alerts(updated_ns DESC, id);"                              \
	"CREATE INDEX alerts_group ON alerts(rule_id, group_key);"                                 \
	"CREATE TABLE alert_history(alert_id TEXT NOT NULL, at_ns INTEGER NOT NULL,"               \
	" from_status TEXT NOT NULL, to_status TEXT NOT NULL, by TEXT NOT NULL,"                   \
	" note TEXT NOT NULL);"                                                                    \
	"CREATE INDEX alert_history_alert ON alert_history(alert_id, at_ns);"                      \
	"CREATE TABLE detector(one INTEGER PRIMARY KEY CHECK (one = 1),"                           \
	" position INTEGER NOT NULL);"                                                             \
	"INSERT INTO detector VALUES(1, 0);"

/*
 * rev: of the newest change; born_rev: when it was made; state_rev: when people (or a return) last
 * changed status, owner or reason.  rank: of the severity, the most urgent is 0.
 */
#define ALERTS                                                                                     \
	"DROP INDEX alerts_updated; DROP INDEX alerts_group;"                                      \
	"ALTER TABLE alerts RENAME TO alerts_1;"                                                   \
	"CREATE TABLE alerts(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"                      \
	" rule_id TEXT NOT NULL, title TEXT NOT NULL, severity TEXT NOT NULL,"                     \
	" rank INTEGER NOT NULL, tags TEXT NOT NULL, advice TEXT NOT NULL,"                        \
	" group_key TEXT NOT NULL, summary TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open',"    \
	" owner TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',"                        \
	" status_by TEXT NOT NULL DEFAULT '', status_note TEXT NOT NULL DEFAULT '',"               \
	" first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL, created_ns INTEGER NOT NULL,"       \
	" updated_ns INTEGER NOT NULL, count INTEGER NOT NULL, rev INTEGER NOT NULL,"              \
	" born_rev INTEGER NOT NULL, state_rev INTEGER NOT NULL, demo INTEGER NOT NULL DEFAULT 0," \
	" comments INTEGER NOT NULL DEFAULT 0, evidence BLOB NOT NULL);"                           \
	"INSERT INTO alerts SELECT r, id, rule_id, title, severity,"                               \
	" CASE severity WHEN 'CRITICAL' THEN 0 WHEN 'HIGH' THEN 1 WHEN 'MEDIUM' THEN 2"            \
	"  WHEN 'LOW' THEN 3 ELSE 4 END,"                                                          \
	" tags, advice, group_key, summary, status, '',"                                           \
	" iif(status = 'resolved', 'other', ''), status_by, status_note, first_ns,"                \
	" last_ns, created_ns, updated_ns, count, r, r, r, 0, 0, evidence"                         \
	" FROM (SELECT *, row_number() OVER (ORDER BY updated_ns, id) AS r FROM alerts_1);"        \
	"DROP TABLE alerts_1;"                                                                     \
	"CREATE TABLE alert_state(one INTEGER PRIMARY KEY CHECK (one = 1), rev INTEGER NOT NULL,"  \
	" gap_rev INTEGER NOT NULL, ack_key BLOB);"                                                \
	"INSERT INTO alert_state SELECT 1, coalesce(max(rev), 0), 0, NULL FROM alerts;"

/* Lists go by the newest event; each index holds what most filters ask, so that rows are read
 * only when they are shown. */
#define INDEXES                                                                                    \
	"CREATE INDEX alerts_last ON alerts(last_ns DESC, id, status, severity, demo, count,"      \
	" owner);"                                                                                 \
	"CREATE INDEX alerts_state ON alerts(status, severity, last_ns DESC, id, demo, count,"     \
	" owner);"                                                                                 \
	"CREATE INDEX alerts_rule ON alerts(rule_id, last_ns DESC, id, status, severity, demo,"    \
	" count, owner);"                                                                          \
	"CREATE INDEX alerts_group ON alerts(group_key, last_ns DESC, id, status, severity, demo," \
	" count, owner);"                                                                          \
	"CREATE INDEX alerts_owner ON alerts(owner, last_ns DESC, id, status, severity, demo)"     \
	" WHERE owner <> '';"                                                                      \
	"CREATE UNIQUE INDEX alerts_rev ON alerts(rev);"                                           \
	"CREATE UNIQUE INDEX alerts_born ON alerts(born_rev);"                                     \
	"CREATE INDEX alerts_demo ON alerts(last_ns DESC, id, status, severity) WHERE demo = 1;"

/* Figures that are exact without counting. */
#define COUNTS                                                                                     \
	"CREATE TABLE alert_counts(rule_id TEXT NOT NULL, status TEXT NOT NULL,"                   \
	" severity TEXT NOT NULL, demo INTEGER NOT NULL, n INTEGER NOT NULL,"                      \
	" PRIMARY KEY(rule_id, status, severity, demo)) WITHOUT ROWID;"                            \
	"INSERT INTO alert_counts SELECT rule_id, status, severity, demo, count(*) FROM alerts"    \
	" GROUP BY 1, 2, 3, 4;"                                                                    \
	"CREATE TABLE alert_days(rule_id TEXT NOT NULL, day INTEGER NOT NULL,"                     \
	" n INTEGER NOT NULL, PRIMARY KEY(rule_id, day)) WITHOUT ROWID;"                           \
	"INSERT INTO alert_days SELECT rule_id, created_ns / 86400000000000, count(*) FROM alerts" \
	" GROUP BY 1, 2;"                                                                          \
	"CREATE TRIGGER alerts_in AFTER INSERT ON alerts BEGIN"                                    \
	" INSERT INTO alert_counts VALUES(new.rule_id, new.status, new.severity, new.demo, 1)"     \
	"  ON CONFLICT DO UPDATE SET n = n + 1;"                                                   \
	" INSERT INTO alert_days VALUES(new.rule_id, new.created_ns / 86400000000000, 1)"          \
	"  ON CONFLICT DO UPDATE SET n = n + 1; END;"                                              \
	"CREATE TRIGGER alerts_out AFTER DELETE ON alerts BEGIN"                                   \
	" UPDATE alert_counts SET n = n - 1 WHERE rule_id = old.rule_id AND"                       \
	"  status = old.status AND severity = old.severity AND demo = old.demo;"                   \
	" UPDATE alert_days SET n = n - 1 WHERE rule_id = old.rule_id AND"                         \
	"  day = old.created_ns / 86400000000000; END;"                                            \
	"CREATE TRIGGER alerts_move AFTER UPDATE OF status, demo ON alerts"                        \
	" WHEN old.status <> new.status OR old.demo <> new.demo BEGIN"                             \
	" UPDATE alert_counts SET n = n - 1 WHERE rule_id = old.rule_id AND"                       \
	"  status = old.status AND severity = old.severity AND demo = old.demo;"                   \
	" INSERT INTO alert_counts VALUES(new.rule_id, new.status, new.severity, new.demo, 1)"     \
	"  ON CONFLICT DO UPDATE SET n = n + 1; END;"

#define HISTORY                                                                                    \
	"ALTER TABLE alert_history ADD COLUMN action TEXT NOT NULL DEFAULT '';"                    \
	"ALTER TABLE alert_history ADD COLUMN reason TEXT NOT NULL DEFAULT '';"                    \
	"UPDATE alert_history SET action = CASE to_status WHEN 'acknowledged' THEN 'ack'"          \
	" WHEN 'resolved' THEN 'resolve' WHEN 'false_positive' THEN 'false-positive'"              \
	" ELSE 'reopen' END;"                                                                      \
	"CREATE TABLE alert_undo(id TEXT PRIMARY KEY, at_ns INTEGER NOT NULL) WITHOUT ROWID;"      \
	"CREATE TABLE alert_undo_row(undo TEXT NOT NULL, alert INTEGER NOT NULL,"                  \
	" state_rev INTEGER NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL,"                  \
	" reason TEXT NOT NULL, status_by TEXT NOT NULL, status_note TEXT NOT NULL,"               \
	" PRIMARY KEY(undo, alert)) WITHOUT ROWID;"                                                \
	"CREATE TABLE rule_state(rule_id TEXT PRIMARY KEY, enabled INTEGER NOT NULL,"              \
	" by TEXT NOT NULL, note TEXT NOT NULL, at_ns INTEGER NOT NULL) WITHOUT ROWID;"

#define OUTBOX                                                                                     \
	"CREATE TABLE channels(name TEXT PRIMARY KEY, type TEXT NOT NULL,"                         \
	" enabled INTEGER NOT NULL, min_rank INTEGER NOT NULL, origin TEXT NOT NULL,"              \
	" settings TEXT NOT NULL, secret TEXT NOT NULL, last_ok INTEGER,"                          \
	" last_ns INTEGER NOT NULL DEFAULT 0, last_ms INTEGER NOT NULL DEFAULT 0,"                 \
	" last_detail TEXT NOT NULL DEFAULT '', fails INTEGER NOT NULL DEFAULT 0,"                 \
	" pause_ns INTEGER NOT NULL DEFAULT 0, created_ns INTEGER NOT NULL,"                       \
	" updated_ns INTEGER NOT NULL) WITHOUT ROWID;"                                             \
	"CREATE TABLE outbox(id INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL,"        \
	" channel TEXT NOT NULL, key TEXT NOT NULL UNIQUE, rank INTEGER NOT NULL,"                 \
	" state TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0,"             \
	" next_ns INTEGER NOT NULL, created_ns INTEGER NOT NULL, sent_ns INTEGER,"                 \
	" ms INTEGER NOT NULL DEFAULT 0, last_error TEXT NOT NULL DEFAULT '');"                    \
	"CREATE INDEX outbox_due ON outbox(channel, rank, next_ns, id) WHERE state = 'pending';"   \
	"CREATE INDEX outbox_open ON outbox(state, channel, id) WHERE state <> 'sent';"            \
	"CREATE INDEX outbox_alert ON outbox(alert_id);"                                           \
	"CREATE INDEX outbox_channel ON outbox(channel, id);"

/* What one closed alert says of its rule; NULL: nothing. */
#define VERDICT(row)                                                                               \
	"CASE WHEN " row ".demo THEN NULL WHEN " row ".status = 'false_positive' THEN"             \
	" 'false_positive' WHEN " row ".status = 'resolved' AND " row                              \
	".reason IN ('true_positive', 'benign') THEN " row ".reason END"

/* How sure, what to do, why in detail, who is affected; a severity that rises; verdicts. */
#define DETAILS                                                                                    \
	"ALTER TABLE alerts ADD COLUMN confidence INTEGER NOT NULL DEFAULT 0;"                     \
	"ALTER TABLE alerts ADD COLUMN action TEXT NOT NULL DEFAULT '';"                           \
	"ALTER TABLE alerts ADD COLUMN details TEXT NOT NULL DEFAULT '';"                          \
	"ALTER TABLE alerts ADD COLUMN affected TEXT NOT NULL DEFAULT '';"                         \
	"DROP TRIGGER alerts_move;"                                                                \
	"CREATE TRIGGER alerts_move AFTER UPDATE OF status, severity, demo ON alerts"              \
	" WHEN old.status <> new.status OR old.severity <> new.severity OR old.demo <> new.demo"   \
	" BEGIN"                                                                                   \
	" UPDATE alert_counts SET n = n - 1 WHERE rule_id = old.rule_id AND"                       \
	"  status = old.status AND severity = old.severity AND demo = old.demo;"                   \
	" INSERT INTO alert_counts VALUES(new.rule_id, new.status, new.severity, new.demo, 1)"     \
	"  ON CONFLICT DO UPDATE SET n = n + 1; END;"                                              \
	"CREATE TABLE alert_verdicts(rule_id TEXT NOT NULL, verdict TEXT NOT NULL,"                \
	" n INTEGER NOT NULL, PRIMARY KEY(rule_id, verdict)) WITHOUT ROWID;"                       \
	"INSERT INTO alert_verdicts SELECT rule_id, " VERDICT(                                     \
	    "alerts") " AS v, count(*)"                                                            \
		      " FROM alerts GROUP BY 1, 2 HAVING v IS NOT NULL;"                           \
		      "CREATE TRIGGER alerts_judge AFTER UPDATE OF status, reason, demo ON "       \
		      "alerts BEGIN"                                                               \
		      " UPDATE alert_verdicts SET n = n - 1 WHERE rule_id = old.rule_id AND"       \
		      "  verdict = " VERDICT(                                                      \
			  "old") ";"                                                               \
				 " INSERT INTO alert_verdicts SELECT new.rule_id, " VERDICT(       \
				     "new") ", 1"                                                  \
					    "  WHERE " VERDICT(                                    \
						"new") " IS NOT NULL ON CONFLICT DO UPDATE SET n " \
						       "= n + 1; END;"

/*
 * When somebody first took it on, when it was closed (0: it is not); why nobody was told ("": they
 * were).  A message may tell of more than that an alert was raised, and be for one person.
 */
#define ANSWER                                                                                     \
	"ALTER TABLE alerts ADD COLUMN acked_ns INTEGER NOT NULL DEFAULT 0;"                       \
	"ALTER TABLE alerts ADD COLUMN closed_ns INTEGER NOT NULL DEFAULT 0;"                      \
	"ALTER TABLE alerts ADD COLUMN quiet TEXT NOT NULL DEFAULT '';"                            \
	"CREATE TRIGGER alerts_times AFTER UPDATE OF status ON alerts"                             \
	" WHEN old.status <> new.status BEGIN UPDATE alerts SET"                                   \
	" acked_ns = iif(acked_ns = 0 AND new.status <> 'open', new.updated_ns, acked_ns),"        \
	" closed_ns = iif(new.status IN ('resolved', 'false_positive'), new.updated_ns, 0)"        \
	" WHERE n = new.n; END;"                                                                   \
	"ALTER TABLE outbox ADD COLUMN event TEXT NOT NULL DEFAULT 'raise';"                       \
	"ALTER TABLE outbox ADD COLUMN person TEXT NOT NULL DEFAULT '';"                           \
	"ALTER TABLE outbox ADD COLUMN address TEXT NOT NULL DEFAULT '';"

/*
 * Walks through escalation policies, and who was told on them.  The state of its alert moves a walk
 * in the same transaction: closed ends it, taken on holds it, taken back lets it go on; a message
 * that still waits then is not needed.  breached_ns: when an alert had waited too long to be taken
 * on, -1: it is from before that was looked at.
 */
#define PAGES                                                                                      \
	"CREATE TABLE pages(id INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL,"         \
	" policy TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'running',"                            \
	" step INTEGER NOT NULL DEFAULT 0, round INTEGER NOT NULL DEFAULT 0,"                      \
	" level INTEGER NOT NULL DEFAULT 0, base_ns INTEGER NOT NULL, begun_ns INTEGER NOT NULL,"  \
	" due_ns INTEGER NOT NULL, ended_ns INTEGER NOT NULL DEFAULT 0,"                           \
	" by TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '',"                              \
	" note TEXT NOT NULL DEFAULT '');"                                                         \
	"CREATE INDEX pages_due ON pages(due_ns, id) WHERE state IN ('running', 'held');"          \
	"CREATE INDEX pages_alert ON pages(alert_id, id);"                                         \
	"CREATE TABLE page_calls(id INTEGER PRIMARY KEY AUTOINCREMENT, page INTEGER NOT NULL,"     \
	" alert_id TEXT NOT NULL, at_ns INTEGER NOT NULL, level INTEGER NOT NULL,"                 \
	" step INTEGER NOT NULL, round INTEGER NOT NULL, person TEXT NOT NULL,"                    \
	" contact INTEGER NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL,"                 \
	" key TEXT, code TEXT UNIQUE, night INTEGER NOT NULL, state TEXT NOT NULL,"                \
	" note TEXT NOT NULL);"                                                                    \
	"CREATE INDEX page_calls_page ON page_calls(page, state);"                                 \
	"CREATE INDEX page_calls_alert ON page_calls(alert_id);"                                   \
	"CREATE INDEX page_calls_key ON page_calls(key);"                                          \
	"CREATE INDEX page_calls_person ON page_calls(at_ns, person, night) WHERE person <> '';"   \
	"CREATE TABLE oncall_overrides(id INTEGER PRIMARY KEY AUTOINCREMENT, rota TEXT NOT NULL,"  \
	" person TEXT NOT NULL, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL,"                 \
	" by TEXT NOT NULL, why TEXT NOT NULL, created_ns INTEGER NOT NULL,"                       \
	" removed_ns INTEGER NOT NULL DEFAULT 0, removed_by TEXT NOT NULL DEFAULT '');"            \
	"CREATE INDEX oncall_overrides_to ON oncall_overrides(to_ns) WHERE removed_ns = 0;"        \
	"ALTER TABLE outbox ADD COLUMN answer TEXT NOT NULL DEFAULT '';"                           \
	"ALTER TABLE alerts ADD COLUMN breached_ns INTEGER NOT NULL DEFAULT 0;"                    \
	"UPDATE alerts SET breached_ns = -1;"                                                      \
	"CREATE INDEX alerts_waiting ON alerts(rank, created_ns) WHERE status = 'open' AND"        \
	" acked_ns = 0 AND demo = 0 AND breached_ns = 0 AND quiet = '';"                           \
	"CREATE TABLE alert_breaches(severity TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT "      \
	"ROWID;"

#define TAKE_BACK                                                                                  \
	" UPDATE page_calls SET state = 'back' WHERE alert_id = new.id AND (state = 'told' AND "   \
	"EXISTS"                                                                                   \
	"  (SELECT 1 FROM outbox WHERE key = page_calls.key AND state = 'pending') OR"             \
	"  state = 'summary' AND NOT EXISTS (SELECT 1 FROM outbox WHERE key = page_calls.key));"   \
	" DELETE FROM outbox WHERE alert_id = new.id AND state = 'pending' AND key IN (SELECT key" \
	"  FROM page_calls WHERE alert_id = new.id AND state = 'back');"

#define PAGES_MOVE                                                                                 \
	"CREATE TRIGGER pages_end AFTER UPDATE OF status ON alerts WHEN old.status <> new.status"  \
	" AND new.status IN ('resolved', 'false_positive') BEGIN UPDATE pages SET state = "        \
	"'ended',"                                                                                 \
	"  ended_ns = new.updated_ns, by = new.status_by, why = new.status, note = "               \
	"new.status_note"                                                                          \
	"  WHERE alert_id = new.id AND state <> 'ended';" TAKE_BACK " END;"                        \
	"CREATE TRIGGER pages_hold AFTER UPDATE OF status ON alerts WHEN old.status <> new.status" \
	" AND new.status IN ('acknowledged', 'in_progress') BEGIN UPDATE pages SET state = "       \
	"'held',"                                                                                  \
	"  base_ns = base_ns + iif(state = 'silenced', new.updated_ns, 0), "                       \
	"  due_ns = new.updated_ns, by = new.status_by, why = new.status, note = new.status_note"  \
	"  WHERE alert_id = new.id AND state IN ('running', 'silenced', 'unanswered');" TAKE_BACK  \
	" END;"                                                                                    \
	"CREATE TRIGGER pages_go_on AFTER UPDATE OF status ON alerts WHEN new.status = 'open' AND" \
	" old.status IN ('acknowledged', 'in_progress') BEGIN UPDATE pages SET state = 'running'," \
	"  due_ns = new.updated_ns, ended_ns = 0, by = '', why = '', note = '' WHERE alert_id ="   \
	"  new.id AND why IN ('acknowledged', 'in_progress'); END;"

static const char *const steps[SCHEMA_VERSION] = {
	FIRST,
	ALERTS INDEXES COUNTS HISTORY OUTBOX,
	DETAILS,
	ANSWER PAGES PAGES_MOVE TELL SILENCES BUNDLE_SCHEMA BRAKE_SCHEMA INHIBIT_SCHEMA,
};

enum err
schema_update(struct db *db, struct diag *why)
{
	return db_migrate(db, steps, ARRAY_LEN(steps), why);
}
