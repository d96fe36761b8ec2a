/* SPDX-License-Identifier: Apache-2.0 */
/* Error codes and the words that go with them. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const err_names[] = {
	[OK] = "ok",
	[FAIL_AGAIN] = "again",
	[FAIL_SYNTAX] = "syntax",
	[FAIL_LIMIT] = "limit",
	[FAIL_NOT_FOUND] = "not-found",
	[FAIL_EXISTS] = "exists",
	[FAIL_DENIED] = "denied",
	[FAIL_IO] = "io",
	[FAIL_STORE] = "store",
	[FAIL_CORRUPT] = "corrupt",
};
_Static_assert(ARRAY_LEN(err_names) == FAIL_COUNT_, "every error has a name");

const char *
err_name(enum err e)
{
	return (unsigned)e < ARRAY_LEN(err_names) ? err_names[e] : "unknown";
}

enum err
err_set(struct diag *why, enum err e, const char *fmt, ...)
{
	va_list ap;

	if (why == NULL)
		return e;
	why->line = 0;
	why->column = 0;
	why->file[0] = '\0';
	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return e;
}

enum err
err_sys(struct diag *why, const char *fmt, ...)
{
	int saved = errno;
	size_t used;
	va_list ap;

	if (why == NULL)
		return FAIL_IO;
	why->line = 0;
	why->column = 0;
	why->file[0] = '\0';
	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	used = strlen(why->text);
	(void)snprintf(why->text + used, sizeof(why->text) - used, ": %s", strerror(saved));
	errno = saved;
	return FAIL_IO;
}

enum err
err_at(struct diag *why, enum err e, const char *file, uint32_t line, uint32_t column)
{
	if (why == NULL)
		return e;
	if (file != NULL && strlen(file) < sizeof(why->file))
		(void)snprintf(why->file, sizeof(why->file), "%s", file);
	else if (file != NULL) /* its end tells more */
		(void)snprintf(why->file, sizeof(why->file), "...%s",
		    file + strlen(file) - (sizeof(why->file) - 4));
	why->line = line;
	why->column = column;
	return e;
}

const char *
err_text(const struct diag *why, char *to, size_t size)
{
	const char *sep = why->file[0] != '\0' ? ":" : "";

	if (why->line != 0 && why->column != 0)
		(void)snprintf(to, size, "%s%s%u:%u: %s", why->file, sep, why->line, why->column,
		    why->text);
	else if (why->line != 0)
		(void)snprintf(to, size, "%s%s%u: %s", why->file, sep, why->line, why->text);
	else if (why->file[0] != '\0')
		(void)snprintf(to, size, "%s: %s", why->file, why->text);
	else
		(void)snprintf(to, size, "%s", why->text);
	return to;
}
