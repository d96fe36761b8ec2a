/* Secrets: each kind of reference, and which files are refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/secret.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "test.h"

static const char *
make(const char *name, const char *content, mode_t mode)
{
	static char path[256];
	struct diag why;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", test_dir(), name);
	CHECK_OK(fs_open(path, O_WRONLY | O_CREAT | O_TRUNC, &fd, &why), why);
	CHECK_OK(fs_write_all(fd, content, strlen(content), &why), why);
	CHECK_INT(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

static enum err
get(const char *kind, const char *rest, struct buf *to, struct diag *why)
{
	char reference[300];

	(void)snprintf(reference, sizeof(reference), "%s%s", kind, rest);
	return secret_get(str_c(reference), to, why);
}

static void
expect(const char *kind, const char *rest, const char *want)
{
	auto_secret struct buf b = { 0 };
	struct diag why = { 0 };

	CHECK_OK(get(kind, rest, &b, &why), why);
	CHECK_SLICE(buf_view(&b), want);
}

static void
refuse(const char *kind, const char *rest, enum err want)
{
	auto_secret struct buf b = { 0 };
	struct diag why = { 0 };

	CHECK_INT(get(kind, rest, &b, &why), want);
	CHECK_INT(b.n, 0);
	CHECK(why.text[0] != '\0');
	CHECK(strstr(why.text, "hunter2") == NULL);
}

TEST(each_kind)
{
	expect("file:", make("a", "hunter2\n", 0600), "hunter2");
	expect("file:", make("b", "hun ter2\r\n\n", 0640), "hun ter2");
	CHECK_INT(setenv("TEST_SECRET", "from env", 1), 0);
	expect("env:", "TEST_SECRET", "from env");
	(void)make("cred", "from systemd", 0400);
	CHECK_INT(setenv("CREDENTIALS_DIRECTORY", test_dir(), 1), 0);
	expect("credential:", "cred", "from systemd");
	expect("value:", "typed", "typed");
}

TEST(files_that_everybody_may_read_are_refused)
{
	refuse("file:", make("a", "hunter2", 0604), FAIL_DENIED);
	refuse("file:", make("a", "hunter2", 0602), FAIL_DENIED);
	refuse("file:", test_dir(), FAIL_DENIED);
	refuse("file:", "/dev/zero", FAIL_DENIED);
	CHECK_INT(setenv("CREDENTIALS_DIRECTORY", test_dir(), 1), 0);
	(void)make("open", "hunter2", 0644);
	refuse("credential:", "open", FAIL_DENIED);
}

TEST(what_is_absent_empty_or_too_long)
{
	char line[SECRET_MAX + 3];

	refuse("file:", "/nonexistent/hunter", FAIL_NOT_FOUND);
	refuse("file:", "", FAIL_SYNTAX);
	refuse("file:", make("a", "\n", 0600), FAIL_NOT_FOUND);
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	refuse("file:", make("a", line, 0600), FAIL_SYNTAX);
	line[SECRET_MAX] = '\n';
	line[SECRET_MAX + 1] = '\0';
	make("a", line, 0600);
	line[SECRET_MAX] = '\0';
	expect("file:", make("a", line, 0600), line);
	refuse("env:", "TEST_NO_SUCH_SECRET", FAIL_NOT_FOUND);
	refuse("credential:", "../etc/shadow", FAIL_SYNTAX);
	refuse("credential:", "", FAIL_SYNTAX);
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	refuse("credential:", "x", FAIL_NOT_FOUND);
	refuse("hunter2", "", FAIL_SYNTAX);
	refuse("", "", FAIL_SYNTAX);
}
