/*
 * The values a key has been seen with, each as a hash with its last time; of
 * the most frequent ones the text.  The first events only teach.
 *
 * At most KNOWN_MAX values; the one seen longest ago makes room.  A value that
 * was not seen for the memory is forgotten, and when all are, the key begins
 * to learn again.  An event counts when it comes: of two that bring the same
 * new value the one that comes first is the new one, whatever their times.
 */
#ifndef DETECT_KNOWN_H
#define DETECT_KNOWN_H

#include "base/buf.h"

#define KNOWN_MAX 128
#define KNOWN_SHOWN 3
#define KNOWN_TEXT 31

struct known_shape {
	int64_t memory; /* ns; 0: for ever */
	uint32_t learn; /* events that only teach */
};

struct known_item {
	uint64_t hash;
	int64_t last;
};

struct known_text {
	uint64_t hash, n; /* n: events since it is shown */
	uint8_t len;      /* 0: no value */
	bool cut;
	char text[KNOWN_TEXT];
};

struct known {
	struct known_item *item;
	uint32_t n, size;
	uint64_t events; /* since it began to learn */
	uint64_t values; /* that were new since then */
	struct known_text shown[KNOWN_SHOWN];
};

enum known_result { KNOWN_OLD, KNOWN_LEARNING, KNOWN_NEW };

enum known_result known_add(struct known *k, const struct known_shape *s, int64_t t, uint64_t hash,
    struct str text) NONNULL;
/* "NL, DE and 3 more": what is known without this value, the most frequent first. */
void known_put(const struct known *k, uint64_t without, struct buf *to) NONNULL;
/* How sure one can be that a new value is unusual, of the events before it: 1 to 99 percent. */
unsigned known_confidence(const struct known *k) NONNULL;
void known_fini(struct known *k) NONNULL;

void known_save(const struct known *k, struct buf *to) NONNULL;
bool known_load(struct known *k, struct str *from) NONNULL;

#endif
