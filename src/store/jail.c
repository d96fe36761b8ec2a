/* rlimits, Landlock, a system call filter. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_query.c */
#include "store/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fs.h"

#define SPARE_FILES 64

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "say which AUDIT_ARCH this is"
#endif

/* Rights of file systems by Landlock's ABI version, and of the network since 4. */
static const uint64_t fs_rights[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
#define RIGHT_TRUNCATE ((uint64_t)0x4000) /* since 3 */
#define NET_RIGHTS ((uint64_t)3)

struct ruleset { /* struct landlock_ruleset_attr of newer headers */
	uint64_t fs, net;
};

#define DENY(nr)                                                                                   \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),                                           \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

/* Landlock does not know sockets that are not TCP, nor programs, nor processes. */
static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#if defined(__x86_64__)
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), /* the x32 numbers */
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
#endif
	DENY(SYS_socket),
	DENY(SYS_socketpair),
	DENY(SYS_connect),
	DENY(SYS_bind),
	DENY(SYS_listen),
	DENY(SYS_sendto),
	DENY(SYS_sendmsg),
	DENY(SYS_execve),
	DENY(SYS_execveat),
	DENY(SYS_ptrace),
	DENY(SYS_process_vm_readv),
	DENY(SYS_process_vm_writev),
	DENY(SYS_mount),
	DENY(SYS_unshare),
	DENY(SYS_setns),
	DENY(SYS_bpf),
	DENY(SYS_io_uring_setup),
	DENY(SYS_open_by_handle_at),
	DENY(SYS_kill),
	DENY(SYS_memfd_create),
#ifdef SYS_fork
	DENY(SYS_fork),
	DENY(SYS_vfork),
#endif
	/* glibc goes back to clone(), whose flags can be seen. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static enum err
allow(int ruleset, int fd, uint64_t rights, struct diag *why)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = fd };

	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		return err_sys(why, "Landlock rule");
	return OK;
}

static enum err
allow_file(int ruleset, const char *path, struct diag *why)
{
	auto_close int fd = -1;
	enum err e;

	e = fs_open(path, O_PATH, &fd, why);
	return e == OK ? allow(ruleset, fd, LANDLOCK_ACCESS_FS_READ_FILE, why) : e;
}

static enum err
landlock(const struct jail_opts *opts, int *ret_abi, struct diag *why)
{
	struct ruleset attr = { 0 };
	auto_close int fd = -1;
	enum err e = OK;
	size_t i, known;
	long abi;

	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi <= 0) {
		*ret_abi = 0;
		return OK;
	}
	known = (size_t)abi < ARRAY_LEN(fs_rights) ? (size_t)abi : ARRAY_LEN(fs_rights) - 1;
	attr.fs = fs_rights[known];
	attr.net = abi >= 4 ? NET_RIGHTS : 0;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    abi >= 4 ? sizeof(attr) : sizeof(attr.fs), 0);
	if (fd < 0)
		return err_sys(why, "Landlock");
	for (i = 0; i < opts->n_files && e == OK; i++)
		e = allow_file(fd, opts->files[i], why);
	if (e == OK && opts->write_fd > 0)
		e = allow(fd, opts->write_fd,
		    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
			RIGHT_TRUNCATE) &
			attr.fs,
		    why);
	if (e == OK && syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		e = err_sys(why, "Landlock");
	*ret_abi = (int)abi;
	return e;
}

static enum err
limit(__rlimit_resource_t what, uint64_t to, struct diag *why)
{
	struct rlimit now, want = { to, to };

	if (getrlimit(what, &now) != 0)
		return err_sys(why, "getrlimit");
	if (want.rlim_max > now.rlim_max)
		want.rlim_cur = want.rlim_max = now.rlim_max;
	return setrlimit(what, &want) == 0 ? OK : err_sys(why, "setrlimit");
}

static enum err
used_memory(uint64_t *ret, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct str rest, word;
	uint64_t pages;
	enum err e;

	buf_init(&text, 0);
	e = fs_read("/proc/self/statm", 4096, &text, why);
	if (e != OK)
		return e;
	rest = buf_view(&text);
	word = str_until(&rest, ' ');
	if (!str_u64(word, &pages))
		return err_set(why, FAIL_CORRUPT, "/proc/self/statm is strange");
	*ret = pages * (uint64_t)sysconf(_SC_PAGESIZE);
	return OK;
}

/* The answer itself goes to a file. */
static bool
to_file(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static enum err
limits(const struct jail_opts *opts, struct diag *why)
{
	uint64_t used = 0;
	enum err e;

	e = used_memory(&used, why);
	if (e == OK)
		e = limit(RLIMIT_AS, used + opts->memory, why);
	if (e == OK)
		e = limit(RLIMIT_CPU, opts->cpu_s, why);
	if (e == OK)
		e = limit(RLIMIT_NOFILE, opts->n_files + SPARE_FILES, why);
	if (e == OK && !to_file(opts->keep[0]) && !to_file(opts->keep[1]))
		e = limit(RLIMIT_FSIZE, opts->write_fd > 0 ? opts->write_max : 0, why);
	if (e == OK)
		e = limit(RLIMIT_CORE, 0, why);
	return e;
}

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* What lies between the descriptors that stay, and behind them. */
static enum err
close_others(const struct jail_opts *opts, struct diag *why)
{
	int keep[ARRAY_LEN(opts->keep) + 1];
	unsigned begin = 3;
	size_t i;

	memcpy(keep, opts->keep, sizeof(opts->keep));
	keep[ARRAY_LEN(opts->keep)] = INT_MAX;
	qsort(keep, ARRAY_LEN(keep), sizeof(keep[0]), by_number);
	for (i = 0; i < ARRAY_LEN(keep); i++) {
		if (keep[i] < (int)begin)
			continue;
		if (keep[i] > (int)begin &&
		    syscall(SYS_close_range, begin, (unsigned)keep[i] - 1, 0) != 0)
			return err_sys(why, "close_range");
		begin = (unsigned)keep[i] + 1;
	}
	return OK;
}

static enum err
count_threads(void *ctx, const char *name)
{
	(void)name;
	++*(unsigned *)ctx;
	return OK;
}

static enum err
alone(struct diag *why)
{
	unsigned n = 0;
	enum err e;

	e = fs_each("/proc/self/task", count_threads, &n, why);
	if (e == OK && n != 1)
		e = err_set(why, FAIL_DENIED, "%u threads run already", n);
	return e;
}

enum err
jail_enter(const struct jail_opts *opts, struct jail_level *ret, struct diag *why)
{
	struct sock_fprog program = { ARRAY_LEN(filter), filter };
	struct jail_level level = { 0 };
	enum err e;

	e = alone(why);
	if (e == OK)
		e = close_others(opts, why);
	if (e == OK)
		e = limits(opts, why);
	if (e != OK)
		return e;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_sys(why, "prctl");
	e = landlock(opts, &level.landlock, why);
	if (e != OK)
		return e;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
		return err_sys(why, "seccomp");
	level.network = true;
	*ret = level;
	return OK;
}

enum err
jail_no_threads(struct diag *why)
{
	return limit(RLIMIT_NPROC, 0, why);
}
