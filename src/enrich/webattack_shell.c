/* Separators, commands and their arguments, with the quoting tricks of shells undone. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_shell.h"

#include "enrich/webattack_path.h"
#include "enrich/webattack_words.h"

#define NAME_MAX_ 40U
#define PLUS_MAX 256U

enum {
	CMD_TELLING = 1, /* no word of English */
	CMD_WORD         /* a word of English, too */
};

static struct webattack_words commands;

static const struct {
	uint8_t kind;
	const char *words;
} table[] = {
	{ CMD_TELLING,
	    "id whoami ls uname wget curl nc ncat netcat ping ping6 netstat ifconfig ipconfig bash "
	    "sh zsh ksh dash csh tcsh python python2 python3 perl php ruby lua powershell pwsh cmd "
	    "nslookup telnet chmod chown chgrp mkdir rmdir rm cp mv awk gawk sed grep egrep xargs "
	    "printenv systeminfo tasklist taskkill certutil bitsadmin mshta rundll32 regsvr32 wmic "
	    "cscript wscript schtasks vssadmin mkfifo scp sftp tftp lwp-download traceroute "
	    "tracert "
	    "crontab useradd adduser passwd sudo usermod base64 xxd socat openssl gcc nohup setsid "
	    "busybox pwd dmesg lsof mknod ssh rsync ftp pkill killall uptime dir del ver cacls "
	    "icacls "
	    "net1 arp getent ss ip env printf tac nl od rev strings hostname" },
	{ CMD_WORD,
	    "cat echo sleep type net set more less head tail find host dig touch kill ps who w man "
	    "test true false reboot shutdown halt time date sort cut file mail exec eval export "
	    "source history at watch start copy move reg route format attrib ren timeout" },
};

__attribute__((constructor)) static void
build(void)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		webattack_words_add(&commands, table[i].kind, table[i].words);
}

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

static const struct webattack_sign telling[] = {
	{ STR("() {"), 85 },
	{ STR("(){ :"), 90 },
	{ STR("<!--#exec"), 95 },
	{ STR("<!--#include"), 90 },
	{ STR("/dev/tcp/"), 92 },
	{ STR("/bin/sh -"), 88 },
	{ STR("/bin/bash -"), 88 },
	{ STR("cmd.exe /c"), 88 },
	{ STR("cmd /c "), 75 },
	{ STR("powershell -e"), 88 },
	{ STR("powershell -nop"), 88 },
	{ STR("${ifs}"), 88 },
	{ STR("$ifs$"), 88 },
	{ STR("%comspec%"), 80 },
	{ STR("downloadstring("), 80 },
};
static struct webattack_signs telling_signs;

__attribute__((constructor)) static void
build_signs(void)
{
	webattack_words_signs(&telling_signs, telling, ARRAY_LEN(telling));
}

struct command {
	unsigned kind;        /* CMD_*, or 0 */
	bool path;            /* /usr/bin/id */
	bool disguised;       /* c'a't, c\at, c$@at, /???/c?t */
	bool quoted;          /* a quote right before it */
	char name[NAME_MAX_]; /* without folders */
	size_t name_n;
	struct str rest; /* what follows */
};

/* $@, $*, ${x}, $9, $(): nothing, to a shell.  Its length, or 0. */
static size_t
empty_variable(struct str s)
{
	struct str name = str_from(s, 2);

	if (s.n < 2 || s.p[0] != '$')
		return 0;
	if (memchr("@*123456789", s.p[1], 11) != NULL)
		return 2;
	if (s.p[1] == '(')
		return str_starts(name, STR(")")) ? 3 : 0;
	if (s.p[1] != '{')
		return 0;
	name = str_until(&name, '}');
	return name.n < 16 && name.n + 2 < s.n ? name.n + 3 : 0;
}

/* ${IFS} and $IFS are blanks. */
static size_t
blank_len(struct str s)
{
	if (s.n != 0 && is_blank(s.p[0]))
		return 1;
	if (str_starts(s, STR("${ifs}")))
		return 6;
	return str_starts(s, STR("$ifs")) ? 4 : 0;
}

static struct str
skip_blanks(struct str s)
{
	size_t n;

	while ((n = blank_len(s)) != 0)
		s = str_from(s, n);
	return s;
}

/* Quotes, backslashes, carets and empty variables within a name: bytes to pass over, or 0. */
static size_t
disguise(struct str s, const struct command *c, bool *ret_telling)
{
	size_t skip = empty_variable(s);

	*ret_telling = c->name_n != 0;
	if (skip != 0)
		return skip;
	if (memchr("'\"\\^", s.p[0], 4) == NULL)
		return 0;
	/* c:\windows has backslashes, too. */
	*ret_telling = *ret_telling && s.n > 1 && is_name(s.p[1]) && !(s.p[0] == '\\' && c->path);
	return 1;
}

/* One byte of a name, or a separator of folders; false: the name ends here. */
static bool
take_byte(struct command *c, char ch, size_t *wild)
{
	if (ch == '/') {
		c->path = true;
		c->name_n = 0;
		return true;
	}
	if (ch != '?' && ch != '*' && !is_name(ch))
		return false;
	*wild += ch == '?' || ch == '*';
	c->name[c->name_n++] = ch;
	return true;
}

static void
find_kind(struct command *c, size_t wild)
{
	struct str name = { c->name, c->name_n };

	if (c->path && wild > 0) {
		c->kind = CMD_TELLING;
		c->disguised = true;
		return;
	}
	if (name.n > 4 && str_ends(name, STR(".exe")))
		name.n -= 4;
	c->kind = webattack_words_find(&commands, name);
	if (c->kind == CMD_WORD && c->disguised)
		c->kind = CMD_TELLING;
}

/* The first word of a command line. */
static struct command
read_command(struct str s)
{
	struct command c = { .kind = 0 };
	size_t wild = 0;

	s = skip_blanks(s);
	while (s.n != 0 && memchr("({@", s.p[0], 3) != NULL)
		s = skip_blanks(str_from(s, 1));
	while (s.n != 0 && c.name_n < sizeof(c.name) && blank_len(s) == 0) {
		bool is_telling;
		size_t skip = disguise(s, &c, &is_telling);

		if (skip != 0)
			c.disguised |= is_telling;
		else if (take_byte(&c, s.p[0], &wild))
			skip = 1;
		else
			break;
		s = str_from(s, skip);
	}
	c.rest = s;
	find_kind(&c, wild);
	return c;
}

/* The word that `s` begins with. */
static struct str
first_word(struct str s)
{
	size_t n = 0;

	while (n < s.n && !is_blank(s.p[n]) && memchr(";|&`)", s.p[n], 5) == NULL)
		n++;
	return (struct str){ s.p, n };
}

static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n != 0;
}

static bool
has_any(struct str s, const char *bytes)
{
	for (; *bytes != '\0'; bytes++)
		if (s.n != 0 && memchr(s.p, *bytes, s.n) != NULL)
			return true;
	return false;
}

/* Do its arguments look like some?  3 surely, 2 there are none, 1 one word, 0 a sentence. */
static unsigned
arguments(const struct command *c)
{
	struct str rest = skip_blanks(c->rest), word;

	if (rest.n == 0 || memchr(";|&`)<>#'\"}\n,", rest.p[0], 13) != NULL)
		return 2;
	if (c->rest.n == rest.n)
		return 0;
	word = first_word(rest);
	if (memchr("-/\\$~.*%+!", rest.p[0], 10) != NULL || webattack_path_sensitive(rest) ||
	    has_any(word, "/.\\:") || is_number(word))
		return 3;
	rest = str_from(rest, word.n);
	return has_any(rest, " ") ? 0 : 1;
}

/* What stands before a separator. */
enum head {
	HEAD_NONE,  /* nothing */
	HEAD_SHORT, /* one argument, or a command that was told already */
	HEAD_APART, /* the same, with a blank behind it */
	HEAD_LONG   /* a sentence, or a command that somebody asks about */
};

/* Words of English that have a second word when they are commands. */
static bool
is_pair(const struct command *c)
{
	static const struct str seconds[] = { STR("user"), STR("localgroup"), STR("view"),
		STR("share"), STR("use "), STR("start ") };
	struct str rest = skip_blanks(c->rest);
	bool is_net = str_eq((struct str){ c->name, c->name_n }, STR("net"));

	for (size_t i = 0; i < ARRAY_LEN(seconds); i++)
		if (str_starts(rest, seconds[i]) && is_net)
			return true;
	return false;
}

/* Confidence that `s` is a command line, standing behind a separator. */
static unsigned
command_line(struct str s, enum head head)
{
	/* By how telling the arguments are: commands, words of English, both behind a sentence. */
	static const unsigned char points[3][4] = { { 20, 75, 90, 90 }, { 20, 50, 55, 88 },
		{ 20, 30, 55, 55 } };
	struct command c = read_command(s);
	unsigned args;

	if (c.kind == 0)
		return 0;
	if (c.path || c.disguised)
		return 92;
	if (head != HEAD_LONG && is_pair(&c))
		return 85;
	args = arguments(&c);
	if (head == HEAD_LONG)
		return points[2][args];
	if (head == HEAD_NONE && args == 2 && c.kind == CMD_WORD)
		return 72;
	if (head == HEAD_APART && args == 1)
		return 55;
	return points[c.kind == CMD_WORD][args];
}

/* Past a separator at s.p[i]; 0 when there is none. */
static size_t
separator(struct str s, size_t i)
{
	char c = s.p[i];

	if (c == '|' || c == '&')
		return i + 1 < s.n && s.p[i + 1] == c ? 2 : 1;
	if (c == ';' || c == '\n' || c == '\r' || c == '`')
		return 1;
	if ((c == '$' || c == '<' || c == '>') && i + 1 < s.n && s.p[i + 1] == '(')
		return 2;
	return 0;
}

/*
 * What stands before the separator was meant to be one argument: a name, a number, an address.
 * One that is a command itself is a line that somebody asks about.
 */
static enum head
head_of(struct str head)
{
	head = str_trim(head);
	if (head.n == 0)
		return HEAD_NONE;
	for (size_t n = 0; n < head.n; n++)
		if (is_blank(head.p[n]))
			return HEAD_LONG;
	return read_command(head).kind == CMD_TELLING && !read_command(head).path ? HEAD_LONG
										  : HEAD_SHORT;
}

/* `code` between words, as Markdown has it: the quote at i, with text before and behind. */
static bool
is_markdown(struct str s, size_t i)
{
	struct str rest = str_from(s, i + 1);
	const char *end = rest.n != 0 ? memchr(rest.p, '`', rest.n) : NULL;

	if (i == 0 || s.p[i] != '`' || end == NULL || s.p[i - 1] != ' ')
		return false;
	rest = str_from(rest, (size_t)(end - rest.p) + 1);
	return rest.n > 1 && (rest.p[0] == ' ' || rest.p[0] == ',' || rest.p[0] == '.');
}

/* Calls by which programs start commands, with a text for argument. */
static unsigned
calls(struct str s)
{
	static const struct str names[] = { STR("system("), STR("passthru("), STR("shell_exec("),
		STR("popen("), STR("proc_open("), STR("pcntl_exec("), STR("os.system("),
		STR("subprocess."), STR("getruntime().exec("), STR("child_process"), STR("exec(") };

	for (size_t i = 0; i < ARRAY_LEN(names) && memchr(s.p, '(', s.n) != NULL; i++) {
		ptrdiff_t at = str_find(s, names[i]);
		struct str rest;

		if (at < 0)
			continue;
		rest = str_from(s, (size_t)at + names[i].n);
		if (rest.n == 0 || (rest.p[0] != '\'' && rest.p[0] != '"' && rest.p[0] != '$'))
			continue;
		return read_command(rest).kind != 0 || rest.p[0] == '$' ? 88 : 50;
	}
	return 0;
}

/* People name these by their paths without wanting to run them here and now. */
static bool
is_interpreter(const struct command *c)
{
	static const struct str heads[] = { STR("python"), STR("perl"), STR("ruby"), STR("php"),
		STR("bash"), STR("sh"), STR("zsh"), STR("env") };

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (str_starts((struct str){ c->name, c->name_n }, heads[i]))
			return true;
	return false;
}

/* The value is a command line from its beginning: /usr/bin/id, cat /etc/passwd, id| */
static unsigned
whole(struct str s)
{
	struct command c = read_command(s);
	unsigned args;

	if (c.kind == 0)
		return 0;
	args = arguments(&c);
	if (c.path && str_find(s, STR("/bin/")) >= 0)
		return args == 3 || (args == 2 && !is_interpreter(&c)) ? 85 : 60;
	if (c.kind == CMD_TELLING && str_trim(c.rest).n == 1 &&
	    memchr("|;", s.p[s.n - 1], 2) != NULL)
		return 80;
	if (args != 3)
		return 0;
	if (webattack_path_sensitive(c.rest))
		return 85;
	return str_find(s, STR(".exe ")) > 0 ? 80 : 0;
}

/* name|id|date: three words or more between separators of one kind. */
static bool
is_list(struct str s)
{
	unsigned items = 1;
	char between = '\0';

	for (size_t i = 0; i < s.n; i++) {
		if (is_name(s.p[i]))
			continue;
		if ((s.p[i] != '|' && s.p[i] != ';') || (between != '\0' && s.p[i] != between))
			return false;
		if (i == 0 || i + 1 == s.n || !is_name(s.p[i + 1]))
			return false;
		between = s.p[i];
		items++;
	}
	return items > 2;
}

static unsigned
behind_separators(struct str s)
{
	unsigned best = 0, score;
	enum head head = HEAD_NONE;
	bool told = false;

	if (is_list(s))
		return 0;
	for (size_t i = 0; i < s.n && best < 90; i++) {
		size_t n = separator(s, i);

		if (n == 0)
			continue;
		if (!told)
			head = head_of((struct str){ s.p, i });
		if (head == HEAD_SHORT && i > 0 && is_blank(s.p[i - 1]))
			head = HEAD_APART;
		if (is_markdown(s, i))
			head = HEAD_LONG;
		score = command_line(str_from(s, i + n), head);
		if (s.p[i] == '$' && score >= 50 && score < 75)
			score = 75; /* $(...) is nothing else */
		told = told || score >= 50;
		best = score > best ? score : best;
		i += n - 1;
	}
	return best;
}

/* Decoded twice by the one and once by the other, a blank is a plus. */
static unsigned
with_blanks(struct str s)
{
	char copy[PLUS_MAX];
	size_t n = s.n < sizeof(copy) ? s.n : sizeof(copy);

	for (size_t i = 0; i < n; i++)
		copy[i] = s.p[i] == '+' ? ' ' : s.p[i];
	return behind_separators((struct str){ copy, n });
}

unsigned
webattack_shell(struct str s)
{
	unsigned best, score;

	while (s.n != 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_from(s, 1);
	while (s.n != 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	if (s.n == 0)
		return 0;
	best = whole(s);
	if ((score = webattack_words_best(&telling_signs, s)) > best)
		best = score;
	if ((score = calls(s)) > best)
		best = score;
	score = memchr(s.p, ' ', s.n) == NULL && memchr(s.p, '+', s.n) != NULL
		    ? with_blanks(s)
		    : behind_separators(s);
	return score > best ? score : best;
}
