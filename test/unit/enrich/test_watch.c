/* SPDX-License-Identifier: Apache-2.0 */
/* Who is watched, and whose records are marked. */
#include "enrich/watch.h"

#include <stdio.h>

#include "test.h"

static bool
marked(const struct watch_view *v, enum field f, const char *text)
{
	struct arena *a = arena_new(1 << 16);
	struct rec r;
	bool is;

	rec_init(&r, a);
	rec_set_str(&r, F_USER_AGENT, STR("eve"));
	rec_set_str(&r, f, str_c(text));
	watch_mark(v, &r);
	is = rec_find_extra(&r, STR(WATCH_FIELD), 0) != NULL;
	arena_free(a);
	return is;
}

static void
set(struct watch *w, const char *one, const char *two)
{
	watch_begin(w);
	CHECK(one == NULL || watch_add(w, str_c(one)));
	CHECK(two == NULL || watch_add(w, str_c(two)));
	watch_finish(w);
}

TEST(those_on_the_list_are_marked)
{
	struct watch *w = watch_new();
	struct watch_view *v = watch_view_new(w);

	CHECK(!marked(v, F_USER_NAME, "eve"));
	set(w, "eve", "203.0.113.7");
	CHECK(!marked(v, F_USER_NAME, "eve")); /* the view is old */
	watch_view_renew(v);
	CHECK(marked(v, F_USER_NAME, "eve"));
	CHECK(marked(v, F_USER_EMAIL, "eve"));
	CHECK(marked(v, F_USER_ID, "eve"));
	CHECK(marked(v, F_CLIENT_IP, "203.0.113.7"));
	CHECK(!marked(v, F_USER_NAME, "evelyn"));
	CHECK(!marked(v, F_REFERER, "eve"));
	set(w, "eve", "203.0.113.7");
	watch_view_renew(v);
	CHECK(marked(v, F_USER_NAME, "eve"));
	set(w, "203.0.113.7", "bob"); /* as many, others */
	watch_view_renew(v);
	CHECK(!marked(v, F_USER_NAME, "eve"));
	CHECK(marked(v, F_USER_NAME, "bob"));
	set(w, NULL, NULL);
	watch_view_renew(v);
	CHECK(!marked(v, F_USER_NAME, "bob"));
	watch_view_free(v);
	watch_free(w);
}

TEST(the_list_has_an_end)
{
	struct watch *w = watch_new();
	char name[16];

	watch_begin(w);
	for (int i = 0; i < WATCH_MAX; i++) {
		(void)snprintf(name, sizeof(name), "u%d", i);
		CHECK(watch_add(w, str_c(name)));
	}
	CHECK(!watch_add(w, STR("one more")));
	CHECK(watch_add(w, STR("u7")));
	watch_free(w); /* not finished */
}
