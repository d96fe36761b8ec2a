/* Values of settings: notations, bounds, relative paths. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/setting.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/ip.h"
#include "base/uri.h"
#include "base/utf8.h"

#define TEXT_MAX 4096

static enum err
wrong(const struct setting_in *in, struct str text, struct diag *why)
{
	return err_set(why, FAIL_SYNTAX, "%s: write %s, not \"%.*s\"", in->name,
	    row_example(in->row->type), text.n > 60 ? 60 : (int)text.n, text.p);
}

static bool
size_unit(struct str unit, uint64_t *ret)
{
	static const char letters[] = "KMGT";
	const char *letter;

	if (unit.n == 0 || str_eq_nocase(unit, STR("B"))) {
		*ret = 1;
		return true;
	}
	letter = memchr(letters, unit.p[0] & ~0x20, sizeof(letters) - 1);
	unit = str_from(unit, 1);
	if (letter == NULL ||
	    (unit.n != 0 && !str_eq_nocase(unit, STR("B")) && !str_eq_nocase(unit, STR("iB"))))
		return false;
	*ret = (uint64_t)1 << (10 * (letter - letters + 1));
	return true;
}

static bool
read_size(struct str text, int64_t *ret)
{
	size_t digits = 0;
	uint64_t n, unit, bytes;

	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	if (!str_u64((struct str){ text.p, digits }, &n) ||
	    !size_unit(str_trim(str_from(text, digits)), &unit) ||
	    __builtin_mul_overflow(n, unit, &bytes) || bytes > INT64_MAX)
		return false;
	*ret = (int64_t)bytes;
	return true;
}

static bool
two_digits(const char *p, int64_t *ret)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*ret = (p[0] - '0') * 10 + (p[1] - '0');
	return true;
}

static bool
read_offset(struct str text, int64_t *ret)
{
	int64_t hours, minutes;

	if (text.n != 6 || (text.p[0] != '+' && text.p[0] != '-') || text.p[3] != ':' ||
	    !two_digits(text.p + 1, &hours) || !two_digits(text.p + 4, &minutes) || minutes > 59)
		return false;
	*ret = (hours * 60 + minutes) * (text.p[0] == '-' ? -60 : 60);
	return true;
}

static bool
read_bool(struct str text, int64_t *ret)
{
	*ret = str_eq(text, STR("true"));
	return *ret != 0 || str_eq(text, STR("false"));
}

/* The place of the word in its list. */
static bool
read_word(enum row_type type, struct str text, int64_t *ret)
{
	struct str words = row_words(type);

	for (int64_t i = 0; words.n != 0; i++) {
		if (str_eq(str_until(&words, ' '), text)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* The types that are numbers in some notation. */
static bool
read_number(enum row_type type, struct str text, int64_t *ret)
{
	switch ((int)type) {
	case ROW_INT:
	case ROW_SCORES:
		return str_i64(text, ret);
	case ROW_SIZE:
		return read_size(text, ret);
	case ROW_SPAN:
		return clock_span(text, ret);
	case ROW_OFFSET:
		return read_offset(text, ret);
	case ROW_BOOL:
		return read_bool(text, ret);
	default:
		return read_word(type, text, ret);
	}
}

static enum err
number(const struct setting_in *in, struct str text, int64_t *ret, struct diag *why)
{
	const struct row *row = in->row;
	int64_t v, bound;
	struct str near;

	if (!read_number(row->type, text, &v)) {
		near = row_nearest_word(text, row_words(row->type));
		if (near.n == 0)
			return wrong(in, text, why);
		return err_set(why, FAIL_SYNTAX,
		    "%s: write %s, not \"%.*s\"; did you mean \"%.*s\"?", in->name,
		    row_example(row->type), STR_ARG(text), STR_ARG(near));
	}
	if (row->least[0] != '\0' && read_number(row->type, str_c(row->least), &bound) && v < bound)
		return err_set(why, FAIL_SYNTAX, "%s: must be at least %s, not %.*s", in->name,
		    row->least, STR_ARG(text));
	if (row->most[0] != '\0' && read_number(row->type, str_c(row->most), &bound) && v > bound)
		return err_set(why, FAIL_SYNTAX, "%s: must be at most %s, not %.*s", in->name,
		    row->most, STR_ARG(text));
	*ret = v;
	return OK;
}

static bool
is_address(struct str text)
{
	struct str host = text, port = { "", 0 };
	struct ip ip;
	uint64_t n;

	for (size_t i = text.n; i > 0 && port.n == 0; i--) {
		if (text.p[i - 1] == ':') {
			host.n = i - 1;
			port = str_from(text, i);
		}
	}
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		host = (struct str){ host.p + 1, host.n - 2 };
		if (memchr(host.p, ':', host.n) == NULL)
			return false;
	} else if (memchr(host.p, ':', host.n) != NULL) {
		return false;
	}
	return ip_parse(host, &ip) && port.n <= 5 && str_u64(port, &n) && n <= 65535;
}

static bool
is_country(struct str text)
{
	return text.n == 2 && (text.p[0] | 0x20) >= 'a' && (text.p[0] | 0x20) <= 'z' &&
	       (text.p[1] | 0x20) >= 'a' && (text.p[1] | 0x20) <= 'z';
}

/* Is it of the form of its type? */
static bool
is_formed(enum row_type type, struct str text)
{
	switch ((int)type) {
	case ROW_ADDR:
		return is_address(text);
	case ROW_COUNTRIES:
		return is_country(text);
	case ROW_HOST:
		return uri_host(text);
	case ROW_MAIL:
	case ROW_MAILS:
		return uri_mail(text);
	case ROW_URL:
		return uri_http(text);
	default:
		return true;
	}
}

/* Copy in the arena, terminated, below the folder when it is a relative path. */
static enum err
keep(const struct setting_in *in, struct str text, const char **ret, struct diag *why)
{
	bool is_path = in->row->type == ROW_PATH || in->row->type == ROW_PATHS;
	struct str dir = { "", 0 };
	size_t slash = 0;
	char *p;

	if (is_path && text.n != 0 && text.p[0] != '/')
		dir = in->dir;
	if (dir.n != 0 && dir.p[dir.n - 1] != '/')
		slash = 1;
	p = arena_bytes(in->a, dir.n + slash + text.n + 1);
	if (p == NULL)
		return err_set(why, FAIL_LIMIT, "%s: too much text", in->name);
	if (dir.n != 0)
		memcpy(p, dir.p, dir.n);
	if (slash != 0)
		p[dir.n] = '/';
	if (text.n != 0)
		memcpy(p + dir.n + slash, text.p, text.n);
	p[dir.n + slash + text.n] = '\0';
	if (in->row->type == ROW_COUNTRIES)
		for (size_t i = 0; i < text.n; i++)
			p[i] = (char)(p[i] & ~0x20);
	*ret = p;
	return OK;
}

static bool
is_plain(struct str text)
{
	if (text.n > TEXT_MAX || !utf8_valid(text))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
			return false;
	return true;
}

enum err
setting_item(const struct setting_in *in, struct str text, const char **ret, struct diag *why)
{
	if (!is_plain(text))
		return err_set(why, FAIL_SYNTAX, "%s: control characters, or too long", in->name);
	if (text.n == 0)
		return err_set(why, FAIL_SYNTAX, "%s: an empty item", in->name);
	if (!is_formed(in->row->type, text))
		return wrong(in, text, why);
	return keep(in, text, ret, why);
}

enum err
setting_secret(const struct setting_in *in, bool is_path, struct str text, const char **ret,
    struct diag *why)
{
	const struct row as = { .type = is_path ? ROW_PATH : ROW_STRING };
	const struct setting_in path = { &as, in->name, in->dir, in->a };

	if (!is_plain(text) || text.n == 0)
		return err_set(why, FAIL_SYNTAX, "%s: control characters, or nothing", in->name);
	return keep(&path, text, ret, why);
}

enum err
setting_score(const struct setting_in *in, struct str text, int64_t *ret, struct diag *why)
{
	if (!is_plain(text))
		return err_set(why, FAIL_SYNTAX, "%s: control characters, or too long", in->name);
	return number(in, text, ret, why);
}

static void
store_number(const struct row *row, void *base, int64_t v)
{
	char *member = (char *)base + row->offset;
	bool b = v != 0;
	uint64_t u = (uint64_t)v;
	unsigned word = (unsigned)v;

	_Static_assert(sizeof(enum conf_source_type) == sizeof(word),
	    "enums are stored as unsigned");
	_Static_assert(sizeof(enum conf_from) == sizeof(word), "enums are stored as unsigned");
	_Static_assert(sizeof(enum conf_severity) == sizeof(word), "enums are stored as unsigned");
	if (row->type == ROW_BOOL)
		memcpy(member, &b, sizeof(b));
	else if (row_words(row->type).n != 0)
		memcpy(member, &word, sizeof(word));
	else
		memcpy(member, &u, sizeof(u));
}

enum err
setting_put(const struct setting_in *in, struct str text, void *base, struct diag *why)
{
	const struct row *row = in->row;
	const char *kept;
	int64_t v;
	enum err e;

	if (!is_plain(text))
		return err_set(why, FAIL_SYNTAX, "%s: control characters, or too long", in->name);
	if (row_is_text(row->type)) {
		if (!is_formed(row->type, text))
			return wrong(in, text, why);
		if (text.n == 0 && row->def[0] != '\0' && row->type == ROW_PATH)
			return err_set(why, FAIL_SYNTAX, "%s: must not be empty", in->name);
		e = keep(in, text, &kept, why);
		if (e == OK)
			memcpy((char *)base + row->offset, &kept, sizeof(kept));
		return e;
	}
	e = number(in, text, &v, why);
	if (e == OK)
		store_number(row, base, v);
	return e;
}

static bool
same_scores(const struct conf_scores *a, const struct conf_scores *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->p[i].name, b->p[i].name) != 0 || a->p[i].score != b->p[i].score)
			return false;
	return true;
}

static bool
same_list(const struct conf_list *a, const struct conf_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->p[i], b->p[i]) != 0)
			return false;
	return true;
}

static size_t
width(enum row_type type)
{
	if (type == ROW_BOOL)
		return sizeof(bool);
	return row_words(type).n != 0 ? sizeof(unsigned) : sizeof(uint64_t);
}

bool
setting_same(const struct row *row, const void *a, const void *b)
{
	const void *ma = (const char *)a + row->offset, *mb = (const char *)b + row->offset;
	const char *ta, *tb;

	if (row->type == ROW_SCORES)
		return same_scores(ma, mb);
	if (row_is_list(row->type))
		return same_list(ma, mb);
	if (!row_is_text(row->type))
		return memcmp(ma, mb, width(row->type)) == 0;
	memcpy(&ta, ma, sizeof(ta));
	memcpy(&tb, mb, sizeof(tb));
	return strcmp(ta, tb) == 0;
}
