/* SPDX-License-Identifier: Apache-2.0 */
/* exports: schema_ */
/* tested by: test/unit/incident/test_incident.c */
/* Steps of the schema of incidents.db: written once, added to at the end. */
#include "incident/internal.h"
#include "incident/runs_in.h"
#include "incident/ticket_in.h"

/* contained, responded ... are 0 until they happened; rank: of the severity, 0 is critical. */
#define INCIDENTS                                                                                  \
	"CREATE TABLE incidents(n INTEGER PRIMARY KEY AUTOINCREMENT, rev INTEGER NOT NULL UNIQUE," \
	" type TEXT NOT NULL, title TEXT NOT NULL, severity TEXT NOT NULL, rank INTEGER NOT NULL," \
	" status TEXT NOT NULL DEFAULT 'open', phase TEXT NOT NULL, origin TEXT NOT NULL,"         \
	" owner TEXT NOT NULL, by TEXT NOT NULL, cause TEXT NOT NULL DEFAULT '',"                  \
	" drill INTEGER NOT NULL, by_hand INTEGER NOT NULL DEFAULT 0,"                             \
	" created_ns INTEGER NOT NULL, updated_ns INTEGER NOT NULL, first_ns INTEGER NOT NULL,"    \
	" detected_ns INTEGER NOT NULL, acked_ns INTEGER NOT NULL DEFAULT 0,"                      \
	" responded_ns INTEGER NOT NULL DEFAULT 0, contained_ns INTEGER NOT NULL DEFAULT 0,"       \
	" closed_ns INTEGER NOT NULL DEFAULT 0, merged_into INTEGER NOT NULL DEFAULT 0,"           \
	" alerts INTEGER NOT NULL DEFAULT 0, users INTEGER NOT NULL DEFAULT 0,"                    \
	" addresses INTEGER NOT NULL DEFAULT 0, evidence INTEGER NOT NULL DEFAULT 0,"              \
	" entries INTEGER NOT NULL DEFAULT 0);"                                                    \
	"CREATE INDEX incidents_status ON incidents(status, n);"                                   \
	"CREATE INDEX incidents_merged ON incidents(merged_into) WHERE merged_into <> 0;"          \
	"CREATE TABLE position(one INTEGER PRIMARY KEY CHECK (one = 1), rev INTEGER NOT NULL,"     \
	" alerts INTEGER NOT NULL, leases INTEGER NOT NULL, messages INTEGER NOT NULL);"           \
	"INSERT INTO position VALUES(1, 0, -1, 0, 0);"

#define TIMELINE                                                                                   \
	"CREATE TABLE timeline(id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL"    \
	" REFERENCES incidents(n), at_ns INTEGER NOT NULL, kind TEXT NOT NULL,"                    \
	" noise INTEGER NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL, ref TEXT NOT NULL);"      \
	"CREATE INDEX timeline_incident ON timeline(incident, at_ns, id);"                         \
	"CREATE UNIQUE INDEX timeline_ref ON timeline(incident, kind, ref) WHERE ref <> '';"

/* An alert is in one incident only.  concerns: whom each is about; alone: the only one of its kind.
 */
#define ALERTS                                                                                     \
	"CREATE TABLE alerts(alert TEXT PRIMARY KEY, incident INTEGER NOT NULL"                    \
	" REFERENCES incidents(n), joined_ns INTEGER NOT NULL, first_ns INTEGER NOT NULL,"         \
	" last_ns INTEGER NOT NULL, created_ns INTEGER NOT NULL, title TEXT NOT NULL,"             \
	" severity TEXT NOT NULL, status TEXT NOT NULL) WITHOUT ROWID;"                            \
	"CREATE INDEX alerts_incident ON alerts(incident, created_ns);"                            \
	"CREATE TABLE concerns(incident INTEGER NOT NULL REFERENCES incidents(n),"                 \
	" kind TEXT NOT NULL, name TEXT NOT NULL, alert TEXT NOT NULL, alone INTEGER NOT NULL,"    \
	" PRIMARY KEY(incident, kind, name, alert)) WITHOUT ROWID;"                                \
	"CREATE INDEX concerns_name ON concerns(kind, name, incident) WHERE alone > 0;"            \
	"CREATE VIEW affected AS SELECT incident, kind, name, count(*) AS alerts FROM concerns"    \
	" WHERE kind IN ('user', 'address') GROUP BY incident, kind, name;"

#define STEPS                                                                                      \
	"CREATE TABLE checks(incident INTEGER NOT NULL REFERENCES incidents(n),"                   \
	" phase TEXT NOT NULL, item INTEGER NOT NULL, text TEXT NOT NULL, field TEXT NOT NULL,"    \
	" optional INTEGER NOT NULL, within_ns INTEGER NOT NULL, state TEXT NOT NULL,"             \
	" by TEXT NOT NULL, at_ns INTEGER NOT NULL, note TEXT NOT NULL,"                           \
	" PRIMARY KEY(incident, phase, item)) WITHOUT ROWID;"                                      \
	"CREATE TABLE phases(incident INTEGER NOT NULL REFERENCES incidents(n),"                   \
	" phase TEXT NOT NULL, entered_ns INTEGER NOT NULL, left_ns INTEGER NOT NULL DEFAULT 0,"   \
	" override TEXT NOT NULL DEFAULT '', PRIMARY KEY(incident, phase)) WITHOUT ROWID;"

#define RECORD                                                                                     \
	"CREATE TABLE evidence(incident INTEGER NOT NULL REFERENCES incidents(n),"                 \
	" seq INTEGER NOT NULL, at_ns INTEGER NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL,"     \
	" record TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY(incident, seq));"                \
	"CREATE TABLE form(incident INTEGER NOT NULL REFERENCES incidents(n), field TEXT NOT "     \
	"NULL,"                                                                                    \
	" text TEXT NOT NULL, by TEXT NOT NULL, at_ns INTEGER NOT NULL,"                           \
	" PRIMARY KEY(incident, field)) WITHOUT ROWID;"                                            \
	"CREATE TABLE todo(id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL"        \
	" REFERENCES incidents(n), text TEXT NOT NULL, owner TEXT NOT NULL, due TEXT NOT NULL,"    \
	" done INTEGER NOT NULL DEFAULT 0, by TEXT NOT NULL, at_ns INTEGER NOT NULL);"             \
	"CREATE INDEX todo_incident ON todo(incident, id);"

/* How new the newest alert of an incident is, without reading all of them. */
#define NEWEST "CREATE INDEX alerts_newest ON alerts(incident, last_ns);"

const char *const schema_steps[] = {
	INCIDENTS TIMELINE ALERTS STEPS RECORD RUNS_SCHEMA TICKET_SCHEMA,
	NEWEST,
};
const size_t schema_n = sizeof(schema_steps) / sizeof(schema_steps[0]);
