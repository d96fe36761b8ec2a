/* One pass over the outermost row of the expression; groups and classes are passed over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/regex.h"

#include "detect/fold.h"
#include "detect/pool.h"

struct reader {
	struct str re;
	size_t at;
	char *run, *best;
	size_t n, n_best;
};

static void
end_run(struct reader *r)
{
	if (r->n > r->n_best) {
		memcpy(r->best, r->run, r->n);
		r->n_best = r->n;
	}
	r->n = 0;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool
peek(const struct reader *r, size_t ahead, char c)
{
	return r->at + ahead < r->re.n && r->re.p[r->at + ahead] == c;
}

/* Behind "[...]"; false when it does not end. */
static bool
skip_class(struct reader *r)
{
	r->at++;
	r->at += peek(r, 0, '^');
	r->at += peek(r, 0, ']');
	for (; r->at < r->re.n; r->at++) {
		if (peek(r, 0, '['))
			return false; /* [[:alpha:]] and the like */
		if (peek(r, 0, '\\'))
			r->at++;
		else if (peek(r, 0, ']'))
			break;
	}
	r->at++;
	return r->at <= r->re.n;
}

/* Behind "(...)"; false when it does not end, or could change what follows. */
static bool
skip_group(struct reader *r)
{
	size_t depth = 0;

	if (peek(r, 1, '?') && !peek(r, 2, ':')) {
		for (r->at += 2; r->at < r->re.n && strchr("ims-", r->re.p[r->at]) != NULL;)
			r->at++;
		return peek(r, 0, ')') && ++r->at > 0;
	}
	while (r->at < r->re.n) {
		char c = r->re.p[r->at];

		if (c == '[') {
			if (!skip_class(r))
				return false;
			continue;
		}
		depth += c == '(';
		depth -= c == ')';
		r->at += c == '\\' ? 2 : 1;
		if (depth == 0)
			return r->at <= r->re.n;
	}
	return false;
}

/* False when it is an escape whose end is not known here. */
static bool
take_escape(struct reader *r)
{
	char c = r->at + 1 < r->re.n ? r->re.p[r->at + 1] : 'x';

	if (is_alnum(c) || (unsigned char)c >= 0x80) {
		end_run(r);
		r->at += 2;
		return c != '\0' && strchr("dDwWsSbBntrfv", c) != NULL;
	}
	r->run[r->n++] = c;
	r->at += 2;
	return true;
}

/* "*", "?" and "{n,m}" may leave out what stands before them. */
static void
take_quantifier(struct reader *r)
{
	if (r->n > 0)
		r->n--;
	end_run(r);
	if (peek(r, 0, '{'))
		while (r->at < r->re.n && !peek(r, 0, '}'))
			r->at++;
	r->at++;
}

static void
take_char(struct reader *r)
{
	unsigned char c = (unsigned char)r->re.p[r->at++];

	/* What "+" repeats is there once at least, but what follows need not follow that. */
	if (c == '.' || c == '^' || c == '$' || c == '+' || c >= 0x80) {
		end_run(r);
		return;
	}
	r->run[r->n++] = (char)fold_ascii(c);
}

/* False when nothing can be said of the rest, or of all. */
static bool
take(struct reader *r)
{
	switch (r->re.p[r->at]) {
	case '\\':
		return take_escape(r);
	case '[':
		end_run(r);
		return skip_class(r);
	case '(':
		end_run(r);
		return skip_group(r);
	case '|':
	case ')':
		return false;
	case '*':
	case '?':
	case '{':
		take_quantifier(r);
		return true;
	default:
		take_char(r);
		return true;
	}
}

struct str
regex_literal(struct str re, struct arena *arena)
{
	struct reader r = { .re = re };
	bool good = true;

	r.run = pool_get(arena, re.n + 1);
	r.best = pool_get(arena, re.n + 1);
	while (good && r.at < re.n)
		good = take(&r);
	end_run(&r);
	return good ? (struct str){ r.best, r.n_best } : STR("");
}
