/*
 * The parts of a detection rule's condition, one by one: which of them hold
 * for the last records that were added.
 */
#ifndef APP_SELECTIONS_H
#define APP_SELECTIONS_H

#include "base/jsonw.h"
#include "detect/ruleset.h"
#include "rec/rec.h"

struct selections;

#define SELECTIONS_RECORDS 5
#define SELECTIONS_MAX 64 /* of a rule */

/* Reads the rule's file anew. */
enum err selections_new(const struct rule *r, struct selections **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void selections_free(struct selections *s); /* NULL is fine */

void selections_add(struct selections *s, const struct rec *r) NONNULL;

/* [{"seq","time","selections":[{"name","holds"}]}], oldest first */
void selections_json(const struct selections *s, struct jsonw *w) NONNULL;
void selections_text(const struct selections *s, struct buf *to) NONNULL;

#endif
