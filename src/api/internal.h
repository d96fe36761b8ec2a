/* What the files of this layer share. */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include "api/api.h"
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
	unsigned n_tests;  /* test messages on their way */
	struct json *json; /* reads small bodies */
};

/* Handlers, of type struct route.handler; ctx is the api. */
void events_handle(void *ctx, struct http *r) NONNULL;
void query_handle(void *ctx, struct http *r) NONNULL;
void alerts_handle_list(void *ctx, struct http *r) NONNULL;
void alerts_handle_get(void *ctx, struct http *r) NONNULL;
void alerts_handle_groups(void *ctx, struct http *r) NONNULL;
void alerts_handle_action(void *ctx, struct http *r) NONNULL;
void alerts_handle_bulk(void *ctx, struct http *r) NONNULL;
void alerts_handle_undo(void *ctx, struct http *r) NONNULL;
void alerts_handle_ack_link(void *ctx, struct http *r) NONNULL;
void channels_handle_list(void *ctx, struct http *r) NONNULL;
void channels_handle_add(void *ctx, struct http *r) NONNULL;
void channels_handle_set(void *ctx, struct http *r) NONNULL;
void channels_handle_remove(void *ctx, struct http *r) NONNULL;
void channels_handle_test(void *ctx, struct http *r) NONNULL;
void channels_handle_test_saved(void *ctx, struct http *r) NONNULL;
void deliveries_handle_list(void *ctx, struct http *r) NONNULL;
void deliveries_handle_resend(void *ctx, struct http *r) NONNULL;
void deliveries_handle_resend_all(void *ctx, struct http *r) NONNULL;
void health_handle_alive(void *ctx, struct http *r) NONNULL;
void health_handle_ready(void *ctx, struct http *r) NONNULL;
void metrics_handle(void *ctx, struct http *r) NONNULL;
void ledger_handle(void *ctx, struct http *r) NONNULL;
void openapi_handle(void *ctx, struct http *r) NONNULL;
void fields_handle(void *ctx, struct http *r) NONNULL;
void rules_handle_list(void *ctx, struct http *r) NONNULL;
void rules_handle_get(void *ctx, struct http *r) NONNULL;
void rules_handle_enable(void *ctx, struct http *r) NONNULL;
void rules_handle_disable(void *ctx, struct http *r) NONNULL;
void setup_handle(void *ctx, struct http *r) NONNULL;
void invites_handle_accept(void *ctx, struct http *r) NONNULL;
void session_handle_login(void *ctx, struct http *r) NONNULL;
void session_handle_me(void *ctx, struct http *r) NONNULL;
void session_handle_logout(void *ctx, struct http *r) NONNULL;
void session_handle_password(void *ctx, struct http *r) NONNULL;
void sessions_handle_list(void *ctx, struct http *r) NONNULL;
void sessions_handle_end(void *ctx, struct http *r) NONNULL;
void sessions_handle_revoke(void *ctx, struct http *r) NONNULL;
void users_handle_list(void *ctx, struct http *r) NONNULL;
void users_handle_add(void *ctx, struct http *r) NONNULL;
void users_handle_set(void *ctx, struct http *r) NONNULL;
void users_handle_delete(void *ctx, struct http *r) NONNULL;
void users_handle_invite(void *ctx, struct http *r) NONNULL;
void tokens_handle_list(void *ctx, struct http *r) NONNULL;
void tokens_handle_add(void *ctx, struct http *r) NONNULL;
void tokens_handle_delete(void *ctx, struct http *r) NONNULL;
void overview_handle(void *ctx, struct http *r) NONNULL;
void stream_handle(void *ctx, struct http *r) NONNULL;
void demo_handle_load(void *ctx, struct http *r) NONNULL;
void demo_handle_erase(void *ctx, struct http *r) NONNULL;

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
