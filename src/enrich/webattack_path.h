/* Does a value climb out of a folder, or name a file that only attackers ask for? */
#ifndef ENRICH_WEBATTACK_PATH_H
#define ENRICH_WEBATTACK_PATH_H

#include "base/str.h"

/* Confidence in percent, 0 to 99, for a decoded value. */
unsigned webattack_path(struct str s);

/* Is a well-known file of the system named in it? */
bool webattack_path_sensitive(struct str s);

#endif
