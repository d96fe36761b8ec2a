/* What the files of this layer share. */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include "api/api.h"
#include "api/handlers.h"
#include "base/jsonw.h"
#include "http/http.h"

struct events_post;
struct query_job;
struct streams;
struct overview;

struct api {
	struct api_host host;
	struct route *routes;
	size_t n_routes;
	struct map *sources;       /* "name NUL format" -> struct batch_source */
	struct batch_source own;   /* of events about ourselves */
	unsigned ledger_http;      /* line of bodies whose source is not known yet */
	struct events_post *posts; /* requests whose events are on their way */
	unsigned n_posts;
	struct query_job *jobs;
	struct streams *streams;   /* made with the first */
	struct overview *overview; /* what was found out about alerts last */
	uint64_t inbound_refused;  /* webhooks with a wrong signature */
	unsigned n_tests;          /* test messages on their way */
	unsigned n_drills;         /* test alerts of which somebody waits to hear */
	struct map *pulled;        /* bouncers, and how far each has heard; made with the first */
	struct json *json;         /* reads small bodies */
	struct country *country;   /* looks places up; made with the first */
};

/* The rows of routes.c. */
const struct route *routes_all(size_t *ret_n) NONNULL;

/* Answers what is still owed with 503 and forgets it. */
void events_end(struct api *a) NONNULL;
void query_end(struct api *a) NONNULL;
void stream_end(struct api *a) NONNULL;
/* Alerts changed: whoever listens is told soon. */
void stream_wake(struct api *a) NONNULL;

/* The ledger added up over all sources. */
struct ledger_sum {
	uint64_t received, logged, refused;
	bool balanced;
};
void ledger_sum(const struct api *a, struct ledger_sum *ret) NONNULL;

/* A body for /v1/events that the server refused. */
void events_refused(struct api *a, int status) NONNULL;

/* Value of `name` in a label of the Prometheus text format, escaped. */
void metrics_escape(struct str value, struct buf *to) __attribute__((nonnull(2)));

#endif
