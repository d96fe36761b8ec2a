/* SPDX-License-Identifier: Apache-2.0 */
/* One message by libcurl. */
#include "notify/sender.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/mem.h"
#include "notify/guard.h"
#include "notify/mail.h"
#include "notify/mime.h"
#include "notify/action.h"
#include "notify/call.h"
#include "notify/secret.h"
#include "notify/smtp.h"
#include "notify/syslog.h"
#include "notify/webhook.h"

#define CONNECT_MAX_MS 10000L
#define QUIT_MAX_S 2L /* a server may take this long over QUIT: the mail is its already */
#define ANSWER_MAX ((size_t)65536)
#define SAID_SIZE ((size_t)16384) /* of an answer is looked at */

struct sender {
	CURL *curl;
	const char *ca_file;
	const struct kinds *kinds;
	int64_t next; /* monotonic: no message of a kind before */
	atomic_bool cancelled;
	char channel[64]; /* what the kept connection was made for */
	bool allow_private;
	int64_t deadline; /* monotonic, of the running job */
	struct guard guard;
	struct smtp_dialogue dialogue;
	struct str upload; /* what is left of the mail */
	struct buf said;
	size_t answered;
	char retry_after[64];
	char error[CURL_ERROR_SIZE];
};

static curl_socket_t
open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct sender *s = ctx;

	if (purpose != CURLSOCKTYPE_IPCXN || !guard_admits(&s->guard, &a->addr, a->addrlen))
		return CURL_SOCKET_BAD;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* Also asked while libcurl waits for the answer to QUIT, which no timeout of the job covers. */
static int
on_progress(void *ctx, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un)
{
	const struct sender *s = ctx;

	(void)dt;
	(void)dn;
	(void)ut;
	(void)un;
	return atomic_load(&s->cancelled) || clock_mono() > s->deadline;
}

static size_t
on_read(char *to, size_t size, size_t n, void *ctx)
{
	struct sender *s = ctx;
	size_t room = size * n;

	if (room > s->upload.n)
		room = s->upload.n;
	memcpy(to, s->upload.p, room);
	s->upload = str_from(s->upload, room);
	return room;
}

/* The beginning of the answer is kept; a receiver that never ends has said enough. */
static size_t
on_write(char *p, size_t size, size_t n, void *ctx)
{
	struct sender *s = ctx;
	const size_t room = SAID_SIZE - s->said.n;

	buf_put(&s->said, p, size * n < room ? size * n : room);
	s->answered += size * n;
	return s->answered > ANSWER_MAX ? 0 : size * n;
}

static size_t
on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct sender *s = ctx;
	const struct str line = { p, size * n };

	if (line.n > 12 && str_eq_nocase((struct str){ p, 12 }, STR("retry-after:")))
		(void)str_to_c(str_trim(str_from(line, 12)), s->retry_after,
		    sizeof(s->retry_after));
	return size * n;
}

static int
on_dialogue(CURL *curl, curl_infotype type, char *p, size_t n, void *ctx)
{
	struct sender *s = ctx;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		smtp_sent(&s->dialogue, (struct str){ p, n });
	else if (type == CURLINFO_HEADER_IN)
		smtp_received(&s->dialogue, (struct str){ p, n });
	return 0;
}

struct sender *
sender_new(const char *ca_file, const struct kinds *kinds)
{
	struct sender *s = MEM_NEW(struct sender);

	s->ca_file = ca_file;
	s->kinds = kinds;
	buf_init(&s->said, SAID_SIZE);
	return s;
}

void
sender_free(struct sender *s)
{
	if (s == NULL)
		return;
	if (s->curl != NULL)
		curl_easy_cleanup(s->curl);
	buf_fini(&s->said);
	free(s);
}

void
sender_cancel(struct sender *s)
{
	atomic_store(&s->cancelled, true);
}

/* Options that do not depend on the job.  What was not compiled in fails at sending, not here. */
static void
set_common(struct sender *s, const struct job *j)
{
	CURL *c = s->curl;

	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, s->error);
	(void)curl_easy_setopt(c, CURLOPT_PROXY, ""); /* the guard must see where it goes */
	(void)curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, s);
	(void)curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(c, CURLOPT_XFERINFODATA, s);
	(void)curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(c, CURLOPT_HEADERDATA, s);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_write);
	(void)curl_easy_setopt(c, CURLOPT_WRITEDATA, s);
	(void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)j->timeout_ms);
	(void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    j->timeout_ms < CONNECT_MAX_MS ? (long)j->timeout_ms : CONNECT_MAX_MS);
	(void)curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, 30L);
	(void)curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, 30L);
	(void)curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); /* waits for no name server at the end */
	if (s->ca_file != NULL) {
		(void)curl_easy_setopt(c, CURLOPT_CAINFO, s->ca_file);
		(void)curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	(void)curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

/* A handle with the channel's kept connection, or a fresh one when the channel is another. */
static void
begin(struct sender *s, const struct job *j)
{
	char name[sizeof(s->channel)];

	(void)str_to_c(j->channel.name, name, sizeof(name));
	if (s->curl != NULL &&
	    (strcmp(name, s->channel) != 0 || s->allow_private != j->channel.allow_private)) {
		curl_easy_cleanup(s->curl);
		s->curl = NULL;
	}
	if (s->curl == NULL)
		s->curl = curl_easy_init();
	if (s->curl == NULL)
		abort(); /* no memory */
	(void)str_to_c(j->channel.name, s->channel, sizeof(s->channel));
	s->allow_private = j->channel.allow_private;
	curl_easy_reset(s->curl);
	s->guard = (struct guard){ .allow_private =
				       j->channel.type == JOB_EMAIL || j->channel.allow_private };
	s->dialogue = (struct smtp_dialogue){ 0 };
	s->deadline = clock_mono() + (int64_t)j->timeout_ms * CLOCK_MS + QUIT_MAX_S * CLOCK_S;
	s->error[0] = s->retry_after[0] = '\0';
	s->answered = 0;
	buf_reset(&s->said);
	set_common(s, j);
}

/* A failure without an answer; the words of libcurl name no path, user or secret. */
static void
not_sent(struct sender *s, CURLcode code, struct job_result *ret)
{
	if (s->guard.refused[0] != '\0')
		job_result_set(ret, JOB_NEVER, "%s is %s", s->guard.refused,
		    s->guard.refused_as == GUARD_PRIVATE
			? "a private address, and the channel does not allow these"
			: "an address that messages never go to");
	else if (code == CURLE_URL_MALFORMAT)
		job_result_set(ret, JOB_NEVER, "the address is no http or https URL");
	else if (atomic_load(&s->cancelled))
		job_result_set(ret, JOB_RETRY, "stopped");
	else
		job_result_set(ret, JOB_RETRY, "%s",
		    s->error[0] != '\0' ? s->error : curl_easy_strerror(code));
}

/* No more than one message in a while, as the kind says; the next lane does not wait. */
static void
wait_turn(struct sender *s, unsigned ms)
{
	while (clock_mono() < s->next && !atomic_load(&s->cancelled))
		(void)usleep(10000);
	s->next = clock_mono() + (int64_t)ms * CLOCK_MS;
}

static void
set_login(struct sender *s, const struct call *q)
{
	if (q->user.n == 0)
		return;
	(void)curl_easy_setopt(s->curl, CURLOPT_USERNAME, q->user.p);
	(void)curl_easy_setopt(s->curl, CURLOPT_PASSWORD, q->password.p);
	if (q->aws.n != 0)
		(void)curl_easy_setopt(s->curl, CURLOPT_AWS_SIGV4, q->aws.p);
	else
		(void)curl_easy_setopt(s->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
}

/* False: there was no answer, and *ret says why. */
static bool
perform(struct sender *s, const struct call *q, long *ret_status, struct job_result *ret)
{
	/* A header that is taken away would be signed for AWS all the same. */
	struct curl_slist *list = q->aws.n == 0 ? curl_slist_append(NULL, "Expect:") : NULL;
	CURLcode code;

	for (size_t i = 0; i < q->n_headers; i++)
		list = curl_slist_append(list, q->headers[i].p);
	(void)curl_easy_setopt(s->curl, CURLOPT_URL, q->url.p);
	(void)curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(s->curl, CURLOPT_USERAGENT, "Tocsin/" TOCSIN_VERSION);
	(void)curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE, (long)q->body.n);
	(void)curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, q->body.p);
	if (q->method.n != 0)
		(void)curl_easy_setopt(s->curl, CURLOPT_CUSTOMREQUEST, q->method.p);
	set_login(s, q);
	(void)curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, list);
	code = curl_easy_perform(s->curl);
	(void)curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, ret_status);
	curl_slist_free_all(list);
	/* A whole head is an answer, whatever became of the rest. */
	if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && *ret_status != 0))
		return true;
	not_sent(s, code, ret);
	return false;
}

static bool
is_web(struct str url)
{
	return str_eq_nocase((struct str){ url.p, url.n < 8 ? 0 : 8 }, STR("https://")) ||
	       str_eq_nocase((struct str){ url.p, url.n < 7 ? 0 : 7 }, STR("http://"));
}

static void
send_webhook(struct sender *s, const struct job *j, struct job_result *ret)
{
	const bool action = j->channel.type == JOB_ACTION;
	auto_call struct call q = { 0 };
	const int64_t now = clock_wall();
	struct diag why = { 0 };
	long status = 0;

	if (memchr(j->channel.url.p, '\0', j->channel.url.n) != NULL || !is_web(j->channel.url))
		job_result_set(ret, JOB_NEVER, "the address is no http or https URL");
	else if (j->address.n != 0)
		job_result_set(ret, JOB_NEVER, "a webhook sends to no address of a person");
	else if ((action ? action_call : call_webhook)(j, now, &q, &why) != OK)
		job_result_set(ret, JOB_RETRY, "%s", why.text);
	else if (perform(s, &q, &status, ret))
		(action ? action_verdict : webhook_verdict)(status, str_c(s->retry_after),
		    buf_view(&s->said), now, ret);
}

static ptrdiff_t
put_octets(void *ctx, struct str octets)
{
	size_t n = 0;
	const CURLcode code = curl_easy_send(ctx, octets.p, octets.n, &n);

	return code == CURLE_OK ? (ptrdiff_t)n : code == CURLE_AGAIN ? 0 : -1;
}

/* The connection is libcurl's, with its checks of certificates; what goes over it is ours. */
static void
send_syslog(struct sender *s, const struct call *q, struct job_result *ret)
{
	const bool bare6 = strchr(q->host.p, ':') != NULL;
	auto_buf struct buf url = { 0 };
	curl_socket_t fd = -1;
	CURLcode code;

	if (q->over == CALL_UDP) {
		if (!syslog_udp(q, &s->guard, ret))
			not_sent(s, CURLE_COULDNT_CONNECT, ret);
		return;
	}
	buf_printf(&url, "%s://%s%s%s:%u%c", q->over == CALL_TLS ? "https" : "http",
	    bare6 ? "[" : "", q->host.p, bare6 ? "]" : "", q->port, '\0');
	(void)curl_easy_setopt(s->curl, CURLOPT_URL, url.p);
	(void)curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(s->curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	(void)curl_easy_setopt(s->curl, CURLOPT_CONNECT_ONLY, 1L);
	code = curl_easy_perform(s->curl);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &fd);
	if (code == CURLE_OK && fd >= 0)
		syslog_stream(q, fd, put_octets, s->curl, s->deadline, ret);
	else
		not_sent(s, code, ret);
	curl_easy_cleanup(s->curl); /* says goodbye */
	s->curl = NULL;
}

static void
send_kind(struct sender *s, const struct job *j, struct job_result *ret)
{
	const struct kind *k = s->kinds != NULL ? kinds_find(s->kinds, j->channel.kind) : NULL;
	auto_call struct call q = { 0 };
	auto_secret struct buf secret = { 0 };
	const int64_t now = clock_wall();
	struct diag why = { 0 };
	long status = 0;

	buf_init(&secret, SECRET_MAX);
	if (k == NULL)
		job_result_set(ret, JOB_RETRY, "there is no channel file for %.*s",
		    STR_ARG(j->channel.kind));
	else if (j->channel.secret.n != 0 && secret_get(j->channel.secret, &secret, &why) != OK)
		job_result_set(ret, JOB_RETRY, "%s", why.text);
	else if (k->secret.required && secret.n == 0)
		job_result_set(ret, JOB_RETRY, "%.*s is missing", STR_ARG(k->secret.label));
	else if (call_make(k, j, buf_view(&secret), &q, &why) != OK)
		job_result_set(ret, JOB_NEVER, "%s", why.text);
	else {
		wait_turn(s, k->wait_ms);
		s->deadline = clock_mono() + (int64_t)j->timeout_ms * CLOCK_MS;
		if (q.over != CALL_HTTP)
			send_syslog(s, &q, ret);
		else if (perform(s, &q, &status, ret))
			call_verdict(k, status, str_c(s->retry_after), buf_view(&s->said), now,
			    ret);
		if (ret->verdict == JOB_OK && j->event == JOB_RAISE)
			call_ticket(k, j, buf_view(&s->said), ret);
	}
}

static struct curl_slist *
recipients(const struct job_channel *c)
{
	struct curl_slist *list = NULL;
	struct str name, address;
	char text[256];

	for (size_t i = 0; i < c->n_to; i++)
		if (mime_mailbox(c->to[i], &name, &address))
			list = curl_slist_append(list, str_to_c(address, text, sizeof(text)));
	return list;
}

static enum err
set_mail_login(struct sender *s, const struct job_channel *c, struct diag *why)
{
	auto_secret struct buf password = { 0 };
	auto_free char *user = mem_dup(c->user.p, c->user.n);
	enum err e;

	if (c->user.n == 0)
		return OK;
	buf_init(&password, SECRET_MAX + 1);
	e = secret_get(c->secret, &password, why);
	if (e != OK)
		return e;
	buf_byte(&password, '\0');
	(void)curl_easy_setopt(s->curl, CURLOPT_USERNAME, user);
	(void)curl_easy_setopt(s->curl, CURLOPT_PASSWORD, password.p);
	return OK;
}

static void
mail(struct sender *s, const struct job *j, const char *url, const struct buf *content,
    struct job_result *ret)
{
	struct curl_slist *to = recipients(&j->channel);
	struct str name, from;
	char sender[256] = "";
	CURLcode code;

	if (mime_mailbox(j->channel.from, &name, &from))
		(void)str_to_c(from, sender, sizeof(sender));
	s->upload = buf_view(content);
	(void)curl_easy_setopt(s->curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(s->curl, CURLOPT_USE_SSL,
	    j->channel.security == JOB_STARTTLS ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	(void)curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, sender);
	(void)curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to);
	(void)curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	(void)curl_easy_setopt(s->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	    (long)(j->timeout_ms / 1000 + 1));
	(void)curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, on_read);
	(void)curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
	(void)curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(s->curl, CURLOPT_VERBOSE, 1L);
	(void)curl_easy_setopt(s->curl, CURLOPT_DEBUGFUNCTION, on_dialogue);
	(void)curl_easy_setopt(s->curl, CURLOPT_DEBUGDATA, s);
	code = curl_easy_perform(s->curl);
	curl_slist_free_all(to);
	if (code == CURLE_OK || (s->dialogue.code >= 400 && code != CURLE_OPERATION_TIMEDOUT))
		smtp_verdict(&s->dialogue, code == CURLE_OK, ret);
	else
		not_sent(s, code, ret);
}

static void
send_mail(struct sender *s, const struct job *j, struct job_result *ret)
{
	auto_buf struct buf content = { 0 }, url = { 0 };
	struct diag why = { 0 };
	enum err e = mail_url(&j->channel, &url, &why);

	buf_init(&content, MAIL_MAX);
	if (e == OK)
		e = mail_put(j, clock_wall(), &content, &why);
	if (e != OK) {
		job_result_set(ret, JOB_NEVER, "%s", why.text);
		return;
	}
	if (set_mail_login(s, &j->channel, &why) != OK) {
		job_result_set(ret, JOB_RETRY, "%s", why.text);
		return;
	}
	mail(s, j, url.p, &content, ret);
}

void
sender_send(struct sender *s, const struct job *j, struct job_result *ret)
{
	const int64_t started = clock_mono();

	*ret = (struct job_result){ .id = j->id };
	if (atomic_load(&s->cancelled)) {
		job_result_set(ret, JOB_RETRY, "stopped");
		return;
	}
	begin(s, j);
	if (j->channel.type == JOB_EMAIL)
		send_mail(s, j, ret);
	else if (j->channel.type != JOB_KIND)
		send_webhook(s, j, ret);
	else
		send_kind(s, j, ret);
	ret->ms = (clock_mono() - started) / CLOCK_MS;
}
