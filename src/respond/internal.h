/* What the two files of the leases share. */
#ifndef RESPOND_INTERNAL_H
#define RESPOND_INTERNAL_H

#include "base/db.h"
#include "respond/leases.h"

struct leases {
	struct db *db;
	struct db_stmt *rev, *insert, *audit;
	bool inside; /* a transaction of leases_begin() */
};

#define LEASES_LIVE "('proposed','active','dry-run')"

#endif
