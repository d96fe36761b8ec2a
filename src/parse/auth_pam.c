/* What PAM modules log, under their own mark or, long ago, in the tag. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_auth.c */
/* exports: auth_pam */
#include "parse/auth.h"

#include "parse/put.h"

/* Services that log a refused login themselves: PAM's line beside it is no second failure. */
static bool
logs_itself(struct str service)
{
	static const char *const names[] = { "sshd", "sudo", "sudo-i", "su", "su-l", "login",
		"remote" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(service, str_c(names[i])))
			return true;
	}
	return false;
}

/* Takes "key=value " off the front; values of these keys hold no blank. */
static bool
pair(struct str *s, struct str key, struct str *ret)
{
	struct str rest = *s;

	if (!auth_head(&rest, key))
		return false;
	*ret = str_until(&rest, ' ');
	*s = rest;
	return true;
}

/*
 * Of these ruser, rhost and user may come from outside.  The first rhost is
 * PAM's own if ruser is empty, which it always is for sshd; otherwise a second
 * one makes the line ambiguous, and no address is better than a forged one.
 */
void
auth_pam_fields(struct rec *r, struct str s)
{
	struct str word, ruser, rest, user;

	(void)pair(&s, STR("logname="), &word);
	(void)pair(&s, STR("uid="), &word);
	(void)pair(&s, STR("euid="), &word);
	if (pair(&s, STR("tty="), &word))
		put_text(r, F_TTY, word);
	if (!auth_head(&s, STR("ruser=")))
		return;
	ruser = s;
	if (!auth_split(&ruser, STR("rhost="), &rest))
		return;
	if (ruser.n > 1 && auth_count(rest, STR(" rhost=")) != 0)
		return;
	put_client(r, str_until(&rest, ' '), STR("client_host"));
	while (rest.n > 0 && rest.p[0] == ' ')
		rest = str_from(rest, 1);
	user = rest;
	if (auth_head(&user, STR("user=")))
		put_text(r, F_USER_NAME, str_trim(user));
}

static bool
read_failure(struct rec *r, struct str rest)
{
	rec_set_str(r, F_FAILURE_REASON, STR("authentication failure"));
	auth_pam_fields(r, rest);
	return true;
}

/* "5 more authentication failures; logname=..." */
static bool
more_failures(struct rec *r, struct str text)
{
	struct str count = text, rest;
	int64_t n;

	if (!auth_split(&count, STR(" more authentication failure"), &rest) || !str_i64(count, &n))
		return false;
	(void)auth_head(&rest, STR("s"));
	if (n < 1 || !auth_head(&rest, STR("; ")))
		return false;
	rec_set_int(r, F_RECORD_COUNT, n);
	return read_failure(r, rest);
}

/* "root(uid=0) by bob(uid=1000)", "root by (uid=0)" */
static bool
read_opened(struct rec *r, struct str user)
{
	struct str by, uid;

	if (auth_split_last(&user, STR(" by "), &by)) {
		(void)auth_split(&by, STR("("), &uid);
		put_text(r, F_USER_NAME, by);
	}
	if (auth_tail(&user, STR(")")))
		(void)auth_split_last(&user, STR("("), &uid);
	put_text(r, rec_has(r, F_USER_NAME) ? F_USER_TARGET : F_USER_NAME, user);
	return user.n > 0;
}

static bool
read_user(struct rec *r, struct str user)
{
	put_text(r, F_USER_NAME, str_trim(user));
	return true;
}

static bool
read_changed(struct rec *r, struct str user)
{
	put_text(r, F_USER_TARGET, str_trim(user));
	return true;
}

static bool
read_locked(struct rec *r, struct str user)
{
	if (!auth_tail(&user, STR(" account temporarily locked")))
		return false;
	return read_user(r, user);
}

/* "root (0) tally 5, deny 4" */
static bool
read_tally(struct rec *r, struct str user)
{
	struct str rest;

	return auth_split_last(&user, STR(" tally "), &rest) &&
	       auth_split_last(&user, STR(" ("), &rest) && read_user(r, user);
}

#define RULE(head, event_type, read)                                                               \
	{                                                                                          \
		{ head, sizeof(head) - 1 }, event_type, read                                       \
	}
static const struct auth_rule rules[] = {
	RULE("session opened for user ", "auth.session.opened", read_opened),
	RULE("session closed for user ", "auth.session.closed", read_user),
	RULE("password changed for ", "auth.password.changed", read_changed),
	RULE("Consecutive login failures for user ", "auth.account.locked", read_locked),
	RULE("user ", "auth.account.locked", read_tally),
};
static const struct auth_rule failure = RULE("authentication failure; ", NULL, read_failure);

static bool
read_text(struct rec *r, struct str text, struct str failed)
{
	if (!auth_match(r, &failure, 1, text) && !more_failures(r, text))
		return auth_match(r, rules, ARRAY_LEN(rules), text);
	rec_set_str(r, F_EVENT_TYPE, failed);
	return true;
}

bool
auth_pam_line(struct rec *r, struct str text, struct str *ret_service)
{
	struct str module = text, rest, service, type;

	if (!str_starts(text, STR("pam_")) || !auth_split(&module, STR("("), &rest) ||
	    !auth_split(&rest, STR("): "), &text))
		return false;
	service = rest;
	if (!auth_split(&service, STR(":"), &type) || memchr(module.p, ' ', module.n) != NULL)
		return false;
	put_extra(r, STR("pam_module"), module);
	*ret_service = service;
	(void)read_text(r, text,
	    logs_itself(service) ? STR("auth.probe") : STR("auth.login.failed"));
	return true;
}

/* Programs of that time left the word to PAM, but for login. */
bool
auth_pam_old(struct rec *r, struct str service, struct str text)
{
	struct str failed = STR("auth.login.failed");

	if (str_eq(service, STR("su")))
		failed = STR("auth.su.failed");
	else if (str_eq(service, STR("login")) || str_eq(service, STR("sudo")))
		failed = STR("auth.probe");
	return read_text(r, text, failed);
}
