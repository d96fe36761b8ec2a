/*
 * Matching on one core, from lines of JSON in memory to the ids of the rules that hold:
 *   bench_match [--rules DIR]... [--lane NAME | --file FILE] [--rounds N]
 *   bench_match --write LANE N       prints events
 *   bench_match --rules DIR --matches FILE...    prints "line id" for each match, in any order
 * Without rules of one's own: the public rules where they are, else those that are shipped.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/vec.h"
#include "lanes.h"
#include "detect/match.h"
#include "parse/parser.h"

#define EVENTS 20000U
#define MANY 10000U
#define LESS 4000U

struct lines {
	struct buf text;
	VEC(struct str) line;
};

struct bench {
	VEC(const char *) rules;
	const char *lane, *file, *matches;
	unsigned rounds;
	struct parser *parser;
	struct arena *arena;
	struct rec *rec;
};

enum phase { PARSE, SCAN, ALL, PHASES };

static void
read_lines(struct lines *l)
{
	struct str rest = buf_view(&l->text), line;

	while (str_line(&rest, &line))
		VEC_PUSH(&l->line, line);
}

static void
make_lines(struct lines *l, const struct lane *lane, uint64_t n)
{
	buf_init(&l->text, 0);
	for (uint64_t i = 0; i < n; i++) {
		lane->line(&l->text, i);
		buf_byte(&l->text, '\n');
	}
	read_lines(l);
}

static void
lines_fini(struct lines *l)
{
	buf_fini(&l->text);
	VEC_FINI(&l->line);
}

/* A figure of /proc/self/status, in MB. */
static double
memory(const char *name)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[200];
	double kb = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kb = strtod(line + strlen(name), NULL);
	if (f != NULL)
		(void)fclose(f);
	return kb / 1024;
}

static uint64_t
round_of(struct bench *b, struct match *m, const struct lines *l, enum phase phase)
{
	uint64_t matches = 0;

	for (size_t i = 0; i < l->line.n; i++) {
		struct parse_in in = { .message = l->line.p[i],
			.received = (int64_t)1795224000 * CLOCK_S,
			.source = STR("bench"),
			.trust_time = true };
		size_t n = 0;

		arena_reset(b->arena);
		rec_init(b->rec, b->arena);
		(void)!parser_parse(b->parser, &in, b->rec, NULL);
		if (phase == SCAN)
			match_scan(m, b->rec);
		if (phase == ALL)
			(void)match_rec(m, b->rec, &n);
		matches += n;
	}
	return matches;
}

static int64_t
cpu_time(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0 ? t.tv_sec * CLOCK_S + t.tv_nsec
								: 0;
}

/* Seconds of the core, of the best round. */
static double
best_of(struct bench *b, struct match *m, const struct lines *l, enum phase phase,
    uint64_t *ret_matches)
{
	int64_t best = INT64_MAX;

	for (unsigned i = 0; i < b->rounds; i++) {
		int64_t start = cpu_time();

		*ret_matches = round_of(b, m, l, phase);
		start = cpu_time() - start;
		best = start < best ? start : best;
	}
	return (double)best / CLOCK_S;
}

static double
measure(struct bench *b, const struct ruleset *rules, const char *name, const struct lines *l)
{
	struct match *m = match_new(rules);
	double s[PHASES], us = 1e6 / (double)l->line.n;
	uint64_t matches = 0;

	for (int phase = 0; phase < PHASES; phase++)
		s[phase] = best_of(b, m, l, (enum phase)phase, &matches);
	printf("%-8s %5zu rules %5zu bytes %9.0f events/s %6.2f us/event: parse %.2f, scan %.2f, "
	       "evaluate %.2f; %.3f matches/event\n",
	    name, ruleset_len(rules), l->text.n / l->line.n, (double)l->line.n / s[ALL],
	    s[ALL] * us, s[PARSE] * us, (s[SCAN] - s[PARSE]) * us, (s[ALL] - s[SCAN]) * us,
	    (double)matches / (double)l->line.n);
	match_free(m);
	return s[ALL] * us;
}

static struct ruleset *
load(struct bench *b)
{
	double before = memory("VmRSS:");
	int64_t start = clock_mono();
	struct ruleset *rules = NULL;
	struct diag why;

	if (ruleset_load(b->rules.p, b->rules.n, NULL, NULL, &rules, &why) != OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		exit(EXIT_FAILURE);
	}
	if (b->matches == NULL)
		printf("loaded   %5zu rules in %.2f s, %.0f MB resident with them, %.0f MB before, "
		       "%.0f MB at the most\n",
		    ruleset_len(rules), (double)(clock_mono() - start) / CLOCK_S, memory("VmRSS:"),
		    before, memory("VmHWM:"));
	return rules;
}

/* Rules as one writes them: some parts of a command, a program, a request. */
static struct ruleset *
made_up(unsigned n)
{
	auto_buf struct buf to = { 0 };
	struct ruleset *rules = NULL;
	struct diag why;

	buf_init(&to, 0);
	for (unsigned i = 0; i < n; i++) {
		uint32_t h = (i + 1) * 2654435761U;

		buf_printf(&to, "title: Rule %u\nid: made-up-%u\nlogsource: ", i, i);
		if (i % 3 == 0)
			buf_printf(&to,
			    "{category: webserver}\ndetection:\n  a:\n    cs-uri-query|contains:\n"
			    "      - '/app%x/'\n      - 'cmd=%x'\n  b: {cs-method: HEAD}\n",
			    h % 0xfffff, h >> 12);
		else
			buf_printf(&to,
			    "{category: process_creation, product: windows}\ndetection:\n  a:\n"
			    "    Image|endswith: '\\tool%x.exe'\n    CommandLine|contains|all:\n"
			    "      - ' --mode-%x'\n      - '.exe'\n"
			    "  b: {CommandLine|contains: ['%x:', 'p%x ']}\n",
			    h % 0xfff, h % 0xffffff, h >> 8, h >> 4);
		buf_str(&to, STR("  condition: a and not b\nlevel: low\n---\n"));
	}
	if (ruleset_read("made up", buf_view(&to), NULL, NULL, &rules, &why) != OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		exit(EXIT_FAILURE);
	}
	return rules;
}

static void
measure_growth(struct bench *b, const struct lane *lane)
{
	struct ruleset *less = made_up(LESS), *many = made_up(MANY);
	struct lines l = { 0 };
	double before, after;

	make_lines(&l, lane, EVENTS);
	before = measure(b, less, lane->name, &l);
	after = measure(b, many, lane->name, &l);
	printf("%-8s %u rules instead of %u: time per event grows by %.0f%%\n", lane->name, MANY,
	    LESS, (after / before - 1) * 100);
	lines_fini(&l);
	ruleset_free(less);
	ruleset_free(many);
}

static void
measure_lanes(struct bench *b, const struct ruleset *rules)
{
	const struct lane *lane;

	for (size_t i = 0; (lane = lane_at(i)) != NULL; i++) {
		struct lines l = { 0 };

		if (b->lane != NULL && strcmp(b->lane, lane->name) != 0)
			continue;
		make_lines(&l, lane, EVENTS);
		(void)measure(b, rules, lane->name, &l);
		lines_fini(&l);
	}
}

static void
read_file(struct lines *l, const char *path)
{
	struct diag why;

	buf_init(&l->text, 0);
	if (fs_read(path, (size_t)4 << 30, &l->text, &why) != OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		exit(EXIT_FAILURE);
	}
	read_lines(l);
}

static void
print_matches(struct bench *b, const struct ruleset *rules)
{
	struct match *m = match_new(rules);
	struct lines l = { 0 };

	read_file(&l, b->matches);
	for (size_t i = 0; i < l.line.n; i++) {
		struct parse_in in = { .message = l.line.p[i],
			.received = (int64_t)1795224000 * CLOCK_S,
			.source = STR("bench"),
			.trust_time = true };
		const uint32_t *found;
		size_t n;

		arena_reset(b->arena);
		rec_init(b->rec, b->arena);
		(void)!parser_parse(b->parser, &in, b->rec, NULL);
		found = match_rec(m, b->rec, &n);
		for (size_t k = 0; k < n; k++)
			printf("%zu %s\n", i, ruleset_at(rules, found[k])->id);
	}
	lines_fini(&l);
	match_free(m);
}

static void
write_lane(const char *name, const char *n)
{
	const struct lane *lane = lane_find(str_c(name));
	auto_buf struct buf line = { 0 };
	uint64_t count = 0;

	if (lane == NULL || !str_u64(str_c(n), &count)) {
		(void)fprintf(stderr, "bench_match: --write LANE N\n");
		exit(EXIT_FAILURE);
	}
	buf_init(&line, 0);
	for (uint64_t i = 0; i < count; i++) {
		buf_reset(&line);
		lane->line(&line, i);
		(void)printf("%.*s\n", STR_ARG(buf_view(&line)));
	}
}

/* The public rules, where somebody keeps them. */
static void
default_rules(struct bench *b)
{
	static const char *const parts[] = { "rules", "rules-emerging-threats",
		"rules-threat-hunting" };
	const char *corpora = getenv("TOCSIN_CORPORA"), *source = getenv("TOCSIN_SOURCE");
	static char paths[ARRAY_LEN(parts)][1000], shipped[1000];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (corpora != NULL)
			(void)snprintf(paths[i], sizeof(paths[i]), "%s/sigma/%s", corpora,
			    parts[i]);
		else
			(void)snprintf(paths[i], sizeof(paths[i]), "%s/../shared/corpora/sigma/%s",
			    source != NULL ? source : ".", parts[i]);
		if (access(paths[i], R_OK) == 0)
			VEC_PUSH(&b->rules, paths[i]);
	}
	if (b->rules.n > 0)
		return;
	printf("no public rules here: with those that are shipped\n");
	(void)snprintf(shipped, sizeof(shipped), "%s/rules", source != NULL ? source : ".");
	VEC_PUSH(&b->rules, shipped);
}

static bool
take_option(struct bench *b, const char *name, const char *value)
{
	uint64_t n;

	if (strcmp(name, "--rules") == 0)
		VEC_PUSH(&b->rules, value);
	else if (strcmp(name, "--lane") == 0)
		b->lane = value;
	else if (strcmp(name, "--file") == 0)
		b->file = value;
	else if (strcmp(name, "--matches") == 0)
		b->matches = value;
	else if (strcmp(name, "--rounds") == 0 && str_u64(str_c(value), &n) && n > 0)
		b->rounds = (unsigned)n;
	else
		return false;
	return true;
}

static void
run(struct bench *b)
{
	bool all = b->lane == NULL && b->file == NULL && b->rules.n == 0;
	struct ruleset *rules;

	if (b->rules.n == 0)
		default_rules(b);
	rules = load(b);
	if (b->matches != NULL) {
		print_matches(b, rules);
	} else if (b->file != NULL) {
		struct lines l = { 0 };

		read_file(&l, b->file);
		if (l.line.n > 0)
			(void)measure(b, rules, "file", &l);
		lines_fini(&l);
	} else {
		measure_lanes(b, rules);
	}
	ruleset_free(rules);
	if (all && b->matches == NULL) {
		measure_growth(b, lane_find(STR("windows")));
		measure_growth(b, lane_find(STR("web")));
	}
}

int
main(int argc, char **argv)
{
	const struct parser_opts opts = { 0, (int64_t)86400 * 365 * CLOCK_S };
	struct bench b = { .rounds = 5 };

	if (argc == 4 && strcmp(argv[1], "--write") == 0) {
		write_lane(argv[2], argv[3]);
		return EXIT_SUCCESS;
	}
	for (int i = 1; i + 1 < argc; i += 2)
		if (!take_option(&b, argv[i], argv[i + 1])) {
			(void)fprintf(stderr, "bench_match: what is %s %s?\n", argv[i],
			    argv[i + 1]);
			return EXIT_FAILURE;
		}
	b.parser = parser_new(&opts);
	b.arena = arena_new((size_t)16 << 20);
	b.rec = MEM_NEW(struct rec);
	run(&b);
	free(b.rec);
	arena_free(b.arena);
	parser_free(b.parser);
	VEC_FINI(&b.rules);
	return EXIT_SUCCESS;
}
