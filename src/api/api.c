/* Puts the API together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include <stdlib.h>

#include "api/country.h"
#include "api/internal.h"
#include "base/map.h"
#include "base/mem.h"
#include "parse/json.h"

#define SMALL_BODY_MAX ((size_t)64 << 10)

struct api *
api_new(const struct api_host *host)
{
	struct api *a = MEM_NEW(struct api);
	const struct route *all = routes_all(&a->n_routes);

	a->host = *host;
	a->routes = mem_alloc(a->n_routes * sizeof(*a->routes));
	for (size_t i = 0; i < a->n_routes; i++) {
		a->routes[i] = all[i];
		if (host->metrics_open && all[i].handler == metrics_handle)
			a->routes[i].scope = ROUTE_OPEN;
	}
	a->sources = map_new(sizeof(struct batch_source), API_SOURCES_MAX);
	a->own = (struct batch_source){ .name = "tocsin",
		.format = "json",
		.trust_time = true,
		.ledger = ledger_source(host->ledger, "tocsin") };
	a->ledger_http = ledger_source(host->ledger, "http");
	a->json = json_new(SMALL_BODY_MAX);
	return a;
}

void
api_free(struct api *a)
{
	if (a == NULL)
		return;
	events_end(a);
	query_end(a);
	stream_end(a);
	free(a->overview);
	map_free(a->sources);
	json_free(a->json);
	map_free(a->pulled);
	country_end(a);
	free(a->routes);
	free(a);
}

const struct route *
api_routes(const struct api *a, size_t *ret_n)
{
	*ret_n = a->n_routes;
	return a->routes;
}

void
api_refused(void *api, const struct route *route, int status)
{
	if (route->handler == events_handle)
		events_refused(api, status);
}

void
api_server_set(struct api *a, const struct server *s)
{
	a->host.server = s;
}

void
api_alerts_changed(struct api *a)
{
	stream_wake(a);
}

void
api_rules_set(struct api *a, const struct ruleset *rules)
{
	a->host.rules = rules;
}

void
api_limits_set(struct api *a, int64_t query_timeout, uint64_t query_max_rows)
{
	a->host.query_timeout = query_timeout;
	a->host.query_max_rows = query_max_rows;
}
