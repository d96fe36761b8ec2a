/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/routes.py */
/* Finds and reads the routes. */
#include "app/routeload.h"

#include <stdio.h>

#include "app/paths.h"
#include "base/fs.h"
#include "base/mem.h"

#define FILE_MAX ((size_t)1 << 20)

static enum err
read_file(const char *path, struct route_tree **ret, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	enum err e = fs_read(path, FILE_MAX, &text, why);

	return e == OK ? route_read(buf_view(&text), path, ret, why) : e;
}

/* NULL: none of that name ships. */
static const char *
shipped(const char *name, char to[PATHS_MAX])
{
	char own[PATHS_MAX];

	(void)snprintf(own, sizeof(own), "routes/%.200s.yml", name);
	return paths_shipped(own, to);
}

enum err
routeload_read(const struct conf *conf, struct route_tree **ret, struct diag *why)
{
	const char *name = conf->route_policy, *path = NULL;
	char place[PATHS_MAX];

	*ret = NULL;
	if (strcmp(name, "none") == 0)
		return OK;
	if (strchr(name, '/') != NULL || str_ends(str_c(name), STR(".yml")))
		path = name;
	else if (name[0] != '\0')
		path = shipped(name, place);
	else if (conf->profile[0] != '\0' && strchr(conf->profile, '/') == NULL)
		path = shipped(conf->profile, place);
	if (path == NULL && name[0] == '\0') /* a profile of one's own */
		path = shipped("default", place);
	if (path == NULL)
		return name[0] == '\0' ? OK
				       : err_set(why, FAIL_NOT_FOUND,
					     "route.policy: there are no routes called '%s'", name);
	return read_file(path, ret, why);
}

struct str *
routeload_policies(const struct book *book, size_t *ret_n)
{
	const size_t n = book != NULL ? book->n_policies : 0;
	struct str *names = mem_zalloc((n + 1) * sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = book->policies[i].name;
	*ret_n = n;
	return names;
}

void
routeload_world(const struct conf *conf, const struct book *book, struct plan_world *ret)
{
	struct plan_channel *ch = mem_zalloc((conf->n_channels + 1) * sizeof(*ch));

	*ret = (struct plan_world){ .channels = ch };
	for (size_t i = 0; i < conf->n_channels; i++) {
		const struct conf_channel *c = &conf->channels[i];
		const char *kind = c->type == CONF_CHANNEL_EMAIL     ? "email"
				   : c->type == CONF_CHANNEL_WEBHOOK ? "webhook"
								     : c->kind;

		if (!c->enabled)
			continue;
		(void)str_to_c(str_c(c->name), ch[ret->n].name, sizeof(ch[0].name));
		(void)str_to_c(str_c(kind), ch[ret->n].kind, sizeof(ch[0].kind));
		ch[ret->n++].min_severity = (enum alerts_severity)c->min_severity;
	}
	ret->policies = routeload_policies(book, &ret->n_policies);
}
