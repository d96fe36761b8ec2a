/* What is sent to a receiver by HTTP, ready to send; and what its answer means. */
#ifndef NOTIFY_CALL_H
#define NOTIFY_CALL_H

#include "notify/job.h"
#include "notify/kind.h"

#define CALL_HEADERS_MAX 16

enum call_over { CALL_HTTP, CALL_UDP, CALL_TCP, CALL_TLS }; /* all but HTTP: syslog */

struct call {
	enum call_over over;
	struct buf host; /* of syslog, with its NUL; url is empty then */
	uint16_t port;
	struct buf url, body, method;
	struct buf headers[CALL_HEADERS_MAX]; /* "Name: value", with its NUL */
	size_t n_headers;
	struct buf user, password; /* with their NUL; empty: no log-in */
	struct buf aws;            /* "aws:amz:REGION:SERVICE" with its NUL: signed by these */
};

/* Wipes and frees. */
void call_fini(struct call *q) NONNULL;
#define auto_call AUTO(call_fini)

/* A webhook; FAIL_*: its key cannot be read (try again). */
enum err call_webhook(const struct job *j, int64_t now, struct call *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
/*
 * Of a kind, `secret` in hand.  FAIL_DENIED, FAIL_SYNTAX, FAIL_LIMIT: never.  A test message goes
 * out as an alert that says so.
 */
enum err call_make(const struct kind *k, const struct job *j, struct str secret, struct call *ret,
    struct diag *why) __attribute__((nonnull(1, 2, 4)));

/* As webhook_verdict(), by the rules of a kind; `said` is the whole answer. */
void call_verdict(const struct kind *k, long status, struct str retry_after, struct str said,
    int64_t now, struct job_result *ret) __attribute__((nonnull(1, 6)));

/* The ticket that was made, if it says one: {"id":..,"url":..} into ret->said.  After a verdict. */
void call_ticket(const struct kind *k, const struct job *j, struct str said, struct job_result *ret)
    __attribute__((nonnull(1, 2, 4)));

#endif
