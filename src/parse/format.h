/*
 * A format reads one kind of message.  To add one: one .c file with a const
 * struct format_ops, one line in parse/registry.c, one test, one case folder.
 */
#ifndef PARSE_FORMAT_H
#define PARSE_FORMAT_H

#include "parse/parser.h"

struct format_ops {
	const char *name; /* "json", "access", "syslog" ... */
	const char *doc;  /* one line for the reference page */
	/* MUST.  Cheap: could this message be ours?  Asked in the order of the registry. */
	bool (*sniff)(struct str message);
	/*
	 * MUST.  Sets what the message holds; grammar anchored at both ends.  The
	 * parser fills in defaults afterwards.  FAIL_SYNTAX with why->column else.
	 */
	enum err (*parse)(struct parser *p, const struct parse_in *in, struct rec *r,
	    struct diag *why);
};

/* By name; NULL when there is none ("auto" is none). */
const struct format_ops *format_find(struct str name);
/* The first whose sniff() accepts; never NULL ("text" takes all). */
const struct format_ops *format_sniff(struct str message);
/* i-th format, NULL past the end. */
const struct format_ops *format_at(size_t i);

#endif
