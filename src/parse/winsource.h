/* Which log source of Sigma an event of a Windows log belongs to, and what it is to us. */
#ifndef PARSE_WINSOURCE_H
#define PARSE_WINSOURCE_H

#include "base/str.h"

struct winsource {
	const char *service;  /* "" when the channel is not known */
	const char *category; /* WINSOURCE_NONE when the event is of none that Sigma has */
	const char *type;     /* event type */
};

/* So that rules of a category do not see events of a known channel that are of no category. */
#define WINSOURCE_NONE "windows_event"

/* The provider tells when there is no channel.  `type` is the event's EventType, "" without one. */
void winsource_find(struct str channel, struct str provider, int64_t id, struct str type,
    struct winsource *ret) NONNULL;

#endif
