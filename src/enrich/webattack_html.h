/*
 * Would a browser run something of this value?  It is read as markup between other markup, as
 * what follows an open attribute, and as what follows an open string of a script.
 */
#ifndef ENRICH_WEBATTACK_HTML_H
#define ENRICH_WEBATTACK_HTML_H

#include "base/str.h"

/* Confidence in percent, 0 to 99, for a decoded value. */
unsigned webattack_html(struct str s);

/* Does a script do something telling here: alert(, document.cookie, eval( ...? */
bool webattack_html_sink(struct str s);

#endif
