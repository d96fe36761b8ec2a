/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/playbooks.py */
/* `tocsin playbooks`: which there are, whether a file is right, CACAO for others. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/playbooks.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "incident/cacao.h"
#include "incident/playlib.h"
#include "incident/playword.h"

struct job {
	const char *config;
	bool cacao;
	struct buf out;
};

static void
put_types(const struct playbook *p, struct buf *to)
{
	const char *between = "";

	for (unsigned i = 0; i < INCIDENT_TYPES; i++)
		if ((p->types & 1U << i) != 0) {
			buf_printf(to, "%s%.*s", between, STR_ARG(playword_at(PLAYWORD_TYPE, i)));
			between = ", ";
		}
}

static void
list(struct job *j, const struct playlib *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct playbook *p = l->p[i]->book;

		buf_printf(&j->out, "%-22.*s %2zu steps  ", STR_ARG(p->name), p->n);
		put_types(p, &j->out);
		buf_str(&j->out, STR("  "));
		utf8_show(p->title, &j->out);
		buf_byte(&j->out, '\n');
	}
}

static void
put_step(struct job *j, const struct playbook *p, size_t i)
{
	const struct playbook_step *s = &p->steps[i];
	const bool manual = s->what.act == PLAYBOOK_MANUAL;

	buf_printf(&j->out, "%2zu  %-15s %-26.*s %.*s  ", i + 1, incident_phase_word(s->phase),
	    STR_ARG(manual ? STR("by hand") : playword_at(PLAYWORD_ACT, s->what.act)),
	    STR_ARG(s->id));
	utf8_show(s->title, &j->out);
	if (s->what.span != 0)
		buf_printf(&j->out, ", for %lld min", (long long)(s->what.span / (60 * CLOCK_S)));
	if (s->when != NULL)
		buf_str(&j->out, STR(", on a condition"));
	if (s->approve != PLAYBOOK_NOBODY)
		buf_printf(&j->out, ", approved%s",
		    s->approve == PLAYBOOK_ADMIN ? " by who administers" : "");
	if (s->undo.act != PLAYBOOK_MANUAL)
		buf_str(&j->out, STR(", can be undone"));
	buf_byte(&j->out, '\n');
}

static void
show(struct job *j, const struct playbook *p)
{
	utf8_show(p->title, &j->out);
	buf_str(&j->out, STR(" ("));
	put_types(p, &j->out);
	buf_str(&j->out, STR(")\n"));
	for (size_t i = 0; i < p->n; i++)
		put_step(j, p, i);
}

static enum err
with_library(struct job *j, const char *verb, const char *name, struct diag *why)
{
	const struct playlib_book *b;
	struct playlib l = { .n = 0 };
	struct conf *conf = NULL;
	enum err e = conf_load(j->config, environ, &conf, NULL, why);

	if (e == OK)
		e = playbooks_load(conf, &l, why);
	if (e == OK && name == NULL)
		list(j, &l);
	if (e == OK && name != NULL) {
		b = playlib_find(&l, str_c(name));
		if (b == NULL)
			e = err_set(why, FAIL_NOT_FOUND, "there is no playbook '%s'", name);
		else if (verb[0] == 's')
			show(j, b->book);
		else if (j->cacao)
			cacao_put(b->book, b->changed, &j->out);
		else
			buf_str(&j->out, b->text);
	}
	playlib_fini(&l);
	conf_free(conf);
	return e;
}

static enum err
check(const char *path, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct playbook *book = NULL;
	struct playlib l = { .n = 0 };
	struct stat st;
	enum err e;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		e = playlib_load(path, &l, why);
		playlib_fini(&l);
		return e;
	}
	e = fs_read(path, PLAYBOOK_TEXT_MAX, &text, why);
	if (e == OK)
		e = playbook_read(buf_view(&text), path, &book, why);
	playbook_free(book);
	return e;
}

static int
finish(struct job *j, enum err e, const struct diag *why)
{
	char text[512];

	if (e != OK)
		fprintf(stderr, "%s\n", err_text(why, text, sizeof(text)));
	else if (j->out.n != 0)
		(void)fwrite(j->out.p, 1, j->out.n, stdout);
	buf_fini(&j->out);
	return e == OK ? CMD_OK : CMD_FAILED;
}

int
cmd_playbooks(int argc, char **argv)
{
	struct job j = { .config = NULL };
	const struct args_option options[] = {
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &j.config,
		    NULL },
		{ "cacao", NULL, "export: as CACAO 2.0, not as it stands in its file", NULL,
		    &j.cacao },
	};
	const struct args_spec spec = {
		"tocsin playbooks [options] [list] | show NAME | check FILE... | export NAME",
		"Which playbooks there are, what their steps are, whether files or folders of them "
		"are right.",
		options, ARRAY_LEN(options)
	};
	const int n = args_parse(&spec, argc, argv);
	struct diag why = { 0 };
	enum err e = OK;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (j.config == NULL && access("tocsin.yml", R_OK) == 0)
		j.config = "tocsin.yml";
	if (n >= 2 && strcmp(argv[0], "check") == 0)
		for (int i = 1; i < n && e == OK; i++)
			e = check(argv[i], &why);
	else if (n == 0 || (n == 1 && strcmp(argv[0], "list") == 0))
		e = with_library(&j, "list", NULL, &why);
	else if (n == 2 && (strcmp(argv[0], "show") == 0 || strcmp(argv[0], "export") == 0))
		e = with_library(&j, argv[0], argv[1], &why);
	else
		e = err_set(&why, FAIL_SYNTAX, "usage: %s", spec.usage);
	return finish(&j, e, &why);
}
