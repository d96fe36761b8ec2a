/* The tables of state.db, and what leads from an older one to them. */
#ifndef ALERT_SCHEMA_H
#define ALERT_SCHEMA_H

#include "base/db.h"

#define SCHEMA_VERSION 4

enum err schema_update(struct db *db, struct diag *why);

#endif
