/*
 * Named places where a test makes this process die or an operation fail.
 * Every place that can crash between two writes has one; base/crash.def
 * lists them all, so that a test visits each.
 *   TOCSIN_CRASH=journal.written:3     SIGKILL at the third passing
 *   TOCSIN_CRASH_ONCE=FILE             and only who can create FILE dies, so that one process of
 *                                      many does, and not again when it is restarted
 *   TOCSIN_FAULT=journal.sync:2:EIO    the second fs_sync("journal.sync") fails with EIO
 * "3+" means the third passing and all after it.  The environment is read once, at the first
 * passing; what is not understood there ends the process, as a test would else test nothing.
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

/* Name and meaning of a point for listings; NULL past the end. */
const char *crash_name(enum crash at);
const char *crash_doc(enum crash at);

#endif
