/* What the handlers about users, sessions and tokens share. */
#ifndef API_PERSON_H
#define API_PERSON_H

#include "api/internal.h"
#include "user/door.h"

/* Answers with the status that fits a failed call of layer user. */
void person_fail(struct http *r, enum err e, const struct diag *why) NONNULL;
/* False, answered: the query has parameters where none are known. */
bool person_no_query(struct http *r) NONNULL;
/* "scopes":["read",...] */
void person_put_scopes(struct jsonw *w, unsigned scopes) NONNULL;
/* Key and time; null for 0. */
void person_put_time(struct jsonw *w, const char *key, int64_t ns) NONNULL;
/* {"user":{...}} into `to`, left open: }. */
void person_put_user(struct jsonw *w, const struct users_row *row) NONNULL;

/*
 * May a browser log in over this connection?  It must be TLS, or not leave
 * its machine: a secure cookie is taken over nothing else.
 */
bool person_safe(const struct http *r) NONNULL;

/* One of our own doings as an event of source "tocsin": it takes the way of all events. */
struct person_event {
	const char *type; /* "auth.login.failed" */
	const char *user, *message;
	const char *ip;
	struct str agent;
};
void person_event(struct api *a, const struct person_event *e) NONNULL;

#endif
