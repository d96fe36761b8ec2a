/*
 * A document of headings, paragraphs, lists and tables, as Markdown or as one
 * HTML page that needs nothing else.  Every text that is put in is escaped:
 * whatever stands in it is shown, nothing of it is markup.
 */
#ifndef INCIDENT_DOC_H
#define INCIDENT_DOC_H

#include "base/buf.h"

struct doc {
	struct buf *to;
	bool html;
	bool list, table; /* open ones */
	unsigned columns;
};

void doc_begin(struct doc *d, bool html, struct str title, struct buf *to)
    __attribute__((nonnull(1, 4)));
void doc_end(struct doc *d) NONNULL;
void doc_heading(struct doc *d, const char *text) NONNULL;
void doc_text(struct doc *d, struct str text) __attribute__((nonnull(1))); /* paragraphs */
void doc_item(struct doc *d, struct str text) __attribute__((nonnull(1)));
/* The first row of a table is its head. */
void doc_row(struct doc *d, const struct str *cells, unsigned n) NONNULL;

#endif
