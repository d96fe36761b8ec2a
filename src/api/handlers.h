/* The handlers of routes.c, of type struct route.handler; ctx is the api. */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "http/http.h"

void events_handle(void *ctx, struct http *r) NONNULL;
void query_handle(void *ctx, struct http *r) NONNULL;
void alerts_handle_list(void *ctx, struct http *r) NONNULL;
void alerts_handle_get(void *ctx, struct http *r) NONNULL;
void alerts_handle_groups(void *ctx, struct http *r) NONNULL;
void alerts_handle_action(void *ctx, struct http *r) NONNULL;
void alerts_handle_bulk(void *ctx, struct http *r) NONNULL;
void alerts_handle_undo(void *ctx, struct http *r) NONNULL;
void alerts_handle_ack_link(void *ctx, struct http *r) NONNULL;
void silences_handle_list(void *ctx, struct http *r) NONNULL;
void silences_handle_add(void *ctx, struct http *r) NONNULL;
void silences_handle_preview(void *ctx, struct http *r) NONNULL;
void silences_handle_get(void *ctx, struct http *r) NONNULL;
void silences_handle_set(void *ctx, struct http *r) NONNULL;
void silences_handle_end(void *ctx, struct http *r) NONNULL;
void channels_handle_kinds(void *ctx, struct http *r) NONNULL;
void channels_handle_list(void *ctx, struct http *r) NONNULL;
void channels_handle_add(void *ctx, struct http *r) NONNULL;
void channels_handle_set(void *ctx, struct http *r) NONNULL;
void channels_handle_remove(void *ctx, struct http *r) NONNULL;
void channels_handle_test(void *ctx, struct http *r) NONNULL;
void channels_handle_test_saved(void *ctx, struct http *r) NONNULL;
void deliveries_handle_list(void *ctx, struct http *r) NONNULL;
void deliveries_handle_resend(void *ctx, struct http *r) NONNULL;
void deliveries_handle_resend_all(void *ctx, struct http *r) NONNULL;
void routing_handle_list(void *ctx, struct http *r) NONNULL;
void routing_handle_explain(void *ctx, struct http *r) NONNULL;
void blocks_handle_list(void *ctx, struct http *r) NONNULL;
void blocks_handle_get(void *ctx, struct http *r) NONNULL;
void blocks_handle_add(void *ctx, struct http *r) NONNULL;
void blocks_handle_action(void *ctx, struct http *r) NONNULL;
void allowed_handle_list(void *ctx, struct http *r) NONNULL;
void allowed_handle_add(void *ctx, struct http *r) NONNULL;
void allowed_handle_remove(void *ctx, struct http *r) NONNULL;
void decisions_handle_list(void *ctx, struct http *r) NONNULL;
void decisions_handle_stream(void *ctx, struct http *r) NONNULL;
void health_handle_alive(void *ctx, struct http *r) NONNULL;
void health_handle_ready(void *ctx, struct http *r) NONNULL;
void monitoring_handle_status(void *ctx, struct http *r) NONNULL;
void monitoring_handle_test(void *ctx, struct http *r) NONNULL;
void metrics_handle(void *ctx, struct http *r) NONNULL;
void ledger_handle(void *ctx, struct http *r) NONNULL;
void openapi_handle(void *ctx, struct http *r) NONNULL;
void fields_handle(void *ctx, struct http *r) NONNULL;
void entities_handle(void *ctx, struct http *r) NONNULL;
void reload_handle_state(void *ctx, struct http *r) NONNULL;
void reload_handle_begin(void *ctx, struct http *r) NONNULL;
void tools_handle_backtest(void *ctx, struct http *r) NONNULL;
void tools_handle_preview(void *ctx, struct http *r) NONNULL;
void response_handle_get(void *ctx, struct http *r) NONNULL;
void response_handle_kept(void *ctx, struct http *r) NONNULL;
void response_handle_arm(void *ctx, struct http *r) NONNULL;
void response_handle_disarm(void *ctx, struct http *r) NONNULL;
void response_handle_reset(void *ctx, struct http *r) NONNULL;
void tools_handle_why_not(void *ctx, struct http *r) NONNULL;
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

#endif
