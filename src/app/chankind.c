/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/app/test_chanconf.c */
/* Kinds of channels, shared by the daemon and the process that sends. */
#include "app/chankind.h"

#include "alert/tell.h"
#include "app/paths.h"
#include "base/jsonw.h"
#include "base/log.h"

#define SETTINGS_ARENA ((size_t)1 << 20)

void
chankind_load(struct kinds *ret)
{
	char path[PATHS_MAX];
	struct diag why = { 0 };

	if (kinds_load(paths_shipped("channels", path), ret, &why) != OK)
		log_diag("notify", "a channel file is left out", &why);
}

void
chankind_describe(const struct kinds *ks, struct buf *to)
{
	buf_str(to, STR("{\"kinds\":["));
	for (size_t i = 0; i < ks->n; i++) {
		buf_str(to, i != 0 ? STR(",") : STR(""));
		kind_describe(ks->p[i], to);
	}
	buf_str(to, STR("]}"));
}

enum err
chankind_tell(const struct kinds *ks, struct alerts *a, struct diag *why)
{
	struct tell_kind all[KINDS_MAX + 1] = { { STR("webhook"), true, true } };
	size_t n = 1;

	for (size_t i = 0; i < ks->n; i++) {
		const struct kind *k = ks->p[i];
		const struct tell_kind t = { k->name, kind_tells(k, KIND_ACK),
			kind_tells(k, KIND_RESOLVE) };

		if (t.ack || t.resolve)
			all[n++] = t;
	}
	return tell_kinds(a, all, n, why);
}

bool
chankind_takes_address(const struct kinds *ks, struct str type)
{
	const struct kind *k = kinds_find(ks, type);

	return k != NULL ? k->n_address != 0 : str_eq(type, STR("email"));
}

enum err
chankind_settings(void *ctx, struct str kind, struct str given, struct buf *to, struct diag *why)
{
	const struct kind *k = kinds_find(ctx, kind);
	struct arena *arena;
	const struct jsonr *map = NULL;
	enum err e = OK;

	if (k == NULL)
		return err_set(why, FAIL_SYNTAX, "type: there is no channel of type \"%.*s\"",
		    (int)(kind.n < 40 ? kind.n : 40), kind.p);
	arena = arena_new(SETTINGS_ARENA);
	if (given.n != 0)
		e = jsonr_parse(arena, given, &map, why);
	if (e == OK)
		e = kind_settings(k, map, to, why);
	arena_free(arena);
	return e;
}
