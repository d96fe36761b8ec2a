/*
 * Events of the Windows event log as JSON: as exporters of .evtx files write
 * them (Event.System, Event.EventData), as Winlogbeat sends them, and flat.
 * All become one shape: names of the event's data stand at the top level,
 * attributes as Parent_Name (Provider_Name), and the log source is set.
 */
#ifndef PARSE_WINEVENT_H
#define PARSE_WINEVENT_H

#include "parse/json.h"
#include "rec/rec.h"

/* Is the object whose members begin at `first` such an event? */
bool winevent_is(const struct json_doc *doc, size_t first) NONNULL;

/* Reads one that is. */
void winevent_read(const struct json_doc *doc, size_t first, int64_t received,
    struct rec *r) NONNULL;

#endif
