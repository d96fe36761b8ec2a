/* Setting fields of a record from text of a log, with the checks each kind needs. */
#ifndef PARSE_PUT_H
#define PARSE_PUT_H

#include "rec/rec.h"

/*
 * An address in canonical text, also as 192.0.2.1:443, [2001:db8::1]:443 or
 * with a zone (fe80::1%eth0); a port found goes to `port` unless that is
 * FIELD_NONE or set.  False, with nothing set, when it is none.
 */
bool put_ip(struct rec *r, enum field ip, enum field port, struct str s) NONNULL;

/* An address as above, or else the text under `otherwise` ("client_host"). */
void put_client(struct rec *r, struct str s, struct str otherwise) __attribute__((nonnull(1)));

/* 1 to 65535; false, with nothing set, else. */
bool put_port(struct rec *r, enum field f, struct str s) NONNULL;

/* A STR field, unless empty. */
void put_text(struct rec *r, enum field f, struct str s) NONNULL;

/* Unknown fields; limits are the record's affair (r->cut). */
void put_extra(struct rec *r, struct str path, struct str text) NONNULL;
void put_extra_int(struct rec *r, struct str path, int64_t i) NONNULL;

/* Sigma's log source; empty words are left out. */
void put_logsource(struct rec *r, struct str product, struct str category,
    struct str service) NONNULL;

/* "/path?query", "http://host/path?query": sets URL and what of the parts is not set yet. */
void put_url(struct rec *r, struct str url) NONNULL;

/* "GET /path HTTP/1.1".  False, with nothing set, when it is no request line. */
bool put_request(struct rec *r, struct str line) NONNULL;

/* Text that is valid UTF-8: `s`, or a mended copy in the arena ("" past its budget). */
struct str put_mended(struct rec *r, struct str s) NONNULL;

#endif
