/*
 * A call to the application that carries out responses: a POST that begins or ends one, a GET that
 * asks for its state.  The channel of the job has the type "action" and these settings:
 *
 *   url       of the application
 *   content   of a POST the body, else the query behind the "?"; it is what is signed
 *   post      true or false
 *
 * Signed as Standard Webhooks are, and always: without a key nothing is sent.
 */
#ifndef NOTIFY_ACTION_H
#define NOTIFY_ACTION_H

#include "notify/call.h"

#define ACTION_CONTENT_MAX ((size_t)16384)

/* FAIL_SYNTAX: there is nothing to send; FAIL_*: its key cannot be read (try again). */
enum err action_call(const struct job *j, int64_t now, struct call *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
/* By status; what a 2xx said is in ret->said. */
void action_verdict(long status, struct str retry_after, struct str said, int64_t now,
    struct job_result *ret) __attribute__((nonnull(5)));

#endif
