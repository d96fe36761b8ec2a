/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/oncall.py */
/* Reads the book of who is on call. */
#include "app/bookload.h"

#include <stdio.h>

#include "app/paths.h"
#include "base/fs.h"

#define FILE_MAX ((size_t)1 << 20)

/* escalations/NAME.yml that ships, a file, or NULL for none. */
static enum err
find_shipped(const struct conf *conf, char to[PATHS_MAX], const char **ret, struct diag *why)
{
	const char *name = conf->oncall_escalation;
	char file[PATHS_MAX];

	*ret = NULL;
	if (strcmp(name, "none") == 0)
		return OK;
	if (strchr(name, '/') != NULL) {
		*ret = name;
		return OK;
	}
	if (name[0] != '\0') {
		(void)snprintf(file, sizeof(file), "escalations/%.200s.yml", name);
		*ret = paths_shipped(file, to);
		return *ret != NULL ? OK
				    : err_set(why, FAIL_NOT_FOUND,
					  "oncall.escalation: there is none called '%s'", name);
	}
	(void)snprintf(file, sizeof(file), "escalations/%.200s.yml",
	    conf->profile[0] != '\0' ? conf->profile : "default");
	*ret = paths_shipped(file, to);
	if (*ret == NULL) /* a profile of one's own */
		*ret = paths_shipped("escalations/default.yml", to);
	return OK;
}

enum err
bookload_file(const struct conf *conf, const char *file, struct book **ret, struct diag *why)
{
	auto_buf struct buf own = { 0 }, shipped = { 0 };
	struct book_text texts[2];
	char path[PATHS_MAX];
	const char *more = NULL;
	size_t n = 0;
	enum err e = find_shipped(conf, path, &more, why);

	if (e == OK && file[0] != '\0') {
		e = fs_read(file, FILE_MAX, &own, why);
		texts[n++] = (struct book_text){ buf_view(&own), file };
	}
	if (e == OK && more != NULL) {
		e = fs_read(more, FILE_MAX, &shipped, why);
		texts[n++] = (struct book_text){ buf_view(&shipped), more };
	}
	return e == OK ? book_read(texts, n, ret, why) : e;
}

enum err
bookload(const struct conf *conf, struct book **ret, struct diag *why)
{
	return bookload_file(conf, conf->oncall_file, ret, why);
}
