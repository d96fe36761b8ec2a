/* SPDX-License-Identifier: Apache-2.0 */
/* Lines in which an outsider wrote an address of his choice: 192.0.2.66 is never believed. */
#include "parsed.h"
#include "random.h"

#define REAL "203.0.113.7"
#define SSHD "Nov 21 01:02:03 h sshd[1]: "
#define SUDO "Nov 21 01:02:03 h sudo: "
#define TIME "[21/Nov/2026:01:02:03 +0000]"
#define BAD "192.0.2.66"

/* The address is the real one, or there is none: a guess would be a forgery. */
static const char *const real[] = {
	/* user names */
	SSHD "Failed password for invalid user from " BAD " port 22 ssh2 from " REAL " port 5 ssh2",
	SSHD "Failed password for invalid user x from " BAD " port 22 ssh2 from " REAL
	     " port 5 ssh2",
	SSHD "Failed password for root from " BAD " port 22 ssh2: from " REAL " port 5 ssh2",
	SSHD "Failed password for x from " BAD " port 22 ssh2: RSA SHA256:a from " REAL
	     " port 5 ssh2",
	SSHD "Failed none for invalid user a for b from " BAD " port 1 ssh2 from " REAL
	     " port 5 ssh2",
	SSHD "Failed password for invalid user  from " BAD " port 22 ssh2  from " REAL
	     " port 5 ssh2",
	SSHD "Failed password for invalid user " BAD " from " REAL " port 5 ssh2",
	SSHD "Failed password for invalid user rhost=" BAD " from " REAL " port 5 ssh2",
	SSHD "Failed password for invalid user Accepted password for root from " BAD
	     " port 1 ssh2 from " REAL " port 5 ssh2",
	SSHD "Failed publickey for x from " BAD " port 22 ssh2: RSA SHA256:a from " REAL
	     " port 5 ssh2: RSA SHA256:b",
	SSHD "Failed publickey for x from " BAD " port 22 ssh2: RSA-CERT SHA256:a ID y from " REAL
	     " port 5 ssh2: RSA SHA256:b",
	SSHD "Failed keyboard-interactive/pam for invalid user a port 9 ssh2 from " BAD
	     " port 7 from " REAL " port 5 ssh2",
	SSHD "Invalid user x from " BAD " from " REAL,
	SSHD "Invalid user x from " BAD " port 22 from " REAL " port 5",
	SSHD "Invalid user x from " BAD " port 22 from " REAL,
	SSHD "Invalid user from " BAD " from " REAL " port 5",
	SSHD "Invalid user x from " BAD " port from " REAL " port 5",
	SSHD "Connection closed by invalid user x " BAD " port 22 " REAL " port 5 [preauth]",
	SSHD "Connection closed by invalid user " BAD " port 22 [preauth] " REAL
	     " port 5 [preauth]",
	SSHD "Connection reset by authenticating user x " BAD " port 22 " REAL " port 5 [preauth]",
	SSHD "Disconnected from invalid user " BAD " port 9 " REAL " port 5 [preauth]",
	SSHD "Disconnected from user x " BAD " port 9 " REAL " port 5",
	SSHD "error: maximum authentication attempts exceeded for invalid user x from " BAD
	     " port 22 ssh2 from " REAL " port 5 ssh2 [preauth]",
	SSHD "User x from " BAD " not allowed because y from " REAL
	     " not allowed because not listed in AllowUsers",
	SSHD "error: PAM: Authentication failure for illegal user x from " BAD " from " REAL,
	SSHD "message repeated 2 times: [ Failed password for invalid user x from " BAD
	     " port 22 ssh2] from " REAL " port 5 ssh2]",
	/* what a client says before it logs in */
	SSHD "Bad protocol version identification 'x' from " BAD " port 22' from " REAL " port 5",
	SSHD "Bad protocol version identification '' from " BAD "' from " REAL,
	SSHD "Received disconnect from " REAL " port 5:11: from " BAD " port 22:11: Bye [preauth]",
	SSHD "Received disconnect from " REAL ": 11: " BAD " port 22",
	SSHD "Unable to negotiate with " REAL
	     " port 5: no matching cipher found. Their offer: " BAD,
	/* names by DNS */
	SSHD "reverse mapping checking getaddrinfo for x [" BAD "] failed [" REAL
	     "] failed - POSSIBLE BREAK-IN ATTEMPT!",
	SSHD "reverse mapping checking getaddrinfo for " BAD " [" REAL
	     "] failed - POSSIBLE BREAK-IN ATTEMPT!",
	SSHD "Address " REAL " maps to " BAD
	     ", but this does not map back to the address - POSSIBLE BREAK-IN ATTEMPT!",
	/* PAM */
	SSHD "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
	     "rhost=" REAL "  user=x rhost=" BAD,
	SSHD "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
	     "rhost=" REAL "  user=rhost=" BAD "  user=root",
	"Nov 21 01:02:03 h sshd(pam_unix)[1]: authentication failure; logname= uid=0 euid=0 "
	"tty=x ruser= rhost=" REAL "  user=a ruser= rhost=" BAD,
	"Nov 21 01:02:03 h login[1]: FAILED LOGIN 1 FROM " REAL " FOR x FROM " BAD " FOR y, failed",
	/* headers of other layouts */
	"<38>1 2026-11-21T01:02:03Z h sshd 1 - - Invalid user x from " BAD " from " REAL,
	"2026-11-21T01:02:03Z h sshd[1]: Invalid user x from " BAD " port 2 from " REAL " port 5",
	"<38>Nov 21 01:02:03 sshd[1]: Invalid user x from " BAD " from " REAL,
	/* access lines */
	REAL " - " BAD " " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
	REAL " - x " TIME " \\\"GET / HTTP/1.1\\\" 200 1 " TIME " \"GET / HTTP/1.1\" 200 1",
	REAL " - x " BAD " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
	REAL " - - " TIME " \"GET /\\\" 200 1\\n" BAD " - - " TIME " \\\"GET / HTTP/1.1\" 200 1",
	REAL " - - " TIME " \"GET /\\x22 200 1 " BAD " HTTP/1.1\" 200 1",
	REAL " - - " TIME " \"" BAD " - - " TIME "\" 400 1 \"-\" \"-\"",
	REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"" BAD " - - " TIME "\" \"-\"",
	REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"" BAD " - - " TIME "\"",
	REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"x\\\" " BAD "\"",
	REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"x\" \"" BAD "\"",
	REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"x\" client_ip=" BAD,
	REAL " - - " TIME " \"GET /?client_ip=" BAD " HTTP/1.1\" 200 1 \"-\" \"x\"",
	BAD ":80 " REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
	BAD " " REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
	"[" BAD "] " REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
	/* error log */
	"[Sat Nov 21 01:02:03 2026] [error] [client " REAL "] File: [client " BAD "] x",
	"[Sat Nov 21 01:02:03 2026] [error] [client " REAL "] [client " BAD "] x",
	"[Sat Nov 21 01:02:03.1 2026] [a:error] [pid 1] [client " REAL ":5] [client " BAD ":2] x",
	/* JSON */
	"{\"client_ip\":\"" REAL "\",\"user_name\":\"x\\\",\\\"client_ip\\\":\\\"" BAD "\"}",
	"{\"client_ip\":\"" REAL "\",\"client_ip\":\"" BAD "\"}",
	"{\"ip\":\"" BAD "\",\"client_ip\":\"" REAL "\"}",
	"{\"client_ip\":\"" REAL "\",\"user\":{\"client_ip\":\"" BAD "\"}}",
	"{\"metadata\":{\"ip\":\"" BAD "\"},\"client_ip\":\"" REAL "\"}",
	"{\"client_ip\":\"" REAL "\",\"headers\":{\"x-forwarded-for\":\"" BAD "\"}}",
	"{\"client_ip\":\"" REAL "\",\"clie\\u006et_ip\":\"" BAD "\"}",
	"{\"client_ip\":\"" REAL "\",\"message\":\"Failed password for x from " BAD
	" port 2 ssh2\"}",
};
static const char *const none[] = {
	/* two readings, and nothing to tell them apart */
	SSHD
	"Failed publickey for x from 198.51.100.9 port 22 ssh2: RSA-CERT SHA256:a ID y from " BAD
	" port 5 ssh2: RSA-CERT SHA256:b ID z (serial 1) CA RSA SHA256:c",
	SSHD "Disconnecting invalid user x " BAD
	     " port 22: y 198.51.100.9 port 5: Change of username "
	     "or service not allowed: (x,y) -> (" BAD " port 22: z,w) [preauth]",
	"Nov 21 01:02:03 h rlogin[1]: pam_unix(rlogin:auth): authentication failure; logname= "
	"uid=0 "
	"euid=0 tty=x ruser=a rhost=" BAD " rhost=198.51.100.9  user=root",
	/* the text of a user, a command, a folder or another program */
	SUDO "x : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/echo from " BAD " port 22 ssh2",
	SUDO "x : TTY=pts/0 ; PWD=/ from " BAD " ; USER=root ; COMMAND=/bin/ls",
	SUDO
	"x : 1 incorrect password attempt ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=rhost=" BAD,
	"Nov 21 01:02:03 h app[1]: sshd[1]: Failed password for root from " BAD " port 22 ssh2",
	"Nov 21 01:02:03 h app: Nov 21 01:02:03 h sshd[1]: Invalid user x from " BAD,
	"<13>sshd said: Invalid user x from " BAD,
	SSHD "x Invalid user x from " BAD,
	SSHD "Invalid user x from " BAD " port 22 and more",
	SSHD "Server listening on " BAD " port 22.",
	"Nov 21 01:02:03 h nginx: " BAD " - - " TIME " \"GET / HTTP/1.1\" 200 1",
	"x.example - " BAD " " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
	"- - " BAD " - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
	"[Sat Nov 21 01:02:03 2026] [error] script said [client " BAD "]",
	"{\"message\":\"{\\\"client_ip\\\":\\\"" BAD "\\\"}\"}",
	"{\"a\":{\"client_ip\":\"" BAD "\"}}",
	"{\"client_ip\":\"" BAD " x\"}",
	"{\"client_ip\":\"x " BAD "\"}",
	"{\"client_ip\":\"" BAD "\\u0000\"}",
	"{\"user_name\":\"x\"}{\"client_ip\":\"" BAD "\"}",
};

TEST(real_address_or_none)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK(sizeof(real) / sizeof(real[0]) + sizeof(none) / sizeof(none[0]) >= 60);
	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++) {
		(void)fprintf(stderr, "# %s\n", real[i]);
		(void)parsed_c(&t, "auto", real[i]);
		CHECK_OK(t.e, t.why);
		CHECK_STR(parsed_get(&t, "client_ip"), REAL);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		(void)fprintf(stderr, "# %s\n", none[i]);
		(void)parsed_c(&t, "auto", none[i]);
		CHECK(!rec_has(t.r, F_CLIENT_IP));
	}
	parsed_end(&t);
}

/* A folder or a command cannot put another command or user in place of the real one. */
TEST(sudo)
{
	struct parsed t;

	parsed_begin(&t);
	(void)parsed_c(&t, "auto",
	    SUDO "x : TTY=pts/0 ; PWD=/tmp/a ; USER=bob ; COMMAND=/bin/true ; "
		 "USER=root ; COMMAND=/bin/sh");
	CHECK_STR(parsed_get(&t, "target_user"), "");
	CHECK_STR(parsed_get(&t, "working_directory"), "");
	CHECK_STR(parsed_get(&t, "command_line"), "/bin/true ; USER=root ; COMMAND=/bin/sh");
	CHECK_STR(parsed_get(&t, "user_name"), "x");
	(void)parsed_c(&t, "auto",
	    SUDO "x : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/echo ; "
		 "TTY=pts/9 ; PWD=/home");
	CHECK_STR(parsed_get(&t, "tty"), "pts/0");
	CHECK_STR(parsed_get(&t, "command_line"), "/bin/echo ; TTY=pts/9 ; PWD=/home");
	parsed_end(&t);
}

/* A user name chosen at random from dangerous pieces never moves the address. */
TEST(random_names)
{
	static const char *const pieces[] = { " ", "from ", BAD, " port 22", " ssh2", ":", "for ",
		"invalid user ", "[preauth]", " [", "]", "rhost=", "user=", "ID ",
		" CA RSA SHA256:x", "not allowed because ", "x", "\"", "\\", " - - ",
		"message repeated 2 times: [ " };
	static const char *const frames[][2] = {
		{ SSHD "Failed password for invalid user ", " from " REAL " port 5 ssh2" },
		{ SSHD "Failed publickey for ", " from " REAL " port 5 ssh2: RSA SHA256:abc" },
		{ SSHD "Invalid user ", " from " REAL " port 5" },
		{ SSHD "Invalid user ", " from " REAL },
		{ SSHD "Connection closed by invalid user ", " " REAL " port 5 [preauth]" },
		{ SSHD "Bad protocol version identification '", "' from " REAL " port 5" },
		{ SSHD "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh "
		       "ruser= rhost=" REAL "  user=",
		    "" },
	};
	uint64_t state = test_seed();
	struct parsed t;

	parsed_begin(&t);
	for (unsigned i = test_rounds(30000); i > 0; i--) {
		const char *const *frame = frames[i % (sizeof(frames) / sizeof(frames[0]))];
		char line[1000];
		size_t n;

		(void)snprintf(line, sizeof(line), "%s", frame[0]);
		for (n = (state >> 60) + 1; n > 0; n--) {
			state = state * 6364136223846793005U + 1442695040888963407U;
			(void)snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s",
			    pieces[(state >> 33) % (sizeof(pieces) / sizeof(pieces[0]))]);
		}
		(void)snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s", frame[1]);
		(void)parsed_c(&t, "auto", line);
		if (t.e != OK || strcmp(parsed_get(&t, "client_ip"), REAL) != 0)
			test_fail(TEST_AT(client_ip), "%s: %s", line, parsed_get(&t, "client_ip"));
	}
	parsed_end(&t);
}

enum quoting { AS_IT_IS, IN_QUOTES, IN_JSON };

/* As the writer of the log puts a text of an outsider between quotes. */
static void
put_quoted(const char *text, enum quoting how, char *to, size_t size)
{
	size_t n = strlen(to);

	for (; *text != '\0' && n + 3 < size; text++) {
		if (how != AS_IT_IS && (*text == '"' || *text == '\\'))
			to[n++] = '\\';
		to[n++] = *text;
	}
	to[n] = '\0';
}

#define WIN                                                                                        \
	"{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"P\"}},\"EventID\":"     \
	"4625,"                                                                                    \
	"\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2026-11-20T10:00:00.5Z\"}},"           \
	"\"Channel\":\"Security\",\"Computer\":\"c1\"},\"EventData\":{"

static const struct {
	const char *head, *tail;
	enum quoting how;
} places[] = {
	/* sshd, by other headers */
	{ "<38>1 2026-11-21T01:02:03Z h sshd 1 - - Invalid user ", " from " REAL " port 5",
	    AS_IT_IS },
	{ "2026-11-21T01:02:03Z h sshd[1]: Failed password for invalid user ",
	    " from " REAL " port 5 ssh2", AS_IT_IS },
	/* PAM of another program */
	{ "Nov 21 01:02:03 h vsftpd[1]: pam_unix(vsftpd:auth): authentication failure; "
	  "logname= uid=0 euid=0 tty=ftp ruser= rhost=" REAL "  user=",
	    "", AS_IT_IS },
	/* access lines: request, referer, user agent */
	{ REAL " - - " TIME " \"GET /", " HTTP/1.1\" 200 1 \"-\" \"-\"", IN_QUOTES },
	{ REAL " - - " TIME " \"", "\" 400 1 \"-\" \"-\"", IN_QUOTES },
	{ REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"", "\" \"-\"", IN_QUOTES },
	{ REAL " - - " TIME " \"GET / HTTP/1.1\" 200 1 \"-\" \"", "\"", IN_QUOTES },
	/* error log */
	{ "[Sat Nov 21 01:02:03 2026] [error] [client " REAL "] File does not exist: ", "",
	    AS_IT_IS },
	{ "[Sat Nov 21 01:02:03.1 2026] [a:error] [pid 1] [client " REAL ":5] ", "", AS_IT_IS },
	/* JSON: before it, behind it, in keys, deeper */
	{ "{\"user_name\":\"", "\",\"client_ip\":\"" REAL "\"}", IN_JSON },
	{ "{\"client_ip\":\"" REAL "\",\"user_agent\":\"", "\"}", IN_JSON },
	{ "{\"client_ip\":\"" REAL "\",\"message\":\"", "\"}", IN_JSON },
	{ "{\"", "\":\"x\",\"client_ip\":\"" REAL "\"}", IN_JSON },
	{ "{\"headers\":{\"x-forwarded-for\":\"", "\"},\"client_ip\":\"" REAL "\"}", IN_JSON },
	/* Windows events */
	{ WIN "\"TargetUserName\":\"", "\",\"IpAddress\":\"" REAL "\",\"LogonType\":3}}}",
	    IN_JSON },
	{ WIN "\"IpAddress\":\"" REAL "\",\"WorkstationName\":\"", "\"}}}", IN_JSON },
};
static const char *const words[] = { " ", "from ", BAD, " port 22", " ssh2", "client_ip",
	"\":\"" BAD "\",\"", "=", "[client " BAD "] ", "rhost=" BAD, " user=", "\"", "\\", "x",
	" - - " TIME " ", "X-Forwarded-For: " BAD, "IpAddress", "}", "{", "::ffff:" BAD,
	"from 8.8.8.8", "1.1.1.1 - -" };

/* Every parser that ships, every place an outsider can write to. */
TEST(no_text_of_an_outsider_becomes_the_address)
{
	uint64_t state = random_start(test_seed());
	struct parsed t;

	parsed_begin(&t);
	for (size_t f = 0; f < sizeof(places) / sizeof(places[0]); f++)
		for (unsigned i = 0; i < 250; i++) {
			char text[600] = "", line[2000];

			for (size_t n = 1 + random_below(&state, 12); n > 0; n--)
				put_quoted(words[random_below(&state,
					       sizeof(words) / sizeof(words[0]))],
				    AS_IT_IS, text, sizeof(text));
			(void)snprintf(line, sizeof(line), "%s", places[f].head);
			put_quoted(text, places[f].how, line, sizeof(line));
			(void)snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s",
			    places[f].tail);
			(void)parsed_c(&t, "auto", line);
			if (t.e != OK || strcmp(parsed_get(&t, "client_ip"), REAL) != 0)
				test_fail(TEST_AT(client_ip), "%s: %s", line,
				    parsed_get(&t, "client_ip"));
		}
	parsed_end(&t);
}
