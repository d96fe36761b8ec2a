/*
 * Answers alerts: follows them by rev, begins and ends leases, tells the helper
 * how the kernel should be.  Loop thread.
 *
 * The rev up to which alerts were answered is in one transaction with the
 * answers, so none is lost and none is given twice, wherever a crash comes.
 */
#ifndef APP_RESPONDER_H
#define APP_RESPONDER_H

#include "alert/alerts.h"
#include "conf/conf.h"
#include "rec/rec.h"
#include "respond/respond.h"

struct loop;
struct responder;
struct users;

struct responder_opts {
	struct loop *loop;
	struct alerts *alerts; /* connection of the loop thread */
	const struct conf *conf;
	const char *path;   /* respond.db */
	const char *people; /* who logs in from where: people.state */
};

enum err responder_new(const struct responder_opts *o, struct responder **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void responder_free(struct responder *r); /* NULL is fine */
/* Whose sessions are not to be cut off; once known. */
void responder_users(struct responder *r, struct users *u) NONNULL;
/* For struct detector_opts; ctx is the responder. */
void responder_seen(void *ctx, const struct rec *rec) NONNULL;
void responder_saving(void *ctx) NONNULL;
struct respond *responder_parts(struct responder *r) NONNULL RETURNS_NONNULL;

#endif
