/* The tables of keys, built from the .def files, and the search for a key meant. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/row.h"

#include <stdio.h>

#define RELOAD false
#define RESTART true
#define KEY(path, member, type, def, least, most, when, doc)                                       \
	{ path, ROW_##type, offsetof(struct conf, member), def, least, most, when, 0, 0, doc },
static const struct row rows[] = {
#include "conf/keys.def"
};
#undef KEY

#define FILE_ (1U << CONF_SOURCE_FILE)
#define UDP (1U << CONF_SOURCE_SYSLOG_UDP)
#define TCP (1U << CONF_SOURCE_SYSLOG_TCP)
#define ANY (FILE_ | UDP | TCP | 1U << CONF_SOURCE_STDIN)
#define KEY(path, member, type, def, least, most, takes, needs, doc)                               \
	{ path, ROW_##type, offsetof(struct conf_source, member), def, least, most, true, takes,   \
		needs, doc },
static const struct row source_rows[] = {
#include "conf/source_keys.def"
};
#undef KEY

#define EMAIL (1U << CONF_CHANNEL_EMAIL)
#define WEBHOOK (1U << CONF_CHANNEL_WEBHOOK)
#define OTHER (1U << CONF_CHANNEL_KIND)
#undef ANY
#define ANY (EMAIL | WEBHOOK | OTHER)
#define KEY(path, member, type, def, least, most, takes, needs, doc)                               \
	{ path, ROW_##type, offsetof(struct conf_channel, member), def, least, most, false, takes, \
		needs, doc },
static const struct row channel_rows[] = {
#include "conf/channel_keys.def"
};
#undef KEY

static const struct {
	const char *word, *example;
} types[] = {
	[ROW_STRING] = { "text", "text" },
	[ROW_PATH] = { "path", "a path" },
	[ROW_ADDR] = { "address", "ADDRESS:PORT like 127.0.0.1:8321 or [::1]:8321" },
	[ROW_BOOL] = { "yes or no", "true or false" },
	[ROW_INT] = { "number", "a whole number" },
	[ROW_SIZE] = { "size", "a size like 64MB" },
	[ROW_SPAN] = { "time", "a time like 30s, 5m, 24h or 7d" },
	[ROW_OFFSET] = { "offset", "an offset from UTC like +02:00" },
	[ROW_LIST] = { "list", "a list like [one, two]" },
	[ROW_PATHS] = { "paths", "a list of paths like [one, two]" },
	[ROW_COUNTRIES] = { "countries", "a list of country codes like [KP, IR]" },
	[ROW_SCORES] = { "scores", "a map like {auth.login.failed: 4}" },
	[ROW_KIND] = { "word", "file, stdin, syslog_udp or syslog_tcp" },
	[ROW_FROM] = { "word", "beginning or end" },
	[ROW_CHANNEL] = { "word", "email, webhook or kind" },
	[ROW_SECURITY] = { "word", "starttls, tls or none" },
	[ROW_SEVERITY] = { "word", "CRITICAL, HIGH, MEDIUM, LOW or INFO" },
	[ROW_HOST] = { "host", "a host like smtp.example.org" },
	[ROW_MAIL] = { "address", "a mail address like tocsin@example.org" },
	[ROW_MAILS] = { "addresses", "a list of mail addresses like [ann@example.org]" },
	[ROW_URL] = { "URL", "a URL like https://example.org/hook" },
	[ROW_SECRET] = { "secret", "{file: PATH}, {env: NAME} or {credential: NAME}" },
	[ROW_SETTINGS] = { "settings", "a map like {channel: C012}" },
};

const struct row *
row_at(size_t i)
{
	return i < ARRAY_LEN(rows) ? &rows[i] : NULL;
}

const struct row *
row_source_at(size_t i)
{
	return i < ARRAY_LEN(source_rows) ? &source_rows[i] : NULL;
}

const struct row *
row_channel_at(size_t i)
{
	return i < ARRAY_LEN(channel_rows) ? &channel_rows[i] : NULL;
}

const char *
row_example(enum row_type type)
{
	return types[type].example;
}

const char *
row_word(enum row_type type)
{
	return types[type].word;
}

struct str
row_words(enum row_type type)
{
	switch ((int)type) {
	case ROW_KIND:
		return STR("file stdin syslog_udp syslog_tcp");
	case ROW_FROM:
		return STR("beginning end");
	case ROW_CHANNEL:
		return STR("email webhook kind");
	case ROW_SECURITY:
		return STR("starttls tls none");
	case ROW_SEVERITY:
		return STR("CRITICAL HIGH MEDIUM LOW INFO");
	default:
		return STR("");
	}
}

bool
row_is_list(enum row_type type)
{
	return type == ROW_LIST || type == ROW_PATHS || type == ROW_COUNTRIES || type == ROW_MAILS;
}

bool
row_is_text(enum row_type type)
{
	return type == ROW_STRING || type == ROW_PATH || type == ROW_ADDR || type == ROW_HOST ||
	       type == ROW_MAIL || type == ROW_URL || type == ROW_SECRET || type == ROW_SETTINGS;
}

void
row_put_text(const struct row *row, void *base, const char *text)
{
	memcpy((char *)base + row->offset, &text, sizeof(text));
}

const struct row *
row_find_of(const struct row *(*at)(size_t i), struct str name)
{
	const struct row *row;

	for (size_t i = 0; (row = at(i)) != NULL; i++)
		if (str_eq(str_c(row->path), name))
			return row;
	return NULL;
}

const struct row *
row_find(struct str path)
{
	return row_find_of(row_at, path);
}

bool
row_is_section(struct str path)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_starts(str_c(rows[i].path), path) && rows[i].path[path.n] == '.')
			return true;
	return false;
}

#define WORD_MAX 40

/* Edits (a letter in, out, changed) that lead from a to b; WORD_MAX when either is too long. */
static unsigned
distance(struct str a, struct str b)
{
	unsigned cost[WORD_MAX + 1];

	if (a.n > WORD_MAX || b.n > WORD_MAX)
		return WORD_MAX;
	for (unsigned j = 0; j <= b.n; j++)
		cost[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned diagonal = cost[0];

		cost[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned best = diagonal + (a.p[i - 1] != b.p[j - 1]);

			diagonal = cost[j];
			if (cost[j] + 1 < best)
				best = cost[j] + 1;
			if (cost[j - 1] + 1 < best)
				best = cost[j - 1] + 1;
			cost[j] = best;
		}
	}
	return cost[b.n];
}

/* One letter in three may be wrong, two in any case if something is left. */
static unsigned
tolerance(size_t n)
{
	if (n < 3)
		return 1;
	return n < 6 ? 2 : (unsigned)n / 3;
}

struct nearest {
	struct str name;
	unsigned cost;
};

static void
nearer(struct nearest *best, struct str path, struct str name)
{
	unsigned cost = distance(path, name);

	if (cost < best->cost)
		*best = (struct nearest){ name, cost };
}

static struct str
last_part(struct str path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '.')
			return str_from(path, i);
	return path;
}

/* The sections a key stands in: of "a.b.c" "a" and "a.b". */
static void
nearer_section(struct nearest *best, struct str path, struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] == '.')
			nearer(best, path, (struct str){ key.p, i });
}

struct str
row_nearest(struct str path)
{
	struct nearest best = { { NULL, 0 }, tolerance(path.n) + 1 };
	struct str elsewhere = { NULL, 0 };

	nearer(&best, path, STR("sources"));
	nearer(&best, path, STR("channels"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str key = str_c(rows[i].path);

		nearer(&best, path, key);
		nearer_section(&best, path, key);
		if (elsewhere.n == 0 && str_eq(last_part(key), last_part(path)))
			elsewhere = key;
	}
	/* Its own name is right, its section is not. */
	return elsewhere.n != 0 && best.cost > 1 ? elsewhere : best.name;
}

struct str
row_nearest_of(const struct row *(*at)(size_t i), struct str name)
{
	struct nearest best = { { NULL, 0 }, tolerance(name.n) + 1 };
	const struct row *row;

	for (size_t i = 0; (row = at(i)) != NULL; i++)
		nearer(&best, name, str_c(row->path));
	return best.name;
}

struct str
row_nearest_word(struct str word, struct str words)
{
	struct nearest best = { { NULL, 0 }, tolerance(word.n) + 1 };

	while (words.n != 0)
		nearer(&best, word, str_until(&words, ' '));
	return best.name;
}
