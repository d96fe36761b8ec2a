/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of words, and values put into texts. */
#include "incident/playword.h"

#include <stddef.h>

static const char *const tables[PLAYWORD_TABLES] = {
	[PLAYWORD_TYPE] = "brute-force unauthorized-access system-compromise data-breach ddos"
			  " insider-threat custom",
	[PLAYWORD_PHASE] =
	    "preparation identification containment eradication recovery lessons-learned",
	[PLAYWORD_ACT] = "BLOCK_IP RATE_LIMIT_IP REQUIRE_CAPTCHA RATE_LIMIT_USER LOCK_ACCOUNT"
			 " SUSPEND_USER REVOKE_SESSIONS REVOKE_API_KEY BLOCK_ALL_TRAFFIC"
			 " ENABLE_ENHANCED_MONITORING CAPTURE_EVIDENCE NOTIFY CREATE_TICKET QUERY",
	[PLAYWORD_LATE] = "fail continue escalate",
	[PLAYWORD_FAIL] = "stop continue rollback",
	[PLAYWORD_ROLE] = "false true admin",
	[PLAYWORD_ENDED] = "done failed skipped unneeded timed_out",
	[PLAYWORD_KIND] = "text number yesno choice",
	[PLAYWORD_SEVERITY] = "critical high medium low informational",
	[PLAYWORD_HAS] = "address user alert ticket",
};

struct str
playword_all(enum playword_of table)
{
	return str_c(tables[table]);
}

struct str
playword_at(enum playword_of table, unsigned i)
{
	struct str all = str_c(tables[table]), word = str_until(&all, ' ');

	for (; i != 0; i--)
		word = str_until(&all, ' ');
	return word;
}

bool
playword_find(enum playword_of table, struct str word, unsigned *ret)
{
	struct str all = str_c(tables[table]);

	for (unsigned i = 0; all.n != 0; i++)
		if (str_eq(str_until(&all, ' '), word)) {
			*ret = i;
			return true;
		}
	return false;
}

enum playbook_to
playword_to(enum playbook_act act)
{
	if (act <= PLAYBOOK_REQUIRE_CAPTCHA)
		return PLAYBOOK_TO_ADDRESSES;
	if (act == PLAYBOOK_ENHANCED_MONITORING)
		return PLAYBOOK_TO_BOTH;
	return act <= PLAYBOOK_REVOKE_API_KEY ? PLAYBOOK_TO_USERS : PLAYBOOK_TO_INCIDENT;
}

bool
playword_destructive(enum playbook_act act)
{
	return act < PLAYBOOK_DEEDS && act != PLAYBOOK_ENHANCED_MONITORING;
}

static const struct {
	const char *word;
	size_t at;
} values[] = {
	{ "address", offsetof(struct playword_values, address) },
	{ "user", offsetof(struct playword_values, user) },
	{ "incident", offsetof(struct playword_values, incident) },
	{ "title", offsetof(struct playword_values, title) },
	{ "type", offsetof(struct playword_values, type) },
	{ "severity", offsetof(struct playword_values, severity) },
	{ "owner", offsetof(struct playword_values, owner) },
	{ "url", offsetof(struct playword_values, url) },
};

/* Splits off what stands before a {{word}}, and the word; false: there is none any more. */
static bool
next(struct str *text, struct str *ret_before, struct str *ret_word)
{
	const ptrdiff_t open = str_find(*text, STR("{{"));
	ptrdiff_t close;

	*ret_before = *text;
	if (open < 0)
		return false;
	ret_before->n = (size_t)open;
	*text = str_from(*text, (size_t)open + 2);
	close = str_find(*text, STR("}}"));
	if (close < 0) {
		*ret_word = STR("{{");
		*text = str_from(*text, text->n);
		return true;
	}
	*ret_word = (struct str){ text->p, (size_t)close };
	*text = str_from(*text, (size_t)close + 2);
	return true;
}

static const struct str *
find(struct str word, const struct playword_values *v)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		if (str_eq(str_trim(word), str_c(values[i].word)))
			return (const struct str *)(const void *)((const char *)v + values[i].at);
	return NULL;
}

struct str
playword_unknown(struct str text)
{
	const struct playword_values none = { 0 };
	struct str before, word = { 0 };

	while (next(&text, &before, &word))
		if (find(word, &none) == NULL)
			return word.n != 0 ? word : STR("{{");
	return (struct str){ 0 };
}

/* One, or more of them in lines: between commas. */
static void
put_list(struct str value, struct buf *to)
{
	while (value.n != 0) {
		buf_str(to, str_until(&value, '\n'));
		if (value.n != 0)
			buf_str(to, STR(", "));
	}
}

void
playword_put(struct str text, const struct playword_values *v, struct buf *to)
{
	struct str before, word = { 0 };

	while (next(&text, &before, &word)) {
		const struct str *value = find(word, v);

		buf_str(to, before);
		if (value != NULL)
			put_list(*value, to);
	}
	buf_str(to, before);
}

enum err
playword_check_sql(struct str sql, struct diag *why)
{
	struct str before, word = { 0 };
	bool inside = false;

	if (str_find(sql, STR("--")) >= 0 || str_find(sql, STR("/*")) >= 0 ||
	    str_find(sql, STR("$")) >= 0 || str_find(sql, STR("\"")) >= 0 ||
	    str_find(sql, STR("\\")) >= 0)
		return err_set(why, FAIL_SYNTAX,
		    "a query of a playbook has no comments, no \", no $ and no backslash");
	while (next(&sql, &before, &word)) {
		for (size_t i = 0; i < before.n; i++)
			inside ^= before.p[i] == '\'';
		if (inside)
			return err_set(why, FAIL_SYNTAX,
			    "{{%.*s}} is quoted by itself; write it without quotes around it",
			    (int)(word.n < 40 ? word.n : 40), word.p);
	}
	return OK;
}

static void
put_quoted(struct str value, struct buf *to)
{
	buf_byte(to, '\'');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\'')
			buf_byte(to, '\'');
		if (value.p[i] != '\0')
			buf_byte(to, value.p[i]);
	}
	buf_byte(to, '\'');
}

void
playword_put_sql(struct str sql, const struct playword_values *v, struct buf *to)
{
	struct str before, word = { 0 }, rest;

	while (next(&sql, &before, &word)) {
		const struct str *value = find(word, v);

		buf_str(to, before);
		rest = value != NULL ? *value : STR("");
		put_quoted(str_until(&rest, '\n'), to);
		while (rest.n != 0) {
			buf_byte(to, ',');
			put_quoted(str_until(&rest, '\n'), to);
		}
	}
	buf_str(to, before);
}
