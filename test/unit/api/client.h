/* A client of the fixture's server: the last part of fixture.h. */
#ifndef CLIENT_H
#define CLIENT_H

static int
fx_dial(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)fx.port) };
	struct timeval tv = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_INT(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)), 0);
	CHECK_INT(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void
fx_send(int fd, const char *method, const char *target, struct str body)
{
	struct buf out;
	size_t at = 0;

	buf_init(&out, 0);
	buf_printf(&out,
	    "%s %s HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " TOKEN
	    "\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
	    method, target, body.n);
	buf_str(&out, body);
	while (at < out.n) {
		ssize_t n = send(fd, out.p + at, out.n - at, MSG_NOSIGNAL);

		if (n <= 0)
			break;
		at += (size_t)n;
	}
	buf_fini(&out);
}

/* Status; head and body as text that lives until the next call. */
static int
fx_ask(const char *method, const char *target, struct str body, const char **ret_body)
{
	static struct buf got;
	uint64_t status = 0;
	const char *end;
	int fd = fx_dial();

	buf_reset(&got);
	fx_send(fd, method, target, body);
	for (;;) {
		ssize_t n = recv(fd, buf_room(&got, 65536), 65536, 0);

		if (n <= 0)
			break;
		buf_added(&got, (size_t)n);
	}
	close(fd);
	buf_byte(&got, '\0');
	end = strstr(got.p, "\r\n\r\n");
	if (ret_body != NULL)
		*ret_body = end != NULL ? end + 4 : got.p;
	if (got.n < 12 || !str_u64((struct str){ got.p + 9, 3 }, &status))
		return -1;
	return (int)status;
}

#endif
