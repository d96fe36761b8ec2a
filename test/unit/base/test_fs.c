/* Files and folders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static const char *
path_of(const char *name)
{
	static char paths[4][300];
	static unsigned next;
	char *to = paths[next++ % 4];

	CHECK_INT(fs_join(to, sizeof(paths[0]), test_dir(), name), OK);
	return to;
}

static void
check_content(const char *path, const char *want)
{
	auto_buf struct buf b = { 0 };
	struct diag why;

	CHECK_OK(fs_read(path, 1000, &b, &why), why);
	CHECK_SLICE(buf_view(&b), want);
}

TEST(open_says_what_is_wrong)
{
	struct diag why;
	int fd = 42;

	CHECK_INT(fs_open(path_of("none"), O_RDONLY, &fd, &why), FAIL_NOT_FOUND);
	CHECK_INT(fd, 42);
	CHECK(str_find(str_c(why.text), STR("none: No such file")) > 0);
	CHECK_OK(fs_open(path_of("new"), O_RDWR | O_CREAT | O_EXCL, &fd, &why), why);
	CHECK_INT(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	fs_closep(&fd);
	CHECK_INT(fd, -1);
	fs_closep(&fd);
	CHECK_INT(fs_open(path_of("new"), O_RDWR | O_CREAT | O_EXCL, &fd, &why), FAIL_EXISTS);
	CHECK_INT(fs_open(path_of("new/x"), O_RDWR, &fd, &why), FAIL_IO);
}

TEST(new_files_are_private)
{
	struct diag why;
	struct stat st;

	CHECK_OK(fs_replace(path_of("a"), STR("x"), &why), why);
	CHECK_INT(stat(path_of("a"), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_OK(fs_mkdirs(path_of("d/e"), &why), why);
	CHECK_INT(stat(path_of("d"), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0700);
}

TEST(read_has_a_bound)
{
	auto_buf struct buf b = { 0 }, small;
	struct diag why;

	CHECK_OK(fs_replace(path_of("a"), STR("0123456789"), &why), why);
	CHECK_OK(fs_read(path_of("a"), 10, &b, &why), why);
	CHECK_SLICE(buf_view(&b), "0123456789");
	CHECK_INT(fs_read(path_of("a"), 9, &b, &why), FAIL_LIMIT);
	CHECK_INT(fs_read(path_of("a"), 0, &b, &why), FAIL_LIMIT);
	buf_init(&small, 5);
	CHECK_INT(fs_read(path_of("a"), 10, &small, &why), FAIL_LIMIT);
	CHECK_INT(fs_read(path_of("none"), 10, &b, &why), FAIL_NOT_FOUND);
	CHECK_INT(fs_read(test_dir(), 10, &b, &why), FAIL_IO);
}

TEST(read_of_a_large_file)
{
	auto_buf struct buf content = { 0 }, b = { 0 };
	struct diag why;

	for (unsigned i = 0; i < 100000; i++)
		buf_u64(&content, i);
	CHECK_OK(fs_replace(path_of("a"), buf_view(&content), &why), why);
	CHECK_OK(fs_read(path_of("a"), content.n, &b, &why), why);
	CHECK(str_eq(buf_view(&b), buf_view(&content)));
}

TEST(writes_are_whole)
{
	struct diag why;
	int fd;

	CHECK_OK(fs_open(path_of("a"), O_RDWR | O_CREAT, &fd, &why), why);
	CHECK_OK(fs_write_all(fd, "hello", 5, &why), why);
	CHECK_OK(fs_pwrite_all(fd, "J", 1, 0, &why), why);
	CHECK_OK(fs_write_all(fd, "!", 1, &why), why);
	CHECK_OK(fs_write_all(fd, NULL, 0, &why), why);
	CHECK_INT(fs_pwrite_all(fd, "x", 1, -1, &why), FAIL_IO);
	CHECK_OK(fs_sync(fd, "test", &why), why);
	fs_closep(&fd);
	check_content(path_of("a"), "Jello!");
	CHECK_INT(fs_write_all(-1, "x", 1, &why), FAIL_IO);
	CHECK_INT(fs_sync(-1, "test", &why), FAIL_IO);
}

/* A pipe takes less than is offered: the rest must follow. */
TEST(partial_writes_are_continued)
{
	static char big[1 << 20];
	struct diag why;
	size_t total = 0;
	int ends[2];
	char part[5000];
	pid_t child;

	memset(big, 'x', sizeof(big));
	CHECK_INT(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		(void)close(ends[0]);
		_exit(fs_write_all(ends[1], big, sizeof(big), NULL) == OK ? 0 : 1);
	}
	fs_closep(&ends[1]);
	for (ssize_t n; (n = read(ends[0], part, sizeof(part))) > 0;)
		total += (size_t)n;
	CHECK_INT(total, sizeof(big));
	fs_closep(&ends[0]);
	CHECK_OK(fs_sync_dir(test_dir(), &why), why);
}

TEST(replace_is_old_or_new)
{
	static const char *const faults[] = { "fs.write:1:ENOSPC", "fs.replace:1:EIO",
		"fs.rename:1:EACCES" };

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		const char *path = path_of("a");
		pid_t child;
		int status, fd;
		FILE *f = fopen(path, "w");

		CHECK(f != NULL && fputs("old", f) >= 0);
		CHECK_INT(fclose(f), 0);
		child = fork();
		if (child == 0) {
			struct diag why;

			(void)setenv("TOCSIN_FAULT", faults[i], 1);
			CHECK_INT(fs_replace(path, STR("new"), &why), FAIL_IO);
			check_content(path, "old");
			CHECK_INT(fs_open(path_of("a.tmp"), O_RDONLY, &fd, NULL), FAIL_NOT_FOUND);
			CHECK_OK(fs_replace(path, STR("new"), &why), why);
			check_content(path, "new");
			_exit(0);
		}
		CHECK_INT(waitpid(child, &status, 0), child);
		CHECK_INT(status, 0);
	}
}

TEST(replace_names)
{
	char longest[5000];
	struct diag why;

	CHECK_OK(fs_replace(path_of("a"), (struct str){ NULL, 0 }, &why), why);
	check_content(path_of("a"), "");
	CHECK_INT(chdir(test_dir()), 0);
	CHECK_OK(fs_replace("beside", STR("x"), &why), why);
	check_content(path_of("beside"), "x");
	CHECK_INT(fs_replace(path_of("no/such/folder"), STR("x"), &why), FAIL_NOT_FOUND);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	CHECK_INT(fs_replace(longest, STR("x"), &why), FAIL_LIMIT);
	CHECK_INT(fs_mkdirs(longest, &why), FAIL_LIMIT);
}

TEST(mkdirs)
{
	struct diag why;

	CHECK_OK(fs_mkdirs(path_of("a/b//c/"), &why), why);
	CHECK_OK(fs_mkdirs(path_of("a/b/c"), &why), why);
	CHECK_OK(fs_mkdirs("/", &why), why);
	CHECK_OK(fs_replace(path_of("a/file"), STR(""), &why), why);
	CHECK_INT(fs_mkdirs(path_of("a/file"), &why), FAIL_EXISTS);
	CHECK_INT(fs_mkdirs(path_of("a/file/x"), &why), FAIL_EXISTS);
}

static enum err
gather(void *ctx, const char *name)
{
	char *seen = ctx;

	CHECK_INT(strlen(name), 1);
	seen[strlen(seen)] = name[0];
	return strlen(seen) == 3 ? FAIL_LIMIT : OK;
}

TEST(each)
{
	char seen[5] = "";
	struct diag why;

	CHECK_INT(fs_each(path_of("none"), gather, seen, &why), FAIL_NOT_FOUND);
	CHECK_OK(fs_each(test_dir(), gather, seen, &why), why);
	CHECK_STR(seen, "");
	CHECK_OK(fs_replace(path_of("a"), STR(""), &why), why);
	CHECK_OK(fs_replace(path_of("b"), STR(""), &why), why);
	CHECK_OK(fs_each(test_dir(), gather, seen, &why), why);
	CHECK(strcmp(seen, "ab") == 0 || strcmp(seen, "ba") == 0);
	CHECK_INT(fs_each(test_dir(), gather, seen, &why), FAIL_LIMIT);
	CHECK_INT(strlen(seen), 3);
}

TEST(join)
{
	char to[6];

	CHECK_INT(fs_join(to, sizeof(to), "ab", "cd"), OK);
	CHECK_STR(to, "ab/cd");
	CHECK_INT(fs_join(to, sizeof(to), "ab", "cde"), FAIL_LIMIT);
}
