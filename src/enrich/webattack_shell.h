/*
 * Would a shell run a command of this value?  It is read as a word within somebody else's command
 * line: what counts is a command behind a separator, or in `...` or $(...).
 */
#ifndef ENRICH_WEBATTACK_SHELL_H
#define ENRICH_WEBATTACK_SHELL_H

#include "base/str.h"

/* Confidence in percent, 0 to 99, for a decoded value. */
unsigned webattack_shell(struct str s);

#endif
