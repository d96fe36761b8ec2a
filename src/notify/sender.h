/*
 * Sends the messages of one channel, one after the other, over a connection
 * that is kept.  Each call blocks its thread for no longer than the timeout of
 * its job and a second; whatever goes wrong is in the result.
 */
#ifndef NOTIFY_SENDER_H
#define NOTIFY_SENDER_H

#include "notify/job.h"
#include "notify/kind.h"

struct sender;

/* Once per process, before any thread: memory that libcurl lets go is wiped. */
enum err sender_prepare(struct diag *why);

/* `ca_file` (PEM) in place of the certificate authorities of the system; NULL: these.  Kept, as
 * is `kinds` (NULL: none). */
struct sender *sender_new(const char *ca_file, const struct kinds *kinds) RETURNS_NONNULL;
void sender_free(struct sender *s); /* NULL is fine */

void sender_send(struct sender *s, const struct job *j, struct job_result *ret) NONNULL;
/* Ends the call that is running soon; from any thread, for good. */
void sender_cancel(struct sender *s) NONNULL;

#endif
