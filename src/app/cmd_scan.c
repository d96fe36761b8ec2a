/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/cli.py */
/* `tocsin scan`: what happened in these files, without a daemon. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/lines.h"
#include "app/paths.h"
#include "app/report_view.h"
#include "app/ruleload.h"
#include "base/clock.h"
#include "base/fs.h"
#include "enrich/enrich.h"
#include "parse/format.h"

#define RECORD_BUDGET ((size_t)16 << 20)
#define PROGRESS_EVERY 20000 /* lines between two looks at the clock */
#define BAR_WIDTH 30

struct scan {
	struct parser *parser;
	struct enrich *enrich;
	struct enricher *enricher;
	struct ruleset *rules;
	struct engine *engine;
	struct report *report;
	struct arena *arena;
	const struct format_ops *format;
	struct report_totals totals;
	int64_t now, started, shown;
	unsigned left_out; /* rules */
	bool progress;
	struct rec rec; /* here, not on the stack: it is large and cleared there each time */
};

static void
on_finding(void *ctx, const struct finding *f)
{
	report_add(ctx, f);
}

static void
show_progress(struct scan *s, const struct lines *l, const char *path)
{
	static const char full[] = "##############################";
	static const char empty[] = "..............................";
	int64_t now = clock_mono();
	uint64_t size = lines_size(l), read = lines_read(l);
	int done = size != 0 ? (int)(read * BAR_WIDTH / size) : 0;

	if (now - s->shown < 100 * CLOCK_MS)
		return;
	s->shown = now;
	done = done > BAR_WIDTH ? BAR_WIDTH : done;
	fprintf(stderr, "\r[%.*s%.*s] %3d%%  %llu lines  %.40s\033[K", done, full, BAR_WIDTH - done,
	    empty, size != 0 ? (int)(read * 100 / size) : 0, (unsigned long long)s->totals.lines,
	    path);
}

static void
note_time(struct report_totals *t, int64_t when)
{
	if (t->first == 0 || when < t->first)
		t->first = when;
	if (t->last == 0 || when > t->last)
		t->last = when;
}

static void
one_line(struct scan *s, struct str line, struct str path)
{
	struct parse_in in = { .message = line,
		.received = s->now,
		.source = path,
		.format = s->format,
		.trust_time = true };
	struct rec *r = &s->rec;

	s->totals.lines++;
	if (line.n == 0)
		return;
	arena_reset(s->arena);
	rec_init(r, s->arena);
	s->totals.records++;
	if (parser_parse(s->parser, &in, r, NULL) != OK)
		s->totals.parse_failed++;
	else
		note_time(&s->totals, rec_int(r, F_TIMESTAMP, s->now));
	r->seq = s->totals.lines;
	enricher_apply(s->enricher, r);
	engine_feed(s->engine, r, on_finding, s->report);
	if (s->totals.lines % PROGRESS_EVERY == 0)
		enricher_release(s->enricher);
}

static enum err
one_file(struct scan *s, const char *path, struct diag *why)
{
	struct lines *l;
	struct str line;
	enum err e = lines_open(path, &l, why);

	if (e != OK)
		return e;
	s->totals.files++;
	while ((e = lines_next(l, &line, why)) == OK) {
		one_line(s, line, str_c(path));
		if (s->progress && s->totals.lines % PROGRESS_EVERY == 0)
			show_progress(s, l, path);
	}
	lines_close(l);
	return e == FAIL_NOT_FOUND ? OK : e;
}

static enum err
open_all(struct scan *s, const char *rules, const char *profile, const char *geoip,
    struct diag *why)
{
	char rules_path[PATHS_MAX], geoip_path[PATHS_MAX];
	struct enrich_opts eo = { 0 };
	enum err e;

	if (rules == NULL)
		rules = paths_shipped("rules", rules_path);
	if (rules == NULL)
		return err_set(why, FAIL_NOT_FOUND,
		    "the shipped rules are not where the program is; name a folder with --rules");
	if (geoip == NULL)
		geoip = paths_shipped("geoip/dbip-country.mmdb", geoip_path);
	if (geoip != NULL && geoip[0] != '\0')
		eo.mmdb = (struct conf_list){ &geoip, 1 };
	e = ruleload(&(struct conf_list){ &rules, 1 }, profile, ruleload_say, &s->left_out,
	    &s->rules, why);
	if (e == OK)
		e = enrich_new(&eo, &s->enrich, why);
	if (e != OK)
		return e;
	s->enricher = enricher_new(s->enrich);
	s->parser = parser_new(&(struct parser_opts){ .future_max = 300 * CLOCK_S });
	s->engine = engine_new(s->rules,
	    &(struct engine_opts){ .keys_max = 1000000, .lateness = 30 * CLOCK_S });
	s->report = report_new();
	s->arena = arena_new(RECORD_BUDGET);
	s->totals.rules = ruleset_len(s->rules);
	return OK;
}

static void
close_all(struct scan *s)
{
	if (s->engine == NULL)
		return;
	report_free(s->report);
	engine_free(s->engine);
	enricher_free(s->enricher);
	enrich_free(s->enrich);
	parser_free(s->parser);
	arena_free(s->arena);
	ruleset_free(s->rules);
}

static enum err
scan_files(struct scan *s, int n, char **paths, struct diag *why)
{
	enum err e = OK;

	s->started = clock_mono();
	for (int i = 0; i < n && e == OK; i++)
		e = one_file(s, paths[i], why);
	if (n == 0)
		e = one_file(s, "-", why);
	s->totals.seconds = (double)(clock_mono() - s->started) / (double)CLOCK_S;
	if (s->progress)
		fprintf(stderr, "\r\033[K");
	return e;
}

static int
print_report(const struct scan *s, bool json, struct diag *why)
{
	bool colour = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
	auto_buf struct buf out = { 0 };

	if (json)
		report_view_json(s->report, &s->totals, &out);
	else
		report_view_text(s->report, &s->totals, colour, &out);
	if (fs_write_all(STDOUT_FILENO, out.p, out.n, why) != OK)
		return cmd_fail(why);
	return report_len(s->report) != 0 ? CMD_FOUND : CMD_OK;
}

int
cmd_scan(int argc, char **argv)
{
	const char *rules = NULL, *profile = "", *geoip = NULL, *format = NULL;
	bool json = false;
	const struct args_option options[] = {
		{ "json", NULL, "one JSON object instead of the report", NULL, &json },
		{ "rules", "DIR", "rules to use instead of the shipped ones", &rules, NULL },
		{ "profile", "NAME", "which rules are on: default, none, another or a file",
		    &profile, NULL },
		{ "format", "F", "how to read the lines; without it each line tells", &format,
		    NULL },
		{ "geoip", "FILE", "MMDB with countries or cities; '' for none", &geoip, NULL },
	};
	const struct args_spec spec = { "tocsin scan [options] FILE...",
		"Reads log files (any supported format, gzip and zstd too, - for standard input),\n"
		"runs all rules over them and says who attacked what, and what to do.\n"
		"Exit status: 0 nothing found, 1 there are alerts, 2 it could not be done.",
		options, ARRAY_LEN(options) };
	int n = args_parse(&spec, argc, argv), status;
	struct scan s = { .now = clock_wall(), .progress = isatty(STDERR_FILENO) };
	struct diag why = { 0 };

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (format != NULL && strcmp(format, "auto") != 0) {
		s.format = format_find(str_c(format));
		if (s.format == NULL) {
			fprintf(stderr, "tocsin: there is no format %s\n", format);
			return CMD_FAILED;
		}
	}
	if (open_all(&s, rules, profile, geoip, &why) != OK)
		return cmd_fail(&why);
	if (scan_files(&s, n, argv, &why) != OK)
		status = cmd_fail(&why);
	else
		status = print_report(&s, json, &why);
	close_all(&s);
	return status;
}
