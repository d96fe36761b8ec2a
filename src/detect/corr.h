/* The `correlation` section of a rule, before it is known what the rules are that it names. */
#ifndef DETECT_CORR_H
#define DETECT_CORR_H

#include <stdarg.h>

#include "detect/compiled.h"
#include "detect/ydoc.h"

/* A rule that the correlation is fed by, as it is written. */
struct corr_ref {
	struct str name;
	uint32_t line, column;
};

struct corr_draft {
	struct corr corr;           /* without what fields and rules decide */
	const struct ydoc *section; /* what detect/link.h reads then */
	VEC(struct corr_ref) refs;
	bool generate;
};

/* Free with corr_draft_fini() even after a failure.  Texts are the document's. */
enum err corr_read(const struct ydoc *section, struct corr_draft *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void corr_draft_fini(struct corr_draft *d) NONNULL;

/* "correlation: ..." at the place of `at`. */
enum err corr_fail(const struct ydoc *at, struct diag *why, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), nonnull(1, 3)));
enum err corr_fail_v(const struct ydoc *at, struct diag *why, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0), nonnull(1, 3)));

/* 5m, in ns: a whole number above 0 and s, m, h, d, w, M or y. */
enum err corr_span(const struct ydoc *v, int64_t *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* A number; "5%" is 0.05. */
enum err corr_number(const struct ydoc *v, double *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
