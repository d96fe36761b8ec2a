/* The reference page of the configuration, from its tables. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: conf_reference */
#include "conf/envvar.h"
#include "conf/row.h"

static void
put_code(struct buf *to, const char *text)
{
	if (text[0] != '\0')
		buf_printf(to, "`%s`", text);
}

static void
put_row(struct buf *to, const struct row *row)
{
	buf_printf(to, "| `%s` | %s | ", row->path, row_word(row->type));
	put_code(to, row->def);
	buf_str(to, STR(" | "));
	put_code(to, row->least);
	if (row->least[0] != '\0')
		buf_str(to, STR(" to "));
	put_code(to, row->most);
	buf_printf(to, " | %s%s |\n", row->doc, row->restart ? "" : " *(reload)*");
}

static void
put_head(struct buf *to)
{
	buf_str(to, STR("| key | kind | default | bounds | what it is |\n|---|---|---|---|---|\n"));
}

static void
put_sections(struct buf *to)
{
	struct str last = { "", 0 };
	const struct row *row;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		struct str rest = str_c(row->path), section = str_until(&rest, '.');

		if (rest.n == 0)
			section = STR("general");
		if (!str_eq(section, last)) {
			buf_printf(to, "\n## %.*s\n\n", STR_ARG(section));
			put_head(to);
		}
		last = section;
		put_row(to, row);
	}
}

static void
put_entries(struct buf *to, const char *list, const struct row *(*at)(size_t i),
    enum row_type types)
{
	const struct row *row;

	buf_printf(to,
	    "\n## %s\n\nA list; each entry is a map. The last column says which "
	    "types take a key, and which need it.\n\n"
	    "| key | kind | default | bounds | what it is | types |\n"
	    "|---|---|---|---|---|---|\n",
	    list);
	for (size_t i = 0; (row = at(i)) != NULL; i++) {
		struct str words = row_words(types);

		buf_printf(to, "| `%s` | %s | ", row->path, row_word(row->type));
		put_code(to, row->def);
		buf_str(to, STR(" | "));
		put_code(to, row->least);
		if (row->least[0] != '\0')
			buf_str(to, STR(" to "));
		put_code(to, row->most);
		buf_printf(to, " | %s |", row->doc);
		for (unsigned bit = 0; words.n != 0; bit++) {
			struct str word = str_until(&words, ' ');

			if ((row->needs >> bit & 1) != 0)
				buf_printf(to, " **%.*s**", STR_ARG(word));
			else if ((row->takes >> bit & 1) != 0)
				buf_printf(to, " %.*s", STR_ARG(word));
		}
		buf_str(to, STR(" |\n"));
	}
}

void
conf_reference(struct buf *to)
{
	char name[ENVVAR_NAME_MAX];

	buf_str(to,
	    STR("# Configuration\n\n"
		"One YAML file; `tocsin check-config FILE` names everything that is wrong "
		"with it, by line and column.\nWithout a file everything has its default. "
		"This page is made from the table the program reads by.\n\n"
		"A size is a number with `KB`, `MB`, `GB` or `TB` (steps of 1024), a time a "
		"number with `ms`, `s`, `m`, `h` or `d`.\nRelative paths start at the "
		"folder of the file. Keys marked *(reload)* take effect when the "
		"configuration is\nread again, the others at the next start.\n\n"
		"Each key but `sources` and `channels` can be set in the environment, which goes "
		"before "
		"the file: "));
	buf_printf(to, "`%s` for `http.listen`.\n", envvar_name("http.listen", name));
	buf_str(to,
	    STR("There, paths are relative to the working directory, lists are separated by "
		"commas, and scores are\nwritten `NAME=NUMBER`.\n"));
	put_sections(to);
	put_entries(to, "sources", row_source_at, ROW_KIND);
	put_entries(to, "channels", row_channel_at, ROW_CHANNEL);
}
