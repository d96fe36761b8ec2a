/* A browser at the fixture's server: the last part of people.h. */
#ifndef PEOPLE_CLIENT_H
#define PEOPLE_CLIENT_H

/* The status; the answer is in w.answer and w.body. */
static inline int
people_ask(const char *method, const char *path, const char *headers, const char *body)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)w.port) };
	struct buf text = { 0 };
	uint64_t status = 0;
	size_t n = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	buf_init(&text, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_INT(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	buf_printf(&text,
	    "%s %s HTTP/1.1\r\n%sConnection: close\r\n%sContent-Length: %zu\r\n\r\n%s", method,
	    path, strstr(headers, "Host: ") == NULL ? "Host: 127.0.0.1\r\n" : "", headers,
	    strlen(body), body);
	CHECK(send(fd, text.p, text.n, MSG_NOSIGNAL) == (ssize_t)text.n);
	buf_fini(&text);
	for (ssize_t k; (k = recv(fd, w.answer + n, sizeof(w.answer) - 1 - n, 0)) > 0;)
		n += (size_t)k;
	close(fd);
	w.answer[n] = '\0';
	CHECK(n > 12 && str_u64((struct str){ w.answer + 9, 3 }, &status));
	w.body = strstr(w.answer, "\r\n\r\n") + 4;
	return (int)status;
}

static inline bool
people_said(const char *text)
{
	return strstr(w.body, text) != NULL;
}

/* What stands between `before` and the next '"' of the answer. */
static inline const char *
people_find(const char *before, char *to, size_t size)
{
	const char *p = strstr(w.answer, before);

	CHECK(p != NULL);
	p += strlen(before);
	snprintf(to, size, "%.*s", (int)strcspn(p, "\";"), p);
	return to;
}

/* Header with the session of the last answer. */
static inline const char *
people_cookie(char to[200])
{
	char secret[SECRET_SIZE];

	people_find("Set-Cookie: " COOKIE_NAME "=", secret, sizeof(secret));
	CHECK_INT(strlen(secret), 64);
	snprintf(to, 200, "Cookie: " COOKIE_NAME "=%s\r\n", secret);
	return to;
}

/* A user with PASSWORD, and a session of his in `cookie`. */
static inline void
people_add(const char *name, enum role role, char cookie[200])
{
	char secret[SECRET_SIZE], body[300];
	int64_t expires;

	CHECK_INT(users_add(w.shell, str_c(name), role, clock_wall(), NULL), OK);
	CHECK_INT(invites_new(w.shell, str_c(name), clock_wall(), secret, &expires, NULL), OK);
	snprintf(body, sizeof(body), "{\"invite\":\"%s\",\"password\":\"" PASSWORD "\"}", secret);
	CHECK_INT(people_ask("POST", "/v1/invites/accept", "", body), 200);
	people_cookie(cookie);
}

/* How often `text` stands in the events so far. */
static inline unsigned
people_events(const char *text)
{
	unsigned n = 0;

	pthread_mutex_lock(&w.lock);
	buf_byte(&w.events, '\0');
	for (const char *p = w.events.p; (p = strstr(p, text)) != NULL; p++)
		n++;
	w.events.n--;
	pthread_mutex_unlock(&w.lock);
	return n;
}

#endif
