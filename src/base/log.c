/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's own log: builds a line, writes it at once. */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"

#define LINE_MAX_ ((size_t)64 * 1024)
#define VALUE_MAX ((size_t)1024) /* bytes of one value; the rest becomes "..." */
#define VALUES_MAX ((size_t)12)

static const char *const level_names[] = { "debug", "info", "warn", "error" };

static atomic_int least = LOG_INFO_;
static const char *_Atomic role = NULL;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
log_level_set(enum log_level level)
{
	atomic_store(&least, (int)level);
}

void
log_role_set(const char *name)
{
	atomic_store(&role, name);
}

static bool
needs_quotes(struct str s)
{
	if (s.n == 0)
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (memchr(" \"\\=", s.p[i], 4) != NULL)
			return true;
	return false;
}

/* Quotes and backslashes get a backslash, so that the escapes of utf8_show() stay unmistakable. */
static void
put_value(struct buf *b, struct str s)
{
	bool cut = s.n > VALUE_MAX, quoted;

	if (cut)
		s.n = VALUE_MAX;
	quoted = cut || needs_quotes(s);
	if (quoted)
		buf_byte(b, '"');
	while (s.n != 0) {
		size_t n = 0;

		while (n < s.n && s.p[n] != '"' && s.p[n] != '\\')
			n++;
		utf8_show((struct str){ s.p, n }, b);
		s = str_from(s, n);
		if (s.n == 0)
			break;
		buf_put(b, (char[]){ '\\', s.p[0] }, 2);
		s = str_from(s, 1);
	}
	if (cut)
		buf_str(b, STR("..."));
	if (quoted)
		buf_byte(b, '"');
}

static void
put_pair(struct buf *b, const char *key, struct str value)
{
	if (b->n != 0)
		buf_byte(b, ' ');
	buf_str(b, str_c(key));
	buf_byte(b, '=');
	put_value(b, value);
}

static void
put_int(struct buf *b, const char *key, int64_t v)
{
	buf_byte(b, ' ');
	buf_str(b, str_c(key));
	buf_byte(b, '=');
	buf_i64(b, v);
}

/* May this site speak now?  *ret_held is what it did not say since it last did. */
static bool
passes(struct log_site *site, enum log_level level, uint32_t *ret_held)
{
	int64_t now = clock_mono();
	bool pass;

	*ret_held = 0;
	if (level < LOG_WARN_)
		return true;
	(void)pthread_mutex_lock(&lock);
	pass = site->since == 0 || now - site->since >= CLOCK_S;
	if (pass) {
		*ret_held = site->held;
		site->since = now;
		site->held = 0;
	} else if (site->held != UINT32_MAX) {
		site->held++;
	}
	(void)pthread_mutex_unlock(&lock);
	return pass;
}

void
log_write(struct log_site *site, enum log_level level, const char *part, const char *what,
    const struct log_kv *kv, size_t n)
{
	const char *who = atomic_load(&role);
	char time[40];
	auto_buf struct buf b;
	uint32_t held;

	buf_init(&b, LINE_MAX_);
	if ((int)level < atomic_load(&least) || !passes(site, level, &held))
		return;
	put_pair(&b, "time", str_c(clock_text(clock_wall(), time)));
	put_pair(&b, "level", str_c(level_names[level]));
	if (who != NULL)
		put_pair(&b, "role", str_c(who));
	put_pair(&b, "part", str_c(part));
	put_pair(&b, "msg", str_c(what));
	for (size_t i = 0; i < n && i < VALUES_MAX; i++) {
		if (kv[i].is_int)
			put_int(&b, kv[i].key, kv[i].i);
		else
			put_pair(&b, kv[i].key, kv[i].s);
	}
	if (held != 0)
		put_int(&b, "held", held);
	buf_byte(&b, '\n');
	(void)!write(STDERR_FILENO, b.p, b.n);
}
