/*
 * Checks a MaxMind DB file as a whole, every node and every value, before
 * anything is looked up in it: afterwards the reader library cannot be led
 * astray.  The work is linear in the size of the file.
 */
#ifndef ENRICH_MMDB_H
#define ENRICH_MMDB_H

#include "base/err.h"
#include "base/str.h"

#define MMDB_CHECK_DEPTH_MAX 24 /* of maps and arrays; real databases have 5 */

/* FAIL_CORRUPT says what is wrong and where ("... at byte 1234"). */
enum err mmdb_check(struct str file, struct diag *why);

#endif
