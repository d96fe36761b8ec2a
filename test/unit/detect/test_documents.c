/*
 * The requirement documents: every threshold that stands in them is in the rules, as the profile of
 * that document loads them.  Lines that state thresholds are told by `looks` below; each number of
 * such a line must be taken by a row, and the loaded rule must have it.
 *
 * The documents are in TOCSIN_REQUIREMENTS, else in ../shared/requirements beside the source tree.
 * Not thresholds of rules: bounds of widgets and queries, times of answers, durations of blocks.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <math.h>
#include <regex.h>

#include "detect/profile.h"
#include "shipped.h"

enum document { TRADEPRO, WELLFLOW, PAIID, MOSAAJII };
static const char *const profiles[] = { "tradepro", "wellflow", "paiid", "mosaajii" };
static const char *const prefixes[] = { "000_", "002_", "003_", "004_" };

/* A line that states a threshold.  `within`: what begins the part it counts in, and names it. */
static const struct look {
	enum document document;
	const char *within, *line;
} looks[] = {
	{ TRADEPRO, "", "condition: \"" },
	{ TRADEPRO, "", "if \\(.* > [0-9]" },
	{ WELLFLOW, "new ([A-Za-z]*Detector)\\(",
	    "((Threshold|timeWindow): [0-9]|suspiciousPatterns: )" },
	{ PAIID, "", "^- [0-9]+\\+ " },
	{ PAIID, "", "^- 1-2 failed" },
	{ PAIID, "", "^if [a-z_]+ > [0-9]" },
	{ PAIID, "", "^[0-9]\\. .* > [0-9]" },
	{ PAIID, "(CloudWatch::Alarm)", "^ *(Period|Threshold): [0-9]" },
	{ PAIID, "^class ([A-Za-z]*Detector)", "(self\\.(threshold|window) =|contamination=)" },
	{ MOSAAJII, "^### (Alert Thresholds)", "^- [A-Z][a-z ]+: [0-9]+$" },
};

/*
 * A number of a line, and where the loaded rule has it: gt, gte, lt, lte; "least": either of gt
 * and gte; timespan, in seconds times `times`; a key of the correlation; "each": one event is
 * enough; "none": no number, or one that says nothing.
 */
struct row {
	enum document document;
	const char *line; /* group 1: the number, or a product */
	const char *rule, *key;
	double times;
	int span;          /* seconds; 0: another row tells */
	const char *group; /* NULL: another row tells */
	const char *level; /* NULL: the document says none */
};
#define USERS "user_name user_email user_id"
#define N "([0-9]+)"
#define ABSENT ((double)NAN)
static const struct row rows[] = {
#include "documents.def"
};

static regex_t *
compile(const char *pattern)
{
	regex_t *re = mem_zalloc(sizeof(*re));

	if (regcomp(re, pattern, REG_EXTENDED) != 0)
		test_fail(TEST_AT(pattern), "%s", pattern);
	return re;
}

static bool
matches(const char *pattern, const char *text, regmatch_t m[2])
{
	regex_t *re = compile(pattern);
	bool found = regexec(re, text, 2, m, 0) == 0;

	regfree(re);
	free(re);
	return found;
}

/* ---- the documents ---- */

static void
read_document(enum document d, struct buf *to)
{
	const char *dir = getenv("TOCSIN_REQUIREMENTS");
	char path[600] = "";
	struct dirent *e;
	struct diag why;
	DIR *list;

	if (dir == NULL || dir[0] == '\0')
		dir = test_source("../shared/requirements");
	list = opendir(dir);
	if (list == NULL)
		test_skip("the requirement documents are not at %s", dir);
	while ((e = readdir(list)) != NULL)
		if (strncmp(e->d_name, prefixes[d], strlen(prefixes[d])) == 0)
			(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
	(void)closedir(list);
	if (path[0] == '\0')
		test_skip("no document %s at %s", prefixes[d], dir);
	CHECK_OK(fs_read(path, 1U << 20, to, &why), why);
}

typedef void (*line_fn)(void *ctx, const char *line);

/* Calls fn with each line that states a threshold, behind the name of the part it stands in. */
static void
each_threshold(enum document d, line_fn fn, void *ctx)
{
	static const char *const comments[] = { " # ", " // " };
	char within[ARRAY_LEN(looks)][80] = { "" }, line[400], text[1400];
	struct buf b;
	struct str rest, s;
	regmatch_t m[2];

	buf_init(&b, 0);
	read_document(d, &b);
	rest = buf_view(&b);
	while (str_line(&rest, &s)) {
		bool done = false;

		(void)str_to_c(s, line, sizeof(line));
		for (size_t i = 0; i < ARRAY_LEN(comments); i++)
			if (strstr(line, comments[i]) != NULL)
				*strstr(line, comments[i]) = '\0';
		for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
			const struct look *l = &looks[i];

			if (l->document != d)
				continue;
			if (l->within[0] != '\0' && matches(l->within, line, m))
				(void)snprintf(within[i], sizeof(within[i]), "%.*s ",
				    (int)(m[1].rm_eo - m[1].rm_so), line + m[1].rm_so);
			if (done || (l->within[0] != '\0' && within[i][0] == '\0') ||
			    !matches(l->line, line, m))
				continue;
			(void)snprintf(text, sizeof(text), "%s%s", within[i],
			    line + (matches("^[0-9]\\. ", line, m) ? 3 : 0));
			fn(ctx, text);
			done = true;
		}
	}
	buf_fini(&b);
}

/* ---- what is loaded ---- */

struct loaded {
	struct shipped s;
	enum document document;
	unsigned lines, wrong;
	bool used[ARRAY_LEN(rows)];
};

static double
product(const char *text)
{
	double v = 1;

	for (char *end; *text != '\0'; text = end) {
		v *= strtod(text, &end);
		while (*end == '*' || *end == ' ')
			end++;
		if (end == text)
			test_fail(TEST_AT(text), "%s", text);
	}
	return v;
}

static const struct ydoc *
by_path(const struct ydoc *d, const char *path)
{
	char key[80];

	while (d != NULL && *path != '\0') {
		size_t n = strcspn(path, ".");

		(void)snprintf(key, sizeof(key), "%.*s", (int)n, path);
		d = ydoc_get(d, key);
		path += n + (path[n] == '.');
	}
	return d;
}

/* A number that only its type knows: from the rule as the profile hands it to the loader. */
static double
from_yaml(struct loaded *l, const struct crule *r, const char *path)
{
	struct arena *a = arena_new(1U << 20);
	struct buf text, tune, digest;
	struct ydoc *doc = NULL, *profile = NULL;
	struct profile *p;
	struct str stream, one;
	uint32_t line = 1, at = 0;
	char file[300];
	double v = ABSENT;
	struct diag why;

	buf_init(&text, 0);
	buf_init(&tune, 0);
	buf_init(&digest, 0);
	(void)snprintf(file, sizeof(file), "%s/%s.yml", test_source("profiles"),
	    profiles[l->document]);
	CHECK_OK(fs_read(file, 1U << 20, &tune, &why), why);
	CHECK_OK(fs_read(r->pub.file, 1U << 20, &text, &why), why);
	stream = buf_view(&text);
	while (ydoc_split(&stream, &line, &one, &at))
		if (at == r->pub.line || str_find(one, str_c(r->pub.id)) >= 0)
			CHECK_OK(ydoc_parse(one, at, a, &doc, &why), why);
	CHECK_OK(ydoc_parse(buf_view(&tune), 1, a, &profile, &why), why);
	CHECK_OK(profile_read(profile, file, a, &p, &why), why);
	CHECK_OK(profile_apply(p, doc, &digest, &why), why);
	if (by_path(doc, path) != NULL)
		v = strtod(by_path(doc, path)->text.p, NULL);
	buf_fini(&text);
	buf_fini(&tune);
	buf_fini(&digest);
	arena_free(a);
	return v;
}

/* What the loaded rule has at the key; ABSENT: nothing. */
static double
value_of(struct loaded *l, const struct crule *r, const char *key)
{
	static const char *const ops[] = { [CORR_GT] = "gt",
		[CORR_GTE] = "gte",
		[CORR_LT] = "lt",
		[CORR_LTE] = "lte",
		[CORR_EQ] = "eq",
		[CORR_NEQ] = "neq" };

	if (strcmp(key, "each") == 0)
		return r->corr == NULL ? 1 : ABSENT;
	if (strcmp(key, "timespan") == 0)
		return r->corr != NULL ? (double)r->corr->timespan / 1e9 : ABSENT;
	if (strchr(key, '.') != NULL)
		return from_yaml(l, r, key);
	for (size_t i = 0; r->corr != NULL && i < r->corr->n_bounds; i++) {
		const struct corr_bound *b = &r->corr->bound[i];

		if (strcmp(ops[b->op], key) == 0 ||
		    (strcmp(key, "least") == 0 && (b->op == CORR_GT || b->op == CORR_GTE)))
			return b->value;
	}
	return ABSENT;
}

static void
put_group(const struct crule *r, struct buf *to)
{
	for (size_t i = 0; i < r->group.n; i++)
		buf_printf(to, "%s%.*s", i > 0 ? " " : "", STR_ARG(r->group.f[i].name));
	buf_byte(to, '\0');
}

static void
complain(struct loaded *l, const char *line, const char *what, const char *rule)
{
	fprintf(stderr, "%s: %s: %s: %s\n", profiles[l->document], line, rule, what);
	l->wrong++;
}

static void
judge(struct loaded *l, const struct row *row, const char *line, const char *number)
{
	const struct crule *r = named(&l->s.f, row->rule);
	double want = number[0] != '\0' ? product(number) * row->times : 0;
	bool feeder = strcmp(row->rule, "large_volume") == 0;
	struct buf group;

	buf_init(&group, 0);
	put_group(r, &group);
	if (r->pub.alerts == feeder)
		complain(l, line, "it is off", row->rule);
	if (row->level != NULL && strcmp(r->pub.level, row->level) != 0)
		complain(l, line, r->pub.level, row->rule);
	if (row->group != NULL && strcmp(group.p, row->group) != 0)
		complain(l, line, group.p, row->rule);
	if (row->span != 0 && value_of(l, r, "timespan") != row->span)
		complain(l, line, "another window", row->rule);
	if (strcmp(row->key, "none") != 0 && !(fabs(value_of(l, r, row->key) - want) < 1e-9))
		complain(l, line, "another number", row->rule);
	else
		fprintf(stderr, "%s: %s: %s %s %s by '%s'\n", profiles[l->document], row->rule,
		    row->key, number, r->pub.level, group.p);
	buf_fini(&group);
}

/* Each number of the line is taken by a row, or the line by a row without one. */
static void
on_line(void *ctx, const char *line)
{
	struct loaded *l = ctx;
	bool covered[1400] = { false }, any = false;
	char number[80];
	regmatch_t m[2];

	l->lines++;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		m[1] = (regmatch_t){ 0, 0 };
		if (rows[i].document != l->document || !matches(rows[i].line, line, m))
			continue;
		any = l->used[i] = true;
		if (m[1].rm_so < 0)
			m[1].rm_so = m[1].rm_eo = 0;
		(void)snprintf(number, sizeof(number), "%.*s", (int)(m[1].rm_eo - m[1].rm_so),
		    line + m[1].rm_so);
		memset(covered + m[1].rm_so, true, (size_t)(m[1].rm_eo - m[1].rm_so));
		judge(l, &rows[i], line, number);
	}
	for (size_t i = 0; line[i] != '\0'; i++)
		any &= line[i] < '0' || line[i] > '9' || covered[i];
	if (!any)
		complain(l, line, "a number has no rule", "?");
}

static void
check(enum document d, unsigned least)
{
	struct loaded l = { .document = d };

	shipped_open(&l.s, profiles[d]);
	CHECK_STR(feed_cstr(&l.s.f.notes), "");
	each_threshold(d, on_line, &l);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].document == d && !l.used[i])
			complain(&l, rows[i].line, "no line of the document", rows[i].rule);
	fprintf(stderr, "%u lines\n", l.lines);
	CHECK(l.lines >= least);
	CHECK_INT(l.wrong, 0);
	shipped_close(&l.s);
}

TEST(tradepro)
{
	check(TRADEPRO, 13);
}

TEST(wellflow)
{
	check(WELLFLOW, 12);
}

TEST(paiid)
{
	check(PAIID, 30);
}

TEST(mosaajii)
{
	check(MOSAAJII, 5);
}

/* ---- the blocks themselves ---- */

/* Every YAML block of T with conditions, as it is written, loads and says the same as its profile.
 */
TEST(tradepros_blocks_load_as_written)
{
	struct buf b, blocks;
	struct str rest, line;
	bool yaml = false;
	struct shipped s;
	struct feed f;
	unsigned n = 0;

	buf_init(&b, 0);
	buf_init(&blocks, 0);
	read_document(TRADEPRO, &b);
	rest = buf_view(&b);
	while (str_line(&rest, &line)) {
		struct str next = rest, second;

		if (str_starts(line, STR("```"))) {
			yaml = str_eq(line, STR("```yaml")) && str_line(&next, &second) &&
			       str_starts(second, STR("# "));
			buf_str(&blocks, STR("---\n"));
			continue;
		}
		yaml &= str_find(line, STR("alert_routing")) < 0 &&
			str_find(line, STR("Monitoring resource")) < 0 &&
			str_find(line, STR("Logstash")) < 0 &&
			str_find(line, STR("Alert routing")) < 0;
		if (yaml)
			buf_printf(&blocks, "%.*s\n", STR_ARG(line));
		n += yaml && str_find(line, STR("condition: ")) >= 0;
	}
	buf_byte(&blocks, '\0');
	CHECK_INT(n, 12);
	feed_text(&f, blocks.p);
	CHECK_STR(feed_cstr(&f.notes), "");
	shipped_open(&s, "tradepro");
	for (size_t i = 0; i < f.rules->rule.n; i++) {
		const struct crule *r = &f.rules->rule.p[i], *other;

		if (!r->pub.alerts || strncmp(r->name.p, "resource_anomaly", 16) == 0)
			continue;
		other = named(&s.f, r->name.p);
		CHECK_STR(r->pub.level, other->pub.level);
		CHECK_STR(r->pub.action, other->pub.action);
		CHECK_INT(r->corr != NULL, other->corr != NULL);
		if (r->corr == NULL)
			continue;
		CHECK(r->corr->type == other->corr->type);
		CHECK_DOUBLE(r->corr->bound[0].value, other->corr->bound[0].value, 1e-9);
		CHECK_INT(r->corr->bound[0].op, other->corr->bound[0].op);
		CHECK_INT(r->corr->timespan, other->corr->timespan);
	}
	shipped_close(&s);
	feed_fini(&f);
	buf_fini(&b);
	buf_fini(&blocks);
}

static void
append_line(void *ctx, const char *line)
{
	buf_printf(ctx, "%s\n", strchr(line, '-'));
}

TEST(mosaajiis_list_loads_as_written)
{
	struct buf list;
	struct feed f;
	unsigned n = 0;

	buf_init(&list, 0);
	buf_str(&list, STR("### Alert Thresholds\n"));
	each_threshold(MOSAAJII, append_line, &list);
	buf_byte(&list, '\0');
	feed_text(&f, list.p);
	CHECK_STR(feed_cstr(&f.notes), "");
	for (size_t i = 0; i < f.rules->rule.n; i++)
		n += f.rules->rule.p[i].pub.alerts;
	CHECK_INT(n, 5);
	feed_fini(&f);
	buf_fini(&list);
}
