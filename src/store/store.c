/* The store's process: follow, seal, merge, retain, rest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "store/sealer.h"
#include "store/merge.h"
#include "store/seal.h"

#define WAIT_MS 100
#define TEND_EVERY (10 * CLOCK_S)
#define REST_AFTER (10 * CLOCK_S)

struct store {
	const struct store_opts *opts;
	struct sealer *follow;
	int64_t tended, worked; /* clock_mono */
	uint64_t sealed, skipped;
	uint64_t except; /* merging numbers up to here failed */
};

enum err
store_through(const char *dir, uint64_t *ret_seq, struct diag *why)
{
	struct catalog c = { 0 };
	enum err e;

	e = catalog_list(dir, &c, why);
	if (e != OK)
		return e;
	*ret_seq = catalog_through(&c);
	catalog_free(&c);
	return OK;
}

static enum err
drop_tmp(void *ctx, const char *name)
{
	const char *dir = ctx;
	char path[PATH_MAX];

	if (str_starts(str_c(name), STR(SEAL_TMP)) && fs_join(path, sizeof(path), dir, name) == OK)
		(void)unlink(path);
	return OK;
}

/* A file whose end DuckDB cannot read: set aside, its numbers come from the log again. */
static enum err
check_file(struct store *s, const struct catalog_file *f, struct diag *why)
{
	char name[CATALOG_NAME_SIZE], path[PATH_MAX], aside[PATH_MAX];
	auto_buf struct buf sql = { 0 };
	struct diag bad;
	struct duck *d;
	int64_t n;
	enum err e;

	e = sealer_duck(s->follow, &d, why);
	if (e == OK)
		e = fs_join(path, sizeof(path), s->opts->dir, catalog_name(f, name));
	if (e != OK)
		return e;
	buf_init(&sql, 0);
	buf_str(&sql, STR("SELECT count(*) FROM parquet_file_metadata("));
	duck_quote(&sql, str_c(path));
	buf_str(&sql, STR(")"));
	if (duck_i64(d, duck_sql(&sql), &n, &bad) == OK)
		return OK;
	log_diag("store", "a file cannot be read and is set aside", &bad);
	if (snprintf(aside, sizeof(aside), "%s.corrupt", path) >= (int)sizeof(aside))
		return err_set(why, FAIL_LIMIT, "the folder's path is too long");
	return rename(path, aside) == 0 ? OK : err_sys(why, "rename to %s", aside);
}

static enum err
check_files(struct store *s, struct diag *why)
{
	struct catalog c = { 0 };
	enum err e;
	size_t i;

	e = catalog_list(s->opts->dir, &c, why);
	for (i = 0; i < c.files.n && e == OK; i++)
		e = check_file(s, &c.files.p[i], why);
	catalog_free(&c);
	return e;
}

static enum err
fill_gaps(struct store *s, struct diag *why)
{
	struct catalog c = { 0 };
	uint64_t first, last;
	enum err e;
	bool more;

	do {
		e = catalog_list(s->opts->dir, &c, why);
		if (e != OK)
			return e;
		more = catalog_gap(&c, &first, &last);
		catalog_free(&c);
		if (more) {
			log_warn("store", "sealing a gap again", LOG_INT("first", first),
			    LOG_INT("last", last));
			e = sealer_fill(s->follow, first, last, why);
		}
	} while (more && e == OK);
	return e == FAIL_NOT_FOUND ? OK : e; /* no log yet: later */
}

static enum err
begin(struct store *s, struct diag *why)
{
	enum err e;

	e = fs_mkdirs(s->opts->dir, why);
	if (e == OK) {
		union {
			const char *dir;
			void *ctx;
		} given = { .dir = s->opts->dir };

		e = fs_each(s->opts->dir, drop_tmp, given.ctx, why);
	}
	if (e == OK)
		e = check_files(s, why);
	return e == OK ? fill_gaps(s, why) : e;
}

static enum err
merge_one(struct store *s, const struct catalog *c, bool *ret_more, struct diag *why)
{
	struct merge_job job = { 0 };
	struct erased erased;
	struct duck *d;
	enum err e;

	*ret_more = false;
	if (!merge_plan(c, clock_wall() / 1000, s->except, &job))
		return OK;
	e = sealer_duck(s->follow, &d, why);
	if (e == OK)
		e = erased_read(s->opts->dir, &erased, why);
	if (e == OK)
		e = merge_run(d, s->opts->dir, &job, &erased, why);
	if (e != OK)
		s->except = job.parts.p[job.parts.n - 1].last;
	*ret_more = e == OK;
	merge_free(&job);
	return e;
}

/* One merge at most, so that sealing never waits long; then what is dead or too old. */
static enum err
tend(struct store *s, bool *ret_more, struct diag *why)
{
	struct catalog c = { 0 };
	int64_t now = clock_wall();
	unsigned swept = 0;
	size_t expired;
	enum err e;

	e = catalog_list(s->opts->dir, &c, why);
	if (e != OK)
		return e;
	catalog_stat(&c, s->opts->dir);
	expired = merge_expired(&c, now, s->opts->retain_age, s->opts->retain_size);
	e = merge_expire(&c, s->opts->dir, expired, why);
	if (e == OK)
		e = merge_sweep(&c, s->opts->dir, now, &swept, why);
	if (e == OK && expired == 0)
		e = merge_one(s, &c, ret_more, why);
	if (expired > 0 || swept > 0)
		log_info("store", "files removed", LOG_INT("expired", expired),
		    LOG_INT("merged", swept));
	catalog_free(&c);
	return e;
}

static bool
stopping(const struct store *s)
{
	struct pollfd p = { .fd = s->opts->stop_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* Nothing sealed for a while: give DuckDB's memory back. */
static void
note_work(struct store *s, int64_t now)
{
	if (sealer_skipped(s->follow) != s->skipped) {
		s->skipped = sealer_skipped(s->follow);
		log_error("store", "records no file could take", LOG_INT("total", s->skipped));
	}
	if (sealer_sealed(s->follow) != s->sealed) {
		s->sealed = sealer_sealed(s->follow);
		s->worked = now;
	}
	if (now - s->worked > REST_AFTER && !sealer_pending(s->follow))
		sealer_rest(s->follow);
}

static void
step(struct store *s)
{
	int64_t now = clock_mono();
	struct diag why;
	bool more = false;
	enum err e;

	e = sealer_step(s->follow, now, &why);
	if (e != OK && e != FAIL_NOT_FOUND)
		log_diag("store", "sealing failed, it is tried again", &why);
	if (now - s->tended >= TEND_EVERY) {
		s->tended = now;
		if (tend(s, &more, &why) != OK)
			log_diag("store", "tending the files failed", &why);
		if (more) { /* the next one soon */
			s->tended = now - TEND_EVERY;
			s->worked = now;
		}
	}
	note_work(s, now);
	if (!more || e != OK)
		sealer_wait(s->follow, e == OK || e == FAIL_NOT_FOUND ? WAIT_MS : 10 * WAIT_MS);
}

enum err
store_run(const struct store_opts *opts, struct diag *why)
{
	struct store s = { .opts = opts };
	struct sealer_opts follow = { opts->log_dir, opts->dir, opts->seal_rows, opts->seal_after,
		opts->memory_mb };
	enum err e;

	s.follow = sealer_new(&follow);
	e = begin(&s, why);
	s.worked = clock_mono();
	while (e == OK && !stopping(&s))
		step(&s);
	sealer_free(s.follow);
	return e;
}
