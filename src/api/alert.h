/* What the files about alerts, channels and deliveries share. */
#ifndef API_ALERT_H
#define API_ALERT_H

#include "alert/act.h"
#include "alert/outbox.h"
#include "api/internal.h"
#include "api/members.h"

#define ALERT_BODY_BUDGET ((size_t)4 << 20) /* memory for reading one body */
#define ALERT_LIST_MAX 1000                 /* of one page */

/* Answers what the alert layer says: 400, 404, 409, 422 or 503. */
void alert_fail(struct http *r, enum err e, const struct diag *why) NONNULL;
/* One alert as an object, and the same without its end, to add members to. */
void alert_put(struct jsonw *w, const struct alerts_row *row) NONNULL;
void alert_put_open(struct jsonw *w, const struct alerts_row *row) NONNULL;
/* The same as alert_put(), and the incident it is in; the member alone. */
void alert_put_in(const struct api *a, struct jsonw *w, const struct alerts_row *row) NONNULL;
void alert_put_incident(const struct api *a, struct jsonw *w, const char *id) NONNULL;
/* Name of the caller for histories. */
struct str alert_caller(const struct http *r) NONNULL;
/* Answers with one alert, its history and deliveries; with "undo" when it is not NULL. */
void alert_reply(struct api *a, struct http *r, struct str id, const char *undo)
    __attribute__((nonnull(1, 2)));

/* filter.c: one member of a filter.  FAIL_NOT_FOUND: it has no such member. */
enum err filter_take(struct alerts_filter *f, struct str name, struct str value, struct diag *why)
    __attribute__((nonnull(1)));
/* The query of a request; what is no filter goes to `other` (may be NULL: refused with 400). */
bool filter_query(struct http *r, struct alerts_filter *f,
    bool (*other)(void *ctx, struct str name, struct str value), void *ctx)
    __attribute__((nonnull(1, 2)));
enum err filter_map(const struct jsonr *map, struct alerts_filter *f, struct diag *why)
    __attribute__((nonnull(2)));

/* deliveries.c */
void deliveries_put(struct jsonw *w, const struct outbox_row *row) NONNULL;

#endif
