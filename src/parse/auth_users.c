/* What the tools that change accounts say, and systemd-logind. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_auth.c */
/* exports: auth_ */
#include "parse/auth.h"

#include "parse/put.h"

/* "bob, UID=1001, GID=1001, home=/home/bob, shell=/bin/bash" */
static bool
read_new(struct rec *r, struct str s)
{
	static const struct {
		struct str key, path;
	} keys[] = {
		{ { "UID=", 4 }, { "uid", 3 } },
		{ { "GID=", 4 }, { "gid", 3 } },
		{ { "home=", 5 }, { "home", 4 } },
		{ { "shell=", 6 }, { "shell", 5 } },
	};
	struct str item = s, rest = { s.p, 0 };
	bool more = auth_split(&item, STR(", "), &rest);

	put_text(r, F_USER_TARGET, item);
	while (more) {
		item = rest;
		more = auth_split(&item, STR(", "), &rest);
		for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
			if (auth_head(&item, keys[i].key))
				put_extra(r, keys[i].path, item);
		}
	}
	return true;
}

static bool
read_group(struct rec *r, struct str s)
{
	struct str rest, gid;

	if (auth_split(&s, STR(", "), &rest) && auth_head(&rest, STR("GID=")))
		gid = rest;
	else
		gid = STR("");
	put_extra(r, STR("group"), s);
	if (gid.n > 0)
		put_extra(r, STR("gid"), gid);
	return s.n > 0;
}

/* "bob'", "bob' password" */
static bool
read_quoted(struct rec *r, struct str s)
{
	struct str rest;

	if (!auth_split(&s, STR("'"), &rest))
		return false;
	put_text(r, F_USER_TARGET, s);
	return true;
}

static bool
read_quoted_group(struct rec *r, struct str s)
{
	struct str rest;

	if (!auth_split(&s, STR("'"), &rest))
		return false;
	put_extra(r, STR("group"), s);
	return true;
}

/* "bob' to group 'sudo'"; the same for the shadow file is no second change. */
static bool
read_added(struct rec *r, struct str s)
{
	struct str group;

	if (!auth_split(&s, STR("' to group '"), &group) || !auth_tail(&group, STR("'")))
		return false;
	put_text(r, F_USER_TARGET, s);
	put_extra(r, STR("group"), group);
	return true;
}

/* "bob added by root to group sudo", "bob removed by root from group sudo" */
static bool
read_member(struct rec *r, struct str s)
{
	struct str by, group;

	if (!auth_split(&s, STR(" added by "), &by) && !auth_split(&s, STR(" removed by "), &by))
		return false;
	if (!auth_split(&by, STR(" to group "), &group) &&
	    !auth_split(&by, STR(" from group "), &group))
		return false;
	put_text(r, F_USER_TARGET, s);
	put_text(r, F_USER_NAME, by);
	put_extra(r, STR("group"), group);
	return true;
}

/* "bob' changed by 'root'" */
static bool
read_password(struct rec *r, struct str s)
{
	struct str by;

	if (!auth_split(&s, STR("' changed by '"), &by) || !auth_tail(&by, STR("'")))
		return false;
	put_text(r, F_USER_TARGET, s);
	put_text(r, F_USER_NAME, by);
	return true;
}

static bool
read_expiry(struct rec *r, struct str s)
{
	put_text(r, F_USER_TARGET, s);
	return true;
}

#define RULE(head, event_type, read)                                                               \
	{                                                                                          \
		{ head, sizeof(head) - 1 }, event_type, read                                       \
	}

bool
auth_users(struct rec *r, struct str text)
{
	static const struct auth_rule rules[] = {
		RULE("new user: name=", "auth.user.created", read_new),
		RULE("new group: name=", "auth.group.created", read_group),
		RULE("delete user '", "auth.user.deleted", read_quoted),
		RULE("removed group '", "auth.group.changed", read_quoted_group),
		RULE("add '", "auth.group.changed", read_added),
		RULE("user ", "auth.group.changed", read_member),
		RULE("change user '", "auth.user.changed", read_quoted),
		RULE("changed user '", "auth.user.changed", read_quoted),
		RULE("lock user '", "auth.user.changed", read_quoted),
		RULE("unlock user '", "auth.user.changed", read_quoted),
		RULE("password for '", "auth.password.changed", read_password),
		RULE("changed password expiry for ", "auth.user.changed", read_expiry),
	};

	return auth_match(r, rules, ARRAY_LEN(rules), text);
}

/* "12 of user bob." */
static bool
read_session(struct rec *r, struct str s)
{
	struct str user;

	(void)auth_tail(&s, STR("."));
	if (auth_split(&s, STR(" of user "), &user)) {
		/* Since version 256 with " with class 'user' and type 'tty'" behind. */
		(void)auth_split(&user, STR(" with class "), &(struct str){ NULL, 0 });
		put_text(r, F_USER_NAME, user);
	}
	if (memchr(s.p, ' ', s.n) != NULL)
		return false;
	put_text(r, F_SESSION_ID, s);
	return true;
}

bool
auth_logind(struct rec *r, struct str text)
{
	static const struct auth_rule rules[] = {
		RULE("New session ", "auth.session.opened", read_session),
		RULE("New session '", "auth.session.opened", read_session),
		RULE("Removed session ", "auth.session.closed", read_session),
	};

	return auth_match(r, rules, ARRAY_LEN(rules), text);
}
