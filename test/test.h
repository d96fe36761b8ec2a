/*
 * Test harness.  Cases register themselves by TEST(name) and run in order,
 * each in its own process with a deadline, so that a crash, a leak under
 * ASan or a hang fails one case only.  Output is TAP on stdout; whatever a
 * case prints goes to stderr.
 *
 *   program          every case
 *   program WORD     the cases with WORD in their name
 *   TEST_NOFORK=1    in this process (debugger, valgrind), no deadline
 *   TEST_TIMEOUT=N   seconds per case (60)
 *   TEST_SEED=N      another seed for the random cases
 *   TEST_SCALE=N     N times as many rounds in the random cases
 *   TEST_EACH=N      one in N of long lists that are worked off elsewhere too
 */
#ifndef TEST_H
#define TEST_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_case {
	const char *name;
	void (*fn)(void);
	struct test_case *next;
};

struct test_place {
	const char *file;
	int line;
	const char *expr; /* text of what was checked */
};

void test_register(struct test_case *tc);

/* End the case: failed with these words, or skipped for this reason. */
_Noreturn void test_fail(struct test_place at, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
_Noreturn void test_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void test_int(struct test_place at, intmax_t got, intmax_t want);
void test_double(struct test_place at, double got, double want, double tolerance);
void test_str(struct test_place at, const char *got, const char *want);
void test_bytes(struct test_place at, const void *got, size_t got_n, const void *want,
    size_t want_n);

/* A new deadline for the running case, counted from now. */
void test_timeout(unsigned seconds);

/* Seed and number of rounds for random cases, from the environment. */
uint64_t test_seed(void);
unsigned test_rounds(unsigned n);
/* Is the i-th of a long list this run's turn? */
bool test_turn(unsigned i);

/* An empty directory of this case; removed after it with all it holds.  One per case. */
const char *test_dir(void);

/*
 * Paths that live until the case ends: inside the source tree; the country
 * database; inside the corpora (TOCSIN_CORPORA, else ../shared/corpora beside
 * the sources).  The last two skip the case when the file is absent.
 */
const char *test_source(const char *path);
const char *test_geoip(void);
const char *test_corpus(const char *path);

#define TEST(id)                                                                                   \
	static void test_##id(void);                                                               \
	__attribute__((constructor)) static void test_reg_##id(void)                               \
	{                                                                                          \
		static struct test_case tc = { #id, test_##id, NULL };                             \
		test_register(&tc);                                                                \
	}                                                                                          \
	static void test_##id(void)

#define TEST_AT(e) ((struct test_place){ __FILE__, __LINE__, #e })
#define TEST_SKIP(...) test_skip(__VA_ARGS__)

#define CHECK(e)                                                                                   \
	do {                                                                                       \
		if (!(e))                                                                          \
			test_fail(TEST_AT(e), "is false");                                         \
	} while (0)

/* Any integers or enums of up to 64 bits. */
#define CHECK_INT(got, want) test_int(TEST_AT(got), (intmax_t)(got), (intmax_t)(want))
#define CHECK_DOUBLE(got, want, tolerance) test_double(TEST_AT(got), got, want, tolerance)

/* C strings; NULL equals only NULL. */
#define CHECK_STR(got, want) test_str(TEST_AT(got), got, want)
#define CHECK_BYTES(got, got_n, want, want_n) test_bytes(TEST_AT(got), got, got_n, want, want_n)

/* A struct str against a C string. */
#define CHECK_SLICE(got, want)                                                                     \
	do {                                                                                       \
		const struct str slice_ = (got);                                                   \
		const char *want_ = (want);                                                        \
		test_bytes(TEST_AT(got), slice_.p, slice_.n, want_, strlen(want_));                \
	} while (0)

/* An enum err that must be OK; prints the words of the struct diag when it is not. */
#define CHECK_OK(call, diag)                                                                       \
	do {                                                                                       \
		const int err_ = (int)(call);                                                      \
		if (err_ != 0)                                                                     \
			test_fail(TEST_AT(call), "failed with %d: %.*s", err_,                     \
			    (int)sizeof((diag).text), (diag).text);                                \
	} while (0)

#endif
