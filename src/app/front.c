/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Options of the HTTP server, from the configuration. */
#include "app/front.h"

#include <stdlib.h>

#include "base/ip.h"
#include "base/mem.h"
#include "http/asset.h"

struct front {
	struct ip_net *trusted;
	size_t n_trusted;
};

static enum err
read_proxies(struct front *f, const struct conf *conf, struct diag *why)
{
	const struct conf_list *list = &conf->http_trusted_proxies;

	f->trusted = mem_alloc(list->n * sizeof(*f->trusted) + 1);
	for (size_t i = 0; i < list->n; i++)
		if (!ip_net_parse(str_c(list->p[i]), &f->trusted[f->n_trusted++], NULL))
			return err_set(why, FAIL_SYNTAX,
			    "http.trusted_proxies: %.60s is no address or network", list->p[i]);
	return OK;
}

enum err
front_new(const struct conf *conf, struct front **ret, struct server_opts *to, struct diag *why)
{
	struct front *f = MEM_NEW(struct front);
	enum err e = read_proxies(f, conf, why);

	if (e != OK) {
		front_free(f);
		return e;
	}
	to->max_body = (size_t)conf->http_max_body;
	to->max_connections = (unsigned)conf->http_max_connections;
	to->trusted = f->trusted;
	to->n_trusted = f->n_trusted;
	to->public_url = conf->http_public_url;
	to->assets = ui_assets;
	to->n_assets = ui_assets_len;
	*ret = f;
	return OK;
}

void
front_free(struct front *f)
{
	if (f == NULL)
		return;
	free(f->trusted);
	free(f);
}

const char *
front_scheme(const struct front *f)
{
	(void)f;
	return "http";
}
