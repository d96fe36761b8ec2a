/* The query worker: prepares the tables, locks itself in, runs one statement. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/query.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "log/reader.h"
#include "store/alertview.h"
#include "store/export.h"
#include "store/gate.h"
#include "store/jail.h"
#include "store/asked.h"
#include "store/rows.h"
#include "store/views.h"
#include "store/watchdog.h"

#define TAIL_ROWS_MAX 500000
#define TAIL_BYTES_MAX ((size_t)160 << 20)
#define SPARE_MEMORY ((uint64_t)256 << 20) /* stacks, the result, what DuckDB does not count */

struct worker {
	const struct query_opts *opts;
	struct duck duck;
	struct asked request;
	struct catalog catalog;
	struct rows *tail;
	uint64_t behind;
	int64_t began;
	struct out out;
	int in_fd;
	int export_fd; /* file without a name that an answer is written to first; 0: none */
	char folder_text[PATH_MAX + 1];
	struct str folder; /* of the store, with a slash at its end */
	struct buf words;  /* a problem at full length */
};

static const struct {
	enum err e;
	int status;
	const char *title;
} problems[] = {
	{ FAIL_SYNTAX, 400, "The query is not understood" },
	{ FAIL_DENIED, 403, "The query is not allowed" },
	{ FAIL_LIMIT, 400, "The query asks for too much" },
	{ FAIL_STORE, 400, "The query failed" },
};

/* DuckDB's words without the folder its files are in. */
static void
put_without_folder(const struct worker *w, struct str words, struct buf *to)
{
	ptrdiff_t at;

	while (w->folder.n > 0 && (at = str_find(words, w->folder)) >= 0) {
		buf_str(to, (struct str){ words.p, (size_t)at });
		words = str_from(words, (size_t)at + w->folder.n);
	}
	buf_str(to, words);
}

static enum err
problem(struct worker *w, enum err e, struct str detail)
{
	auto_buf struct buf clean = { 0 };
	struct str words;
	size_t i;

	buf_init(&clean, 0);
	put_without_folder(w, detail, &clean);
	words = buf_view(&clean);
	for (i = 0; i < ARRAY_LEN(problems); i++)
		if (problems[i].e == e)
			break;
	if (i < ARRAY_LEN(problems))
		(void)out_problem(&w->out, problems[i].status, problems[i].title, words);
	else
		(void)out_problem(&w->out, 503, "The store is not ready", words);
	return e;
}

/* Everything the sealed files do not have yet. */
static enum err
read_tail(struct worker *w, struct diag *why)
{
	struct reader_entry entry;
	struct reader *reader;
	uint64_t last;
	enum err e;

	last = catalog_through(&w->catalog);
	e = reader_open(w->opts->log_dir, last + 1, &reader, why);
	if (e != OK)
		return e == FAIL_NOT_FOUND ? OK : e;
	while ((e = reader_next(reader, &entry, why)) == OK) {
		if (rows_add(w->tail, &entry, why) == FAIL_LIMIT) {
			w->behind = reader_published(reader) - entry.seq + 1;
			break;
		}
	}
	reader_close(reader);
	return e == FAIL_AGAIN ? OK : e;
}

/* Files behind a gap would be there twice, once the gap is read from the log. */
static void
hide_behind_gap(struct catalog *c)
{
	uint64_t through = catalog_through(c);
	size_t i;

	for (i = 0; i < c->files.n; i++)
		if (c->files.p[i].first > through)
			c->files.p[i].dead = true;
}

static enum err
prepare_tables(struct worker *w, struct diag *why)
{
	struct erased erased;
	struct views_opts views = { &w->catalog, w->request.from, w->request.to, &erased };
	enum err e;

	if (realpath(w->opts->store_dir, w->folder_text) != NULL) {
		w->folder = (struct str){ w->folder_text, strlen(w->folder_text) + 1 };
		w->folder_text[w->folder.n - 1] = '/';
	}
	e = catalog_list(w->opts->store_dir, &w->catalog, why);
	if (e == OK)
		e = erased_read(w->opts->store_dir, &erased, why);
	if (e != OK)
		return e;
	hide_behind_gap(&w->catalog);
	e = read_tail(w, why);
	if (e == OK)
		e = alertview_load(&w->duck, w->opts->alerts_path, why);
	/* From here on files have no folder in their names. */
	if (e == OK && w->catalog.files.n > 0 && chdir(w->opts->store_dir) != 0)
		e = err_sys(why, "the folder of the store");
	return e == OK ? views_create(&w->duck, &views, why) : e;
}

/* What DuckDB itself can forbid. */
static enum err
close_duck(struct worker *w, const char *const *files, size_t n, struct diag *why)
{
	static const char *const settings[] = { "SET temp_directory = ''",
		"SET max_temp_directory_size = '0MB'", "SET allow_unredacted_secrets = false",
		"SET enable_external_access = false", NULL };
	auto_buf struct buf sql = { 0 };
	enum err e;
	size_t i;

	buf_init(&sql, 0);
	buf_str(&sql, STR("SET allowed_paths = ["));
	for (i = 0; i < n; i++) {
		buf_str(&sql, i > 0 ? STR(", ") : STR(""));
		duck_quote(&sql, str_c(files[i]));
	}
	buf_str(&sql, STR("]"));
	e = duck_run(&w->duck, duck_sql(&sql), why);
	for (i = 0; settings[i] != NULL && e == OK; i++)
		e = duck_run(&w->duck, settings[i], why);
	return e;
}

/* The last steps, when the threads may be started: they inherit the jail. */
static enum err
close_doors(struct worker *w, struct diag *why)
{
	char sql[64];
	enum err e;

	snprintf(sql, sizeof(sql), "SET threads = %u", w->opts->threads > 0 ? w->opts->threads : 1);
	e = duck_run(&w->duck, sql, why);
	if (e == OK)
		e = duck_run(&w->duck, "SET lock_configuration = true", why);
	if (e == OK)
		e = watchdog_start(&w->duck, &w->out, w->began, w->request.timeout_ms, why);
	return e == OK ? jail_no_threads(why) : e;
}

static enum err
lock_in(struct worker *w, struct diag *why)
{
	size_t i, n = 0, all = w->catalog.files.n;
	char(*names)[CATALOG_NAME_SIZE] = mem_zalloc((all + 1) * sizeof(*names));
	const char **files = mem_zalloc((all + 2) * sizeof(*files));
	char written[EXPORT_PATH_SIZE];
	struct jail_opts jail = {
		.memory = ((uint64_t)w->opts->memory_mb << 20) + SPARE_MEMORY,
		.cpu_s = (unsigned)(w->request.timeout_ms / 1000 + 2) *
			 (w->opts->threads > 0 ? w->opts->threads : 1),
		.keep = { w->in_fd, w->out.fd, w->export_fd },
		.write_fd = w->export_fd,
		.write_max = EXPORT_MAX,
	};
	struct jail_level level;
	enum err e;

	for (i = 0; i < all; i++)
		if (views_wants(&w->catalog.files.p[i], w->request.from, w->request.to))
			files[n++] = catalog_name(&w->catalog.files.p[i], names[i]);
	jail.files = files;
	jail.n_files = n;
	if (w->export_fd != 0)
		files[n++] = export_path(w->export_fd, written);
	e = close_duck(w, files, n, why);
	if (e == OK)
		e = jail_enter(&jail, &level, why);
	if (e == OK && level.landlock == 0)
		log_warn("query", "this kernel has no Landlock, other protections hold");
	if (e == OK)
		e = close_doors(w, why);
	mem_freep(&files);
	mem_freep(&names);
	return e;
}

static enum err
columns_of(duckdb_result *result, struct answer_column *columns, size_t n, struct diag *why)
{
	enum err e = OK;
	size_t i;

	for (i = 0; i < n && e == OK; i++) {
		duckdb_logical_type type = duckdb_column_logical_type(result, i);

		columns[i].name = duckdb_column_name(result, i);
		e = cell_type_new(type, &columns[i].type, why);
		duckdb_destroy_logical_type(&type);
	}
	return e;
}

/* Rows until the end or the limit.  FAIL_STORE with the reason in w->words. */
static enum err
stream(struct worker *w, duckdb_result *result, struct answer *a, bool *ret_more, struct diag *why)
{
	duckdb_data_chunk chunk;
	enum err e = OK;
	idx_t row, n;

	*ret_more = false;
	while (e == OK && !*ret_more && (chunk = duckdb_fetch_chunk(*result)) != NULL) {
		n = duckdb_data_chunk_get_size(chunk);
		for (row = 0; row < n && e == OK && !*ret_more; row++) {
			*ret_more = a->rows >= w->request.max_rows;
			if (*ret_more)
				break;
			w->request.form->row(a, chunk, row);
			a->rows++;
			e = out_flow(a->out, why);
		}
		duckdb_destroy_data_chunk(&chunk);
	}
	if (e == OK && !*ret_more && duckdb_result_error(result) != NULL &&
	    duckdb_result_error(result)[0] != '\0') {
		buf_str(&w->words, str_c(duckdb_result_error(result)));
		e = FAIL_STORE;
	}
	return e;
}

static enum err
answer(struct worker *w, duckdb_result *result, struct diag *why)
{
	struct answer a = { .out = &w->out, .n = duckdb_column_count(result) };
	struct answer_column *columns = mem_zalloc((a.n + 1) * sizeof(*columns));
	struct answer_end end = { .behind = w->behind };
	size_t i;
	enum err e;

	a.columns = columns;
	buf_init(&a.text, (size_t)64 << 20);
	e = columns_of(result, columns, a.n, why);
	if (e == OK) {
		w->request.form->begin(&a);
		e = stream(w, result, &a, &end.truncated, why);
	}
	if (e == OK) {
		end.elapsed_ms = (clock_mono() - w->began) / CLOCK_MS;
		w->request.form->end(&a, &end);
		e = out_end(&w->out, why);
	}
	for (i = 0; i < a.n; i++)
		cell_type_free(columns[i].type);
	mem_freep(&columns);
	buf_fini(&a.text);
	return e;
}

static enum err
execute(struct worker *w, duckdb_prepared_statement st, struct diag *why)
{
	duckdb_pending_result pending = NULL;
	duckdb_result result = { 0 };
	enum err e;

	if (duckdb_pending_prepared_streaming(st, &pending) != DuckDBSuccess) {
		buf_str(&w->words, str_c(duckdb_pending_error(pending)));
		e = FAIL_STORE;
	} else if (duckdb_execute_pending(pending, &result) != DuckDBSuccess) {
		buf_str(&w->words, str_c(duckdb_result_error(&result)));
		e = FAIL_STORE;
	} else {
		e = answer(w, &result, why);
	}
	duckdb_destroy_pending(&pending);
	duckdb_destroy_result(&result);
	return e;
}

/* What went wrong, at full length when it is known. */
static struct str
why_words(const struct worker *w, const struct diag *why)
{
	return w->words.n != 0 ? buf_view(&w->words) : str_c(why->text);
}

static enum err
run(struct worker *w)
{
	duckdb_prepared_statement st;
	struct diag why = { 0 };
	enum err e;

	buf_init(&w->words, 0);
	if (w->export_fd != 0) {
		e = export_run(&w->duck, buf_view(&w->request.sql), w->request.max_rows,
		    w->export_fd, &w->out, &w->words, &why);
		watchdog_stop();
		return e == OK || e == FAIL_IO ? e : problem(w, e, why_words(w, &why));
	}
	e = gate_prepare(&w->duck, buf_view(&w->request.sql), &st, &w->words);
	if (e == OK) {
		e = execute(w, st, &why);
		duckdb_destroy_prepare(&st);
	}
	watchdog_stop();
	return e == OK || e == FAIL_IO ? e : problem(w, e, why_words(w, &why));
}

static enum err
serve(struct worker *w, struct buf *line)
{
	struct diag why = { 0 };
	enum err e;

	e = asked_read(w->in_fd, line, &why);
	w->began = clock_mono();
	if (e == FAIL_NOT_FOUND)
		return OK; /* the caller did not need us */
	if (e == OK)
		e = asked_parse(&w->duck, buf_view(line), &w->request, &why);
	if (e != OK)
		return problem(w, e, str_c(why.text));
	w->out.type = w->request.form->type;
	e = prepare_tables(w, &why);
	if (e == OK && w->request.form->begin == NULL)
		e = export_open(w->opts->store_dir, &w->export_fd, &why);
	if (e == OK)
		e = lock_in(w, &why);
	if (e != OK) {
		log_diag("query", "the tables cannot be prepared", &why);
		return problem(w, FAIL_AGAIN, STR("its files cannot be read now, try again"));
	}
	return run(w);
}

int
query_run(const struct query_opts *opts, int in_fd, int out_fd)
{
	struct worker w = { .opts = opts, .in_fd = in_fd };
	auto_buf struct buf line = { 0 };
	struct diag why = { 0 };
	enum err e;

	buf_init(&line, ASKED_LINE_MAX + 8192);
	out_init(&w.out, out_fd, "");
	w.tail = rows_new(TAIL_BYTES_MAX, TAIL_ROWS_MAX);
	e = duck_open(opts->memory_mb, 1, &w.duck, &why);
	if (e == OK)
		e = rows_register(&w.duck, "tail", w.tail, &why);
	if (e == OK)
		e = serve(&w, &line);
	else
		log_diag("query", "DuckDB does not start", &why);
	/* The process ends here: no time is lost on taking things down. */
	return e == OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
