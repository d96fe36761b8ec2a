/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets by reference: file, environment, systemd credential. */
#include "notify/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

void
secret_fini(struct buf *secret)
{
	if (secret->p != NULL)
		explicit_bzero(secret->p, secret->size);
	buf_fini(secret);
}

static enum err
put(struct str s, struct buf *to, struct diag *why)
{
	while (s.n != 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	if (s.n == 0)
		return err_set(why, FAIL_NOT_FOUND, "the secret is empty");
	if (s.n > SECRET_MAX || memchr(s.p, '\0', s.n) != NULL)
		return err_set(why, FAIL_SYNTAX, "the secret is too long or no text");
	buf_str(to, s);
	return OK;
}

static enum err
read_fd(int fd, const char *path, struct buf *to, struct diag *why)
{
	char bytes[SECRET_MAX + 3]; /* the longest with CR LF, and one to see that it is too long */
	size_t n = 0;
	ssize_t got;
	enum err e;

	do {
		got = read(fd, bytes + n, sizeof(bytes) - n);
		if (got > 0)
			n += (size_t)got;
	} while (got > 0 && n < sizeof(bytes));
	e = got < 0 ? err_sys(why, "cannot read %s", path) : put((struct str){ bytes, n }, to, why);
	explicit_bzero(bytes, sizeof(bytes));
	return e;
}

static enum err
from_file(struct str name, struct buf *to, struct diag *why)
{
	char path[PATH_MAX];
	auto_close int fd = -1;
	struct stat st;

	if (name.n == 0 || name.n >= sizeof(path) || memchr(name.p, '\0', name.n) != NULL)
		return err_set(why, FAIL_SYNTAX, "the secret names no file");
	(void)str_to_c(name, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		const bool absent = errno == ENOENT;
		enum err e = err_sys(why, "cannot open %s", path);

		return absent ? FAIL_NOT_FOUND : e;
	}
	if (fstat(fd, &st) != 0)
		return err_sys(why, "cannot look at %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(why, FAIL_DENIED, "%s is no file", path);
	if ((st.st_mode & (S_IROTH | S_IWOTH)) != 0)
		return err_set(why, FAIL_DENIED,
		    "%s holds a secret and may be read or written by everybody: chmod 600", path);
	return read_fd(fd, path, to, why);
}

static enum err
from_environment(struct str name, struct buf *to, struct diag *why)
{
	char variable[256];
	const char *value;

	if (name.n == 0 || name.n >= sizeof(variable))
		return err_set(why, FAIL_SYNTAX, "the secret names no variable");
	value = getenv(str_to_c(name, variable, sizeof(variable)));
	if (value == NULL)
		return err_set(why, FAIL_NOT_FOUND, "%s is not in the environment", variable);
	return put(str_c(value), to, why);
}

static enum err
from_credential(struct str name, struct buf *to, struct diag *why)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char leaf[256], path[PATH_MAX];

	if (name.n == 0 || name.n >= sizeof(leaf) || name.p[0] == '.' ||
	    memchr(name.p, '/', name.n) != NULL)
		return err_set(why, FAIL_SYNTAX, "the secret names no credential");
	if (dir == NULL)
		return err_set(why, FAIL_NOT_FOUND,
		    "there are no credentials: systemd gives them by LoadCredential=");
	if (fs_join(path, sizeof(path), dir, str_to_c(name, leaf, sizeof(leaf))) != OK)
		return err_set(why, FAIL_LIMIT, "the name of the credential is too long");
	return from_file(str_c(path), to, why);
}

enum err
secret_get(struct str reference, struct buf *to, struct diag *why)
{
	static const struct {
		struct str kind;
		enum err (*get)(struct str name, struct buf *to, struct diag *why);
	} kinds[] = {
		{ { "file:", 5 }, from_file },
		{ { "env:", 4 }, from_environment },
		{ { "credential:", 11 }, from_credential },
		{ { "value:", 6 }, put },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts(reference, kinds[i].kind))
			return kinds[i].get(str_from(reference, kinds[i].kind.n), to, why);
	return err_set(why, FAIL_SYNTAX, "a secret is file:PATH, env:NAME or credential:NAME");
}
