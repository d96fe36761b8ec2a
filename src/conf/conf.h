/*
 * The configuration: one YAML file, then the environment, checked as a whole.
 * A struct conf is immutable and complete: whatever is not set has its
 * default.  keys.def, source_keys.def and channel_keys.def are the tables that the
 * members, the parser, check-config and the reference page come from.
 *
 * TOCSIN_HTTP_LISTEN in the environment stands for http.listen (lists are
 * separated by commas) and goes before the file.  Relative paths in the file
 * start at the file's folder, others at the working directory.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/buf.h"
#include "base/err.h"

#define CONF_FILE_MAX ((size_t)1 << 20) /* bytes of a configuration file */
#define CONF_SOURCES_MAX 200
#define CONF_CHANNELS_MAX 100
#define CONF_PROBLEMS_MAX 50

struct conf_list {
	const char *const *p;
	size_t n;
};
struct conf_score {
	const char *name;
	int64_t score;
};
struct conf_scores {
	const struct conf_score *p;
	size_t n;
};
enum conf_source_type {
	CONF_SOURCE_FILE,
	CONF_SOURCE_STDIN,
	CONF_SOURCE_SYSLOG_UDP,
	CONF_SOURCE_SYSLOG_TCP
};
enum conf_from { CONF_FROM_BEGINNING, CONF_FROM_END };
enum conf_channel_type { CONF_CHANNEL_EMAIL, CONF_CHANNEL_WEBHOOK, CONF_CHANNEL_KIND };
enum conf_security { CONF_SECURITY_STARTTLS, CONF_SECURITY_TLS, CONF_SECURITY_NONE };
enum conf_severity {
	CONF_SEVERITY_CRITICAL,
	CONF_SEVERITY_HIGH,
	CONF_SEVERITY_MEDIUM,
	CONF_SEVERITY_LOW,
	CONF_SEVERITY_INFO
};

/* C types of the members, by the TYPE of the row.  Text is never NULL. */
#define CONF_C_STRING const char *
#define CONF_C_PATH const char *
#define CONF_C_ADDR const char *
#define CONF_C_BOOL bool
#define CONF_C_INT int64_t
#define CONF_C_SIZE uint64_t  /* bytes */
#define CONF_C_SPAN int64_t   /* nanoseconds */
#define CONF_C_OFFSET int64_t /* seconds east of UTC */
#define CONF_C_LIST struct conf_list
#define CONF_C_PATHS struct conf_list
#define CONF_C_COUNTRIES struct conf_list /* upper case */
#define CONF_C_SCORES struct conf_scores
#define CONF_C_KIND enum conf_source_type
#define CONF_C_FROM enum conf_from
#define CONF_C_CHANNEL enum conf_channel_type
#define CONF_C_SECURITY enum conf_security
#define CONF_C_SEVERITY enum conf_severity
#define CONF_C_HOST const char *
#define CONF_C_MAIL const char *
#define CONF_C_URL const char *
#define CONF_C_MAILS struct conf_list
#define CONF_C_SETTINGS const char * /* a JSON object, "" for none */
#define CONF_C_SECRET const char *   /* "file:/path", "env:NAME", "credential:NAME" or "" */

struct conf_source {
#define KEY(path, member, type, def, least, most, for_, needed, doc) CONF_C_##type member;
#include "conf/source_keys.def"
#undef KEY
	uint32_t line, column; /* where it stands in the file */
};

struct conf_channel {
#define KEY(path, member, type, def, least, most, for_, needed, doc) CONF_C_##type member;
#include "conf/channel_keys.def"
#undef KEY
	uint32_t line, column;
};

struct conf {
#define KEY(path, member, type, def, least, most, when, doc) CONF_C_##type member;
#include "conf/keys.def"
#undef KEY
	const struct conf_source *sources;
	size_t n_sources;
	const struct conf_channel *channels;
	size_t n_channels;
	const char *file; /* "" when there was none */
	struct arena *arena;
};

/* All that is wrong, in the order of the file; zero it first, conf_problems_fini() it. */
struct conf_problems {
	struct diag *p;
	size_t n, size;
	bool cut; /* there were more than CONF_PROBLEMS_MAX */
};
void conf_problems_fini(struct conf_problems *ps); /* NULL is fine */
/* Adds one; past CONF_PROBLEMS_MAX only `cut` is set. */
void conf_problems_add(struct conf_problems *ps, const struct diag *why) NONNULL;
/* A line each, "FILE:LINE:COLUMN: TEXT"; or {"ok":false,"problems":[{file,line,column,text}]}. */
void conf_problems_text(const struct conf_problems *ps, struct buf *to) NONNULL;
void conf_problems_json(const struct conf_problems *ps, struct buf *to) NONNULL;

/*
 * Reads file and environment.  `path` NULL: only defaults and environment;
 * `env` as environ(7), or NULL for none.  On failure *ret is untouched, every
 * problem is in `ps` (may be NULL) and the first one in `why`.
 */
enum err conf_load(const char *path, char *const *env, struct conf **ret, struct conf_problems *ps,
    struct diag *why) __attribute__((nonnull(3)));
/* The same from text; `file` names it in messages, its folder is the base of relative paths. */
enum err conf_parse(struct str text, const char *file, char *const *env, struct conf **ret,
    struct conf_problems *ps, struct diag *why) __attribute__((nonnull(2, 4)));
void conf_free(struct conf *c); /* NULL is fine */

/* Calls fn for each key whose value differs ("sources", "channels" among them); `restart`: RELOAD
 * does not do.
 */
typedef void (*conf_diff_fn)(void *ctx, const char *key, bool restart);
void conf_diff(const struct conf *old, const struct conf *new_, conf_diff_fn fn, void *ctx)
    __attribute__((nonnull(1, 2, 3)));

/* The reference page, Markdown. */
void conf_reference(struct buf *to) NONNULL;

#endif
