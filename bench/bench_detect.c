/* Records a second through the shipped rules, and through ten times as many, on one core. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "detect/engine.h"
#include "parse/parser.h"

#define RECORDS 4096
#define ROUNDS 120

static const char *const agents[] = {
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	"Chrome/120.0.0.0 Safari/537.36",
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	"Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
};

static void
access_line(struct buf *to, unsigned i)
{
	buf_printf(to,
	    "10.%u.%u.%u - - [17/May/2026:10:%02u:%02u +0000] \"GET "
	    "/articles/%u/images/photo-%u.png"
	    "?size=%u&lang=en HTTP/1.1\" %u %u \"https://www.example.com/articles/%u\" \"%s\"",
	    i % 7, i % 101, i % 211, i / 60 % 60, i % 60, i % 997, i % 31, i % 13,
	    i % 40 == 0 ? 404U : 200U, i * 37 % 90000, i % 997, agents[i % 3]);
}

static void
auth_line(struct buf *to, unsigned i)
{
	if (i % 4 == 0)
		buf_printf(to,
		    "Mar 27 13:%02u:%02u host sshd[%u]: Failed password for invalid user u%u "
		    "from 10.0.%u.%u port %u ssh2",
		    i / 60 % 60, i % 60, 1000 + i, i % 50, i % 5, i % 250, 1024 + i);
	else
		buf_printf(to,
		    "Mar 27 13:%02u:%02u host sshd[%u]: Connection closed by 10.0.%u.%u [preauth]",
		    i / 60 % 60, i % 60, 1000 + i, i % 5, i % 250);
}

static void
ignore(void *ctx, const struct finding *f)
{
	(void)f;
	++*(uint64_t *)ctx;
}

static void
say(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	char text[500];

	(void)ctx;
	if (kind == RULESET_ERROR)
		fprintf(stderr, "%s\n", err_text(why, text, sizeof(text)));
}

static struct rec *
records(struct arena *a, void (*line)(struct buf *to, unsigned i))
{
	const struct parser_opts opts = { 0, (int64_t)86400 * 365 * CLOCK_S };
	struct parser *p = parser_new(&opts);
	struct rec *r = calloc(RECORDS, sizeof(*r));

	for (unsigned i = 0; i < RECORDS && r != NULL; i++) {
		struct parse_in in = { .received = (int64_t)1779012000 * CLOCK_S,
			.trust_time = true };
		struct buf b;

		buf_init(&b, 0);
		line(&b, i);
		if (!arena_copy(a, buf_view(&b), &in.message))
			abort();
		buf_fini(&b);
		rec_init(&r[i], a);
		(void)!parser_parse(p, &in, &r[i], NULL);
	}
	parser_free(p);
	return r;
}

static void
measure(const char *what, struct ruleset *rules, struct rec *r)
{
	const struct engine_opts opts = { .keys_max = 100000, .lateness = 30 * CLOCK_S };
	struct engine *e = engine_new(rules, &opts);
	uint64_t findings = 0, seq = 0;
	int64_t best = INT64_MAX, start;

	for (unsigned round = 0; round < ROUNDS; round++) {
		start = clock_mono();
		for (unsigned i = 0; i < RECORDS; i++) {
			r[i].seq = ++seq;
			engine_feed(e, &r[i], ignore, &findings);
		}
		start = clock_mono() - start;
		best = start < best ? start : best;
	}
	printf("detect %-28s %5zu rules %8.0f ns/record %10.0f records/s, %llu findings\n", what,
	    ruleset_len(rules), (double)best / RECORDS, RECORDS * 1e9 / (double)best,
	    (unsigned long long)findings / ROUNDS);
	engine_free(e);
}

/* The same rules over again under other names, every literal a little different. */
static void
copies(struct buf *to, struct str text, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct str rest = text, line;

		while (str_line(&rest, &line)) {
			bool item = line.n > 10 && str_starts(line, STR("            - '")) &&
				    line.p[line.n - 1] == '\'';

			if (str_starts(line, STR("id: ")) || str_starts(line, STR("title: ")))
				buf_printf(to, "%.*s %u\n", STR_ARG(line), i);
			else if (str_starts(line, STR("name: ")))
				buf_printf(to, "%.*s_%u\n", STR_ARG(line), i);
			else if (item && i > 0)
				buf_printf(to, "%.*s%u'\n", (int)line.n - 1, line.p, i);
			else if (str_starts(line, STR("    rules: [")))
				buf_str(to, STR("    rules: [probe_page_0]\n"));
			else
				buf_printf(to, "%.*s\n", STR_ARG(line));
		}
		buf_str(to, STR("---\n"));
	}
}

int
main(int argc, char **argv)
{
	static const char *const files[] = { "web_attacks.yml", "web_probes.yml" };
	const char *dir = argc > 1 ? argv[1] : "rules";
	struct arena *a = arena_new((size_t)256 << 20);
	struct rec *access = records(a, access_line), *auth = records(a, auth_line);
	struct ruleset *shipped = NULL, *many = NULL;
	struct buf text, one;
	char path[1000];
	struct diag why;

	if (ruleset_load(&dir, 1, say, NULL, &shipped, &why) != OK)
		return 1;
	measure("access log, shipped", shipped, access);
	measure("auth log, shipped", shipped, auth);
	buf_init(&text, 0);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		buf_init(&one, 0);
		if (fs_join(path, sizeof(path), dir, files[i]) != OK ||
		    fs_read(path, (size_t)1 << 20, &one, &why) != OK)
			return 1;
		copies(&text, buf_view(&one), 40);
		buf_fini(&one);
	}
	if (ruleset_read("many", buf_view(&text), say, NULL, &many, &why) != OK)
		return 1;
	measure("access log, many", many, access);
	if (argc > 2) {
		const char *more = argv[2];
		struct ruleset *public = NULL;

		if (ruleset_load(&more, 1, NULL, NULL, &public, &why) != OK)
			return 1;
		measure("access log, all of argv[2]", public, access);
		measure("auth log, all of argv[2]", public, auth);
		ruleset_free(public);
	}
	ruleset_free(many);
	ruleset_free(shipped);
	buf_fini(&text);
	free(access);
	free(auth);
	arena_free(a);
	return 0;
}
