/* The one table of routes. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/api/test_api.c */
#include "api/internal.h"

static const struct route routes[] = {
	{ HTTP_POST, "/v1/events", ROUTE_INGEST, events_handle },
	{ HTTP_GET, "/v1/query", ROUTE_READ, query_handle },
	{ HTTP_POST, "/v1/query", ROUTE_READ, query_handle },
	{ HTTP_GET, "/v1/alerts", ROUTE_READ, alerts_handle_list },
	{ HTTP_GET, "/v1/alerts/groups", ROUTE_READ, alerts_handle_groups },
	{ HTTP_GET, "/v1/alerts/{id}", ROUTE_READ, alerts_handle_get },
	{ HTTP_POST, "/v1/alerts/bulk", ROUTE_WRITE, alerts_handle_bulk },
	{ HTTP_POST, "/v1/alerts/undo", ROUTE_WRITE, alerts_handle_undo },
	{ HTTP_POST, "/v1/alerts/{id}/ack-link", ROUTE_OPEN, alerts_handle_ack_link },
	{ HTTP_POST, "/v1/alerts/{id}/{action}", ROUTE_WRITE, alerts_handle_action },
	{ HTTP_GET, "/v1/channel-kinds", ROUTE_READ, channels_handle_kinds },
	{ HTTP_GET, "/v1/channels", ROUTE_READ, channels_handle_list },
	{ HTTP_POST, "/v1/channels", ROUTE_ADMIN, channels_handle_add },
	{ HTTP_POST, "/v1/channels/test", ROUTE_ADMIN, channels_handle_test },
	{ HTTP_PUT, "/v1/channels/{name}", ROUTE_ADMIN, channels_handle_set },
	{ HTTP_DELETE, "/v1/channels/{name}", ROUTE_ADMIN, channels_handle_remove },
	{ HTTP_POST, "/v1/channels/{name}/test", ROUTE_WRITE, channels_handle_test_saved },
	{ HTTP_GET, "/v1/deliveries", ROUTE_READ, deliveries_handle_list },
	{ HTTP_POST, "/v1/deliveries/resend", ROUTE_WRITE, deliveries_handle_resend_all },
	{ HTTP_POST, "/v1/deliveries/{id}/resend", ROUTE_WRITE, deliveries_handle_resend },
	{ HTTP_GET, "/v1/setup", ROUTE_OPEN, setup_handle },
	{ HTTP_POST, "/v1/invites/accept", ROUTE_OPEN, invites_handle_accept },
	{ HTTP_POST, "/v1/session", ROUTE_OPEN, session_handle_login },
	{ HTTP_GET, "/v1/session", ROUTE_READ, session_handle_me },
	{ HTTP_DELETE, "/v1/session", ROUTE_READ, session_handle_logout },
	{ HTTP_POST, "/v1/session/password", ROUTE_READ, session_handle_password },
	{ HTTP_GET, "/v1/sessions", ROUTE_READ, sessions_handle_list },
	{ HTTP_POST, "/v1/sessions/revoke", ROUTE_READ, sessions_handle_revoke },
	{ HTTP_DELETE, "/v1/sessions/{id}", ROUTE_READ, sessions_handle_end },
	{ HTTP_GET, "/v1/users", ROUTE_ADMIN, users_handle_list },
	{ HTTP_POST, "/v1/users", ROUTE_ADMIN, users_handle_add },
	{ HTTP_PUT, "/v1/users/{name}", ROUTE_ADMIN, users_handle_set },
	{ HTTP_DELETE, "/v1/users/{name}", ROUTE_ADMIN, users_handle_delete },
	{ HTTP_POST, "/v1/users/{name}/invite", ROUTE_ADMIN, users_handle_invite },
	{ HTTP_GET, "/v1/tokens", ROUTE_ADMIN, tokens_handle_list },
	{ HTTP_POST, "/v1/tokens", ROUTE_ADMIN, tokens_handle_add },
	{ HTTP_DELETE, "/v1/tokens/{id}", ROUTE_ADMIN, tokens_handle_delete },
	{ HTTP_GET, "/v1/overview", ROUTE_READ, overview_handle },
	{ HTTP_GET, "/v1/stream", ROUTE_READ, stream_handle },
	{ HTTP_POST, "/v1/demo", ROUTE_ADMIN, demo_handle_load },
	{ HTTP_DELETE, "/v1/demo", ROUTE_ADMIN, demo_handle_erase },
	{ HTTP_GET, "/v1/entities", ROUTE_READ, entities_handle },
	{ HTTP_GET, "/v1/rules", ROUTE_READ, rules_handle_list },
	{ HTTP_GET, "/v1/rules/reload", ROUTE_READ, reload_handle_state },
	{ HTTP_POST, "/v1/rules/reload", ROUTE_ADMIN, reload_handle_begin },
	{ HTTP_GET, "/v1/rules/{id}", ROUTE_READ, rules_handle_get },
	{ HTTP_GET, "/v1/rules/{id}/why-not", ROUTE_READ, tools_handle_why_not },
	{ HTTP_POST, "/v1/backtest", ROUTE_WRITE, tools_handle_backtest },
	{ HTTP_POST, "/v1/rules/{id}/enable", ROUTE_ADMIN, rules_handle_enable },
	{ HTTP_POST, "/v1/rules/{id}/disable", ROUTE_ADMIN, rules_handle_disable },
	{ HTTP_GET, "/v1/fields", ROUTE_READ, fields_handle },
	{ HTTP_GET, "/v1/ledger", ROUTE_READ, ledger_handle },
	{ HTTP_GET, "/v1/openapi.json", ROUTE_OPEN, openapi_handle },
	{ HTTP_GET, "/metrics", ROUTE_READ, metrics_handle },
	{ HTTP_GET, "/healthz", ROUTE_OPEN, health_handle_alive },
	{ HTTP_GET, "/readyz", ROUTE_OPEN, health_handle_ready },
};

const struct route *
routes_all(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(routes);
	return routes;
}
