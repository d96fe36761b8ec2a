/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/evidence: files of events that were kept. */
/* exports: evidence_handle */
/* tested by: test/e2e/actions.py */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "api/alert.h"
#include "api/person.h"
#include "base/clock.h"
#include "base/fs.h"

#define FILES_MAX 10000
#define FILE_MAX ((size_t)64 << 20)
#define PATH_SIZE 700
#define END ".ndjson"

struct listing {
	const char *dir;
	struct jsonw w;
	size_t n;
};

static bool
is_name(struct str s)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (!str_ends(s, STR(END)) || s.n > 120)
		return false;
	for (size_t i = 0; i + sizeof(END) - 1 < s.n; i++)
		if (memchr(ok, s.p[i], sizeof(ok) - 1) == NULL)
			return false;
	return true;
}

static enum err
on_file(void *ctx, const char *name)
{
	struct listing *l = ctx;
	char path[PATH_SIZE];
	struct stat st;

	if (!is_name(str_c(name)) || fs_join(path, sizeof(path), l->dir, name) != OK ||
	    stat(path, &st) != 0 || l->n++ >= FILES_MAX)
		return OK;
	jsonw_obj(&l->w);
	jsonw_kstr(&l->w, "name", str_c(name));
	jsonw_kint(&l->w, "bytes", (int64_t)st.st_size);
	jsonw_ktime(&l->w, "kept",
	    (int64_t)st.st_mtim.tv_sec * CLOCK_S + (int64_t)st.st_mtim.tv_nsec);
	jsonw_end(&l->w);
	return OK;
}

void
evidence_handle_list(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	auto_buf struct buf body = { 0 };
	struct listing l = { .dir = a->host.evidence_dir };
	struct diag why = { 0 };
	enum err e = OK;

	if (!person_no_query(r))
		return;
	jsonw_init(&l.w, &body);
	jsonw_obj(&l.w);
	jsonw_key(&l.w, STR("files"));
	jsonw_arr(&l.w);
	if (l.dir != NULL)
		e = fs_each(l.dir, on_file, &l, &why);
	jsonw_end(&l.w);
	jsonw_end(&l.w);
	if (e == OK || e == FAIL_NOT_FOUND) /* nothing was kept yet */
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
evidence_handle_get(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	const struct str asked = http_param(r, "name");
	char name[128], path[PATH_SIZE];
	auto_buf struct buf body = { 0 };
	struct diag why = { 0 };
	enum err e = FAIL_NOT_FOUND;

	if (!person_no_query(r))
		return;
	if (a->host.evidence_dir != NULL && is_name(asked) &&
	    fs_join(path, sizeof(path), a->host.evidence_dir,
		str_to_c(asked, name, sizeof(name))) == OK)
		e = fs_read(path, FILE_MAX, &body, &why);
	if (e == OK)
		http_reply(r, 200, "application/x-ndjson", buf_view(&body));
	else if (e == FAIL_NOT_FOUND)
		http_problem(r, 404, "there is no such file");
	else
		alert_fail(r, e, &why);
}
