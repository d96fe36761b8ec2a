/* Which names of fields rules may use, and what somebody may have meant by another. */
#ifndef DETECT_TAXONOMY_H
#define DETECT_TAXONOMY_H

#include "base/buf.h"

/* A name of Sigma's taxonomy that the catalogue has no field for. */
bool taxonomy_known(struct str name);

/* The name, of the catalogue or the taxonomy, that is most like this one; false: none is near. */
bool taxonomy_near(struct str name, struct buf *to) NONNULL;

#endif
