/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/enforce.py */
/* `tocsin enforce`: keeps the kernel's block list as the daemon says; the only part with rights. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/gatekeep.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"

#define PEERS 4
#define LOOK_EVERY_MS 60000
#define SEND_MS 5000
#define NEVER_MAX 100

struct peer {
	int fd; /* -1: free */
	struct buf in;
};

struct enforce {
	struct gatekeep *keeper;
	int listening, signals;
	uid_t allowed;
	struct peer peers[PEERS];
	int64_t looked; /* monotonic */
	struct wire_answer answer;
};

static void
drop(struct peer *p)
{
	if (p->fd >= 0)
		(void)close(p->fd);
	p->fd = -1;
	buf_fini(&p->in);
}

/* The kernel says who it is; nobody else may say what is blocked. */
static bool
may_speak(const struct enforce *en, int fd)
{
	struct ucred c = { 0 };
	socklen_t n = sizeof(c);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &n) != 0)
		return false;
	return c.uid == 0 || c.uid == geteuid() || c.uid == en->allowed;
}

static void
welcome(struct enforce *en)
{
	auto_close int fd = accept4(en->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (!may_speak(en, fd)) {
		log_warn("enforce", "somebody who may not connected and was sent away");
		return;
	}
	for (size_t i = 0; i < PEERS; i++)
		if (en->peers[i].fd < 0) {
			en->peers[i].fd = fd;
			fd = -1;
			buf_init(&en->peers[i].in, WIRE_LINE_MAX);
			return;
		}
}

/* An answer is small: who does not take it in time is sent away. */
static bool
answer(int fd, const struct wire_answer *a)
{
	auto_buf struct buf out = { 0 };
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	size_t at = 0;

	wire_put_answer(&out, a);
	while (at < out.n) {
		const ssize_t n = send(fd, out.p + at, out.n - at, MSG_NOSIGNAL);

		if (n > 0)
			at += (size_t)n;
		else if (n == 0 || errno != EAGAIN || poll(&p, 1, SEND_MS) != 1)
			return false;
	}
	return true;
}

static void
say(const struct wire_answer *a)
{
	if (!a->ok)
		log_error("enforce", "the kernel was not changed", LOG_C("why", a->why));
	else if (a->added != 0 || a->removed != 0 || a->n_refused != 0)
		log_info("enforce", "the kernel was changed", LOG_INT("added", a->added),
		    LOG_INT("removed", a->removed), LOG_INT("there", a->there),
		    LOG_INT("refused", a->n_refused), LOG_INT("waiting", a->waiting));
}

static void
obey(struct enforce *en, struct str line)
{
	struct arena *arena = arena_new(WIRE_BUDGET);
	struct wire_answer *a = &en->answer;
	struct wire_state s;
	struct diag why = { 0 };

	if (wire_read_state(arena, line, &s, &why) == OK) {
		gatekeep_set(en->keeper, &s, clock_mono(), a);
		en->looked = clock_mono();
		say(a);
	} else {
		*a = (struct wire_answer){ 0 };
		(void)snprintf(a->why, sizeof(a->why), "%.190s", why.text);
	}
	arena_free(arena);
}

/* False: it is gone, or should be. */
static bool
hear(struct enforce *en, struct peer *p)
{
	char *room = buf_room(&p->in, 65536);
	struct str rest;
	const char *lf;
	ssize_t n;

	if (room == NULL)
		return false; /* a line longer than any */
	n = recv(p->fd, room, 65536, 0);
	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	buf_added(&p->in, (size_t)n);
	while (p->in.n != 0 && (lf = memchr(p->in.p, '\n', p->in.n)) != NULL) {
		rest = (struct str){ p->in.p, (size_t)(lf - p->in.p) };
		obey(en, rest);
		buf_shift(&p->in, rest.n + 1);
		if (!answer(p->fd, &en->answer))
			return false;
	}
	return true;
}

static void
look(struct enforce *en)
{
	gatekeep_look(en->keeper, clock_mono(), &en->answer);
	en->looked = clock_mono();
	say(&en->answer);
}

static void
run(struct enforce *en)
{
	struct pollfd p[PEERS + 2];

	look(en);
	for (;;) {
		const int64_t left = LOOK_EVERY_MS - (clock_mono() - en->looked) / CLOCK_MS;

		for (size_t i = 0; i < PEERS; i++)
			p[i] = (struct pollfd){ .fd = en->peers[i].fd, .events = POLLIN };
		p[PEERS] = (struct pollfd){ .fd = en->listening, .events = POLLIN };
		p[PEERS + 1] = (struct pollfd){ .fd = en->signals, .events = POLLIN };
		if (poll(p, ARRAY_LEN(p), left > 0 ? (int)left : 0) == 0) {
			look(en);
			continue;
		}
		if (p[PEERS + 1].revents != 0)
			return;
		for (size_t i = 0; i < PEERS; i++)
			if (p[i].revents != 0 && !hear(en, &en->peers[i]))
				drop(&en->peers[i]);
		if (p[PEERS].revents != 0)
			welcome(en);
	}
}

static enum err
listen_at(const char *path, int *ret, struct diag *why)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof(a.sun_path))
		return err_set(why, FAIL_LIMIT, "the name of the socket is too long");
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd < 0)
		return err_sys(why, "no socket");
	if (connect(fd, (const struct sockaddr *)(const void *)&a, sizeof(a)) == 0)
		return err_set(why, FAIL_EXISTS, "somebody listens on %s already", path);
	(void)unlink(path);
	if (bind(fd, (const struct sockaddr *)(const void *)&a, sizeof(a)) != 0 ||
	    chmod(path, 0666) != 0 || listen(fd, PEERS) != 0)
		return err_sys(why, "cannot listen on %s", path);
	*ret = fd;
	fd = -1;
	return OK;
}

static int
stop_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Networks between commas, in `text`, which is cut up. */
static enum err
split(char *text, const char *to[NEVER_MAX + 1], struct diag *why)
{
	size_t n = 0;

	for (char *at = text; at != NULL && *at != '\0';) {
		char *comma = strchr(at, ',');

		if (n == NEVER_MAX)
			return err_set(why, FAIL_LIMIT, "--never has at most %d", NEVER_MAX);
		if (comma != NULL)
			*comma++ = '\0';
		to[n++] = at;
		at = comma;
	}
	to[n] = NULL;
	return OK;
}

struct wish {
	const char *socket, *user, *never, *per_minute;
	bool private_too;
};

static enum err
prepare(struct enforce *en, const struct wish *w, struct diag *why)
{
	const struct passwd *pw = w->user != NULL ? getpwnam(w->user) : NULL;
	const char *never[NEVER_MAX + 1];
	char list[4096];
	uint64_t rate = 600;
	enum err e;

	if (w->user != NULL && pw == NULL)
		return err_set(why, FAIL_NOT_FOUND, "there is no user %s", w->user);
	if (w->per_minute != NULL &&
	    (!str_u64(str_c(w->per_minute), &rate) || rate == 0 || rate > 100000))
		return err_set(why, FAIL_SYNTAX, "--per-minute is a number up to 100000");
	en->allowed = pw != NULL ? pw->pw_uid : geteuid();
	/* None of them may get lost. */
	if (w->never != NULL && strlen(w->never) >= sizeof(list))
		return err_set(why, FAIL_LIMIT, "--never is longer than %zu bytes", sizeof(list));
	(void)snprintf(list, sizeof(list), "%s", w->never != NULL ? w->never : "");
	e = split(list, never, why);
	if (e == OK)
		e = gatekeep_new(&(struct gatekeep_opts){ never, w->private_too, (unsigned)rate },
		    &en->keeper, why);
	return e == OK ? listen_at(w->socket, &en->listening, why) : e;
}

/* Of an option that is given twice the last counts: the networks of the first would be lost. */
static bool
is_twice(int argc, char **argv, const char *option)
{
	const size_t n = strlen(option);
	int times = 0;

	for (int i = 0; i < argc; i++)
		times +=
		    strncmp(argv[i], option, n) == 0 && (argv[i][n] == '\0' || argv[i][n] == '=');
	return times > 1;
}

int
cmd_enforce(int argc, char **argv)
{
	struct wish w = { .socket = "/run/tocsin/enforce.sock" };
	const struct args_option options[] = {
		{ "socket", "PATH", "where the daemon finds it (/run/tocsin/enforce.sock)",
		    &w.socket, NULL },
		{ "user", "NAME", "whom it obeys, besides root and itself", &w.user, NULL },
		{ "never", "NETWORKS", "never blocked, with commas between", &w.never, NULL },
		{ "per-minute", "N", "new blocks in a minute at most (600)", &w.per_minute, NULL },
		{ "private-too", NULL, "private addresses may be blocked", NULL, &w.private_too },
	};
	const struct args_spec spec = { "tocsin enforce [options]",
		"Keeps the table inet tocsin of nftables as the daemon says (respond.socket).  "
		"Needs the right to change the firewall, and is the only part of Tocsin that does.",
		options, ARRAY_LEN(options) };
	struct enforce en = { .listening = -1 };
	struct diag why = { 0 };
	const bool twice = is_twice(argc, argv, "--never");
	int n = args_parse(&spec, argc, argv);

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (twice) {
		(void)err_set(&why, FAIL_SYNTAX, "--never is given once, with commas between");
		return cmd_fail(&why);
	}
	for (size_t i = 0; i < PEERS; i++)
		en.peers[i].fd = -1;
	log_role_set("enforce");
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	en.signals = stop_signals();
	if (prepare(&en, &w, &why) != OK) {
		gatekeep_free(en.keeper);
		return cmd_fail(&why);
	}
	log_info("enforce", "ready", LOG_C("socket", w.socket));
	run(&en);
	for (size_t i = 0; i < PEERS; i++)
		drop(&en.peers[i]);
	(void)close(en.listening);
	(void)unlink(w.socket);
	gatekeep_free(en.keeper);
	return CMD_OK;
}
