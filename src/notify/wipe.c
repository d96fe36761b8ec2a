/* SPDX-License-Identifier: Apache-2.0 */
/* exports: sender_prepare */
/* tested by: test/unit/notify/test_sender.c */
/* Memory of libcurl is wiped before it is let go. */
#include <curl/curl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "notify/sender.h"

/* What may have held a secret does not stay behind. */
static void
wipe_free(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

static void *
wipe_realloc(void *p, size_t n)
{
	const size_t had = p != NULL ? malloc_usable_size(p) : 0;
	void *fresh = mem_alloc(n != 0 ? n : 1);

	if (p != NULL)
		memcpy(fresh, p, had < n ? had : n);
	wipe_free(p);
	return fresh;
}

enum err
sender_prepare(struct diag *why)
{
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_free, wipe_realloc, strdup,
		calloc) != CURLE_OK)
		return err_set(why, FAIL_IO, "libcurl cannot be used");
	return OK;
}
