/* COPY to a temporary file, fsync, rename, fsync of the folder. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_store.c */
#include "store/seal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/fs.h"

#define SQL_MAX ((size_t)4 << 20)
#define ROW_GROUP_ROWS 30720 /* a merge then takes 90 MB, with 122880 it was 210 MB */
#define ROW_GROUP_BYTES "32MB"

static enum err
sync_file(const char *path, struct diag *why)
{
	auto_close int fd = -1;
	enum err e;

	e = fs_open(path, O_RDWR, &fd, why);
	return e == OK ? fs_sync(fd, "store.sync", why) : e;
}

static enum err
copy_sync_rename(struct duck *d, const char *select, const char *tmp, const char *path,
    struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	enum err e;

	buf_init(&sql, SQL_MAX);
	buf_printf(&sql, "COPY (%s) TO ", select);
	duck_quote(&sql, str_c(tmp));
	buf_printf(&sql,
	    " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1,"
	    " ROW_GROUP_SIZE %d, ROW_GROUP_SIZE_BYTES '" ROW_GROUP_BYTES "')",
	    ROW_GROUP_ROWS);
	crash_point(CRASH_STORE_COPY);
	e = duck_run(d, duck_sql(&sql), why);
	if (e != OK)
		return e;
	crash_point(CRASH_STORE_COPIED);
	e = sync_file(tmp, why);
	if (e != OK)
		return e;
	crash_point(CRASH_STORE_SYNCED);
	if (rename(tmp, path) != 0)
		return err_sys(why, "rename to %s", path);
	crash_point(CRASH_STORE_RENAMED);
	return OK;
}

enum err
seal_copy(struct duck *d, const char *select, const char *dir, const struct catalog_file *f,
    struct diag *why)
{
	char name[CATALOG_NAME_SIZE], tmp[PATH_MAX], path[PATH_MAX], tmp_name[64];
	enum err e;

	snprintf(tmp_name, sizeof(tmp_name), SEAL_TMP "%ld", (long)getpid());
	e = fs_join(path, sizeof(path), dir, catalog_name(f, name));
	if (e == OK)
		e = fs_join(tmp, sizeof(tmp), dir, tmp_name);
	if (e != OK)
		return err_set(why, e, "the folder's path is too long");
	e = copy_sync_rename(d, select, tmp, path, why);
	if (e != OK) {
		(void)unlink(tmp);
		return e;
	}
	return fs_sync_dir(dir, why);
}

enum err
seal_rows(struct duck *d, struct rows *t, const char *dir, uint64_t first, uint64_t last,
    struct diag *why)
{
	struct catalog_file f = { .first = first, .last = last, .level = CATALOG_SEALED };
	auto_buf struct buf select = { 0 };

	rows_sort(t);
	rows_span(t, &f.tmin, &f.tmax);
	buf_init(&select, SQL_MAX);
	buf_str(&select, STR("SELECT "));
	rows_columns(t, &select);
	buf_str(&select, STR(" FROM tail()"));
	return seal_copy(d, duck_sql(&select), dir, &f, why);
}
