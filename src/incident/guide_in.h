/* The inside of a guide, for reading and asking it. */
#ifndef INCIDENT_GUIDE_IN_H
#define INCIDENT_GUIDE_IN_H

#include "base/arena.h"
#include "incident/guide.h"

struct guide_words {
	struct str p[GUIDE_WORDS_MAX];
	size_t n;
};

struct guide_row {
	struct guide_words rules, tags;
	unsigned severities; /* bits 1 << rank; 0: any */
	bool typed;
	struct guide_answer answer;
};

struct guide_steps {
	struct guide_step *p;
	size_t n;
};

struct guide {
	struct arena *arena;
	struct guide_row *rows;
	size_t n_rows;
	unsigned chain; /* bits 1 << type */
	int64_t window;
	struct guide_steps steps[INCIDENT_TYPES + 1][INCIDENT_PHASES]; /* last: of every type */
	struct str targets;
	int64_t target[GUIDE_MEASURES][INCIDENT_SEVERITIES], target_all[GUIDE_MEASURES];
};

#endif
