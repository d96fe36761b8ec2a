/* What the files about runs share: one run in memory, and its tables. */
#ifndef INCIDENT_RUNS_IN_H
#define INCIDENT_RUNS_IN_H

#include "base/arena.h"
#include "incident/internal.h"
#include "incident/playword.h"
#include "incident/runs.h"

/*
 * runs.text is the playbook as it was when the run began.  due_ns: when the run is looked at again.
 * An effect that is planned is carried out; one that is begun is on its way.
 */
#define RUNS_SCHEMA                                                                                \
	"CREATE TABLE runs(id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL"        \
	" REFERENCES incidents(n), playbook TEXT NOT NULL, text TEXT NOT NULL,"                    \
	" status TEXT NOT NULL, unasked INTEGER NOT NULL, by TEXT NOT NULL,"                       \
	" started_ns INTEGER NOT NULL, ended_ns INTEGER NOT NULL DEFAULT 0,"                       \
	" last INTEGER NOT NULL DEFAULT 0, due_ns INTEGER NOT NULL);"                              \
	"CREATE INDEX runs_incident ON runs(incident);"                                            \
	"CREATE INDEX runs_due ON runs(due_ns) WHERE status IN ('active','rolling-back');"         \
	"CREATE TABLE run_steps(run INTEGER NOT NULL REFERENCES runs(id), step INTEGER NOT NULL,"  \
	" state TEXT NOT NULL, tries INTEGER NOT NULL, approved INTEGER NOT NULL,"                 \
	" escalated INTEGER NOT NULL, begun_ns INTEGER NOT NULL, next_ns INTEGER NOT NULL,"        \
	" ended_ns INTEGER NOT NULL, place INTEGER NOT NULL, found INTEGER NOT NULL,"              \
	" dry INTEGER NOT NULL DEFAULT 0, who TEXT NOT NULL DEFAULT '',"                           \
	" note TEXT NOT NULL DEFAULT '', output TEXT NOT NULL DEFAULT '',"                         \
	" answers TEXT NOT NULL DEFAULT '', PRIMARY KEY(run, step)) WITHOUT ROWID;"                \
	"CREATE TABLE run_effects(id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL"      \
	" REFERENCES runs(id), step INTEGER NOT NULL, kind INTEGER NOT NULL,"                      \
	" target TEXT NOT NULL, key TEXT NOT NULL UNIQUE, state TEXT NOT NULL,"                    \
	" dry INTEGER NOT NULL DEFAULT 0, ref TEXT NOT NULL, result TEXT NOT NULL DEFAULT '',"     \
	" at_ns INTEGER NOT NULL);"                                                                \
	"CREATE INDEX run_effects_run ON run_effects(run, step);"                                  \
	"CREATE INDEX run_effects_live ON run_effects(state)"                                      \
	" WHERE state IN ('planned','begun');"

struct runs_one { /* a run that was loaded */
	struct incidents *all;
	int64_t id, incident;
	struct playbook *book;
	struct run run;
	enum run_status was;
	struct run_facts facts;
	struct arena *arena; /* of the texts below */
	struct str answers[PLAYBOOK_STEPS_MAX];
	struct str title, by;
	bool open; /* the incident is */
	struct playword_values values;
	char name[INCIDENT_NAME_SIZE];
	struct str lone; /* the answer that was asked for last */
};

/* incident 0: whichever it belongs to.  runs_close() in any case.  FAIL_NOT_FOUND. */
enum err runs_load(struct incidents *all, int64_t incident, int64_t id, struct runs_one *ret,
    struct diag *why) __attribute__((nonnull(1, 4)));
void runs_close(struct runs_one *one) NONNULL;
/*
 * Lets the machine go on, writes what changed, plans the effects that follow, tells the timeline.
 * Inside a transaction.
 */
enum err runs_save(struct runs_one *one, int64_t now, struct diag *why) __attribute__((nonnull(1)));
/* A line of the timeline about a step (NULL: about the run). */
enum err runs_tell(struct runs_one *one, const struct playbook_step *s, struct str who,
    const char *words, struct str more, int64_t now, struct diag *why)
    __attribute__((nonnull(1, 4)));
/* Who changed the step, and his words. */
enum err runs_note(struct runs_one *one, size_t step, struct str who, struct str note,
    struct str answers, struct diag *why) __attribute__((nonnull(1)));
/* Plans what a step in RUNNING or UNDOING asks for; one without any fails, or is done. */
enum err runs_plan(struct runs_one *one, size_t step, bool late, int64_t now, struct diag *why)
    __attribute__((nonnull(1)));
/* FAIL_SYNTAX: the answers are not what the step's form asks for. */
enum err runs_check_answers(const struct runs_one *one, size_t step, struct str answers,
    struct diag *why) __attribute__((nonnull(1)));
/* *ret_again: nobody could now. */
enum err runs_carry_out(struct incidents *all, const struct runs_hooks *hooks, int64_t effect,
    int64_t now, bool *ret_again, struct diag *why) __attribute__((nonnull(1, 2, 5)));

#endif
