/*
 * Incidents follow alerts: what opens one, what joins, what was done about it
 * and who was told of it.  Loop thread.
 *
 * The rev up to which alerts were looked at is in one transaction with what
 * followed from them, so none is lost and none counts twice, wherever a crash
 * comes.
 */
#ifndef APP_INCIDENTS_H
#define APP_INCIDENTS_H

#include "alert/alerts.h"
#include "api/api.h"
#include "app/datadir.h"
#include "conf/conf.h"
#include "respond/leases.h"

struct incidents_desk;

struct incidents_opts {
	struct loop *loop;
	struct alerts *alerts; /* connection of the loop thread */
	struct leases *leases; /* what was done, or NULL */
	const struct conf *conf;
	const struct datadir *dir;
	void (*told)(void *ctx); /* there is a new message, or NULL */
	void *ctx;
};
enum err incidents_new(const struct incidents_opts *o, struct incidents_desk **ret,
    struct diag *why) __attribute__((nonnull(1, 2)));
void incidents_free(struct incidents_desk *d); /* NULL is fine */

/* For struct api_host; lives as long as the desk. */
const struct api_incidents *incidents_host(const struct incidents_desk *d) NONNULL RETURNS_NONNULL;

/*
 * For app/carriers.h, ctx is the desk: the alert is in an incident from now on; `words` says in
 * which.  FAIL_NOT_FOUND: there is no such alert.
 */
enum err incidents_for_alert(void *ctx, const char *alert_id, char words[LEASES_TEXT],
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

#endif
