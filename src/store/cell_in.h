/* What a type looks like to cell_type.c and cell.c; nobody else includes this. */
#ifndef STORE_CELL_IN_H
#define STORE_CELL_IN_H

#include "store/cell.h"

struct cell_type {
	duckdb_type id, inner; /* inner: of DECIMAL and ENUM */
	uint8_t width, scale;  /* of DECIMAL */
	idx_t length;          /* of ARRAY */
	char **names;          /* of members; of an ENUM's values */
	struct cell_type **members;
	size_t n_names, n_members;
};

#endif
