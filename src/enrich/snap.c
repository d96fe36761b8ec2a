/* A consistent set of enrichment data, built beside the one in use. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/snap.h"

#include <stdlib.h>

#include "base/mem.h"

static enum err
too_much(struct diag *why)
{
	return err_set(why, FAIL_LIMIT, "too many names in the settings of enrichment");
}

static bool
copy_text(struct arena *a, const char *text, const char **ret)
{
	size_t n = text != NULL ? strlen(text) : 0;
	char *p = arena_bytes(a, n + 1);

	if (p == NULL)
		return false;
	if (n != 0)
		memcpy(p, text, n);
	p[n] = '\0';
	*ret = p;
	return true;
}

static bool
copy_list(struct arena *a, const struct conf_list *from, struct conf_list *to)
{
	const char **p = arena_alloc(a, (from->n + 1) * sizeof(*p));

	for (size_t i = 0; p != NULL && i < from->n; i++)
		if (!copy_text(a, from->p[i], &p[i]))
			return false;
	*to = (struct conf_list){ p, from->n };
	return p != NULL;
}

static bool
copy_scores(struct arena *a, const struct conf_scores *from, struct conf_scores *to)
{
	struct conf_score *p = arena_alloc(a, (from->n + 1) * sizeof(*p));

	for (size_t i = 0; p != NULL && i < from->n; i++) {
		if (!copy_text(a, from->p[i].name, &p[i].name))
			return false;
		p[i].score = from->p[i].score;
	}
	*to = (struct conf_scores){ p, from->n };
	return p != NULL;
}

static enum err
copy_opts(struct snap *s, const struct enrich_opts *from, struct diag *why)
{
	struct enrich_opts *to = &s->opts;

	to->utc_offset_s = from->utc_offset_s;
	if (!copy_list(s->arena, &from->mmdb, &to->mmdb) ||
	    !copy_list(s->arena, &from->high_risk_countries, &to->high_risk_countries) ||
	    !copy_scores(s->arena, &from->base_scores, &to->base_scores) ||
	    !copy_text(s->arena, from->vpn_networks, &to->vpn_networks) ||
	    !copy_text(s->arena, from->malicious_networks, &to->malicious_networks))
		return too_much(why);
	s->geo = arena_alloc(s->arena, (to->mmdb.n + 1) * sizeof(*s->geo));
	s->files = arena_alloc(s->arena, (to->mmdb.n + 2) * sizeof(*s->files));
	return s->geo != NULL && s->files != NULL ? OK : too_much(why);
}

/* The database of `old` for this path, when the file is still the same. */
static struct geo *
known(const struct snap *old, const char *path)
{
	struct stat st;

	if (old == NULL || stat(path, &st) != 0)
		return NULL;
	for (size_t i = 0; i < old->opts.mmdb.n; i++)
		if (strcmp(old->opts.mmdb.p[i], path) == 0 &&
		    geo_same_file(geo_stat(old->geo[i]), &st))
			return geo_ref(old->geo[i]);
	return NULL;
}

static enum err
read_databases(struct snap *s, const struct snap *old, struct diag *why)
{
	for (size_t i = 0; i < s->opts.mmdb.n; i++) {
		const char *path = s->opts.mmdb.p[i];

		s->geo[i] = known(old, path);
		if (s->geo[i] == NULL) {
			enum err e = geo_open(path, &s->geo[i], why);

			if (e != OK)
				return e;
		}
		s->files[s->n_files++] = (struct snap_file){ path, *geo_stat(s->geo[i]) };
	}
	return OK;
}

/* Looked at before it is read: a change in between is seen the next time. */
static enum err
read_list(struct snap *s, const char *path, struct net_list **ret, struct diag *why)
{
	struct snap_file *file = &s->files[s->n_files];

	if (path[0] == '\0')
		return OK;
	file->path = path;
	if (stat(path, &file->st) != 0)
		memset(&file->st, 0, sizeof(file->st));
	s->n_files++;
	return net_list_load(path, ret, why);
}

static void
free_snapp(struct snap **s)
{
	snap_free(*s);
}

enum err
snap_new(const struct enrich_opts *opts, const struct snap *old, struct snap **ret,
    struct diag *why)
{
	AUTO(free_snapp) struct snap *s = MEM_NEW(struct snap);
	enum err e;

	s->refs = 1;
	s->arena = arena_new(SNAP_TEXT_MAX);
	e = copy_opts(s, opts, why);
	if (e == OK)
		e = read_databases(s, old, why);
	if (e == OK)
		e = read_list(s, s->opts.vpn_networks, &s->vpn, why);
	if (e == OK)
		e = read_list(s, s->opts.malicious_networks, &s->malicious, why);
	if (e == OK)
		*ret = TAKE(s);
	return e;
}

void
snap_free(struct snap *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; s->geo != NULL && i < s->opts.mmdb.n; i++)
		geo_unref(s->geo[i]);
	net_list_free(s->vpn);
	net_list_free(s->malicious);
	arena_free(s->arena);
	free(s);
}

int
snap_base(const struct snap *s, struct str name, struct str upper)
{
	const struct conf_scores *scores = &s->opts.base_scores;

	for (size_t i = 0; i < scores->n; i++) {
		struct str it = str_c(scores->p[i].name);

		if (str_eq_nocase(it, name) || (upper.n != 0 && str_eq_nocase(it, upper)))
			return (int)scores->p[i].score;
	}
	return -1;
}

bool
snap_is_high_risk(const struct snap *s, struct str country)
{
	for (size_t i = 0; i < s->opts.high_risk_countries.n; i++)
		if (str_eq_nocase(str_c(s->opts.high_risk_countries.p[i]), country))
			return true;
	return false;
}

void
snap_lookup(const struct snap *s, const struct ip *ip, struct geo_place *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < s->opts.mmdb.n; i++)
		geo_lookup(s->geo[i], ip, ret);
}
