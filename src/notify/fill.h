/*
 * Placeholders: what {{title}} stands for in a text of a channel file.  The
 * texts of an alert come from whoever wrote the log; what is put in is never
 * looked at for placeholders again.
 */
#ifndef NOTIFY_FILL_H
#define NOTIFY_FILL_H

#include "base/jsonr.h"
#include "base/jsonw.h"
#include "conf/tree.h"
#include "notify/job.h"

struct fill {
	const struct job *job;
	const struct tree *tables;    /* {{table.NAME}}: by severity; NULL none */
	const struct jsonr *settings; /* {{settings.NAME}} */
	struct str secret;            /* {{secret}} */
	/* Settings in whose place the job's address stands, when it has one: the first. */
	const struct str *address;
	size_t n_address;
	struct str item; /* {{item}}, inside of an each */
};

/* How a text stands where it is put. */
enum fill_place {
	FILL_TEXT,
	FILL_URL, /* percent-encoded, but for a placeholder that begins the address */
	FILL_LINE /* a header: what would end the line is refused */
};

enum err fill_text(const struct fill *f, struct str text, enum fill_place place, struct buf *to,
    struct diag *why) __attribute__((nonnull(1, 4)));
/*
 * As a JSON value: a text of one placeholder alone is a number or a list when the placeholder is
 * one.  *ret_empty: an empty text or list.
 */
enum err fill_json(const struct fill *f, struct str text, struct jsonw *w, bool *ret_empty,
    struct diag *why) __attribute__((nonnull(1, 3, 4)));

/* The texts of a list that a name stands for: calls fn for each; false: it is no list. */
bool fill_each(const struct fill *f, struct str name, void (*fn)(void *ctx, struct str item),
    void *ctx) __attribute__((nonnull(1, 3)));

/* Can the placeholders of a text be: do names, tables, settings and filters exist? */
struct fill_names {
	const struct tree *tables;
	bool (*setting)(const void *ctx, struct str name);
	const void *ctx;
	bool secret;
};
enum err fill_check(const struct fill_names *n, struct str text, struct diag *why)
    __attribute__((nonnull(1)));

#endif
