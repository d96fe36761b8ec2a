/*
 * Alerts of incidents.  An alert is in one incident at most; whom the alerts
 * of an incident are about adds up to whom the incident is about, whatever the
 * order in which they came.
 */
#ifndef INCIDENT_JOIN_H
#define INCIDENT_JOIN_H

#include "incident/incident.h"

#define JOIN_NAMES_MAX 64 /* of one alert; what is beyond is left out */
#define JOIN_NAME 128     /* bytes of one; longer ones are cut */

enum join_kind {
	JOIN_USER,
	JOIN_ADDRESS,
	JOIN_RULE /* rule and group: of an alert that is about nobody */
};
const char *join_kind_word(enum join_kind k) RETURNS_NONNULL;
struct join_name {
	enum join_kind kind;
	/* It is the only one of its kind, so that this alert is about it: others of it belong
	 * together. */
	bool alone;
	struct str name;
};
struct join_alert {                   /* as it is now */
	struct str id, title, status; /* status: its word */
	struct str status_by;         /* who set it */
	enum incident_severity severity;
	int64_t first, last, created, acked; /* acked: 0 not yet */
	const struct join_name *names;
	size_t n_names;
};

/*
 * It joins.  *ret_new (may be NULL): it was not in there before.  FAIL_EXISTS: it is in another
 * one, `why` says which; FAIL_LIMIT; FAIL_DENIED: the incident is not open.  `by`: "" the program.
 */
enum err join_add(struct incidents *all, int64_t n, const struct join_alert *a, struct str by,
    int64_t now, bool *ret_new, struct diag *why) __attribute__((nonnull(1, 3)));
/* An alert that is in one already, as it is now. */
enum err join_update(struct incidents *all, const struct join_alert *a, int64_t now,
    struct diag *why) __attribute__((nonnull(1, 2)));
/* The incident an alert is in; 0: none. */
enum err join_of(struct incidents *all, struct str alert, int64_t *ret_n, struct diag *why)
    __attribute__((nonnull(1, 3)));
struct join_found {
	int64_t n; /* 0: none */
	enum incident_type type;
	enum incident_origin origin;
};
/*
 * The newest open incident, no drill, that is about somebody this alert is about too, is of one of
 * `types` (bits 1 << type; 0: any) or was opened by correlation, and has an alert that is no older
 * than `window`.
 */
enum err join_find(struct incidents *all, const struct join_alert *a, unsigned types,
    int64_t window, struct join_found *ret, struct diag *why) __attribute__((nonnull(1, 2, 5)));
/*
 * Have `most` of this type opened by themselves since then and are open?  Then what would open
 * another one goes into the newest of them; *ret_n 0: no.
 */
enum err join_storm(struct incidents *all, enum incident_type type, int64_t since, unsigned most,
    int64_t *ret_n, struct diag *why) __attribute__((nonnull(1, 5)));
/* The type goes over to a later one of an attack, unless a person chose it. */
enum err join_raise(struct incidents *all, int64_t n, enum incident_type type, int64_t now,
    struct diag *why) __attribute__((nonnull(1)));

struct join_row { /* texts are borrowed for the call */
	struct str id, title, status;
	enum incident_severity severity;
	int64_t joined, first, last, created;
};
typedef enum err (*join_row_fn)(void *ctx, const struct join_row *row);
/* Oldest first. */
enum err join_alerts(struct incidents *all, int64_t n, join_row_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));
typedef enum err (*join_id_fn)(void *ctx, struct str id);
/* Alerts of open incidents by id, above `after`, at most `limit`. */
enum err join_of_open(struct incidents *all, struct str after, unsigned limit, join_id_fn fn,
    void *ctx, struct diag *why) __attribute__((nonnull(1, 4)));
typedef enum err (*join_name_fn)(void *ctx, enum join_kind kind, struct str name, uint64_t alerts);
/* Users, then addresses, each by the number of alerts, then by name. */
enum err join_names(struct incidents *all, int64_t n, join_name_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));

/*
 * All of `from` goes over into `into`: alerts, evidence, whom it is about.  Its timeline is read
 * with that of `into` from now on; itself it is "merged".  FAIL_DENIED: one of them is not open, or
 * one is a drill and the other is not; FAIL_LIMIT.
 */
enum err join_merge(struct incidents *all, int64_t from, int64_t into, struct str by, int64_t now,
    struct diag *why) __attribute__((nonnull(1)));

#endif
