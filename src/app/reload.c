/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Reads the configuration again while the daemon runs. */
#include "app/reload.h"

#include <unistd.h>

#include "app/ruleload.h"
#include "base/log.h"

struct enrich_opts
reload_enrich(const struct conf *conf, const char *const *shipped)
{
	struct enrich_opts eo = { .mmdb = conf->enrich_geoip,
		.high_risk_countries = conf->enrich_high_risk_countries,
		.vpn_networks = conf->enrich_vpn_networks,
		.malicious_networks = conf->enrich_malicious_networks,
		.base_scores = conf->enrich_risk_base_scores,
		.utc_offset_s = (int)conf->time_zone_offset };

	if (eo.mmdb.n == 0 && *shipped != NULL)
		eo.mmdb = (struct conf_list){ shipped, 1 };
	return eo;
}

static void
on_rule_note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	(void)ctx;
	if (kind == RULESET_ERROR)
		log_diag("detect", "rule left out", why);
}

enum err
reload_rules(const struct conf *conf, struct ruleset **ret, struct diag *why)
{
	enum err e = ruleload(&conf->detect_rules, conf->profile, on_rule_note, NULL, ret, why);

	if (e == OK)
		log_info("detect", "rules loaded", LOG_INT("rules", ruleset_len(*ret)));
	return e;
}

static void
say_change(void *ctx, const char *key, bool restart)
{
	(void)ctx;
	if (restart)
		log_warn("app", "a changed setting needs a restart", LOG_C("key", key));
	else
		log_info("app", "a changed setting is in force", LOG_C("key", key));
}

enum err
reload_apply(const struct reload *r, struct conf **ret, struct diag *why)
{
	const char *file = r->now->file[0] != '\0' ? r->now->file : NULL;
	struct enrich_opts eo;
	struct conf *fresh;
	bool changed;
	enum err e = conf_load(file, environ, &fresh, NULL, why);

	if (e != OK)
		return e;
	eo = reload_enrich(fresh, &r->shipped_geoip);
	e = enrich_reload(r->enrich, &eo, &changed, why);
	if (e != OK) {
		conf_free(fresh);
		return e;
	}
	api_limits_set(r->api, fresh->query_timeout, (uint64_t)fresh->query_max_rows);
	conf_diff(r->now, fresh, say_change, NULL);
	*ret = fresh;
	return OK;
}
