/* Which field a value becomes that a sender calls so: names of fields without case, '_' and '-',
 * and those of rec/sent.def. */
#ifndef REC_SENT_H
#define REC_SENT_H

#include "rec/field.h"

/* Objects that stand around what an event says: "metadata.ip" is "ip". */
#define SENT_WRAPPERS 5
extern const struct str sent_wrappers[SENT_WRAPPERS];

/* Set by us alone; what a sender calls so is kept beside it. */
bool sent_is_ours(enum field f);

/*
 * The first field that a value of this name may become; FIELD_NONE: it is kept under its name.
 * `name` may have dots and a wrapper before it.
 */
enum field sent_field(struct str name);

#endif
