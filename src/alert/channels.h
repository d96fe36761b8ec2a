/*
 * Channels: where messages about alerts go.  Kept in state.db, from the
 * configuration file (replaced as a whole at start and reload) or from the
 * page.  Secrets are never here, only references to them.
 */
#ifndef ALERT_CHANNELS_H
#define ALERT_CHANNELS_H

#include "alert/alerts.h"
#include "base/buf.h"

#define CHANNELS_MAX 100
#define CHANNELS_NAME_MAX 40 /* bytes: a-z 0-9 - and _ */
#define CHANNELS_TEXT_MAX 512
#define CHANNELS_TO_MAX 50
#define CHANNELS_REF_MAX 600

#define CHANNELS_SETTINGS_MAX ((size_t)16384)

/* A KIND is any other type: a channel file knows it (notify/kind.h). */
enum channels_type { CHANNELS_EMAIL, CHANNELS_WEBHOOK, CHANNELS_KIND, CHANNELS_TYPES };
enum channels_origin { CHANNELS_CONFIG, CHANNELS_PAGE };
enum channels_security { CHANNELS_STARTTLS, CHANNELS_TLS, CHANNELS_PLAIN, CHANNELS_SECURITIES };

/* What somebody sets.  Zeroed texts are empty; what is not of its type must be empty. */
struct channel {
	struct str name;
	enum channels_type type;
	bool enabled;
	enum alerts_severity min_severity; /* this urgent or more */
	enum channels_origin origin;

	/* email */
	struct str host, user, from;
	uint16_t port; /* 0: 587, 465 or 25, by security */
	enum channels_security security;
	const struct str *to;
	size_t n_to;
	/* webhook */
	struct str url;
	bool allow_private; /* addresses of our own network may be called */

	/* any other kind: its name, and its settings as a JSON object, checked by its file */
	struct str kind, settings;

	/*
	 * "file:/path", "env:NAME", "credential:NAME" or "": the password of email, the signing key
	 * ("whsec_...") of webhook, the secret of a kind.
	 */
	struct str secret;
};

struct channels_row { /* borrowed during the call of a channels_row_fn */
	struct str name;
	enum channels_type type;
	struct str kind; /* the word of its type */
	bool enabled;
	enum alerts_severity min_severity;
	enum channels_origin origin;
	struct str settings; /* JSON object: {"host":...,"port":587,...} or {"url":...,...} */
	struct str secret;   /* reference, or "" */
	bool tried;          /* of the newest attempt, when there was one: */
	bool ok;
	int64_t time, ms;
	struct str detail;
	uint64_t pending, dead; /* rows of the outbox; pending: not delivered yet */
};

/* FAIL_SYNTAX names the key ("host: ...") when a value cannot be right. */
enum err channels_check(const struct channel *c, struct diag *why);
/* {"host":...}: the settings as they are stored and sent to the page and the notify process. */
void channels_settings(const struct channel *c, struct buf *to);

typedef enum err (*channels_row_fn)(void *ctx, const struct channels_row *row);
/* By name.  What fn returns other than OK ends it and is returned. */
enum err channels_list(struct alerts *a, channels_row_fn fn, void *ctx, struct diag *why);
enum err channels_get(struct alerts *a, struct str name, channels_row_fn fn, void *ctx,
    struct diag *why); /* FAIL_NOT_FOUND */
/* Without counting what waits for it: pending and dead are 0.  For each message. */
enum err channels_plain(struct alerts *a, struct str name, channels_row_fn fn, void *ctx,
    struct diag *why);

/* May it be changed on the page?  FAIL_NOT_FOUND, FAIL_DENIED: it is in the configuration file. */
enum err channels_editable(struct alerts *a, struct str name, struct diag *why);
/* From the page.  FAIL_SYNTAX, FAIL_EXISTS, FAIL_LIMIT (CHANNELS_MAX). */
enum err channels_add(struct alerts *a, const struct channel *c, int64_t now, struct diag *why);
/* Replaces what is set; else as channels_editable(). */
enum err channels_set(struct alerts *a, const struct channel *c, int64_t now, struct diag *why);
/* Messages that wait for it become dead letters.  FAIL_NOT_FOUND, FAIL_DENIED. */
enum err channels_remove(struct alerts *a, struct str name, struct diag *why);
/*
 * Those of the configuration file, all at once: added, changed, removed when they are gone from it.
 * A channel of the page with the same name gives way.
 */
enum err channels_sync(struct alerts *a, const struct channel *c, size_t n, int64_t now,
    struct diag *why);
/* How an attempt went that was no delivery (a test message). */
enum err channels_tested(struct alerts *a, struct str name, bool ok, int64_t ms, struct str detail,
    int64_t now, struct diag *why);

/* Of email and webhook; of a KIND it is the name in the channel or the row. */
const char *channels_type_word(enum channels_type t);
bool channels_type_find(struct str word, enum channels_type *ret);
struct str channels_kind(const struct channel *c); /* the word of its type */
const char *channels_security_word(enum channels_security s);
bool channels_security_find(struct str word, enum channels_security *ret);
/* "password", "key", "secret" */
const char *channels_secret_word(enum channels_type t);

#endif
