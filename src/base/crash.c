/* SPDX-License-Identifier: Apache-2.0 */
/* Death and failure on demand, for tests. */
#include "base/crash.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"

#define ERRNO_MAX 134

static const struct {
	const char *name, *doc;
} points[] = {
#define CRASH(id, name, doc) [CRASH_##id] = { name, doc },
#include "base/crash.def"
#undef CRASH
};

/* "NAME:N" or "NAME:N+" (every passing from the N-th on) */
struct order {
	struct str name;
	uint64_t n;
	bool onwards;
	int error;
	atomic_uint_fast64_t passed;
};

/* 1 until the environment was read, then: is there an order? */
static atomic_int crash_armed = 1, fault_armed = 1;
static struct order crash_order, fault_order;
static const char *crash_once;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static _Noreturn void
refuse(const char *variable, const char *value)
{
	(void)fprintf(stderr, "%s=%s is not understood\n", variable, value);
	abort();
}

static bool
parse_order(struct str *s, struct order *o)
{
	struct str n;

	o->name = str_until(s, ':');
	n = str_until(s, ':');
	o->n = 1;
	o->onwards = str_ends(n, STR("+"));
	if (o->onwards)
		n.n--;
	return o->name.n != 0 && (n.n == 0 || (str_u64(n, &o->n) && o->n != 0));
}

static int
errno_of(struct str name)
{
	for (int e = 1; e < ERRNO_MAX; e++)
		if (strerrorname_np(e) != NULL && str_eq(str_c(strerrorname_np(e)), name))
			return e;
	return 0;
}

static void
read_environment(void)
{
	const char *crash = getenv("TOCSIN_CRASH"), *fault = getenv("TOCSIN_FAULT");
	struct str s = str_c(crash);
	bool known = false;

	if (crash != NULL) {
		if (!parse_order(&s, &crash_order))
			refuse("TOCSIN_CRASH", crash);
		for (size_t i = 0; i < CRASH_COUNT; i++)
			known |= str_eq(crash_order.name, str_c(points[i].name));
		if (!known)
			refuse("TOCSIN_CRASH", crash);
		crash_once = getenv("TOCSIN_CRASH_ONCE");
	}
	s = str_c(fault);
	if (fault != NULL) {
		if (!parse_order(&s, &fault_order))
			refuse("TOCSIN_FAULT", fault);
		fault_order.error = errno_of(s);
		if (fault_order.error == 0)
			refuse("TOCSIN_FAULT", fault);
	}
	atomic_store(&crash_armed, crash != NULL);
	atomic_store(&fault_armed, fault != NULL);
}

/* Is this the passing that was ordered? */
static bool
is_due(struct order *o, const char *name)
{
	uint64_t passing;

	if (!str_eq(o->name, str_c(name)))
		return false;
	passing = atomic_fetch_add(&o->passed, 1) + 1;
	return passing == o->n || (o->onwards && passing > o->n);
}

static void
visit(enum crash at)
{
	(void)pthread_once(&once, read_environment);
	if (atomic_load(&crash_armed) == 0 || !is_due(&crash_order, points[at].name))
		return;
	if (crash_once != NULL && open(crash_once, O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0)
		return;
	(void)kill(getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

void
crash_point(enum crash at)
{
	if (UNLIKELY(atomic_load_explicit(&crash_armed, memory_order_relaxed) != 0))
		visit(at);
}

int
crash_fault(const char *point)
{
	if (LIKELY(atomic_load_explicit(&fault_armed, memory_order_relaxed) == 0))
		return 0;
	(void)pthread_once(&once, read_environment);
	if (atomic_load(&fault_armed) == 0 || !is_due(&fault_order, point))
		return 0;
	return fault_order.error;
}

const char *
crash_name(enum crash at)
{
	return (unsigned)at < CRASH_COUNT ? points[at].name : NULL;
}

const char *
crash_doc(enum crash at)
{
	return (unsigned)at < CRASH_COUNT ? points[at].doc : NULL;
}
