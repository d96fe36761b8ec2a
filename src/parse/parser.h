/*
 * From one message to one record.  One parser per thread.  The result depends
 * on the message and on `struct parse_in` alone, never on what came before,
 * so any split into batches and any replay give the same records.
 */
#ifndef PARSE_PARSER_H
#define PARSE_PARSER_H

#include "rec/rec.h"

struct format_ops;
struct parser;

struct parser_opts {
	int utc_offset_s;   /* of times that name no zone; 0: UTC */
	int64_t future_max; /* ns an event time may lie ahead of receipt (5 min); later ones are
			       clamped */
};

struct parse_in {
	struct str message;      /* without framing and line end */
	int64_t received;        /* ns UTC; also the reference for times without a year */
	struct str source, peer; /* names of the input and address of the sender; may be empty */
	const struct format_ops *format; /* NULL: found from the message itself */
	bool trust_time;                 /* false: event time is the receive time */
};

struct parser *parser_new(const struct parser_opts *opts) RETURNS_NONNULL;
void parser_free(struct parser *p); /* NULL is fine */

/*
 * Fills `r` (after rec_init).  Text is borrowed from the message, r's arena or
 * static memory.  Always leaves a complete record with timestamp, received_at,
 * event_type, severity, source, format and raw; on FAIL_SYNTAX (and FAIL_LIMIT
 * for more than REC_RAW_MAX bytes, raw being cut) it is a parse.failed record
 * with parse_error, and `why` says the same.
 */
enum err parser_parse(struct parser *p, const struct parse_in *in, struct rec *r, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

#endif
