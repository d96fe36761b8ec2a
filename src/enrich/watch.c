/* SPDX-License-Identifier: Apache-2.0 */
/* A list behind a mutex, and copies of it. */
#include "enrich/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct watch {
	pthread_mutex_t lock; /* names */
	struct map *names, *making;
	atomic_uint age;
};

struct watch_view {
	struct watch *of;
	struct map *names; /* NULL: nobody is watched */
	unsigned age;
};

static struct map *
new_names(void)
{
	return map_new(sizeof(bool), WATCH_MAX);
}

struct watch *
watch_new(void)
{
	struct watch *w = MEM_NEW(struct watch);

	(void)pthread_mutex_init(&w->lock, NULL);
	w->names = new_names();
	return w;
}

void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	map_free(w->names);
	map_free(w->making);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

void
watch_begin(struct watch *w)
{
	map_free(w->making);
	w->making = new_names();
}

bool
watch_add(struct watch *w, struct str name)
{
	return map_put(w->making, name, NULL) != NULL;
}

static bool
same(const struct map *a, const struct map *b)
{
	struct str key;
	size_t it = 0;

	if (map_len(a) != map_len(b))
		return false;
	while (map_next(a, &it, &key) != NULL)
		if (map_get(b, key) == NULL)
			return false;
	return true;
}

void
watch_finish(struct watch *w)
{
	struct map *old = w->names;

	if (same(w->names, w->making)) {
		map_free(TAKE(w->making));
		return;
	}
	(void)pthread_mutex_lock(&w->lock);
	w->names = TAKE(w->making);
	(void)pthread_mutex_unlock(&w->lock);
	(void)atomic_fetch_add(&w->age, 1);
	map_free(old);
}

static void
copy(struct watch_view *v)
{
	struct str key;
	size_t it = 0;

	map_free(TAKE(v->names));
	(void)pthread_mutex_lock(&v->of->lock);
	v->age = atomic_load(&v->of->age);
	if (map_len(v->of->names) != 0)
		v->names = new_names();
	while (map_next(v->of->names, &it, &key) != NULL)
		(void)map_put(v->names, key, NULL);
	(void)pthread_mutex_unlock(&v->of->lock);
}

struct watch_view *
watch_view_new(struct watch *w)
{
	struct watch_view *v = MEM_NEW(struct watch_view);

	v->of = w;
	copy(v);
	return v;
}

void
watch_view_free(struct watch_view *v)
{
	if (v == NULL)
		return;
	map_free(v->names);
	free(v);
}

void
watch_view_renew(struct watch_view *v)
{
	if (UNLIKELY(atomic_load(&v->of->age) != v->age))
		copy(v);
}

void
watch_mark(const struct watch_view *v, struct rec *r)
{
	static const enum field fields[] = { F_CLIENT_IP, F_USER_NAME, F_USER_EMAIL, F_USER_ID };
	const struct rec_extra x = { .path = STR(WATCH_FIELD), .type = FIELD_BOOL, .v.b = true };

	if (LIKELY(v->names == NULL))
		return;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (rec_str(r, fields[i]).n != 0 &&
		    map_get(v->names, rec_str(r, fields[i])) != NULL) {
			(void)rec_add_extra(r, &x);
			return;
		}
}
