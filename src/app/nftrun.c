/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/enforce.py */
/* nft as a child, waited for. */
#include "app/nftrun.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"

#define LONGEST_MS 20000
#define OUTPUT_MAX ((size_t)64 << 20)

static const char *
program(void)
{
	static const char *const places[] = { "/usr/sbin/nft", "/sbin/nft", "/usr/local/sbin/nft" };

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

/* Its exit status; -1 when it had to be ended. */
static int
wait_for(pid_t pid)
{
	auto_close int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int status = 0, n = 1;

	if (fd >= 0)
		while ((n = poll(&p, 1, LONGEST_MS)) < 0 && errno == EINTR)
			;
	if (n == 0)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return n != 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What was written into a memory file, from its beginning. */
static enum err
take(int fd, struct buf *to, struct diag *why)
{
	char part[8192];
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return err_sys(why, "cannot read what nft said");
	buf_init(to, OUTPUT_MAX);
	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_put(to, part, (size_t)n);
	if (n < 0)
		return err_sys(why, "cannot read what nft said");
	return buf_overflow(to) ? err_set(why, FAIL_LIMIT, "nft says too much") : OK;
}

struct files {
	int in, out, err;
};

static enum err
start(const char *const *argv, const struct files *f, pid_t *ret, struct diag *why)
{
	static char *const env[] = { NULL };
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	sigset_t none;
	int r;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&acts);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_adddup2(&acts, f->in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&acts, f->out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&acts, f->err, STDERR_FILENO);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	r = posix_spawn(ret, argv[0], &acts, &attr, (char *const *)(uintptr_t)argv, env);
	posix_spawn_file_actions_destroy(&acts);
	posix_spawnattr_destroy(&attr);
	errno = r;
	return r == 0 ? OK : err_sys(why, "cannot start nft");
}

static enum err
run(const char *const *argv, struct str input, struct buf *out, struct diag *why)
{
	auto_close int in = memfd_create("nft-in", MFD_CLOEXEC);
	auto_close int says = memfd_create("nft-out", MFD_CLOEXEC);
	auto_close int moans = memfd_create("nft-err", MFD_CLOEXEC);
	auto_buf struct buf text = { 0 };
	struct str first, rest;
	pid_t pid = 0;
	int status;
	enum err e = OK;

	if (argv[0] == NULL)
		return err_set(why, FAIL_NOT_FOUND, "nft is not installed (Debian: nftables)");
	if (in < 0 || says < 0 || moans < 0)
		return err_sys(why, "no memory file");
	e = fs_write_all(in, input.p != NULL ? input.p : "", input.n, why);
	if (e == OK && lseek(in, 0, SEEK_SET) != 0)
		e = err_sys(why, "no memory file");
	if (e == OK)
		e = start(argv, &(struct files){ in, says, moans }, &pid, why);
	if (e != OK)
		return e;
	status = wait_for(pid);
	if (status == 0)
		return out != NULL ? take(says, out, why) : OK;
	e = take(moans, &text, why);
	if (e != OK)
		return e;
	rest = buf_view(&text);
	if (!str_line(&rest, &first))
		first = STR("it ended without a word");
	return err_set(why, FAIL_IO, "nft: %.*s", (int)(first.n < 150 ? first.n : 150), first.p);
}

enum err
nftrun_script(struct str script, struct diag *why)
{
	const char *const argv[] = { program(), "-f", "-", NULL };

	return run(argv, script, NULL, why);
}

enum err
nftrun_list(struct buf *to, struct diag *why)
{
	const char *const argv[] = { program(), "-j", "list", "table", "inet", "tocsin", NULL };

	return run(argv, STR(""), to, why);
}
