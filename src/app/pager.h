/*
 * Walks pages: steps that are due become messages to the people who are on
 * call, by the channel that works; to the next contact when one does not, to
 * the next step when nobody answers in time, in the end to everybody.  Begins
 * or hastens it when an alert is not taken on in time.  Loop thread.
 *
 * All of it is in state.db, a step in one transaction: what was due when a
 * crash came is done at the next start, once.
 */
#ifndef APP_PAGER_H
#define APP_PAGER_H

#include "alert/alerts.h"
#include "conf/conf.h"
#include "oncall/book.h"

struct loop;
struct pager;

struct pager_opts {
	struct loop *loop;
	struct alerts *alerts; /* connection of the loop thread */
	const struct conf *conf;
	void (*wake)(void *ctx); /* there are messages */
	void *ctx;
};

/* FAIL_SYNTAX and the like: the files of who is on call are not understood. */
enum err pager_new(const struct pager_opts *o, struct pager **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void pager_free(struct pager *p); /* NULL is fine */
/* Reads the files again; the old book stays when the new one is not understood. */
enum err pager_reload(struct pager *p, const struct conf *conf, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* What PagerDuty signs its webhooks with, "" for nothing; lives as long as `p`. */
struct str pager_secret(const struct pager *p) NONNULL;
/* Where the book is that is in force. */
const struct book *const *pager_book(const struct pager *p) NONNULL RETURNS_NONNULL;

#endif
