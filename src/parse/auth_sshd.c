/*
 * What sshd says.  The user name and whatever else a client sends stands in
 * front of the address, or sshd's address stands in front of it: each reader
 * takes the address from the side the client cannot write to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_auth.c */
#include "parse/auth.h"

#include "parse/put.h"

static bool
all_of(struct str s, const char *set)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '\0' && strchr(set, s.p[i]) != NULL)
		i++;
	return i == s.n && s.n > 0;
}

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

/* "RSA SHA256:..." or "RSA-CERT SHA256:..." and nothing else. */
static bool
is_key(struct str s)
{
	struct str print = s;
	struct str type = str_until(&print, ' ');

	return all_of(type, UPPER DIGIT "-") &&
	       all_of(print, UPPER "abcdefghijklmnopqrstuvwxyz" DIGIT ":+/=");
}

/* "ECDSA-CERT SHA256:... ID name (serial 1) CA RSA SHA256:...": the name is the holder's. */
static bool
is_certificate(struct str s)
{
	struct str id, ca, key = s;

	if (!auth_split(&key, STR(" ID "), &id) || !is_key(key))
		return false;
	return auth_split_last(&id, STR(" CA "), &ca) && is_key(ca);
}

/*
 * Takes " ssh2" off the end, with ": KEY" behind it.  A certificate's name
 * can hold anything too: two places where it might begin make the line
 * ambiguous, and it keeps its user but gets no address.
 */
static bool
take_protocol(struct rec *r, struct str *s)
{
	struct str left = *s, key;

	if (auth_tail(s, STR(" ssh2")) || auth_tail(s, STR(" ssh1")))
		return true;
	if (auth_split_last(&left, STR(" ssh2: "), &key) && is_key(key)) {
		put_extra(r, STR("ssh_key"), key);
		*s = left;
		return true;
	}
	left = *s;
	if (auth_count(left, STR(" ssh2: ")) == 1 && auth_split(&left, STR(" ssh2: "), &key) &&
	    is_certificate(key)) {
		put_extra(r, STR("ssh_key"), key);
		*s = left;
		return true;
	}
	return false;
}

static bool
take_invalid(struct str *user)
{
	return auth_head(user, STR("invalid user ")) || auth_head(user, STR("illegal user "));
}

/* "[invalid user ]NAME from IP port N" */
static bool
read_who(struct rec *r, struct str s)
{
	struct auth_place place;
	bool invalid = take_invalid(&s);

	if (!auth_place(s, &place) ||
	    (!auth_tail(&place.before, STR(" from")) && !str_eq(place.before, STR("from"))))
		return false;
	if (str_eq(place.before, STR("from")))
		place.before.n = 0;
	put_text(r, F_USER_NAME, place.before);
	if (invalid)
		rec_set_str(r, F_FAILURE_REASON, STR("invalid_user"));
	auth_put_place(r, &place);
	return true;
}

/* "password for [invalid user ]NAME from IP port N ssh2[: KEY]" */
static bool
read_method(struct rec *r, struct str s)
{
	struct str method = s, who;
	bool password;

	if (!auth_split(&method, STR(" for "), &who) || memchr(method.p, ' ', method.n) != NULL)
		return false;
	put_extra(r, STR("auth_method"), method);
	password = str_eq(method, STR("password"));
	if (!take_protocol(r, &who)) {
		/* Ambiguous, or cut short: the attempt counts, its origin is not guessed. */
		return true;
	}
	rec_set_str(r, F_PROTOCOL, STR("ssh2"));
	if (!read_who(r, who))
		return false;
	if (password && !rec_has(r, F_FAILURE_REASON))
		rec_set_str(r, F_FAILURE_REASON, STR("invalid_password"));
	return true;
}

static bool
read_accepted(struct rec *r, struct str s)
{
	bool ok = read_method(r, s);

	rec_unset(r, F_FAILURE_REASON);
	return ok;
}

static bool
read_exceeded(struct rec *r, struct str who)
{
	if (!take_protocol(r, &who) || !read_who(r, who))
		return false;
	rec_set_str(r, F_FAILURE_REASON, STR("max_attempts"));
	return true;
}

static bool
read_invalid(struct rec *r, struct str who)
{
	if (!read_who(r, who))
		return false;
	rec_set_str(r, F_FAILURE_REASON, STR("invalid_user"));
	return true;
}

static bool
read_name(struct rec *r, struct str name)
{
	put_text(r, F_USER_NAME, name);
	return true;
}

/* "IP port N", "invalid user NAME IP port N", "authenticating user NAME IP port N" */
static bool
read_gone(struct rec *r, struct str s)
{
	struct auth_place place;

	if (!auth_place(s, &place))
		return false;
	s = place.before;
	if (s.n > 0) {
		if (auth_head(&s, STR("invalid user")))
			rec_set_str(r, F_FAILURE_REASON, STR("invalid_user"));
		else if (!auth_head(&s, STR("authenticating user")) && !auth_head(&s, STR("user")))
			return false;
		(void)auth_head(&s, STR(" "));
		put_text(r, F_USER_NAME, s);
	}
	auth_put_place(r, &place);
	return true;
}

/* A login that was one ends here; what never became one was a probe. */
static bool
read_left(struct rec *r, struct str s)
{
	if (!read_gone(r, s))
		return false;
	if (str_starts(s, STR("user ")))
		rec_set_str(r, F_EVENT_TYPE, STR("auth.logout"));
	else if (str_starts(s, STR("invalid user ")) || str_starts(s, STR("authenticating user ")))
		rec_set_str(r, F_EVENT_TYPE, STR("auth.probe"));
	else
		rec_set_str(r, F_EVENT_TYPE, STR("log"));
	return true;
}

/*
 * "invalid user NAME IP port N: reason".  The reason may name users as well,
 * so the line must offer one place for the address only.
 */
static bool
read_thrown(struct rec *r, struct str s)
{
	struct str reason, left = s;
	size_t at = 0, found = 0, n = 0;
	struct auth_place place;

	while (auth_split(&left, STR(": "), &reason)) {
		if (auth_place((struct str){ s.p, at + left.n }, &place) && place.port.n > 0) {
			found++;
			n = at + left.n;
		}
		at += left.n + 2;
		left = reason;
	}
	if (found != 1)
		return true;
	put_text(r, F_FAILURE_REASON, str_from(s, n + 2));
	reason = rec_str(r, F_FAILURE_REASON);
	if (!read_gone(r, (struct str){ s.p, n }))
		return false;
	put_text(r, F_FAILURE_REASON, reason);
	return true;
}

/* The address comes first: "IP port N:11: text", "IP: 11: text", "IP port N on ...", "IP". */
static bool
read_first(struct rec *r, struct str s)
{
	struct str ip = str_until(&s, ' '), port;

	if (ip.n > 1 && ip.p[ip.n - 1] == ':')
		ip.n--;
	put_client(r, ip, STR("client_host"));
	if (auth_head(&s, STR("port "))) {
		port = str_until(&s, ' ');
		(void)put_port(r, F_CLIENT_PORT, str_until(&port, ':'));
	}
	return ip.n > 0;
}

/* "'SSH-9.9' from IP port N": the string is the client's. */
static bool
read_version(struct rec *r, struct str s)
{
	struct auth_place place;

	if (!auth_place(s, &place) || !auth_tail(&place.before, STR(" from")))
		return false;
	auth_put_place(r, &place);
	return true;
}

/* "host.example [IP] failed[ - POSSIBLE BREAK-IN ATTEMPT!]": the name is the client's. */
static bool
read_reverse(struct rec *r, struct str s)
{
	struct str ip;

	(void)(auth_tail(&s, STR(" - POSSIBLE BREAK-IN ATTEMPT!")) || auth_tail(&s, STR(".")));
	if (!auth_tail(&s, STR(" failed")))
		return false;
	if (auth_tail(&s, STR("]")) && auth_split_last(&s, STR(" ["), &ip))
		put_client(r, ip, STR("client_host"));
	put_extra(r, STR("claimed_host"), s);
	return true;
}

/* "IP maps to host.example, but this does not map back to the address" */
static bool
read_maps(struct rec *r, struct str s)
{
	struct str rest = s;
	struct str ip = str_until(&rest, ' ');

	if (!str_starts(rest, STR("maps to ")))
		return false;
	put_client(r, ip, STR("client_host"));
	return true;
}

/* "NAME from IP not allowed because ...", "NAME not allowed because ..." */
static bool
read_refused(struct rec *r, struct str s)
{
	struct auth_place place;
	struct str why;

	if (!auth_split_last(&s, STR(" not allowed because "), &why))
		return false;
	put_text(r, F_FAILURE_REASON, why);
	if (auth_place(s, &place) && auth_tail(&place.before, STR(" from")) && place.before.n > 0) {
		put_text(r, F_USER_NAME, place.before);
		auth_put_place(r, &place);
	} else {
		put_text(r, F_USER_NAME, s);
	}
	return true;
}

/* "5 more authentication failures; logname=..." by libpam inside sshd. */
static bool
read_pam_more(struct rec *r, struct str s)
{
	struct str rest;

	if (!auth_split(&s, STR(" more authentication failure"), &rest))
		return false;
	(void)auth_head(&rest, STR("s"));
	if (!auth_head(&rest, STR("; ")))
		return false;
	auth_pam_fields(r, rest);
	return true;
}

/* "Authentication failure for [illegal user ]NAME from HOST" */
static bool
read_pam_said(struct rec *r, struct str s)
{
	struct str who;

	return auth_split(&s, STR(" for "), &who) && read_who(r, who);
}

static bool
read_listening(struct rec *r, struct str s)
{
	struct auth_place place;

	(void)auth_tail(&s, STR("."));
	if (!auth_place(s, &place) || place.before.n > 0)
		return false;
	(void)put_ip(r, F_SERVER_IP, FIELD_NONE, place.ip);
	(void)put_port(r, F_SERVER_PORT, place.port);
	return true;
}

static bool
read_signal(struct rec *r, struct str s)
{
	(void)r;
	return str_ends(s, STR("; terminating."));
}

#define RULE(head, event_type, read)                                                               \
	{                                                                                          \
		{ head, sizeof(head) - 1 }, event_type, read                                       \
	}
static const struct auth_rule rules[] = {
	RULE("Failed ", "auth.login.failed", read_method),
	RULE("Accepted ", "auth.login.success", read_accepted),
	RULE("Invalid user ", "auth.invalid_user", read_invalid),
	RULE("Illegal user ", "auth.invalid_user", read_invalid),
	RULE("input_userauth_request: invalid user ", "log", read_name),
	RULE("Received disconnect from ", "log", read_first),
	RULE("Connection closed by ", "auth.probe", read_gone),
	RULE("Connection reset by ", "auth.probe", read_gone),
	RULE("Disconnected from ", NULL, read_left),
	RULE("Disconnecting ", "auth.probe", read_thrown),
	RULE("maximum authentication attempts exceeded for ", "auth.probe", read_exceeded),
	RULE("Did not receive identification string from ", "auth.probe", read_first),
	RULE("Bad protocol version identification ", "auth.probe", read_version),
	RULE("reverse mapping checking getaddrinfo for ", "auth.probe", read_reverse),
	RULE("Address ", "auth.probe", read_maps),
	RULE("Unable to negotiate with ", "auth.probe", read_first),
	RULE("banner exchange: Connection from ", "auth.probe", read_first),
	RULE("Timeout before authentication for ", "auth.probe", read_first),
	RULE("Protocol major versions differ for ", "auth.probe", read_first),
	RULE("Connection from ", "log", read_first),
	RULE("User ", "auth.probe", read_refused),
	RULE("ROOT LOGIN REFUSED FROM ", "auth.probe", read_first),
	RULE("PAM: Authentication failure", "auth.probe", read_pam_said),
	RULE("PAM ", "auth.probe", read_pam_more),
	RULE("Server listening on ", "service.started", read_listening),
	RULE("Received signal ", "service.stopped", read_signal),
};

bool
auth_sshd(struct rec *r, struct str text)
{
	(void)(auth_head(&text, STR("error: ")) || auth_head(&text, STR("fatal: ")));
	(void)auth_tail(&text, STR(" [preauth]"));
	return auth_match(r, rules, ARRAY_LEN(rules), text);
}
