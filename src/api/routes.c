/* The one table of routes. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/api/test_api.c */
#include "api/internal.h"

static const struct route routes[] = {
	{ HTTP_POST, "/v1/events", ROUTE_INGEST, events_handle },
	{ HTTP_GET, "/v1/query", ROUTE_READ, query_handle },
	{ HTTP_POST, "/v1/query", ROUTE_READ, query_handle },
	{ HTTP_GET, "/v1/alerts", ROUTE_READ, alerts_handle_list },
	{ HTTP_GET, "/v1/alerts/{id}", ROUTE_READ, alerts_handle_get },
	{ HTTP_POST, "/v1/alerts/{id}/{action}", ROUTE_ADMIN, alerts_handle_action },
	{ HTTP_GET, "/v1/ledger", ROUTE_READ, ledger_handle },
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
