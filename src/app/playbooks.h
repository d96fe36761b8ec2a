/*
 * Playbooks at work: begins them when incidents open, carries out what their
 * steps ask for, keeps tickets in step.  Loop thread.
 *
 * What is done outside is done once for each key of incident/runs.h: a response
 * has the key in its reason, a message in its id, a ticket is one for each
 * incident and channel.
 */
#ifndef APP_PLAYBOOKS_H
#define APP_PLAYBOOKS_H

#include "alert/alerts.h"
#include "api/api.h"
#include "conf/conf.h"

struct delivery;
struct incidents;
struct playbooks;
struct respond;

struct playbooks_opts { /* all borrowed */
	struct loop *loop;
	struct incidents *incidents;
	struct alerts *alerts; /* connection of the loop thread */
	struct respond *respond;
	struct delivery *delivery;
	const struct conf *conf;
	enum err (*query_take)(void *ctx, const struct api_query_user *user, struct child **ret,
	    struct diag *why);
	void (*query_release)(void *ctx, struct child *c);
	void *query_ctx;
};

/* FAIL_SYNTAX: a playbook or a setting is no good. */
enum err playbooks_new(const struct playbooks_opts *o, struct playbooks **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* Nothing begins any more, queries end; before those who carry things out do.  NULL is fine. */
void playbooks_stop(struct playbooks *p);
void playbooks_free(struct playbooks *p); /* after those; NULL is fine */
/* For struct api_host; lives as long as `p`. */
const struct api_playbooks *playbooks_host(const struct playbooks *p) NONNULL RETURNS_NONNULL;

/* The folder of the configuration, else what ships; for commands too.  FAIL_NOT_FOUND. */
struct playlib;
enum err playbooks_load(const struct conf *c, struct playlib *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
