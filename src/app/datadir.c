/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Names of what stands in the data folder. */
#include "app/datadir.h"

#include <unistd.h>

#include "base/fs.h"
#include "conf/conf.h"

enum err
datadir_set(struct datadir *d, const char *dir, struct diag *why)
{
	const struct {
		char *to;
		const char *name;
	} parts[] = {
		{ d->log, "log" },
		{ d->store, "store" },
		{ d->state, "state.db" },
		{ d->cursors, "cursors.db" },
		{ d->detect, "detect.state" },
		{ d->rollup, "rollup.state" },
		{ d->token, "token" },
		{ d->users, "users.db" },
		{ d->respond, "respond.db" },
		{ d->incidents, "incidents.db" },
		{ d->evidence, "evidence" },
		{ d->people, "people.state" },
	};

	if (fs_join(d->dir, sizeof(d->dir), dir, ".") != OK)
		return err_set(why, FAIL_LIMIT, "the name of the data folder is too long");
	(void)str_to_c(str_c(dir), d->dir, sizeof(d->dir));
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (fs_join(parts[i].to, DATADIR_PATH, dir, parts[i].name) != OK)
			return err_set(why, FAIL_LIMIT, "the name of the data folder is too long");
	return OK;
}

enum err
datadir_create(const struct datadir *d, struct diag *why)
{
	const char *const dirs[] = { d->dir, d->log, d->store };

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		enum err e = fs_mkdirs(dirs[i], why);

		if (e != OK)
			return e;
	}
	return OK;
}

enum err
datadir_find(struct datadir *d, const char *data, const char *config, struct diag *why)
{
	struct conf *conf;
	enum err e;

	if (data != NULL)
		return datadir_set(d, data, why);
	e = conf_load(config, environ, &conf, NULL, why);
	if (e != OK)
		return e;
	e = datadir_set(d, conf->data_dir, why);
	conf_free(conf);
	return e;
}
