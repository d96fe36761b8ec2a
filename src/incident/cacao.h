/*
 * A playbook as CACAO 2.0 has it, for other programs.  Steps that may run side
 * by side stand in a parallel step; the next ones begin when all of them have
 * ended.  Ids are made of names: the same playbook has the same ids everywhere.
 */
#ifndef INCIDENT_CACAO_H
#define INCIDENT_CACAO_H

#include "base/buf.h"
#include "incident/playbook.h"

/* `changed`: ns, when the playbook was changed last. */
void cacao_put(const struct playbook *p, int64_t changed, struct buf *to) NONNULL;

#endif
