/* The list of sources, and what is common to opening any of them. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: source_ */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/ledger.h"
#include "ingest/sources.h"

struct source {
	const struct source_ops *ops;
	struct batch_source info;
	void *state;
	bool stopped;
};

/* In the order of enum conf_source_type. */
static const struct source_ops *const kinds[] = {
	[CONF_SOURCE_FILE] = &file_source,
	[CONF_SOURCE_STDIN] = &stdin_source,
	[CONF_SOURCE_SYSLOG_UDP] = &syslog_udp_source,
	[CONF_SOURCE_SYSLOG_TCP] = &syslog_tcp_source,
};

const struct source_ops *
source_find(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i]->name, kind) == 0)
			return kinds[i];
	}
	return NULL;
}

const struct source_ops *
source_kind(size_t i)
{
	return i < ARRAY_LEN(kinds) ? kinds[i] : NULL;
}

/* The configured name, or one of kind and place; of a long path the end is kept. */
static void
name_source(const struct source_ops *ops, const struct conf_source *settings, char name[64])
{
	const char *place = settings->type == CONF_SOURCE_FILE ? settings->path : settings->listen;
	size_t n = strlen(place);

	if (settings->name[0] != '\0')
		(void)str_to_c(str_c(settings->name), name, 64);
	else if (n <= 50)
		(void)snprintf(name, 64, "%s%s%.50s", ops->name, n > 0 ? ":" : "", place);
	else
		(void)snprintf(name, 64, "%s:..%.48s", ops->name, place + n - 48);
}

enum err
source_open(const struct source_env *env, const struct conf_source *settings, struct source **ret,
    struct diag *why)
{
	struct source *s = MEM_NEW(struct source);
	enum err e;

	s->ops = kinds[settings->type];
	name_source(s->ops, settings, s->info.name);
	(void)snprintf(s->info.format, sizeof(s->info.format), "%s", settings->format);
	s->info.trust_time = settings->trust_time;
	s->info.ledger = ledger_source(env->ledger, s->info.name);
	e = s->ops->open(env, &s->info, settings, &s->state, why);
	if (e != OK) {
		free(s);
		return e;
	}
	*ret = s;
	return OK;
}

void
source_stop(struct source *s)
{
	if (!s->stopped)
		s->ops->stop(s->state);
	s->stopped = true;
}

bool
source_idle(const struct source *s)
{
	return s->ops->idle(s->state);
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	source_stop(s);
	s->ops->close(s->state);
	free(s);
}

const struct batch_source *
source_info(const struct source *s)
{
	return &s->info;
}
