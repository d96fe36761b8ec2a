/* What sudo, su and login say. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_auth.c */
/* exports: auth_s auth_l */
#include "parse/auth.h"

#include "parse/put.h"

/* " ; "-separated KEY=value up to COMMAND, which is the rest. */
static void
read_keys(struct rec *r, struct str s)
{
	static const struct {
		struct str key;
		enum field field;
	} keys[] = {
		{ { "TTY=", 4 }, F_TTY },
		{ { "PWD=", 4 }, F_WORKDIR },
		{ { "USER=", 5 }, F_USER_TARGET },
		{ { "COMMAND=", 8 }, F_COMMAND },
	};
	struct str item, rest = s;

	while (rest.n > 0) {
		bool is_last = false;

		item = rest;
		if (str_starts(item, STR("COMMAND=")) || !auth_split(&item, STR(" ; "), &rest))
			is_last = true;
		for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
			if (auth_head(&item, keys[i].key) && !rec_has(r, keys[i].field))
				put_text(r, keys[i].field, item);
		}
		if (is_last)
			return;
	}
}

/*
 * Folder and command may both hold " ; COMMAND=...".  Then everything from
 * the first on is kept as the command, and whose it was is not guessed.
 */
static void
read_call(struct rec *r, struct str s)
{
	read_keys(r, s);
	if (auth_count(s, STR(" ; COMMAND=")) > 1) {
		rec_unset(r, F_USER_TARGET);
		rec_unset(r, F_WORKDIR);
	}
}

/* "bob : [reason ; ]TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh" */
bool
auth_sudo(struct rec *r, struct str text)
{
	struct str user = str_trim(text), rest, call, count;
	int64_t times;

	if (!auth_split(&user, STR(" : "), &rest) || user.n == 0 || user.p[0] == '(')
		return false;
	user = str_trim(user);
	if (memchr(user.p, ' ', user.n) != NULL)
		return false;
	put_text(r, F_USER_NAME, user);
	if (str_starts(rest, STR("TTY=")) || str_starts(rest, STR("PWD=")) ||
	    str_starts(rest, STR("HOST="))) {
		read_call(r, rest);
		rec_set_str(r, F_EVENT_TYPE, STR("auth.sudo.success"));
		return true;
	}
	if (!auth_split(&rest, STR(" ; "), &call))
		return false;
	put_text(r, F_FAILURE_REASON, rest);
	count = str_until(&rest, ' ');
	if (str_i64(count, &times) && times > 0)
		rec_set_int(r, F_RECORD_COUNT, times);
	read_call(r, call);
	rec_set_str(r, F_EVENT_TYPE, STR("auth.sudo.failed"));
	return true;
}

/* "root by bob" */
static bool
read_for_by(struct rec *r, struct str s)
{
	struct str by;

	if (!auth_split(&s, STR(" by "), &by))
		return false;
	put_text(r, F_USER_TARGET, s);
	put_text(r, F_USER_NAME, by);
	return true;
}

/* "root) bob on pts/0" */
static bool
read_to_on(struct rec *r, struct str s)
{
	struct str by, tty;

	if (!auth_split(&s, STR(") "), &by) || !auth_split_last(&by, STR(" on "), &tty))
		return false;
	put_text(r, F_USER_TARGET, s);
	put_text(r, F_USER_NAME, by);
	put_text(r, F_TTY, tty);
	return true;
}

/* "bob to root on /dev/ttyp0" */
static bool
read_bad(struct rec *r, struct str s)
{
	struct str to, tty;

	if (!auth_split(&s, STR(" to "), &to))
		return false;
	if (auth_split_last(&to, STR(" on "), &tty))
		put_text(r, F_TTY, tty);
	put_text(r, F_USER_NAME, s);
	put_text(r, F_USER_TARGET, to);
	return true;
}

#define RULE(head, event_type, read)                                                               \
	{                                                                                          \
		{ head, sizeof(head) - 1 }, event_type, read                                       \
	}

bool
auth_su(struct rec *r, struct str text)
{
	/* "+ pts/0 bob:root" and "- ..." repeat what the line before said in words. */
	static const struct auth_rule rules[] = {
		RULE("Successful su for ", "auth.su.success", read_for_by),
		RULE("FAILED su for ", "auth.su.failed", read_for_by),
		RULE("FAILED SU (to ", "auth.su.failed", read_to_on),
		RULE("(to ", "auth.su.success", read_to_on),
		RULE("BAD SU ", "auth.su.failed", read_bad),
	};

	return auth_match(r, rules, ARRAY_LEN(rules), text);
}

/* " ON tty1 BY bob", " ON tty1 FROM host" */
static bool
read_login(struct rec *r, struct str s)
{
	struct str by;

	if (auth_split(&s, STR(" BY "), &by))
		put_text(r, F_USER_NAME, by);
	if (auth_split(&s, STR(" FROM "), &by))
		put_client(r, by, STR("client_host"));
	put_text(r, F_TTY, s);
	return true;
}

static bool
read_root_login(struct rec *r, struct str s)
{
	rec_set_str(r, F_USER_NAME, STR("root"));
	return read_login(r, s);
}

/* "(1) on '/dev/tty1' FOR 'root', Authentication failure", "1 FROM (null) FOR root, ..." */
static bool
read_failed_login(struct rec *r, struct str s)
{
	struct str name, from, reason;

	if (!auth_split(&s, STR(" FOR "), &name))
		return false;
	if (auth_split(&s, STR(" FROM "), &from) && !str_eq(from, STR("(null)")))
		put_client(r, from, STR("client_host"));
	if (auth_split_last(&name, STR(", "), &reason))
		put_text(r, F_FAILURE_REASON, reason);
	if (auth_head(&name, STR("'")))
		(void)auth_tail(&name, STR("'"));
	put_text(r, F_USER_NAME, name);
	return true;
}

bool
auth_login(struct rec *r, struct str text)
{
	static const struct auth_rule rules[] = {
		RULE("FAILED LOGIN ", "auth.login.failed", read_failed_login),
		RULE("LOGIN ON ", "auth.login.success", read_login),
		RULE("ROOT LOGIN ON ", "auth.login.success", read_root_login),
		RULE("ROOT LOGIN  on ", "auth.login.success", read_root_login),
	};

	return auth_match(r, rules, ARRAY_LEN(rules), text);
}
