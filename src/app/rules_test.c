/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules_test.py */
/* `tocsin rules test`: cases of rules, and whether they notice when a rule changes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/args.h"
#include "app/casedir.h"
#include "app/cmd.h"
#include "app/mutate.h"
#include "app/ruleload.h"
#include "app/rules_cmd.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "base/utf8.h"
#include "detect/whynot.h"

#define INPUTS_MAX 64
#define DEEP_MAX 8

struct job {
	struct casedir *cases;
	struct conf_list paths;
	struct ruleset *rules;
	struct buf out, got, want;
	struct buf *base;      /* by case: what the rules as they are raise */
	size_t *order;         /* cases, those of few events first */
	struct conf_list near; /* files that are enough for what is_near */
	const char **near_file;
	bool *is_near;   /* by rule */
	unsigned errors; /* rules that do not load */
	unsigned failed, mutants, refused, missed;
	bool json, mutate;
	const struct rule *rule; /* whose mutants are tried */
};

static void
on_mutant_note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	(void)why;
	if (kind == RULESET_ERROR)
		++*(unsigned *)ctx;
}

static void
put_lines(struct job *j, const char *head, struct str lines)
{
	struct str line;

	if (lines.n == 0)
		buf_printf(&j->out, "  %s nothing\n", head);
	while (str_line(&lines, &line)) {
		buf_printf(&j->out, "  %s ", head);
		utf8_show(str_until(&line, '\t'), &j->out);
		buf_str(&j->out, STR("  "));
		utf8_show(line, &j->out);
		buf_byte(&j->out, '\n');
	}
}

/* The rule that a case is of; NULL: of all. */
static const struct rule *
rule_of(const struct casedir_one *one, const struct ruleset *rs)
{
	return one->rule.n != 0 ? whynot_rule(rs, one->rule) : NULL;
}

/* Runs the case with its own rules where it has some. */
static enum err
run_case(struct job *j, size_t i, struct buf *to, struct diag *why)
{
	const struct casedir_one *one = casedir_at(j->cases, i);
	struct ruleset *own = NULL;
	const struct ruleset *rs = j->rules;
	enum err e = OK;

	buf_reset(to);
	if (one->rules != NULL)
		e = ruleset_load(&one->rules, 1, ruleload_say, &j->errors, &own, why);
	if (own != NULL)
		rs = own;
	if (e == OK && one->rule.n != 0 && rule_of(one, rs) == NULL)
		e = err_set(why, FAIL_NOT_FOUND, "no rule has the name '%.*s' of its cases' folder",
		    STR_ARG(one->rule));
	if (e == OK)
		casedir_run(j->cases, i, rs, rule_of(one, rs), to);
	ruleset_free(own);
	return e;
}

/* What a case should raise; of one rule only whether. */
static enum err
judge(struct job *j, size_t i, bool *ret, struct diag *why)
{
	const struct casedir_one *one = casedir_at(j->cases, i);
	enum err e = OK;

	buf_reset(&j->want);
	if (one->rule.n != 0) {
		*ret = one->fires == (j->base[i].n != 0);
		if (one->fires)
			buf_str(&j->want, STR("an alert"));
		return OK;
	}
	e = casedir_expect(j->cases, i, &j->want, why);
	*ret = e == OK && str_eq(buf_view(&j->want), buf_view(&j->base[i]));
	return e;
}

static enum err
test_cases(struct job *j, struct diag *why)
{
	size_t n = casedir_len(j->cases);
	enum err e = OK;

	j->base = mem_zalloc((n + 1) * sizeof(*j->base));
	for (size_t i = 0; i < n && e == OK; i++) {
		const struct casedir_one *one = casedir_at(j->cases, i);
		bool good = true;

		buf_init(&j->base[i], 0);
		e = run_case(j, i, &j->base[i], why);
		if (e == OK)
			e = judge(j, i, &good, why);
		if (good)
			continue;
		j->failed++;
		if (j->json)
			continue;
		buf_str(&j->out, STR("FAILED "));
		utf8_show(one->name, &j->out);
		buf_byte(&j->out, '\n');
		put_lines(j, "wanted", buf_view(&j->want));
		put_lines(j, "got   ", buf_view(&j->base[i]));
	}
	return e;
}

/* These files with the profile before them; NULL when it cannot be loaded: no rule at all. */
static struct ruleset *
mutant_of(struct job *j, const struct conf_list *paths, struct str profile)
{
	const char **list = mem_alloc((paths->n + 1) * sizeof(*list));
	int fd = memfd_create("mutant", MFD_CLOEXEC);
	struct ruleset *rs = NULL;
	struct diag why = { 0 };
	unsigned errors = 0;
	char path[40];

	if (fd < 0 || fs_write_all(fd, profile.p, profile.n, &why) != OK)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	list[0] = path;
	for (size_t i = 0; i < paths->n; i++)
		list[i + 1] = paths->p[i];
	if (ruleset_load(list, paths->n + 1, on_mutant_note, &errors, &rs, &why) != OK ||
	    errors > j->errors) {
		ruleset_free(rs);
		rs = NULL;
	}
	(void)close(fd);
	free(list);
	return rs;
}

/* Does a change of `r` show in what `of` does? */
static bool
depends(const struct ruleset *rs, const struct rule *of, const struct rule *r, unsigned deep)
{
	uint32_t in[INPUTS_MAX];
	size_t n;

	if (of == r || of == NULL || deep > DEEP_MAX)
		return of == r;
	n = whynot_inputs(rs, ruleset_index(rs, of), in, INPUTS_MAX);
	for (size_t i = 0; i < n; i++)
		if (depends(rs, ruleset_at(rs, in[i]), r, deep + 1))
			return true;
	return false;
}

static bool
notices(struct job *j, const struct ruleset *rs, size_t i)
{
	const struct casedir_one *one = casedir_at(j->cases, i);

	if (one->rules != NULL ||
	    (one->rule.n != 0 && !depends(j->rules, rule_of(one, j->rules), j->rule, 0)))
		return false;
	buf_reset(&j->got);
	casedir_run(j->cases, i, rs, rule_of(one, rs), &j->got);
	return !str_eq(buf_view(&j->got), buf_view(&j->base[i]));
}

static void
add_file(struct job *j, const char *file)
{
	for (size_t i = 0; i < j->near.n; i++)
		if (strcmp(j->near.p[i], file) == 0)
			return;
	j->near_file[j->near.n++] = file;
}

/* The files of `r` and of what feeds it; false: those are all of them, or too many to say. */
static bool
add_files(struct job *j, const struct rule *r, unsigned deep)
{
	uint32_t in[INPUTS_MAX];
	size_t n = whynot_inputs(j->rules, ruleset_index(j->rules, r), in, INPUTS_MAX);

	if (n == INPUTS_MAX || deep > DEEP_MAX)
		return false;
	add_file(j, r->file);
	for (size_t i = 0; i < n; i++)
		if (!add_files(j, ruleset_at(j->rules, in[i]), deep + 1))
			return false;
	return true;
}

/* A file loads without errors only beside those that its rules name. */
static void
close_near(struct job *j)
{
	size_t had;

	do {
		had = j->near.n;
		for (size_t i = 0; i < ruleset_len(j->rules); i++)
			for (size_t k = 0; k < had; k++)
				if (strcmp(j->near.p[k], ruleset_at(j->rules, i)->file) == 0)
					(void)add_files(j, ruleset_at(j->rules, i), 0);
	} while (j->near.n > had);
}

/*
 * Loading takes longer than a case: j->near becomes the files that decide what the rule does, and
 * whatever is fed by it alone.  What another file holds beside rules (filters, placeholders) may
 * matter to all: then there is no such list.
 */
static void
find_near(struct job *j)
{
	size_t n = ruleset_len(j->rules);

	j->near_file = mem_resize(j->near_file, n + 1, sizeof(*j->near_file));
	j->is_near = mem_resize(j->is_near, n + 1, sizeof(*j->is_near));
	j->near = (struct conf_list){ j->near_file, 0 };
	for (size_t i = 0; i < n; i++)
		add_file(j, ruleset_at(j->rules, i)->file);
	if (j->near.n != ruleset_files(j->rules)) {
		j->near.n = 0;
		return;
	}
	j->near.n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct rule *r = ruleset_at(j->rules, i);
		size_t had = j->near.n;

		j->is_near[i] = depends(j->rules, r, j->rule, 0) && add_files(j, r, 0);
		if (!j->is_near[i])
			j->near.n = had;
	}
	close_near(j);
}

static int
by_events(const void *a, const void *b, void *cases)
{
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;
	const size_t n = casedir_at(cases, x)->n_rec, m = casedir_at(cases, y)->n_rec;

	return n != m ? (n < m ? -1 : 1) : (x < y ? -1 : 1);
}

static void
order_cases(struct job *j)
{
	size_t n = casedir_len(j->cases);

	j->order = mem_alloc((n + 1) * sizeof(*j->order));
	for (size_t i = 0; i < n; i++)
		j->order[i] = i;
	qsort_r(j->order, n, sizeof(*j->order), by_events, j->cases);
}

/* First the cases in which the rule speaks: one of them will most likely do. */
static bool
some_case_notices(struct job *j, const struct ruleset *rs)
{
	struct str title = str_c(j->rule->title);
	size_t n = casedir_len(j->cases);

	for (int round = 0; round < 2; round++)
		for (size_t k = 0; k < n; k++) {
			size_t i = j->order[k];

			if ((str_find(buf_view(&j->base[i]), title) >= 0) == (round == 0) &&
			    notices(j, rs, i))
				return true;
		}
	return false;
}

/* A case of a rule that all of the near files are enough for. */
static bool
near_notices(struct job *j, struct str profile)
{
	struct ruleset *rs = j->near.n != 0 ? mutant_of(j, &j->near, profile) : NULL;
	bool noticed = false;

	for (size_t k = 0; rs != NULL && k < casedir_len(j->cases) && !noticed; k++) {
		const struct casedir_one *one = casedir_at(j->cases, j->order[k]);
		const struct rule *r = rule_of(one, j->rules);

		if (one->rules == NULL && r != NULL && j->is_near[ruleset_index(j->rules, r)])
			noticed = notices(j, rs, j->order[k]);
	}
	ruleset_free(rs);
	return noticed;
}

static void
put_missed(struct job *j, const char *what)
{
	struct jsonw w;

	if (!j->json) {
		buf_printf(&j->out, "%s:%u: %s: %s: no case notices\n", j->rule->file,
		    (unsigned)j->rule->line, j->rule->title, what);
		return;
	}
	jsonw_init(&w, &j->got);
	buf_reset(&j->got);
	jsonw_obj(&w);
	jsonw_kstr(&w, "rule", str_c(j->rule->id));
	jsonw_kstr(&w, "title", str_c(j->rule->title));
	jsonw_kstr(&w, "mutant", str_c(what));
	jsonw_end(&w);
	buf_str(&j->out, j->missed > 0 ? STR(",") : STR(""));
	buf_str(&j->out, buf_view(&j->got));
}

static void
on_mutant(void *ctx, const char *what, struct str profile)
{
	struct job *j = ctx;
	struct ruleset *rs;

	if (near_notices(j, profile)) {
		j->mutants++;
		return;
	}
	rs = mutant_of(j, &j->paths, profile);
	if (rs == NULL) {
		j->refused++;
		return;
	}
	j->mutants++;
	if (!some_case_notices(j, rs)) {
		put_missed(j, what);
		j->missed++;
	}
	ruleset_free(rs);
}

static enum err
mutate_one(struct job *j, struct diag *why)
{
	find_near(j);
	return mutate_each(j->rule, on_mutant, j, why);
}

static enum err
try_mutants(struct job *j, const char *only, struct diag *why)
{
	enum err e = OK;

	order_cases(j);
	for (size_t i = 0; i < ruleset_len(j->rules) && e == OK; i++) {
		j->rule = ruleset_at(j->rules, i);
		if (only == NULL || strcmp(only, j->rule->id) == 0 ||
		    strcmp(only, j->rule->title) == 0)
			e = mutate_one(j, why);
	}
	return e;
}

static enum err
work(struct job *j, const char *rules, const char *cases, const char *only, struct diag *why)
{

	enum err e;

	j->paths = (struct conf_list){ &rules, 1 };
	e = ruleload(&j->paths, "none", ruleload_say, &j->errors, &j->rules, why);
	if (e == OK)
		e = casedir_load(cases, j->rules, &j->cases, why);
	if (e == OK)
		e = test_cases(j, why);
	if (e == OK && j->json)
		buf_printf(&j->out, "{\"cases\":%zu,\"failed\":%u,\"errors\":%u,\"missed\":[",
		    casedir_len(j->cases), j->failed, j->errors);
	if (e == OK && j->mutate)
		e = try_mutants(j, only, why);
	if (e != OK)
		return e;
	if (j->json) {
		buf_printf(&j->out, "],\"mutants\":%u}\n", j->mutants);
		return OK;
	}
	buf_printf(&j->out, "%zu cases, %u failed\n", casedir_len(j->cases), j->failed);
	if (j->mutate)
		buf_printf(&j->out, "%u mutants, %u of which no case notices\n", j->mutants,
		    j->missed);
	return OK;
}

static void
job_fini(struct job *j)
{
	for (size_t i = 0; j->base != NULL && i < casedir_len(j->cases); i++)
		buf_fini(&j->base[i]);
	free(j->base);
	free(j->order);
	free(j->near_file);
	free(j->is_near);
	casedir_free(j->cases);
	ruleset_free(j->rules);
	buf_fini(&j->out);
	buf_fini(&j->got);
	buf_fini(&j->want);
}

int
rules_test(int argc, char **argv)
{
	const char *rules = "rules", *only = NULL;
	struct job j = { 0 };
	const struct args_option options[] = {
		{ "rules", "DIR", "folder or file with rules (default: rules, else those shipped)",
		    &rules, NULL },
		{ "mutate", NULL, "change each bound, window, group and condition: who notices?",
		    NULL, &j.mutate },
		{ "rule", "R", "--mutate: only the rule with this id or title", &only, NULL },
		{ "json", NULL, "one object for machines", NULL, &j.json },
	};
	const struct args_spec spec = { "tocsin rules test [options] [CASES]",
		"Runs cases: tests that rules carry (tocsin.tests), folders named like a rule with "
		"hit*\n"
		"and miss* files, and folders with input.jsonl or input.log, and expect.jsonl that "
		"names\n"
		"the alerts they shall raise. Exit status 1 when one fails or a mutant lives.",
		options, ARRAY_LEN(options) };
	int n = args_parse(&spec, argc, argv);
	struct diag why = { 0 };
	bool found;
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n > 1) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	e = work(&j, rules, n == 1 ? argv[0] : NULL, only, &why);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j.out.p, j.out.n, &why);
	found = j.failed + j.errors + j.missed > 0;
	job_fini(&j);
	return e != OK ? cmd_fail(&why) : found ? CMD_FOUND : CMD_OK;
}
