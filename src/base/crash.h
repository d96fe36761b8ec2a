/*
 * Named places where a test makes this process die or an operation fail.
 * Every place that can crash between two writes has one; base/crash.def
 * lists them all, so that a test visits each.
 *   TOCSIN_CRASH=journal.written:3     SIGKILL at the third passing
 *   TOCSIN_FAULT=journal.sync:2:EIO    the second fs_sync("journal.sync") fails with EIO
 */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#include "base/attr.h"

enum crash {
#define CRASH(id, name, doc) CRASH_##id,
#include "base/crash.def"
#undef CRASH
	CRASH_COUNT
};

void crash_point(enum crash at);

/* 0, or the errno that this passing of the named operation shall fail with. */
int crash_fault(const char *point) NONNULL;

/* Name and doc of a point for listings ("tocsin debug crash-points"); NULL past the end. */
const char *crash_name(enum crash at);

#endif
