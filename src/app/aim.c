/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/preview.py */
/* From rows of alerts and the configuration to cases and guards. */
#include "app/aim.h"

#include "alert/affected.h"

/* The only one of its kind in the set, "" when there is none or more. */
static struct str
only(struct str set, enum affected_kind kind)
{
	struct str one = STR(""), name;
	enum affected_kind k;
	bool more;

	while (affected_next(&set, &k, &name, &more)) {
		if (k != kind)
			continue;
		if (more || one.n != 0)
			return STR("");
		one = name;
	}
	return one;
}

/* All users of an alert, and one more when there are too many to say. */
static size_t
users_of(struct str set, struct str to[AIM_USERS])
{
	enum affected_kind k;
	struct str name;
	bool more;
	size_t n = 0;

	while (affected_next(&set, &k, &name, &more)) {
		if (k != AFFECTED_USER)
			continue;
		if (more)
			return RESPOND_USERS_MAX + 1;
		if (n <= RESPOND_USERS_MAX)
			to[n++] = name;
	}
	return n;
}

/* Can others than its owner write what comes by this source? */
bool
aim_forgeable(const struct conf *c, struct str origin)
{
	for (size_t i = 0; i < c->respond_distrusted_sources.n; i++)
		if (str_eq(origin, str_c(c->respond_distrusted_sources.p[i])))
			return true;
	if (str_starts(origin, STR("syslog_udp:"))) /* one without a name of its own */
		return !c->respond_trust_syslog_udp;
	for (size_t i = 0; i < c->n_sources; i++)
		if (str_eq(origin, str_c(c->sources[i].name)))
			return c->sources[i].type == CONF_SOURCE_SYSLOG_UDP &&
			       !c->respond_trust_syslog_udp;
	return false;
}

/* Why it is not acted upon by itself, or NULL. */
static const char *
doubt(const struct conf *c, struct str set)
{
	enum affected_kind k;
	struct str name;
	bool more;

	while (affected_next(&set, &k, &name, &more))
		if (k == AFFECTED_ORIGIN && !more && aim_forgeable(c, name))
			return "waits for approval: its events came by a source that others can "
			       "write to";
	return NULL;
}

bool
aim_case(const struct conf *conf, const struct alerts_row *row, struct str users[AIM_USERS],
    struct respond_case *ret)
{
	enum alerts_severity severity = ALERTS_INFO;

	(void)alerts_severity_find(row->severity, &severity);
	*ret = (struct respond_case){ .what = { row->rule_id, row->tags, row->action,
					  (unsigned)severity },
		.alert = str_c(row->id),
		.address = only(row->affected, AFFECTED_ADDRESS),
		.user = only(row->affected, AFFECTED_USER),
		.last = row->last,
		.users = users,
		.n_users = users_of(row->affected, users),
		.distrusted = doubt(conf, row->affected) };
	return !row->demo && row->status != ALERTS_RESOLVED && row->status != ALERTS_FALSE_POSITIVE;
}

static enum err
on_allowed(void *ctx, const struct lease_allow *row)
{
	(void)!guard_add(ctx, GUARD_ALLOWED, row->net, "on the allow list", NULL);
	return OK;
}

enum err
aim_allowed(struct leases *l, int64_t now, struct guard *g, struct diag *why)
{
	guard_clear(g, GUARD_ALLOWED);
	return leases_allowed(l, now, on_allowed, g, why);
}

/* `key`: of the configuration; `reason`: what is said to whom asks why. */
static enum err
add_list(const struct conf_list *list, const char *key, const char *reason, struct guard *g,
    struct diag *why)
{
	enum err e = OK;
	size_t i;

	for (i = 0; i < list->n && e == OK; i++)
		e = guard_add(g, GUARD_CONF, str_c(list->p[i]), reason, why);
	return e == FAIL_SYNTAX
		   ? err_set(why, e, "%s: %.60s is no address or network", key, list->p[i - 1])
		   : e;
}

enum err
aim_guard(const struct conf *conf, struct guard **ret, struct diag *why)
{
	struct guard *g = guard_new((unsigned)conf->respond_per_minute);
	enum err e;

	*ret = g; /* whatever comes: it is the caller's */
	if (!conf->respond_private_too)
		guard_private(g);
	guard_house(g);
	e = add_list(&conf->http_trusted_proxies, "http.trusted_proxies",
	    "a proxy of http.trusted_proxies", g, why);
	return e == OK ? add_list(&conf->respond_never_block, "respond.never_block",
			     "respond.never_block", g, why)
		       : e;
}
