/*
 * Carries out what responses ask for outside of the kernel: follows the leases (respond/carry.h)
 * and hands what is due to whoever carries it out.  Each of them is a file carry_X.c and a line in
 * the table of carriers.c.  Loop thread.
 */
#ifndef APP_CARRIERS_H
#define APP_CARRIERS_H

#include "alert/alerts.h"
#include "app/datadir.h"
#include "conf/conf.h"
#include "respond/respond.h"

struct carriers;
struct delivery;
struct enrich;
struct loop;
struct tools;

struct carriers_opts { /* all borrowed */
	struct loop *loop;
	struct respond *respond; /* its `carried` is set here */
	struct alerts *alerts;   /* connection of the loop thread */
	const struct conf *conf;
	const struct datadir *dir;
	struct delivery *delivery;
	struct tools *tools;
	struct enrich *enrich;
};

/*
 * FAIL_SYNTAX: the settings of the application are no good.  The environment's TOCSIN_RETRY_SCALE
 * is for tests, as in app/delivery.h.
 */
enum err carriers_new(const struct carriers_opts *o, struct carriers **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void carriers_free(struct carriers *c); /* NULL is fine */

/*
 * Opens an incident for an alert, or adds the alert to one; `words` says which.  The same alert
 * again is the same incident.
 */
typedef enum err (*carriers_incident_fn)(void *ctx, const char *alert_id, char words[LEASES_TEXT],
    struct diag *why);
/* Who does that; before the loop runs. */
void carriers_incidents(struct carriers *c, carriers_incident_fn open, void *ctx)
    __attribute__((nonnull(1, 2)));

#endif
