/* Compiled rules by name, for the tests of this layer. */
#ifndef NAMED_H
#define NAMED_H

#include "detect/compiled.h"
#include "feed.h"

static inline const struct crule *
named(struct feed *f, const char *name)
{
	for (size_t i = 0; i < f->rules->rule.n; i++)
		if (strcmp(f->rules->rule.p[i].name.p, name) == 0)
			return &f->rules->rule.p[i];
	test_fail(TEST_AT(name), "no rule '%s'; %s", name, feed_cstr(&f->notes));
}

#endif
