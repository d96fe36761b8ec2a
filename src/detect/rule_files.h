/* The rule files below some folders, in the order they are read. */
#ifndef DETECT_RULE_FILES_H
#define DETECT_RULE_FILES_H

#include "base/err.h"
#include "base/vec.h"

typedef VEC(char *) rule_files;

/*
 * Appends each file, and every *.yml and *.yaml below each folder, those of one path sorted.
 * FAIL_NOT_FOUND when a path does not exist, FAIL_LIMIT for too many.
 */
enum err rule_files_find(const char *const *paths, size_t n, rule_files *to, struct diag *why)
    __attribute__((nonnull(3)));
void rule_files_fini(rule_files *files) NONNULL;

#endif
