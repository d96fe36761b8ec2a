/* Climbing, padding and telling names in what may be a path. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_path.h"

#include "enrich/webattack_words.h"

#define PADDING 4U      /* "./" or "/" so many times over has no honest use */
#define PATH_SEEN 1024U /* bytes of a path of Windows */
#define RUN_MAX 100U    /* one character so often cuts off what an application appends */

static const struct webattack_sign files[] = { { STR("/etc/passwd"), 1 }, { STR("/etc/shadow"), 1 },
	{ STR("/etc/group"), 1 }, { STR("/etc/host"), 1 }, { STR("/etc/issue"), 1 },
	{ STR("/etc/motd"), 1 }, { STR("/etc/crontab"), 1 }, { STR("/etc/sudoers"), 1 },
	{ STR("/etc/mysql/"), 1 }, { STR("/etc/apache"), 1 }, { STR("/etc/httpd/"), 1 },
	{ STR("/etc/nginx/"), 1 }, { STR("/etc/ssh/"), 1 }, { STR("/etc/php"), 1 },
	{ STR("/etc/fstab"), 1 }, { STR("/etc/resolv.conf"), 1 }, { STR("/etc/security/"), 1 },
	{ STR("/etc/master.passwd"), 1 }, { STR("/proc/self/"), 1 }, { STR("/proc/version"), 1 },
	{ STR("/proc/cpuinfo"), 1 }, { STR("/proc/1/"), 1 }, { STR("/var/log/"), 1 },
	{ STR("/var/www/"), 1 }, { STR("/root/."), 1 }, { STR("/.ssh/"), 1 }, { STR("id_rsa"), 1 },
	{ STR("/.bash_history"), 1 }, { STR("/.aws/credentials"), 1 }, { STR("/.git/config"), 1 },
	{ STR("/var/run/secrets"), 1 }, { STR("/windows/win.ini"), 1 }, { STR("/winnt/"), 1 },
	{ STR("win.ini"), 1 }, { STR("boot.ini"), 1 }, { STR("/windows/system32"), 1 },
	{ STR("system.ini"), 1 }, { STR("/windows/system.ini"), 1 }, { STR("/config/sam"), 1 },
	{ STR("/repair/sam"), 1 }, { STR("/inetpub/"), 1 }, { STR("inetpub"), 1 },
	{ STR("web-inf/"), 1 }, { STR("web-infweb.xml"), 1 }, { STR("/web.config"), 1 },
	{ STR(".htpasswd"), 1 }, { STR("/.htaccess"), 1 }, { STR("/wp-config"), 1 },
	{ STR("etcpasswd"), 1 }, { STR("etcshadow"), 1 }, { STR("/autoexec.bat"), 1 },
	{ STR("global.asa"), 1 }, { STR("/usr/local/apache"), 1 }, { STR("/opt/lampp"), 1 },
	{ STR("/xampp/"), 1 } };

static struct webattack_signs file_signs;

__attribute__((constructor)) static void
build(void)
{
	webattack_words_signs(&file_signs, files, ARRAY_LEN(files));
}

static const struct str wrappers[] = { STR("php://filter"), STR("php://input"), STR("php://fd"),
	STR("php://stdin"), STR("expect://"), STR("phar://"), STR("zip://"), STR("glob://"),
	STR("data://text"), STR("compress.zlib://"), STR("ogg://"), STR("ssh2.exec://"),
	STR("file:/") };

/* The same with '/' for every separator, so that each name is looked for once. */
static inline char
slashed(char c)
{
	return c == '\\' ? '/' : c;
}

bool
webattack_path_sensitive(struct str s)
{
	char copy[PATH_SEEN];

	if (s.n == 0 || memchr(s.p, '\\', s.n) == NULL)
		return webattack_words_best(&file_signs, s) != 0;
	s.n = s.n < sizeof(copy) ? s.n : sizeof(copy);
	for (size_t i = 0; i < s.n; i++)
		copy[i] = slashed(s.p[i]);
	return webattack_words_best(&file_signs, (struct str){ copy, s.n }) != 0;
}

struct shape {
	unsigned climbs;  /* "../" and its disguises */
	unsigned selfs;   /* "./" in a row, at most */
	unsigned slashes; /* '/' in a row at the beginning */
	unsigned dots;    /* longest run of dots beside a separator or at the beginning */
	unsigned run;     /* longest run of one character */
	unsigned blanks;
	int depth;    /* folders below where it began */
	bool escapes; /* climbs above that */
};

/* "..", "..;x", "...": up one folder, when more follows. */
static bool
is_climb(struct str seg, size_t dots)
{
	return dots == 2 ? seg.n == 2 || seg.p[2] == ';' : dots > 2 && dots == seg.n;
}

/* What stands between two separators. */
static void
segment(struct shape *sh, struct str seg, bool first, bool last, unsigned *selfs)
{
	size_t dots = 0;

	while (dots < seg.n && seg.p[dots] == '.')
		dots++;
	if (!last && is_climb(seg, dots)) {
		sh->climbs++;
		sh->escapes = sh->escapes || sh->depth-- <= 0;
	} else if (dots != seg.n) {
		sh->depth++;
	}
	/* "...and" begins a sentence, "end..." ends one. */
	if (dots > sh->dots && (first ? dots > 6 && dots < seg.n + last : true))
		sh->dots = (unsigned)dots;
	*selfs = dots == 1 && seg.n == 1 ? *selfs + 1 : 0;
	if (*selfs > sh->selfs)
		sh->selfs = *selfs;
}

static struct shape
look(struct str s)
{
	struct shape sh = { 0 };
	size_t begin = 0;
	unsigned selfs = 0, run = 0;

	while (sh.slashes < s.n && slashed(s.p[sh.slashes]) == '/')
		sh.slashes++;
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n) {
			run = i > 0 && s.p[i] == s.p[i - 1] ? run + 1 : 1;
			sh.run = run > sh.run ? run : sh.run;
			sh.blanks += s.p[i] == ' ';
		}
		if (i < s.n && slashed(s.p[i]) != '/')
			continue;
		if (i > begin)
			segment(&sh, (struct str){ s.p + begin, i - begin }, begin == 0, i == s.n,
			    &selfs);
		begin = i + 1;
	}
	return sh;
}

static bool
is_absolute(struct str s)
{
	if (s.n != 0 && slashed(s.p[0]) == '/')
		return true;
	return s.n > 2 && s.p[1] == ':' && s.p[0] >= 'a' && s.p[0] <= 'z';
}

static unsigned
wrapper(struct str s)
{
	if (memchr(s.p, ':', s.n) == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(wrappers); i++) {
		ptrdiff_t at = str_find(s, wrappers[i]);

		if (at == 0)
			return 90;
		if (at > 0 && (s.p[at - 1] == '=' || s.p[at - 1] == '/' || s.p[at - 1] == ':'))
			return 80;
	}
	return 0;
}

/* Padding: what repeats without an honest use. */
static unsigned
padded(const struct shape *sh, struct str s)
{
	if (sh->selfs >= PADDING)
		return 85;
	if (sh->dots >= 3 && s.p[0] == '/')
		return 80;
	if (sh->dots >= PADDING * 2 && sh->blanks == 0)
		return 72;
	if (sh->slashes >= PADDING)
		return 72;
	return sh->run >= RUN_MAX && is_absolute(s) ? 75 : 0;
}

/* ../.env: up, to what is hidden. */
static bool
hidden(struct str s)
{
	ptrdiff_t at = str_find(s, STR("../."));

	return at >= 0 && (size_t)at + 4 < s.n && s.p[at + 4] >= 'a' && s.p[at + 4] <= 'z';
}

/* sensitive: a telling file is named too. */
static unsigned
climbing(const struct shape *sh, struct str s, bool sensitive)
{
	bool prose = sh->blanks > 2;

	/* "/a/b/../../c" stays where it was: crawlers do that. */
	if (!sh->escapes && !sensitive)
		return 45;
	if (sh->climbs == 1 && (sensitive || hidden(s)))
		return 90;
	if (sh->climbs == 1)
		return is_absolute(s) && !prose ? 72 : 45;
	if (prose)
		return 60;
	return sensitive || sh->climbs > 2 ? 95 : 80;
}

static unsigned
by_shape(const struct shape *sh, struct str s, bool sensitive)
{
	if (sh->climbs != 0)
		return climbing(sh, s, sensitive);
	return sh->blanks > 2 ? 0 : padded(sh, s);
}

unsigned
webattack_path(struct str s)
{
	struct shape sh;
	unsigned best, score;
	bool sensitive;

	s = str_trim(s);
	if (s.n == 0)
		return 0;
	sh = look(s);
	sensitive = webattack_path_sensitive(s);
	best = by_shape(&sh, s, sensitive);
	if (best < 90 && (score = wrapper(s)) > best)
		best = score;
	if (sensitive && best < 85) {
		/* The path itself, or a path in a sentence? */
		score = sh.blanks == 0 ? is_absolute(s) ? 88 : 75 : sh.blanks < 2 ? 60 : 35;
		best = score > best ? score : best;
	}
	return best;
}
