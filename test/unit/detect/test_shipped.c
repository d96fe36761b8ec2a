/*
 * The rules that ship.
 *
 *   test/case/detect/NAME/hit.jsonl, miss.jsonl (or .log)   named like a rule, which must fire on
 *                           the one and not on the other, with no profile; hit2, miss2 ... too
 *   test/case/default/NAME/input.jsonl (or .log)   through the default profile (or rules.yml beside
 *                           it); expect.jsonl lists all alerts in their order
 *
 * A line "@ 20 3s 2026-03-01T10:00:00Z {...}" of hit and miss is twenty events three seconds apart;
 * "@i" in it is the number of the event.  Lines are fed in the order of their times.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "named.h"
#include "shipped.h"

#define RULES "test/case/detect"
#define DEFAULT "test/case/default"

/* Alerts as a user sees them: one per id, however many findings it has. */
struct alerts {
	struct buf seen, lines;
	size_t n;
};

static void
on_alert(void *ctx, const struct finding *f)
{
	struct alerts *a = ctx;

	for (size_t i = 0; i + 16 <= a->seen.n; i += 16)
		if (memcmp(a->seen.p + i, f->id, 16) == 0)
			return;
	buf_put(&a->seen, f->id, 16);
	a->n++;
	buf_printf(&a->lines, "{\"title\": \"%s\", \"group\": \"%.*s\"}\n", f->rule->title,
	    STR_ARG(f->group));
}

static void
alerts_fini(struct alerts *a)
{
	buf_fini(&a->seen);
	buf_fini(&a->lines);
}

static bool
read_file(const char *path, struct buf *to)
{
	struct diag why;

	buf_reset(to);
	return fs_read(path, 64U << 20, to, &why) == OK;
}

TEST(they_load_and_say_what_they_are)
{
	struct shipped s;
	unsigned alerting = 0;

	shipped_open(&s, NULL);
	CHECK_STR(feed_cstr(&s.f.notes), "");
	for (size_t i = 0; i < s.f.rules->rule.n; i++) {
		const struct crule *r = &s.f.rules->rule.p[i];

		if (r->name.n == 0 || strlen(r->pub.id) != 36 || r->pub.id[14] != '4' ||
		    strstr(r->pub.tags, "attack.") == NULL || r->pub.description[0] == '\0')
			test_fail(TEST_AT(name),
			    "%s: a name, a random UUID, ATT&CK tags and a "
			    "description are needed",
			    r->pub.title);
		if (!r->pub.alerts)
			continue;
		alerting++;
		if (r->pub.advice[0] == '\0' || r->pub.action[0] == '\0')
			test_fail(TEST_AT(action), "%s: advice and action are needed",
			    r->pub.title);
	}
	CHECK(alerting >= 60);
	shipped_close(&s);
}

/* Is there a file of the rule's folder with this name? */
static bool
read_side(const struct crule *r, const char *file, struct buf *to)
{
	static const char *const ends[] = { "jsonl", "log" };
	char path[300];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s/%s.%s", test_source(RULES), r->name.p,
		    file, ends[i]);
		if (read_file(path, to))
			return true;
	}
	return false;
}

/* Every hit fires, no miss does, and there is one of each. */
static bool
is_good(struct shipped *s, const struct crule *r)
{
	static const char *const sides[] = { "miss", "hit" };
	bool good = true;
	struct buf text;
	char file[20];

	buf_init(&text, 0);
	for (int fires = 0; fires < 2; fires++) {
		for (int i = 1; i < 10; i++) {
			(void)snprintf(file, sizeof(file), "%s%.*d", sides[fires], i > 1,
			    i > 1 ? i : 0);
			if (!read_side(r, file, &text)) {
				good &= i > 1;
				if (i == 1)
					fprintf(stderr, "%s: no %s\n", r->name.p, file);
				break;
			}
			if (shipped_fires(s, r, buf_view(&text)) == (fires != 0))
				continue;
			fprintf(stderr, "%s: %s %s\n", r->name.p, file,
			    fires ? "does not fire" : "fires");
			good = false;
		}
	}
	buf_fini(&text);
	return good;
}

TEST(each_fires_when_it_should_and_not_else)
{
	struct shipped s;
	unsigned wrong = 0;

	test_timeout(300);
	shipped_open(&s, NULL);
	for (size_t i = 0; i < s.f.rules->rule.n; i++)
		if (s.f.rules->rule.p[i].pub.alerts)
			wrong += !is_good(&s, &s.f.rules->rule.p[i]);
	CHECK_INT(wrong, 0);
	shipped_close(&s);
}

/* Folders without an expectation are named like rules. */
static enum err
is_rule(void *ctx, const char *name)
{
	struct shipped *s = ctx;
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s/expect.jsonl", test_source(RULES), name);
	if (name[0] != '.' && access(path, R_OK) != 0)
		CHECK(named(&s->f, name)->pub.alerts);
	return OK;
}

TEST(no_case_is_left_over)
{
	struct shipped s;
	struct diag why;

	shipped_open(&s, NULL);
	CHECK_OK(fs_each(test_source(RULES), is_rule, &s, &why), why);
	shipped_close(&s);
}

struct cases {
	const char *root;
	struct shipped common; /* the default profile */
	unsigned seen[2];      /* wrong and right ones */
};

/* Alerts of the case's input. */
static void
raise(struct cases *c, const char *dir, struct alerts *to)
{
	static const char *const ends[] = { "log", "jsonl" };
	struct shipped own, *s = &c->common;
	char path[300];
	struct buf text;

	buf_init(&text, 0);
	(void)snprintf(path, sizeof(path), "%s/rules.yml", dir);
	if (access(path, R_OK) == 0) {
		s = &own;
		shipped_open_path(s, path);
	}
	for (size_t i = 0; i < ARRAY_LEN(ends) && text.n == 0; i++) {
		(void)snprintf(path, sizeof(path), "%s/input.%s", dir, ends[i]);
		(void)read_file(path, &text);
	}
	CHECK(text.n > 0);
	shipped_forget(s);
	shipped_lines(s, buf_view(&text), on_alert, to);
	if (s == &own)
		shipped_close(s);
	buf_fini(&text);
}

static enum err
run_case(void *ctx, const char *name)
{
	struct alerts a = { .n = 0 };
	struct cases *c = ctx;
	char dir[200], path[300];
	struct buf want;
	bool same;

	buf_init(&want, 0);
	(void)snprintf(dir, sizeof(dir), "%s/%s", test_source(c->root), name);
	(void)snprintf(path, sizeof(path), "%s/expect.jsonl", dir);
	if (read_file(path, &want)) {
		raise(c, dir, &a);
		same = str_eq(buf_view(&want), buf_view(&a.lines));
		if (!same)
			fprintf(stderr, "case %s:\ngot\n%swant\n%s", name, feed_cstr(&a.lines),
			    feed_cstr(&want));
		c->seen[same]++;
	}
	alerts_fini(&a);
	buf_fini(&want);
	return OK;
}

TEST(one_attack_is_one_alert)
{
	static const char *const roots[] = { DEFAULT, RULES };
	struct cases c = { .seen = { 0, 0 } };
	struct diag why;

	test_timeout(300);
	shipped_open(&c.common, "default");
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		c.root = roots[i];
		CHECK_OK(fs_each(test_source(c.root), run_case, &c, &why), why);
	}
	CHECK(c.seen[1] >= 60);
	CHECK_INT(c.seen[0], 0);
	shipped_close(&c.common);
}

static size_t
alerts_of(const char *log, const char *profile, struct buf *lines)
{
	struct alerts a = { .n = 0 };
	struct buf text;
	struct shipped s;

	buf_init(&text, 0);
	CHECK(read_file(test_corpus(log), &text));
	shipped_open(&s, profile);
	shipped_lines(&s, buf_view(&text), on_alert, &a);
	fprintf(stderr, "%s%zu alerts\n", feed_cstr(&a.lines), a.n);
	buf_str(lines, buf_view(&a.lines));
	alerts_fini(&a);
	shipped_close(&s);
	buf_fini(&text);
	return a.n;
}

/* Ten thousand lines of ordinary visitors and a handful of bots that look for WordPress. */
TEST(access_log_raises_few_alerts)
{
	static const char *const profiles[] = { "default", NULL };

	test_timeout(120);
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		struct buf lines = { 0 };

		CHECK(alerts_of("logs/apache_access.log", profiles[i], &lines) <= 20);
		CHECK(strstr(feed_cstr(&lines), "client_ip=208.115.111.72") == NULL);
		CHECK(strstr(feed_cstr(&lines), "CRITICAL") == NULL);
		buf_fini(&lines);
	}
}

TEST(auth_log_names_every_attacker)
{
	/* All with ten failures within five minutes, and one that only asks for names. */
	static const char *const attackers[] = { "24.151.103.17", "34.204.227.175", "49.4.143.105",
		"201.178.81.113", "122.163.61.218", "181.26.186.35", "181.25.206.27",
		"14.54.210.101", "181.25.201.155", "91.197.232.109" };
	struct buf lines = { 0 };
	char want[64];

	test_timeout(120);
	(void)alerts_of("logs/auth.log", "default", &lines);
	(void)feed_cstr(&lines);
	for (size_t i = 0; i < ARRAY_LEN(attackers); i++) {
		(void)snprintf(want, sizeof(want), "client_ip=%s\"", attackers[i]);
		if (strstr(lines.p, want) == NULL)
			test_fail(TEST_AT(attackers), "no alert for %s", attackers[i]);
	}
	buf_fini(&lines);
}
