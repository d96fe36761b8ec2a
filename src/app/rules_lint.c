/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/ruletool.py */
/* `tocsin rules lint`: everything loading says of rule files. */
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/rules_cmd.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "base/vec.h"
#include "detect/ruleset.h"

struct said {
	VEC(struct diag) errors, warnings;
};

static void
on_note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	struct said *s = ctx;

	if (kind == RULESET_ERROR)
		VEC_PUSH(&s->errors, *why);
	else
		VEC_PUSH(&s->warnings, *why);
}

static void
put_list(struct jsonw *w, const char *key, const struct diag *list, size_t n)
{
	jsonw_key(w, str_c(key));
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w);
		jsonw_kstr(w, "file", str_c(list[i].file));
		jsonw_kint(w, "line", list[i].line);
		jsonw_kint(w, "column", list[i].column);
		jsonw_kstr(w, "text", str_c(list[i].text));
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_json(const struct said *s, const struct ruleset *rs, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kint(&w, "files", (int64_t)ruleset_files(rs));
	jsonw_kint(&w, "rules", (int64_t)(ruleset_len(rs) + s->errors.n));
	jsonw_kint(&w, "loaded", (int64_t)ruleset_len(rs));
	jsonw_kint(&w, "errors", (int64_t)s->errors.n);
	jsonw_kint(&w, "warnings", (int64_t)s->warnings.n);
	put_list(&w, "error_list", s->errors.p, s->errors.n);
	put_list(&w, "warning_list", s->warnings.p, s->warnings.n);
	jsonw_end(&w);
	buf_byte(to, '\n');
}

static void
put_lines(const struct diag *list, size_t n, const char *word, struct buf *to)
{
	char text[512];

	for (size_t i = 0; i < n; i++)
		buf_printf(to, "%s: %s\n", word, err_text(&list[i], text, sizeof(text)));
}

static void
put_text(const struct said *s, const struct ruleset *rs, struct buf *to)
{
	put_lines(s->warnings.p, s->warnings.n, "warning", to);
	put_lines(s->errors.p, s->errors.n, "error", to);
	buf_printf(to, "%zu rules of %zu files loaded, %zu errors, %zu warnings\n", ruleset_len(rs),
	    ruleset_files(rs), s->errors.n, s->warnings.n);
}

int
rules_lint(int argc, char **argv)
{
	bool json = false;
	const struct args_option options[] = {
		{ "json", NULL, "one JSON object: counts, error_list, warning_list", NULL, &json },
	};
	const struct args_spec spec = { "tocsin rules lint [--json] DIR...",
		"Reads all rule files below the folders as the daemon would and says what is "
		"wrong\n"
		"with them (the rule is left out) and what is seldom meant (a warning).\n"
		"Exit status: 0 no errors, 1 there are some, 2 it could not be done.",
		options, ARRAY_LEN(options) };
	int n = args_parse(&spec, argc, argv), status;
	auto_buf struct buf out = { 0 };
	struct ruleset *rs = NULL;
	struct said said = { 0 };
	struct diag why = { 0 };

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n == 0) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	buf_init(&out, 0);
	if (ruleset_load((const char *const *)argv, (size_t)n, on_note, &said, &rs, &why) != OK) {
		status = cmd_fail(&why);
	} else {
		if (json)
			put_json(&said, rs, &out);
		else
			put_text(&said, rs, &out);
		status = said.errors.n > 0 ? CMD_FOUND : CMD_OK;
		if (fs_write_all(STDOUT_FILENO, out.p, out.n, &why) != OK)
			status = cmd_fail(&why);
	}
	ruleset_free(rs);
	VEC_FINI(&said.errors);
	VEC_FINI(&said.warnings);
	return status;
}
