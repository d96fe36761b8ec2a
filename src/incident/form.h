/*
 * What people write down for the post-mortem: fields, and what is to be done
 * afterwards by whom until when.
 */
#ifndef INCIDENT_FORM_H
#define INCIDENT_FORM_H

#include "incident/incident.h"

#define FORM_TODOS_MAX 50 /* of one incident */

enum form_field { FORM_SUMMARY, FORM_IMPACT, FORM_SCOPE, FORM_HELPED, FORM_HINDERED, FORM_FIELDS };
const char *form_word(enum form_field f) RETURNS_NONNULL;
bool form_find(struct str word, enum form_field *ret) __attribute__((nonnull(2)));

/* "" takes the text away.  FAIL_DENIED: it was merged into another. */
enum err form_set(struct incidents *all, int64_t n, enum form_field f, struct str text,
    struct str by, int64_t now, struct diag *why) __attribute__((nonnull(1)));
typedef enum err (*form_fn)(void *ctx, enum form_field f, struct str text, struct str by,
    int64_t at);
enum err form_list(struct incidents *all, int64_t n, form_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));

struct form_todo { /* texts are borrowed for the call */
	int64_t id;
	struct str text, owner, due; /* due: "2026-12-01" or "" */
	bool done;
};
/* id 0: a new one; text "": it is taken away.  FAIL_NOT_FOUND, FAIL_LIMIT, FAIL_SYNTAX. */
enum err form_todo(struct incidents *all, int64_t n, const struct form_todo *want, struct str by,
    int64_t now, int64_t *ret_id, struct diag *why) __attribute__((nonnull(1, 3)));
typedef enum err (*form_todo_fn)(void *ctx, const struct form_todo *t);
enum err form_todos(struct incidents *all, int64_t n, form_todo_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
