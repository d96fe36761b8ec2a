/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/simulate.py */
/* Ways out for simulated events. */
#include "app/outlet.h"

#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"
#include "notify/post.h"

#define BATCH_BYTES ((size_t)512 << 10)
#define TRIES_MAX 60

struct outlet {
	struct post *post; /* HTTP, else fd */
	char url[512];
	int fd;
	bool lines;
	struct buf waiting;
};

static enum err
open_http(struct outlet *o, const struct outlet_opts *opts, struct diag *why)
{
	struct str to = str_c(opts->to);

	while (str_ends(to, STR("/")))
		to.n--;
	if (snprintf(o->url, sizeof(o->url), "%.*s/v1/events", (int)to.n, to.p) >=
	    (int)sizeof(o->url))
		return err_set(why, FAIL_SYNTAX, "the address is too long");
	o->post = post_new(opts->token, opts->ca_file);
	return OK;
}

static enum err
open_syslog(struct outlet *o, struct str where, struct diag *why)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	char host[256], port[16];
	size_t colon = where.n;
	int rc;

	while (colon > 0 && where.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || where.n - colon >= sizeof(port) || colon > sizeof(host))
		return err_set(why, FAIL_SYNTAX, "syslog is addressed as syslog://HOST:PORT");
	(void)str_to_c((struct str){ where.p, colon - 1 }, host, sizeof(host));
	(void)str_to_c(str_from(where, colon), port, sizeof(port));
	rc = getaddrinfo(host, port, &hints, &list);
	if (rc != 0)
		return err_set(why, FAIL_IO, "%s: %s", host, gai_strerror(rc));
	o->fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	rc = o->fd < 0 ? -1 : connect(o->fd, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	o->lines = true;
	return rc == 0 ? OK : err_set(why, FAIL_IO, "nothing listens at %s:%s", host, port);
}

static enum err
open_file(struct outlet *o, const char *path, struct diag *why)
{
	struct str name = str_c(path);

	o->lines = !str_ends(name, STR(".json")) && !str_ends(name, STR(".ndjson"));
	o->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	return o->fd >= 0 ? OK : err_set(why, FAIL_IO, "%s cannot be written", path);
}

enum err
outlet_open(const struct outlet_opts *opts, struct outlet **ret, struct diag *why)
{
	struct outlet *o = MEM_NEW(struct outlet);
	struct str to = str_c(opts->to);
	enum err e = OK;

	o->fd = -1;
	buf_init(&o->waiting, 0);
	if (str_starts(to, STR("http://")) || str_starts(to, STR("https://")))
		e = open_http(o, opts, why);
	else if (str_starts(to, STR("syslog://")))
		e = open_syslog(o, str_from(to, 9), why);
	else if (str_eq(to, STR("-")))
		o->fd = dup(STDOUT_FILENO);
	else if (str_find(to, STR("://")) >= 0)
		e = err_set(why, FAIL_SYNTAX,
		    "--to is http://, https://, syslog://HOST:PORT, a file or -");
	else
		e = open_file(o, opts->to, why);
	if (e == OK)
		*ret = o;
	else
		outlet_close(o);
	return e;
}

void
outlet_close(struct outlet *o)
{
	if (o == NULL)
		return;
	post_free(o->post);
	if (o->fd >= 0)
		(void)close(o->fd);
	buf_fini(&o->waiting);
	free(o);
}

bool
outlet_is_lines(const struct outlet *o)
{
	return o->lines;
}

enum err
outlet_put(struct outlet *o, struct str event, struct diag *why)
{
	buf_str(&o->waiting, event);
	buf_byte(&o->waiting, '\n');
	return o->waiting.n < BATCH_BYTES ? OK : outlet_flush(o, why);
}

/* 429 and 503 say when to come again. */
static enum err
send_http(struct outlet *o, struct diag *why)
{
	struct post_answer a = { 0 };

	for (unsigned i = 0; i < TRIES_MAX; i++) {
		enum err e = post_send(o->post, o->url, buf_view(&o->waiting), &a, why);

		if (e != OK)
			return e;
		if (a.status / 100 == 2)
			return OK;
		if (a.status != 429 && a.status != 503)
			break;
		(void)sleep(a.retry_after_s > 0 ? (unsigned)a.retry_after_s : 1);
	}
	return err_set(why, FAIL_IO, "%s answered %ld: %.*s%s", o->url, a.status,
	    a.body.n < 200 ? (int)a.body.n : 200, a.body.p != NULL ? a.body.p : "",
	    a.status == 401 ? " (say --token-file, or --config of the daemon)" : "");
}

enum err
outlet_flush(struct outlet *o, struct diag *why)
{
	enum err e;

	if (o->waiting.n == 0)
		return OK;
	e = o->post != NULL ? send_http(o, why)
			    : fs_write_all(o->fd, o->waiting.p, o->waiting.n, why);
	buf_reset(&o->waiting);
	return e;
}
