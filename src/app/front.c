/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Options of the HTTP server, from the configuration. */
#include "app/front.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/ip.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/asset.h"
#include "http/tls.h"

#define DAY (24 * 3600 * (int64_t)1)
#define EXPIRES_SOON (30 * DAY)

struct front {
	struct tls *tls; /* NULL: HTTP in the clear */
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

/* Things that work, and should not stay so. */
static void
warn(const struct tls *t, const char *key)
{
	int64_t left = tls_expires(t) - clock_wall() / CLOCK_S;
	struct stat st;

	if (left < 0)
		log_warn("http", "the certificate has expired");
	else if (left < EXPIRES_SOON)
		log_warn("http", "the certificate expires soon", LOG_INT("days", left / DAY));
	if (stat(key, &st) == 0 && (st.st_mode & 077) != 0)
		log_warn("http", "the private key can be read by others", LOG_C("file", key));
}

static enum err
read_tls(const struct conf *conf, struct tls **ret, struct diag *why)
{
	const char *cert = conf->http_tls_cert, *key = conf->http_tls_key;
	enum err e;

	*ret = NULL;
	if (cert[0] == '\0' && key[0] == '\0')
		return OK;
	if (cert[0] == '\0' || key[0] == '\0')
		return err_set(why, FAIL_SYNTAX, "http.tls_cert and http.tls_key go together");
	e = tls_new(cert, key, ret, why);
	if (e == OK)
		warn(*ret, key);
	return e;
}

enum err
front_new(const struct conf *conf, struct front **ret, struct server_opts *to, struct diag *why)
{
	struct front *f = MEM_NEW(struct front);
	enum err e = read_proxies(f, conf, why);

	if (e == OK)
		e = read_tls(conf, &f->tls, why);
	if (e != OK) {
		front_free(f);
		return e;
	}
	to->max_body = (size_t)conf->http_max_body;
	to->max_connections = (unsigned)conf->http_max_connections;
	to->tls = f->tls;
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
	tls_free(f->tls);
	free(f->trusted);
	free(f);
}

enum err
front_check(const struct conf *conf, struct diag *why)
{
	struct str url = str_c(conf->http_public_url);
	struct server_opts unused = { 0 };
	struct front *f;
	enum err e = front_new(conf, &f, &unused, why);

	if (e != OK)
		return e;
	front_free(f);
	if (url.n != 0 && !http_public_url_good(url))
		return err_set(why, FAIL_SYNTAX,
		    "http.public_url: write https://NAME, not \"%.100s\"", url.p);
	return OK;
}

enum err
front_reload(struct front *f, const struct conf *conf, struct server *s, struct diag *why)
{
	struct tls *fresh, *old = f->tls;
	enum err e = read_tls(conf, &fresh, why);

	if (e != OK)
		return e;
	f->tls = fresh;
	server_tls_set(s, fresh);
	tls_free(old);
	return OK;
}

const char *
front_scheme(const struct front *f)
{
	return f->tls != NULL ? "https" : "http";
}
