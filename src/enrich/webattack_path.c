/* Climbing, padding and telling names in what may be a path. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_path.h"

#define PADDING 4U   /* "./" or "/" so many times over has no honest use */
#define RUN_MAX 100U /* one character so often cuts off what an application appends */

static const struct str files[] = { STR("/etc/passwd"), STR("/etc/shadow"), STR("/etc/group"),
	STR("/etc/hosts"), STR("/etc/issue"), STR("/etc/motd"), STR("/etc/crontab"),
	STR("/etc/sudoers"), STR("/etc/mysql/"), STR("/etc/apache"), STR("/etc/httpd/"),
	STR("/etc/nginx/"), STR("/etc/ssh/"), STR("/etc/php"), STR("/etc/fstab"),
	STR("/etc/resolv.conf"), STR("/etc/security/"), STR("/etc/master.passwd"),
	STR("/proc/self/"), STR("/proc/version"), STR("/proc/cpuinfo"), STR("/proc/1/"),
	STR("/var/log/"), STR("/var/www/"), STR("/root/."), STR("/.ssh/"), STR("id_rsa"),
	STR("/.bash_history"), STR("/.aws/credentials"), STR("/.git/config"),
	STR("/var/run/secrets"), STR("/windows/win.ini"), STR("/winnt/"), STR("win.ini"),
	STR("boot.ini"), STR("/windows/system32"), STR("system.ini"), STR("/windows/system.ini"),
	STR("/config/sam"), STR("/repair/sam"), STR("/inetpub/"), STR("inetpub"), STR("web-inf/"),
	STR("web-infweb.xml"), STR("/web.config"), STR(".htpasswd"), STR("/.htaccess"),
	STR("/wp-config"), STR("etcpasswd"), STR("etcshadow"), STR("/autoexec.bat"),
	STR("global.asa"), STR("/usr/local/apache"), STR("/opt/lampp"), STR("/xampp/") };

static const struct str wrappers[] = { STR("php://filter"), STR("php://input"), STR("php://fd"),
	STR("php://stdin"), STR("expect://"), STR("phar://"), STR("zip://"), STR("glob://"),
	STR("data://text"), STR("compress.zlib://"), STR("ogg://"), STR("ssh2."), STR("file:/") };

/* The same with '/' for every separator, so that each name is looked for once. */
static inline char
slashed(char c)
{
	return c == '\\' ? '/' : c;
}

static bool
has_at(struct str s, size_t i, struct str name)
{
	if (s.n - i < name.n)
		return false;
	for (size_t k = 0; k < name.n; k++)
		if (slashed(s.p[i + k]) != name.p[k])
			return false;
	return true;
}

bool
webattack_path_sensitive(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = slashed(s.p[i]);

		if (c != '/' && c != 'w' && c != 'b' && c != 'i' && c != '.' && c != 'e' &&
		    c != 's' && c != 'g')
			continue;
		for (size_t k = 0; k < ARRAY_LEN(files); k++)
			if (files[k].p[0] == c && has_at(s, i, files[k]))
				return true;
	}
	return false;
}

struct shape {
	unsigned climbs;  /* "../" and its disguises */
	unsigned selfs;   /* "./" in a row, at most */
	unsigned slashes; /* '/' in a row at the beginning */
	unsigned dots;    /* longest run of dots beside a separator or at the beginning */
	unsigned run;     /* longest run of one character */
	unsigned blanks;
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
	sh->climbs += !last && is_climb(seg, dots);
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

/* sensitive: a telling file is named too. */
static unsigned
by_shape(const struct shape *sh, struct str s, bool sensitive)
{
	bool prose = sh->blanks > 2;

	if (sh->climbs >= 2 && prose)
		return 60;
	if (sh->climbs >= 2)
		return sensitive || sh->climbs > 2 ? 95 : 80;
	if (sh->climbs == 1 && sensitive)
		return 90;
	if (sh->climbs == 1)
		return is_absolute(s) && !prose ? 72 : 45;
	return prose ? 0 : padded(sh, s);
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
