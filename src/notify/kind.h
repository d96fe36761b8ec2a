/*
 * A kind of channel: one YAML file in channels/ says what it needs to know,
 * which request it makes of an alert, and how the answer is read.  Immutable
 * once read.  doc/reference/channel-files.md has the format.
 */
#ifndef NOTIFY_KIND_H
#define NOTIFY_KIND_H

#include "base/buf.h"
#include "base/jsonr.h"
#include "conf/tree.h"

#define KIND_FILE_MAX ((size_t)65536)
#define KIND_SETTINGS_MAX 16
#define KIND_STATUSES_MAX 16
#define KIND_ADDRESS_MAX 4
#define KIND_WAIT_MAX_MS 2000
#define KINDS_MAX 100

enum kind_type { KIND_TEXT, KIND_URL, KIND_MAIL, KIND_MAILS, KIND_BOOL, KIND_INT, KIND_CHOICE };
/* What a message tells: an alert was raised, taken on, closed. */
enum kind_event {
	KIND_RAISE,
	KIND_ACK,
	KIND_RESOLVE,
	KIND_COMMENT, /* on a ticket that was made before */
	KIND_CLOSE,   /* the ticket */
	KIND_EVENTS
};
enum kind_body { KIND_JSON, KIND_FORM, KIND_LINES, KIND_PLAIN };

struct kind_setting {
	struct str name, label, help, otherwise; /* otherwise: what it is when nobody says */
	enum kind_type type;
	const struct tree *words; /* of a CHOICE */
	bool required;
};

struct kind_request {
	struct str method, url, type;      /* type: of the content */
	struct str over, host, port;       /* syslog in place of HTTP: "udp", "tcp" or "tls" */
	const struct tree *headers, *body; /* headers may be NULL */
	struct str user, password, aws;    /* Basic; or signed for a service of AWS */
	enum kind_body body_as;
	size_t max; /* bytes of a body */
};

struct kind_answer {
	unsigned never[KIND_STATUSES_MAX]; /* statuses that refuse for good */
	size_t n_never;
	struct str ok_at, error_at; /* paths in a JSON answer: true at ok_at is needed */
	const struct tree *final;   /* words at error_at that refuse for good; or NULL */
	/* Of a ticket: paths to its id and its page; or what stands between settings.url and id. */
	struct str id_at, url_at, browse;
};

struct kind {
	struct str name, label, about;
	struct kind_setting settings[KIND_SETTINGS_MAX];
	size_t n_settings;
	struct kind_setting secret; /* name "" for none */
	/*
	 * Settings that the address of a message takes the place of: the first holds it then, the
	 * others are empty.  None: the kind takes no addressed message.
	 */
	struct str address[KIND_ADDRESS_MAX];
	size_t n_address;
	const struct tree *tables;
	struct kind_request requests[KIND_EVENTS]; /* without a body: there is none */
	struct kind_answer answer;
	unsigned wait_ms; /* between two messages */
	struct arena *arena;
};

/* FAIL_SYNTAX, FAIL_LIMIT with the place; `file` names it in messages. */
enum err kind_parse(struct str text, const char *file, struct kind **ret, struct diag *why)
    __attribute__((nonnull(2, 3)));
void kind_free(struct kind *k); /* NULL is fine */

/* Has it a request for that? */
bool kind_tells(const struct kind *k, enum kind_event e) NONNULL;

/*
 * Settings as somebody wrote them (NULL: none), checked, with defaults, as a JSON object.
 * FAIL_SYNTAX names the setting.
 */
enum err kind_settings(const struct kind *k, const struct jsonr *given, struct buf *to,
    struct diag *why) __attribute__((nonnull(1, 3)));
/* What a form needs to know: {"name":..,"label":..,"settings":[..],"secret":{..}} */
void kind_describe(const struct kind *k, struct buf *to) NONNULL;

struct kinds {
	struct kind *p[KINDS_MAX];
	size_t n;
};
/* Every *.yml of a folder, by name; NULL: none.  One that is broken is in `why`, the others work.
 */
enum err kinds_load(const char *dir, struct kinds *ret, struct diag *why)
    __attribute__((nonnull(2)));
void kinds_fini(struct kinds *ks) NONNULL;
const struct kind *kinds_find(const struct kinds *ks, struct str name) __attribute__((nonnull(1)));

#endif
