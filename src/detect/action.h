/*
 * What should be done about a firing, in fixed words: the `tocsin.action` of a
 * rule, and what the free text of a short rule comes to.
 */
#ifndef DETECT_ACTION_H
#define DETECT_ACTION_H

#include "base/str.h"

/* Static text equal to the word, NULL when there is no such action. */
const char *action_find(struct str word);

/* i-th word, NULL past the end. */
const char *action_at(size_t i);

/* The strongest action that the text speaks of: "Block IP and alert" is BLOCK_IP; else NOTIFY. */
const char *action_in_text(struct str text);

#endif
