/*
 * What `tocsin notify` is asked and what it answers: a line of JSON each.
 * The asker is our own daemon, yet nothing in a line is trusted: an alert's
 * texts come from whoever wrote the log.
 *
 *   {"id":7,"key":"...","created":"2026-11-21T02:03:04Z","timeout_ms":15000,"event":"raise",
 *    "channel":{"name":"ops","type":"email","settings":{...},"secret":"file:/..."},
 *    "alert":{"id":"...","title":"...","severity":"HIGH",...},"url":"...","ack_url":"..."}
 *   {"id":7,"verdict":"retry","after_ms":120000,"ms":34,"detail":"429 Too Many Requests"}
 */
#ifndef NOTIFY_JOB_H
#define NOTIFY_JOB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jsonr.h"

#define JOB_LINE_MAX ((size_t)1 << 18)
#define JOB_ARENA ((size_t)4 << 20) /* enough for any line */
#define JOB_TO_MAX 50
#define JOB_TAGS_MAX 64
#define JOB_ADDRESS_MAX 254 /* bytes of a person's address */
#define JOB_DETAIL_SIZE 400
#define JOB_SAID_SIZE 1024
#define JOB_TIMEOUT_MAX_MS 300000

enum job_type { JOB_EMAIL, JOB_WEBHOOK, JOB_ACTION, JOB_KIND };
enum job_security { JOB_STARTTLS, JOB_TLS, JOB_PLAIN };
enum job_severity { JOB_CRITICAL, JOB_HIGH, JOB_MEDIUM, JOB_LOW, JOB_INFO, JOB_SEVERITIES };

enum job_event {
	JOB_RAISE,
	JOB_ACK,
	JOB_RESOLVE,
	JOB_BUNDLE,
	JOB_COMMENT, /* on the ticket alert.ticket */
	JOB_CLOSE,   /* it */
	JOB_EVENTS
};

struct job_channel {
	struct str name;
	enum job_type type;
	struct str secret; /* reference (notify/secret.h); "" none */
	/* email */
	struct str host, user, from, to[JOB_TO_MAX];
	size_t n_to;
	uint16_t port; /* 0: 587, 465, 25 by security */
	enum job_security security;
	/* webhook, action (notify/action.h) */
	struct str url;
	bool allow_private; /* of a kind too */
	/* any other type: a channel file (notify/kind.h) */
	struct str kind;
	const struct jsonr *settings;
};

struct job_alert {
	struct str id, rule_id, title, group, summary, advice, action, tags[JOB_TAGS_MAX];
	struct str user, ip; /* the first that it is about; "" */
	struct str by;       /* who acknowledged or closed it; "" nobody */
	struct str ticket;   /* id of the ticket that was made of it; "" */
	size_t n_tags;
	enum job_severity severity;
	struct str first, last;    /* RFC 3339 */
	int64_t count, confidence; /* percent; 0: nobody says */
};

struct job {
	int64_t id;
	struct str key;          /* the same at every attempt; letters, digits, - _ . : */
	struct str created;      /* when the alert was raised, RFC 3339 */
	struct str url, ack_url; /* of the page; "" when it has no public address */
	enum job_event event;
	/* Whom it is for; address in place of the channel's own (of email it is in `to` already);
	 * "" */
	struct str person, address;
	unsigned timeout_ms;
	bool test; /* a message that somebody asked for: no alert */
	struct job_channel channel;
	struct job_alert alert;
};

/*
 * What goes into a line.  `channel` is a ready JSON object with name, type, settings (as
 * alert/channels.h has them) and secret; `alert` one as job_alert, "" for none.
 */
struct job_order {
	int64_t id;
	struct str key, created, url, ack_url;
	struct str event, person, address; /* as job, event by its word; "" */
	unsigned timeout_ms;
	bool test;
	struct str channel, alert;
};
void job_put(const struct job_order *o, struct buf *to) NONNULL; /* with its LF */

/* FAIL_SYNTAX, FAIL_LIMIT; *ret lives as long as the arena and the line.  ret->id is set if known.
 */
enum err job_parse(struct arena *a, struct str line, struct job *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));

enum job_verdict {
	JOB_OK,
	JOB_RETRY, /* it may work later */
	JOB_NEVER  /* the receiver refuses this message for good */
};
struct job_result {
	int64_t id;
	enum job_verdict verdict;
	int64_t after_ms; /* of JOB_RETRY: what the receiver asks to wait; 0: it said nothing */
	int64_t ms;       /* the attempt took */
	char detail[JOB_DETAIL_SIZE];
	char said[JOB_SAID_SIZE]; /* of an action: the beginning of the answer; of a ticket:
				     call_ticket() */
};
void job_result_put(const struct job_result *r, struct buf *to) NONNULL; /* with its LF */
enum err job_result_parse(struct str line, struct job_result *ret, struct diag *why)
    __attribute__((nonnull(2)));
/* Sets verdict and words; what is unsafe on a terminal is escaped. */
void job_result_set(struct job_result *r, enum job_verdict v, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

const char *job_severity_word(enum job_severity s); /* "CRITICAL" */

#endif
