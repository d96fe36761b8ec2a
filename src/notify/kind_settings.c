/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/notify/test_kind.c */
/* Checks the settings of a channel against what its kind asks for. */
#include "base/jsonw.h"
#include "base/uri.h"
#include "notify/kind.h"

#define TEXT_MAX 512
#define MAILS_MAX 50
#define ALLOW "allow_private" /* every kind has it */

static bool
is_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return s.n <= TEXT_MAX;
}

static bool
is_word(const struct kind_setting *s, struct str v)
{
	for (const struct tree *t = s->words->first; t != NULL; t = t->next)
		if (str_eq(t->text, v))
			return true;
	return false;
}

static enum err
check_text(const struct kind_setting *s, struct str v, struct diag *why)
{
	const char *need = NULL;

	if (!is_line(v))
		need = "at most 512 bytes of one line";
	else if (v.n == 0)
		need = s->required ? "it is needed" : NULL;
	else if (s->type == KIND_URL && !uri_http(v))
		need = "write an address like https://example.org, without user and password";
	else if (s->type == KIND_MAIL && !uri_mail(v))
		need = "write an address like tocsin@example.org";
	else if (s->type == KIND_CHOICE && !is_word(s, v))
		need = "no such word";
	return need == NULL
		   ? OK
		   : err_set(why, FAIL_SYNTAX, "settings.%.*s: %s", STR_ARG(s->name), need);
}

static enum err
put_mails(const struct kind_setting *s, const struct jsonr *v, struct jsonw *w, struct diag *why)
{
	const struct jsonr *t = v != NULL && v->type == JSONR_LIST ? v->first : NULL;
	bool good = v == NULL || (v->type == JSONR_LIST && v->n <= MAILS_MAX);

	if (s->required && (v == NULL || v->n == 0))
		good = false;
	jsonw_arr(w);
	for (; t != NULL && good; t = t->next) {
		good = t->type == JSONR_TEXT && uri_mail(t->s);
		jsonw_str(w, good ? t->s : STR(""));
	}
	jsonw_end(w);
	return good ? OK
		    : err_set(why, FAIL_SYNTAX, "settings.%.*s: write a list of up to %d addresses",
			  STR_ARG(s->name), MAILS_MAX);
}

static enum err
put_bool(const struct kind_setting *s, const struct jsonr *v, struct jsonw *w, struct diag *why)
{
	if (v != NULL && v->type != JSONR_BOOL)
		return err_set(why, FAIL_SYNTAX, "settings.%.*s: true or false", STR_ARG(s->name));
	jsonw_bool(w, v != NULL ? v->b : str_eq(s->otherwise, STR("true")));
	return OK;
}

static enum err
put_int(const struct kind_setting *s, const struct jsonr *v, struct jsonw *w, struct diag *why)
{
	int64_t n = 0;

	if (v != NULL && v->type != JSONR_INT)
		return err_set(why, FAIL_SYNTAX, "settings.%.*s: a whole number", STR_ARG(s->name));
	(void)str_i64(s->otherwise, &n);
	jsonw_int(w, v != NULL ? v->i : n);
	return OK;
}

static enum err
put_text(const struct kind_setting *s, const struct jsonr *v, struct jsonw *w, struct diag *why)
{
	struct str word = s->otherwise;

	if (v != NULL && v->type == JSONR_INT) /* in the configuration file 4 is a text too */
		word = v->raw;
	else if (v != NULL && v->type != JSONR_TEXT)
		return err_set(why, FAIL_SYNTAX, "settings.%.*s: a text", STR_ARG(s->name));
	else if (v != NULL && v->s.n != 0)
		word = v->s;
	jsonw_str(w, word);
	return check_text(s, word, why);
}

static enum err
put_setting(const struct kind_setting *s, const struct jsonr *v, struct jsonw *w, struct diag *why)
{
	jsonw_key(w, s->name);
	if (v != NULL && v->type == JSONR_NULL)
		v = NULL;
	if (s->type == KIND_MAILS)
		return put_mails(s, v, w, why);
	if (s->type == KIND_BOOL)
		return put_bool(s, v, w, why);
	return s->type == KIND_INT ? put_int(s, v, w, why) : put_text(s, v, w, why);
}

static enum err
check_known(const struct kind *k, const struct jsonr *given, struct diag *why)
{
	const struct jsonr *v = given != NULL && given->type == JSONR_MAP ? given->first : NULL;

	for (; v != NULL; v = v->next) {
		bool known = str_eq(v->key, STR(ALLOW));

		for (size_t i = 0; i < k->n_settings; i++)
			known |= str_eq(v->key, k->settings[i].name);
		if (!known)
			return err_set(why, FAIL_SYNTAX, "settings.%.*s: %.*s has no such setting",
			    (int)(v->key.n < 40 ? v->key.n : 40), v->key.p, STR_ARG(k->name));
	}
	return OK;
}

enum err
kind_settings(const struct kind *k, const struct jsonr *given, struct buf *to, struct diag *why)
{
	const struct kind_setting allow = { .name = STR(ALLOW), .type = KIND_BOOL };
	struct jsonw w;
	enum err e = check_known(k, given, why);

	jsonw_init(&w, to);
	jsonw_obj(&w);
	for (size_t i = 0; i < k->n_settings && e == OK; i++) {
		char name[64];

		e = put_setting(&k->settings[i],
		    jsonr_get(given, str_to_c(k->settings[i].name, name, sizeof(name))), &w, why);
	}
	if (e == OK)
		e = put_setting(&allow, jsonr_get(given, ALLOW), &w, why);
	jsonw_end(&w);
	return e;
}
