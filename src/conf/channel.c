/* The list of channels: where messages about alerts go. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/entry.h"

#define NAME_MAX_ 40 /* bytes */

static const struct entry_kind channels = {
	.list = "channels",
	.like = "{type: webhook, name: chat, url: https://example.org/hook}",
	.at = row_channel_at,
	.words = ROW_CHANNEL,
	.most = CONF_CHANNELS_MAX,
};

static bool
is_name(struct str s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

	if (s.n == 0 || s.n > NAME_MAX_ || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (memchr(letters, s.p[i], sizeof(letters) - 1) == NULL)
			return false;
	return true;
}

static void
check_name(struct section *s, const struct conf_channel *all, size_t n)
{
	const struct conf_channel *it = &all[n];
	char where[ENTRY_WHERE_MAX];

	(void)entry_where(&channels, n, where);
	if (it->name[0] != '\0' && !is_name(str_c(it->name)))
		section_wrongf(s, it->line, it->column,
		    "%s.name: 1 to %d of the characters a-z, 0-9, - and _, the first not -", where,
		    NAME_MAX_);
	for (size_t i = 0; i < n; i++) {
		if (it->name[0] != '\0' && strcmp(all[i].name, it->name) == 0) {
			section_wrongf(s, it->line, it->column,
			    "%s: the name \"%.64s\" is taken by the channel in line %u", where,
			    it->name, all[i].line);
			return;
		}
	}
}

void
channel_read(struct section *s, const struct tree *list)
{
	struct conf_channel *all;
	size_t n = 0;

	if (!entry_list(s, &channels, list))
		return;
	all = arena_alloc(s->a, (list->n + 1) * sizeof(*all));
	if (all == NULL) {
		section_wrongf(s, list->line, list->column, "channels: too much text");
		return;
	}
	for (const struct tree *t = list->first; t != NULL && !s->ps->cut; t = t->next, n++) {
		all[n].line = t->line;
		all[n].column = t->column;
		if (entry_read(s, &channels, n, t, &all[n]))
			check_name(s, all, n);
	}
	s->c->channels = all;
	s->c->n_channels = n;
}
