/*
 * The head of a request: request line and header fields, read strictly.
 * Whatever two readers could understand differently is refused.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "base/err.h"
#include "http/http.h"

#define HEAD_FIELDS_MAX 64

struct head_field {
	struct str name, value;
};

struct head {
	enum http_method method;
	bool head;        /* the method was HEAD (method says HTTP_GET) */
	struct str path;  /* begins with '/', or is "*" */
	struct str query; /* without '?' */
	unsigned minor;   /* HTTP/1.minor */
	bool keep_alive, expect, chunked, has_length;
	uint64_t length; /* of the body, when has_length */
	size_t n_fields;
	struct head_field fields[HEAD_FIELDS_MAX];
};

/* Bytes up to and with the empty line, looking from `from` on; 0: not all here yet. */
size_t head_end(struct str in, size_t from);

/*
 * `in` is a whole head.  On failure *ret_status is what to answer: 400, 417,
 * 431, 501 or 505.  Text is borrowed from `in`.
 */
enum err head_parse(struct str in, struct head *ret, int *ret_status, struct diag *why)
    __attribute__((nonnull(2, 3)));

/* Trimmed value of the first field of that name, any case; empty when absent. */
struct str head_get(const struct head *h, struct str name) __attribute__((nonnull(1)));

/* Is `word` one of the comma-separated words of `list`?  Any case. */
bool head_lists(struct str list, struct str word);

#endif
