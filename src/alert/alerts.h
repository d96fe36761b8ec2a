/*
 * Alerts in SQLite (data/state.db): raised by findings, looked after by people
 * (alert/act.h), sent to channels (alert/outbox.h).  One connection per thread:
 * the detector thread writes what it finds, the loop thread what people do.
 *
 * `rev` is one rising number over all changes of alerts: every change gives
 * the alert the next one.  Who has seen rev N asks for what came after.
 */
#ifndef ALERT_ALERTS_H
#define ALERT_ALERTS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define ALERTS_EVIDENCE_MAX 100
#define ALERTS_ID_SIZE 33     /* 32 hexadecimal digits */
#define ALERTS_CURSOR_SIZE 56 /* text of a place in a list */
#define ALERTS_SEARCH_MS 800  /* a list, total or grouping that takes longer: FAIL_LIMIT */
#define ALERTS_HISTORY_MAX 1000
#define ALERTS_WHOM_NEWEST 50000 /* alerts that are looked through for whom they concern */

enum alerts_status {
	ALERTS_OPEN,
	ALERTS_ACKNOWLEDGED,
	ALERTS_IN_PROGRESS,
	ALERTS_RESOLVED,
	ALERTS_FALSE_POSITIVE,
	ALERTS_STATUSES
};
/* Also the rank: the lower, the more urgent. */
enum alerts_severity {
	ALERTS_CRITICAL,
	ALERTS_HIGH,
	ALERTS_MEDIUM,
	ALERTS_LOW,
	ALERTS_INFO,
	ALERTS_SEVERITIES
};

struct alerts;

struct alerts_finding {
	struct str id; /* 32 hexadecimal digits */
	struct str rule_id, title, severity, tags, advice, group, summary, action, details;
	unsigned confidence;         /* percent; 0: nobody says */
	struct str user, address;    /* of the record that made it fire; may be empty */
	struct str country, network; /* of that address */
	struct str origin;           /* the source the record came by */
	struct str session, key;     /* of that record too; of API */
	int64_t first, last;         /* event time, ns */
	uint64_t n_first, n_more, seq;
	const uint64_t *evidence;
	size_t n_evidence;
	bool demo;   /* the record behind it is of the demonstration: no messages */
	bool is_new; /* result: this finding made the alert */
};

struct alerts_row { /* texts are borrowed during the call of an alerts_row_fn */
	char id[ALERTS_ID_SIZE];
	struct str rule_id, title, severity, tags, advice, group, summary;
	struct str action, details; /* what should be done; an object of JSON; may be "" */
	struct str affected;        /* alert/affected.h */
	unsigned confidence;        /* percent; 0: nobody says */
	enum alerts_status status;
	struct str owner;                  /* "" nobody */
	struct str reason;                 /* of the one who resolved it: alert/act.h; "" */
	struct str status_by, status_note; /* who changed it last, and the words given */
	int64_t first, last, created, updated;
	int64_t acked, closed; /* first taken on by somebody; resolved or false positive; 0: not */
	int64_t late;          /* nobody had taken it on in time; 0: not; below: not looked at */
	struct str quiet;      /* why nobody was told: "silence:ID", "inhibited:ALERT"; "" */
	uint64_t count, rev, comments;
	bool demo; /* every finding of it was */
	uint64_t evidence[ALERTS_EVIDENCE_MAX];
	size_t n_evidence;
};

enum alerts_demo { ALERTS_DEMO_ANY, ALERTS_DEMO_ONLY, ALERTS_DEMO_NONE };
enum alerts_quiet { ALERTS_QUIET_ANY, ALERTS_QUIET_ONLY, ALERTS_QUIET_NONE };

/* Zeroed: every alert.  A text with p NULL is not asked for; "" asks for the empty one. */
struct alerts_filter {
	unsigned statuses, severities; /* bits 1 << enum; 0: any */
	struct str rule_id, group, owner;
	struct str text;  /* in title, group, summary, rule or id; ASCII case does not count */
	int64_t from, to; /* last seen: from <= last < to; 0: open */
	enum alerts_demo demo;
	enum alerts_quiet quiet; /* nobody was told of it */
	int64_t silence;         /* this one hid it; 0: not asked */
	struct str whom; /* a line of alert/affected.h, of whom it is; looks at the newest only */
	uint64_t as_of;  /* only those raised when rev was no higher; 0: any */

	/* Of alerts_list() only. */
	int64_t after_last;            /* with after_id: goes on behind this alert */
	char after_id[ALERTS_ID_SIZE]; /* "": from the start */
	unsigned limit;                /* 0: 100 */
};

/* Creates the file and brings an older one up to date. */
enum err alerts_open(const char *path, struct alerts **ret, struct diag *why);
void alerts_close(struct alerts *a); /* NULL is fine */

/*
 * All findings up to log number `position` in one transaction; `position` is stored with them, so
 * each finding is counted once whatever crashes.  A new alert, and one that stops being
 * demonstration, gets its rows in the outbox in the same transaction.  ALERTS_STAY as position:
 * they are nothing the detector found, and what is stored of it stays.
 */
#define ALERTS_STAY UINT64_MAX
enum err alerts_apply(struct alerts *a, struct alerts_finding *f, size_t n, uint64_t position,
    int64_t now, struct diag *why);
uint64_t alerts_position(struct alerts *a); /* detected through; 0 at first */

/*
 * Says whom the records are about that a new alert is made of: called by alerts_apply() for each,
 * before that of the finding itself.  `set` is one of alert/affected.h.
 */
struct buf;
typedef void (*alerts_whom_fn)(void *ctx, uint64_t seq, struct buf *set);
void alerts_whom(struct alerts *a, alerts_whom_fn fn, void *ctx);

typedef enum err (*alerts_row_fn)(void *ctx, const struct alerts_row *row);

/* Newest `last` first, then by id.  What fn returns other than OK ends it and is returned. */
enum err alerts_list(struct alerts *a, const struct alerts_filter *filter, alerts_row_fn fn,
    void *ctx, struct diag *why);
/* Place of a row in the list, as text for a client, and back; returns `to`; false: no cursor. */
char *alerts_cursor(const struct alerts_row *row, char to[ALERTS_CURSOR_SIZE]);
bool alerts_cursor_read(struct str text, struct alerts_filter *to);
enum err alerts_total(struct alerts *a, const struct alerts_filter *filter, uint64_t *ret,
    struct diag *why);

enum alerts_by { ALERTS_BY_RULE, ALERTS_BY_GROUP, ALERTS_BY_SEVERITY };
struct alerts_group {
	struct str key, title, severity; /* the most urgent one in it; title of its newest alert */
	uint64_t alerts, open, count;    /* count: events */
	int64_t last;
};
typedef enum err (*alerts_group_fn)(void *ctx, const struct alerts_group *g);
/* Most urgent first, then most alerts; at most filter->limit (0: 100). */
enum err alerts_groups(struct alerts *a, enum alerts_by by, const struct alerts_filter *filter,
    alerts_group_fn fn, void *ctx, struct diag *why);

/* id may be a unique prefix of at least 4 digits.  FAIL_NOT_FOUND, FAIL_EXISTS when not unique. */
enum err alerts_get(struct alerts *a, struct str id, alerts_row_fn fn, void *ctx, struct diag *why);
/* The full id that a prefix stands for; as alerts_get(). */
enum err alerts_full_id(struct alerts *a, struct str prefix, char ret[ALERTS_ID_SIZE],
    struct diag *why);

struct alerts_entry { /* one line of the history of an alert */
	int64_t time;
	struct str by;           /* "" the program itself */
	struct str action;       /* word of alert/act.h; "again": it came back; "undo" */
	struct str from, to;     /* statuses, of "assign" owners, else "" */
	struct str reason, note; /* may be "" */
};
typedef enum err (*alerts_entry_fn)(void *ctx, const struct alerts_entry *e);
/* Oldest first; the newest ALERTS_HISTORY_MAX. */
enum err alerts_history(struct alerts *a, struct str full_id, alerts_entry_fn fn, void *ctx,
    struct diag *why);

/* How many there are, exactly and at once, however many. */
struct alerts_tally {
	uint64_t n[ALERTS_STATUSES][ALERTS_SEVERITIES];
};
enum err alerts_tally(struct alerts *a, struct alerts_tally *ret, struct diag *why);
uint64_t alerts_count(struct alerts *a, struct str status); /* "" for all */

struct alerts_rule_stat {
	struct str rule_id;
	uint64_t alerts, open;
	int64_t last;     /* newest event of it */
	uint64_t day[30]; /* alerts made on each day; [29] is the day of `now` (UTC) */
};
typedef enum err (*alerts_rule_fn)(void *ctx, const struct alerts_rule_stat *s);
/* Each rule that ever made an alert. */
enum err alerts_rules(struct alerts *a, int64_t now, alerts_rule_fn fn, void *ctx,
    struct diag *why);

/*
 * The feed: a few microseconds while nothing changes, from any connection.  alerts_gap() is the rev
 * at which alerts were last erased: who has seen less must start again.
 */
uint64_t alerts_rev(struct alerts *a);
uint64_t alerts_gap(struct alerts *a);
/* Alerts whose rev is above `since`, in its order, at most `limit`, each as it is now. */
enum err alerts_changes(struct alerts *a, uint64_t since, unsigned limit, alerts_row_fn fn,
    void *ctx, struct diag *why);

/* Demonstration alerts with all that belongs to them. */
enum err alerts_erase_demo(struct alerts *a, uint64_t *ret_n, struct diag *why);

const char *alerts_status_word(enum alerts_status s);
bool alerts_status_find(struct str word, enum alerts_status *ret);
const char *alerts_severity_word(enum alerts_severity s);
bool alerts_severity_find(struct str word, enum alerts_severity *ret);

#endif
