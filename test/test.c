/* Test harness: runs the registered cases and reports TAP; test.h is the contract. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <ctype.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIP_STATUS 77
#define TIMEOUT_S 60
#define SEED 20240229
#define SHOWN_MAX ((size_t)400)

/* What a case tells the runner across the fork. */
struct shared {
	char skip[200];
	char dir[64];
};

static struct test_case *head, **tail = &head;
static unsigned total;
static struct shared *shared;

void
test_register(struct test_case *tc)
{
	*tail = tc;
	tail = &tc->next;
	total++;
}

static unsigned long
env_number(const char *name, unsigned long fallback)
{
	const char *s = getenv(name);

	return s == NULL ? fallback : strtoul(s, NULL, 0);
}

void
test_fail(struct test_place at, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "# %s:%d: %s ", at.file, at.line, at.expr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	_exit(EXIT_FAILURE);
}

void
test_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(shared->skip, sizeof(shared->skip), fmt, ap);
	va_end(ap);
	_exit(SKIP_STATUS);
}

void
test_int(struct test_place at, intmax_t got, intmax_t want)
{
	if (got != want)
		test_fail(at, "is %" PRIdMAX ", want %" PRIdMAX, got, want);
}

void
test_double(struct test_place at, double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance))
		test_fail(at, "is %.17g, want %.17g +- %g", got, want, tolerance);
}

void
test_str(struct test_place at, const char *got, const char *want)
{
	if (got == NULL && want == NULL)
		return;
	if (got == NULL || want == NULL)
		test_fail(at, "is %s, want %s", got ? got : "NULL", want ? want : "NULL");
	test_bytes(at, got, strlen(got), want, strlen(want));
}

/* Readable on one line whatever the bytes: control and high bytes as \xHH. */
static void
show(const char *label, const unsigned char *p, size_t n)
{
	(void)fprintf(stderr, "#   %s (%zu bytes) \"", label, n);
	for (size_t i = 0; i < n && i < SHOWN_MAX; i++) {
		if (isprint(p[i]) && p[i] != '"' && p[i] != '\\')
			(void)fputc(p[i], stderr);
		else
			(void)fprintf(stderr, "\\x%02x", p[i]);
	}
	(void)fprintf(stderr, "\"%s\n", n > SHOWN_MAX ? "..." : "");
}

void
test_bytes(struct test_place at, const void *got, size_t got_n, const void *want, size_t want_n)
{
	const unsigned char *a = got, *b = want;
	size_t i = 0;

	if (got_n == want_n && (got_n == 0 || memcmp(got, want, got_n) == 0))
		return;
	while (i < got_n && i < want_n && a[i] == b[i])
		i++;
	show("got ", a, got_n);
	show("want", b, want_n);
	test_fail(at, "differs at byte %zu", i);
}

void
test_timeout(unsigned seconds)
{
	if (getenv("TEST_NOFORK") == NULL)
		(void)alarm(seconds);
}

uint64_t
test_seed(void)
{
	return env_number("TEST_SEED", SEED);
}

unsigned
test_rounds(unsigned n)
{
	return n * (unsigned)env_number("TEST_SCALE", 1);
}

bool
test_turn(unsigned i)
{
	return i % env_number("TEST_EACH", 1) == 0;
}

const char *
test_dir(void)
{
	if (shared->dir[0] != '\0')
		return shared->dir;
	(void)snprintf(shared->dir, sizeof(shared->dir), "%s/tocsin-test-XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	if (mkdtemp(shared->dir) == NULL)
		test_fail(TEST_AT(test_dir()), "cannot make %s", shared->dir);
	return shared->dir;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
remove_dir(void)
{
	if (shared->dir[0] != '\0' && nftw(shared->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS))
		(void)fprintf(stderr, "# cannot remove %s\n", shared->dir);
	shared->dir[0] = '\0';
}

/* Leaks on purpose: the path lives as long as the case. */
static const char *
join(const char *dir, const char *sub, const char *path)
{
	static char kept[8][PATH_MAX];
	static unsigned next;
	char *p = kept[next++ % 8];

	if (snprintf(p, PATH_MAX, "%s%s%s", dir, sub, path) >= PATH_MAX)
		test_fail(TEST_AT(join()), "path too long: %s", path);
	return p;
}

const char *
test_source(const char *path)
{
	const char *root = getenv("TOCSIN_SOURCE");

	return join(root != NULL ? root : ".", "/", path);
}

const char *
test_geoip(void)
{
	const char *path = getenv("TOCSIN_GEOIP");

	if (path == NULL)
		path = test_source("deps/geoip/dbip-country.mmdb");
	if (access(path, R_OK) != 0)
		test_skip("no %s", path);
	return path;
}

const char *
test_corpus(const char *path)
{
	const char *dir = getenv("TOCSIN_CORPORA");
	const char *found;

	if (dir != NULL)
		found = join(dir, "/", path);
	else
		found = join(test_source(".."), "/shared/corpora/", path);
	if (access(found, R_OK) != 0)
		test_skip("no corpora (%s)", path);
	return found;
}

static _Noreturn void
run_in_child(const struct test_case *tc)
{
	(void)setpgid(0, 0);
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	test_timeout((unsigned)env_number("TEST_TIMEOUT", TIMEOUT_S));
	tc->fn();
	exit(EXIT_SUCCESS);
}

/* Returns the wait status; whatever the case left running is killed. */
static int
run_case(const struct test_case *tc)
{
	int status = 0;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_in_child(tc);
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		perror("# fork");
		return -1;
	}
	(void)kill(-pid, SIGKILL);
	return status;
}

static bool
report(unsigned n, const struct test_case *tc, int status)
{
	if (status == 0) {
		printf("ok %u %s\n", n, tc->name);
		return true;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIP_STATUS) {
		printf("ok %u %s # SKIP %s\n", n, tc->name, shared->skip);
		return true;
	}
	(void)fprintf(stderr, "# failed: %s", tc->name);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		(void)fprintf(stderr, " (deadline passed)");
	else if (WIFSIGNALED(status))
		(void)fprintf(stderr, " (%s)", strsignal(WTERMSIG(status)));
	(void)fputc('\n', stderr);
	printf("not ok %u %s\n", n, tc->name);
	return false;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	bool nofork = getenv("TEST_NOFORK") != NULL;
	unsigned n = 0, bad = 0, chosen = 0;

	shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return EXIT_FAILURE;
	for (struct test_case *tc = head; tc != NULL; tc = tc->next)
		chosen += strstr(tc->name, word) != NULL;
	printf("1..%u\n", chosen);
	for (struct test_case *tc = head; tc != NULL; tc = tc->next) {
		int status = 0;

		if (strstr(tc->name, word) == NULL)
			continue;
		if (nofork)
			tc->fn();
		else
			status = run_case(tc);
		remove_dir();
		bad += !report(++n, tc, status);
	}
	return bad != 0 || n == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
