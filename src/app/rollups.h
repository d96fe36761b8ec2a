/* Running figures on disk: loaded at start, saved beside the engine's state. */
#ifndef APP_ROLLUPS_H
#define APP_ROLLUPS_H

#include "stat/rollup.h"

/*
 * Fills r from the file and returns the number it is true through; 0, and r as it was, when there
 * is no file, it is damaged, or it knows more than the log, which ends at log_last.
 */
uint64_t rollups_load(struct rollup *r, const char *path, uint64_t log_last) NONNULL;

/* Nothing up to `through` is to come any more; false, with a word in the log, when it fails. */
bool rollups_save(struct rollup *r, const char *path, uint64_t through) NONNULL;

#endif
