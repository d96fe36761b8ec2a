/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/simulate.py */
/* Requests of commands by libcurl. */
#include "notify/post.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/mem.h"

#define TIMEOUT_MS 30000L

struct post {
	CURL *curl;
	struct curl_slist *head;
	struct buf answer;
	char error[CURL_ERROR_SIZE];
};

static size_t
on_write(char *p, size_t size, size_t n, void *ctx)
{
	struct post *post = ctx;

	buf_put(&post->answer, p, size * n);
	return size * n;
}

struct post *
post_new(const char *token, const char *ca_file)
{
	struct post *p = MEM_NEW(struct post);
	auto_buf struct buf line = { 0 };

	buf_init(&line, 0);
	buf_init(&p->answer, POST_ANSWER_MAX);
	p->curl = curl_easy_init();
	if (p->curl == NULL)
		abort();
	p->head = curl_slist_append(NULL, "Content-Type: application/x-ndjson");
	if (token != NULL) {
		buf_printf(&line, "Authorization: Bearer %s", token);
		buf_byte(&line, '\0');
		p->head = curl_slist_append(p->head, line.p);
		explicit_bzero(line.p, line.n);
	}
	(void)curl_easy_setopt(p->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(p->curl, CURLOPT_ERRORBUFFER, p->error);
	(void)curl_easy_setopt(p->curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(p->curl, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(p->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(p->curl, CURLOPT_USERAGENT, "Tocsin/" TOCSIN_VERSION);
	(void)curl_easy_setopt(p->curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	(void)curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, p->head);
	(void)curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, on_write);
	(void)curl_easy_setopt(p->curl, CURLOPT_WRITEDATA, p);
	if (ca_file != NULL)
		(void)curl_easy_setopt(p->curl, CURLOPT_CAINFO, ca_file);
	return p;
}

void
post_free(struct post *p)
{
	if (p == NULL)
		return;
	curl_slist_free_all(p->head);
	curl_easy_cleanup(p->curl);
	buf_fini(&p->answer);
	free(p);
}

enum err
post_send(struct post *p, const char *url, struct str body, struct post_answer *ret,
    struct diag *why)
{
	curl_off_t wait = 0;
	CURLcode rc;

	buf_reset(&p->answer);
	p->error[0] = '\0';
	(void)curl_easy_setopt(p->curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(p->curl, CURLOPT_HTTPGET, 1L);
	if (body.n != 0) {
		(void)curl_easy_setopt(p->curl, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
		(void)curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, body.p);
	}
	rc = curl_easy_perform(p->curl);
	if (rc != CURLE_OK)
		return err_set(why, FAIL_IO, "%s: %s", url,
		    p->error[0] != '\0' ? p->error : curl_easy_strerror(rc));
	(void)curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &ret->status);
	(void)curl_easy_getinfo(p->curl, CURLINFO_RETRY_AFTER, &wait);
	ret->retry_after_s = wait > 0 ? (long)wait : 0;
	ret->body = p->answer;
	return OK;
}
