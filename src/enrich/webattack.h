/*
 * Attacks in a request: what web_attack.* of a record is made of.
 *
 * Each parameter of the address and of a form or JSON body, the path, the user agent and the
 * referer is unwrapped (webattack_decode.h) and read as each language it may attack.  Work is
 * bounded: WEBATTACK_VALUE_MAX bytes of a value, WEBATTACK_VALUES of a request.  Thread-safe: a
 * struct webattack belongs to one thread.
 */
#ifndef ENRICH_WEBATTACK_H
#define ENRICH_WEBATTACK_H

#include "enrich/webattack_decode.h"
#include "rec/rec.h"

#define WEBATTACK_VALUES 256U    /* of one request that are looked at */
#define WEBATTACK_SURE 70U       /* confidence from which rules speak */
#define WEBATTACK_NOTED 50U      /* confidence from which a record carries fields */
#define WEBATTACK_SHOWN_MAX 512U /* bytes of web_attack.value */
#define WEBATTACK_WHERE_MAX 100U /* bytes of web_attack.where */

enum webattack_type {
	WEBATTACK_SQL,
	WEBATTACK_XSS,
	WEBATTACK_PATH,
	WEBATTACK_COMMAND,
	WEBATTACK_SSRF,
	WEBATTACK_LOOKUP,
	WEBATTACK_TEMPLATE,
	WEBATTACK_NOSQL,
	WEBATTACK_XXE,
	WEBATTACK_HEADER,
	WEBATTACK_LDAP,
	WEBATTACK_CODE,
	WEBATTACK_TYPES
};

/* sql_injection, xss, path_traversal ... */
struct str webattack_name(enum webattack_type t);

struct webattack_verdict {
	uint8_t score[WEBATTACK_TYPES]; /* confidence in percent */
};

/* Where a value stood; some languages cannot be attacked from everywhere. */
enum webattack_place { WEBATTACK_QUERY, WEBATTACK_BODY, WEBATTACK_URL_PATH, WEBATTACK_HEAD };

struct webattack; /* room for decoding */
struct webattack *webattack_new(void) RETURNS_NONNULL;
void webattack_free(struct webattack *w); /* NULL is fine */

/*
 * One value as it was sent.  *ret holds the highest score of each type; *ret_decoded (may be
 * NULL), the text they were seen in, lives until the next call.
 */
void webattack_judge(struct webattack *w, struct str name, struct str value,
    enum webattack_place place, struct webattack_verdict *ret, struct str *ret_decoded)
    __attribute__((nonnull(1, 5)));

/* Adds web_attack.* to a record that has an attack and not these fields. */
void webattack_apply(struct webattack *w, struct rec *r) NONNULL;

#endif
