/* User agents by tables: the first row whose word is there decides. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/useragent.h"

#define HEAD_MAX 32U /* bytes of a tool's own name that are kept */

enum kind { BROWSER, TOOL, SCANNER, BOT };

/* In order: what others name themselves after stands below them. */
static const struct row {
	struct str word; /* as it stands in the agent, any case */
	struct str name;
	enum kind kind;
} rows[] = {
	{ STR("sqlmap"), STR("sqlmap"), SCANNER },
	{ STR("nikto"), STR("Nikto"), SCANNER },
	{ STR("nmap"), STR("Nmap"), SCANNER },
	{ STR("masscan"), STR("masscan"), SCANNER },
	{ STR("zgrab"), STR("zgrab"), SCANNER },
	{ STR("nuclei"), STR("Nuclei"), SCANNER },
	{ STR("wpscan"), STR("WPScan"), SCANNER },
	{ STR("dirbuster"), STR("DirBuster"), SCANNER },
	{ STR("gobuster"), STR("gobuster"), SCANNER },
	{ STR("feroxbuster"), STR("feroxbuster"), SCANNER },
	{ STR("fuzz faster"), STR("ffuf"), SCANNER },
	{ STR("wfuzz"), STR("Wfuzz"), SCANNER },
	{ STR("acunetix"), STR("Acunetix"), SCANNER },
	{ STR("nessus"), STR("Nessus"), SCANNER },
	{ STR("openvas"), STR("OpenVAS"), SCANNER },
	{ STR("arachni"), STR("Arachni"), SCANNER },
	{ STR("w3af"), STR("w3af"), SCANNER },
	{ STR("whatweb"), STR("WhatWeb"), SCANNER },
	{ STR("jorgee"), STR("Jorgee"), SCANNER },
	{ STR("zmeu"), STR("ZmEu"), SCANNER },
	{ STR("morfeus"), STR("Morfeus"), SCANNER },
	{ STR("muieblackcat"), STR("Muieblackcat"), SCANNER },
	{ STR("havij"), STR("Havij"), SCANNER },
	{ STR("commix"), STR("commix"), SCANNER },
	{ STR("burpcollaborator"), STR("Burp"), SCANNER },
	{ STR("interactsh"), STR("interactsh"), SCANNER },
	{ STR("l9explore"), STR("l9explore"), SCANNER },
	{ STR("l9tcpid"), STR("l9tcpid"), SCANNER },
	{ STR("hydra"), STR("Hydra"), SCANNER },
	{ STR("dirsearch"), STR("dirsearch"), SCANNER },
	{ STR("httpx -"), STR("httpx"), SCANNER },
	{ STR("jaeles"), STR("Jaeles"), SCANNER },
	{ STR("qualys"), STR("Qualys"), SCANNER },
	{ STR("netsparker"), STR("Netsparker"), SCANNER },
	{ STR("appscan"), STR("AppScan"), SCANNER },
	{ STR("censysinspect"), STR("Censys"), SCANNER },
	{ STR("expanse"), STR("Expanse"), SCANNER },
	{ STR("googlebot"), STR("Googlebot"), BOT },
	{ STR("adsbot-google"), STR("AdsBot-Google"), BOT },
	{ STR("mediapartners-google"), STR("Mediapartners-Google"), BOT },
	{ STR("bingbot"), STR("bingbot"), BOT },
	{ STR("msnbot"), STR("msnbot"), BOT },
	{ STR("slurp"), STR("Yahoo! Slurp"), BOT },
	{ STR("duckduckbot"), STR("DuckDuckBot"), BOT },
	{ STR("baiduspider"), STR("Baiduspider"), BOT },
	{ STR("yandexbot"), STR("YandexBot"), BOT },
	{ STR("applebot"), STR("Applebot"), BOT },
	{ STR("ahrefsbot"), STR("AhrefsBot"), BOT },
	{ STR("semrushbot"), STR("SemrushBot"), BOT },
	{ STR("mj12bot"), STR("MJ12bot"), BOT },
	{ STR("dotbot"), STR("DotBot"), BOT },
	{ STR("petalbot"), STR("PetalBot"), BOT },
	{ STR("facebookexternalhit"), STR("Facebook"), BOT },
	{ STR("twitterbot"), STR("Twitterbot"), BOT },
	{ STR("linkedinbot"), STR("LinkedInBot"), BOT },
	{ STR("slackbot"), STR("Slackbot"), BOT },
	{ STR("discordbot"), STR("Discordbot"), BOT },
	{ STR("telegrambot"), STR("TelegramBot"), BOT },
	{ STR("gptbot"), STR("GPTBot"), BOT },
	{ STR("claudebot"), STR("ClaudeBot"), BOT },
	{ STR("ccbot"), STR("CCBot"), BOT },
	{ STR("uptimerobot"), STR("UptimeRobot"), BOT },
	{ STR("pingdom"), STR("Pingdom"), BOT },
	{ STR("bytespider"), STR("Bytespider"), BOT },
	{ STR("edg/"), STR("Edge"), BROWSER },
	{ STR("edga/"), STR("Edge"), BROWSER },
	{ STR("edgios/"), STR("Edge"), BROWSER },
	{ STR("edge/"), STR("Edge"), BROWSER },
	{ STR("opr/"), STR("Opera"), BROWSER },
	{ STR("opera mini/"), STR("Opera Mini"), BROWSER },
	{ STR("msie "), STR("Internet Explorer"), BROWSER },
	{ STR("opera"), STR("Opera"), BROWSER },
	{ STR("samsungbrowser/"), STR("Samsung Internet"), BROWSER },
	{ STR("ucbrowser/"), STR("UC Browser"), BROWSER },
	{ STR("yabrowser/"), STR("Yandex Browser"), BROWSER },
	{ STR("vivaldi/"), STR("Vivaldi"), BROWSER },
	{ STR("seamonkey/"), STR("SeaMonkey"), BROWSER },
	{ STR("fxios/"), STR("Firefox"), BROWSER },
	{ STR("firefox/"), STR("Firefox"), BROWSER },
	{ STR("crios/"), STR("Chrome"), BROWSER },
	{ STR("headlesschrome/"), STR("Headless Chrome"), TOOL },
	{ STR("phantomjs/"), STR("PhantomJS"), TOOL },
	{ STR("chromium/"), STR("Chromium"), BROWSER },
	{ STR("chrome/"), STR("Chrome"), BROWSER },
	{ STR("trident/"), STR("Internet Explorer"), BROWSER },
	{ STR("curl/"), STR("curl"), TOOL },
	{ STR("wget/"), STR("Wget"), TOOL },
	{ STR("python-requests/"), STR("python-requests"), TOOL },
	{ STR("python-urllib/"), STR("Python-urllib"), TOOL },
	{ STR("python-httpx/"), STR("python-httpx"), TOOL },
	{ STR("aiohttp/"), STR("aiohttp"), TOOL },
	{ STR("scrapy/"), STR("Scrapy"), TOOL },
	{ STR("go-http-client/"), STR("Go-http-client"), TOOL },
	{ STR("java/"), STR("Java"), TOOL },
	{ STR("apache-httpclient/"), STR("Apache-HttpClient"), TOOL },
	{ STR("okhttp/"), STR("okhttp"), TOOL },
	{ STR("libwww-perl/"), STR("libwww-perl"), TOOL },
	{ STR("lwp::simple/"), STR("LWP::Simple"), TOOL },
	{ STR("node-fetch/"), STR("node-fetch"), TOOL },
	{ STR("axios/"), STR("axios"), TOOL },
	{ STR("postmanruntime/"), STR("Postman"), TOOL },
	{ STR("insomnia/"), STR("Insomnia"), TOOL },
	{ STR("httpie/"), STR("HTTPie"), TOOL },
	{ STR("ruby"), STR("Ruby"), TOOL },
	{ STR("guzzlehttp/"), STR("Guzzle"), TOOL },
	{ STR("winhttp"), STR("WinHTTP"), TOOL },
};

static const struct {
	struct str word, name, device;
} systems[] = {
	{ STR("windows phone"), STR("Windows Phone"), STR("phone") },
	{ STR("windows nt"), STR("Windows"), STR("desktop") },
	{ STR("windows"), STR("Windows"), STR("desktop") },
	{ STR("ipad"), STR("iOS"), STR("tablet") },
	{ STR("iphone"), STR("iOS"), STR("phone") },
	{ STR("ipod"), STR("iOS"), STR("phone") },
	{ STR("android"), STR("Android"), STR("tablet") }, /* a phone when "mobile" is there */
	{ STR("cros "), STR("ChromeOS"), STR("desktop") },
	{ STR("macintosh"), STR("macOS"), STR("desktop") },
	{ STR("mac os x"), STR("macOS"), STR("desktop") },
	{ STR("smart-tv"), STR("TV"), STR("tv") },
	{ STR("tizen"), STR("Tizen"), STR("tv") },
	{ STR("web0s"), STR("webOS"), STR("tv") },
	{ STR("freebsd"), STR("FreeBSD"), STR("desktop") },
	{ STR("openbsd"), STR("OpenBSD"), STR("desktop") },
	{ STR("linux"), STR("Linux"), STR("desktop") },
	{ STR("x11"), STR("Unix"), STR("desktop") },
};

/* Words whose being there says something. */
enum {
	M_WINDOWS = 1 << 0,
	M_IPHONE = 1 << 1,
	M_MAC = 1 << 2,
	M_MSIE = 1 << 3,
	M_CHROME = 1 << 4,
	M_ANDROID = 1 << 5,
	M_WEBKIT = 1 << 6,
	M_FIREFOX = 1 << 7,
	M_SAFARI = 1 << 8,
	M_MOBILE = 1 << 9,
	M_UNBORN = 1 << 10, /* a Windows that there is not */
	M_OLD = 1 << 11,
	M_FXIOS = 1 << 12,
	M_BOT = 1 << 13,
	M_VERSION = 1 << 14
};

static const struct mark {
	struct str word;
	unsigned mark;
} marks[] = {
	{ STR("windows nt"), M_WINDOWS },
	{ STR("windows nt 7"), M_UNBORN },
	{ STR("windows nt 8."), M_UNBORN },
	{ STR("windows nt 11"), M_UNBORN },
	{ STR("windows nt 5.0"), M_OLD },
	{ STR("windows 98"), M_OLD },
	{ STR("windows 95"), M_OLD },
	{ STR("iphone"), M_IPHONE },
	{ STR("ipad"), M_IPHONE },
	{ STR("macintosh"), M_MAC },
	{ STR("msie "), M_MSIE },
	{ STR("chrome/"), M_CHROME },
	{ STR("android"), M_ANDROID },
	{ STR("applewebkit"), M_WEBKIT },
	{ STR("firefox/"), M_FIREFOX },
	{ STR("fxios/"), M_FXIOS },
	{ STR("safari/"), M_SAFARI },
	{ STR("mobile"), M_MOBILE },
	{ STR("version/"), M_VERSION },
	{ STR("bot"), M_BOT },
	{ STR("crawler"), M_BOT },
	{ STR("spider"), M_BOT },
};

#define WORDS (ARRAY_LEN(rows) + ARRAY_LEN(systems) + ARRAY_LEN(marks))
#define NONE UINT16_MAX

/* All words by their first byte: rows, then systems, then marks. */
static uint16_t first[256], next[WORDS];

static struct str
word_of(size_t i)
{
	if (i < ARRAY_LEN(rows))
		return rows[i].word;
	i -= ARRAY_LEN(rows);
	return i < ARRAY_LEN(systems) ? systems[i].word : marks[i - ARRAY_LEN(systems)].word;
}

__attribute__((constructor)) static void
build(void)
{
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		first[i] = NONE;
	for (size_t i = WORDS; i-- > 0;) {
		unsigned char c = (unsigned char)word_of(i).p[0];

		next[i] = first[c];
		first[c] = (uint16_t)i;
	}
}

/* An agent in lower case, and what is in it: the first row and system that are there. */
struct lower {
	char p[USERAGENT_MAX];
	size_t n;
	size_t row, row_at, system, version_at;
	unsigned marks;
};

static void
note(struct lower *l, size_t at, size_t word)
{
	if (word < ARRAY_LEN(rows)) {
		if (word < l->row) {
			l->row = word;
			l->row_at = at;
		}
		return;
	}
	word -= ARRAY_LEN(rows);
	if (word < ARRAY_LEN(systems)) {
		l->system = word < l->system ? word : l->system;
		return;
	}
	word -= ARRAY_LEN(systems);
	l->marks |= marks[word].mark;
	if (marks[word].mark == M_VERSION)
		l->version_at = at + marks[word].word.n;
}

static inline bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Words begin behind what is no letter; "bot" and its like may also end one. */
static void
scan(struct str agent, struct lower *l)
{
	l->n = agent.n < sizeof(l->p) ? agent.n : sizeof(l->p);
	l->row = l->system = SIZE_MAX;
	l->row_at = l->version_at = 0;
	l->marks = 0;
	for (size_t i = 0; i < l->n; i++) {
		char c = agent.p[i];

		l->p[i] = (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
	}
	for (size_t i = 0; i < l->n; i++) {
		struct str rest = { l->p + i, l->n - i };

		if (i > 0 && is_name(l->p[i - 1])) {
			if (l->p[i] == 'b' && str_starts(rest, STR("bot")))
				l->marks |= M_BOT;
			continue;
		}
		for (size_t w = first[(unsigned char)l->p[i]]; w != NONE; w = next[w])
			if (str_starts(rest, word_of(w)))
				note(l, i, w);
	}
}

static bool
is_version(char c)
{
	return (c >= '0' && c <= '9') || c == '.' || c == '_';
}

/* Digits and dots at `at`, where a slash or a blank may stand before them. */
static struct str
version_at(struct str agent, size_t at)
{
	struct str s = str_from(agent, at);
	size_t n = 0;

	while (s.n != 0 && (s.p[0] == '/' || s.p[0] == ' ' || s.p[0] == 'v'))
		s = str_from(s, 1);
	while (n < s.n && is_version(s.p[n]))
		n++;
	return (struct str){ s.p, n };
}

static int
major(struct str version)
{
	int v = 0;

	for (size_t i = 0; i < version.n && i < 4 && version.p[i] != '.' && version.p[i] != '_';
	     i++)
		v = v * 10 + (version.p[i] - '0');
	return v;
}

/* Browsers say what they are; the rest is told by what stands first: "tool/1.0". */
static void
by_head(struct str agent, const struct lower *l, struct useragent *ret)
{
	size_t n = 0;

	if ((l->marks & M_SAFARI) != 0 && (l->marks & M_VERSION) != 0) {
		ret->name = STR("Safari");
		ret->version = version_at(agent, l->version_at);
		return;
	}
	if ((l->marks & M_BOT) != 0)
		ret->device = STR("bot");
	while (n < agent.n && n < HEAD_MAX && agent.p[n] != '/' && agent.p[n] != ' ')
		n++;
	if (n == 0 || (n == 7 && memcmp(l->p, "mozilla", 7) == 0))
		return;
	ret->name = (struct str){ agent.p, n };
	ret->version = version_at(agent, n);
	if (ret->device.n == 0)
		ret->device = STR("tool");
}

static void
system_of(const struct lower *l, struct useragent *ret)
{
	if (l->system == SIZE_MAX)
		return;
	ret->os = systems[l->system].name;
	if (ret->device.n != 0)
		return;
	ret->device = systems[l->system].device;
	if ((l->marks & M_ANDROID) != 0 && (l->marks & M_MOBILE) != 0)
		ret->device = STR("phone");
}

/* Things that no browser says together. */
static bool
is_impossible(const struct lower *l, const struct useragent *u)
{
	unsigned m = l->marks;

	if ((m & M_UNBORN) != 0)
		return true;
	if ((m & M_WINDOWS) != 0 && (m & (M_IPHONE | M_MAC)) != 0)
		return true;
	if ((m & M_MSIE) != 0 && (m & (M_CHROME | M_ANDROID)) != 0)
		return true;
	if ((m & M_FIREFOX) != 0 && (m & M_WEBKIT) != 0)
		return true;
	return (m & M_WINDOWS) != 0 && str_eq(u->name, STR("Safari")) && major(u->version) > 5;
}

static bool
is_ancient(const struct lower *l, const struct useragent *u)
{
	int v = major(u->version);

	if (v == 0)
		return false;
	if (str_eq(u->name, STR("Chrome")))
		return v < USERAGENT_ANCIENT_CHROME;
	if (str_eq(u->name, STR("Firefox")) && (l->marks & M_FXIOS) == 0)
		return v < USERAGENT_ANCIENT_FIREFOX;
	return (l->marks & M_MSIE) != 0 ? v < 11 : (l->marks & M_OLD) != 0;
}

/* Bytes and lengths that programs send by mistake or on purpose. */
static bool
is_malformed(struct str agent)
{
	unsigned depth = 0;

	if (agent.n < 4 || agent.n >= USERAGENT_MAX)
		return true;
	for (size_t i = 0; i < agent.n; i++) {
		unsigned char c = (unsigned char)agent.p[i];

		if (c < 0x20 || c == 0x7f || c == '<' || c == '$' || c == '\'' || c == '`')
			return true;
		depth += c == '(';
		depth -= c == ')' && depth != 0;
	}
	return depth != 0 || (str_starts(agent, STR("Mozilla/")) && agent.n < 12);
}

static struct str
suspicion(struct str agent, const struct lower *l, const struct row *row, const struct useragent *u)
{
	if (row != NULL && row->kind == SCANNER)
		return STR("scanner");
	if (is_malformed(agent))
		return STR("malformed");
	if (row != NULL && row->kind == BOT)
		return STR("");
	if ((row != NULL && row->kind == TOOL) || str_eq(u->device, STR("tool")))
		return STR("tool");
	if (is_impossible(l, u))
		return STR("impossible");
	return is_ancient(l, u) ? STR("ancient") : STR("");
}

void
useragent_parse(struct str agent, struct useragent *ret)
{
	const struct row *row;
	struct lower l;

	memset(ret, 0, sizeof(*ret));
	agent = str_trim(agent);
	if (agent.n == 0 || str_eq(agent, STR("-"))) {
		ret->suspicious = STR("empty");
		return;
	}
	scan(agent, &l);
	agent.n = l.n;
	row = l.row < ARRAY_LEN(rows) ? &rows[l.row] : NULL;
	if (row == NULL) {
		by_head(agent, &l, ret);
	} else {
		ret->name = row->name;
		ret->version = version_at(agent, l.row_at + row->word.n);
		if (row->kind != BROWSER)
			ret->device = row->kind == BOT ? STR("bot") : STR("tool");
	}
	system_of(&l, ret);
	ret->suspicious = suspicion(agent, &l, row, ret);
}

static void
add(struct rec *r, enum field f, struct str s)
{
	if (s.n != 0 && !rec_has(r, f))
		rec_set_str(r, f, s);
}

void
useragent_add(struct rec *r, const struct useragent *u)
{
	add(r, F_UA_NAME, u->name);
	add(r, F_UA_VERSION, u->version);
	add(r, F_UA_OS, u->os);
	add(r, F_UA_DEVICE, u->device);
	add(r, F_UA_SUSPICIOUS, u->suspicious);
}
