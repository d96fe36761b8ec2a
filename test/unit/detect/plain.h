/*
 * The second evaluator: rules from their YAML straight to a yes or no, one
 * record at a time, as the specification reads.  Slow on purpose, and by
 * nothing the engine uses but the YAML reader, the record and its field names.
 */
#ifndef TEST_PLAIN_H
#define TEST_PLAIN_H

#include "detect/ydoc.h"
#include "rec/rec.h"

#define PLAIN_DOCS 256

struct plain {
	struct arena *arena;
	struct ydoc *doc[PLAIN_DOCS];
	size_t n;
};

/* Reads a stream of documents, which must be good. */
void plain_read(struct plain *p, struct str text);
void plain_fini(struct plain *p);

/* Is the document a rule (not a filter, not placeholders)?  Does it hold? */
bool plain_is_rule(const struct plain *p, size_t i);
bool plain_holds(const struct plain *p, size_t i, const struct rec *r);

#endif
