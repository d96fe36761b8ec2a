/*
 * Settings that take effect while the daemon runs (marked reload in the
 * reference page): read again on SIGHUP.  Loop thread.
 */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "api/api.h"
#include "app/paths.h"
#include "conf/conf.h"
#include "detect/ruleset.h"
#include "enrich/enrich.h"

struct reload {
	const struct conf *now; /* what is in force; names the file */
	struct api *api;
	struct enrich *enrich;
	const char *shipped_geoip; /* used when the configuration names none; NULL: there is none */
};

/* Options of enrichment as `conf` has them; *shipped must live as long as they are used. */
struct enrich_opts reload_enrich(const struct conf *conf, const char *const *shipped)
    __attribute__((nonnull(1, 2)));

/* The rules that `conf` names, with its profile (app/ruleload.h); notes go to the log. */
enum err reload_rules(const struct conf *conf, struct ruleset **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

/*
 * Reads file and environment, applies what can be applied and says what needs a restart.  On
 * failure (a bad file, bad GeoIP data) everything stays as it was.  *ret is in force afterwards;
 * the caller frees it when the next one is.
 */
enum err reload_apply(const struct reload *r, struct conf **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
