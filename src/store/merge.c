/* Planning and doing merges; retention. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/merge.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/fs.h"
#include "store/seal.h"

#define US ((int64_t)1000000)
#define HOUR (3600 * US)
#define DAY (24 * HOUR)
#define SQL_MAX ((size_t)1 << 20)

/* One way to choose a run. */
struct rule {
	enum catalog_level most; /* levels up to this take part */
	int64_t period; /* of event time; files of one past period belong together; 0: any */
	size_t least;   /* so many files in a row */
	enum catalog_level to;
};

static const struct rule rules[] = {
	{ CATALOG_SEALED, HOUR, 2, CATALOG_HOURLY },
	{ CATALOG_HOURLY, DAY, 2, CATALOG_DAILY },
	{ CATALOG_SEALED, 0, MERGE_PILE, CATALOG_HOURLY },
	{ CATALOG_HOURLY, 0, MERGE_PILE, CATALOG_DAILY },
};

static bool
takes(const struct rule *rule, const struct catalog_file *f, int64_t now_us)
{
	return f->level <= rule->most &&
	       (rule->period == 0 || f->tmax / rule->period < now_us / rule->period);
}

static bool
follows(const struct rule *rule, const struct catalog_file *a, const struct catalog_file *b)
{
	return b->first == a->last + 1 &&
	       (rule->period == 0 || a->tmax / rule->period == b->tmax / rule->period);
}

/* How many of the n files at f fit one merged file. */
static size_t
fitting(const struct catalog_file *f, size_t n)
{
	uint64_t rows = 0, bytes = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		rows += f[i].last - f[i].first + 1;
		bytes += f[i].size;
		if (rows > MERGE_ROWS_MAX || bytes > MERGE_BYTES_MAX)
			break;
	}
	return i;
}

/* The first run in the n living files at f that the rule wants. */
static bool
choose(const struct rule *rule, const struct catalog_file *f, size_t n, int64_t now_us,
    struct merge_job *ret)
{
	size_t at, i, length, fit;

	for (at = 0; at < n; at += length) {
		length = 1;
		if (!takes(rule, &f[at], now_us))
			continue;
		while (at + length < n && takes(rule, &f[at + length], now_us) &&
		       follows(rule, &f[at + length - 1], &f[at + length]))
			length++;
		if (length < rule->least)
			continue;
		for (i = 0; i < length; i++) {
			fit = fitting(&f[at + i], length - i);
			if (fit < 2)
				continue;
			*ret = (struct merge_job){ .level = rule->to };
			while (fit-- > 0)
				VEC_PUSH(&ret->parts, f[at + i++]);
			return true;
		}
	}
	return false;
}

bool
merge_plan(const struct catalog *c, int64_t now_us, uint64_t except, struct merge_job *ret)
{
	VEC(struct catalog_file) living = { 0 };
	bool found = false;
	size_t i;

	for (i = 0; i < c->files.n; i++)
		if (!c->files.p[i].dead && c->files.p[i].first > except)
			VEC_PUSH(&living, c->files.p[i]);
	for (i = 0; i < ARRAY_LEN(rules) && !found; i++)
		found = choose(&rules[i], living.p, living.n, now_us, ret);
	VEC_FINI(&living);
	return found;
}

void
merge_free(struct merge_job *job)
{
	if (job != NULL)
		VEC_FINI(&job->parts);
}

static int
by_time(const void *pa, const void *pb)
{
	const struct catalog_file *a = pa, *b = pb;

	if (a->tmin != b->tmin)
		return a->tmin < b->tmin ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

static enum err
path_of(const char *dir, const struct catalog_file *f, char path[PATH_MAX], struct diag *why)
{
	char name[CATALOG_NAME_SIZE];

	if (fs_join(path, PATH_MAX, dir, catalog_name(f, name)) != OK)
		return err_set(why, FAIL_LIMIT, "the folder's path is too long");
	return OK;
}

enum err
merge_run(struct duck *d, const char *dir, const struct merge_job *job, const struct erased *erased,
    struct diag *why)
{
	struct merge_job order = { 0 };
	struct catalog_file to = { .level = job->level, .tmin = INT64_MAX };
	auto_buf struct buf select = { 0 };
	char path[PATH_MAX];
	enum err e = OK;
	size_t i;

	for (i = 0; i < job->parts.n; i++) {
		VEC_PUSH(&order.parts, job->parts.p[i]);
		if (job->parts.p[i].tmin < to.tmin)
			to.tmin = job->parts.p[i].tmin;
		if (job->parts.p[i].tmax > to.tmax)
			to.tmax = job->parts.p[i].tmax;
	}
	to.first = job->parts.p[0].first;
	to.last = job->parts.p[job->parts.n - 1].last;
	qsort(order.parts.p, order.parts.n, sizeof(order.parts.p[0]), by_time);
	buf_init(&select, SQL_MAX);
	buf_str(&select, STR("SELECT * FROM read_parquet(["));
	for (i = 0; i < order.parts.n && e == OK; i++) {
		e = path_of(dir, &order.parts.p[i], path, why);
		buf_str(&select, i > 0 ? STR(", ") : STR(""));
		duck_quote(&select, str_c(path));
	}
	buf_str(&select, STR("], union_by_name = true, hive_partitioning = false)"));
	if (e == OK && erased_touches(erased, to.first, to.last)) {
		buf_str(&select, STR(" WHERE "));
		erased_condition(erased, &select);
	}
	merge_free(&order);
	if (e == OK)
		e = seal_copy(d, duck_sql(&select), dir, &to, why);
	if (e == OK)
		crash_point(CRASH_STORE_MERGED);
	return e;
}

static enum err
drop(const char *dir, const struct catalog_file *f, struct diag *why)
{
	char path[PATH_MAX];
	enum err e;

	e = path_of(dir, f, path, why);
	if (e != OK)
		return e;
	crash_point(CRASH_STORE_UNLINK);
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(why, "unlink %s", path);
	return OK;
}

enum err
merge_sweep(const struct catalog *c, const char *dir, int64_t now, unsigned *ret_n,
    struct diag *why)
{
	const struct catalog_file *heir = NULL;
	unsigned n = 0;
	enum err e;
	size_t i;

	for (i = 0; i < c->files.n; i++) {
		const struct catalog_file *f = &c->files.p[i];

		if (!f->dead) {
			heir = f;
			continue;
		}
		if (heir == NULL || heir->written + MERGE_GRACE * CLOCK_S > now)
			continue;
		e = drop(dir, f, why);
		if (e != OK)
			return e;
		n++;
	}
	*ret_n = n;
	return OK;
}

static bool
too_old(const struct catalog_file *f, int64_t now, int64_t age)
{
	int64_t newest = f->tmax < INT64_MAX / 1000 ? f->tmax * 1000 : INT64_MAX;

	if (f->written != 0 && f->written < newest)
		newest = f->written;
	return age > 0 && newest < now - age;
}

size_t
merge_expired(const struct catalog *c, int64_t now, int64_t age, uint64_t size)
{
	uint64_t bytes = 0;
	size_t i, living = 0, n = 0;

	for (i = 0; i < c->files.n; i++) {
		bytes += c->files.p[i].size;
		living += !c->files.p[i].dead;
	}
	for (i = 0; i < c->files.n && n + 1 < living; i++) {
		const struct catalog_file *f = &c->files.p[i];

		if (!f->dead) {
			if (!too_old(f, now, age) && (size == 0 || bytes <= size))
				break;
			n++;
		}
		bytes -= f->size;
	}
	return n;
}

/* The parts of a file go before it: half a job must not bring them back to life. */
static enum err
drop_with_parts(const struct catalog *c, const char *dir, size_t at, struct diag *why)
{
	enum err e = OK;
	size_t i;

	for (i = at + 1; i < c->files.n && c->files.p[i].dead && e == OK; i++)
		e = drop(dir, &c->files.p[i], why);
	return e == OK ? drop(dir, &c->files.p[at], why) : e;
}

enum err
merge_expire(const struct catalog *c, const char *dir, size_t n, struct diag *why)
{
	enum err e = OK;
	size_t i;

	for (i = 0; i < c->files.n && n > 0 && e == OK; i++) {
		if (c->files.p[i].dead)
			continue;
		e = drop_with_parts(c, dir, i, why);
		n--;
	}
	return e;
}
