/* SPDX-License-Identifier: Apache-2.0 */
/* What each program's lines become: type, user, address; one failure per attempt. */
#include "parse/auth.h"

#include "parsed.h"

struct row {
	const char *tag, *text;
	const char *type, *user, *ip, *port, *target;
};

static void
check(const struct row *rows, size_t n)
{
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &rows[i];
		char line[1000];

		(void)snprintf(line, sizeof(line), "Nov 21 01:02:03 web1 %s: %s", row->tag,
		    row->text);
		(void)parsed_c(&t, "auto", line);
		(void)fprintf(stderr, "# %s\n", row->text);
		CHECK_OK(t.e, t.why);
		CHECK_STR(parsed_get(&t, "event_type"), row->type);
		CHECK_STR(parsed_get(&t, "user_name"), row->user != NULL ? row->user : "");
		CHECK_STR(parsed_get(&t, "client_ip"), row->ip != NULL ? row->ip : "");
		CHECK_STR(parsed_get(&t, "client_port"), row->port != NULL ? row->port : "");
		CHECK_STR(parsed_get(&t, "target_user"), row->target != NULL ? row->target : "");
		CHECK_STR(parsed_get(&t, "message"), row->text);
		CHECK_STR(parsed_get(&t, "host"), "web1");
	}
	parsed_end(&t);
}
#define CHECK_ROWS(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

#define S "sshd[24200]"
static const struct row sshd_rows[] = {
	{ S, "Failed password for root from 203.0.113.7 port 22 ssh2", "auth.login.failed", "root",
	    "203.0.113.7", "22" },
	{ S, "Failed password for invalid user bob from 2001:db8::7 port 22 ssh2",
	    "auth.login.failed", "bob", "2001:db8::7", "22" },
	{ S, "Failed password for illegal user bob from 203.0.113.7 port 22 ssh2",
	    "auth.login.failed", "bob", "203.0.113.7", "22" },
	{ S, "Failed password for invalid user  from 203.0.113.7 port 22 ssh2", "auth.login.failed",
	    NULL, "203.0.113.7", "22" },
	{ S, "Failed none for invalid user x from fe80::1%eth0 port 22 ssh2", "auth.login.failed",
	    "x", "fe80::1", "22" },
	{ S, "Failed publickey for git from 203.0.113.7 port 22 ssh2: RSA SHA256:Ab+/=",
	    "auth.login.failed", "git", "203.0.113.7", "22" },
	{ S,
	    "Failed publickey for git from 203.0.113.7 port 22 ssh2: ED25519-CERT SHA256:x "
	    "ID laptop of git (serial 4) CA RSA SHA256:y",
	    "auth.login.failed", "git", "203.0.113.7", "22" },
	{ S, "Failed keyboard-interactive/pam for root from 203.0.113.7 port 22 ssh2",
	    "auth.login.failed", "root", "203.0.113.7", "22" },
	{ S, "Accepted password for bob from 203.0.113.7 port 22 ssh2", "auth.login.success", "bob",
	    "203.0.113.7", "22" },
	{ S, "Accepted publickey for bob from 203.0.113.7 port 22 ssh2: ED25519 SHA256:x",
	    "auth.login.success", "bob", "203.0.113.7", "22" },
	{ "sshd-session[7]", "Accepted keyboard-interactive/pam for bob from ::1 port 9 ssh2",
	    "auth.login.success", "bob", "::1", "9" },
	{ S, "Invalid user bob from 203.0.113.7", "auth.invalid_user", "bob", "203.0.113.7" },
	{ S, "Invalid user bob from 203.0.113.7 port 22", "auth.invalid_user", "bob", "203.0.113.7",
	    "22" },
	{ S, "Invalid user  from 203.0.113.7 port 22", "auth.invalid_user", NULL, "203.0.113.7",
	    "22" },
	{ S, "input_userauth_request: invalid user bob [preauth]", "log", "bob" },
	{ S, "Connection closed by 203.0.113.7 [preauth]", "auth.probe", NULL, "203.0.113.7" },
	{ S, "Connection closed by 203.0.113.7 port 22 [preauth]", "auth.probe", NULL,
	    "203.0.113.7", "22" },
	{ S, "Connection closed by invalid user bob 203.0.113.7 port 22 [preauth]", "auth.probe",
	    "bob", "203.0.113.7", "22" },
	{ S, "Connection closed by invalid user  203.0.113.7 port 22 [preauth]", "auth.probe", NULL,
	    "203.0.113.7", "22" },
	{ S, "Connection reset by authenticating user root 203.0.113.7 port 22 [preauth]",
	    "auth.probe", "root", "203.0.113.7", "22" },
	{ S, "Disconnected from user bob 203.0.113.7 port 22", "auth.logout", "bob", "203.0.113.7",
	    "22" },
	{ S, "Disconnected from 203.0.113.7 port 22", "log", NULL, "203.0.113.7", "22" },
	{ S, "Disconnected from authenticating user root 203.0.113.7 port 22 [preauth]",
	    "auth.probe", "root", "203.0.113.7", "22" },
	{ S,
	    "Disconnecting authenticating user root 203.0.113.7 port 22: Too many "
	    "authentication failures [preauth]",
	    "auth.probe", "root", "203.0.113.7", "22" },
	{ S, "Disconnecting: Too many authentication failures [preauth]", "log" },
	{ S, "Received disconnect from 203.0.113.7 port 22:11: Bye Bye [preauth]", "log", NULL,
	    "203.0.113.7", "22" },
	{ S, "Received disconnect from 203.0.113.7: 11: disconnected by user", "log", NULL,
	    "203.0.113.7" },
	{ S, "error: Received disconnect from 203.0.113.7: 14: No more [preauth]", "log", NULL,
	    "203.0.113.7" },
	{ S,
	    "error: maximum authentication attempts exceeded for invalid user x from "
	    "203.0.113.7 port 22 ssh2 [preauth]",
	    "auth.probe", "x", "203.0.113.7", "22" },
	{ S, "Did not receive identification string from 203.0.113.7", "auth.probe", NULL,
	    "203.0.113.7" },
	{ S, "Did not receive identification string from 203.0.113.7 port 22", "auth.probe", NULL,
	    "203.0.113.7", "22" },
	{ S, "Bad protocol version identification 'GET / HTTP/1.1' from 203.0.113.7 port 22",
	    "auth.probe", NULL, "203.0.113.7", "22" },
	{ S,
	    "reverse mapping checking getaddrinfo for mail.example [203.0.113.7] failed - "
	    "POSSIBLE BREAK-IN ATTEMPT!",
	    "auth.probe", NULL, "203.0.113.7" },
	{ S, "reverse mapping checking getaddrinfo for mail.example [203.0.113.7] failed.",
	    "auth.probe", NULL, "203.0.113.7" },
	{ S,
	    "Address 203.0.113.7 maps to a.example, but this does not map back to the "
	    "address - POSSIBLE BREAK-IN ATTEMPT!",
	    "auth.probe", NULL, "203.0.113.7" },
	{ S, "Unable to negotiate with 203.0.113.7 port 22: no matching cipher found", "auth.probe",
	    NULL, "203.0.113.7", "22" },
	{ S, "User bob from 203.0.113.7 not allowed because not listed in AllowUsers", "auth.probe",
	    "bob", "203.0.113.7" },
	{ S, "User bob not allowed because account is locked", "auth.probe", "bob" },
	{ S,
	    "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= "
	    "rhost=203.0.113.7  user=root",
	    "auth.probe", "root", "203.0.113.7" },
	{ S, "error: PAM: Authentication failure for illegal user x from 203.0.113.7", "auth.probe",
	    "x", "203.0.113.7" },
	{ S, "Connection from 203.0.113.7 port 5 on 192.0.2.1 port 22", "log", NULL, "203.0.113.7",
	    "5" },
	{ S, "Server listening on 0.0.0.0 port 22.", "service.started" },
	{ S, "Received signal 15; terminating.", "service.stopped" },
	{ S, "Received signal 1; restarting.", "log" },
	{ S, "something nobody has ever seen", "log" },
};

TEST(sshd)
{
	CHECK_ROWS(sshd_rows);
}

TEST(pam)
{
#define FAILURE                                                                                    \
	"authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=bob"
	static const struct row rows[] = {
		{ S, "pam_unix(sshd:auth): " FAILURE, "auth.probe", "bob", "203.0.113.7" },
		{ "sshd(pam_unix)[1]", FAILURE, "auth.login.failed", "bob", "203.0.113.7" },
		{ "su(pam_unix)[1]", FAILURE, "auth.su.failed", "bob", "203.0.113.7" },
		{ "login(pam_unix)[1]", FAILURE, "auth.probe", "bob", "203.0.113.7" },
		{ "sshd(pam_unix)[1]", "check pass; user unknown", "log" },
		{ "sshd(pam_unix)[1]",
		    "authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= "
		    "rhost=203.0.113.7 ",
		    "auth.login.failed", NULL, "203.0.113.7" },
		{ "vsftpd", "pam_unix(vsftpd:auth): " FAILURE, "auth.login.failed", "bob",
		    "203.0.113.7" },
		{ "sudo", "pam_unix(sudo:auth): " FAILURE, "auth.probe", "bob", "203.0.113.7" },
		{ S, "pam_unix(sshd:auth): check pass; user unknown", "log" },
		{ S, "pam_unix(sshd:session): session opened for user bob by (uid=0)",
		    "auth.session.opened", "bob" },
		{ S, "pam_unix(sshd:session): session opened for user bob(uid=1000) by (uid=0)",
		    "auth.session.opened", "bob" },
		{ "sudo", "pam_unix(sudo:session): session opened for user root by bob(uid=0)",
		    "auth.session.opened", "bob", NULL, NULL, "root" },
		{ "CRON[1]", "pam_unix(cron:session): session closed for user root",
		    "auth.session.closed", "root" },
		{ "passwd[1]", "pam_unix(passwd:chauthtok): password changed for bob",
		    "auth.password.changed", NULL, NULL, NULL, "bob" },
		{ S,
		    "pam_faillock(sshd:auth): Consecutive login failures for user bob account "
		    "temporarily locked",
		    "auth.account.locked", "bob" },
		{ S, "pam_tally2(sshd:auth): user root (0) tally 5, deny 4", "auth.account.locked",
		    "root" },
	};

	CHECK_ROWS(rows);
}

TEST(sudo_su_login)
{
#define CALL "TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/ls -l"
	static const struct row rows[] = {
		{ "sudo", "     bob : " CALL, "auth.sudo.success", "bob", NULL, NULL, "root" },
		{ "sudo[9]", "bob : 3 incorrect password attempts ; " CALL, "auth.sudo.failed",
		    "bob", NULL, NULL, "root" },
		{ "sudo", "bob : user NOT in sudoers ; " CALL, "auth.sudo.failed", "bob", NULL,
		    NULL, "root" },
		{ "sudo", "bob : command not allowed ; " CALL, "auth.sudo.failed", "bob", NULL,
		    NULL, "root" },
		{ "sudo", "no such thing", "log" },
		{ "su[1]", "Successful su for root by bob", "auth.su.success", "bob", NULL, NULL,
		    "root" },
		{ "su[1]", "FAILED su for root by bob", "auth.su.failed", "bob", NULL, NULL,
		    "root" },
		{ "su", "(to root) bob on pts/0", "auth.su.success", "bob", NULL, NULL, "root" },
		{ "su", "FAILED SU (to root) bob on pts/0", "auth.su.failed", "bob", NULL, NULL,
		    "root" },
		{ "su", "BAD SU bob to root on /dev/ttyp0", "auth.su.failed", "bob", NULL, NULL,
		    "root" },
		{ "su[1]", "- /dev/pts/0 bob:root", "log" },
		{ "login[1]", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure",
		    "auth.login.failed", "root" },
		{ "login[1]", "FAILED LOGIN 1 FROM 203.0.113.7 FOR bob, Authentication failure",
		    "auth.login.failed", "bob", "203.0.113.7" },
		{ "login[1]", "LOGIN ON tty1 BY bob", "auth.login.success", "bob" },
		{ "login[1]", "ROOT LOGIN ON tty1", "auth.login.success", "root" },
	};

	CHECK_ROWS(rows);
}

TEST(accounts)
{
	static const struct row rows[] = {
		{ "useradd[1]",
		    "new user: name=bob, UID=1001, GID=1001, home=/home/bob, shell=/bin/bash",
		    "auth.user.created", NULL, NULL, NULL, "bob" },
		{ "useradd[1]", "new group: name=bob, GID=1001", "auth.group.created" },
		{ "groupadd[1]", "new group: name=ops, GID=1002", "auth.group.created" },
		{ "groupadd[1]", "group added to /etc/group: name=ops, GID=1002", "log" },
		{ "userdel[1]", "delete user 'bob'", "auth.user.deleted", NULL, NULL, NULL, "bob" },
		{ "usermod[1]", "add 'bob' to group 'sudo'", "auth.group.changed", NULL, NULL, NULL,
		    "bob" },
		{ "usermod[1]", "add 'bob' to shadow group 'sudo'", "log" },
		{ "usermod[1]", "change user 'bob' password", "auth.user.changed", NULL, NULL, NULL,
		    "bob" },
		{ "gpasswd[1]", "user bob added by root to group sudo", "auth.group.changed",
		    "root", NULL, NULL, "bob" },
		{ "passwd[1]", "password for 'bob' changed by 'root'", "auth.password.changed",
		    "root", NULL, NULL, "bob" },
		{ "chage[1]", "changed password expiry for bob", "auth.user.changed", NULL, NULL,
		    NULL, "bob" },
		{ "systemd-logind[1]", "New session 12 of user bob.", "auth.session.opened",
		    "bob" },
		{ "systemd-logind[1]", "Removed session 12.", "auth.session.closed" },
		{ "systemd-logind[1]", "Session 12 logged out. Waiting for processes to exit.",
		    "log" },
	};

	CHECK_ROWS(rows);
}

TEST(details)
{
	struct parsed t;

	parsed_begin(&t);
	(void)parsed_c(&t, "auto",
	    "Nov 21 01:02:03 web1 sudo: bob : 3 incorrect password attempts ; "
	    "TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/ls ; id");
	CHECK_STR(parsed_get(&t, "failure_reason"), "3 incorrect password attempts");
	CHECK_STR(parsed_get(&t, "record_count"), "3");
	CHECK_STR(parsed_get(&t, "tty"), "pts/0");
	CHECK_STR(parsed_get(&t, "working_directory"), "/home/bob");
	CHECK_STR(parsed_get(&t, "command_line"), "/bin/ls ; id");
	CHECK_STR(parsed_get(&t, "logsource.service"), "sudo");
	CHECK_STR(parsed_get(&t, "logsource.product"), "linux");
	CHECK_STR(parsed_get(&t, "logsource.category"), "authentication");
	(void)parsed_c(&t, "auto",
	    "Nov 21 01:02:03 web1 sshd[1]: message repeated 5 times: [ Failed "
	    "password for root from 203.0.113.7 port 22 ssh2]");
	CHECK_STR(parsed_get(&t, "event_type"), "auth.login.failed");
	CHECK_STR(parsed_get(&t, "record_count"), "5");
	CHECK_STR(parsed_get(&t, "client_ip"), "203.0.113.7");
	CHECK_STR(parsed_get(&t, "failure_reason"), "invalid_password");
	CHECK_STR(parsed_get(&t, "protocol"), "ssh2");
	CHECK_STR(parsed_get(&t, "auth_method"), "password");
	CHECK_STR(parsed_get(&t, "outcome"), "failure");
	(void)parsed_c(&t, "auto",
	    "Nov 21 01:02:03 web1 sshd(pam_unix)[1]: 4 more authentication "
	    "failures; logname= uid=0 euid=0 tty=x ruser= rhost=mail.example  "
	    "user=root");
	CHECK_STR(parsed_get(&t, "event_type"), "auth.login.failed");
	CHECK_STR(parsed_get(&t, "record_count"), "4");
	CHECK_STR(parsed_get(&t, "client_ip"), "");
	CHECK_STR(parsed_get(&t, "client_host"), "mail.example");
	CHECK_STR(parsed_get(&t, "app"), "sshd");
	CHECK_STR(parsed_get(&t, "pid"), "1");
	CHECK(auth_knows(STR("sshd")) && !auth_knows(STR("nginx")));
	parsed_end(&t);
}

/* One attempt, several lines, one failure: what each system logs for it. */
TEST(counted_once)
{
	static const char *const attempts[][5] = {
		{ "sshd[1]: Invalid user bob from 203.0.113.7 port 22",
		    "sshd[1]: pam_unix(sshd:auth): check pass; user unknown",
		    "sshd[1]: pam_unix(sshd:auth): " FAILURE,
		    "sshd[1]: Failed password for invalid user bob from 203.0.113.7 port 22 ssh2",
		    "sshd[1]: Connection closed by invalid user bob 203.0.113.7 port 22 "
		    "[preauth]" },
		{ "sshd(pam_unix)[1]: check pass; user unknown", "sshd(pam_unix)[1]: " FAILURE },
		{ "sudo: pam_unix(sudo:auth): " FAILURE,
		    "sudo: bob : 1 incorrect password attempt ; " CALL },
		{ "su[1]: pam_unix(su:auth): " FAILURE, "su[1]: FAILED su for root by bob",
		    "su[1]: - /dev/pts/0 bob:root" },
		{ "login[1]: pam_unix(login:auth): " FAILURE,
		    "login[1]: FAILED LOGIN (1) on '/dev/tty1' FOR 'bob', Authentication failure" },
		{ "proftpd[1]: pam_unix(proftpd:auth): " FAILURE },
	};
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		unsigned failures = 0;

		for (size_t k = 0; k < 5 && attempts[i][k] != NULL; k++) {
			char line[400];
			const char *type;

			(void)snprintf(line, sizeof(line), "Nov 21 01:02:03 h %s", attempts[i][k]);
			(void)parsed_c(&t, "auto", line);
			type = parsed_get(&t, "event_type");
			failures += strcmp(type, "auth.login.failed") == 0 ||
				    strcmp(type, "auth.sudo.failed") == 0 ||
				    strcmp(type, "auth.su.failed") == 0;
		}
		CHECK_INT(failures, 1);
	}
	parsed_end(&t);
}

TEST(place)
{
	static const struct {
		const char *text, *before, *ip, *port;
	} rows[] = {
		{ "x from 1.2.3.4 port 5", "x from", "1.2.3.4", "5" },
		{ "x from 1.2.3.4", "x from", "1.2.3.4", "" },
		{ "1.2.3.4 port 5", "", "1.2.3.4", "5" },
		{ "1.2.3.4", "", "1.2.3.4", "" },
		{ " 1.2.3.4", "", "1.2.3.4", "" },
		{ "port 5", "port", "5", "" },
		{ "a port b", "a port", "b", "" },
	};
	struct auth_place place;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool ok = auth_place(str_c(rows[i].text), &place);

		if (strcmp(rows[i].text, "port 5") == 0) {
			CHECK(!ok);
			continue;
		}
		CHECK(ok);
		CHECK_SLICE(place.before, rows[i].before);
		CHECK_SLICE(place.ip, rows[i].ip);
		CHECK_SLICE(place.port, rows[i].port);
	}
	CHECK(!auth_place(STR(""), &place));
	CHECK(!auth_place(STR("x "), &place));
}
