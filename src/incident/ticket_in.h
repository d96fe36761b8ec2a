/* The table of tickets. */
#ifndef INCIDENT_TICKET_IN_H
#define INCIDENT_TICKET_IN_H

/* told: how the incident stood when it was said last; said: messages so far, for their keys. */
#define TICKET_SCHEMA                                                                              \
	"CREATE TABLE tickets(incident INTEGER NOT NULL REFERENCES incidents(n),"                  \
	" channel TEXT NOT NULL, key TEXT NOT NULL UNIQUE, state TEXT NOT NULL,"                   \
	" words TEXT NOT NULL, told TEXT NOT NULL DEFAULT '', ref TEXT NOT NULL DEFAULT '',"       \
	" url TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '',"                           \
	" effect INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,"                              \
	" said INTEGER NOT NULL DEFAULT 0, at_ns INTEGER NOT NULL, next_ns INTEGER NOT NULL,"      \
	" PRIMARY KEY(incident, channel)) WITHOUT ROWID;"

#endif
