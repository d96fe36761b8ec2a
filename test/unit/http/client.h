/* What clients send and hear: the last part of fixture.h. */
#ifndef CLIENT_H
#define CLIENT_H

static inline int
dial(const struct fixture *f)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)f->port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval tv = { .tv_sec = 20 };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_INT(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)), 0);
	CHECK_INT(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* What cannot be sent any more is not: the server may have ended the connection. */
static inline void
say(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n != 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		at += sent;
		n -= (size_t)sent;
	}
}

/* Everything until the server closes. */
static inline void
hear(int fd, struct buf *to)
{
	for (;;) {
		char *room = buf_room(to, 65536);
		ssize_t n = recv(fd, room, 65536, 0);

		if (n <= 0)
			break;
		buf_added(to, (size_t)n);
	}
	buf_byte(to, '\0');
	close(fd);
}

/* One request on a connection of its own; the whole answer, to be freed.  `half`: says no more. */
static inline char *
ask_how(const struct fixture *f, const void *p, size_t n, bool half)
{
	struct buf got;
	int fd = dial(f);

	buf_init(&got, 0);
	say(fd, p, n);
	if (half)
		shutdown(fd, SHUT_WR);
	hear(fd, &got);
	return got.p;
}

static inline char *
ask_bytes(const struct fixture *f, const void *p, size_t n)
{
	return ask_how(f, p, n, true);
}

static inline char *
ask(const struct fixture *f, const char *request)
{
	return ask_bytes(f, request, strlen(request));
}

static inline int
status_of(const char *answer)
{
	uint64_t status = 0;

	if (strncmp(answer, "HTTP/1.1 ", 9) != 0 ||
	    !str_u64((struct str){ answer + 9, 3 }, &status))
		return -1;
	return (int)status;
}

static inline const char *
body_of(const char *answer)
{
	const char *end = strstr(answer, "\r\n\r\n");

	return end != NULL ? end + 4 : "";
}

/* Status and body of one request. */
#define ASK(f, request, want_status, want_body)                                                    \
	do {                                                                                       \
		char *answer_ = ask(f, request);                                                   \
		CHECK_INT(status_of(answer_), want_status);                                        \
		if ((want_body) != NULL)                                                           \
			CHECK_STR(body_of(answer_), want_body);                                    \
		free(answer_);                                                                     \
	} while (0)

#define H " HTTP/1.1\r\nHost: t\r\n"

#endif
