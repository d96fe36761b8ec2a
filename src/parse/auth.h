/*
 * What programs say about logins, over syslog.  One failed attempt often
 * makes several lines; so that failures are counted once,
 *   auth.login.failed  is the line of the program that refused ("Failed
 *                      password for ..."), or PAM's where nobody else says so
 *                      (vsftpd; sshd(pam_unix) of old),
 *   auth.invalid_user  is "Invalid user ...", and
 *   auth.probe         what else belongs to an attempt that did not succeed:
 *                      PAM's line where the program has its own, disconnects
 *                      before a login, refused protocols.
 * Names come from outside and hold anything; addresses are therefore taken
 * from the end of the line that the program wrote last.
 */
#ifndef PARSE_AUTH_H
#define PARSE_AUTH_H

#include "rec/rec.h"

/* A line of a program: "sshd(pam_unix)[1]: text" has app sshd and module pam_unix. */
struct auth_line {
	struct str app, module, text;
};

/* Is this a program whose lines are read here? */
bool auth_knows(struct str app);

/* Sets event_type and fields if the line is understood; log source for any known program. */
void auth_apply(struct rec *r, const struct auth_line *line) NONNULL;

/* For the readers of each program: auth_sshd.c, auth_pam.c, auth_sudo.c, auth_users.c. */

/* "BEFORE IP port N", "BEFORE IP": the address a line ends with. */
struct auth_place {
	struct str before, ip, port;
};
bool auth_place(struct str s, struct auth_place *ret) NONNULL;
void auth_put_place(struct rec *r, const struct auth_place *place) NONNULL;

/* Takes `head` or `tail` off *s; false, with *s as it was, when it is not there. */
bool auth_head(struct str *s, struct str head) NONNULL;
bool auth_tail(struct str *s, struct str tail) NONNULL;
/* Splits at the first or last `sep`: *s keeps what is before, the value is what is behind. */
bool auth_split(struct str *s, struct str sep, struct str *ret_behind) NONNULL;
bool auth_split_last(struct str *s, struct str sep, struct str *ret_behind) NONNULL;
/* How often `needle` stands in `s`, counting to two. */
unsigned auth_count(struct str s, struct str needle);

/* One kind of line: how it begins, what it is, what reads the rest (may be NULL; false: not it). */
struct auth_rule {
	struct str head;
	const char *event_type; /* NULL: `read` sets it */
	bool (*read)(struct rec *r, struct str rest);
};
bool auth_match(struct rec *r, const struct auth_rule *rules, size_t n, struct str text) NONNULL;

bool auth_sshd(struct rec *r, struct str text) NONNULL;
bool auth_sudo(struct rec *r, struct str text) NONNULL;
bool auth_su(struct rec *r, struct str text) NONNULL;
bool auth_login(struct rec *r, struct str text) NONNULL;
bool auth_users(struct rec *r, struct str text) NONNULL;
bool auth_logind(struct rec *r, struct str text) NONNULL;

/* "pam_unix(sshd:auth): text": false when `text` does not begin so; *ret_service is "sshd". */
bool auth_pam_line(struct rec *r, struct str text, struct str *ret_service) NONNULL;
/* PAM's text under the old tag "sshd(pam_unix)". */
bool auth_pam_old(struct rec *r, struct str service, struct str text) NONNULL;
/* "logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root" */
void auth_pam_fields(struct rec *r, struct str s) NONNULL;

#endif
