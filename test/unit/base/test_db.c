/* SQLite. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/db.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "test.h"

static const char *const steps[] = {
	"CREATE TABLE t(k TEXT PRIMARY KEY, i INTEGER, f REAL, b BLOB)",
	"CREATE TABLE u(id INTEGER PRIMARY KEY, k TEXT REFERENCES t(k)); CREATE INDEX u_k ON u(k)",
	"ALTER TABLE t ADD COLUMN note TEXT",
};

static char path[300];

static struct db *
open_at(size_t n_steps)
{
	struct diag why;
	struct db *db;

	CHECK_INT(fs_join(path, sizeof(path), test_dir(), "a.db"), OK);
	CHECK_OK(db_open(path, &db, &why), why);
	CHECK_OK(db_migrate(db, steps, n_steps, &why), why);
	return db;
}

static int64_t
number(struct db *db, const char *sql)
{
	struct db_stmt *st;
	struct diag why;
	bool row;
	int64_t v;

	CHECK_OK(db_prepare(db, sql, &st, &why), why);
	CHECK_OK(db_step(st, &row, &why), why);
	CHECK(row);
	v = db_int(st, 0);
	db_finalize(st);
	return v;
}

TEST(values_come_back)
{
	struct db *db = open_at(1);
	struct db_stmt *st;
	struct diag why;
	bool row;

	CHECK_OK(db_prepare(db, "INSERT INTO t(k,i,f,b) VALUES(?1,?2,?3,?4)", &st, &why), why);
	db_bind_str(st, 1, STR("key"));
	db_bind_int(st, 2, INT64_MIN);
	db_bind_f64(st, 3, 0.1);
	db_bind_blob(st, 4, (struct str){ "a\0b", 3 });
	CHECK_OK(db_run(st, &why), why);
	CHECK_INT(db_last_id(db), 1);
	CHECK_INT(db_changes(db), 1);
	db_bind_str(st, 1, (struct str){ NULL, 0 });
	db_bind_null(st, 2);
	db_bind_blob(st, 4, (struct str){ NULL, 0 });
	CHECK_OK(db_run(st, &why), why);
	db_finalize(st);
	CHECK_OK(db_prepare(db, "SELECT k,i,f,b FROM t ORDER BY rowid", &st, &why), why);
	CHECK_OK(db_step(st, &row, &why), why);
	CHECK(row);
	CHECK_SLICE(db_str(st, 0), "key");
	CHECK_INT(db_int(st, 1), INT64_MIN);
	CHECK_DOUBLE(db_f64(st, 2), 0.1, 0);
	CHECK_BYTES(db_str(st, 3).p, db_str(st, 3).n, "a\0b", 3);
	CHECK_OK(db_step(st, &row, &why), why);
	CHECK(row);
	CHECK(!db_is_null(st, 0));
	CHECK_INT(db_str(st, 0).n, 0);
	CHECK(db_is_null(st, 1) && db_is_null(st, 2) && !db_is_null(st, 3));
	CHECK_OK(db_step(st, &row, &why), why);
	CHECK(!row);
	db_finalize(st);
	db_finalize(NULL);
	db_close(db);
	db_close(NULL);
}

TEST(file_is_private_and_safe)
{
	struct db *db = open_at(1);
	struct stat st;
	char wal[310];

	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	CHECK_INT(stat(wal, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(number(db, "PRAGMA synchronous"), 2);
	CHECK_INT(number(db, "PRAGMA foreign_keys"), 1);
	CHECK_INT(number(db, "SELECT journal_mode='wal' FROM pragma_journal_mode"), 1);
	CHECK_INT(number(db, "PRAGMA busy_timeout"), 5000);
	db_close(db);
}

TEST(constraints_are_told_apart)
{
	struct db *db = open_at(2);
	struct diag why;

	CHECK_OK(db_exec(db, "INSERT INTO t(k) VALUES('a')", &why), why);
	CHECK_INT(db_exec(db, "INSERT INTO t(k) VALUES('a')", &why), FAIL_EXISTS);
	CHECK_INT(db_exec(db, "INSERT INTO u(k) VALUES('none')", &why), FAIL_STORE);
	CHECK_INT(db_exec(db, "SELEC", &why), FAIL_STORE);
	CHECK(str_find(str_c(why.text), STR("syntax error")) >= 0);
	db_close(db);
}

TEST(bad_statements_and_bindings)
{
	struct db *db = open_at(1);
	struct db_stmt *st = NULL;
	struct diag why;
	bool row;

	CHECK_INT(db_prepare(db, "SELECT nothing", &st, &why), FAIL_STORE);
	CHECK_INT(db_prepare(db, " -- nothing", &st, &why), FAIL_STORE);
	CHECK(st == NULL);
	CHECK_OK(db_prepare(db, "SELECT ?1", &st, &why), why);
	db_bind_int(st, 2, 1);
	CHECK_INT(db_step(st, &row, &why), FAIL_STORE);
	db_reset(st);
	db_bind_int(st, 1, 7);
	CHECK_OK(db_step(st, &row, &why), why);
	CHECK_INT(db_int(st, 0), 7);
	db_reset(st);
	CHECK_OK(db_step(st, &row, &why), why);
	CHECK(db_is_null(st, 0));
	db_finalize(st);
	db_close(db);
}

/* A statement that is prepared again begins anew: no values, no place among rows, no old columns.
 */
TEST(what_is_prepared_again_begins_anew)
{
	struct db *db = open_at(1);
	struct db_stmt *st, *other;
	struct diag why;
	char sql[60];
	bool row;

	CHECK_OK(db_exec(db, "INSERT INTO t(k, i) VALUES('a', 1), ('b', 2)", &why), why);
	for (int i = 0; i < 3; i++) {
		CHECK_OK(db_prepare(db, "SELECT *, ?1 FROM t ORDER BY k", &st, &why), why);
		CHECK_OK(db_prepare(db, "SELECT *, ?1 FROM t ORDER BY k", &other, &why), why);
		CHECK(st != other);
		CHECK_OK(db_step(st, &row, &why), why);
		CHECK_SLICE(db_str(st, 0), "a");
		CHECK(db_is_null(st, 4 + (i == 2)));
		db_reset(st);
		db_bind_int(st, 1, 7);
		db_bind_int(st, 2, 7); /* there is none: it fails, and that is forgotten */
		CHECK_INT(db_step(st, &row, NULL), FAIL_STORE);
		CHECK_OK(db_step(other, &row, &why), why);
		db_finalize(st);
		db_finalize(other);
		if (i == 1)
			CHECK_OK(db_exec(db, "ALTER TABLE t ADD COLUMN more TEXT", &why), why);
	}
	CHECK_OK(db_exec(db, "DROP TABLE t", &why), why); /* nothing that is kept reads it */
	CHECK(db_prepare(db, "SELECT 1 FROM t", &st, NULL) != OK);
	for (int i = 0; i < 500; i++) {
		(void)snprintf(sql, sizeof(sql), "SELECT %d", i % 100);
		CHECK_INT(number(db, sql), i % 100);
	}
	db_close(db);
}

TEST(migration_goes_on_where_it_stood)
{
	struct diag why;

	for (size_t n = 0; n <= ARRAY_LEN(steps); n++) {
		struct db *db = open_at(n);

		CHECK_INT(number(db, "PRAGMA user_version"), n);
		if (n >= 1)
			CHECK_OK(db_exec(db, "INSERT INTO t(i) VALUES(1)", &why), why);
		db_close(db);
	}
	struct db *db = open_at(ARRAY_LEN(steps));
	CHECK_INT(number(db, "SELECT count(note IS NULL) FROM t"), 3);
	CHECK_INT(db_migrate(db, steps, 2, &why), FAIL_STORE);
	CHECK(str_find(str_c(why.text), STR("version 3")) >= 0);
	db_close(db);
}

TEST(a_failed_step_leaves_nothing)
{
	static const char *const bad[] = { "CREATE TABLE a(x)",
		"CREATE TABLE b(x); CREATE TABLE a(y)", "CREATE TABLE c(x)" };
	struct db *db = open_at(0);
	struct diag why;

	CHECK_INT(db_migrate(db, bad, ARRAY_LEN(bad), &why), FAIL_STORE);
	CHECK_INT(number(db, "PRAGMA user_version"), 1);
	CHECK_INT(number(db, "SELECT count(*) FROM sqlite_schema"), 1);
	db_close(db);
}

TEST(readers_of_a_live_database)
{
	struct db *db, *reader = NULL;
	struct diag why;

	CHECK_INT(fs_join(path, sizeof(path), test_dir(), "a.db"), OK);
	CHECK_INT(db_open_readonly(path, &reader, &why), FAIL_NOT_FOUND);
	db = open_at(1);
	CHECK_OK(db_open_readonly(path, &reader, &why), why);
	CHECK_OK(db_exec(db, "INSERT INTO t(k) VALUES('a')", &why), why);
	CHECK_INT(number(reader, "SELECT count(*) FROM t"), 1);
	CHECK_OK(db_exec(db, "BEGIN; INSERT INTO t(k) VALUES('b')", &why), why);
	CHECK_INT(number(reader, "SELECT count(*) FROM t"), 1);
	CHECK_OK(db_exec(db, "COMMIT", &why), why);
	CHECK_INT(number(reader, "SELECT count(*) FROM t"), 2);
	CHECK(db_exec(reader, "INSERT INTO t(k) VALUES('c')", &why) != OK);
	CHECK(db_exec(reader, "DROP TABLE t", &why) != OK);
	db_close(db);
	db_close(reader);
	CHECK_OK(db_open_readonly(path, &reader, &why), why);
	CHECK_INT(number(reader, "SELECT count(*) FROM t"), 2);
	db_close(reader);
}

TEST(what_is_no_database_is_corrupt)
{
	struct db *db = NULL;
	struct diag why;
	char text[4096];

	memset(text, 'x', sizeof(text));
	CHECK_INT(fs_join(path, sizeof(path), test_dir(), "a.db"), OK);
	CHECK_OK(fs_replace(path, (struct str){ text, sizeof(text) }, &why), why);
	CHECK_INT(db_open(path, &db, &why), FAIL_CORRUPT);
	CHECK_INT(db_open_readonly(path, &db, &why), FAIL_CORRUPT);
	CHECK_INT(db_open(test_dir(), &db, &why), FAIL_STORE);
	CHECK(db == NULL);
}

/* What was committed before the process was killed is there. */
TEST(committed_survives_a_kill)
{
	struct db *db;
	int status;
	pid_t child = fork();

	if (child == 0) {
		db = open_at(1);
		CHECK_INT(db_exec(db,
			      "INSERT INTO t(k) VALUES('a'); BEGIN;"
			      "INSERT INTO t(k) VALUES('b')",
			      NULL),
		    OK);
		(void)kill(getpid(), SIGKILL);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK(WIFSIGNALED(status));
	db = open_at(1);
	CHECK_INT(number(db, "SELECT count(*) FROM t"), 1);
	db_close(db);
}

TEST(what_takes_too_long_ends)
{
	struct db *db = open_at(3);
	struct db_stmt *st;
	struct diag why = { 0 };
	int64_t begun = clock_mono();
	bool row;

	CHECK_OK(
	    db_prepare(db,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000)"
		" SELECT max(i) FROM n",
		&st, &why),
	    why);
	db_deadline(db, begun + 20 * CLOCK_MS);
	CHECK_INT(db_step(st, &row, &why), FAIL_LIMIT);
	CHECK(clock_mono() - begun < 5 * CLOCK_S);
	db_finalize(st);
	db_deadline(db, 0);
	CHECK_INT(number(db, "SELECT count(*) FROM t"), 0);
	db_close(db);
}

TEST(in_memory_it_is_gone_with_its_connection)
{
	struct diag why = { 0 };

	for (unsigned i = 0; i < 2; i++) {
		struct db *db = NULL;

		CHECK_OK(db_open(DB_MEMORY, &db, &why), why);
		CHECK_OK(db_exec(db, "CREATE TABLE t(a)", &why), why);
		CHECK_INT(number(db, "SELECT count(*) FROM t"), 0);
		db_close(db);
	}
	CHECK(access(DB_MEMORY, F_OK) != 0);
}
