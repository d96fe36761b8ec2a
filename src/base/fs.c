/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders. */
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crash.h"

#define READ_SIZE ((size_t)64 * 1024)

void
fs_closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* err_sys() with a code for what callers tell apart. */
static enum err
fail(struct diag *why, const char *what, const char *path)
{
	int saved = errno;
	enum err e = err_sys(why, "%s %s", what, path);

	if (saved == ENOENT)
		return FAIL_NOT_FOUND;
	return saved == EEXIST ? FAIL_EXISTS : e;
}

enum err
fs_open(const char *path, int flags, int *ret_fd, struct diag *why)
{
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC, 0600);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return fail(why, "open", path);
	*ret_fd = fd;
	return OK;
}

enum err
fs_read(const char *path, size_t max, struct buf *to, struct diag *why)
{
	auto_close int fd = -1;
	size_t had = to->n;
	enum err e = fs_open(path, O_RDONLY, &fd, why);

	if (e != OK)
		return e;
	for (;;) {
		size_t got = to->n - had, want = max - got < READ_SIZE ? max - got + 1 : READ_SIZE;
		char *p = buf_room(to, want);
		ssize_t n;

		if (p == NULL)
			return err_set(why, FAIL_LIMIT, "%s is too large", path);
		n = read(fd, p, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(why, "read %s", path);
		if (n == 0)
			return OK;
		if ((size_t)n > max - got)
			return err_set(why, FAIL_LIMIT, "%s is larger than %zu bytes", path, max);
		buf_added(to, (size_t)n);
	}
}

/* at < 0: at the current offset */
static enum err
write_all(int fd, const char *p, size_t n, off_t at, struct diag *why)
{
	errno = crash_fault("fs.write");
	if (errno != 0)
		return err_sys(why, "write");
	while (n != 0) {
		ssize_t done = at < 0 ? write(fd, p, n) : pwrite(fd, p, n, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_sys(why, "write");
		p += done;
		n -= (size_t)done;
		at += at < 0 ? 0 : done;
	}
	return OK;
}

enum err
fs_write_all(int fd, const void *p, size_t n, struct diag *why)
{
	return write_all(fd, p, n, -1, why);
}

enum err
fs_pwrite_all(int fd, const void *p, size_t n, off_t at, struct diag *why)
{
	if (at < 0)
		return err_set(why, FAIL_IO, "write at a negative offset");
	return write_all(fd, p, n, at, why);
}

enum err
fs_sync(int fd, const char *point, struct diag *why)
{
	errno = crash_fault(point);
	if (errno != 0 || fdatasync(fd) != 0)
		return err_sys(why, "sync (%s)", point);
	return OK;
}

enum err
fs_sync_dir(const char *dir, struct diag *why)
{
	auto_close int fd = -1;
	enum err e = fs_open(dir, O_RDONLY | O_DIRECTORY, &fd, why);

	if (e != OK)
		return e;
	errno = crash_fault("fs.sync_dir");
	if (errno != 0 || fsync(fd) != 0)
		return err_sys(why, "sync %s", dir);
	return OK;
}

static enum err
write_new(const char *path, struct str content, struct diag *why)
{
	auto_close int fd = -1;
	enum err e = fs_open(path, O_WRONLY | O_CREAT | O_TRUNC, &fd, why);

	if (e == OK)
		e = fs_write_all(fd, content.p, content.n, why);
	if (e == OK)
		e = fs_sync(fd, "fs.replace", why);
	return e;
}

enum err
fs_replace(const char *path, struct str content, struct diag *why)
{
	const char *slash = strrchr(path, '/');
	char temporary[PATH_MAX], dir[PATH_MAX] = ".";
	enum err e;

	if (snprintf(temporary, sizeof(temporary), "%s.tmp", path) >= (int)sizeof(temporary))
		return err_set(why, FAIL_LIMIT, "path is too long: %.100s", path);
	if (slash != NULL) /* "/x" lies in "/" */
		(void)str_to_c((struct str){ path, slash == path ? 1 : (size_t)(slash - path) },
		    dir, sizeof(dir));
	e = write_new(temporary, content, why);
	if (e == OK) {
		errno = crash_fault("fs.rename");
		if (errno != 0 || rename(temporary, path) != 0)
			e = fail(why, "rename to", path);
	}
	if (e != OK) {
		(void)unlink(temporary);
		return e;
	}
	return fs_sync_dir(dir, why);
}

static bool
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum err
fs_mkdirs(const char *path, struct diag *why)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return err_set(why, FAIL_LIMIT, "path is too long: %.100s", path);
	for (size_t i = 1; i <= n; i++) {
		if (i != n && path[i] != '/')
			continue;
		(void)str_to_c((struct str){ path, i }, part, sizeof(part));
		if (mkdir(part, 0700) != 0 && !is_dir(part))
			return fail(why, "create folder", part);
	}
	return OK;
}

static void
close_dirp(DIR **d)
{
	(void)closedir(*d);
}

enum err
fs_each(const char *dir, enum err (*fn)(void *ctx, const char *name), void *ctx, struct diag *why)
{
	DIR *opened = opendir(dir);
	const struct dirent *entry;
	enum err e = OK;

	if (opened == NULL)
		return fail(why, "open folder", dir);
	AUTO(close_dirp) DIR *d = opened;
	while (e == OK && (errno = 0, entry = readdir(d)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			e = fn(ctx, name);
	}
	if (e == OK && errno != 0)
		return err_sys(why, "read folder %s", dir);
	return e;
}

enum err
fs_join(char *to, size_t size, const char *dir, const char *name)
{
	int n = snprintf(to, size, "%s/%s", dir, name);

	return n >= 0 && (size_t)n < size ? OK : FAIL_LIMIT;
}
