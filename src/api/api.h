/*
 * The HTTP API, version 1.  What it serves comes from a struct api_host that
 * app fills in.  Loop thread only.
 */
#ifndef API_API_H
#define API_API_H

#include "http/route.h"
#include "http/server.h"
#include "ingest/batch.h"
#include "ingest/ledger.h"

struct alerts;
struct book;
struct api;
struct child;
struct door;
struct enrich;
struct guide;
struct incidents;
struct loop;
struct respond;
struct routing;
struct ruleset;
struct rollup;

#define API_ITEMS_MAX 100000 /* events in one request */
#define API_SOURCES_MAX 200  /* pairs of ?source= and ?format= */
#define API_WAITING_MAX 256  /* requests whose events are on their way; more: 429 */

/* How things stand.  Read whenever somebody asks: must be cheap. */
struct api_facts {                        /* counters are since the start of the process */
	int64_t started;                  /* ns UTC */
	bool log_ok, detect_ok, store_ok; /* writable / running / running */
	uint64_t log_first, log_last, log_bytes, log_seals;
	uint64_t log_start; /* log_last when this process started */
	uint64_t log_notes; /* records since the start that are no events: rec_is_tick() */
	uint64_t detected_through, stored_through;
	uint64_t rules, findings, detect_keys, detect_evicted;
	uint64_t findings_dropped;           /* of rules that are switched off */
	uint64_t in_flight;                  /* events submitted to the sink and not answered */
	uint64_t queue_len, queue_max;       /* batches waiting for a parser */
	uint64_t store_starts, query_starts; /* processes started */
	uint64_t queries_running, queries_max;
	bool notify_ok;                                         /* messages can leave */
	uint64_t notify_starts;                                 /* processes started */
	uint64_t messages_sent, messages_failed, messages_dead; /* attempts by their end */
	uint64_t messages_on_their_way;
	enum api_demo { API_DEMO_NONE, API_DEMO_LOADING, API_DEMO_LOADED } demo;
};

/* Who gets what a query worker says: as in ev/child.h. */
struct api_query_user {
	void (*output)(void *ctx, struct str bytes); /* bytes.n 0 once, at the end */
	void (*exited)(void *ctx, int status);
	void *ctx;
};

/* How a test message went. */
struct api_sent {
	bool ok;
	int64_t ms;
	struct str detail; /* "250 2.0.0 Ok", "connection refused" ...; borrowed */
};
typedef void (*api_sent_fn)(void *ctx, const struct api_sent *sent);

/* How far a change of all rules is. */
enum api_reload_state { API_RELOAD_NEVER, API_RELOAD_RUNS, API_RELOAD_DONE, API_RELOAD_FAILED };

struct api_reload {
	enum api_reload_state state;
	int64_t began, ended;       /* ns; 0: not yet */
	char text[400];             /* failed: why */
	const struct diag *problem; /* failed: the first broken rules; borrowed */
	size_t n_problems;
};

/* Incidents, and what they go by. */
struct api_incidents {
	struct incidents *all;
	const struct guide *guide;
	/* A record of the log as JSON, appended.  FAIL_NOT_FOUND: it is not there any more. */
	enum err (*record)(void *ctx, uint64_t seq, struct buf *to, struct diag *why);
	void *ctx;
};

/* Playbooks: which there are, and whom to tell that somebody acted on a run. */
struct api_playbooks {
	const struct playlib *lib;
	void (*wake)(void *ctx);
	void *ctx;
};

/* `status` of the command as it ended, -1 when it did not end well; output is borrowed. */
typedef void (*api_tool_fn)(void *ctx, int status, struct str output);

struct api_host {
	struct loop *loop;
	/*
	 * The api counts in the ledger what it receives, refuses and cuts; what becomes of what the
	 * sink takes, the sink counts (ingest/ledger.h).
	 */
	struct batch_sink sink;
	struct ledger *ledger;
	struct alerts *alerts; /* connection of the loop thread */
	struct door *door;     /* for who logs in; knows the users */
	/* Who is on call: where the book is that is in force; NULL: nobody knows. */
	const struct book *const *book;
	struct str pagerduty_secret; /* its webhooks are signed with; "": none are taken */
	struct respond *respond;     /* what is done about alerts, or NULL */
	const struct api_incidents *incidents; /* or NULL */
	const struct api_playbooks *playbooks; /* or NULL */
	struct routing *routing;               /* who is told of alerts, or NULL */
	const struct server *server; /* for its figures; may be set later with api_server_set() */

	/* A warm worker (store/query.h) that has been given nothing yet.  FAIL_AGAIN: all are busy.
	 */
	enum err (*query_take)(void *ctx, const struct api_query_user *user, struct child **ret,
	    struct diag *why);
	/* Done with it, whatever its state: kill and reap it.  No callback comes any more. */
	void (*query_release)(void *ctx, struct child *c);
	int64_t query_timeout;   /* ns: default and most */
	uint64_t query_max_rows; /* default and most */

	/*
	 * Sends a test message at once, past the outbox.  `channel`, borrowed during the call:
	 * {"name":..,"type":T,"settings":{as in alert/channels.h},"secret":S}, S a
	 * reference ("file:/p", "env:N", "credential:N"), "value:" and the secret itself (of a
	 * channel that is not saved yet), or "".  `done` is called exactly once on the loop thread,
	 * perhaps before this returns; within 60 s.  NULL: there is nobody who sends.
	 */
	void (*channel_test)(void *ctx, struct str channel, api_sent_fn done, void *done_ctx);
	/* The same to one person, who may have an address of their own; "" for neither. */
	void (*page_test)(void *ctx, struct str channel, struct str person, struct str address,
	    api_sent_fn done, void *done_ctx);
	void *channel_ctx;
	/*
	 * Other kinds of channels than email and webhook: what GET /v1/channel-kinds answers
	 * (borrowed;
	 * "": none), and their settings, checked and completed.  NULL: there are none.
	 */
	struct str kinds;
	enum err (*kind_settings)(void *ctx, struct str kind, struct str given, struct buf *to,
	    struct diag *why);
	void *kinds_ctx;
	const char *evidence_dir; /* files of events that were kept, or NULL */
	const char *secrets_dir;  /* secrets typed on the page: CHANNEL.NAME, mode 0600 */

	/*
	 * Runs a command of this program with `input` as its standard input; `done` is called once,
	 * later.  FAIL_AGAIN: too many run.  NULL: nobody can.
	 */
	enum err (*tool_run)(void *ctx, const char *const *args, struct str input, api_tool_fn done,
	    void *done_ctx, struct diag *why);
	void *tool_ctx;

	const struct ruleset *rules;
	/* From now on findings of the rule count, or are dropped. */
	void (*rule_switch)(void *ctx, struct str rule_id, bool enabled);
	/* Reads all rules anew, later; FAIL_AGAIN: it is being done.  NULL: nobody can. */
	enum err (*rules_reload)(void *ctx, struct diag *why);
	void (*rules_report)(void *ctx, struct api_reload *ret);
	void *rules_ctx;

	void (*facts)(void *ctx, struct api_facts *ret);
	struct rollup *rollup; /* running figures, or NULL */
	struct enrich *enrich; /* which databases are in use, or NULL */
	/* Demonstration data, or NULL.  FAIL_EXISTS: they are there, or on their way. */
	enum err (*demo_load)(void *ctx, struct diag *why);
	/* FAIL_AGAIN: they are still on their way in. */
	enum err (*demo_erase)(void *ctx, uint64_t *ret_events, uint64_t *ret_alerts,
	    struct diag *why);
	void *demo_ctx;
	int64_t retain_events, retain_log; /* ns; 0: no limit */
	const char *version;
	bool metrics_open; /* /metrics without a token */
	void *query_ctx;   /* of query_take and query_release */
	void *ctx;         /* of facts */
};

/* `host` is copied; what it points to lives as long as the api. */
struct api *api_new(const struct api_host *host) NONNULL RETURNS_NONNULL;
/* After server_free(), and when no batch is on its way any more. */
void api_free(struct api *a); /* NULL is fine */

/* For struct server_opts: routes, n_routes, refused; ctx is the api. */
const struct route *api_routes(const struct api *a, size_t *ret_n) NONNULL;
void api_refused(void *api, const struct route *route, int status) NONNULL;
void api_server_set(struct api *a, const struct server *s) NONNULL;
/* Alerts were made or changed by somebody else than this api: streams tell of it at once. */
void api_alerts_changed(struct api *a) NONNULL;
/* From now on these are in force; the old ones are not asked about again. */
void api_rules_set(struct api *a, const struct ruleset *rules) NONNULL;
void api_limits_set(struct api *a, int64_t query_timeout, uint64_t query_max_rows) NONNULL;

#endif
