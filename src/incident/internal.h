/* What the files of this layer share. */
#ifndef INCIDENT_INTERNAL_H
#define INCIDENT_INTERNAL_H

#include "base/buf.h"
#include "base/db.h"
#include "incident/incident.h"

struct guide;

struct incidents {
	struct db *db;
	struct db_stmt *rev, *entry;
	const struct guide *guide; /* of incidents that are opened from now on; NULL: none */
	bool inside;               /* a transaction of incident_begin() */
};

/* A transaction of its own, unless one is open: enter, work, leave. */
enum err incident_enter(struct incidents *all, bool *ret_own, struct diag *why)
    __attribute__((nonnull(1, 2)));
enum err incident_leave(struct incidents *all, bool own, enum err e, struct diag *why)
    __attribute__((nonnull(1)));

/* The number that a statement with one parameter, or none, finds.  FAIL_NOT_FOUND: no row. */
enum err incident_number(struct incidents *all, const char *sql, int64_t arg, int64_t *ret,
    struct diag *why) __attribute__((nonnull(1, 2, 4)));
/* A statement with one parameter, a number, that returns no rows. */
enum err incident_run(struct incidents *all, const char *sql, int64_t arg, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* FAIL_NOT_FOUND, FAIL_DENIED. */
enum err incident_must_be_open(struct incidents *all, int64_t n, struct diag *why)
    __attribute__((nonnull(1)));
/* Figures of an incident that follow from its alerts and evidence. */
enum err join_add_up(struct incidents *all, int64_t n, struct diag *why)
    __attribute__((nonnull(1)));
bool incident_origin_find(struct str word, enum incident_origin *ret) __attribute__((nonnull(2)));

/* `s`, or its beginning when it is longer; never with p NULL. */
struct str incident_cut(struct str s, size_t max);

/* Steps of the schema (schema.c). */
extern const char *const schema_steps[];
extern const size_t schema_n;

#endif
