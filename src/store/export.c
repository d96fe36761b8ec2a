/* COPY to a nameless file, and the file to the caller. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_query.c */
#include "store/export.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fs.h"
#include "store/gate.h"
#include "store/seal.h"

#define SQL_MAX ((size_t)4 << 20)
#define CHUNK ((size_t)64 << 10)

enum err
export_open(const char *dir, int *ret_fd, struct diag *why)
{
	char path[PATH_MAX], name[48];
	enum err e;
	int fd;

	(void)snprintf(name, sizeof(name), SEAL_TMP "export-%ld", (long)getpid());
	if (fs_join(path, sizeof(path), dir, name) != OK)
		return err_set(why, FAIL_LIMIT, "the folder's path is too long");
	(void)unlink(path); /* of a process with this number that was killed just here */
	e = fs_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, &fd, why);
	if (e != OK)
		return e;
	if (unlink(path) != 0 || signal(SIGXFSZ, SIG_IGN) == SIG_ERR) {
		e = err_sys(why, "%s", path);
		close(fd);
		return e;
	}
	*ret_fd = fd;
	return OK;
}

char *
export_path(int fd, char to[EXPORT_PATH_SIZE])
{
	(void)snprintf(to, EXPORT_PATH_SIZE, "/proc/self/fd/%d", fd);
	return to;
}

static enum err
copy(struct duck *d, struct str sql, struct buf *words)
{
	duckdb_extracted_statements ex = NULL;
	duckdb_prepared_statement st = NULL;
	duckdb_result result = { 0 };
	auto_buf struct buf text = { 0 };
	enum err e = OK;

	buf_init(&text, SQL_MAX);
	buf_str(&text, sql);
	if (duckdb_extract_statements(d->conn, duck_sql(&text), &ex) != 1 ||
	    duckdb_prepare_extracted_statement(d->conn, ex, 0, &st) != DuckDBSuccess ||
	    duckdb_prepared_statement_type(st) != DUCKDB_STATEMENT_TYPE_COPY) {
		buf_str(words, STR("this statement cannot be exported"));
		e = FAIL_SYNTAX;
	} else if (duckdb_execute_prepared(st, &result) != DuckDBSuccess) {
		buf_str(words, str_c(duckdb_result_error(&result)));
		e = FAIL_STORE;
	}
	duckdb_destroy_result(&result);
	duckdb_destroy_prepare(&st);
	duckdb_destroy_extracted(&ex);
	return e;
}

static enum err
send_file(int fd, struct out *out, struct diag *why)
{
	enum err e = OK;
	off_t at = 0;

	for (;;) {
		char *room = buf_room(&out->body, CHUNK);
		ssize_t n = room != NULL ? pread(fd, room, CHUNK, at) : -1;

		if (n < 0)
			return err_sys(why, "reading what was written");
		if (n == 0)
			return out_end(out, why);
		buf_added(&out->body, (size_t)n);
		at += n;
		e = out_flow(out, why);
		if (e != OK)
			return e;
	}
}

enum err
export_run(struct duck *d, struct str sql, uint64_t max_rows, int fd, struct out *out,
    struct buf *words, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	char after[200], path[EXPORT_PATH_SIZE];
	enum err e;

	(void)snprintf(after, sizeof(after),
	    ") LIMIT %llu) TO '%s' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)",
	    (unsigned long long)max_rows, export_path(fd, path));
	buf_init(&text, SQL_MAX);
	e = gate_put(d, sql, "COPY (SELECT * FROM (", after, &text, words);
	if (e == OK)
		e = copy(d, buf_view(&text), words);
	return e == OK ? send_file(fd, out, why) : e;
}
