/* SPDX-License-Identifier: Apache-2.0 */
/* Listing and naming of segments. */
#include "log/folder.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/mem.h"
#include "log/segment.h"

static enum err
add(void *ctx, const char *name)
{
	struct folder *f = ctx;
	uint64_t first;

	if (!segment_name_read(name, &first))
		return OK;
	if (f->n == f->size) {
		f->size = f->size != 0 ? f->size * 2 : 16;
		f->first = mem_resize(f->first, f->size, sizeof(*f->first));
	}
	f->first[f->n++] = first;
	return OK;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

enum err
folder_list(const char *dir, struct folder *f, struct diag *why)
{
	enum err e;

	f->n = 0;
	e = fs_each(dir, add, f, why);
	if (e == OK && f->n > 0)
		qsort(f->first, f->n, sizeof(*f->first), compare);
	return e;
}

void
folder_fini(struct folder *f)
{
	free(f->first);
	*f = (struct folder){ 0 };
}

enum err
folder_path(const char *dir, uint64_t first, char to[PATH_MAX], struct diag *why)
{
	char name[SEGMENT_NAME];

	segment_name(first, name);
	if (fs_join(to, PATH_MAX, dir, name) != OK)
		return err_set(why, FAIL_LIMIT, "path too long: %s", dir);
	return OK;
}
