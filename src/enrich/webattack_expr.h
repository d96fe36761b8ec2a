/* Languages that are evaluated within other things: look-ups, templates, code, XML, queries. */
#ifndef ENRICH_WEBATTACK_EXPR_H
#define ENRICH_WEBATTACK_EXPR_H

#include "base/str.h"

/* Each: confidence in percent, 0 to 99, for a decoded value. */
unsigned webattack_expr_lookup(struct str s);        /* ${jndi:ldap://...}, however taken apart */
unsigned webattack_expr_template(struct str s);      /* {{7*7}}, ${7*7}, #{...}, <%= %> */
unsigned webattack_expr_code(struct str s);          /* PHP, Java, OGNL, serialised objects */
unsigned webattack_expr_xxe(struct str s);           /* entities and inclusions of XML */
unsigned webattack_expr_header(struct str s);        /* a line break and a header behind it */
unsigned webattack_expr_ldap(struct str s);          /* *)(uid=*))(|(uid=* */
unsigned webattack_expr_nosql(struct str s);         /* {"$gt": ""}, '; return true */
unsigned webattack_expr_nosql_name(struct str name); /* user[$ne], of a parameter or a member */

#endif
