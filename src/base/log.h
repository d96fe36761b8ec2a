/*
 * The daemon's own log: one line per entry on stderr, key=value, escaped, so
 * that no value from outside can forge a line or drive a terminal.
 *   log_warn("ingest", "file was truncated", LOG_STR("path", p), LOG_INT("bytes", n));
 * Libraries do not log: app, ingest, api and the role mains do.  Thread-safe.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"
#include "base/str.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

struct log_kv {
	const char *key;
	struct str s; /* used when p is not NULL */
	int64_t i;
	bool is_int;
};

#define LOG_STR(k, v) ((struct log_kv){ .key = (k), .s = (v) })
#define LOG_C(k, v) ((struct log_kv){ .key = (k), .s = str_c(v) })
#define LOG_INT(k, v) ((struct log_kv){ .key = (k), .i = (int64_t)(v), .is_int = true })

/*
 * At most one line per second and call site passes log_warn and log_error; the next says how many
 * it held.
 */
#define log_at_(level, part, what, ...)                                                            \
	do {                                                                                       \
		static struct log_site site_;                                                      \
		const struct log_kv kv_[] = { { 0 }, ##__VA_ARGS__ };                              \
		log_write(&site_, (level), (part), (what), kv_ + 1, ARRAY_LEN(kv_) - 1);           \
	} while (0)
#define log_debug(...) log_at_(LOG_DEBUG_, __VA_ARGS__)
#define log_info(...) log_at_(LOG_INFO_, __VA_ARGS__)
#define log_warn(...) log_at_(LOG_WARN_, __VA_ARGS__)
#define log_error(...) log_at_(LOG_ERROR_, __VA_ARGS__)

struct log_site {
	int64_t since;
	uint32_t held;
};

void log_write(struct log_site *site, enum log_level level, const char *part, const char *what,
    const struct log_kv *kv, size_t n) NONNULL;

/* log_error with err_text(why). */
#define log_diag(part, what, why)                                                                  \
	do {                                                                                       \
		char text_[400];                                                                   \
		log_error((part), (what), LOG_C("why", err_text((why), text_, sizeof(text_))));    \
	} while (0)

void log_level_set(enum log_level least); /* default LOG_INFO_ */
void log_role_set(const char *role);      /* static text, "store"; shown in each line */

#endif
